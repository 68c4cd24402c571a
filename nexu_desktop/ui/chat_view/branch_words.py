"""Branches in words: what asking again would cost, and what each branch has cost."""

from __future__ import annotations

from nexu_desktop.domain.branches import Place
from nexu_desktop.domain.chat import Lane
from nexu_desktop.domain.credits import show_cost, show_dollars
from nexu_desktop.domain.estimate import Estimate

UNIT = {Lane.CREDITS: "credits", Lane.SANDBOX: "play credits"}


def about(estimate: Estimate | None) -> str:
    """'about 0.12 credits'; what refuses the send instead of a figure, '' while it is counted."""
    if estimate is None:
        return ""
    if estimate.over_context:
        return f"{estimate.over_context:,} tokens too long for {estimate.ref.model}"
    if estimate.over_budget is not None:
        return f"your budget per {estimate.over_budget.scope.value} leaves no room"
    if estimate.shortfall:
        return f"{show_cost(estimate.shortfall)} credits short"
    return _figure(estimate)


def regenerate(estimate: Estimate | None) -> str:
    """Before another answer is asked for."""
    figure = about(estimate)
    comma = ", " if estimate is not None and not _refused(estimate) else ": "
    return f"Regenerate{comma}{figure}" if figure else "Regenerate"


def resend(estimate: Estimate | None) -> str:
    """Under the edit box, beside its button."""
    figure = about(estimate)
    return figure[:1].upper() + figure[1:]


def spent(place: Place) -> str:
    """'0.35 of 1.20 credits': this branch of all of them; '' where nothing was paid."""
    parts = []
    if place.credits.all:
        parts.append(f"{show_cost(place.credits.here)} of {show_cost(place.credits.all)} credits")
    if place.dollars.all:
        parts.append(f"{show_dollars(place.dollars.here)} of {show_dollars(place.dollars.all)}")
    return ", ".join(parts)


def spoken(place: Place) -> str:
    """The whole strip as a sentence."""
    costs = spent(place)
    tail = f" This branch has cost {costs} that all {place.count} have cost." if costs else ""
    return f"Branch {place.number} of {place.count}.{tail}"


def deleted(count: int) -> str:
    """What the undo bar says."""
    rest = count - 1
    follows = f" and {rest} after it" if rest else ""
    return f"Deleted a message{follows}; what it has cost stays in every sum."


def quoted(text: str) -> str:
    """As a quotation in markdown, with room to go on writing below."""
    lines = text.strip("\n").split("\n")
    return "\n".join(f"> {line}".rstrip() for line in lines) + "\n\n"


def _refused(estimate: Estimate) -> bool:
    return bool(estimate.over_context or estimate.over_budget is not None or estimate.shortfall)


def _figure(estimate: Estimate) -> str:
    lane = estimate.ref.lane
    if lane is Lane.LOCAL:
        return "free"
    if estimate.cost is None:
        return "price unknown"
    if lane.spends_credits:
        return f"about {show_cost(estimate.cost.likely)} {UNIT[lane]}"
    return f"about {show_dollars(estimate.cost.likely)} on your key"
