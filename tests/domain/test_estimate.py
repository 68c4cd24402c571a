"""Prices of one send."""

from __future__ import annotations

import random

import pytest

from nexu_desktop.domain.chat import Lane, ModelRef
from nexu_desktop.domain.credits import Balance, Nanocredits, Rate, Tier, Usage
from nexu_desktop.domain.estimate import (
    Band,
    CountBasis,
    Estimate,
    TokenCount,
    price,
)

RATE = Rate((Tier(input=50_000_000, output=300_000_000, cached_input=5_000_000),))
REF = ModelRef(Lane.CREDITS, "nexu", "gemini-3-flash-preview")


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
        low, likely, high = sorted(rng.randrange(1, 4_097) for _ in range(3))
        output = Band(low, likely, high, 4_096)
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
