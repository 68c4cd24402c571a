"""The rules of moving credits: which grants pay first, what a hold pays, what is owed.

Works inside one write transaction, through the journal alone; it knows nothing of attempts' states.
"""

from __future__ import annotations

from typing import Any

import apsw

from nexu_desktop.adapters.ledger_journal import Journal, entry_id

# SQLite sorts NULL first, so "never expires" has to be asked for before the date.
_BURNABLE = """
SELECT slice.grant_id, slice.free_nc FROM slice JOIN credit_grant AS g ON g.id = slice.grant_id
WHERE slice.free_nc > 0 AND g.effective_ms <= :now AND (g.expires_ms IS NULL OR g.expires_ms > :now)
ORDER BY g.priority, g.expires_ms IS NULL, g.expires_ms,
    CASE g.category WHEN 'promo' THEN 0 WHEN 'plan' THEN 1 ELSE 2 END, g.effective_ms, g.seq, g.id
"""
_STILL_HELD = """
SELECT grant_id, sum(CASE kind WHEN 'hold' THEN amount_nc ELSE -amount_nc END) AS left_nc FROM entry
WHERE attempt = ? AND kind IN ('hold', 'charge', 'release') GROUP BY grant_id HAVING left_nc > 0 ORDER BY min(seq)
"""
_OWED = "SELECT attempt, owed_nc FROM debt WHERE owed_nc > 0 ORDER BY seq"
_PAYMENTS = "SELECT count(*) FROM entry WHERE attempt = ? AND grant_id = ? AND kind = 'debt payment'"


def burnable(connection: apsw.Connection, now_ms: int) -> list[tuple[str, int]]:
    """(grant, free nano-credits) in the order in which they are burned."""
    found: list[Any] = connection.execute(_BURNABLE, {"now": now_ms}).fetchall()
    return found


def owed(connection: apsw.Connection) -> list[tuple[str, int]]:
    """(attempt, nano-credits owed), oldest first."""
    found: list[Any] = connection.execute(_OWED).fetchall()
    return found


class Books:
    def __init__(self, connection: apsw.Connection, journal: Journal) -> None:
        self._connection = connection
        self._journal = journal

    def available(self) -> int:
        """Nano-credits that a new hold may take; negative while something is owed."""
        free = sum(amount for _, amount in self._burnable())
        return free - sum(amount for _, amount in owed(self._connection))

    def hold(self, attempt: str, amount: int) -> None:
        """Reserve what `available()` covers."""
        self._take("hold", attempt, amount, self._burnable())

    def charge(self, attempt: str, amount: int, price_pico: int) -> None:
        """Take it from the hold, then from free credits, then owe it: never clamped."""
        left = self._take("charge", attempt, amount, self._still_held(attempt), price_pico)
        left = self._take("overage", attempt, left, self._burnable(), price_pico)
        if left:
            self._journal.move("debt", left, attempt, None, price_pico)

    def give_back(self, attempt: str) -> None:
        """Return what is left of a hold to the grants it came from; what is owed is paid from it first."""
        for grant, amount in self._still_held(attempt):
            self._journal.move("release", amount, attempt, grant)
        self.pay_debts()

    def pay_debts(self) -> None:
        """Oldest debt first, from whatever may be burned now."""
        for debtor, amount in owed(self._connection):
            for grant, free in self._burnable():
                paid = min(amount, free)
                if paid:
                    self._pay(paid, debtor, grant)
                    amount -= paid

    def _pay(self, amount: int, debtor: str, grant: str) -> None:
        """One grant can pay one debt more than once: released credits come back to it."""
        earlier: int = self._connection.execute(_PAYMENTS, (debtor, grant)).get
        name = entry_id("debt payment", debtor, grant) + (f":{earlier + 1}" if earlier else "")
        self._journal.append("debt payment", amount, entry=name, attempt=debtor, grant=grant)

    def _take(
        self, kind: str, attempt: str, amount: int, slices: list[tuple[str, int]], price: int | None = None
    ) -> int:
        """Move up to `amount` out of the slices in their order; what they could not give."""
        for grant, there in slices:
            taken = min(amount, there)
            if taken:
                self._journal.move(kind, taken, attempt, grant, price)
                amount -= taken
        return amount

    def _burnable(self) -> list[tuple[str, int]]:
        return burnable(self._connection, self._journal.now_ms)

    def _still_held(self, attempt: str) -> list[tuple[str, int]]:
        found: list[Any] = self._connection.execute(_STILL_HELD, (attempt,)).fetchall()
        return found
