"""How the chat view follows the end, streams, copies and asks."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from nexu_desktop.domain.chat import Basis, Outcome
from nexu_desktop.domain.events import ReasoningDelta, TextDelta, TurnFinished, TurnStarted
from nexu_desktop.ui import theme
from nexu_desktop.ui.chat_view.arithmetic_sheet import ArithmeticSheet
from nexu_desktop.ui.chat_view.code_segment import CodeSegment
from nexu_desktop.ui.chat_view.rows import AnswerRow
from nexu_desktop.ui.chat_view.text_segment import TextSegment
from nexu_desktop.ui.chat_view.view import ChatView
from tests.ui.chat_values import RECEIPT, answer, asked, last_answer


@pytest.fixture
def view(qtbot: QtBot) -> ChatView:
    widget = ChatView()
    qtbot.addWidget(widget)
    widget.resize(900, 600)
    widget.show()
    return widget


def test_streamed_answer_ends_as_the_stored_one(view: ChatView, qtbot: QtBot) -> None:
    """Deltas, then the final message; the row says what the message says."""
    view.take_events([TurnStarted("a", asked("Hi"), answer("", receipt=None, streaming=True))])
    assert view.streaming
    view.take_events(
        [ReasoningDelta("a", "hm"), TextDelta("a", "Hel"), TextDelta("a", "lo\n\n```py\nx = 1\n")]
    )
    qtbot.waitUntil(lambda: last_answer(view).body.text == "Hello\n\n```py\nx = 1\n")
    assert last_answer(view).thoughts.toggle.text() == "Thoughts"
    final = answer("Hello\n\n```py\nx = 1\n```\nend", reasoning="hm")
    view.take_events([TextDelta("a", "```\nend"), TurnFinished("a", final, RECEIPT)])
    assert not view.streaming
    assert final == view.transcript.entry(1).message
    assert last_answer(view).thoughts.toggle.text() == "Thought for 140 tokens"
    assert [code._source for code in last_answer(view).findChildren(CodeSegment)] == ["x = 1"]


def test_foreign_turns_are_ignored(view: ChatView) -> None:
    """Deltas of another conversation leave the rows as they are."""
    view.show_conversation([asked("Hi")])
    view.take_events([TextDelta("other", "x"), TurnFinished("other", answer("x", "other"), RECEIPT)])
    assert [view.transcript.entry(row).message.text for row in range(len(view.transcript))] == ["Hi"]


def test_only_a_window_of_rows_lives(view: ChatView) -> None:
    """A long conversation opens at its end and grows upwards under a steady line."""
    view.show_conversation([asked(f"message {n}\n" * 4, str(n)) for n in range(10_000)])
    assert len(view._rows.rows) <= 60
    assert view._rows.covers_end
    bar = view.verticalScrollBar()
    bar.setValue(bar.minimum() + 10)
    first = view._rows.first
    assert first < 9_990
    for _ in range(30):
        bar.setValue(bar.minimum())
    assert view._rows.first < first
    assert not view._rows.covers_end
    assert len(view._rows.rows) <= 120
    view.jump_to_latest()
    assert view._rows.covers_end
    assert bar.maximum() == bar.value()


def test_growth_above_keeps_the_line(view: ChatView) -> None:
    """The row that was on top stays where it was while others are built above it."""
    view.show_conversation([asked(f"message {n}\n" * 4, str(n)) for n in range(200)])
    bar = view.verticalScrollBar()
    bar.setValue(310)
    top = next(view._rows.visible_from(bar.value()))
    before = top.y() - bar.value()
    view._extend(lambda: view._fill_above(2_000))
    assert before == top.y() - bar.value()


def test_follows_only_a_reader_at_the_end(view: ChatView, qtbot: QtBot) -> None:
    """Who reads further up is left alone and offered the way down."""
    view.show_conversation([asked("line\n" * 200), answer("", receipt=None, streaming=True)])
    bar = view.verticalScrollBar()
    view.take_events([TextDelta("a", "text\n\n" * 50)])
    qtbot.waitUntil(lambda: last_answer(view).body.text != "")
    assert bar.maximum() == bar.value()
    bar.setValue(100)
    view.take_events([TextDelta("a", "more\n\n" * 50)])
    qtbot.waitUntil(lambda: "more" in last_answer(view).body.text)
    assert bar.value() == 100
    assert not view._jump.isHidden()
    qtbot.mouseClick(view._jump, Qt.MouseButton.LeftButton)
    assert bar.maximum() == bar.value()
    assert view._jump.isHidden()


def test_stopped_answer_asks_before_it_is_paid_twice(view: ChatView, qtbot: QtBot) -> None:
    """Retry of a try that may have been billed needs a second yes."""
    stopped = replace(RECEIPT, outcome=Outcome.STOPPED, basis=Basis.COUNTED)
    view.show_conversation([answer("half", receipt=stopped)])
    wanted: list[str] = []
    view.retry_requested.connect(wanted.append)
    row = last_answer(view)
    qtbot.mouseClick(row.receipt.retry, Qt.MouseButton.LeftButton)
    assert wanted == []
    assert not row.question.isHidden()
    qtbot.keyClick(row.question.yes, Qt.Key.Key_Space)
    assert wanted == ["a"]


def test_failed_answer_offers_retry_where_it_would_be(view: ChatView, qtbot: QtBot) -> None:
    """The stored error sentence is title and hint; its button asks again."""
    failed = replace(RECEIPT, outcome=Outcome.FAILED, error="The service is down. Try again later.")
    view.show_conversation([answer("", receipt=failed)])
    row = last_answer(view)
    assert row.receipt.retry.isHidden()
    with qtbot.waitSignal(view.retry_requested) as caught:
        qtbot.mouseClick(row.trouble.retry, Qt.MouseButton.LeftButton)
    assert caught.args == ["a"]


def test_nothing_can_be_retried_while_an_answer_arrives(view: ChatView) -> None:
    """Retry is off until the turn has finished."""
    view.show_conversation([answer("one", "1")])
    view.take_events([TurnStarted("a", None, answer("", receipt=None, streaming=True))])
    first = view._rows.rows[0]
    assert isinstance(first, AnswerRow)
    assert not first.receipt.retry.isEnabled()
    view.take_events([TurnFinished("a", answer("x"), RECEIPT)])
    assert first.receipt.retry.isEnabled()


def test_copy_gives_the_markdown(view: ChatView, qtbot: QtBot) -> None:
    """The Copy of an answer and Ctrl+C on it give the text as it came."""
    view.show_conversation([answer("**bold**\n\n```py\nx\n```")])
    row = last_answer(view)
    qtbot.mouseClick(row.receipt.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "**bold**\n\n```py\nx\n```"
    QGuiApplication.clipboard().setText("")
    qtbot.keyClick(row.findChildren(TextSegment)[0], Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "**bold**\n\n```py\nx\n```"


def test_code_card_copies_wraps_and_colours(view: ChatView, qtbot: QtBot) -> None:
    """Copy gives the exact code; colours come in slices; Wrap changes the height."""
    code = "def f():\n    return '中'  # " + "long " * 100
    view.show_conversation([answer(f"```python\n{code}\n```")])
    card = view.findChildren(CodeSegment)[0]
    qtbot.waitUntil(lambda: not card.highlighting)
    block = card._text.document().begin()
    colours = {f.format.foreground().color().name() for f in block.layout().formats()}
    assert {view._formats.colours.code_keyword} == colours
    card.copy()
    assert code == QGuiApplication.clipboard().text()
    before = card.height()
    card._wrapping.click()
    assert card.height() > before


@pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)
def test_arithmetic_opens_and_closes(view: ChatView, qtbot: QtBot) -> None:
    """The line asks for its sum by key; the sheet shows the lines; Escape closes it."""
    view.show_conversation([answer("x")])
    line = last_answer(view).receipt.line
    with qtbot.waitSignal(view.arithmetic_wanted) as caught:
        qtbot.keyClick(line, Qt.Key.Key_Space)
    assert caught.args == ["a"]
    view.show_arithmetic("a", ("1,012 x 2.5 = 2,530", "sum <b>"))
    sheet = view.findChild(ArithmeticSheet)
    assert isinstance(sheet, ArithmeticSheet)
    assert sheet.text == "1,012 x 2.5 = 2,530\nsum <b>"
    with qtbot.waitSignal(sheet.destroyed):
        qtbot.keyClick(sheet, Qt.Key.Key_Escape)


def test_empty_conversation_offers_examples(view: ChatView, qtbot: QtBot) -> None:
    """A press on an example hands its text on; the first message hides them."""
    view.show_conversation([])
    example = view._rows.welcome._examples[0]
    with qtbot.waitSignal(view.example_chosen) as caught:
        qtbot.mouseClick(example, Qt.MouseButton.LeftButton)
    assert [example.text()] == caught.args
    view.show_conversation([asked("Hi")])
    assert view._rows.welcome.isHidden()


def test_theme_changes_what_stands_there(view: ChatView) -> None:
    """Rendered text takes the other theme's colour."""
    view.show_conversation([answer("plain")])
    view.apply_theme(theme.DARK)
    block = last_answer(view).findChildren(TextSegment)[0].document().begin()
    colour = block.begin().fragment().charFormat().foreground().color().name()
    assert theme.DARK.text == colour


def test_large_paste_opens_with_its_beginning(view: ChatView) -> None:
    """The rest of a long message waits behind a button, and comes."""
    view.show_conversation([asked("word " * 20_000)])
    body = view._rows.rows[0]._body  # it is a UserRow
    assert not body._more.isHidden()
    before = body.height()
    body._more.click()
    assert body.height() > before
    assert body._more.isHidden()
