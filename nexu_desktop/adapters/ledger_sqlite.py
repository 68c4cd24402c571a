"""The ledger of one wallet in one SQLite file: append-only entries; hold, settle and release; the balance."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import apsw

from nexu_desktop.adapters import ledger_refusals as refusals
from nexu_desktop.adapters import ledger_rows as rows
from nexu_desktop.adapters.database import CHECKPOINT_PAGES, CommitUnknown, Database
from nexu_desktop.adapters.instance_lock import InstanceLock
from nexu_desktop.adapters.ledger_books import Books, burnable, owed
from nexu_desktop.adapters.ledger_journal import Journal
from nexu_desktop.adapters.ledger_schema import APPLICATION_ID, MIGRATIONS
from nexu_desktop.adapters.ledger_verify import violations
from nexu_desktop.domain.chat import Outcome
from nexu_desktop.domain.credits import PICO_PER_NANO, Balance, Nanocredits
from nexu_desktop.domain.errors import BadInput, StorageFailed
from nexu_desktop.services.ports import (
    Attempt,
    AttemptState,
    Clock,
    Entry,
    Grant,
    NewAttempt,
    Settlement,
    Violation,
)

T = TypeVar("T")
Work = Callable[[apsw.Connection, Journal], T]

WALLET_MAX = 9 * 10**18  # nano-credits, just inside 64 bits
PRICE_MAX_PICO = refusals.AMOUNT_MAX * PICO_PER_NANO
RAW_USAGE_BYTES = 65_536
SERVICE = "nexu"  # the source of what the account service has stated
OPEN = (AttemptState.HELD.value, AttemptState.DISPATCHED.value)


class LedgerSqlite:
    """Implements services.ports.Ledger. Safe from any thread and any number of processes.

    Every piece of work looks its ids up before it writes: doing it twice is doing it once. `account` is who
    spends here now, '' where that is not known; the opening by a service or the first charge makes it the owner.
    """

    account = ""

    def __init__(self, path: Path, instances: InstanceLock, clock: Clock) -> None:
        self.database = Database(path, application_id=APPLICATION_ID, migrations=MIGRATIONS, durable=True)
        self._instances = instances
        self._clock = clock

    def wallet_id(self) -> str:
        """Drawn at random when the file was made."""
        with self.database.reading() as connection:
            return str(connection.execute("SELECT id FROM wallet").get)

    def owner(self) -> str:
        """The account whose credits these are; '' while that is open."""
        with self.database.reading() as connection:
            return rows.stored_owner(connection)

    def stated(self) -> bool:
        """Whether a service has stated any of it, and not only the person."""
        with self.database.reading() as connection:
            return bool(connection.execute("SELECT 1 FROM credit_grant WHERE source = ?", (SERVICE,)).get)

    def balance(self) -> Balance:
        """Without credits that are not yet, or no longer, good. Settled is negative only when there is debt."""
        with self.database.reading() as connection:
            now_ms = Journal(connection, self._instances.id, self._clock.now_ms()).now_ms
            held: int = connection.execute("SELECT coalesce(sum(held_nc), 0) FROM slice").get
            free = sum(amount for _, amount in burnable(connection, now_ms))
            debt = sum(amount for _, amount in owed(connection))
        return Balance(Nanocredits(free + held - debt), Nanocredits(held))

    def grant(self, grant: Grant) -> bool:
        """True if it was new. Raises BadInput, LedgerConflict. Pays debts first."""
        refusals.check_grant(grant)
        new = False

        def work(connection: apsw.Connection, journal: Journal) -> None:
            nonlocal new
            stored = rows.stored_grant(connection, grant.id)
            if stored is None:
                _check_room(connection, grant)
                rows.insert_grant(connection, grant)
                if grant.source == SERVICE:
                    rows.insert_owner(connection, self.account, self._clock.now_ms())
                journal.append("grant", grant.amount, entry=grant.id, grant=grant.id, note=grant.note)
                Books(connection, journal).pay_debts()
                new = True
            elif stored != rows.grant_content(grant):
                raise refusals.conflict(grant.id)

        self._write(work)
        return new

    def hold(self, attempt: NewAttempt) -> None:
        """Reserve the amount. Raises InsufficientCredits (the id is burned), BadInput, LedgerConflict."""
        if type(attempt.amount) is not int or not 0 <= attempt.amount <= refusals.AMOUNT_MAX:
            raise BadInput(f"A hold of {attempt.amount!r} nano-credits is not possible.")

        def work(connection: apsw.Connection, journal: Journal) -> tuple[int, int] | None:
            stored = rows.stored_attempt(connection, attempt.id)
            if rows.stored_owner(connection) not in ("", self.account) and self.account:
                raise refusals.other_account()
            if stored is None:
                return self._admit(connection, journal, attempt)
            if stored != rows.attempt_content(attempt):
                raise refusals.conflict(attempt.id)
            return rows.stored_refusal(connection, attempt.id)

        refusal = self._write(work)
        if refusal is not None:
            raise refusals.insufficient(attempt, *refusal)

    def mark_dispatched(self, attempt: str) -> None:
        """Commit before the first request byte. Raises LedgerConflict if the attempt is not open."""

        def work(connection: apsw.Connection, _journal: Journal) -> None:
            if _state(connection, attempt) not in OPEN:
                raise refusals.not_open(attempt)
            connection.execute(
                """UPDATE attempt SET state = 'dispatched', dispatched_ms = ?
                WHERE id = ? AND state = 'held'""",
                (self._clock.now_ms(), attempt),
            )

        self._write(work)

    def checkpoint(self, attempt: str, output_tokens: int) -> None:
        """Remember the tokens counted so far; a smaller number and a closed attempt change nothing."""

        def work(connection: apsw.Connection, _journal: Journal) -> None:
            _state(connection, attempt)
            connection.execute(
                """UPDATE attempt SET checkpoint = max(checkpoint, ?)
                WHERE id = ? AND state IN ('held', 'dispatched')""",
                (output_tokens, attempt),
            )

        self._write(work)

    def record_usage(self, attempt: str, raw: str, verdict: str) -> None:
        """Keep a usage block as it came, cut at 64 KiB. Raises LedgerConflict for an unknown attempt."""
        kept = raw.encode("utf-8", "replace")[:RAW_USAGE_BYTES].decode("utf-8", "ignore")
        report = uuid4().hex  # so that a repeated commit does not keep it twice

        def work(connection: apsw.Connection, _journal: Journal) -> None:
            _state(connection, attempt)
            connection.execute(
                """INSERT INTO usage_report(id, attempt, arrived_ms, raw, verdict) VALUES(?,?,?,?,?)
                ON CONFLICT(id) DO NOTHING""",
                (report, attempt, self._clock.now_ms(), kept, verdict),
            )

        self._write(work)

    def settle(self, settlement: Settlement) -> Nanocredits:
        """Charge and release in one transaction; the nano-credits charged. Raises LedgerConflict, BadInput."""
        price = settlement.price_pico
        if type(price) is not int or not 0 <= price <= PRICE_MAX_PICO:
            raise BadInput(f"A price of {price!r} pico-credits is not possible.")
        closing = rows.Closing(
            attempt=settlement.attempt,
            kind=AttemptState.SETTLED,
            outcome=settlement.outcome,
            basis=settlement.basis,
            usage=settlement.usage,
            price_pico=price,
        )
        return self._write(lambda connection, journal: self._close_attempt(connection, journal, closing))

    def release(self, attempt: str, outcome: Outcome, note: str) -> None:
        """Give the whole hold back. Raises LedgerConflict."""
        closing = rows.Closing(attempt=attempt, kind=AttemptState.VOIDED, outcome=outcome, note=note)
        self._write(lambda connection, journal: self._close_attempt(connection, journal, closing))

    def open_attempts(self, *, dead_only: bool) -> tuple[Attempt, ...]:
        """Attempts not yet closed, oldest first; a process counts as dead only if its lock can be taken."""
        with self.database.reading() as connection:
            found = connection.execute(
                f"{rows.ATTEMPTS} WHERE a.state IN ('held', 'dispatched') ORDER BY a.rowid"
            ).fetchall()
            owners = dict(connection.execute("SELECT id, instance FROM attempt WHERE state IN (?, ?)", OPEN))
        attempts = [rows.attempt_from(row) for row in found]
        if dead_only:
            dead = {owner: self._instances.is_dead(owner) for owner in set(owners.values())}
            attempts = [attempt for attempt in attempts if dead[owners[attempt.id]]]
        return tuple(attempts)

    def attempt(self, attempt: str) -> Attempt | None:
        with self.database.reading() as connection:
            row = connection.execute(f"{rows.ATTEMPTS} WHERE a.id = ?", (attempt,)).fetchone()
        return None if row is None else rows.attempt_from(row)

    def attempts(self, *, limit: int) -> tuple[Attempt, ...]:
        """Newest first."""
        with self.database.reading() as connection:
            found = connection.execute(f"{rows.ATTEMPTS} ORDER BY a.rowid DESC LIMIT ?", (limit,)).fetchall()
        return tuple(rows.attempt_from(row) for row in found)

    def entries(self, *, limit: int) -> tuple[Entry, ...]:
        """Newest first."""
        with self.database.reading() as connection:
            found = connection.execute(f"{rows.ENTRIES} ORDER BY e.seq DESC LIMIT ?", (limit,)).fetchall()
        return tuple(rows.entry_from(row) for row in found)

    def verify(self) -> tuple[Violation, ...]:
        """Replay every entry and check the invariants; empty means sound."""
        with self.database.reading() as connection:
            return violations(connection)

    def close(self) -> None:
        self._tidy(pages=0)
        self.database.close()

    def _write(self, work: Work[T]) -> T:
        """One durable transaction. A COMMIT that failed may have reached the disk: reopen, look, repeat once."""
        try:
            try:
                result = self._once(work)
            except CommitUnknown:
                result = self._once(work)
        except CommitUnknown as error:
            raise error.cause from error
        self._tidy(pages=CHECKPOINT_PAGES)
        return result

    def _once(self, work: Work[T]) -> T:
        with self.database.transaction() as connection:
            return work(connection, Journal(connection, self._instances.id, self._clock.now_ms()))

    def _tidy(self, *, pages: int) -> None:
        """Empty a long WAL after the commit. A failure is no one's loss: the WAL is read at the next start."""
        if self.database.wal_pages > pages:
            with suppress(StorageFailed):
                self.database.checkpoint()

    def _admit(
        self, connection: apsw.Connection, journal: Journal, new: NewAttempt
    ) -> tuple[int, int] | None:
        """Hold, or burn the id and say (shortfall, available)."""
        books = Books(connection, journal)
        books.pay_debts()
        available = books.available()
        refusal = None if new.amount <= available else (new.amount - available, available)
        rows.insert_attempt(connection, new, self._instances.id, self._clock.now_ms(), refusal)
        if refusal is None:
            books.hold(new.id, new.amount)
        return refusal

    def _close_attempt(
        self, connection: apsw.Connection, journal: Journal, closing: rows.Closing
    ) -> Nanocredits:
        """Close it once; again with the same content only says what was charged."""
        if _state(connection, closing.attempt) not in OPEN:
            return _same_closing(connection, closing)
        charged = closing.charged
        rows.insert_closing(connection, closing, self._clock.now_ms())
        if charged:
            rows.insert_owner(connection, self.account, self._clock.now_ms())
        books = Books(connection, journal)
        books.charge(closing.attempt, charged, closing.price_pico)
        books.give_back(closing.attempt)
        return charged


def _state(connection: apsw.Connection, attempt: str) -> str:
    state: str | None = connection.execute("SELECT state FROM attempt WHERE id = ?", (attempt,)).get
    if state is None:
        raise refusals.unknown(attempt)
    return state


def _same_closing(connection: apsw.Connection, closing: rows.Closing) -> Nanocredits:
    stored = rows.stored_closing(connection, closing.attempt)
    if stored is None:
        raise refusals.never_held(closing.attempt)
    if stored != closing:
        raise refusals.conflict(closing.attempt)
    return closing.charged


def _check_room(connection: apsw.Connection, grant: Grant) -> None:
    """All grants together must stay countable in 64 bits."""
    granted: int = connection.execute("SELECT coalesce(sum(amount_nc), 0) FROM credit_grant").get
    if granted + grant.amount > WALLET_MAX:
        raise BadInput("This wallet cannot hold that many credits.")
