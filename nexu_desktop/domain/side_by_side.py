"""One question on several models: what each wallet would pay for all of them together. Units are never mixed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nexu_desktop.domain.budgets import Budget, Finding
from nexu_desktop.domain.chat import Lane
from nexu_desktop.domain.estimate import Band, Estimate

FEWEST, MOST = 2, 4


@dataclass(frozen=True, slots=True)
class Purse:
    """What one lane pays for `models` answers: nano-credits, or nano-dollars on own keys.

    `cost` is the sum of what has a price, `unpriced` how many have none; `available` is what the wallet has
    left, None where there is none. `missing` is positive when not even the shortest answers fit into that or,
    with `stop`, into a budget. `lowered_to` is the answer limit in tokens that makes them fit, None: no need.
    """

    lane: Lane
    models: int
    cost: Band
    unpriced: int = 0
    available: int | None = None
    missing: int = 0
    stop: Budget | None = None
    lowered_to: int | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """The estimate of each model in the order chosen, and each wallet's sum of them."""

    estimates: tuple[Estimate, ...]
    purses: tuple[Purse, ...]


def added(estimates: Sequence[Estimate]) -> Band:
    """Figure by figure; what has no price adds nothing."""
    costs = [one.cost for one in estimates if one.cost is not None]
    return Band(
        sum(one.low for one in costs),
        sum(one.likely for one in costs),
        sum(one.high for one in costs),
        sum(one.most for one in costs),
    )
