"""The context in words: tokens, costs in the lane's unit, and why something is not sent."""

from __future__ import annotations

from collections.abc import Sequence

from nexu_desktop.domain.chat import ContextRules, Lane, Role
from nexu_desktop.domain.context import ContextItem, ItemKind, Unsent
from nexu_desktop.domain.credits import show_cost, show_dollars
from nexu_desktop.domain.estimate import CountBasis, TokenCount
from nexu_desktop.services.contexts import Advice

PENDING = "~"
UNIT = {Lane.CREDITS: " credits", Lane.SANDBOX: " play credits"}
EFFORT_NAMES = {"": "Model’s own", "minimal": "Minimal", "low": "Low", "medium": "Medium", "high": "High"}
BUTTONS = {
    None: "Drop",
    Unsent.DROPPED: "Restore",
    Unsent.OLD: "From here",
    Unsent.USED: "Keep files",
}
WHAT_BUTTONS_DO = {
    None: "Leaves it out of every further send; the transcript keeps it.",
    Unsent.DROPPED: "Sends it again with every further message.",
    Unsent.OLD: "Keeps this message and all after it.",
    Unsent.USED: "Sends files with every message, not only with their own.",
}


def tokens(count: TokenCount | None) -> str:
    """'~' before a figure that is not exact, alone while it is being counted."""
    if count is None:
        return PENDING
    return f"{'' if count.basis is CountBasis.EXACT else PENDING}{count.tokens:,}"


def money(cost: int | None, lane: Lane) -> str:
    """Without a unit in credits, with its sign in dollars; '' where no price is known or nothing is paid."""
    if cost is None or lane is Lane.LOCAL:
        return ""
    return show_cost(cost) if lane.spends_credits else show_dollars(cost)


def each_send(cost: int | None, lane: Lane) -> str:
    """What goes out again with every message."""
    if lane is Lane.LOCAL:
        return "free on this lane"
    if cost is None:
        return "price unknown"
    return f"{money(cost, lane)}{UNIT.get(lane, '')} per send"


def reason(unsent: Unsent, rules: ContextRules) -> str:
    """Why it is not sent, as one would say it."""
    return {
        Unsent.DROPPED: "dropped",
        Unsent.OLD: f"before the last {rules.keep_last:,}" if rules.keep_last else "no message is kept",
        Unsent.USED: "file used already",
    }[unsent]


def kind(item: ContextItem) -> str:
    """Who or what it is."""
    match item.kind:
        case ItemKind.SYSTEM:
            return "System prompt"
        case ItemKind.SUMMARY:
            return "Summary"
        case ItemKind.FILE:
            return "Image" if item.image else "File"
    return "Answer" if item.role is Role.ASSISTANT else "You"


def icon(item: ContextItem) -> str:
    """The name of its picture."""
    match item.kind:
        case ItemKind.SYSTEM:
            return "terminal"
        case ItemKind.SUMMARY:
            return "scroll-text"
        case ItemKind.FILE:
            return "image" if item.image else "file-text"
    return "bot" if item.role is Role.ASSISTANT else "user"


def suggestion(advice: Advice, lane: Lane) -> str:
    saved = money(advice.saves, lane)
    return (
        f"Context is {advice.share_percent} % of the cost."
        f" Keeping the last {advice.keep_last} messages saves {saved} per send."
    )


def marks(items: Sequence[ContextItem], rules: ContextRules) -> tuple[dict[str, str], dict[str, str]]:
    """By message id: messages that are not sent again and why, and files that their sent message goes without."""
    rows: dict[str, str] = {}
    files: dict[str, list[str]] = {}
    for item in items:
        if item.unsent is None or item.kind is ItemKind.SYSTEM:
            continue
        why = reason(item.unsent, rules)
        if item.kind is ItemKind.FILE:
            files.setdefault(item.message, []).append(f"{item.title} ({why})")
        else:
            rows[item.id] = why
    return rows, {message: ", ".join(names) for message, names in files.items() if message not in rows}
