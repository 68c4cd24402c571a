"""One draft on several models: costs in credits and in dollars set beside each other."""

from __future__ import annotations

from nexu_desktop.domain.estimate import Estimate

CREDITS_PER_DOLLAR = 100  # a credit is a cent


def worth(estimate: Estimate | None) -> int | None:
    """The likely cost in nano-credits, also of dollars; None while it is counted or where no price is known."""
    if estimate is None or estimate.cost is None:
        return None
    return estimate.cost.likely * (1 if estimate.ref.lane.spends_credits else CREDITS_PER_DOLLAR)


def dearness(estimate: Estimate | None, *, refused: bool = False) -> tuple[bool, bool, int]:
    """To sort by: the cheapest first, then what has no price, then what this draft could not be sent to."""
    value = worth(estimate)
    return refused or (estimate is not None and estimate.over_context > 0), value is None, value or 0


def share(estimate: Estimate | None, reference: Estimate | None) -> str:
    """'0.18': the likely cost as a share of the reference's, across credits and dollars; '' where none is known."""
    value, base = worth(estimate), worth(reference)
    if value is None or not base:
        return ""
    hundredths = (value * 200 + base) // (2 * base)
    return f"{hundredths // 100:,}.{hundredths % 100:02d}"
