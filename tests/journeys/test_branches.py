"""Another way the conversation could go: edit, switch back, regenerate, delete, undo; nothing lost, all accounted."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from nexu_desktop.domain.budgets import Budget, Scope, Unit
from nexu_desktop.domain.chat import Outcome, Role
from nexu_desktop.sandbox.faults import Faults
from nexu_desktop.ui.chat_view.rows import UserRow
from nexu_desktop.ui.chat_view.wishes import Want
from tests.journeys.house import House

QUESTION = "Compare tea and coffee."


def question_row(house: House, number: int = 0) -> UserRow:
    chat = house.window.chat
    places = [place for place, one in enumerate(chat.transcript.messages) if one.role is Role.USER]
    row = chat.ensure_row(places[number])
    assert isinstance(row, UserRow)
    return row


def edit(house: House, text: str, number: int = 0) -> None:
    """As a person does: the pencil, other words, Enter."""
    question_row(house, number).foot.edit.click()
    editor = question_row(house, number).editor
    assert editor is not None
    editor.field.selectAll()
    house.qtbot.keyClicks(editor.field, text)
    house.qtbot.keyClick(editor.field, Qt.Key.Key_Return)


def shown(house: House) -> list[str]:
    """The questions and the ids of the answers, as the transcript has them."""
    transcript = house.window.chat.transcript
    rows = [transcript.entry(place).message for place in range(len(transcript))]
    return [row.id if row.receipt else row.text for row in rows]


def charged(house: House) -> int:
    return sum(row.receipt.charged or 0 for row in house.answers if row.receipt)


def test_another_way_and_back(house: House) -> None:
    """Send, edit and resend, switch back, regenerate, delete, undo: shown, on disk, and in the ledger."""
    opening = house.balance().settled
    house.ask(QUESTION)
    first = house.answered(1)

    edit(house, "Compare milk and water.")
    second = house.answered(2)
    house.wait(lambda: shown(house) == ["Compare milk and water.", second.id])
    strip = question_row(house).foot.strip
    house.wait(strip.isVisible)
    assert "Branch 2 of 2." in strip.accessibleName()

    house.window.chat.jump_to(house.rows[0].entry.message.id)  # an arrow is pressed where it is in sight
    question_row(house).foot.strip.previous.click()
    assert shown(house) == [QUESTION, first.id]
    house.wait(question_row(house).foot.strip.isVisible)
    assert question_row(house).foot.strip.next.hasFocus()

    house.rows[-1].receipt.retry.click()
    third = house.answered(3)
    house.wait(lambda: shown(house) == [QUESTION, third.id])
    house.wait(house.rows[-1].branches.isVisible)
    assert "Branch 2 of 2." in house.rows[-1].branches.accessibleName()

    house.rows[-1].want(Want.DELETE)
    assert shown(house) == [QUESTION, first.id]
    bar = house.presenter.branching.undo.bar
    assert bar is not None
    assert bar.isVisible()
    bar.button.click()
    assert shown(house) == [QUESTION, third.id]

    conversation = house.core.desk.conversation(house.presenter.cid)
    assert conversation is not None
    assert conversation.spent_play == charged(house) == opening - house.balance().settled > 0
    house.sound()


def test_what_asking_again_costs_is_said_before(house: House) -> None:
    """Under the edit box while it is typed, and on the button that asks for another answer."""
    house.ask(QUESTION)
    house.answered()
    receipt = house.rows[-1].receipt
    receipt.price_wanted.emit()
    house.wait(lambda: "Regenerate, about " in receipt.retry.toolTip())
    assert "play credits" in receipt.retry.toolTip()
    question_row(house).foot.edit.click()
    editor = question_row(house).editor
    assert editor is not None
    house.wait(lambda: editor.price.text().startswith("About "))


def test_a_refused_edit_stays_in_its_box(house: House) -> None:
    """A budget stops it: nothing is asked or held, the words are still there; without the budget they go."""
    house.ask(QUESTION)
    house.answered()
    stop = Budget(Scope.MESSAGE, Unit.CREDITS, stop=1)
    house.core.settings.update(budgets=(stop,))
    edit(house, "Compare milk and water.")
    assert house.window.question.isVisible()
    editor = question_row(house).editor
    assert editor is not None
    assert (editor.text(), len(house.answers), house.balance().held) == ("Compare milk and water.", 1, 0)
    house.core.settings.update(budgets=())
    house.qtbot.keyClick(editor.field, Qt.Key.Key_Return)
    house.answered(2)
    assert house.messages[0].text == "Compare milk and water."
    assert house.presenter.branching._resent == {}


def test_a_refusal_of_the_core_keeps_the_edit_too(house: House) -> None:
    """Only blanks: it says so, and the box stays open through the next answer."""
    house.ask(QUESTION)
    house.answered()
    edit(house, "   ")
    house.wait(lambda: "nothing to send" in house.notice)
    house.rest()
    house.ask("And cocoa?")
    house.answered(2)
    editor = question_row(house).editor
    assert editor is not None
    assert editor.text() == "   "


def test_an_edit_that_is_left_can_be_taken_up_again(house: House) -> None:
    """Escape closes the box; Undo opens it with what was typed."""
    house.ask(QUESTION)
    house.answered()
    question_row(house).foot.edit.click()
    editor = question_row(house).editor
    assert editor is not None
    house.qtbot.keyClicks(editor.field, " In one line.")
    house.qtbot.keyClick(editor.field, Qt.Key.Key_Escape)
    assert question_row(house).editor is None
    bar = house.presenter.branching.undo.bar
    assert bar is not None
    bar.button.click()
    again = question_row(house).editor
    assert again is not None
    assert again.text() == f"{QUESTION} In one line."
    house.qtbot.keyClick(again.field, Qt.Key.Key_Escape)


def test_another_model_answers_once(house: House) -> None:
    """Picked for this answer alone: the conversation keeps its model."""
    house.ask(QUESTION)
    house.answered()
    before = house.core.desk.ref(house.presenter.cid)
    house.rows[-1].want(Want.ANOTHER_MODEL)
    picker = house.window.picker
    assert picker.isVisible()
    other = next(
        offer.ref for offer in house.core.catalog.offers() if offer.sendable and offer.ref.model != before.model
        and offer.ref.lane is before.lane
    )  # fmt: skip
    picker.close_layer()
    picker.picked.emit(other)
    again = house.answered(2)
    assert again.ref == other
    assert house.core.desk.ref(house.presenter.cid) == before
    house.sound()


def test_a_picker_that_is_closed_asks_nothing(house: House) -> None:
    """And the next model that is picked is the conversation's again."""
    house.ask(QUESTION)
    house.answered()
    house.rows[-1].want(Want.ANOTHER_MODEL)
    house.window.picker.close_layer()
    house.wait(lambda: house.presenter.branching._model_for == "")
    other = next(
        offer.ref for offer in house.core.catalog.offers()
        if offer.sendable and offer.ref != house.core.desk.ref(house.presenter.cid)
    )  # fmt: skip
    house.window.picker.picked.emit(other)
    assert house.core.desk.ref(house.presenter.cid) == other
    assert len(house.answers) == 1


def test_a_quotation_goes_to_the_end_of_the_draft(house: House) -> None:
    """Each line marked, what was written stays, and the cursor waits below."""
    house.ask(QUESTION)
    house.answered()
    house.type("Look:")
    house.window.chat.ensure_row(0).want(Want.QUOTE, "one\n\ntwo")
    assert house.draft == "Look:\n\n> one\n>\n> two\n\n"
    assert house.window.composer.field.hasFocus()


def test_branches_keep_still_while_an_answer_arrives(house: House) -> None:
    """Arrows, edit and delete wait; what is asked for all the same is refused in words."""
    house.ask(QUESTION)
    house.answered()
    house.rows[-1].receipt.retry.click()
    house.answered(2)
    house.server.faults.set(Faults(delay_chunk_ms=10))
    house.ask("And cocoa?")
    house.wait(lambda: house.window.chat.streaming)
    row = house.rows[0]
    assert not row.branches.previous.isEnabled()
    assert not question_row(house).foot.edit.isEnabled()
    row.want(Want.DELETE)
    assert "still arriving" in house.notice
    assert shown(house)[0] == QUESTION
    house.window.composer.send_button.click()
    assert house.answered(3).receipt is not None
    house.wait(lambda: house.rows[0].branches.previous.isEnabled())


@pytest.mark.parametrize("count", [2])
def test_a_stopped_regeneration_keeps_both_answers(house: House, count: int) -> None:
    """The half answer is a branch of its own, charged for what came; the whole one is an arrow away."""
    house.ask(QUESTION)
    first = house.answered()
    house.server.faults.set(Faults(delay_chunk_ms=10))
    house.rows[-1].receipt.retry.click()
    house.wait(lambda: len(house.answers) == count)
    house.streams()
    house.window.composer.send_button.click()
    second = house.answered(count)
    assert second.receipt is not None
    assert second.receipt.outcome is Outcome.STOPPED
    house.wait(house.rows[-1].branches.isVisible)
    house.rows[-1].branches.previous.click()
    assert shown(house) == [QUESTION, first.id]
    house.sound()
