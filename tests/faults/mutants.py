"""Ledgers with one planted fault each: the harness must catch every one of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import apsw

from nexu_desktop.adapters import ledger_rows as rows
from nexu_desktop.adapters.database import Database
from nexu_desktop.adapters.instance_lock import InstanceLock
from nexu_desktop.adapters.ledger_books import Books
from nexu_desktop.adapters.ledger_journal import Journal
from nexu_desktop.adapters.ledger_schema import APPLICATION_ID, MIGRATIONS
from nexu_desktop.adapters.ledger_sqlite import LedgerSqlite
from nexu_desktop.domain.credits import Nanocredits
from nexu_desktop.services.ports import AttemptState, NewAttempt, Settlement
from tests.contracts.ledger import FixedClock


SPLIT_S = 0.005  # wide enough that 60 kills at random moments meet it; a quick disk leaves a gap of microseconds


class SplitClosing(LedgerSqlite):
    """Charges in one transaction and releases in the next."""

    def settle(self, settlement: Settlement) -> Nanocredits:
        amount, name = -(-settlement.price_pico // 1000), settlement.attempt
        if self.attempt(name).charged is None:
            self._write(lambda c, journal: Books(c, journal).charge(name, amount, settlement.price_pico))
            time.sleep(SPLIT_S)
        closing = rows.Closing(
            name,
            AttemptState.SETTLED,
            settlement.outcome,
            settlement.basis,
            settlement.usage,
            settlement.price_pico,
        )

        def finish(connection: apsw.Connection, journal: Journal) -> None:
            if rows.stored_closing(connection, name) is None:
                rows.insert_closing(connection, closing, 0)
                Books(connection, journal).give_back(name)

        self._write(finish)
        return closing.charged


class ChargesRetries(LedgerSqlite):
    """Takes a repeated settlement for a new one."""

    def settle(self, settlement: Settlement) -> Nanocredits:
        closed = self.attempt(settlement.attempt).charged
        charged = super().settle(settlement)
        if closed:
            self._write(
                lambda c, journal: journal.append(
                    "overage",
                    1,
                    entry=f"o:{settlement.attempt}:{uuid4()}",
                    attempt=settlement.attempt,
                    grant=c.execute("SELECT grant_id FROM slice WHERE free_nc > 0 LIMIT 1").get,
                )
            )
        return charged


class DeferredDatabase(Database):
    def _begin(self, connection: apsw.Connection) -> None:
        connection.execute("BEGIN")


class DeferredBegin(LedgerSqlite):
    """Reads the balance before it has the write lock."""

    def __init__(self, path: Path, instances: InstanceLock, clock: FixedClock) -> None:
        super().__init__(path, instances, clock)
        self.database = DeferredDatabase(
            path, application_id=APPLICATION_ID, migrations=MIGRATIONS, durable=True
        )


class ChecksOutside(LedgerSqlite):
    """Decides on a balance that others still change."""

    def hold(self, attempt: NewAttempt) -> None:
        seen = self.balance().available
        admit = super()._admit

        def work(connection: apsw.Connection, journal: Journal) -> tuple[int, int] | None:
            if attempt.amount > seen:
                return admit(connection, journal, attempt)
            rows.insert_attempt(connection, attempt, self._instances.id, 0, None)
            Books(connection, journal).hold(attempt.id, attempt.amount)
            return None

        self._write(work)


LEDGERS: dict[str, Callable[[Path, InstanceLock, FixedClock], LedgerSqlite]] = {
    "": LedgerSqlite,
    "acknowledges early": LedgerSqlite,  # the child says "done" before it begins
    "splits closing": SplitClosing,
    "charges retries": ChargesRetries,
    "deferred begin": DeferredBegin,
    "checks outside": ChecksOutside,
}
