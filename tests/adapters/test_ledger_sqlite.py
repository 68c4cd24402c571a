"""The ledger on disk: the contract, and what only a file can break."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw
import pytest

from nexu_desktop.adapters.database import CommitUnknown, Database
from nexu_desktop.adapters.instance_lock import InstanceLock
from nexu_desktop.adapters.ledger_schema import APPLICATION_ID, MIGRATIONS
from nexu_desktop.adapters.ledger_sqlite import LedgerSqlite
from nexu_desktop.domain.chat import Outcome
from nexu_desktop.domain.credits import Balance
from nexu_desktop.domain.errors import NewerFile, StorageFailed
from tests.contracts.ledger import FixedClock, LedgerContract, a_grant, a_settlement, an_attempt


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def instances(tmp_path: Path) -> Iterator[InstanceLock]:
    lock = InstanceLock(tmp_path / "instances")
    yield lock
    lock.close()


@pytest.fixture
def ledger(tmp_path: Path, instances: InstanceLock, clock: FixedClock) -> Iterator[LedgerSqlite]:
    ledger = LedgerSqlite(tmp_path / "ledger.db", instances, clock)
    yield ledger
    ledger.close()


class TestLedgerSqlite(LedgerContract):
    pass


@contextmanager
def unguarded(ledger: LedgerSqlite, *statements: str) -> Iterator[apsw.Connection]:
    """The file as somebody else's program would open it."""
    connection = apsw.Connection(str(ledger.database.path))
    try:
        for statement in statements:
            connection.execute(statement).fetchall()
        yield connection
    finally:
        connection.close()


def used(ledger: LedgerSqlite) -> LedgerSqlite:
    """A grant, a settled attempt, an overrun with debt, a released and an open attempt."""
    ledger.grant(a_grant(amount=100))
    for name in ("a", "b", "c"):
        ledger.hold(an_attempt(name))
    ledger.settle(a_settlement("a"))
    ledger.release("b", Outcome.CUT, "not sent")
    ledger.hold(an_attempt("d", amount=80))
    ledger.mark_dispatched("d")
    ledger.record_usage("d", "{}", "used")
    ledger.settle(a_settlement("d", nano=95))
    return ledger


def test_everything_survives_a_reopen(
    ledger: LedgerSqlite, tmp_path: Path, instances: InstanceLock, clock: FixedClock
) -> None:
    """Closing and opening the file changes no number."""
    before = (used(ledger).balance(), ledger.entries(limit=99), ledger.attempts(limit=99))
    ledger.close()
    again = LedgerSqlite(tmp_path / "ledger.db", instances, clock)
    assert (again.balance(), again.entries(limit=99), again.attempts(limit=99)) == before
    assert again.verify() == ()
    again.close()


def test_only_the_dead_are_recovered(ledger: LedgerSqlite, tmp_path: Path, clock: FixedClock) -> None:
    """An open attempt of another process is taken over only once its lock is free."""
    other = InstanceLock(tmp_path / "instances")
    theirs = LedgerSqlite(tmp_path / "ledger.db", other, clock)
    theirs.grant(a_grant())
    theirs.hold(an_attempt())
    assert ledger.open_attempts(dead_only=True) == ()
    theirs.close()
    other.close()
    assert [attempt.id for attempt in ledger.open_attempts(dead_only=True)] == ["a"]


REPLACE = (
    "INSERT OR REPLACE INTO entry SELECT (SELECT max(seq) + 1 FROM entry), id, kind, attempt, grant_id, "
    "from_account, to_account, 5, ltime_ms, wall_ms, instance, price_pico, note, prev_hash, hash "
    "FROM entry WHERE seq = 1"
)
ATTACKS = [
    "UPDATE entry SET amount_nc = 999",
    "DELETE FROM entry",
    "INSERT OR REPLACE INTO entry SELECT * FROM entry WHERE seq = 1",
    REPLACE,
    "UPDATE OR REPLACE entry SET id = 'g:x:y'",
    "INSERT INTO entry SELECT * FROM entry WHERE seq = 1 ON CONFLICT DO UPDATE SET amount_nc = 999",
    "UPDATE usage_report SET raw = ''",
    "DELETE FROM usage_report",
    "INSERT OR REPLACE INTO usage_report SELECT * FROM usage_report",
    "UPDATE closing SET charged_nc = 0",
    "INSERT OR REPLACE INTO closing SELECT * FROM closing",
    "INSERT INTO closing SELECT * FROM closing LIMIT 1",
    "DELETE FROM attempt",
    "UPDATE credit_grant SET amount_nc = 999",
    "UPDATE slice SET free_nc = -1",
    "DROP TABLE sqlite_schema",
    "UPDATE sqlite_schema SET sql = ''",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_is_written_stays(ledger: LedgerSqlite, attack: str) -> None:
    """No statement through the program's own connection changes or removes a row."""
    before = used(ledger).entries(limit=99)
    ledger.database.read().execute("PRAGMA writable_schema = ON").fetchall()
    with pytest.raises(StorageFailed), ledger.database.transaction() as connection:
        connection.execute(attack)
    assert (ledger.entries(limit=99), ledger.verify()) == (before, ())


MUTANTS = {
    "replace walks past the triggers": ("PRAGMA recursive_triggers = OFF", REPLACE),
    "an amount changed": (
        "DROP TRIGGER entry_no_update",
        "UPDATE entry SET amount_nc = amount_nc + 1 WHERE seq = 1",
    ),
    "a note changed": ("DROP TRIGGER entry_no_update", "UPDATE entry SET note = 'x' WHERE seq = 1"),
    "the last entry gone": (
        "DROP TRIGGER entry_no_delete",
        "DELETE FROM entry WHERE seq = (SELECT max(seq) FROM entry)",
    ),
    "an entry in the middle gone": (
        "DROP TRIGGER entry_no_delete",
        "DELETE FROM entry WHERE seq = 3",
    ),
    "a trigger gone": ("DROP TRIGGER usage_report_no_delete",),
    "a balance raised": ("UPDATE slice SET free_nc = free_nc + 1",),
    "a hold hidden": ("UPDATE slice SET held_nc = 0",),
    "a debt forgiven": ("UPDATE debt SET owed_nc = 0",),
    "a closing reopened": ("UPDATE attempt SET state = 'held' WHERE id = 'a'",),
    "a hold enlarged": ("UPDATE attempt SET amount_nc = amount_nc + 1 WHERE id = 'c'",),
    "a charge lowered": (
        "DROP TRIGGER closing_no_update",
        "UPDATE closing SET charged_nc = 3 WHERE attempt = 'a'",
    ),
    "a price changed": (
        "DROP TRIGGER closing_no_update",
        "UPDATE closing SET price_pico = '3999' WHERE attempt = 'a'",
    ),
    "a grant enlarged": (
        "DROP TRIGGER credit_grant_no_update",
        "UPDATE credit_grant SET amount_nc = amount_nc + 2",
    ),
    "a grant expired before it paid": (
        "DROP TRIGGER credit_grant_no_update",
        "UPDATE credit_grant SET expires_ms = 1",
    ),
    "an attempt never held": (
        "UPDATE attempt SET state = 'dispatched', dispatched_ms = 1 WHERE id = 'c'",
        "DROP TRIGGER entry_no_delete",
        "DELETE FROM entry WHERE attempt = 'c'",
    ),
    "an id that names another attempt": (
        "DROP TRIGGER entry_no_update",
        "UPDATE entry SET id = 'c:z:g:test:first' WHERE id = 'c:a:g:test:first'",
    ),
    "time run back": ("DROP TRIGGER entry_no_update", "UPDATE entry SET ltime_ms = 1 WHERE seq = 3"),
}


@pytest.mark.parametrize("tampering", MUTANTS.values(), ids=MUTANTS.keys())
def test_verify_sees_tampering(ledger: LedgerSqlite, tampering: tuple[str, ...]) -> None:
    """A change made around the program is found; with the triggers put back as well."""
    assert used(ledger).verify() == ()
    with unguarded(ledger, *tampering) as connection:
        gone = [
            statement.split()[-1] for statement in tampering if statement.startswith("DROP TRIGGER entry")
        ]
        for name in gone:
            verb = name.rsplit("_", 1)[1]
            connection.execute(
                f"CREATE TRIGGER {name} BEFORE {verb} ON entry BEGIN SELECT RAISE(ABORT, ''); END"
            )
    assert ledger.verify() != ()


def test_each_invariant_can_fail(ledger: LedgerSqlite) -> None:
    """Tampering of every kind together names most invariants: no query is written so that it never answers."""
    used(ledger)
    tampering = [statement for mutant in list(MUTANTS.values())[1:] for statement in mutant]
    drops = {statement for statement in tampering if statement.startswith("DROP")}
    changes = [statement for statement in tampering if not statement.startswith("DROP")]
    changes += [
        "UPDATE entry SET to_account = 'adjust' WHERE kind = 'charge'",
        "UPDATE entry SET amount_nc = 5000 WHERE kind = 'release'",
    ]
    with unguarded(ledger, "PRAGMA ignore_check_constraints = ON", *sorted(drops), *changes):
        pass
    named = {violation.invariant.split()[0] for violation in ledger.verify()}
    expected = {1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 16, 17}
    assert {f"I{number}" for number in expected} - named == set()


class ShakyDatabase(Database):
    """A disk whose COMMIT fails `failures` times, before or after the change reached it."""

    failures = 0
    reached = True

    def _commit(self, connection: apsw.Connection) -> None:
        if not self.failures:
            return super()._commit(connection)
        self.failures -= 1
        connection.execute("COMMIT" if self.reached else "ROLLBACK")
        self.forget()
        raise CommitUnknown(StorageFailed("The disk did not answer."))


@pytest.fixture
def shaky(ledger: LedgerSqlite) -> ShakyDatabase:
    database = ShakyDatabase(
        ledger.database.path, application_id=APPLICATION_ID, migrations=MIGRATIONS, durable=True
    )
    ledger.database.close()
    ledger.database = database
    return database


@pytest.mark.parametrize("reached", [True, False])
def test_an_unknown_commit_is_looked_up(ledger: LedgerSqlite, shaky: ShakyDatabase, reached: bool) -> None:
    """After a COMMIT that raised, each write has exactly one effect, whether the disk had it or not."""
    shaky.reached = reached
    steps = [
        lambda: ledger.grant(a_grant()),
        lambda: ledger.hold(an_attempt()),
        lambda: ledger.mark_dispatched("a"),
        lambda: ledger.checkpoint("a", 4),
        lambda: ledger.record_usage("a", "{}", "used"),
        lambda: ledger.settle(a_settlement()),
    ]
    results = []
    for step in steps:
        shaky.failures = 1
        results.append(step())
    reports = ledger.database.read().execute("SELECT count(*) FROM usage_report").get
    assert (results, reports) == ([True, None, None, None, None, 4], 1)
    assert (ledger.balance(), ledger.verify()) == (Balance(96, 0), ())


def test_a_commit_unknown_twice_is_told(ledger: LedgerSqlite, shaky: ShakyDatabase) -> None:
    """No third try: the failure is raised, and what is on disk stays sound."""
    shaky.failures = 2
    with pytest.raises(StorageFailed, match="did not answer"):
        ledger.grant(a_grant())
    assert (ledger.balance(), ledger.grant(a_grant()), ledger.verify()) == (Balance(100, 0), False, ())


def test_a_ledger_of_a_newer_version_is_left_alone(ledger: LedgerSqlite) -> None:
    """The refusal names the next step and the file keeps its bytes."""
    ledger.grant(a_grant())
    ledger.database.close()
    with unguarded(ledger, "PRAGMA user_version = 99", "PRAGMA wal_checkpoint(TRUNCATE)"):
        pass
    before = ledger.database.path.read_bytes()
    newer = LedgerSqlite(ledger.database.path, ledger._instances, FixedClock())
    with pytest.raises(NewerFile, match="newer version"):
        newer.balance()
    assert ledger.database.path.read_bytes() == before


def test_a_usage_block_is_cut_at_64_kib(ledger: LedgerSqlite) -> None:
    """A huge block is kept in part, also when the cut falls inside a character."""
    ledger.hold(an_attempt(amount=0))
    ledger.record_usage("a", "é" * 70_000, "invalid")
    ledger.record_usage("a", "x" + "é" * 70_000, "invalid")
    kept = [raw for (raw,) in ledger.database.read().execute("SELECT raw FROM usage_report ORDER BY seq")]
    assert kept == ["é" * 32_768, "x" + "é" * 32_767]


def test_a_long_wal_is_emptied_after_the_commit(
    ledger: LedgerSqlite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The side file does not grow without end, although commits never checkpoint by themselves."""
    monkeypatch.setattr("nexu_desktop.adapters.ledger_sqlite.CHECKPOINT_PAGES", 20)
    ledger.grant(a_grant())
    for number in range(12):
        ledger.hold(an_attempt(f"a{number}", amount=1))
        assert ledger.database.wal_pages <= 20
