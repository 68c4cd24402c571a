"""What the table shows, as values: one row per offer, which rows match, and in which order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from nexu_desktop.domain.chat import Lane
from nexu_desktop.domain.comparing import CREDITS_PER_DOLLAR, dearness
from nexu_desktop.domain.credits import Usage, show_cost, show_dollars
from nexu_desktop.domain.estimate import Estimate
from nexu_desktop.services.catalog import Offer
from nexu_desktop.ui.lane_chip import chip_text, provider_name

TYPICAL = Usage(input=2_000, output=2_000)
ABILITIES = {"vision": "sees", "reasoning": "reasons", "tools": "tools"}
SAID = {  # words a person may type, and the ability or lane they mean
    "sees": "vision",
    "vision": "vision",
    "images": "vision",
    "reasons": "reasoning",
    "reasoning": "reasoning",
    "thinks": "reasoning",
    "tools": "tools",
    "credits": Lane.CREDITS.value,
    "key": Lane.BYOK.value,
    "own": Lane.BYOK.value,
    "sandbox": Lane.SANDBOX.value,
    "local": Lane.SANDBOX.value,
}
LANES = tuple(Lane)
PENDING, FREE = "~", "free"
_CONTEXT = re.compile(r"(\d{1,4})(k|m)")


@dataclass(frozen=True, slots=True)
class Row:
    """One offer with what the draft costs on it. `estimate` None is pending, if the offer can be priced."""

    offer: Offer
    estimate: Estimate | None = None
    favourite: bool = False
    default: bool = False
    cheap: bool = False

    @property
    def key(self) -> str:
        return str(self.offer.ref)

    @property
    def own(self) -> bool:
        return not self.offer.ref.lane.spends_credits

    @property
    def rate(self) -> str:
        return f"{self.offer.published.rate}x" if self.offer.published else ""

    @property
    def typical(self) -> str:
        """Of an own key it is computed from the list price."""
        if self.offer.published is not None:
            return self.offer.published.credits_per_conversation
        if self.offer.ref.lane is Lane.LOCAL:
            return FREE
        return show_dollars(self.offer.rate.cost(TYPICAL)) if self.offer.rate and self.own else ""

    @property
    def draft(self) -> str:
        if self.offer.rate is None:
            return "unknown" if self.own else "rate unknown"
        if self.estimate is None:
            return PENDING
        if self.estimate.over_context:
            return "too long"
        if self.estimate.cost is None:
            return "unknown"
        if self.offer.ref.lane is Lane.LOCAL:
            return FREE
        likely = self.estimate.cost.likely
        return show_dollars(likely) if self.own else show_cost(likely)

    @property
    def refused(self) -> bool:
        """The draft as it is could not be sent to it."""
        return self.estimate is not None and bool(self.estimate.over_context or self.estimate.shortfall)

    @property
    def context(self) -> str:
        tokens = self.offer.context_tokens
        if tokens is None:
            return ""
        thousands = (tokens + 500) // 1_000
        return f"{(tokens + 500_000) // 1_000_000}M" if thousands >= 1_000 else f"{thousands}k"

    @property
    def can(self) -> str:
        return ", ".join(word for name, word in ABILITIES.items() if name in self.offer.capabilities)

    @property
    def basis(self) -> str:
        """Where its figures come from and how sure they are: the line at the foot of the table."""
        offer, name = self.offer, self.offer.ref.model
        if not offer.sendable:
            return f"{name}: the rate is unknown, so it can't be sent on credits."
        if offer.rate is None:
            return f"{name}: the price is unknown. {provider_name(offer.ref.provider)} bills your key."
        if self.estimate is not None and self.estimate.shortfall:
            return f"{name}: {show_cost(self.estimate.shortfall)} credits short for this draft."
        if self.estimate is not None and self.estimate.over_context:
            return f"{name}: this draft is {self.estimate.over_context:,} tokens too long."
        return f"{name}: {offer.confidence}{', ' + offer.source if offer.source else ''}."

    @property
    def spoken(self) -> str:
        """The row as one sentence, for a screen reader."""
        lane = chip_text(self.offer.ref)
        parts = [
            self.offer.ref.model,
            "favourite" if self.favourite else "",
            "default" if self.default else "",
            f"rate {self.rate}" if self.rate else "",
            f"typical chat {self.typical}" if self.typical else "",
            f"this draft {'still being counted' if self.draft == PENDING else self.draft}",
            f"context {self.context}" if self.context else "",
            self.can,
            f"paid by {lane}",
        ]
        return ", ".join(part for part in parts if part)


def cheap_keys(offers: Iterable[Offer]) -> frozenset[str]:
    """The cheaper half of each lane, by the price of a typical chat."""
    prices: dict[Lane, dict[str, int]] = {}
    for offer in offers:
        if offer.rate is not None:
            prices.setdefault(offer.ref.lane, {})[str(offer.ref)] = offer.rate.cost(TYPICAL)
    return frozenset(
        key
        for of_lane in prices.values()
        for key, price in of_lane.items()
        if price <= median(of_lane.values())
    )


def matches(row: Row, query: str) -> bool:
    """Every word of the query fits the name, the provider, an ability, the lane or the context size."""
    return all(_fits(row, word) for word in query.lower().split())


def _fits(row: Row, word: str) -> bool:
    ref = row.offer.ref
    names = (ref.model.lower(), ref.provider.lower(), provider_name(ref.provider).lower())
    if any(word in name for name in names):
        return True
    if SAID.get(word) in (*row.offer.capabilities, ref.lane.value):
        return True
    if word in ("cheap", "cheaper"):
        return row.cheap
    size = _CONTEXT.fullmatch(word)
    return size is not None and _at_least(row.offer.context_tokens, int(size[1]), size[2])


def _at_least(context_tokens: int | None, number: int, unit: str) -> bool:
    """By the size as shown: 163,840 is 164k."""
    thousands = number * (1_000 if unit == "m" else 1)
    return context_tokens is not None and (context_tokens + 500) // 1_000 >= thousands


def arranged(rows: Iterable[Row], sort: str, query: str = "") -> tuple[Row, ...]:
    """Favourites first, what can't be sent last; 'draft' and 'rate' across lanes, as a credit is a cent."""
    order = {"draft": _by_draft, "rate": _by_rate, "name": _by_name}[sort]
    found = (row for row in rows if matches(row, query))
    return tuple(sorted(found, key=lambda row: (not row.favourite, not row.offer.sendable, *order(row))))


def _by_draft(row: Row) -> Sequence[object]:
    return (*dearness(row.estimate), *_by_rate(row))


def _by_rate(row: Row) -> Sequence[object]:
    """What is unknown comes last."""
    rate = row.offer.rate
    cents = CREDITS_PER_DOLLAR if row.own else 1
    return (rate is None, rate.cost(TYPICAL) * cents if rate else 0, *_by_name(row))


def _by_name(row: Row) -> Sequence[object]:
    return (row.offer.ref.model.lower(), LANES.index(row.offer.ref.lane), row.key)
