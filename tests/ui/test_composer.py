"""Writing and sending with the keyboard alone, and what the card says while it cannot send."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QPlainTextEdit
from pytestqt.qtbot import QtBot

from nexu_desktop.domain.chat import Lane
from nexu_desktop.domain.estimate import Estimate
from nexu_desktop.ui import theme
from nexu_desktop.ui.composer.composer import Composer
from nexu_desktop.ui.lane_chip import LaneChip
from tests.ui.offers import estimate, offer

Key, Shift, Ctrl = Qt.Key, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
OFFER = offer()


def sent(composer: Composer) -> list[str]:
    drafts: list[str] = []
    composer.send_requested.connect(drafts.append)
    return drafts


def paste(composer: Composer, text: str) -> None:
    data = QMimeData()
    data.setText(text)
    composer.field.insertFromMimeData(data)


def compose(composer: Composer, preedit: str, commit: str = "") -> None:
    event = QInputMethodEvent(preedit, [])
    event.setCommitString(commit)
    QApplication.sendEvent(composer.field, event)


def test_enter_sends_and_empties_the_field(composer: Composer, qtbot: QtBot) -> None:
    """The draft goes out as it was written."""
    drafts = sent(composer)
    qtbot.keyClicks(composer.field, "Hello")
    qtbot.keyClick(composer.field, Key.Key_Return)
    assert (drafts, composer.draft()) == (["Hello"], "")


@pytest.mark.parametrize(
    ("key", "held"), [(Key.Key_Return, Ctrl), (Key.Key_Enter, Ctrl), (Key.Key_Enter, None)]
)
def test_other_ways_to_press_enter(
    composer: Composer, qtbot: QtBot, key: Qt.Key, held: Qt.KeyboardModifier | None
) -> None:
    """Ctrl+Enter and the keypad send too."""
    drafts = sent(composer)
    qtbot.keyClicks(composer.field, "Hi")
    qtbot.keyClick(composer.field, key, held or Qt.KeyboardModifier.KeypadModifier)
    assert drafts == ["Hi"]


def test_shift_enter_makes_a_line(composer: Composer, qtbot: QtBot) -> None:
    """And sends nothing."""
    drafts = sent(composer)
    qtbot.keyClicks(composer.field, "a")
    qtbot.keyClick(composer.field, Key.Key_Return, Shift)
    qtbot.keyClicks(composer.field, "b")
    assert (composer.draft(), drafts) == ("a\nb", [])


def test_enter_that_chooses_a_word_does_not_send(composer: Composer, qtbot: QtBot) -> None:
    """While an input method composes, Enter is its own; after the commit it sends."""
    drafts = sent(composer)
    compose(composer, "", "请说")
    compose(composer, "ni hao")
    qtbot.keyClick(composer.field, Key.Key_Return)
    before = list(drafts)
    compose(composer, "", "你好")
    qtbot.keyClick(composer.field, Key.Key_Return)
    assert (before, drafts) == ([], ["请说你好"])


def test_undo_brings_a_sent_draft_back(composer: Composer, qtbot: QtBot) -> None:
    """Sending is one step of the field's history."""
    qtbot.keyClicks(composer.field, "Hello")
    qtbot.keyClick(composer.field, Key.Key_Return)
    composer.field.undo()
    assert composer.draft() == "Hello"


def test_a_draft_set_from_outside_cannot_be_undone_into_another(composer: Composer, qtbot: QtBot) -> None:
    """The history belongs to one conversation, and setting is not an edit."""
    changes: list[str] = []
    qtbot.keyClicks(composer.field, "secret of conversation one")
    composer.draft_changed.connect(changes.append)
    composer.set_draft("two")
    composer.field.undo()
    assert (composer.draft(), changes) == ("two", [])


def test_every_edit_is_announced_once(composer: Composer, qtbot: QtBot) -> None:
    """The whole draft each time, and an empty one after sending."""
    changes: list[str] = []
    composer.draft_changed.connect(changes.append)
    qtbot.keyClicks(composer.field, "ab")
    qtbot.keyClick(composer.field, Key.Key_Return)
    assert changes == ["a", "ab", ""]


def test_a_refused_draft_keeps_what_was_typed_since(composer: Composer, qtbot: QtBot) -> None:
    """The old text comes first."""
    qtbot.keyClicks(composer.field, "new")
    composer.restore("refused")
    assert composer.draft() == "refused\n\nnew"


@pytest.mark.parametrize(
    ("draft", "known", "reason"),
    [
        ("", estimate(OFFER), "Write a message first."),
        (" \n", estimate(OFFER), "Write a message first."),
        (
            "x",
            estimate(OFFER, shortfall="0.35"),
            "0.35 credits short for the shortest answer. A cheaper model, or a shorter message, would do.",
        ),
        (
            "x",
            estimate(OFFER, over_context=3_200),
            "3,200 tokens too long for this model. A model with more room, or a shorter message, would do.",
        ),
    ],
)
def test_send_says_why_it_cannot(
    composer: Composer, qtbot: QtBot, draft: str, known: Estimate, reason: str
) -> None:
    """In the tooltip and for ears; Enter sends nothing and keeps the draft."""
    drafts = sent(composer)
    composer.set_draft(draft)
    composer.set_estimate(known)
    qtbot.keyClick(composer.field, Key.Key_Return)
    button = composer.send_button
    state = (button.isEnabled(), button.accessibleDescription(), reason in button.toolTip())
    assert (state, drafts, composer.draft()) == ((False, reason, True), [], draft)


def test_an_unknown_rate_cannot_be_sent(composer: Composer) -> None:
    """Credits need a rate."""
    composer.set_offer(offer("mystery", rate=None))
    composer.set_draft("x")
    assert composer.send_button.isEnabled() is False


def test_a_pending_count_does_not_hold_up_sending(composer: Composer, qtbot: QtBot) -> None:
    """The hold is computed when it is sent."""
    drafts = sent(composer)
    composer.set_estimate(None)
    qtbot.keyClicks(composer.field, "now")
    qtbot.keyClick(composer.field, Key.Key_Return)
    assert drafts == ["now"]


def test_escape_stops_only_while_an_answer_streams(composer: Composer, qtbot: QtBot) -> None:
    """Before and after, Escape is nothing; Enter sends nothing meanwhile."""
    stops: list[bool] = []
    drafts = sent(composer)
    composer.stop_requested.connect(lambda: stops.append(True))
    composer.set_draft("next")
    qtbot.keyClick(composer.field, Key.Key_Escape)
    composer.set_streaming(True)
    qtbot.keyClick(composer.field, Key.Key_Return)
    qtbot.keyClick(composer.field, Key.Key_Escape)
    composer.set_streaming(False)
    qtbot.keyClick(composer.field, Key.Key_Escape)
    assert (stops, drafts, composer.draft()) == ([True], [], "next")


def test_send_turns_into_stop_at_the_same_size(composer: Composer, qtbot: QtBot) -> None:
    """One button, one place."""
    composer.set_draft("x")
    button = composer.send_button
    before = (button.word.text(), button.size())
    composer.set_streaming(True)
    with qtbot.waitSignal(composer.stop_requested):
        button.click()
    assert (before, (button.word.text(), button.size())) == (("Send", button.size()), ("Stop", before[1]))


def test_tab_reaches_every_control(composer: Composer, qtbot: QtBot) -> None:
    """Field, paperclip, assistant, model, Send; Space on the model opens the picker."""
    composer.set_draft("x")
    stops = []
    for _ in range(5):
        stops.append(QApplication.focusWidget())
        qtbot.keyClick(QApplication.focusWidget(), Key.Key_Tab)
    assert stops == [
        composer.field,
        composer.attach_button,
        composer.assistant_button,
        composer.model_button,
        composer.send_button,
    ]
    with qtbot.waitSignal(composer.pick_model_requested):
        qtbot.keyClick(composer.model_button, Key.Key_Space)


def test_every_control_has_a_name(composer: Composer) -> None:
    """For ears; the model button says model, rate and lane."""
    controls = [*composer.findChildren(QAbstractButton), *composer.findChildren(QPlainTextEdit)]
    nameless = [control for control in controls if not control.accessibleName() and control.isVisible()]
    assert (nameless, composer.model_button.accessibleName(), composer.send_button.accessibleName()) == (
        [],
        "Model: gemini-3-flash-preview, 1.00x, Credits. Pick another model",
        "Send, paid with credits",
    )


def test_every_label_shows_plain_text(composer: Composer) -> None:
    """Names of models come from outside."""
    composer.set_offer(offer("<img src=x><b>bold</b>", Lane.BYOK))
    formats = {label.textFormat() for label in composer.findChildren(QLabel)}
    assert (formats, "<img" in composer.model_button.toolTip()) == ({Qt.TextFormat.PlainText}, False)


@pytest.mark.parametrize(
    ("lane", "payer"),
    [
        (Lane.CREDITS, "Paid with credits"),
        (Lane.BYOK, "Paid with your OpenAI key"),
        (Lane.SANDBOX, "Play credits"),
    ],
)
def test_who_pays_stands_beside_send(composer: Composer, lane: Lane, payer: str) -> None:
    """And on the button's chip."""
    composer.set_offer(offer(lane=lane))
    assert (composer.payer.text(), composer.model_button.chip.lane()) == (payer, lane)


def test_the_field_grows_to_a_third_of_the_window(composer: Composer) -> None:
    """Then it scrolls; an empty one is one line high."""
    empty = composer.field.height()
    composer.set_draft("line\n" * 3)
    grown = composer.field.height()
    composer.set_draft("line\n" * 300)
    full = composer.field.height()
    composer.set_draft("")
    assert (empty < grown < full, full, composer.field.height()) == (True, 200, empty)


def test_pasting_brings_plain_text_only(composer: Composer) -> None:
    """HTML on the clipboard is left there, and NUL is dropped."""
    data = QMimeData()
    data.setHtml("<b>bold</b>")
    data.setText("a\r\nb\0")
    composer.field.insertFromMimeData(data)
    assert composer.draft() == "a\nb"


@pytest.mark.parametrize("text", ["word " * 1_000_000, "a short line\n" * 384_616], ids=["one line", "lines"])
def test_a_paste_of_five_megabytes_stays_out_of_the_field(
    composer: Composer, qtbot: QtBot, text: str
) -> None:
    """It is kept whole beside it, sent before what is typed, and the field stays small."""
    drafts = sent(composer)
    paste(composer, text)
    qtbot.keyClicks(composer.field, "Sum it up")
    blocks = composer.field.document().characterCount()
    visible = composer.long_text.isVisible()
    qtbot.keyClick(composer.field, Key.Key_Return)
    expected = (True, 10, [f"{text}\n\nSum it up"], "")
    assert (visible, blocks, drafts, composer.draft()) == expected


def test_a_long_draft_comes_back_unchanged(composer: Composer) -> None:
    """Setting what draft() gave changes no character; removing it empties the draft."""
    long = "x" * 20_000 + "\nend"
    composer.set_draft(long)
    kept = composer.draft()
    composer.long_text.remove.click()
    assert (kept == long, composer.draft(), composer.long_text.isVisible()) == (True, "", False)


def test_the_estimate_of_another_model_is_not_shown(composer: Composer) -> None:
    """After picking, the cost is pending until it is counted."""
    composer.set_draft("x")
    composer.set_offer(offer("glm-5"))
    assert composer.strip.figure.text() == "~"


def test_the_chips_are_equally_wide(qtbot: QtBot) -> None:
    """Changing the lane moves nothing."""
    chips = [LaneChip(lane) for lane in Lane]
    for chip in chips:
        qtbot.addWidget(chip)
    assert len({chip.width() for chip in chips}) == 1


def test_the_ground_follows_the_theme(composer: Composer) -> None:
    """The field too, after a style sheet above it was set anew, and with each conversation's own document."""
    composer.window().setStyleSheet("QWidget#none { color: red; }")
    composer.apply_theme(theme.DARK)
    grounds = []
    for cid in ("one", "two"):
        composer.show_draft(cid, "hello")
        grounds.append(composer.field.viewport().grab().toImage().pixelColor(300, 3).name())
    assert grounds == [theme.DARK.card] * 2
