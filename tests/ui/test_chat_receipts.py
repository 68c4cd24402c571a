"""What is said under an answer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from nexu_desktop.domain.chat import Basis, Expected, Lane, ModelRef, Outcome, Receipt
from nexu_desktop.domain.credits import Nanocredits, Nanodollars, Usage
from nexu_desktop.ui import theme
from nexu_desktop.ui.chat_view.arithmetic_sheet import ArithmeticSheet
from nexu_desktop.ui.chat_view.receipt_words import (
    Tone,
    duration,
    pieces,
    retry_is_uncertain,
    retry_line,
    sentence,
)
from nexu_desktop.ui.chat_view.view import ChatView
from tests.ui.chat_values import OWN, RECEIPT, answer, last_answer

EXPECTED = Expected(
    counted=1_200,
    input=1_212,
    low=200,
    likely=700,
    high=1_600,
    reasoning=100,
    cost_low=110_000_000,
    cost_high=610_000_000,
)


def words(receipt: Receipt) -> list[str]:
    return [piece.words for piece in pieces(receipt, "14:02")]


def test_receipt_of_a_complete_answer() -> None:
    """Charged first, then estimate, tokens, model, basis, time."""
    expected = (
        "0.32 charged, 0.28 estimated, 1,212 in (200 cached), 840 out (140 reasoning), "
        "glm-5, provider’s count, 1.0 s, 14:02"
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


def test_the_estimate_stands_beside_the_charge_with_its_band() -> None:
    """Nothing more is said of an answer inside the band."""
    whole = pieces(replace(RECEIPT, expected=EXPECTED), "14:02")
    assert [piece.words for piece in whole[:2]] == ["0.32 charged", "0.28 estimated (0.11 to 0.61)"]
    assert (whole[1].short, whole[2].words) == ("0.28 estimated", "1,212 in (200 cached)")


@pytest.mark.parametrize(
    ("charged", "said", "tone"),
    [(610_000_001, "above the band", Tone.WARNING), (109_999_999, "below the band", Tone.QUIET)],
)
def test_an_answer_out_of_its_band_is_flagged(charged: int, said: str, tone: Tone) -> None:
    """Dearer in the colour of a warning, cheaper quietly; a stopped answer is not judged."""
    out = replace(RECEIPT, expected=EXPECTED, charged=Nanocredits(charged))
    flag = pieces(out, "14:02")[2]
    assert (flag.text, flag.tone) == (said, tone)
    assert said not in words(replace(out, outcome=Outcome.STOPPED))


def test_the_band_of_an_own_key_is_in_dollars() -> None:
    """In the unit of the bill."""
    own = replace(
        RECEIPT,
        ref=OWN,
        charged=None,
        estimated=None,
        dollars=Nanodollars(4_000_000),
        dollars_estimated=Nanodollars(3_000_000),
        expected=replace(EXPECTED, cost_low=1_000_000, cost_high=6_000_000),
    )
    assert words(own)[1] == "$0.0030 estimated ($0.0010 to $0.0060)"


def test_a_server_of_ones_own_is_free() -> None:
    """No price, no estimate, nothing lost by a retry."""
    local = replace(RECEIPT, ref=ModelRef(Lane.LOCAL, "local", "llama"), charged=None, estimated=None)
    assert words(local)[:2] == ["free, 0 credits", "1,212 in (200 cached)"]
    assert retry_line(local) == "The first try cost nothing."


@pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)
def test_the_reasons_stand_above_the_sum(view: ChatView, qtbot: QtBot) -> None:
    """Plain text that can be copied with the sum; a press opens the page on the estimates."""
    view.show_conversation([answer("x")])
    view.show_arithmetic("a", ("1 x 2 = 2",), ("<b>0.32</b> charged", "The answer was longer."))
    (sheet,) = view.findChildren(ArithmeticSheet)
    said = [label.text() for label in sheet.findChildren(QLabel)]
    assert said == ["<b>0.32</b> charged", "The answer was longer."]
    assert sheet.text == "<b>0.32</b> charged\nThe answer was longer.\n\n1 x 2 = 2"
    (link,) = [each for each in sheet.findChildren(QPushButton) if each.text().startswith("How good")]
    with qtbot.waitSignal(view.accuracy_wanted):
        link.click()


def test_long_reasons_are_wrapped_not_cut(qtbot: QtBot) -> None:
    """Each sentence has the height of its lines."""
    sheet = ArithmeticSheet(parent := QWidget(), ("1",), theme.LIGHT, ("word " * 60,))
    qtbot.addWidget(parent)
    (label,) = sheet.findChildren(QLabel)
    assert label.height() >= 3 * label.fontMetrics().height()


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


def test_what_a_receipt_must_tell_is_shortened_before_it_goes(view: ChatView) -> None:
    """The range, and that it was cheaper, go first; then cached and reasoning, the clock; then time and model."""
    out = replace(RECEIPT, expected=EXPECTED, charged=Nanocredits(90_000_000), elapsed_ms=3_240)
    view.show_conversation([answer("x", receipt=out)])
    line = last_answer(view).receipt.line
    said: list[list[str]] = []
    for width in range(line.sizeHint().width(), 0, -1):
        words = [piece.words for piece in line.shown(width)]
        said += [words] if words not in said else []
    assert said[0][1:3] == ["0.28 estimated (0.11 to 0.61)", "below the band"]
    told = ["0.09 charged", "0.28 estimated", "1,212 in", "840 out", "glm-5", "provider", "3.2 s"]
    assert told in said
    assert said[said.index(told) + 1 :] == [
        told[:6], [*told[:4], "provider"], told[:4], told[:2], told[:1],
    ]  # fmt: skip


def test_dearer_than_the_band_outlasts_the_range(view: ChatView) -> None:
    """A warning goes with the estimate, not before it."""
    out = replace(RECEIPT, expected=EXPECTED, charged=Nanocredits(700_000_000))
    view.show_conversation([answer("x", receipt=out)])
    line = last_answer(view).receipt.line
    lines = [[piece.text for piece in line.shown(width)] for width in range(2_000, 0, -5)]
    assert all(("above" in said or "above the band" in said) == (len(said) > 1) for said in lines)


@pytest.mark.parametrize(
    ("elapsed_ms", "said"),
    [(0, ""), (40, "0.0 s"), (3_240, "3.2 s"), (9_999, "9.9 s"), (32_900, "32 s"), (125_000, "2 min 5 s")],
)
def test_how_long_an_answer_took(elapsed_ms: int, said: str) -> None:
    """Before the time of day; a recovered answer does not know it."""
    assert duration(elapsed_ms) == said
    clock = words(replace(RECEIPT, elapsed_ms=elapsed_ms))[-1]
    assert clock == (f"{said}, 14:02" if said else "14:02")


def test_the_focus_is_seen_and_crosses_no_figure(view: ChatView) -> None:
    """An accent line below the words, as wide as they are."""
    view.show_conversation([answer("x")])
    line = last_answer(view).receipt.line
    plain = line.grab().toImage()
    line.setFocus()
    view.activateWindow()
    line.hasFocus = lambda: True  # offscreen windows are not always active
    focused = line.grab().toImage()
    changed = [y for y in range(plain.height()) if any(
        plain.pixel(x, y) != focused.pixel(x, y) for x in range(0, plain.width(), 3)
    )]  # fmt: skip
    assert changed == [plain.height() - 2, plain.height() - 1]
