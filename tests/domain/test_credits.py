"""Amounts, usage, cost and rounding, against an exact oracle."""

from __future__ import annotations

import math
import random
from fractions import Fraction

import pytest

from nexu_desktop.domain.credits import (
    NANO_PER_CREDIT,
    RATE_MAX_PC,
    TOKENS_PER_BUCKET_MAX,
    Balance,
    Nanocredits,
    Rate,
    Tier,
    Usage,
    exact,
    parse_credits,
    show_balance,
    show_cost,
    show_dollars,
)
from nexu_desktop.domain.errors import BadInput

BUCKETS = ("input", "cached_input", "cache_write", "output", "reasoning")


def _rate(rng: random.Random) -> Rate:
    def tier(above: int) -> Tier:
        return Tier(
            input=rng.randrange(0, 500_000_000),
            output=rng.randrange(0, 2_000_000_000),
            cached_input=rng.choice([None, rng.randrange(0, 100_000_000)]),
            cache_write=rng.choice([None, rng.randrange(0, 600_000_000)]),
            above_input=above,
        )

    return Rate((tier(0),) if rng.random() < 0.5 else (tier(0), tier(rng.randrange(1, 300_000))))


def _usage(rng: random.Random) -> Usage:
    return Usage(**{bucket: rng.choice([0, 1, rng.randrange(0, 300_000)]) for bucket in BUCKETS})


def _oracle(rate: Rate, usage: Usage) -> int:
    """Credits as fractions, per million tokens, and one ceiling at the end."""
    tier = rate.tiers[-1] if usage.total_input > rate.tiers[-1].above_input else rate.tiers[0]
    cached = tier.input if tier.cached_input is None else tier.cached_input
    written = tier.input if tier.cache_write is None else tier.cache_write
    prices = (tier.input, cached, written, tier.output, tier.output)
    total = sum(
        (
            Fraction(getattr(usage, bucket), 1_000_000) * Fraction(price, 1_000_000)
            for bucket, price in zip(BUCKETS, prices, strict=True)
        ),
        Fraction(0),
    )
    return math.ceil(total * NANO_PER_CREDIT)


def test_cost_equals_the_oracle() -> None:
    """20,000 random charges are exact to the nano-credit."""
    rng = random.Random(20260409)
    for _ in range(20_000):
        rate, usage = _rate(rng), _usage(rng)
        assert _oracle(rate, usage) == rate.cost(usage)


def test_most_is_never_exceeded() -> None:
    """Whatever is cached, and though fewer tokens may come than counted, no charge exceeds the most."""
    rng = random.Random(7)
    for _ in range(20_000):
        rate, usage = _rate(rng), _usage(rng)
        counted = usage.total_input + rng.choice([0, rng.randrange(0, 100_000)])
        limit = usage.total_output + rng.choice([0, rng.randrange(0, 9_000)])
        assert rate.most(counted, limit) >= rate.cost(usage)


def test_affordable_output_is_affordable_and_two_more_are_not() -> None:
    """The lowered limit is paid by what is available, and wastes no more than one token."""
    rng = random.Random(11)
    for _ in range(5_000):
        tier = Tier(input=rng.randrange(0, 10**8), output=rng.randrange(1_000, 10**9))
        rate, tokens = Rate((tier,)), rng.randrange(0, 200_000)
        available = rate.most(tokens, 0) + rng.randrange(0, 10**11)
        output = rate.affordable_output(tokens, available)
        assert rate.most(tokens, output) <= available < rate.most(tokens, output + 2)


def test_affordable_output_is_negative_when_the_input_alone_is_too_dear() -> None:
    """So that a refusal can tell a shortfall from a short answer."""
    rate = Rate((Tier(input=50_000_000, output=300_000_000),))
    assert [rate.affordable_output(1_000, 50_000_000 + extra) for extra in (-1, 0, 300_000)] == [-1, 0, 1]


def test_free_output_is_bounded() -> None:
    """A free answer has a limit all the same; an input that cannot be paid has none."""
    rate = Rate((Tier(input=1_000_000, output=0),))
    assert (rate.affordable_output(5, 5_000), rate.affordable_output(5, 4_999)) == (TOKENS_PER_BUCKET_MAX, -1)


def test_one_ceiling_per_charge() -> None:
    """Three buckets of a third of a nano-credit cost one, not three."""
    rate = Rate((Tier(input=333, output=333, cached_input=333),))
    usage = Usage(input=1, cached_input=1, output=1)
    assert (rate.price(usage), rate.cost(usage)) == (999, 1)
    assert (rate.cost(Usage(input=2, output=2)), rate.cost(Usage())) == (2, 0)


def test_unknown_cached_price_is_the_full_one() -> None:
    """None means unknown, and unknown is never free; zero means zero."""
    usage = Usage(cached_input=10, cache_write=10)
    assert (
        Tier(input=1_000, output=1).price(usage),
        Tier(input=1_000, output=1, cached_input=0, cache_write=0).price(usage),
    ) == (20_000, 0)


def test_reasoning_is_billed_as_output() -> None:
    """Hidden thought costs what visible text costs."""
    tier = Tier(input=1, output=7_000)
    assert tier.price(Usage(output=5)) == tier.price(Usage(reasoning=5)) == 35_000


def test_threshold_is_passed_only_above_it() -> None:
    """Cached and written tokens count for the size of the request."""
    rate = Rate((Tier(input=1, output=1), Tier(input=2, output=2, above_input=10)))
    assert (rate.tier_for(10).above_input, rate.tier_for(11).above_input) == (0, 10)
    assert rate.price(Usage(input=4, cached_input=4, cache_write=3)) == 22


@pytest.mark.parametrize("bucket", BUCKETS)
@pytest.mark.parametrize("value", [-1, TOKENS_PER_BUCKET_MAX + 1, 1.0, "1", None, True])
def test_usage_that_makes_no_sense_is_refused(bucket: str, value: object) -> None:
    """Only integers from 0 to 100 million are token counts; a bool is none."""
    with pytest.raises(BadInput, match=f"{bucket} = "):
        Usage(**{bucket: value})


def test_usage_sums() -> None:
    """The buckets are disjoint: their sums are what the provider counted."""
    usage = Usage(input=1, cached_input=10, cache_write=100, output=1_000, reasoning=10_000)
    assert (usage.total_input, usage.total_output) == (111, 11_000)
    assert Usage(input=TOKENS_PER_BUCKET_MAX).total_input == TOKENS_PER_BUCKET_MAX


@pytest.mark.parametrize("field", ["input", "output", "cached_input", "cache_write"])
@pytest.mark.parametrize("value", [-1, 1.5, "1", True, RATE_MAX_PC + 1])
def test_rate_that_makes_no_sense_is_refused(field: str, value: object) -> None:
    """A price is a non-negative integer."""
    with pytest.raises(BadInput, match=f"{field} = "):
        Tier(**{"input": 1, "output": 1, field: value})


@pytest.mark.parametrize("field", ["input", "output"])
def test_rate_without_a_price_is_refused(field: str) -> None:
    """Input and output have a price, or the model has no rate."""
    with pytest.raises(BadInput):
        Tier(**{"input": 1, "output": 1, field: None})


@pytest.mark.parametrize("thresholds", [(), (5,), (0, 0), (0, 9, 3)])
def test_tiers_must_rise_from_zero(thresholds: tuple[int, ...]) -> None:
    """Otherwise a request could have two prices or none."""
    with pytest.raises(BadInput, match="rising"):
        Rate(tuple(Tier(input=1, output=1, above_input=above) for above in thresholds))


def test_balance_shows_what_can_be_spent() -> None:
    """A hold lowers what is available, not what is settled."""
    assert Balance(Nanocredits(100), Nanocredits(30)).available == 70


@pytest.mark.parametrize(
    ("text", "nano"),
    [
        ("0", 0),
        ("0.35", 350_000_000),
        (" 12 ", 12_000_000_000),
        ("+1.000000001", 1_000_000_001),
        ("-0.5", -500_000_000),
        ("999999999999", 999_999_999_999 * NANO_PER_CREDIT),
    ],
)
def test_amount_is_read_exactly(text: str, nano: int) -> None:
    """A decimal text becomes nano-credits without a detour."""
    assert nano == parse_credits(text)


@pytest.mark.parametrize(
    "text",
    ["", "1e3", "NaN", "inf", "1.", ".5", "1,5", "0.0000000001", "1000000000000", "٣", "1 2", "--1", "0x1"],
)
def test_other_text_is_no_amount(text: str) -> None:
    """The refusal shows how to write one."""
    with pytest.raises(BadInput) as caught:
        parse_credits(text)
    assert caught.value.hint == "Write a number such as 12 or 0.35."


@pytest.mark.parametrize(
    ("nano", "text"),
    [
        (0, "0"),
        (350_000_000, "0.35"),
        (-1, "-0.000000001"),
        (12 * NANO_PER_CREDIT, "12"),
        (-2_500_000_000, "-2.5"),
    ],
)
def test_exact_text_has_every_digit(nano: int, text: str) -> None:
    """And reading it again gives the same amount."""
    assert (text, nano) == (exact(nano), parse_credits(exact(nano)))


SHOWN = [  # nano, as a balance, as a cost
    (0, "0.00", "0.00"),
    (1, "<0.01", "<0.01"),
    (9_999_999, "<0.01", "<0.01"),
    (10_000_000, "0.01", "0.01"),
    (10_000_001, "0.01", "0.02"),
    (99_999_999_999, "99.99", "100.00"),
    (100_000_000_000, "100.00", "100.00"),
    (1_234_567_890_000_000, "1,234,567.89", "1,234,567.89"),
    (-1, "-0.01", "0.00"),
    (-15_000_000, "-0.02", "-0.01"),
    (-1_500_000_000, "-1.50", "-1.50"),
]


@pytest.mark.parametrize(("nano", "balance", "cost"), SHOWN)
def test_balance_down_cost_up(nano: int, balance: str, cost: str) -> None:
    """What is shown is really there, and nothing costs more than shown."""
    assert (balance, cost) == (show_balance(nano), show_cost(nano))


@pytest.mark.parametrize(
    ("nano", "text"), [(0, "$0.0000"), (1, "<$0.0001"), (4_000_000, "$0.0040"), (4_000_001, "$0.0041")]
)
def test_dollars_have_four_places(nano: int, text: str) -> None:
    """Rounded up, as a bill is."""
    assert text == show_dollars(nano)
