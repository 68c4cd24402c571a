"""What the sidebar shows besides the library: what was found, archive, trash, and nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from nexu_desktop.domain.library import Found
from nexu_desktop.ui import theme
from nexu_desktop.ui.sidebar import menus
from nexu_desktop.ui.sidebar.head import ARCHIVE, TRASH
from nexu_desktop.ui.sidebar.model import ROW_ROLE
from nexu_desktop.ui.sidebar.rows import Row, archive_rows, found_rows, library_rows, trash_rows
from nexu_desktop.ui.sidebar.sidebar import Sidebar
from tests.ui.library_values import ENTRIES, FOLDERS, FOUND, entry, rows, titles


def test_days() -> None:
    """Each group begins at midnight."""
    many = [entry(str(days), "", days) for days in (0, 1, 2, 6, 7, 29, 30)]
    shown = [
        row.title if hasattr(row, "title") else row.entry.id for row in library_rows(many, (), date.today())
    ]
    assert shown == [
        *(
            "Today",
            "0",
            "Yesterday",
            "1",
            "Last 7 days",
            "2",
            "6",
            "Last 30 days",
            "7",
            "29",
            "Earlier",
            "30",
        ),
    ]


def test_what_was_found(qtbot: QtBot, sidebar: Sidebar) -> None:
    """Titles, then messages under their conversation with the place it has; arrows in the field pass over
    them without opening, Enter opens."""
    sidebar.show_rows(found_rows(FOUND, FOLDERS), FOLDERS, "", found=True)
    sidebar.list.select_first()
    assert titles(sidebar) == [
        *("Titles", "Merge two sorted lists", "Messages", "Put away", "how to merge 😀 two"),
        "There is more; add a word to narrow it",
    ]
    assert sidebar.model.index(3).data(ROW_ROLE).chips == ("Archive",)
    assert not sidebar.grab().isNull()
    sidebar.search.setFocus()
    with qtbot.assertNotEmitted(sidebar.chosen):
        for _ in range(2):
            qtbot.keyClick(sidebar.search, Qt.Key.Key_Down)
    with qtbot.waitSignal(sidebar.hit_chosen) as hit:
        qtbot.keyClick(sidebar.search, Qt.Key.Key_Return)
    assert hit.args == ["f", "m1"]
    qtbot.keyClick(sidebar.search, Qt.Key.Key_Up)
    with qtbot.waitSignal(sidebar.chosen) as chosen:
        qtbot.keyClick(sidebar.search, Qt.Key.Key_Return)
    assert chosen.args == ["f"]


def test_the_rest_of_a_search_does_not_move_what_is_chosen(sidebar: Sidebar) -> None:
    """The rows come twice: the early ones, then all."""
    early = found_rows(Found(FOUND.titles), FOLDERS)
    sidebar.show_rows(found_rows(FOUND, FOLDERS), FOLDERS, "", found=True)
    for _ in range(3):
        sidebar.list.step(1)
    chosen = sidebar.list.current_row()
    sidebar.show_rows([*early, *found_rows(FOUND, FOLDERS)[2:]], FOLDERS, "", found=True)
    assert sidebar.list.current_row() == chosen == found_rows(FOUND, FOLDERS)[4]


def test_escape_ends_the_search(qtbot: QtBot, sidebar: Sidebar) -> None:
    """The field is empty again; Down then goes into the list."""
    sidebar.search.setText("x")
    qtbot.keyClick(sidebar.search, Qt.Key.Key_Escape)
    assert sidebar.search.text() == ""
    qtbot.keyClick(sidebar.search, Qt.Key.Key_Down)
    assert sidebar.list.hasFocus()


def test_archive_and_trash(qtbot: QtBot, sidebar: Sidebar) -> None:
    """Each has its title, the way back, and its own meaning of Delete and Enter."""
    sidebar.show_view(ARCHIVE)
    sidebar.show_rows(archive_rows(ENTRIES, FOLDERS, date.today()), FOLDERS, "")
    shown = (titles(sidebar), sidebar.head.title.text(), sidebar.head.back.isVisible())
    assert shown == (["Yesterday", "Put away"], "Archive", True)
    sidebar.show_view(TRASH)
    gone = entry("t", "Gone", deleted_ms=1)
    sidebar.show_rows(trash_rows([(gone, 1)]), FOLDERS, "")
    assert (sidebar.model.index(0).data(ROW_ROLE).aside, sidebar.head.empty.isVisible()) == ("1 day", True)
    sidebar.list.setFocus()
    sidebar.list.select("t")
    for key, signal in (
        (Qt.Key.Key_Return, sidebar.restore_wanted),
        (Qt.Key.Key_Delete, sidebar.purge_wanted),
    ):
        with qtbot.waitSignal(signal) as asked:
            qtbot.keyClick(sidebar.list, key)
        assert asked.args == [["t"]]
    assert [
        action.text().split("\t")[0] for action in menus.of_conversations(sidebar, [gone], ()).actions()
    ] == [
        "Restore",
        "Delete for good…",
    ]


@pytest.mark.parametrize("text", ["Nothing here: write a message.", "“tag:” needs a value."])
def test_an_empty_list_says_why(sidebar: Sidebar, text: str) -> None:
    """In one sentence, where the rows would be."""
    sidebar.show_rows([], (), "", empty=text)
    assert (sidebar._empty.text(), sidebar._empty.isVisible(), sidebar.list.isVisible()) == (
        text,
        True,
        False,
    )
    sidebar.show_rows(rows(), FOLDERS, "")
    assert not sidebar._empty.isVisible()


@pytest.mark.parametrize("show", [rows, lambda: found_rows(FOUND, FOLDERS)])
def test_titles_are_plain_text(sidebar: Sidebar, show: Callable[[], list[Row]]) -> None:
    """A title that looks like HTML is a title, also in its tooltip; both themes can be painted."""
    for colours in (theme.LIGHT, theme.DARK):
        sidebar.apply_theme(colours)
        sidebar.show_rows(show(), FOLDERS, "", found=show is not rows)
        assert not sidebar.grab().isNull()
    sidebar.show_rows(rows(), FOLDERS, "")
    tip = sidebar.model.index(sidebar.model.row_of("d")).data(Qt.ItemDataRole.ToolTipRole)
    assert "&lt;b&gt;Old&lt;/b&gt;" in tip
