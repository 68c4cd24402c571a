"""Cheaper ways to send what a command line hands in: another model, a shorter history, a lower limit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from nexu_desktop.composition import Core
from nexu_desktop.domain.breakdown import Way, WayKind
from nexu_desktop.domain.estimate import Estimate
from nexu_desktop.services import cheaper
from nexu_desktop.services.catalog import Offer
from nexu_desktop.services.contexts import SUGGESTED
from nexu_desktop.services.meter import Context, Question

PROMPTS = ("system", "developer")


def ways(
    core: Core, asked: Question, now: Estimate, offers: list[Offer], ask: Callable[[Offer], Question]
) -> tuple[Way, ...]:
    """`offers` of the same purse; the cheapest way first."""
    if now.cost is None:
        return ()
    others = [(one, core.meter.estimate_now(one)) for one in map(ask, offers)]
    found = [
        *cheaper.models(others, now),
        *_shorter(core, asked, now),
        *cheaper.limits(core.meter, asked, now),
    ]
    return cheaper.best_first(found)


def _shorter(core: Core, asked: Question, now: Estimate) -> list[Way]:
    """The system prompt stays."""
    prompts = tuple(one for one in asked.context.messages if one.role in PROMPTS)
    spoken = tuple(one for one in asked.context.messages if one.role not in PROMPTS)
    found = []
    for keep in (SUGGESTED, 0):
        if len(spoken) > keep:
            left = Context((*prompts, *spoken[len(spoken) - keep :]), asked.context.replies)
            cost = cheaper.likely(core.meter, replace(asked, context=left))
            words = f"Keep the last {keep} messages" if keep else "Leave the earlier messages out"
            found.append(cheaper.way(WayKind.CONTEXT, words, now, cost, keep_last=keep))
    return found
