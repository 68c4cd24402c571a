"""A ledger that version 1 wrote: no entry changes, the chain holds, and every attempt answered a message."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest

from nexu_desktop.adapters.instance_lock import InstanceLock
from nexu_desktop.adapters.ledger_sqlite import LedgerSqlite
from nexu_desktop.domain.chat import Outcome, Purpose
from nexu_desktop.domain.credits import Balance, Nanocredits
from nexu_desktop.domain.errors import InsufficientCredits, LedgerConflict, StorageFailed
from nexu_desktop.services.ports import AttemptState
from tests.adapters.version_1 import unpack
from tests.contracts.ledger import FixedClock, a_grant, a_settlement, an_attempt

KEPT = ("wallet", "credit_grant", "closing", "usage_report", "entry", "slice", "debt")
LAST_HASH = "996be988242aeb7217391bf4d513408da4a922f02d05b13d5b827c023ea286ff"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return unpack("ledger", tmp_path)


@pytest.fixture
def ledger(path: Path) -> Iterator[LedgerSqlite]:
    lock = InstanceLock(path.with_name("instances"))
    made = LedgerSqlite(path, lock, FixedClock())
    yield made
    made.close()
    lock.close()


def rows(path: Path, *tables: str) -> list[list[tuple[Any, ...]]]:
    """Every column of every row, and the statements that made the tables and triggers."""
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    found: list[Any] = [connection.execute(f"SELECT * FROM {table}").fetchall() for table in tables]
    found.append(
        connection.execute(
            "SELECT name, sql FROM sqlite_schema WHERE tbl_name NOT IN ('attempt', 'owner') ORDER BY name"
        ).fetchall()
    )
    connection.close()
    return found


def test_no_row_changes(path: Path, ledger: LedgerSqlite) -> None:
    """Entries, hashes, closings, caches and the triggers that guard them are what they were."""
    before = rows(path, *KEPT)
    assert ledger.verify() == ()
    assert rows(path, *KEPT) == before
    assert before[KEPT.index("entry")][-1][-1].hex() == LAST_HASH


def test_attempts_answered_messages(ledger: LedgerSqlite) -> None:
    """Version 1 knew no other purpose; states and sums are as it left them."""
    held, refused, settled, voided = (
        AttemptState.HELD,
        AttemptState.REFUSED,
        AttemptState.SETTLED,
        AttemptState.VOIDED,
    )
    assert [(a.id, a.state, a.purpose) for a in ledger.attempts(limit=9)] == [
        ("e", refused, Purpose.MESSAGE),
        ("d", settled, Purpose.MESSAGE),
        ("c", held, Purpose.MESSAGE),
        ("b", voided, Purpose.MESSAGE),
        ("a", settled, Purpose.MESSAGE),
    ]
    assert ledger.balance() == Balance(Nanocredits(1), Nanocredits(10))
    assert {e.purpose for e in ledger.entries(limit=99) if e.attempt} == {Purpose.MESSAGE}


def test_old_attempts_are_still_the_same_attempts(ledger: LedgerSqlite) -> None:
    """Repeating what was done has no second effect; another purpose under an old id is refused."""
    ledger.hold(an_attempt("c"))
    with pytest.raises(InsufficientCredits):
        ledger.hold(an_attempt("e", amount=50))
    with pytest.raises(LedgerConflict):
        ledger.hold(an_attempt("c", purpose=Purpose.TITLE))
    assert (ledger.settle(a_settlement("a")), len(ledger.entries(limit=99))) == (4, 11)


def test_the_chain_goes_on(ledger: LedgerSqlite) -> None:
    """New entries of any purpose seal the old ones; what was open can be closed."""
    ledger.release("c", Outcome.CUT, "")
    ledger.grant(a_grant("second"))
    ledger.hold(an_attempt("f", purpose=Purpose.SUMMARY))
    ledger.settle(a_settlement("f", nano=10))
    assert (ledger.verify(), ledger.balance()) == ((), Balance(Nanocredits(91), Nanocredits(0)))


@pytest.mark.parametrize("table", ["entry", "closing", "usage_report", "credit_grant", "wallet"])
def test_what_was_written_stays(ledger: LedgerSqlite, table: str) -> None:
    """The triggers of the old file still refuse every change."""
    for attack in (f"DELETE FROM {table}", f"UPDATE {table} SET rowid = rowid"):
        with pytest.raises(StorageFailed), ledger.database.transaction() as connection:
            connection.execute(attack)
    with pytest.raises(StorageFailed), ledger.database.transaction() as connection:
        connection.execute("DELETE FROM attempt")
    assert ledger.verify() == ()


def test_the_old_file_is_kept_beside_it(path: Path, ledger: LedgerSqlite) -> None:
    """A copy of version 1, made before the first change, with every entry."""
    ledger.balance()
    copy = path.with_name("ledger.db.v1.bak")
    connection = apsw.Connection(str(copy), flags=apsw.SQLITE_OPEN_READONLY)
    version = connection.pragma("user_version")
    connection.close()
    assert (version, rows(copy, "entry")) == (1, rows(path, "entry"))
