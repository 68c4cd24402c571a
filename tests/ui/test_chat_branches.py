"""Arrows, edit box, icons and menu of a message: what they show, ask for, and leave alone while an answer arrives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from nexu_desktop.domain.branches import BranchCost, Place
from nexu_desktop.domain.budgets import Budget, Scope, Unit
from nexu_desktop.domain.chat import Lane, Message, ModelRef, Outcome, Role
from nexu_desktop.domain.credits import Nanocredits
from nexu_desktop.domain.estimate import Band, CountBasis, Estimate, TokenCount
from nexu_desktop.ui import theme
from nexu_desktop.ui.chat_view import branch_words
from nexu_desktop.ui.chat_view.branch_strip import BranchStrip
from nexu_desktop.ui.chat_view.edit_box import EditBox
from nexu_desktop.ui.chat_view.formats import Formats
from nexu_desktop.ui.chat_view.rows import AnswerRow, UserRow
from nexu_desktop.ui.chat_view.view import ChatView
from nexu_desktop.ui.chat_view.wishes import Want, Wish
from tests.ui.chat_values import OWN, RECEIPT, REF, answer, asked, last_answer

CREDIT = 1_000_000_000
SECOND = Place(2, 3, BranchCost(350_000_000, 1_200_000_000))
ESTIMATE = Estimate(
    ref=REF,
    input=TokenCount(100, CountBasis.EXACT),
    output=Band(1, 2, 3, 4),
    output_limit=4,
    cost=Band(1, 112_000_000, 3, 4),
    balance=None,
    card=None,
)


@pytest.fixture
def chat(view: ChatView) -> ChatView:
    view.show_conversation([asked("Hi there", "u1"), answer("Hello", "a1")])
    return view


def question(chat: ChatView) -> UserRow:
    row = chat._rows.rows[0]
    assert isinstance(row, UserRow)
    return row


def wishes(chat: ChatView) -> list[Wish]:
    heard: list[Wish] = []
    chat.wished.connect(heard.append)
    return heard


# --- words ---


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "Regenerate, about 0.12 credits"),
        ({"ref": replace(REF, lane=Lane.SANDBOX)}, "Regenerate, about 0.12 play credits"),
        ({"ref": OWN}, "Regenerate, about $0.1120 on your key"),
        ({"ref": ModelRef(Lane.LOCAL, "local", "llama")}, "Regenerate, free"),
        ({"cost": None}, "Regenerate, price unknown"),
        ({"over_context": 1_200}, "Regenerate: 1,200 tokens too long for glm-5"),
        ({"shortfall": Nanocredits(CREDIT // 2)}, "Regenerate: 0.50 credits short"),
        (
            {"over_budget": Budget(Scope.DAY, Unit.CREDITS, stop=1)},
            "Regenerate: your budget per day leaves no room",
        ),
    ],
)
def test_what_asking_again_costs(changes: dict[str, object], said: str) -> None:
    """In the unit of the lane; what refuses it in place of a figure."""
    assert branch_words.regenerate(replace(ESTIMATE, **changes)) == said


def test_pending_costs_are_not_made_up() -> None:
    """While it is counted nothing is said of money."""
    assert (branch_words.regenerate(None), branch_words.resend(None)) == ("Regenerate", "")
    assert branch_words.resend(ESTIMATE) == "About 0.12 credits"


def test_costs_of_branches() -> None:
    """This one of all; dollars beside credits where both were paid; nothing where nothing was."""
    assert branch_words.spent(SECOND) == "0.35 of 1.20 credits"
    both = replace(SECOND, dollars=BranchCost(0, 4_000_000))
    assert branch_words.spent(both) == "0.35 of 1.20 credits, $0.0000 of $0.0040"
    assert branch_words.spent(Place(1, 2)) == ""
    assert branch_words.spoken(Place(1, 2)) == "Branch 1 of 2."


def test_a_quotation_is_markdown() -> None:
    """Each line marked, blank ones too, with room below."""
    assert branch_words.quoted("\na\n\n 字\n") == "> a\n>\n>  字\n\n"


def test_what_was_deleted_is_counted() -> None:
    """And it is said that its cost is not."""
    assert branch_words.deleted(1).startswith("Deleted a message; ")
    assert branch_words.deleted(4).startswith("Deleted a message and 3 after it; ")


# --- the strip ---


@pytest.mark.parametrize(("number", "enabled"), [(1, (False, True)), (2, (True, True)), (3, (True, False))])
def test_arrows_end_where_branches_end(qtbot: QtBot, number: int, enabled: tuple[bool, bool]) -> None:
    """And there is none at all where there is one way only."""
    holder = QWidget()
    qtbot.addWidget(holder)
    strip = BranchStrip(holder)
    strip.show_place(replace(SECOND, number=number))
    assert (strip.previous.isEnabled(), strip.next.isEnabled()) == enabled
    strip.set_busy(True)
    assert (strip.previous.isEnabled(), strip.next.isEnabled()) == (False, False)
    strip.show_place(None)
    assert strip.isHidden()


def test_branches_are_marked_in_the_transcript(chat: ChatView) -> None:
    """Under an answer and under a question; the marks outlive new words and go when the branches go."""
    row = last_answer(chat)
    before = row.height(), question(chat).foot.strip.isVisible()
    chat.transcript.set_branches({"a1": SECOND, "u1": SECOND, "gone": SECOND})
    chat.transcript.finish(answer("Hello again", "a1"))
    assert (row.branches.isVisible(), question(chat).foot.strip.isVisible()) == (True, True)
    assert "0.35 of 1.20 credits" in row.branches.accessibleName()
    assert row.height() > before[0]
    chat.transcript.set_branches({})
    assert (row.branches.isVisible(), row.height(), question(chat).foot.strip.isVisible()) == (False, *before)


def test_an_arrow_asks_for_its_branch(qtbot: QtBot, chat: ChatView) -> None:
    """By mouse and by key, with the message it stands at."""
    chat.transcript.set_branches({"a1": SECOND, "u1": SECOND})
    heard = wishes(chat)
    last_answer(chat).branches.previous.click()
    question(chat).foot.strip.next.setFocus()
    qtbot.keyClick(question(chat).foot.strip.next, Qt.Key.Key_Space)
    assert [(one.want, one.message) for one in heard] == [(Want.PREVIOUS, "a1"), (Want.NEXT, "u1")]


def test_a_narrow_strip_keeps_its_arrows(qtbot: QtBot) -> None:
    """The costs go first; both arrows stay inside."""
    holder = QWidget()
    qtbot.addWidget(holder)
    strip = BranchStrip(holder)
    strip.show_place(SECOND)
    strip.fit(400)
    assert strip.width() == strip.natural_width()
    strip.fit(100)
    assert strip.next.geometry().right() < strip.width() <= 100
    holder.grab()


# --- the edit box ---


@pytest.fixture
def box(qtbot: QtBot) -> Iterator[EditBox]:
    holder = QWidget()
    qtbot.addWidget(holder)
    holder.resize(600, 500)
    made = EditBox(holder)
    made.restyle(Formats(theme.LIGHT))
    holder.show()
    made.edit("One line")
    made.fit(500)
    yield made
    del holder  # only now: it owns the box


def test_enter_sends_and_shift_enter_does_not(qtbot: QtBot, box: EditBox) -> None:
    """As in the composer."""
    qtbot.keyClick(box.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClicks(box.field, "two")
    with qtbot.waitSignal(box.sent) as sent:
        qtbot.keyClick(box.field, Qt.Key.Key_Return)
    assert sent.args == ["One line\ntwo"]


def test_escape_leaves_with_what_was_typed(qtbot: QtBot, box: EditBox) -> None:
    """So that it can be taken up again."""
    qtbot.keyClicks(box.field, "!")
    with qtbot.waitSignal(box.cancelled) as left:
        qtbot.keyClick(box.field, Qt.Key.Key_Escape)
    assert left.args == ["One line!"]


def test_the_box_grows_with_its_lines(qtbot: QtBot, box: EditBox) -> None:
    """It says so at once, up to a height from which it scrolls."""
    low = box.fit(500)
    with qtbot.waitSignal(box.grew):
        box.field.insertPlainText("\nmore" * 3)
    middle = box.fit(500)
    box.field.insertPlainText("\nmore" * 100)
    high = box.fit(500)
    assert low < middle < high < 450
    assert box.send.geometry().bottom() < high


def test_each_key_is_told(qtbot: QtBot, box: EditBox) -> None:
    """Nothing typed is ever only in the widget; the price comes back later."""
    heard: list[str] = []
    box.typed.connect(heard.append)
    qtbot.keyClicks(box.field, "ab")
    assert heard == ["One linea", "One lineab"]
    box.say_price("About 0.12 credits")
    assert (box.price.text(), box.send.accessibleDescription()) == ("About 0.12 credits",) * 2


def test_nothing_is_sent_empty_or_while_an_answer_arrives(qtbot: QtBot, box: EditBox) -> None:
    """The box stays open."""
    box.set_busy(True)
    with qtbot.assertNotEmitted(box.sent):
        qtbot.keyClick(box.field, Qt.Key.Key_Return)
        box.set_busy(False)
        box.field.clear()
        qtbot.keyClick(box.field, Qt.Key.Key_Return)
    assert not box.send.isEnabled()


def test_a_huge_paste_is_taken(qtbot: QtBot, box: EditBox) -> None:
    """There is no other place for it here."""
    box.field.long_text_pasted.emit("字" * 20_000)
    assert box.text() == "One line" + "字" * 20_000


def test_the_box_takes_the_place_of_the_card(qtbot: QtBot, chat: ChatView) -> None:
    """What is typed survives a transcript that is shown anew; closing it brings the card back."""
    before = question(chat).height()
    chat.transcript.set_edited("u1", "Hi there")
    assert question(chat).editor is not None
    assert (question(chat).card.isVisible(), question(chat).foot.isVisible()) == (False, False)
    assert question(chat).height() > before
    heard = wishes(chat)
    box = question(chat).editor
    assert box is not None
    box.field.insertPlainText(" 你好")
    typed = heard[-1]
    assert (typed.want, typed.message, typed.text) == (Want.TYPED, "u1", "Hi there 你好")
    chat.transcript.set_edited("u1", typed.text)
    chat.show_conversation([asked("Hi there", "u1"), answer("Hello", "a1")])
    again = question(chat).editor
    assert again is not None
    assert again.text() == "Hi there 你好"
    chat.transcript.set_edited("u1", None)
    assert (question(chat).editor, question(chat).card.isVisible()) == (None, True)
    assert question(chat).height() == before


# --- icons and menu ---


def test_icons_of_a_question(qtbot: QtBot, chat: ChatView) -> None:
    """Edit, copy, more: each with a name; editing waits while an answer arrives."""
    foot, heard = question(chat).foot, wishes(chat)
    with qtbot.waitSignal(chat.copy_requested) as copied:
        foot.copy.click()
    foot.edit.click()
    assert (copied.args, [one.want for one in heard]) == (["u1"], [Want.EDIT])
    assert all(icon.accessibleName() and icon.toolTip() for icon in (foot.edit, foot.copy, foot.more))
    question(chat).set_busy(True)
    assert (foot.edit.isEnabled(), foot.copy.isEnabled()) == (False, True)


def test_looking_at_regenerate_asks_for_its_price(qtbot: QtBot, chat: ChatView) -> None:
    """And what comes back is in the tooltip and in what a screen reader says."""
    heard, receipt = wishes(chat), last_answer(chat).receipt
    receipt.retry.setFocus()
    (wish,) = heard
    assert (wish.want, wish.message) == (Want.PRICE, "a1")
    assert wish.say is not None
    wish.say("Regenerate, about 0.12 credits")
    assert receipt.retry.accessibleDescription().startswith("Regenerate, about 0.12 credits. The first try")
    assert "about 0.12 credits" in receipt.retry.toolTip()


def test_a_price_that_comes_late_is_not_shown_under_another_message(chat: ChatView) -> None:
    """A row may show something else by then."""
    heard, row = wishes(chat), last_answer(chat)
    row.receipt.price_wanted.emit()
    row.show_entry(replace(chat.transcript.entry(1), message=answer("Other", "a2")))
    (wish,) = heard
    assert wish.say is not None
    wish.say("Regenerate, about 9.99 credits")
    assert "9.99" not in row.receipt.retry.toolTip()


def names(row: UserRow | AnswerRow) -> dict[str, bool]:
    return {one.text(): one.isEnabled() for one in row.menu().actions() if one.text()}


def test_menu_of_a_question_and_of_an_answer(chat: ChatView) -> None:
    """An answer cannot be edited; while one arrives only quoting and copying go on."""
    changes = {"Regenerate", "Regenerate with another model…", "Delete with what follows"}
    assert {name for name, on in names(question(chat)).items() if on} >= {
        *changes, "Edit and send again", "Quote message",
    }  # fmt: skip
    assert {name for name, on in names(last_answer(chat)).items() if on} >= changes
    assert "Edit and send again" not in names(last_answer(chat))
    for row in (question(chat), last_answer(chat)):
        row.set_busy(True)
        still = {name for name, on in names(row).items() if on}
        assert not still & {*changes, "Edit and send again"}
        assert still >= {"Quote message", "Copy message"}


def test_menu_says_what_regenerating_costs(chat: ChatView) -> None:
    """In its very words, before it is pressed."""
    heard = wishes(chat)
    menu = last_answer(chat).menu()
    (price,) = (one for one in heard if one.want is Want.PRICE)
    assert price.say is not None
    assert price.asker is menu
    price.say("Regenerate, about 0.12 credits")
    action = next(one for one in menu.actions() if one.text().startswith("Regenerate, about"))
    action.trigger()
    assert (heard[-1].want, heard[-1].message) == (Want.REGENERATE, "a1")


def test_notes_and_summaries_have_no_branches(chat: ChatView) -> None:
    """They can be copied and left out, nothing else."""
    rows = [
        Message("n", "c", Role.NOTE, "From here with glm-5.", 0),
        Message("s", "c", Role.SYSTEM, "Summary.\n\nAll.", 0),
    ]
    chat.show_conversation(rows)
    for row in chat._rows.rows:
        assert not {name for name in names(row) if name.startswith(("Regenerate", "Delete", "Quote", "Edit"))}


def test_the_retry_of_a_failed_answer_says_its_price_too(chat: ChatView) -> None:
    """Where the answer would be stands the only button that asks again."""
    failed = replace(RECEIPT, outcome=Outcome.FAILED, error="The line broke. Try again.")
    chat.show_conversation([asked("Hi", "u1"), answer("", "a1", failed)])
    heard, trouble = wishes(chat), last_answer(chat).trouble
    trouble.retry.setFocus()
    assert [(one.want, one.message) for one in heard] == [(Want.PRICE, "a1")]
    assert heard[0].say is not None
    heard[0].say("Regenerate, about 0.12 credits")
    assert trouble.retry.accessibleDescription().startswith("Regenerate, about 0.12 credits. The first try")
