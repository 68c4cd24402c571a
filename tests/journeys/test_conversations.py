"""Conversations: drafts, switching, names, deletion with undo, another model in mid-chat."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog

from nexu_desktop.domain.chat import Lane, ModelRef, Role
from nexu_desktop.sandbox.faults import Faults
from tests.journeys.conftest import Opener
from tests.journeys.house import House

OTHER = ModelRef(Lane.SANDBOX, "sandbox", "glm-5")


def test_drafts_stay_with_their_conversation(open_window: Opener) -> None:
    """Through switching there and back, a refused send, and a restart."""
    house = open_window()
    first = house.presenter.cid
    house.type("Half a thought")
    house.presenter.new()
    second = house.presenter.cid
    assert house.draft == ""
    house.type("另一个草稿")
    house.presenter.open(first)
    assert house.draft == "Half a thought"
    house.type(", continued")
    house.close()
    again = open_window()
    drafts = {row.id: row.draft for row in again.core.desk.conversations()}
    assert drafts == {first: "Half a thought, continued", second: "另一个草稿"}
    again.presenter.open(first)
    assert again.draft == "Half a thought, continued"


def test_switching_away_while_it_streams_loses_nothing(house: House) -> None:
    """The answer goes on behind; back again, it shows what came meanwhile, and Stop is there."""
    house.server.faults.set(Faults(delay_chunk_ms=10))
    house.ask("Write a long text about rivers.")
    house.streams()
    first = house.presenter.cid
    house.presenter.new()
    assert not house.window.composer.send_button.stops()
    assert (house.rows, house.draft) == ([], "")
    house.presenter.open(first)
    assert house.window.composer.send_button.stops()
    shown = len(house.rows[-1].body.text)
    assert shown > 40
    house.wait(lambda: len(house.rows[-1].body.text) > shown)
    answer = house.answered()
    assert house.rows[-1].body.text == answer.text
    house.sound()


def test_a_conversation_is_renamed(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """F2 asks for a title; header and list follow; an empty one is refused with the next step."""
    house.ask("What is a polder?")
    house.answered()
    asked = iter([("Land below the sea", True), ("   ", True), ("Never", False)])
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: next(asked))
    for _ in range(3):
        house.window.sidebar.list.setFocus()
        house.qtbot.keyClick(house.window.sidebar.list, Qt.Key.Key_F2)
    assert house.titles == ["Today", "Land below the sea"]
    assert house.window.header._title.whole == "Land below the sea"
    assert house.notice == "A title needs at least one character. Write a title, or press Escape."


def test_deleting_can_be_undone(open_window: Opener) -> None:
    """Delete, Undo: text, receipt, draft and title are back; a second deletion lasts through a restart."""
    house = open_window()
    house.ask("What is a polder?")
    answer, spent = house.answered(), house.balance().settled
    house.type("A draft of it")
    cid = house.presenter.cid
    house.window.sidebar.list.setFocus()
    house.qtbot.keyClick(house.window.sidebar.list, Qt.Key.Key_Delete)
    assert (house.titles, house.presenter.cid == cid, house.rows) == ([], False, [])
    assert house.window.sidebar.undo.accessibleName() == "Deleted “What is a polder?”"
    house.window.sidebar.undo.button.click()
    assert (house.presenter.cid, house.answers, house.draft) == (cid, (answer,), "A draft of it")
    house.presenter.library.delete([cid])
    house.close()
    again = open_window()
    assert (again.titles, again.balance().settled) == ([], spent)
    again.sound()


def test_deleting_in_mid_stream_stops_and_settles(house: House) -> None:
    """What came is charged, nothing stays held, and nothing of it appears elsewhere."""
    house.server.faults.set(Faults(delay_chunk_ms=10))
    house.ask("Write a long text about rivers.")
    house.streams()
    house.presenter.library.delete([house.presenter.cid])
    house.wait(lambda: house.balance().held == 0)
    assert (house.rows, house.window.composer.send_button.stops()) == ([], False)
    house.sound()


def test_another_model_in_mid_chat_is_noted_and_remembered(open_window: Opener) -> None:
    """A note in the transcript, the new rate at the composer, the next answer from it, also after a restart."""
    house = open_window()
    house.ask("What is a polder?")
    house.answered()
    house.choose(OTHER)
    note = house.messages[-1]
    assert (note.role, note.text.startswith("From here with glm-5, ")) == (Role.NOTE, True)
    assert "glm-5" in house.window.composer.model_button.accessibleName()
    house.ask("And a dyke?")
    assert house.receipt_of(2).ref == OTHER
    assert "glm-5" in house.receipt()
    house.close()
    again = open_window()
    assert again.core.desk.ref(again.presenter.cid) == OTHER
    again.presenter.new()
    assert again.core.desk.ref(again.presenter.cid) == OTHER
    again.sound()


def test_a_chosen_model_changes_the_estimate(house: House) -> None:
    """The same draft is priced anew at once; the picker had shown that price."""
    house.type("Explain how a tide table is read.")
    house.wait(lambda: house.window.composer._estimate is not None)
    before = house.window.composer._estimate
    house.window.composer.model_button.click()
    rows = house.window.picker.model.rows
    house.wait(lambda: "~" not in {row.draft for row in rows()})
    shown = next(row.estimate for row in rows() if row.offer.ref == OTHER)
    house.window.picker._pick(house.window.picker.model.position(str(OTHER)))
    house.wait(lambda: house.window.composer._estimate not in (None, before))
    assert house.window.composer._estimate == shown
