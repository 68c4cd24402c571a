"""Predicted lengths and prices of one send."""

from __future__ import annotations

import random

import pytest

from nexu_desktop.domain.chat import Lane, ModelRef
from nexu_desktop.domain.credits import Balance, Nanocredits, Rate, Tier, Usage
from nexu_desktop.domain.estimate import (
    PRIOR_TOKENS,
    RESIDUALS_NEEDED,
    Band,
    CountBasis,
    Estimate,
    Reply,
    TokenCount,
    predict_output,
    price,
)

RATE = Rate((Tier(input=50_000_000, output=300_000_000, cached_input=5_000_000),))
REF = ModelRef(Lane.CREDITS, "nexu", "gemini-3-flash-preview")


def _replies(*tokens: int, predicted: int | None = None) -> list[Reply]:
    return [Reply(count, predicted) for count in tokens]


def test_without_a_past_the_prior_is_wide() -> None:
    """A new person gets the prior length and a band of a factor of about four down and two up."""
    assert Band(148, PRIOR_TOKENS, 1_335, 8_192) == predict_output("Hello", [], [], 8_192)


def test_models_own_median_is_learned() -> None:
    """The middle of the model's past replies, not the mean, which one long answer would move."""
    past = _replies(*[100, 200, 300, 400, 100_000] * 5)
    assert predict_output("Hello", [], past, 8_192).likely == 300


def test_a_single_reply_does_not_overrule_the_prior() -> None:
    """One short answer must not make a dear model look cheap beside one that was never asked."""
    assert predict_output("Hello", [], _replies(22), 8_192).likely == PRIOR_TOKENS


def test_only_the_newest_200_replies_of_a_model_count() -> None:
    """A model that changed its habits is followed."""
    assert predict_output("Hello", [], _replies(*[9_000] * 500, *[100] * 200), 8_192).likely == 100


def test_conversation_weighs_newest_most() -> None:
    """The same two replies in the other order predict another length."""
    rising = predict_output("Hi", _replies(100, 1_000), _replies(*[300] * 5), 8_192).likely
    falling = predict_output("Hi", _replies(1_000, 100), _replies(*[300] * 5), 8_192).likely
    # exp((ln 300 + ln 1000 + 0.7·ln 100) / 2.7) and the same with 1000 and 100 exchanged
    assert (rising, falling) == (352, 273)


def test_only_six_replies_of_the_conversation_count() -> None:
    """The seventh last is forgotten."""
    six = _replies(*[500] * 6)
    assert predict_output("Hi", six, [], 8_192) == predict_output("Hi", [Reply(9_000), *six], [], 8_192)


@pytest.mark.parametrize(
    ("draft", "likely"),
    [("Hello", 1_000), ("Be brief: what is a monad?", 779), ("继续", 1_162), ("Write a parser", 1_127)],
)
def test_words_of_the_draft_shift_the_middle(draft: str, likely: int) -> None:
    """Asking for a short or a long answer is heard, in English and Chinese."""
    assert likely == predict_output(draft, [], _replies(*[1_000] * 5), 8_192).likely


def test_band_follows_the_residuals_once_there_are_enough() -> None:
    """Ten replies that were all as predicted make the band narrow; nine leave it wide."""
    enough = _replies(*[400] * RESIDUALS_NEEDED, predicted=400)
    assert Band(400, 400, 400, 8_192) == predict_output("Hi", [], enough, 8_192)
    assert Band(99, 400, 890, 8_192) == predict_output("Hi", [], enough[1:], 8_192)


def test_band_is_ordered_whatever_the_past() -> None:
    """1 <= low <= likely <= high <= most for 2,000 random pasts."""
    rng = random.Random(5)
    for _ in range(2_000):
        past = [
            Reply(rng.randrange(0, 20_000), rng.choice([None, rng.randrange(0, 20_000)]))
            for _ in range(rng.randrange(0, 40))
        ]
        band = predict_output(rng.choice(["", "short", "code"]), past[:3], past, rng.randrange(1, 9_000))
        assert 1 <= band.low <= band.likely <= band.high <= band.most


def test_limit_bounds_the_band() -> None:
    """No figure passes the limit that goes into the request."""
    assert Band(100, 100, 100, 100) == predict_output("Hi", [], [], 100)


@pytest.mark.parametrize(
    ("basis", "tokens"), [(CountBasis.EXACT, 101), (CountBasis.PROXY, 107), (CountBasis.GUESS, 122)]
)
def test_margin_is_rounded_up(basis: CountBasis, tokens: int) -> None:
    """A hold covers the doubt in the count: nothing, 5 % or 20 %."""
    assert tokens == basis.with_margin(101)


def test_price_of_a_send() -> None:
    """Likely figures with the count as it is, the most with its margin; in nano-credits."""
    band = price(RATE, TokenCount(2_000, CountBasis.PROXY), Band(500, 1_000, 2_000, 8_192))
    assert Band(250_000_000, 400_000_000, 700_000_000, 2_562_600_000) == band


def test_high_never_passes_the_most() -> None:
    """Also for a band whose high is above what is permitted."""
    band = price(RATE, TokenCount(0, CountBasis.EXACT), Band(1, 2, 9_000, 100))
    assert (band.high, band.most) == (30_000_000, 30_000_000)


def test_price_is_ordered_and_covers_every_outcome() -> None:
    """low <= likely <= high <= most, and what the answer then costs is never above the most."""
    rng = random.Random(9)
    for _ in range(2_000):
        rate = Rate(
            (
                Tier(input=rng.randrange(1, 10**8), output=rng.randrange(1, 10**9)),
                Tier(input=rng.randrange(1, 10**8), output=rng.randrange(1, 10**9), above_input=1_000),
            )
        )
        count = TokenCount(rng.randrange(1, 2_000), rng.choice(list(CountBasis)))
        output = predict_output("Hi", [], _replies(rng.randrange(1, 9_000)), 4_096)
        cost = price(rate, count, output)
        actual = rate.cost(Usage(input=count.tokens, output=rng.randrange(0, 4_097)))
        assert cost.low <= cost.likely <= cost.high <= cost.most
        assert actual <= cost.most


def _estimate(cost: Band | None, balance: Balance | None) -> Estimate:
    return Estimate(REF, TokenCount(10, CountBasis.EXACT), Band(1, 2, 3, 4), 4, cost, balance, "card")


def test_what_is_left_after() -> None:
    """From the available credits, so that other holds are seen."""
    estimate = _estimate(Band(1, 2, 3, 40), Balance(Nanocredits(100), Nanocredits(50)))
    assert (Band(49, 48, 47, 10), 40, None) == (estimate.after, estimate.hold, estimate.dollars)


def test_own_key_has_dollars_and_no_balance() -> None:
    """On an own key nothing is held and nothing is left over; unknown prices stay unknown."""
    paid = _estimate(Band(1, 2, 3, 40), None)
    unknown = _estimate(None, None)
    assert (paid.after, paid.dollars) == (None, 2)
    assert (unknown.after, unknown.dollars, unknown.hold) == (None, None, 0)
