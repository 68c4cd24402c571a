"""Selecting and copying across messages, finding, and going about by keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QWheelEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from nexu_desktop.ui.chat_view.spots import whole_rows
from nexu_desktop.ui.chat_view.view import ChatView
from tests.ui.chat_values import answer, asked, codes, last_answer, long_conversation, point_of

Key, Mod = Qt.Key, Qt.KeyboardModifier
LEFT = Qt.MouseButton.LeftButton
ANSWER = "First **bold** words and `code`.\n\n- one\n- two\n\n```py\nx = 1\ny = 2\n```\n\nLast *words*."


@pytest.fixture
def view(view: ChatView, qtbot: QtBot) -> ChatView:
    """Active: keys go to it."""
    view.activateWindow()
    qtbot.waitActive(view)
    return view


def drag(qtbot: QtBot, view: ChatView, start: QPoint, end: QPoint) -> None:
    viewport = view.viewport()
    qtbot.mousePress(viewport, LEFT, pos=start)
    qtbot.mouseMove(viewport, start + QPoint(9, 0))
    view.pointing.move(_held(end))
    qtbot.mouseRelease(viewport, LEFT, pos=end)


def _held(point: QPoint) -> object:
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QMouseEvent

    where = QPointF(point)
    return QMouseEvent(QEvent.Type.MouseMove, where, where, LEFT, LEFT, Mod.NoModifier)


def arrive(view: ChatView) -> None:
    """By Tab."""
    view.clearFocus()
    view.setFocus(Qt.FocusReason.TabFocusReason)


def clipboard() -> str:
    return QGuiApplication.clipboard().text()


# --- selecting --------------------------------------------------------------------------------------------


def test_a_selection_goes_across_messages(view: ChatView, qtbot: QtBot) -> None:
    """From the middle of a question to the middle of its answer, copied as plain text."""
    view.show_conversation(
        [asked("Where do rivers end?"), answer("In the sea.\n\n```\ncode here\n```\n\nMostly.")]
    )
    drag(qtbot, view, point_of(view, "rivers"), point_of(view, "ostly"))
    text = view.selected_text()
    assert text.startswith(("rivers", "ivers", "vers"))
    assert "end?\n\nIn the sea.\ncode here\nM" in text
    qtbot.keyClick(view, Key.Key_C, Mod.ControlModifier)
    assert clipboard() == text
    qtbot.keyClick(view, Key.Key_Escape)
    assert view.selection is None


def test_everything_is_copied_as_it_came(view: ChatView, qtbot: QtBot) -> None:
    """As markdown whole messages are their source, also those far from what is in sight."""
    texts = [asked("Hi", "q"), *(answer(ANSWER, str(n)) for n in range(80))]
    view.show_conversation(texts)
    qtbot.keyClick(view, Key.Key_A, Mod.ControlModifier)
    qtbot.keyClick(view, Key.Key_C, Mod.ControlModifier | Mod.ShiftModifier)
    assert clipboard() == "\n\n".join(message.text for message in texts)
    plain = view.selected_text()
    assert "**" not in plain
    assert plain.count("First bold words and code.") == 80
    assert plain.count("x = 1\ny = 2") == 80


def test_a_part_is_written_as_markdown_again(view: ChatView, qtbot: QtBot) -> None:
    """Marks, bullets, fences and links of what is selected come with it."""
    view.show_conversation(
        [answer("Start [site](https://nexu.io) **bold** *it*.\n\n## Head\n\n1. one\n2. two\n\nend")]
    )
    drag(qtbot, view, point_of(view, "Start"), point_of(view, "end"))
    text = view.selected_text(markdown=True)
    assert "[site](https://nexu.io) **bold** *it*." in text
    assert "\n\n## Head\n\n1. one\n2. two\n\n" in text


def test_a_table_row_is_copied_with_its_columns(view: ChatView, qtbot: QtBot) -> None:
    """As a table of its own."""
    view.show_conversation([answer("| a | b |\n|---|---|\n| north | south |\n| east | west |\n\nend")])
    drag(qtbot, view, point_of(view, "north"), point_of(view, "south"))
    assert view.selected_text(markdown=True) == "| north | south |\n| --- | --- |"


def test_two_clicks_take_a_word_three_a_paragraph(view: ChatView, qtbot: QtBot) -> None:
    """And Shift extends what is selected."""
    view.show_conversation([answer("Some plain words here.\n\nAnother paragraph.")])
    place = point_of(view, "plain")
    for expected in ("", "plain", "Some plain words here."):
        qtbot.mouseClick(view.viewport(), LEFT, pos=place)
        assert view.selected_text() == expected
    qtbot.mouseClick(view.viewport(), LEFT, Mod.ShiftModifier, point_of(view, "paragraph"))
    assert view.selected_text().startswith("Some plain words here.\nAnother ")


def test_a_selection_is_painted(view: ChatView, qtbot: QtBot) -> None:
    """The accent lies behind what is selected, and goes with it."""
    view.show_conversation([answer("Some plain words here.")])
    accent = view._formats.colours.accent
    assert accent not in colours(view)
    view.select(whole_rows(0, 0))
    assert accent in colours(view)
    view.select(None)
    assert accent not in colours(view)


def colours(view: ChatView) -> set[str]:
    """On the screen: what nobody asked to be painted again is as it was."""
    QApplication.processEvents()
    image = view.screen().grabWindow(view.winId()).toImage()
    return {
        image.pixelColor(x, y).name() for x in range(0, image.width(), 2) for y in range(0, image.height(), 2)
    }


def test_a_selection_survives_what_streams(view: ChatView, qtbot: QtBot) -> None:
    """The answer grows; what was selected in it stays selected."""
    view.show_conversation([answer("Half of a sent", receipt=None, streaming=True)])
    qtbot.mouseClick(view.viewport(), LEFT, pos=point_of(view, "Half"))
    qtbot.mouseClick(view.viewport(), LEFT, pos=point_of(view, "Half"))
    view.transcript.append_text("a", "ence.\n\nAnd more.")
    assert view.selected_text() == "Half"


def test_other_messages_end_the_selection(view: ChatView) -> None:
    """It belonged to those before."""
    view.show_conversation([answer("a")])
    view.select(whole_rows(0, 0))
    view.show_conversation([answer("b")])
    assert view.selection is None


# --- menu, links, wide blocks -----------------------------------------------------------------------------


def test_the_menu_knows_selection_and_link_and_can_be_added_to(view: ChatView, qtbot: QtBot) -> None:
    """By mouse on a link, and by key on the current message."""
    view.show_conversation([answer("A [link](https://nexu.io/x) here.", "m")])
    opened: list[str] = []
    view.menu_opening.connect(lambda menu, message: opened.append(message))
    view.select(whole_rows(0, 0))
    row = last_answer(view)
    menu = view.menu_for(row, view.pointing.link_at(point_of(view, "link")))
    names = [action.text() for action in menu.actions()]
    assert names[:4] == ["Copy selection", "Copy selection as Markdown", "Copy link address", "Copy message"]
    menu.actions()[2].trigger()
    assert clipboard() == "https://nexu.io/x"
    assert opened == ["m"]
    view.select(None)
    assert view.menu_for(row).actions()[0].text() == "Copy message"


def test_the_pointer_says_what_is_under_it(view: ChatView, qtbot: QtBot) -> None:
    """A hand over a link with its target, a beam over text, an arrow elsewhere."""
    view.show_conversation([answer("A [link](https://nexu.io/x) here.")])
    for word, shape, tip in (
        ("link", Qt.CursorShape.PointingHandCursor, True),
        ("here", Qt.CursorShape.IBeamCursor, False),
    ):
        view.pointing._hover(point_of(view, word))
        assert view.viewport().cursor().shape() is shape
        assert bool(view.viewport().toolTip()) is tip
    view.pointing._hover(QPoint(2, 2))
    assert view.viewport().cursor().shape() is Qt.CursorShape.ArrowCursor


def test_wide_blocks_scroll_sideways(view: ChatView, qtbot: QtBot) -> None:
    """A table of many columns and a long line of code keep their width; the wheel moves them alone."""
    head = "|" + "|".join(f"column number {n}" for n in range(14)) + "|"
    view.show_conversation([answer(f"{head}\n|{'---|' * 14}\n{head}\n\n```\n{'long ' * 60}\n```")])
    row = last_answer(view)
    table, code = row.body.pieces[0], codes(row)[0]
    assert table.most > 0
    assert code.most > 0
    where = row.pos() + QPoint(40, 20)
    wheel = QWheelEvent(
        QPointF(where),
        QPointF(view.viewport().mapToGlobal(where)),
        QPoint(),
        QPoint(-120, 0),
        Qt.MouseButton.NoButton,
        Mod.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view.viewport(), wheel)
    assert (table.scrolled, code.scrolled) == (120, 0)


# --- finding ----------------------------------------------------------------------------------------------


def look_for(view: ChatView, qtbot: QtBot, query: str) -> None:
    view.open_find()
    view.search.bar.field.setText(query)
    qtbot.waitUntil(lambda: view.search.finder.complete)


def test_find_goes_from_match_to_match(view: ChatView, qtbot: QtBot) -> None:
    """Through 2,000 messages, counted, each brought into sight, round the end; Escape ends it."""
    view.show_conversation(long_conversation(2_000))
    look_for(view, qtbot, "Message 70\n".strip())
    bar = view.search.bar
    # 70, 700 to 709 and each of their four lines
    assert bar.count.text() == "1 / 44"
    seen = set()
    for _ in range(44):
        current = view._pool.marks.current
        assert current is not None
        row = view.row_at(current.row)
        assert row is not None
        assert row.geometry().intersects(view.viewport().rect())
        seen.add(current)
        qtbot.keyClick(bar.field, Key.Key_Return)
    assert len(seen) == 44
    assert bar.count.text() == "1 / 44"
    qtbot.keyClick(bar.field, Key.Key_Return, Mod.ShiftModifier)
    assert bar.count.text() == "44 / 44"
    qtbot.keyClick(bar.field, Key.Key_Escape)
    assert not bar.isVisible()
    assert view._pool.marks.query == ""


def test_only_what_can_be_read_is_found(view: ChatView, qtbot: QtBot) -> None:
    """A word in an address or split by markup is counted as it looks, not as it is written."""
    view.show_conversation([answer("See [here](https://river.test) and a ri**ver** and a river.")])
    look_for(view, qtbot, "river")
    assert view.search.bar.count.text() == "1 / 2"
    look_for(view, qtbot, "nowhere")
    assert view.search.bar.count.text() == "No match"


def test_find_looks_into_what_is_folded_away(view: ChatView, qtbot: QtBot) -> None:
    """The hidden rest of a long paste is opened where a match lies in it."""
    view.show_conversation([asked("word " * 20_000 + "needle")])
    look_for(view, qtbot, "needle")
    assert view.search.bar.count.text() == "1 / 1"
    assert view._pool.marks.current is not None


def test_find_counts_what_arrives(view: ChatView, qtbot: QtBot) -> None:
    """A message that comes while the bar is open is searched as well."""
    view.show_conversation([asked("river", "1")])
    look_for(view, qtbot, "river")
    view.transcript.append(answer("a river", "2"))
    view.search.step(1)
    assert view.search.bar.count.text() == "2 / 2"


def test_a_selected_word_is_what_is_looked_for(view: ChatView, qtbot: QtBot) -> None:
    """Ctrl+F on a selection takes it over."""
    view.show_conversation([answer("one river")])
    for _ in range(2):
        qtbot.mouseClick(view.viewport(), LEFT, pos=point_of(view, "river"))
    view.open_find()
    assert view.search.bar.field.text() == "river"


# --- keyboard ---------------------------------------------------------------------------------------------


def test_keys_go_from_message_to_message(view: ChatView, qtbot: QtBot) -> None:
    """J and K step, Home and End go to the ends, each time the message is in sight and has the ring."""
    view.show_conversation([asked("word " * (n % 60), str(n)) for n in range(300)])
    arrive(view)
    for key, expected in (
        (Key.Key_Home, 0),
        (Key.Key_J, 1),
        (Key.Key_J, 2),
        (Key.Key_K, 1),
        (Key.Key_End, 299),
    ):
        qtbot.keyClick(view, key)
        assert view.keys.current == expected
        row = view.row_at(expected)
        assert row is not None
        assert view.viewport().rect().intersects(row.geometry())
        assert view.keys.ring.geometry().contains(row.geometry())
    qtbot.keyClick(view, Key.Key_C, Mod.ControlModifier)
    assert clipboard() == "word " * 59


def test_down_reads_on_in_a_long_message(view: ChatView, qtbot: QtBot) -> None:
    """The arrow scrolls as long as there is more of the message, and then goes to the next."""
    view.show_conversation([answer("line\n\n" * 60, "1"), answer("next", "2")])
    arrive(view)
    qtbot.keyClick(view, Key.Key_Home)
    bar, presses = view.verticalScrollBar(), 0
    while view.keys.current == 0 and presses < 50:
        before = bar.value()
        qtbot.keyClick(view, Key.Key_Down)
        presses += 1
        assert bar.value() > before or view.keys.current == 1
    assert presses > 5
    assert view.keys.current == 1


def test_shift_selects_whole_messages(view: ChatView, qtbot: QtBot) -> None:
    """From the current one on, in either direction."""
    view.show_conversation(long_conversation(5))
    arrive(view)
    qtbot.keyClick(view, Key.Key_End)
    qtbot.keyClick(view, Key.Key_Up, Mod.ShiftModifier)
    assert view.selection == whole_rows(4, 3)
    assert (
        view.selected_text(markdown=True)
        == "message 3\n" * 3 + "message 3\n\n" + "message 4\n" * 3 + "message 4"
    )


def test_tab_goes_through_a_message_and_out(qtbot: QtBot) -> None:
    """Link, code header, receipt line, Copy and Retry in the order they stand, then what follows the view."""
    window = QWidget()
    qtbot.addWidget(window)
    view, row = ChatView(), QHBoxLayout(window)
    row.addWidget(view)
    after = QPushButton("after")
    row.addWidget(after)
    window.resize(900, 600)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
    view.show_conversation([answer("A [link](https://nexu.io).\n\n```py\nx\n```")])
    arrive(view)
    names = []
    for _ in range(9):
        qtbot.keyClick(QApplication.focusWidget(), Key.Key_Tab)
        focus = QApplication.focusWidget()
        names.append(view.keys.link.address if view.keys.link else focus.accessibleName().partition(":")[0])
    assert names[:8] == [
        "https://nexu.io",
        "Wrap long lines of this code",
        "Save this code to a file",
        "Copy this code",
        "Receipt",
        "Copy this answer as markdown",
        "Ask again",
        "More for this answer",
    ]
    assert QApplication.focusWidget() is after
    qtbot.keyClick(after, Key.Key_Backtab)
    assert QApplication.focusWidget() is view


@pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)
def test_enter_follows_the_link_at_the_keyboard(view: ChatView, qtbot: QtBot) -> None:
    """It asks like a click does."""
    view.show_conversation([answer("A [link](https://nexu.io/x).")])
    view.link_wanted.disconnect(view.confirm_link)
    arrive(view)
    qtbot.keyClick(view, Key.Key_Tab)
    with qtbot.waitSignal(view.link_wanted) as wanted:
        qtbot.keyClick(view, Key.Key_Return)
    assert wanted.args == ["https://nexu.io/x", "link"]


@pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)
def test_the_menu_key_opens_the_menu_of_the_current_message(view: ChatView, qtbot: QtBot) -> None:
    """Not of the one under the mouse."""
    view.show_conversation(long_conversation(3))
    view.set_current(1)
    opened: list[str] = []
    view.menu_opening.connect(lambda menu, message: opened.append(message))
    reason = QContextMenuEvent.Reason.Keyboard
    QApplication.sendEvent(view, QContextMenuEvent(reason, QPoint(5, 5), view.mapToGlobal(QPoint(5, 5))))
    QApplication.activePopupWidget().close()
    assert opened == ["1"]
