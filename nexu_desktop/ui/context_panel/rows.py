"""One row of the inspector, sums over all of them, and what its button asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nexu_desktop.domain.chat import ContextRules, Lane
from nexu_desktop.domain.context import ContextItem, ItemKind, Unsent, keep_from
from nexu_desktop.domain.estimate import CountBasis, TokenCount
from nexu_desktop.services.contexts import ItemCost
from nexu_desktop.ui.context_panel import wording

KINDS = (ItemKind.SYSTEM, ItemKind.SUMMARY, ItemKind.MESSAGE, ItemKind.FILE)


@dataclass(frozen=True, slots=True)
class Shown:
    """How all rows are shown: the rules in force and the lane that pays."""

    rules: ContextRules
    lane: Lane


@dataclass(frozen=True, slots=True)
class Row:
    """An item with what it adds to every further send; `count` is None while it is counted."""

    item: ContextItem
    shown: Shown
    count: TokenCount | None = None
    cost: int | None = None

    @property
    def sent(self) -> bool:
        return self.item.unsent is None

    @property
    def price(self) -> str:
        pending = self.count is None and self.shown.lane is not Lane.LOCAL
        return wording.PENDING if pending else wording.money(self.cost, self.shown.lane)

    @property
    def caption(self) -> str:
        image = self.item.image
        what = f"{image.width} x {image.height}" if image else wording.kind(self.item)
        if self.item.unsent:
            what = wording.reason(self.item.unsent, self.shown.rules)
        return f"{what}, {wording.tokens(self.count)} tokens"

    @property
    def button(self) -> str:
        return wording.BUTTONS[self.item.unsent]

    @property
    def spoken(self) -> str:
        """For a screen reader."""
        state = f"not sent, {self.caption}" if self.item.unsent else self.caption
        price = wording.each_send(self.cost, self.shown.lane) if self.count else "being counted"
        return f"{wording.kind(self.item)}: {self.item.title}. {state}, {price}."


@dataclass(frozen=True, slots=True)
class Sums:
    """Tokens by kind of what is sent, and their cost per send; `exact` where every count is."""

    tokens: dict[ItemKind, int]
    cost: int | None
    unsent: int
    exact: bool

    @property
    def total(self) -> int:
        return sum(self.tokens.values())


@dataclass(frozen=True, slots=True)
class Wish:
    """What a button asks for: items to drop or restore, or a rule to change."""

    ids: tuple[str, ...] = ()
    dropped: bool = True
    keep_last: int | None = None
    keep_files: bool = False


def rows_of(costs: Sequence[ItemCost] | None, items: Sequence[ContextItem], shown: Shown) -> tuple[Row, ...]:
    """`items` stand in while `costs` are pending."""
    if costs is None:
        return tuple(Row(item, shown) for item in items)
    return tuple(Row(one.item, shown, one.count, one.cost) for one in costs)


def sums(costs: Sequence[ItemCost]) -> Sums:
    """What goes out with the next message, before its own words."""
    sent = [one for one in costs if one.item.unsent is None]
    tokens = dict.fromkeys(KINDS, 0)
    for one in sent:
        tokens[one.item.kind] += one.count.tokens
    prices = [one.cost for one in sent if one.cost is not None]
    cost = sum(prices) if len(prices) == len(sent) else None
    exact = all(one.count.basis is CountBasis.EXACT for one in sent)
    return Sums(tokens, cost, len(costs) - len(sent), exact)


def drop(rows: Sequence[Row]) -> Wish:
    return Wish(tuple(row.item.id for row in rows if row.sent), dropped=True)


def wish(row: Row, chosen: Sequence[Row], items: Sequence[ContextItem]) -> Wish:
    """The button of `row`, for all that are `chosen` with it where that makes sense."""
    match row.item.unsent:
        case None:
            return drop(chosen)
        case Unsent.DROPPED:
            return Wish(_restored(chosen, items), dropped=False)
        case Unsent.OLD:
            return Wish(keep_last=keep_from(items, row.item.message))
        case Unsent.USED:
            return Wish(keep_files=True)


def _restored(chosen: Sequence[Row], items: Sequence[ContextItem]) -> tuple[str, ...]:
    """A file goes with its message: one that was dropped comes back with it."""
    dropped = {item.id for item in items if item.unsent is Unsent.DROPPED}
    ids = [row.item.id for row in chosen if row.item.id in dropped]
    ids += [row.item.message for row in chosen if row.item.id in dropped and row.item.message in dropped]
    return tuple(dict.fromkeys(ids))
