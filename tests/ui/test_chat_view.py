"""How the chat view follows the end, streams, copies and asks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from nexu_desktop.domain.chat import Basis, Outcome
from nexu_desktop.domain.events import ReasoningDelta, TextDelta, TurnFinished, TurnStarted
from nexu_desktop.ui import theme
from nexu_desktop.ui.chat_view.arithmetic_sheet import ArithmeticSheet
from nexu_desktop.ui.chat_view.code_header import CodeHeader
from nexu_desktop.ui.chat_view.code_saving import suggested_name
from nexu_desktop.ui.chat_view.rows import AnswerRow, UserRow
from nexu_desktop.ui.chat_view.small_parts import Words
from nexu_desktop.ui.chat_view.view import ChatView
from tests.ui.chat_values import RECEIPT, answer, asked, codes, last_answer, long_conversation


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
    assert [code.segment.text for code in codes(last_answer(view))] == ["x = 1"]


def test_foreign_turns_are_ignored(view: ChatView) -> None:
    """Deltas of another conversation leave the rows as they are."""
    view.show_conversation([asked("Hi")])
    view.take_events([TextDelta("other", "x"), TurnFinished("other", answer("x", "other"), RECEIPT)])
    assert [view.transcript.entry(row).message.text for row in range(len(view.transcript))] == ["Hi"]


def test_jump_to_latest_lies_over_the_rows(view: ChatView, qtbot: QtBot) -> None:
    """Also over those that came after it was shown."""
    view.show_conversation(long_conversation(300))
    for place in (250, 120, 30, 0):
        view.jump_to(view.transcript.messages[place].id)
        qtbot.waitUntil(lambda: not view._ahead.isActive())
    parts = view.viewport().children()
    shown = [parts.index(row) for row in view.rows]
    assert view._jump.isVisible()
    assert parts.index(view._jump) > max(shown)


def test_only_rows_near_the_viewport_live(view: ChatView, qtbot: QtBot) -> None:
    """10,000 messages open at their end with a handful of widgets, wherever one goes in them."""
    view.show_conversation(long_conversation(10_000))
    assert view.at_end
    bar = view.verticalScrollBar()
    for value in (bar.maximum() // 2, bar.minimum(), *(bar.maximum() * n // 12 for n in range(12))):
        bar.setValue(value)
        shown = [row for row in view._rows.rows if row.geometry().bottom() > 0 and row.y() < view.page]
        assert shown
        qtbot.waitUntil(lambda: not view._ahead.isActive())
        assert len(view._rows.rows) <= 60
    view.jump_to_latest()
    assert view.at_end
    assert bar.maximum() == bar.value()


def test_layout_above_keeps_the_line(view: ChatView, qtbot: QtBot) -> None:
    """What the reader looks at stays where it is while rows above it turn out higher or lower than guessed."""
    view.show_conversation([asked("word " * (7 * n % 300), str(n)) for n in range(400)])
    bar = view.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    row = next(row for row in view._rows.rows if row.geometry().bottom() > 0)
    before, guessed = row.y(), view._rows.total
    qtbot.waitUntil(lambda: not view._ahead.isActive())
    assert view._rows.total != guessed
    assert before == row.y()


def test_a_blitted_picture_is_the_painted_one(view: ChatView, qtbot: QtBot) -> None:
    """After any scrolling every pixel is what a full repaint gives."""
    texts = ["# Head\n\n> quote\n\n```py\nx = 1\n```\n\n" + "word " * (17 * n % 200) for n in range(60)]
    view.show_conversation([answer(text, str(n)) for n, text in enumerate(texts)])
    bar = view.verticalScrollBar()
    for step in (-120, -120, 77, -1_000, -313, 120, 2_000):
        bar.setValue(bar.value() + step)
        QGuiApplication.processEvents()
        blitted = view.screen().grabWindow(view.winId()).toImage()
        view.viewport().update()
        assert blitted == view.screen().grabWindow(view.winId()).toImage()


def test_what_comes_in_from_above_moves_nothing(view: ChatView) -> None:
    """In one long answer, too: each step of the wheel moves what was seen by exactly that step."""
    parts = [f"# {n}\n\n" + "- item\n" * (n % 9) + f"word{n} " * (31 * n % 150) for n in range(300)]
    view.show_conversation([answer("\n\n".join(parts))])
    bar, body = view.verticalScrollBar(), last_answer(view).body
    bar.setValue(bar.maximum() // 2)
    for _ in range(60):
        number = max(number for number, piece in enumerate(body.pieces) if piece.laid)
        line = last_answer(view).y() + body.top_of(number)
        bar.setValue(bar.value() - 120)
        assert last_answer(view).y() + body.top_of(number) == line + 120


def test_what_is_laid_out_ahead_moves_nothing(view: ChatView, qtbot: QtBot) -> None:
    """In the middle of one long answer the line at the top stays while what lies above it gets its height."""
    parts = [f"# {n}\n\n" + "- item\n" * (n % 9) + f"word{n} " * (31 * n % 150) for n in range(300)]
    view.resize(900, 1_800)  # a screen above reaches beyond the piece at the top
    view.show_conversation([answer("\n\n".join(parts))])
    bar, row = view.verticalScrollBar(), last_answer(view)
    bar.setValue(bar.maximum() // 2)
    laid = [number for number, piece in enumerate(row.body.pieces) if piece.laid]
    seen = next(number for number in laid if row.y() + row.body.top_of(number) >= 0)
    line, above = row.y() + row.body.top_of(seen), row.body.top_of(seen)
    qtbot.waitUntil(lambda: not view._ahead.isActive())
    assert row.body.top_of(seen) != above
    assert row.y() + row.body.top_of(seen) == line


@pytest.fixture
def no_blinking() -> Iterator[None]:
    hints = QGuiApplication.styleHints()
    before = hints.cursorFlashTime()
    hints.setCursorFlashTime(0)
    yield
    hints.setCursorFlashTime(before)


@pytest.mark.usefixtures("no_blinking")
def test_what_streams_is_painted_where_it_changes(view: ChatView, qtbot: QtBot) -> None:
    """After each flush every pixel is what a full repaint gives."""
    view.take_events([TurnStarted("a", asked("Hi"), answer("", receipt=None, streaming=True))])
    text = (
        "Words that go on\n\n> quote\n\n```py\nx = 1\ny = 2\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n" * 12
    )
    for start in range(0, len(text), 37):
        view.transcript.append_text("a", text[start : start + 37])
        qtbot.waitUntil(lambda: not any(code.highlighting for code in codes(last_answer(view))))
        QGuiApplication.processEvents()
        painted = view.screen().grabWindow(view.winId()).toImage()
        view.viewport().repaint()
        for body in last_answer(view).texts():
            body.repaint()
        assert painted == view.screen().grabWindow(view.winId()).toImage()


def test_follows_only_a_reader_at_the_end(view: ChatView, qtbot: QtBot) -> None:
    """Who reads further up is left alone and offered the way down."""
    view.show_conversation([asked("line\n" * 200), answer("", receipt=None, streaming=True)])
    bar = view.verticalScrollBar()
    view.take_events([TextDelta("a", "text\n\n" * 50)])
    qtbot.waitUntil(lambda: last_answer(view).body.text != "")
    assert bar.maximum() == bar.value()
    bar.setValue(100)
    view.take_events([TextDelta("a", "more\n\n" * 50)])
    qtbot.waitUntil(lambda: "more" in view.transcript.entry(1).message.text)
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
    first = view._rows.row_at(0)
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
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "**bold**\n\n```py\nx\n```"


def test_code_card_copies_wraps_and_colours(view: ChatView, qtbot: QtBot) -> None:
    """Copy gives the exact code; colours come in slices; Wrap changes the height."""
    code = "def f():\n    return '中'  # " + "long " * 100
    view.show_conversation([answer(f"```python\n{code}\n```")])
    row = last_answer(view)
    card, header = codes(row)[0], row.findChildren(CodeHeader)[0]
    qtbot.waitUntil(lambda: not card.highlighting)
    colours = {f.format.foreground().color().name() for f in card.document.begin().layout().formats()}
    assert {view._formats.colours.code_keyword} == colours
    qtbot.mouseClick(header.copying, Qt.MouseButton.LeftButton)
    assert code == QGuiApplication.clipboard().text()
    before = row.height()
    header.wrapping.click()
    assert row.height() > before


def test_code_is_saved_where_the_person_says(
    view: ChatView, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Under a name that fits its language; a place that cannot be written is told, and nothing is lost."""
    asked_for: list[str] = []

    def choose(place: Path) -> None:
        def dialog(parent: object, title: str, start: str) -> tuple[str, str]:
            asked_for.append(start.rpartition("/")[2])
            return str(place), ""

        monkeypatch.setattr(QFileDialog, "getSaveFileName", dialog)

    view.show_conversation([answer("```python\nx = '中'\n```")])
    header = last_answer(view).findChildren(CodeHeader)[0]
    choose(tmp_path / "mine.py")
    qtbot.mouseClick(header.saving, Qt.MouseButton.LeftButton)
    assert (tmp_path / "mine.py").read_text(encoding="utf-8") == "x = '中'\n"
    choose(tmp_path / "none" / "mine.py")
    with qtbot.waitSignal(view.trouble) as told:
        qtbot.mouseClick(header.saving, Qt.MouseButton.LeftButton)
    assert told.args[0] == "The code could not be saved."
    assert asked_for == ["code.py", "code.py"]
    assert [suggested_name(language) for language in ("", "nonsense", "Rust")] == [
        "code.txt",
        "code.txt",
        "code.rs",
    ]


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


def test_others_put_parts_into_a_row(view: ChatView, qtbot: QtBot) -> None:
    """They hear which message a row shows; the part is laid out with it, and goes when the row shows another."""
    shown: list[str] = []
    view.row_shown.connect(lambda row: shown.append(row.entry.message.id))
    view.show_conversation([answer("one", "1"), answer("two", "2")])
    assert sorted(shown) == ["1", "2"]
    row, other = last_answer(view), view.rows[0]
    height, part = row.height(), Words(row, theme.SIZE_CAPTION)
    part.say("2/3 · 0.35")
    row.put(part)
    assert row.height() > height
    assert part.y() > row.receipt.y()
    row.show_text(False)
    view.settle()
    assert row.body.isHidden()
    with qtbot.waitSignal(part.destroyed):
        view.show_conversation([answer("three", "3")])
    assert last_answer(view) in (row, other)
    assert not last_answer(view).body.isHidden()


def test_what_is_being_typed_in_a_row_stays(view: ChatView, qtbot: QtBot) -> None:
    """A kept row is not given up however far the reader goes."""
    view.show_conversation(long_conversation(2_000))
    row = view.rows[-1]
    row.kept = True
    view.verticalScrollBar().setValue(0)
    qtbot.waitUntil(lambda: not view._ahead.isActive())
    assert view.row_at(1_999) is row


def test_the_same_conversation_keeps_the_place(view: ChatView) -> None:
    """What is read stays in sight when messages are read again from disk; another conversation shows its end."""
    messages = long_conversation(300)
    view.show_conversation(messages)
    view.jump_to("120")
    row = view.row_at(120)
    assert row is not None
    before = row.y()
    view.show_conversation([*messages[:-1], answer("new", "new")])
    row = view.row_at(120)
    assert row is not None
    assert row.y() == before
    view.show_conversation([replace(message, conversation="d") for message in messages])
    assert view.at_end


def test_empty_conversation_offers_examples(view: ChatView, qtbot: QtBot) -> None:
    """A press on an example hands its text on; the first message hides them."""
    view.show_conversation([])
    example = view.welcome._examples[0]
    with qtbot.waitSignal(view.example_chosen) as caught:
        qtbot.mouseClick(example, Qt.MouseButton.LeftButton)
    assert [example.text()] == caught.args
    view.show_conversation([asked("Hi")])
    assert view.welcome.isHidden()


def test_theme_changes_what_stands_there(view: ChatView) -> None:
    """Rendered text takes the other theme's colour."""
    view.show_conversation([answer("plain")])
    view.apply_theme(theme.DARK)
    block = last_answer(view).body.pieces[0].document.begin()
    colour = block.begin().fragment().charFormat().foreground().color().name()
    assert theme.DARK.text == colour


def test_large_paste_opens_with_its_beginning(view: ChatView) -> None:
    """The rest of a long message waits behind a button, and comes."""
    view.show_conversation([asked("word " * 20_000)])
    row = view._rows.rows[0]
    assert isinstance(row, UserRow)
    body = row.card.body
    assert not body._more.isHidden()
    before = body.height()
    body._more.click()
    assert body.height() > before
    assert body._more.isHidden()
