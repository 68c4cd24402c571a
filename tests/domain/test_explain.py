"""Why an answer cost more or less than estimated: the parts, their sum, and what is said of them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexu_desktop.domain.chat import Basis, Expected, Lane, ModelRef, Outcome, Receipt
from nexu_desktop.domain.credits import Nanocredits, Nanodollars, Rate, Tier, Usage
from nexu_desktop.domain.explain import Cause, Explanation, compare, inside_band, why

GLM = ModelRef(Lane.CREDITS, "nexu", "glm-5")
OWN = ModelRef(Lane.BYOK, "openai", "gpt-5-mini")
PER_TOKEN = 1_000_000  # pico-credits: one credit per million tokens
RATE = Rate((Tier(input=50 * PER_TOKEN, output=300 * PER_TOKEN, cached_input=5 * PER_TOKEN),))
TWO_TIERS = Rate((*RATE.tiers, Tier(input=100 * PER_TOKEN, output=450 * PER_TOKEN, above_input=1_000)))
EXPECTED = Expected(
    counted=1_000,
    input=1_000,
    low=100,
    likely=400,
    high=900,
    reasoning=100,
    cost_low=80_000_000,
    cost_high=320_000_000,
)


def receipt(
    usage: Usage, expected: Expected | None = EXPECTED, rate: Rate = RATE, cached: int = 0
) -> Receipt:
    """An answer that used `usage`, estimated and charged at `rate`."""
    estimated = None
    if expected is not None:
        likely = Usage(input=expected.input - cached, cached_input=cached, output=expected.likely)
        estimated = Nanocredits(rate.cost(likely))
    charged = Nanocredits(rate.cost(usage))
    return Receipt(
        "a",
        GLM,
        Outcome.COMPLETE,
        usage,
        Basis.PROVIDER,
        charged,
        estimated,
        "card",
        0,
        1_000,
        expected=expected,
    )


def parts(explanation: Explanation) -> list[tuple[Cause, int, int]]:
    return [(one.cause, one.amount, one.tokens) for one in explanation.reasons]


def test_as_estimated_there_is_nothing_to_say() -> None:
    """The same tokens cost the same: no reason, inside the band."""
    told = why(receipt(Usage(input=1_000, output=300, reasoning=100)), RATE)
    assert (told.difference, told.reasons, told.inside) == (0, (), True)
    assert told.sentences == (
        "0.1700 charged, 0.1700 estimated: as estimated.",
        "It is inside the band, as 8 of 10 answers are.",
    )


def test_each_cause_has_its_own_amount() -> None:
    """40 tokens counted more, 200 of them cached, 200 visible tokens more, 50 less reasoning."""
    told = why(receipt(Usage(input=840, cached_input=200, output=500, reasoning=50)), RATE)
    assert parts(told) == [
        (Cause.VISIBLE, 60_000_000, 200),
        (Cause.REASONING, -15_000_000, -50),
        (Cause.CACHE, -9_000_000, 200),
        (Cause.TOKENIZER, 2_000_000, 40),
    ]
    assert told.sentences == (
        "0.2080 charged, 0.1700 estimated: 22 % more.",
        "The answer was 200 tokens longer than likely: adds 0.0600.",
        "50 tokens less reasoning than expected: saves 0.0150.",
        "200 more tokens of the input went through the provider’s cache: saves 0.0090.",
        "It is inside the band, as 8 of 10 answers are.",
    )


def test_the_tokenizer_is_said_in_percent() -> None:
    """Both the share and the tokens, in both directions."""
    more = why(receipt(Usage(input=1_042, output=300, reasoning=100)), RATE)
    assert more.sentences[1] == "The provider counted 4.2 % (42 tokens) more input than we did: adds 0.0021."
    less = why(receipt(Usage(input=900, output=300, reasoning=100)), RATE)
    assert (
        less.sentences[1] == "The provider counted 10.0 % (100 tokens) less input than we did: saves 0.0050."
    )


def test_why_less() -> None:
    """A short answer says so, and that it is out of the band."""
    told = why(receipt(Usage(input=1_000, output=20)), RATE)
    assert told.sentences == (
        "0.0560 charged, 0.1700 estimated: 67 % less.",
        "The answer was 280 tokens shorter than likely: saves 0.0840.",
        "100 tokens less reasoning than expected: saves 0.0300.",
        "It is outside the band that holds 8 of 10 answers.",
    )


def test_a_cache_that_was_foreseen_explains_nothing() -> None:
    """The estimate had priced 600 tokens as cached: that they were is no difference, that they were not is."""
    as_foreseen = Usage(input=400, cached_input=600, output=300, reasoning=100)
    assert why(receipt(as_foreseen, cached=600), RATE).reasons == ()
    missed = why(receipt(Usage(input=1_000, output=300, reasoning=100), cached=600), RATE)
    assert parts(missed) == [(Cause.CACHE, 27_000_000, -600)]
    assert (
        missed.sentences[1] == "600 fewer tokens of the input went through the provider’s cache: adds 0.0270."
    )


def test_another_tier_is_a_cause_of_its_own() -> None:
    """One token over the threshold doubles the price: that is not the tokenizer's."""
    told = why(receipt(Usage(input=1_001, output=300, reasoning=100), rate=TWO_TIERS), TWO_TIERS)
    assert parts(told) == [(Cause.TIER, 110_050_000, 1_001), (Cause.TOKENIZER, 50_000, 1)]
    assert told.sentences[1] == "With 1,001 tokens of input another price applies: adds 0.12."


def test_what_no_count_explains_is_said() -> None:
    """A charge that the rate does not give."""
    odd = replace(receipt(Usage(input=1_000, output=300, reasoning=100)), charged=Nanocredits(270_000_000))
    assert parts(why(odd, RATE)) == [(Cause.REST, 100_000_000, 0)]
    assert why(odd, RATE).sentences[1] == "No count explains the rest: adds 0.10."


def test_own_keys_are_explained_in_dollars() -> None:
    """The same split of nano-dollars."""
    own = replace(
        receipt(Usage(input=1_000, output=400, reasoning=100)),
        ref=OWN,
        charged=None,
        estimated=None,
        dollars=Nanodollars(200_000_000),
        dollars_estimated=Nanodollars(170_000_000),
    )
    assert parts(why(own, RATE)) == [(Cause.VISIBLE, 30_000_000, 100)]
    assert why(own, RATE).sentences[:2] == (
        "$0.2000 charged, $0.1700 estimated: 18 % more.",
        "The answer was 100 tokens longer than likely: adds $0.0300.",
    )


@pytest.mark.parametrize("missing", ["expected", "rate", "usage", "estimated"])
def test_nothing_is_guessed(missing: str) -> None:
    """Without what it takes the difference stands alone, or there is none."""
    known = receipt(Usage(input=1_000, output=500))
    given_ = {
        "expected": replace(known, expected=None),
        "usage": replace(known, usage=Usage()),
        "estimated": replace(known, estimated=None),
    }.get(missing, known)
    told = why(given_, None if missing == "rate" else RATE)
    assert told.reasons == ()
    assert told.difference == (0 if missing == "estimated" else 30_000_000)


def test_the_band_is_of_the_cost_else_of_the_length() -> None:
    """Where no price is known the tokens decide; a stopped answer is not judged."""
    unpriced = replace(EXPECTED, cost_low=None, cost_high=None)
    long = receipt(Usage(input=1_000, output=901))
    assert inside_band(long) is False
    assert inside_band(replace(long, expected=unpriced)) is False
    assert inside_band(replace(long, expected=unpriced, usage=Usage(output=900))) is True
    assert inside_band(replace(long, outcome=Outcome.STOPPED)) is None
    assert inside_band(replace(long, expected=None)) is None


# --- two answers ---


def test_a_grown_context_is_said() -> None:
    """3,000 tokens more before the same answer."""
    first, second = (receipt(Usage(input=tokens, output=100)) for tokens in (1_000, 4_000))
    told = compare(first, second, RATE)
    assert parts(told) == [(Cause.CONTEXT, 150_000_000, 3_000)]
    assert told.sentences == (
        "0.15 more than the last answer.",
        "The context grew by 3,000 tokens since the last answer: adds 0.15.",
    )
    assert compare(second, first, RATE).sentences == (
        "0.15 less than the last answer.",
        "The context shrank by 3,000 tokens since the last answer: saves 0.15.",
    )


def test_another_model_is_the_whole_difference() -> None:
    """No split of two price lists; no difference at all between credits and dollars."""
    first, second = (receipt(Usage(input=1_000, output=tokens)) for tokens in (100, 200))
    other = replace(second, ref=replace(GLM, model="kimi-k2.5"))
    assert compare(first, other, RATE).sentences == (
        "0.0300 more than the last answer.",
        "kimi-k2.5 answered instead of glm-5: adds 0.0300.",
    )
    dollars = replace(second, ref=OWN, charged=None, dollars=Nanodollars(5))
    assert compare(first, dollars, RATE) == Explanation(0)


# --- whatever the figures ---

tokens = st.integers(0, 400_000)
usages = st.builds(Usage, tokens, tokens, tokens, tokens, tokens)
prices = st.integers(0, 10**9)
some_tiers = st.lists(
    st.builds(Tier, prices, prices, st.none() | prices, st.none() | prices), min_size=1, max_size=3
)
rates = some_tiers.map(
    lambda rows: Rate(tuple(replace(tier, above_input=200_000 * n) for n, tier in enumerate(rows)))
)
money = st.integers(0, 10**12)
expectations = st.builds(
    Expected, tokens, tokens, tokens, tokens, tokens, tokens, st.none() | money, st.none() | money
)


@given(usages, expectations, rates, money, money)
def test_the_parts_sum_to_the_difference(
    usage: Usage, expected: Expected, rate: Rate, charged: int, estimated: int
) -> None:
    """For any usage, expectation, rate, charge and estimate; the weightiest first, none empty."""
    row = replace(
        receipt(usage, expected=None),
        expected=expected,
        charged=Nanocredits(charged),
        estimated=Nanocredits(estimated),
    )
    told = why(row, rate)
    assert told.difference == charged - estimated
    if usage != Usage():
        assert sum(one.amount for one in told.reasons) == told.difference
    weights = [abs(one.amount) for one in told.reasons]
    assert (weights, 0 in weights) == (sorted(weights, reverse=True), False)


@given(usages, expectations, rates)
def test_an_honest_charge_leaves_only_rounding(usage: Usage, expected: Expected, rate: Rate) -> None:
    """Estimated and charged by the same rate, whatever tiers and caches: less than ten nano-units remain."""
    fitting = replace(expected, reasoning=min(expected.reasoning, expected.likely))
    told = why(receipt(usage, fitting, rate), rate)
    rest = [one.amount for one in told.reasons if one.cause is Cause.REST]
    assert all(abs(amount) < 10 for amount in rest)


@given(usages, usages, rates)
def test_two_answers_differ_by_their_parts(first: Usage, second: Usage, rate: Rate) -> None:
    """The same for one answer after another."""
    before, after = receipt(first, rate=rate), receipt(second, rate=rate)
    told = compare(before, after, rate)
    assert told.difference == (after.charged or 0) - (before.charged or 0)
    if Usage() not in (first, second):
        assert sum(one.amount for one in told.reasons) == told.difference
