"""A small library, and how tests look at the sidebar that shows it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from nexu_desktop.domain.chat import Role
from nexu_desktop.domain.credits import Nanocredits
from nexu_desktop.domain.library import Entry, Folder, Found, Hit, Match
from nexu_desktop.ui.sidebar.rows import Row, library_rows
from nexu_desktop.ui.sidebar.sidebar import Sidebar

NOON = datetime.now().replace(hour=12, minute=0, second=0)
WORK, HOME = Folder("f1", "Work & play"), Folder("f2", "家", folded=True)


def entry(cid: str, title: str, days_ago: int = 0, spent: int = 0, **changes: Any) -> Entry:
    ms = int((NOON - timedelta(days=days_ago)).timestamp() * 1000)
    return Entry(cid, title, ms, Nanocredits(spent), **changes)


ENTRIES = (
    entry("a", "Merge two sorted lists", 0, 940_000_000, tags=("python", "work")),
    entry("b", "翻译产品说明", 0, 310_000_000),
    entry("c", "Filed", 0, folder="f1"),
    entry("d", "<b>Old</b>", 400),
    entry("e", "On top", 400, pinned_ms=2, folder="f1"),
    entry("f", "Put away", 1, archived_ms=3, folder="f1"),
    entry("g", "Folded away", 2, folder="f2"),
)
FOLDERS = (WORK, HOME)
FOUND = Found(
    (Match(ENTRIES[0], ((0, 5),)),),
    (Match(ENTRIES[5], (), (Hit("m1", Role.USER, 1, "how to merge 😀 two", ((7, 12),)),)),),
    more=True,
)


def rows() -> list[Row]:
    return library_rows(ENTRIES, FOLDERS, date.today())


def titles(sidebar: Sidebar) -> list[str]:
    return [str(sidebar.model.index(row).data()) for row in range(sidebar.model.rowCount())]


def choose(menu: QMenu, text: str) -> None:
    """Also in a menu inside it."""
    for action in [*menu.findChildren(QMenu), menu]:
        for one in action.actions():
            if one.text().split("\t")[0] == text and one.menu() is None:
                one.trigger()
                return
    submenus = [one.menu() for one in menu.actions() if one.menu() is not None]
    assert submenus, text
    choose(submenus[0], text)


def click(
    qtbot: QtBot, sidebar: Sidebar, cid: str, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    index = sidebar.model.index(sidebar.model.row_of(cid))
    place = sidebar.list.visualRect(index).center()
    qtbot.mouseClick(sidebar.list.viewport(), Qt.MouseButton.LeftButton, keys, place)
