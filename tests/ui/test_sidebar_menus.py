"""What the menus of the sidebar ask for, and the names it asks for."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QInputDialog
from pytestqt.qtbot import QtBot

from nexu_desktop.ui.sidebar import menus
from nexu_desktop.ui.sidebar.sidebar import Sidebar
from tests.ui.library_values import ENTRIES, FOLDERS, WORK, choose, click


def test_names_are_asked(qtbot: QtBot, sidebar: Sidebar, monkeypatch: pytest.MonkeyPatch) -> None:
    """F2 on a conversation, on a folder, and a new folder from the menu."""
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: ("New name", True))
    asked: list[object] = []
    for signal in (sidebar.rename_wanted, sidebar.folder_renamed, sidebar.folder_wanted):
        signal.connect(lambda *values: asked.append(values))
    sidebar.list.setFocus()
    qtbot.keyClick(sidebar.list, Qt.Key.Key_F2)
    sidebar.list.setCurrentIndex(sidebar.model.index(2))
    qtbot.keyClick(sidebar.list, Qt.Key.Key_F2)
    choose(sidebar.head.more.menu(), "New folder…")
    assert asked == [("a", "New name"), ("f1", "New name"), ("New name", [])]


def test_the_menu_of_a_conversation(sidebar: Sidebar) -> None:
    """Everything that can be done with it, each with its ids."""
    asked: list[object] = []
    for signal in (sidebar.pin_wanted, sidebar.archive_wanted, sidebar.move_wanted):
        signal.connect(lambda *values: asked.append(values))
    for signal in (sidebar.tags_wanted, sidebar.export_wanted, sidebar.delete_wanted):
        signal.connect(lambda ids: asked.append(ids))
    menu = menus.of_conversations(sidebar, [ENTRIES[2]], FOLDERS)
    for text in ("Pin", "Archive", "家", "No folder", "Tags…", "Export…", "Delete"):
        choose(menu, text)
    ids = ["c"]
    assert asked == [(ids, True), (ids, True), (ids, "f2"), (ids, None), ids, ids, ids]
    moving = menus.move_menu(sidebar, [ENTRIES[2]], FOLDERS)
    assert [
        action.isEnabled() for action in moving.actions() if action.text().startswith(("Work", "家"))
    ] == [
        False,
        True,
    ]


def test_the_menu_of_a_folder(sidebar: Sidebar) -> None:
    """It can't be moved beyond an end."""
    menu = menus.of_folder(sidebar, WORK, FOLDERS)
    shown = {action.text().split("\t")[0]: action.isEnabled() for action in menu.actions() if action.text()}
    assert shown == {
        "Fold": True,
        "Rename…": True,
        "Move up": False,
        "Move down": True,
        "Delete the folder": True,
    }


def test_the_menu_opens_by_key(qtbot: QtBot, sidebar: Sidebar) -> None:
    """At the current row, wherever the mouse is; on a day there is none."""
    places: list[QPoint] = []
    sidebar.list.menu_wanted.disconnect()
    sidebar.list.menu_wanted.connect(places.append)
    sidebar.list.contextMenuEvent(_menu_event(QContextMenuEvent.Reason.Keyboard, QPoint(0, 0)))
    day = sidebar.list.visualRect(sidebar.model.index(5)).center()
    sidebar.list.contextMenuEvent(_menu_event(QContextMenuEvent.Reason.Mouse, day))
    current = sidebar.list.visualRect(sidebar.list.currentIndex()).bottomLeft()
    assert places == [sidebar.list.viewport().mapToGlobal(current)]


def _menu_event(reason: QContextMenuEvent.Reason, place: QPoint) -> QContextMenuEvent:
    return QContextMenuEvent(reason, place, place)


def test_import_and_export(qtbot: QtBot, sidebar: Sidebar) -> None:
    """Export takes what is selected if it is several, else everything (an empty list)."""
    with qtbot.waitSignal(sidebar.import_wanted):
        choose(sidebar.head.more.menu(), "Import conversations…")
    asked: list[list[str]] = []
    sidebar.export_wanted.connect(asked.append)
    sidebar.export_all()
    click(qtbot, sidebar, "b", Qt.KeyboardModifier.ControlModifier)
    sidebar.export_all()
    assert asked == [[], ["a", "b"]]
