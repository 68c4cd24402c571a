"""The transcript marks what is not sent again, shows summaries folded, and can be jumped in."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from nexu_desktop.domain.chat import (
    Message,
    Role,
)
from nexu_desktop.ui.chat_view.summary_row import SummaryRow
from nexu_desktop.ui.chat_view.view import ChatView
from tests.ui.chat_values import RECEIPT, answer, asked, last_answer


def test_transcript_marks_what_is_not_sent(qtbot: QtBot, view: ChatView) -> None:
    """Quietly, with the reason; a dropped one can be restored there; the mark goes when it is sent again."""
    view.show_conversation([asked("Hi", "u1"), answer("Hello", "a1")])
    row = last_answer(view)
    height = row.height()
    view.show_unsent({"a1": "dropped", "gone": "dropped"})
    assert row.mark._words.text() == "Not sent again: dropped"
    assert row.height() > height
    with qtbot.waitSignal(view.drop_wanted) as restored:
        row.mark.restore.click()
    assert restored.args == ["a1", False]
    view.show_unsent({})
    assert (row.mark.isVisible(), row.height()) == (False, height)


def test_only_what_was_dropped_offers_a_way_back(view: ChatView) -> None:
    """What a rule leaves behind is restored by the rule."""
    view.show_conversation([asked("Hi", "u1"), answer("Hello", "a1")])
    view.show_unsent({"a1": "before the last 6"}, {"u1": "report.csv (file used already)"})
    question, reply = view._rows.rows
    assert (reply.mark.isVisible(), reply.mark.restore.isVisible()) == (True, False)
    assert question.mark._words.text() == "Not sent again: report.csv (file used already)"
    assert (question.card._veil.isVisible(), reply._veil.isVisible()) == (False, True)


def test_marks_outlive_the_answer_that_streams(view: ChatView) -> None:
    """A row that says something new keeps its mark."""
    view.show_conversation([asked("Hi", "u1"), answer("Hello", "a1")])
    view.show_unsent({"a1": "dropped"})
    view.transcript.finish(answer("Hello again", "a1"))
    assert last_answer(view).mark.isVisible()


def test_menu_drops_and_restores(qtbot: QtBot, view: ChatView) -> None:
    """In the menu of each message."""
    view.show_conversation([asked("Hi", "u1")])
    row = view._rows.rows[0]
    for unsent, name, dropped in (
        ({}, "Don’t send this again", True),
        ({"u1": "dropped"}, "Send this again", False),
    ):
        view.show_unsent(unsent)
        action = next(action for action in row.menu().actions() if action.text() == name)
        with qtbot.waitSignal(view.drop_wanted) as asked_for:
            action.trigger()
        assert asked_for.args == ["u1", dropped]


def test_a_summary_is_a_folded_note(qtbot: QtBot, view: ChatView) -> None:
    """One line until it is clicked, then its text; its receipt under it as under an answer."""
    text = "Summary of 24 earlier messages:\n\nLists are merged. 用 heapq。"
    view.show_conversation([Message("s", "c", Role.SYSTEM, text, 0, receipt=RECEIPT), asked("Go on", "u")])
    row = view._rows.rows[0]
    assert isinstance(row, SummaryRow)
    assert (row.note.toggle.text(), row.note.body.isVisible()) == ("Summary of 24 earlier messages", False)
    row.note.toggle.click()
    assert row.note.body.text == "Lists are merged. 用 heapq。"
    assert not row.receipt.retry.isVisible()
    with qtbot.waitSignal(view.arithmetic_wanted) as wanted:
        row.receipt.line.click()
    assert wanted.args == [RECEIPT.attempt]


def test_jump_goes_to_a_message_far_up(view: ChatView) -> None:
    """Its row is built and stands at the top; the newest answer no longer pulls the view down."""
    view.show_conversation([asked(f"message {n}\n" * 4, str(n)) for n in range(2_000)])
    view.jump_to("700")
    row = view._rows.row_at(700)
    assert row is not None
    assert 0 <= row.y() < 60
    view.jump_to("none")
    assert view._rows.row_at(700) is row
    view.jump_to("701")
    assert not view._follow
