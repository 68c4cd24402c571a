"""The library in the window: search and its hits, folders, several at once, archive, trash, a restart."""

from __future__ import annotations

from datetime import datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog, QMessageBox

from nexu_desktop.domain.library import DAY_MS
from nexu_desktop.ui.library_control import EMPTY
from nexu_desktop.ui.sidebar.tag_dialog import TagDialog
from tests.journeys.conftest import Opener
from tests.journeys.house import House


@pytest.fixture
def talks(house: House) -> list[str]:
    """Three conversations, the last one open."""
    cids = []
    for text in ("Rivers of Europe", "潮汐是什么", "Rivière"):
        house.presenter.new()
        house.ask(text)
        house.answered()
        cids.append(house.presenter.cid)
    return cids


def search(house: House, text: str) -> None:
    house.window.sidebar.search.setText(text)
    house.wait(lambda: house.presenter.library._found is not None)


def listed(house: House) -> list[str]:
    """Without headings."""
    return house.window.sidebar.model.ids()


def empty(house: House) -> str:
    label = house.window.sidebar._empty
    return label.text() if label.isVisible() else ""


def test_everything_is_searched_in_any_script(house: House, talks: list[str]) -> None:
    """Titles first, then what was said; what is wrong is said where the rows would be; Escape ends it."""
    river, tide, riviere = talks
    search(house, "rivi")
    assert (listed(house), house.presenter.cid) == ([riviere, riviere], riviere)
    search(house, "潮汐")
    house.wait(lambda: listed(house) == [tide, tide])
    house.window.sidebar.search.setText("100%")
    house.wait(lambda: empty(house) == "Nothing found for “100%”.")
    house.window.sidebar.search.setText("before:soon")
    house.wait(lambda: empty(house) == "“before:soon” is no date. Write it as before:2026-03-31.")
    house.qtbot.keyClick(house.window.sidebar.search, Qt.Key.Key_Escape)
    assert (listed(house), empty(house)) == ([riviere, tide, river], "")


def test_a_hit_is_opened_at_its_message(
    house: House, talks: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Enter on it opens the conversation and brings the message into sight."""
    shown: list[str] = []
    monkeypatch.setattr(house.window.chat, "jump_to", shown.append)
    search(house, "潮汐")
    house.qtbot.keyClick(house.window.sidebar.search, Qt.Key.Key_Down)
    house.qtbot.keyClick(house.window.sidebar.search, Qt.Key.Key_Down)
    house.qtbot.keyClick(house.window.sidebar.search, Qt.Key.Key_Return)
    found = house.presenter.library._found
    assert found is not None
    assert (house.presenter.cid, shown) == (talks[1], [found.messages[0].hits[0].message])


def test_an_answer_is_found_once_it_is_there(house: House, talks: list[str]) -> None:
    """Without a restart, by a word of its own."""
    answer = house.core.desk.messages(talks[0])[-1]
    word = max(answer.text.split(), key=len).strip(".,")
    search(house, f'"{word}"')
    found = house.presenter.library._found
    assert found is not None
    assert answer.id in [hit.message for match in found.messages for hit in match.hits]


def test_folders(house: House, talks: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Made with conversations in it, folded, renamed, deleted; the undo brings it back as it was."""
    river, tide, riviere = talks
    sidebar = house.window.sidebar
    names = iter(["Water", "water", "Wasser"])
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: (next(names), True))
    sidebar.ask_folder([river, tide])
    assert house.titles == ["Water", "潮汐是什么", "Rivers of Europe", "Today", "Rivière"]
    sidebar.ask_folder([])
    assert house.notice == "There is a folder “water” already. Choose another name."
    folder = house.core.desk.library.folders()[0].id
    sidebar.fold_wanted.emit(folder, True)
    sidebar.list.setCurrentIndex(sidebar.model.index(0))
    sidebar.rename_current()
    assert house.titles == ["Wasser", "Today", "Rivière"]
    sidebar.list.setFocus()
    sidebar.list.setCurrentIndex(sidebar.model.index(0))
    house.qtbot.keyClick(sidebar.list, Qt.Key.Key_Delete)
    assert (house.titles[0], listed(house)) == ("Today", [riviere, tide, river])
    sidebar.undo.button.click()
    assert house.titles == ["Wasser", "Today", "Rivière"]
    assert house.presenter.cid == riviere


def test_several_at_once(house: House, talks: list[str]) -> None:
    """Archived together, brought back together, deleted together; the open one makes room for another."""
    river, tide, riviere = talks
    sidebar = house.window.sidebar
    sidebar.archive_wanted.emit([river, riviere], True)
    assert (listed(house), house.presenter.cid) == ([tide], tide)
    assert sidebar.undo.accessibleName() == "Archived 2 conversations"
    sidebar.undo.button.click()
    assert listed(house) == [riviere, tide, river]
    sidebar.delete_wanted.emit([tide, riviere])
    assert (listed(house), house.presenter.cid) == ([river], river)
    sidebar.undo.button.click()
    assert (listed(house), house.presenter.cid) == ([riviere, tide, river], river)
    house.sound()


def test_a_further_message_leaves_the_archive(house: House, talks: list[str]) -> None:
    """The archive lists it until then."""
    river = talks[0]
    house.window.sidebar.archive_wanted.emit([river], True)
    house.window.sidebar.archive_button.click()
    assert listed(house) == [river]
    house.presenter.open(river)
    house.ask("And of Asia?")
    house.answered()
    assert (listed(house), empty(house)) == ([], EMPTY["archive"])
    house.window.sidebar.head.back.click()
    assert listed(house)[0] == river


def test_tags(house: House, talks: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Several typed at once, then one taken off again; they are found by tag:."""
    made: list[TagDialog] = []

    def accept(dialog: TagDialog) -> TagDialog.DialogCode:
        made.append(dialog)
        if dialog.list.count():
            dialog.list.item(0).setCheckState(Qt.CheckState.Unchecked)
        else:
            dialog.new.setText("blue， green, ")
        return TagDialog.DialogCode.Accepted

    monkeypatch.setattr(TagDialog, "exec", accept)
    house.window.sidebar.tags_wanted.emit(talks[:2])
    search(house, "tag:blue")
    assert {*listed(house)} == {*talks[:2]}
    house.window.sidebar.tags_wanted.emit([talks[0]])
    house.wait(lambda: listed(house) == [talks[1]])
    assert [made[1].list.item(row).text() for row in range(2)] == ["blue  (2)", "green  (2)"]
    assert house.core.desk.library.tags() == (("blue", 1), ("green", 2))


def test_the_trash(house: House, talks: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Restored by Enter and opened; the rest goes for good after a question; the ledger keeps the charge."""
    river, tide, riviere = talks
    sidebar, spent = house.window.sidebar, house.balance().settled
    answers = iter([False, True])
    monkeypatch.setattr(house.presenter.library, "_sure", lambda title, text: next(answers))
    sidebar.delete_wanted.emit([river, tide])
    sidebar.trash_button.click()
    assert (listed(house), sidebar.model.index(0).data(Qt.ItemDataRole.AccessibleTextRole)[-9:]) == (
        [tide, river],
        ", 30 days",
    )
    sidebar.list.select(river)
    house.qtbot.keyClick(sidebar.list, Qt.Key.Key_Return)
    assert (house.presenter.cid, listed(house)) == (river, [riviere, river])
    sidebar.trash_button.click()
    for rows in ([tide], []):
        sidebar.head.empty.click()
        assert listed(house) == rows
    assert (empty(house), house.balance().settled) == (EMPTY["trash"], spent)
    house.sound()


def test_what_is_asked_before_the_trash_is_emptied(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """How many, and what stays; Cancel is the answer of Escape."""
    said: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: said.append(f"{box.text()} {box.informativeText()}"))
    house.ask("A tide?")
    house.answered()
    house.presenter.library.delete([house.presenter.cid])
    house.window.sidebar.empty_wanted.emit()
    assert said == [
        "Empty the trash? 1 conversation can't be restored after that. What was charged stays in the ledger."
    ]
    assert len(house.core.desk.library.trash()) == 1


def test_it_is_all_there_after_a_restart(open_window: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    """Folder, pin and fold; the trash too, but not what has been there for 30 days."""
    house = open_window()
    assert empty(house) == EMPTY["library"]
    cids = []
    for text in ("One", "Two", "Three", "Four"):
        house.presenter.new()
        house.ask(text)
        house.answered()
        cids.append(house.presenter.cid)
    library = house.core.desk.library
    library.move(cids[:1], library.new_folder("Work").id)
    house.window.sidebar.pin_wanted.emit(cids[1:2], True)
    house.presenter.library.delete([cids[2]])
    long_ago = int(datetime.now().timestamp() * 1000) - 31 * DAY_MS
    house.core.chats.library.bin(cids[3:], long_ago)
    house.close()
    again = open_window()
    assert again.titles == ["Pinned", "Two", "Work", "One"]
    again.presenter.start_core()
    again.wait(lambda: [entry.id for entry, _ in again.core.desk.library.trash()] == cids[2:3])
    again.sound()


def test_what_older_versions_wrote_can_be_searched(house: House, talks: list[str]) -> None:
    """The field says that it is read in, and what was found meanwhile is looked for again."""
    with house.core.chats._database.transaction() as db:
        db.execute("DELETE FROM search_long; DELETE FROM search_short")
        db.execute("INSERT INTO search_waiting SELECT seq FROM message")
    search(house, "汐是什")
    assert listed(house) == [talks[1]]  # by its title
    house.presenter.library.searching.read_old()
    house.wait(lambda: listed(house) == [talks[1], talks[1]])
    assert house.window.sidebar.search.placeholderText() == "Search conversations"
