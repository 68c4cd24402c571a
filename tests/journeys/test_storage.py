"""Disks and files that fail: one clear sentence with the next step, the draft stays, nothing is charged twice."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest
from PySide6.QtWidgets import QApplication

from nexu_desktop import app
from nexu_desktop.composition import build
from nexu_desktop.domain.chat import Outcome
from nexu_desktop.domain.credits import NANO_PER_CREDIT
from nexu_desktop.domain.errors import NewerFile, StorageFailed, StorageReadOnly
from nexu_desktop.sandbox.faults import Faults
from tests.journeys.conftest import Opener
from tests.journeys.house import House

OPENING = 100 * NANO_PER_CREDIT
QUESTION = "Compare tea and coffee."
FULL = "is full. Free some space, then try again."


def test_a_damaged_settings_file_is_told_and_kept(open_window: Opener, tmp_path: Path) -> None:
    """The window opens with the defaults, says so, and the old file lies beside."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "settings.json").write_text("{ not json", encoding="utf-8")
    house = open_window()
    assert house.notice.startswith(
        "The settings file was damaged, so the defaults apply; the old file is kept as"
    )
    kept = list((tmp_path / "data").glob("settings.damaged-*.json"))
    assert [path.read_text(encoding="utf-8") for path in kept] == ["{ not json"]
    house.ask(QUESTION)
    assert house.receipt_of().outcome is Outcome.COMPLETE


def _full(house: House, databases: list[object]) -> Callable[[], None]:
    """From now on writing to these files fails as on a full disk; returns how to free it."""
    for database in databases:
        house_commit = apsw.FullError("database or disk is full")

        def refuse(*_: object, _error: apsw.FullError = house_commit) -> None:
            raise _error

        database._begin = refuse

    def free() -> None:
        for database in databases:
            del database._begin

    return free


def _ledgers(house: House) -> list[object]:
    return [ledger.database for ledger in house.core.ledgers.values()]


def _chats(house: House) -> list[object]:
    return [house.core.chats._database]


@pytest.mark.parametrize("which", [_ledgers, _chats, lambda house: [*_ledgers(house), *_chats(house)]])
def test_a_full_disk_when_sending(house: House, which: Callable[[House], list[object]]) -> None:
    """Nothing leaves: the draft is back, the sentence names the disk, and after freeing it the same send works."""
    house.type(QUESTION)
    house.wait(lambda: house.window.composer._estimate is not None)
    house.presenter.save_draft()
    free = _full(house, which(house))
    house.press_enter()
    house.wait(lambda: house.draft == QUESTION)
    house.rest()
    assert house.notice.endswith(FULL)
    free()
    assert [row for row in house.answers if row.receipt is None] == []
    assert house.balance().settled == OPENING
    house.press_enter()
    house.wait(lambda: any(row.receipt is not None for row in house.answers))
    house.rest()
    assert OPENING - house.balance().settled == sum(
        row.receipt.charged or 0 for row in house.answers if row.receipt
    )
    house.sound()


def test_a_disk_that_fills_up_in_mid_stream(open_window: Opener) -> None:
    """What came stays on the screen with the sentence; a restart with room settles it, and nothing is held."""
    house = open_window()
    house.server.faults.set(Faults(delay_chunk_ms=10))
    house.ask("Write a long text about rivers.")
    house.streams()
    free = _full(house, [*_ledgers(house), *_chats(house)])
    house.rest()
    assert len(house.rows[-1].body.text) > 40
    assert FULL in house.trouble()
    free()
    house.close()
    again = open_window()
    again.wait(lambda: again.balance().held == 0)
    charges = sum(entry.amount for entry in again.entries() if entry.kind == "charge")
    assert OPENING - again.balance().settled == charges
    assert [row.streaming for row in again.messages] == [False, False]
    again.sound()


def test_a_full_disk_while_typing_keeps_the_draft(house: House) -> None:
    """Drafts that the disk does not take live in memory, also through switching there and back."""
    first = house.presenter.cid
    free = _full(house, _chats(house))
    house.type("A thought")
    house.presenter.save_draft()
    assert house.notice.endswith(FULL)
    house.presenter.new()
    house.presenter.open(first)
    assert house.draft == "A thought"
    free()
    house.presenter.save_draft()
    assert [row.draft for row in house.core.desk.conversations()] == ["A thought"]


def test_a_newer_ledger_is_refused_and_left_alone(open_window: Opener, tmp_path: Path) -> None:
    """One sentence with the next step before any window; the file is not touched."""
    open_window().close()
    path = tmp_path / "data" / "sandbox" / "ledger.db"
    connection = apsw.Connection(str(path))
    connection.execute("PRAGMA user_version = 99")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    connection.close()
    before = path.read_bytes()
    with pytest.raises(NewerFile) as caught:
        build(tmp_path / "data")
    assert caught.value.sentence == (
        "ledger.db was written by a newer version of Nexu Desktop."
        " Install the newest version; the file was not changed."
    )
    assert path.read_bytes() == before


def test_newer_chats_are_told_before_there_is_a_window(
    open_window: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program ends with the sentence of the error, not without a word."""
    open_window().close()
    connection = apsw.Connection(str(tmp_path / "data" / "chats.db"))
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    told: list[str] = []
    monkeypatch.setattr(app, "the_application", QApplication.instance)
    monkeypatch.setattr(app, "_cannot_start", lambda error: told.append(error.title) or 5)
    assert app.run(Namespace(data_dir=tmp_path / "data", quit_after_start=True)) == 5
    assert told == ["chats.db was written by a newer version of Nexu Desktop."]


def test_a_data_directory_that_is_a_file(tmp_path: Path) -> None:
    """Said by name, with the next step; no traceback."""
    (tmp_path / "data").write_text("I am a file.", encoding="utf-8")
    with pytest.raises(StorageFailed) as caught:
        build(tmp_path / "data")
    assert str(tmp_path) in caught.value.title
    assert caught.value.hint != ""


@pytest.mark.skipif(sys.platform == "win32", reason="the modes of a folder do not forbid writing there")
def test_a_read_only_data_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused before anything is opened, in words that say which folder and what to do.

    The answer of the system is planted: modes do not bind root, who may run this.
    """
    directory = tmp_path / "data"
    real = os.access
    monkeypatch.setattr(
        os, "access", lambda path, mode: directory not in Path(path).parents and real(path, mode)
    )
    with pytest.raises(StorageReadOnly) as caught:
        build(directory)
    assert caught.value.sentence == (
        f"The folder {directory / 'sandbox'} cannot be written to. Make it writable, or choose another data folder."
    )
