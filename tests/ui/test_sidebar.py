"""The left pane: sections, cost, selection, keyboard, undo, dragging, the wallet in two numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDropEvent
from pytestqt.qtbot import QtBot

from nexu_desktop.domain.chat import Lane
from nexu_desktop.domain.credits import NANO_PER_CREDIT, Balance, Nanocredits
from nexu_desktop.ui.sidebar.model import PAGE
from nexu_desktop.ui.sidebar.rows import library_rows
from nexu_desktop.ui.sidebar.sidebar import Sidebar
from tests.ui.library_values import ENTRIES, FOLDERS, WORK, click, entry, rows, titles


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
    folded = (replace(WORK, folded=True), FOLDERS[1])
    sidebar.list.setCurrentIndex(sidebar.model.index(2))
    sidebar.show_rows(library_rows(ENTRIES, folded, date.today()), folded, "a")
    assert sidebar.list.currentIndex().row() == 2  # who folds it by key stays on it
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


def test_10000_conversations_are_shown(qtbot: QtBot, sidebar: Sidebar) -> None:
    """A page at first, more when it is scrolled to its end; the open one is always loaded."""
    many = [entry(str(number), f"Conversation {number}") for number in range(10_000)]
    sidebar.show_rows(library_rows(many, (), date.today()), (), "3")
    assert (sidebar.model.rowCount(), len(sidebar.model.ids())) == (PAGE, 10_000)
    sidebar.list.scrollToBottom()
    qtbot.waitUntil(lambda: PAGE < sidebar.model.rowCount() < 10_000)
    sidebar.show_rows(library_rows(many, (), date.today()), (), "9999")
    assert sidebar.list.selected_ids() == ["9999"]
    assert not sidebar.grab().isNull()


def test_all_are_selected(qtbot: QtBot, sidebar: Sidebar) -> None:
    """Ctrl+A takes those that are not loaded yet too, and opens none."""
    many = [entry(str(number), f"Conversation {number}") for number in range(PAGE + 100)]
    sidebar.show_rows(library_rows(many, (), date.today()), (), "3")
    sidebar.list.setFocus()
    with qtbot.assertNotEmitted(sidebar.chosen):
        qtbot.keyClick(sidebar.list, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert len(sidebar.list.selected_ids()) == PAGE + 100


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


def test_play_credits_are_marked_and_not_added() -> None:
    """What a row says of a conversation that was paid with both."""
    play = Nanocredits(20_000_000)
    both = replace(entry("c", "Both", spent=1_200_000_000), spent_play=play)
    lines = library_rows([both, replace(both, spent=Nanocredits(0))], (), date.today())[1:]
    assert [line.spoken for line in lines] == [
        "Both, 1.20, 0.02 play credits charged",
        "Both, 0.02 play credits charged",
    ]
