"""The left pane: sections, cost, selection, keyboard, menus, undo, dragging, the wallet in two numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QDropEvent
from PySide6.QtWidgets import QInputDialog, QMenu
from pytestqt.qtbot import QtBot

from nexu_desktop.domain.chat import Lane, Role
from nexu_desktop.domain.credits import NANO_PER_CREDIT, Balance, Nanocredits
from nexu_desktop.domain.library import Entry, Folder, Found, Hit, Match
from nexu_desktop.ui import theme
from nexu_desktop.ui.sidebar import menus
from nexu_desktop.ui.sidebar.head import ARCHIVE, TRASH
from nexu_desktop.ui.sidebar.model import PAGE, ROW_ROLE
from nexu_desktop.ui.sidebar.rows import Row, archive_rows, found_rows, library_rows, trash_rows
from nexu_desktop.ui.sidebar.sidebar import Sidebar

NOON = datetime.now().replace(hour=12, minute=0, second=0)
WORK, HOME = Folder("f1", "Work & play"), Folder("f2", "家", folded=True)


def entry(cid: str, title: str, days_ago: int = 0, spent: int = 0, **changes: object) -> Entry:
    ms = int((NOON - timedelta(days=days_ago)).timestamp() * 1000)
    return Entry(cid, title, ms, Nanocredits(spent), **changes)  # type: ignore[arg-type]


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


@pytest.fixture
def sidebar(qtbot: QtBot) -> Sidebar:
    pane = Sidebar()
    qtbot.addWidget(pane)
    pane.apply_theme(theme.LIGHT)
    pane.resize(264, 700)
    pane.show_rows(rows(), FOLDERS, "a")
    pane.show()
    qtbot.waitExposed(pane)
    return pane


def titles(sidebar: Sidebar) -> list[str]:
    return [str(sidebar.model.index(row).data()) for row in range(sidebar.model.rowCount())]


def click(
    qtbot: QtBot, sidebar: Sidebar, cid: str, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    index = sidebar.model.index(sidebar.model.row_of(cid))
    place = sidebar.list.visualRect(index).center()
    qtbot.mouseClick(sidebar.list.viewport(), Qt.MouseButton.LeftButton, keys, place)


def test_sections(sidebar: Sidebar) -> None:
    """Pinned, folders with what is in them, then by day; what is archived or folded away is not listed."""
    assert titles(sidebar) == [
        *("Pinned", "On top", "Work & play", "Filed", "家"),
        *("Today", "Merge two sorted lists", "翻译产品说明", "Earlier", "<b>Old</b>"),
    ]


def test_a_conversation_is_spoken_with_its_cost_and_tags(sidebar: Sidebar) -> None:
    """And a folder with its count and whether it is folded."""
    spoken = [sidebar.model.index(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in (4, 6, 5)]
    assert spoken == [
        "Folder 家, 1 conversation, folded",
        "Merge two sorted lists, 0.94 credits charged, tags python, work",
        "Today",
    ]


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


def test_arrows_open(qtbot: QtBot, sidebar: Sidebar) -> None:
    """Down goes to the next and opens it; a folder is passed without opening anything."""
    sidebar.list.setFocus()
    with qtbot.waitSignal(sidebar.chosen) as chosen:
        qtbot.keyClick(sidebar.list, Qt.Key.Key_Down)
    assert chosen.args == ["b"]
    sidebar.list.select("c")
    with qtbot.assertNotEmitted(sidebar.chosen):
        qtbot.keyClick(sidebar.list, Qt.Key.Key_Down)


def test_folding_by_key_and_click(qtbot: QtBot, sidebar: Sidebar) -> None:
    """Enter, Left and Right on a folder, or a click on it."""
    folds: list[tuple[str, bool]] = []
    sidebar.fold_wanted.connect(lambda folder, folded: folds.append((folder, folded)))
    sidebar.list.setFocus()
    sidebar.list.setCurrentIndex(sidebar.model.index(2))
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Left, Qt.Key.Key_Right):
        qtbot.keyClick(sidebar.list, key)
    place = sidebar.list.visualRect(sidebar.model.index(4)).center()
    qtbot.mouseClick(sidebar.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert folds == [("f1", True), ("f1", True), ("f1", False), ("f2", False)]


def test_showing_rows_again_announces_nothing(qtbot: QtBot, sidebar: Sidebar) -> None:
    """A refresh after each answer must not reopen the conversation, nor lose what is selected."""
    with qtbot.assertNotEmitted(sidebar.chosen):
        sidebar.show_rows(rows(), FOLDERS, "b")
    assert sidebar.list.selected_ids() == ["b"]
    click(qtbot, sidebar, "a", Qt.KeyboardModifier.ControlModifier)
    sidebar.show_rows(rows(), FOLDERS, "b")
    assert (sidebar.list.selected_ids(), sidebar.bulk.isVisible()) == (["a", "b"], True)


def test_selecting_several_opens_none(qtbot: QtBot, sidebar: Sidebar) -> None:
    """Ctrl and Shift add; the bar counts them and acts on all; Escape leaves one."""
    with qtbot.assertNotEmitted(sidebar.chosen):
        click(qtbot, sidebar, "b", Qt.KeyboardModifier.ControlModifier)
        click(qtbot, sidebar, "d", Qt.KeyboardModifier.ShiftModifier)
    assert (sidebar.list.selected_ids(), sidebar.bulk.accessibleName()) == (
        ["a", "b", "d"],
        "3 conversations selected",
    )
    asked: list[object] = []
    sidebar.archive_wanted.connect(lambda ids, on: asked.append((ids, on)))
    for signal in (sidebar.tags_wanted, sidebar.export_wanted, sidebar.delete_wanted):
        signal.connect(asked.append)
    for name in ("archive", "tags", "export", "delete"):
        sidebar.bulk.buttons[name].click()
    three = ["a", "b", "d"]
    assert asked == [(three, True), three, three, three]
    qtbot.keyClick(sidebar.list, Qt.Key.Key_Escape)
    assert (len(sidebar.list.selected_ids()), sidebar.bulk.isVisible()) == (1, False)


def test_a_click_opens_on_release(qtbot: QtBot, sidebar: Sidebar) -> None:
    """A press alone may be the beginning of a drag."""
    index = sidebar.model.index(sidebar.model.row_of("b"))
    place = sidebar.list.visualRect(index).center()
    with qtbot.assertNotEmitted(sidebar.chosen):
        qtbot.mousePress(sidebar.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    with qtbot.waitSignal(sidebar.chosen) as chosen:
        qtbot.mouseRelease(sidebar.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert chosen.args == ["b"]


@pytest.mark.parametrize(("onto", "folder"), [("c", "f1"), (2, "f1"), (4, "f2"), ("b", None)])
def test_dropping_moves(qtbot: QtBot, sidebar: Sidebar, onto: str | int, folder: str | None) -> None:
    """Onto a folder or what is in it; among the days it is out of its folder."""
    row = sidebar.model.row_of(onto) if isinstance(onto, str) else onto
    place = QPointF(sidebar.list.visualRect(sidebar.model.index(row)).center())
    data = sidebar.model.mimeData([sidebar.model.index(sidebar.model.row_of(cid)) for cid in ("a", "d")])
    with qtbot.waitSignal(sidebar.move_wanted) as moved:
        sidebar.list.dropEvent(_drop(place, data))
    assert moved.args == [["a", "d"], folder]


def test_other_things_are_not_dropped(qtbot: QtBot, sidebar: Sidebar) -> None:
    """Text from elsewhere is no conversation."""
    data = QMimeData()
    data.setText("a")
    with qtbot.assertNotEmitted(sidebar.move_wanted):
        sidebar.list.dropEvent(_drop(QPointF(40, 40), data))


def _drop(place: QPointF, data: QMimeData) -> QDropEvent:
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    return QDropEvent(place, copy, data, left, none)


def test_delete_by_key_and_undo(qtbot: QtBot, sidebar: Sidebar) -> None:
    """Delete asks for it, the bar brings it back."""
    sidebar.list.setFocus()
    with qtbot.waitSignal(sidebar.delete_wanted) as deleted:
        qtbot.keyClick(sidebar.list, Qt.Key.Key_Delete)
    sidebar.undo.offer("Deleted “Merge two sorted lists”")
    assert sidebar.undo.isVisible()
    with qtbot.waitSignal(sidebar.undo_wanted):
        sidebar.undo.button.click()
    assert (deleted.args, sidebar.undo.isVisible()) == ([["a"]], False)


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
    _choose(sidebar.head.more.menu(), "New folder…")
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
        _choose(menu, text)
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
        **{"Fold": True, "Rename…": True, "Move up": False, "Move down": True},
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


def _choose(menu: QMenu, text: str) -> None:
    """Also in a menu inside it."""
    for action in menu.findChildren(QMenu) + [menu]:
        for one in action.actions():
            if one.text().split("\t")[0] == text and one.menu() is None:
                one.trigger()
                return
    submenus = [one.menu() for one in menu.actions() if one.menu() is not None]
    assert submenus, text
    _choose(submenus[0], text)  # type: ignore[arg-type]


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


def test_import_and_export(qtbot: QtBot, sidebar: Sidebar) -> None:
    """Export takes what is selected if it is several, else everything (an empty list)."""
    with qtbot.waitSignal(sidebar.import_wanted):
        _choose(sidebar.head.more.menu(), "Import conversations…")
    asked: list[list[str]] = []
    sidebar.export_wanted.connect(asked.append)
    sidebar.export_all()
    click(qtbot, sidebar, "b", Qt.KeyboardModifier.ControlModifier)
    sidebar.export_all()
    assert asked == [[], ["a", "b"]]


def test_wallet_shows_two_numbers_when_something_is_held(sidebar: Sidebar) -> None:
    """Settled rounded down, held rounded up, and whose credits they are."""
    balance = Balance(Nanocredits(99_046_999_999), Nanocredits(412_000_001))
    sidebar.wallet.show_balance(Lane.SANDBOX, balance)
    assert sidebar.wallet.accessibleName() == "Balance 99.04 credits, 0.42 held. Play credits"


def test_wallet_of_nothing_is_no_division_by_zero(sidebar: Sidebar) -> None:
    """An empty and an indebted wallet can be painted."""
    for settled in (0, -3 * NANO_PER_CREDIT):
        sidebar.wallet.show_balance(Lane.CREDITS, Balance(Nanocredits(settled), Nanocredits(0)))
        assert not sidebar.wallet.grab().isNull()


def test_10000_conversations_are_shown(sidebar: Sidebar) -> None:
    """A page at first, more when it is scrolled to its end; the open one is always loaded."""
    many = [entry(str(number), f"Conversation {number}") for number in range(10_000)]
    sidebar.show_rows(library_rows(many, (), date.today()), (), "3")
    assert (sidebar.model.rowCount(), len(sidebar.model.ids())) == (PAGE, 10_000)
    sidebar.list.scrollToBottom()
    assert _loads_more(sidebar)
    sidebar.show_rows(library_rows(many, (), date.today()), (), "9999")
    assert sidebar.list.selected_ids() == ["9999"]
    assert not sidebar.grab().isNull()


def _loads_more(sidebar: Sidebar) -> bool:
    sidebar.model.fetchMore(sidebar.list.rootIndex())
    return sidebar.model.canFetchMore(sidebar.list.rootIndex()) and sidebar.model.rowCount() > PAGE


def test_every_control_has_a_name(sidebar: Sidebar) -> None:
    """What a screen reader says for each."""
    head = sidebar.head
    controls = [
        *(
            sidebar.new_button,
            sidebar.search,
            sidebar.list,
            sidebar.undo.button,
            head.more,
            head.back,
            head.empty,
        ),
        *(sidebar.archive_button, sidebar.trash_button, *sidebar.bulk.buttons.values()),
    ]
    assert all(control.accessibleName() for control in controls)


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
