"""Paths, clock and ids."""

from __future__ import annotations

import threading
import uuid
from pathlib import Path

import platformdirs
import pytest

from nexu_desktop.adapters import clock
from nexu_desktop.adapters.clock import SystemClock, new_id
from nexu_desktop.adapters.paths import DataPaths
from nexu_desktop.domain.chat import Lane


def test_named_folder_is_used(tmp_path: Path) -> None:
    """Every path lies below the folder the person named."""
    paths = DataPaths.from_option(tmp_path)
    found = [
        paths.settings,
        paths.chats,
        paths.ledger(Lane.CREDITS),
        paths.ledger(Lane.SANDBOX),
        paths.instances,
        paths.models_cache,
        paths.log,
    ]
    assert [path.relative_to(tmp_path).as_posix() for path in found] == [
        "settings.json",
        "chats.db",
        "ledger.db",
        "sandbox/ledger.db",
        "instances",
        "models.json",
        "nexu-desktop.log",
    ]


def test_relative_folder_becomes_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A later change of the working folder cannot move the data."""
    monkeypatch.chdir(tmp_path)
    assert DataPaths.from_option(Path("data")).root == tmp_path / "data"


def test_default_folder_is_the_systems(own_home: Path) -> None:
    """Without an option the data lies in the person's own local folder, which does not exist yet."""
    root = DataPaths.from_option(None).root
    assert root == Path(platformdirs.user_data_dir("nexu-desktop", appauthor=False, roaming=False))
    assert (root.is_relative_to(own_home), root.exists()) == (True, False)


def test_own_key_has_no_ledger(tmp_path: Path) -> None:
    """Asking for a ledger of the own-key lane is a bug, not a file."""
    with pytest.raises(ValueError, match="byok"):
        DataPaths(tmp_path).ledger(Lane.BYOK)


def test_clock_reads_milliseconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both clocks are in milliseconds."""
    monkeypatch.setattr(clock.time, "time_ns", lambda: 1_775_692_800_123_456_789)
    monkeypatch.setattr(clock.time, "monotonic_ns", lambda: 5_000_999_999)
    assert (SystemClock().now_ms(), SystemClock().monotonic_ms()) == (1_775_692_800_123, 5_000)


def test_id_is_a_uuid7_of_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """Version 7, RFC variant, the first 48 bits are the time."""
    monkeypatch.setattr(clock, "_sequence", clock._Sequence())
    monkeypatch.setattr(clock.time, "time_ns", lambda: 1_775_692_800_123_000_000)
    parsed = uuid.UUID(new_id())
    assert (parsed.version, parsed.variant, parsed.int >> 80) == (7, uuid.RFC_4122, 1_775_692_800_123)


def test_ids_rise_in_a_burst_and_when_the_clock_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """10,000 ids within one millisecond, then a clock set back by an hour: still sorted, still distinct."""
    monkeypatch.setattr(clock, "_sequence", clock._Sequence())
    now = [1_775_692_800_123_000_000]
    monkeypatch.setattr(clock.time, "time_ns", lambda: now[0])
    ids = [new_id() for _ in range(10_000)]
    now[0] -= 3_600_000_000_000
    ids += [new_id() for _ in range(10)]
    assert (ids == sorted(ids), len(set(ids))) == (True, 10_010)


def test_ids_of_threads_are_distinct() -> None:
    """Four threads never make the same id, and each sees its own rise."""
    made: list[list[str]] = []

    def make() -> None:
        made.append([new_id() for _ in range(2_000)])

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [ids == sorted(ids) for ids in made] == [True] * 4
    assert len({new for ids in made for new in ids}) == 8_000
