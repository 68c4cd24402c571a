"""The same rules once more, in memory and as plainly as possible: the oracle for random histories."""

from __future__ import annotations

from dataclasses import dataclass, field

from nexu_desktop.services.ports import Grant

CATEGORIES = ("promo", "plan", "paid")


@dataclass
class Slice:
    grant: Grant
    age: int
    free: int

    def good(self, now_ms: int) -> bool:
        expires = self.grant.expires_ms
        return self.grant.effective_ms <= now_ms and (expires is None or now_ms < expires)

    def order(self) -> tuple[object, ...]:
        grant = self.grant
        never = grant.expires_ms is None
        return (
            grant.priority,
            never,
            0 if never else grant.expires_ms,
            CATEGORIES.index(grant.category.value),
            grant.effective_ms,
            self.age,
        )


@dataclass
class Model:
    """`held` maps an attempt to what it took from which grant, in burn order."""

    now_ms: int
    slices: dict[str, Slice] = field(default_factory=dict)
    held: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    charged: dict[str, int] = field(default_factory=dict)
    debts: dict[str, int] = field(default_factory=dict)
    last_entry_ms: int = 0

    def ledger_now(self) -> int:
        return max(self.now_ms, self.last_entry_ms)

    def good(self) -> list[Slice]:
        now = self.ledger_now()
        return sorted((one for one in self.slices.values() if one.good(now)), key=Slice.order)

    @property
    def debt(self) -> int:
        return sum(self.debts.values())

    @property
    def available(self) -> int:
        return sum(one.free for one in self.good()) - self.debt

    @property
    def all_held(self) -> int:
        return sum(amount for parts in self.held.values() for _, amount in parts)

    def grant(self, grant: Grant) -> None:
        self.slices[grant.id] = Slice(grant, len(self.slices), grant.amount)
        self._moved()
        self.pay_debts()

    def hold(self, attempt: str, amount: int) -> bool:
        self.pay_debts()
        if amount > self.available:
            return False
        self.held[attempt] = self._take(amount)
        return True

    def close(self, attempt: str, amount: int) -> None:
        left = amount
        for grant, part in self.held.pop(attempt):
            used = min(left, part)
            self.slices[grant].free += part - used
            left -= used
            self._moved()
        left -= sum(part for _, part in self._take(left))
        if left:
            self.debts[attempt] = left
            self._moved()
        self.charged[attempt] = amount
        self.pay_debts()

    def pay_debts(self) -> None:
        for attempt in self.debts:
            paid = sum(part for _, part in self._take(self.debts[attempt]))
            self.debts[attempt] -= paid

    def _take(self, amount: int) -> list[tuple[str, int]]:
        parts = []
        for one in self.good():
            part = min(one.free, amount)
            if part:
                one.free -= part
                amount -= part
                parts.append((one.grant.id, part))
                self._moved()
        return parts

    def _moved(self) -> None:
        self.last_entry_ms = self.ledger_now()
