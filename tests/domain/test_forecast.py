"""The distribution of an answer's length: prior, learning, calibration, words of the draft."""

from __future__ import annotations

import math
import random

import pytest

from nexu_desktop.adapters.forecast_file import shipped
from nexu_desktop.domain.forecast import PRIOR_TOKENS, Forecast, History, Reply, forecast
from nexu_desktop.domain.forecast_features import FEATURES, features
from nexu_desktop.domain.forest import Forest
from nexu_desktop.domain.hints import FLAGS, Hints

FORESTS = shipped()
HELLO = Hints.of("Tell me about rivers", 5)


def _lived(lengths: list[int], *, reasoning: int = 0) -> list[Reply]:
    """Answers to a first message each, with what would have been predicted for them."""
    replies: list[Reply] = []
    for length in lengths:
        found = forecast(FORESTS, HELLO, 0, (), History.of(replies))
        replies.append(Reply(length, found.likely, reasoning, True, found.low, found.high))
    return replies


def test_the_features_are_as_many_as_the_trees_know() -> None:
    """FEATURES finite numbers, whatever the draft and the past."""
    for past in ([], [0.1], [0.1, -0.2] * 9):
        row = features(HELLO, 100, 50, past, 6.0)
        assert len(row) == FEATURES
        assert all(map(math.isfinite, row))


def test_a_row_falls_through_every_tree() -> None:
    """Up to a threshold one way, above it the other; the leaves are added up."""
    forest = Forest(((0, 1.0, 10.0, (1, 2.0, 20.0, 30.0)), 0.5))
    assert [forest.value(row) for row in ([1.0, 9.0], [1.1, 2.0], [1.1, 2.1])] == [10.5, 20.5, 30.5]


def test_without_a_past_the_prior_is_wide() -> None:
    """A new person gets about the prior length and a band of four down and two up around it."""
    found = forecast(FORESTS, HELLO, 0, (), History.of(()))
    assert found.likely == PRIOR_TOKENS
    assert (found.low, found.high, found.replies) == (
        round(PRIOR_TOKENS * math.exp(-1.4)),
        round(PRIOR_TOKENS * math.exp(0.8)),
        0,
    )


def test_one_short_answer_does_not_overrule_the_prior() -> None:
    """Else a dear model that said "Yes." once would look cheaper than one that was never asked."""
    assert forecast(FORESTS, HELLO, 0, (), History.of([Reply(3)])).likely > 200


@pytest.mark.parametrize("length", [40, 300, 2_500, 12_000])
def test_a_model_of_even_length_is_learned(length: int) -> None:
    """After 60 answers of one length the band holds it, is near it, and is narrower than at the beginning."""
    rng = random.Random(length)
    past = [round(length * math.exp(rng.gauss(0, 0.3))) for _ in range(60)]
    found = forecast(FORESTS, HELLO, 0, (), History.of(_lived(past)))
    assert found.low < length < found.high
    assert length / 2 < found.likely < length * 2
    assert found.high / found.low < math.exp(2.2)


@pytest.mark.parametrize("spread", [0.2, 1.2])
def test_the_band_holds_eight_of_ten_whatever_the_spread(spread: float) -> None:
    """Calibration follows a model far more even, or far more uneven, than the log: 76 to 84 % from the 600th on."""
    rng = random.Random(8)
    replies = _lived([round(700 * math.exp(rng.gauss(0, spread))) for _ in range(1_800)])[600:]
    held = sum(reply.low <= reply.tokens <= reply.high for reply in replies if reply.low and reply.high)
    assert 0.76 < held / len(replies) < 0.84


def test_a_long_conversation_stays_long() -> None:
    """Three long answers here pull the likely length up, three short ones down."""
    history = History.of(_lived([300] * 30))
    long = forecast(FORESTS, HELLO, 3_000, [Reply(900)] * 3, history).likely
    short = forecast(FORESTS, HELLO, 300, [Reply(60)] * 3, history).likely
    assert short < 200 < 500 < long


@pytest.mark.parametrize(
    ("draft", "longer"),
    [("Write a 1500 word essay about rivers", True), ("thanks", False), ("Briefly: what is a river?", False)],
)
def test_words_of_the_draft_are_heard(draft: str, longer: bool) -> None:
    """Compared with a plain question to the same model, in the middle of a conversation."""
    history, here = History.of(_lived([300] * 30)), [Reply(300)] * 2
    plain = forecast(FORESTS, HELLO, 700, here, history).likely
    assert (forecast(FORESTS, Hints.of(draft, 8), 700, here, history).likely > plain) is longer


def test_reasoning_is_learned_apart() -> None:
    """A model that thinks 1,000 tokens for each 200 it says: the likely total is both, and says which is which.

    Even the low figure has half of the thinking in it, and the high one all of it.
    """
    found = forecast(FORESTS, HELLO, 0, (), History.of(_lived([1_200] * 40, reasoning=1_000)))
    assert found.reasoning == 1_000
    assert 1_050 < found.likely < 1_600
    assert 500 < found.low < found.likely
    assert found.high > 1_200
    assert forecast(FORESTS, HELLO, 0, (), History.of(_lived([200] * 40))).reasoning == 0


def test_the_mean_is_above_the_median_of_a_skewed_model() -> None:
    """For sums: one answer in ten is ten times as long."""
    lengths = [200] * 9 + [2_000]
    found = forecast(FORESTS, HELLO, 0, (), History.of(_lived(lengths * 12)))
    assert found.mean > found.likely * 1.2


def test_figures_are_ordered_whatever_the_past() -> None:
    """1 <= low <= likely <= high <= limit for 1,000 random pasts, with absurd ones among them."""
    rng = random.Random(5)
    for _ in range(1_000):
        past = [
            Reply(rng.randrange(0, 10 ** rng.randrange(1, 8)), rng.choice([None, rng.randrange(0, 20_000)]))
            for _ in range(rng.randrange(0, 30))
        ]
        draft = rng.choice(["", "short", "```code```", "写 500 字", "list 99999 items", "\ud800"])
        limit = rng.randrange(1, 9_000)
        found = forecast(
            FORESTS,
            Hints.of(draft, rng.randrange(0, 10**6)),
            rng.randrange(0, 10**6),
            past[:8],
            History.of(past),
        ).within(limit)
        assert 1 <= found.low <= found.likely <= found.high <= limit
        assert 1 <= found.mean <= limit
        assert 0 <= found.reasoning <= found.likely


def test_the_limit_cuts_every_figure() -> None:
    """No figure passes the limit that goes into the request."""
    assert Forecast(10, 500, 9_000, 700, 300, 4).within(200) == Forecast(10, 200, 200, 200, 200, 4)


@pytest.mark.parametrize(
    ("draft", "flags"),
    [
        ("What is a monad?", {"question", "explain"}),
        ("继续", {"more"}),
        ("请详细解释这段代码", {"long", "explain", "code"}),
        ("Thanks, another one", {"thanks", "again"}),
        ("列出三条", {"listing"}),
    ],
)
def test_flags_of_a_draft(draft: str, flags: set[str]) -> None:
    """English and Chinese."""
    found = Hints.of(draft, 9)
    assert flags == {name for name in FLAGS if getattr(found, name)}


@pytest.mark.parametrize(
    ("draft", "words", "items"),
    [
        ("Write 1,500 words on rivers", 1_500, 0),
        ("a 300-word text with 5 examples", 300, 5),
        ("写一篇800字的文章", 800, 0),
        ("give me 10 more blog ideas", 0, 10),
        ("in 2023 there were rivers", 0, 0),
    ],
)
def test_numbers_that_are_asked_for(draft: str, words: int, items: int) -> None:
    """Words and items, not years."""
    found = Hints.of(draft, 9)
    assert (found.asked_words, found.asked_items) == (words, items)


def test_what_is_asked_at_the_end_of_a_long_draft_is_seen() -> None:
    """The beginning and the end are read, a megabyte between them is not."""
    assert Hints.of("x" * 1_000_000 + "\nBriefly, please: why?", 9).short
