"""A failing or full disk: a clear sentence, nothing acknowledged lost, nothing done twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from nexu_desktop.adapters.instance_lock import InstanceLock
from nexu_desktop.adapters.ledger_sqlite import LedgerSqlite
from nexu_desktop.domain.credits import Balance
from nexu_desktop.domain.errors import DiskFull, StorageFailed
from tests.contracts.ledger import FixedClock, a_grant, a_settlement, an_attempt
from tests.faults.faulty_disk import Fault, FaultyDisk, faulty_disk

POINTS_MOST = 60


@pytest.fixture
def disk() -> Iterator[FaultyDisk]:
    # apsw reports each planted error also as unraisable; those are the point of these tests.
    with pytest.MonkeyPatch.context() as patch, faulty_disk() as disk:
        patch.setattr("sys.excepthook", lambda *_: None)
        patch.setattr("sys.unraisablehook", lambda *_: None)
        yield disk


@pytest.fixture
def instances(tmp_path: Path) -> Iterator[InstanceLock]:
    lock = InstanceLock(tmp_path / "instances")
    yield lock
    lock.close()


def one_life(
    folder: Path, instances: InstanceLock, disk: FaultyDisk, fault: Fault, after: int, good: bool
) -> bool:
    """Grant, hold and settle on a disk that fails; then on a good one. False once the fault is not reached."""
    ledger = LedgerSqlite(folder / f"{fault}-{good}-{after}.db", instances, FixedClock())
    ledger.balance()
    steps = {
        "grant": lambda: ledger.grant(a_grant()),
        "hold": lambda: ledger.hold(an_attempt()),
        "settle": lambda: ledger.settle(a_settlement()),
    }
    acknowledged, failures = [], []
    disk.arm(fault, after, for_good=good)
    for name, step in steps.items():
        try:
            step()
        except StorageFailed as error:
            failures.append(isinstance(error, DiskFull))
            break
        acknowledged.append(name)
    reached = disk.struck > 0
    disk.disarm()
    ledger.database.close()
    assert failures in ([], [fault == "full"])
    _compare(ledger.database.path, instances, acknowledged)
    return reached


def _compare(path: Path, instances: InstanceLock, acknowledged: list[str]) -> None:
    again = LedgerSqlite(path, instances, FixedClock())
    kinds = {entry.kind.replace("charge", "settle") for entry in again.entries(limit=9)}
    assert set(acknowledged) - kinds == set()
    again.grant(a_grant())
    again.hold(an_attempt())
    assert again.settle(a_settlement()) == 4
    assert (again.balance(), again.verify()) == (Balance(96, 0), ())
    again.close()


@pytest.mark.parametrize("good", [False, True], ids=["once", "for good"])
@pytest.mark.parametrize("fault", ["write", "sync", "full"])
def test_every_fault_point(
    tmp_path: Path, instances: InstanceLock, disk: FaultyDisk, fault: Fault, good: bool
) -> None:
    """The 1st, 2nd, 3rd … operation fails until a run comes through: nothing lost, nothing doubled."""
    points = 0
    while one_life(tmp_path, instances, disk, fault, points, good):
        points += 1
        assert points < POINTS_MOST
    assert points >= 3  # each of the three commits syncs and writes at least once


def test_a_disk_that_fails_once_is_healed(tmp_path: Path, instances: InstanceLock, disk: FaultyDisk) -> None:
    """A single failed sync in COMMIT is looked up and repeated: the person sees nothing."""
    ledger = LedgerSqlite(tmp_path / "ledger.db", instances, FixedClock())
    ledger.balance()
    disk.arm("sync", 0, for_good=False)
    assert (ledger.grant(a_grant()), disk.struck) == (True, 1)
    assert (ledger.balance(), ledger.verify()) == (Balance(100, 0), ())
    ledger.close()


def hold_on(ledger: LedgerSqlite, acknowledged: list[str]) -> None:
    for number in range(500):
        ledger.hold(an_attempt(f"a{number}", 1))
        acknowledged.append(f"a{number}")


def test_a_full_file_is_told_and_can_be_used_again(tmp_path: Path, instances: InstanceLock) -> None:
    """DiskFull names the folder; what was held before stays, and space makes it work again."""
    ledger = LedgerSqlite(tmp_path / "ledger.db", instances, FixedClock())
    ledger.grant(a_grant(amount=1_000))
    connection: apsw.Connection = ledger.database.read()
    connection.execute(f"PRAGMA max_page_count = {connection.pragma('page_count') + 2}").fetchall()
    acknowledged: list[str] = []
    with pytest.raises(DiskFull, match="full") as told:
        hold_on(ledger, acknowledged)
    held = len(acknowledged)
    assert str(tmp_path) in told.value.sentence
    assert (ledger.balance(), ledger.verify()) == (Balance(1_000, held), ())
    ledger.hold(an_attempt("after", 1))
    assert ledger.balance().held == held + 1
    ledger.close()
