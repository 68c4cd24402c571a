"""What is said under an answer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from nexu_desktop.domain.chat import Basis, Outcome, Receipt
from nexu_desktop.domain.credits import Nanocredits, Nanodollars, Usage
from nexu_desktop.ui.chat_view.receipt_words import pieces, retry_is_uncertain, retry_line, sentence
from nexu_desktop.ui.chat_view.view import ChatView
from tests.ui.chat_values import OWN, RECEIPT, answer, last_answer


@pytest.fixture
def view(qtbot: QtBot) -> ChatView:
    widget = ChatView()
    qtbot.addWidget(widget)
    widget.resize(900, 600)
    widget.show()
    return widget


def words(receipt: Receipt) -> list[str]:
    return [piece.words for piece in pieces(receipt, "14:02")]


def test_receipt_of_a_complete_answer() -> None:
    """Charged first, then estimate, tokens, model, basis, time."""
    expected = (
        "0.32 charged, 0.28 estimated, 1,212 in (200 cached), 840 out (140 reasoning), "
        "glm-5, provider’s count, 14:02"
    )
    assert expected == sentence(RECEIPT, "14:02")


def test_receipt_of_an_own_key() -> None:
    """Dollars on the person's bill, and no credit."""
    own = replace(
        RECEIPT, ref=OWN, charged=None, estimated=None, dollars=Nanodollars(4_000_000), basis=Basis.COUNTED
    )
    assert words(own)[:2] == ["$0.0040 on your bill, 0 credits", "1,212 in (200 cached)"]
    assert "counted here" in words(own)
    assert words(replace(own, dollars=None))[0] == "price unknown, 0 credits"


def test_receipts_of_broken_answers_say_so_first() -> None:
    """How it ended, then what it cost."""
    cut = replace(
        RECEIPT,
        outcome=Outcome.CUT,
        basis=Basis.NONE,
        usage=Usage(),
        charged=Nanocredits(0),
        unconfirmed=True,
    )
    assert words(cut)[:2] == ["Broke off", "0 charged (unconfirmed)"]
    assert words(replace(RECEIPT, outcome=Outcome.STOPPED))[:2] == ["Stopped", "0.32 charged"]
    assert words(replace(RECEIPT, outcome=Outcome.FAILED))[0] == "Failed"


def test_retry_says_what_the_first_try_cost() -> None:
    """With the amount where it is known, with the doubt where it is not."""
    counted = replace(RECEIPT, outcome=Outcome.STOPPED, basis=Basis.COUNTED)
    assert retry_line(counted) == "The first try may have been billed: 0.32 credits, counted here."
    unconfirmed = replace(counted, basis=Basis.NONE, unconfirmed=True)
    assert retry_line(unconfirmed) == "The first try may have been billed."
    unsent = replace(unconfirmed, unconfirmed=False)
    assert retry_line(unsent) == "The first try cost nothing."
    assert [retry_is_uncertain(r) for r in (counted, unconfirmed, unsent)] == [True, True, False]


def test_narrow_line_folds_the_least_important(view: ChatView) -> None:
    """What was charged stays whatever the width."""
    view.show_conversation([answer("x")])
    line = last_answer(view).receipt.line
    assert line.shown(10)[0].strong == "0.32"
    assert len(line.shown(10)) < len(line.shown(2_000)) == 7
