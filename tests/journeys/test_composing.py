"""Writing with everything behind it: undo, recall, long pastes, saved prompts and assistants up to the wire."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QInputMethodEvent
from PySide6.QtWidgets import QApplication, QWidget

from nexu_desktop.adapters.openai_chat import OpenAIChat
from nexu_desktop.domain.chat import AttachmentKind
from nexu_desktop.domain.presets import Manner, Preset
from nexu_desktop.domain.prompts import Prompt
from nexu_desktop.sandbox.faults import Faults
from nexu_desktop.services.ports import ChatRequest
from tests.adapters.pdf_bytes import pdf
from tests.journeys.house import House

Key, Ctrl = Qt.Key, Qt.KeyboardModifier.ControlModifier
Opener = Callable[[], House]
LONG = "The river carries sand to the sea.\n" * 400


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> list[ChatRequest]:
    """What is asked over HTTP, as the adapter is given it."""
    asked: list[ChatRequest] = []
    post = OpenAIChat._post

    def noting(self: OpenAIChat, request: ChatRequest) -> Any:
        asked.append(request)
        return post(self, request)

    monkeypatch.setattr(OpenAIChat, "_post", noting)
    return asked


def press(house: House, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> str:
    """In the composer; returns what stands in it then."""
    house.qtbot.keyClick(house.window.composer.field, key, held)
    return house.draft


def compose(target: QWidget, preedit: str, commit: str = "") -> None:
    event = QInputMethodEvent(preedit, [])
    event.setCommitString(commit)
    QApplication.sendEvent(target, event)


def test_a_sent_message_comes_back_with_undo(house: House) -> None:
    """Into the empty composer, also after another conversation was open; each has its own history."""
    house.ask("First question")
    house.answered()
    first = house.presenter.cid
    house.presenter.new()
    second = house.presenter.cid
    house.type("something else")
    house.presenter.open(first)
    assert house.draft == ""
    assert press(house, Key.Key_Z, Ctrl) == "First question"
    house.presenter.open(second)
    assert house.draft == "something else"
    press(house, Key.Key_Z, Ctrl)
    assert "First" not in house.draft
    house.presenter.open(first)
    assert house.draft == "First question"
    house.sound()


def test_the_arrow_up_walks_through_what_was_sent(house: House) -> None:
    """Here first, then elsewhere; down again, and the draft that stood there is back."""
    house.ask("In another conversation")
    house.answered()
    house.presenter.new()
    for number, text in enumerate(("one", "two"), 1):
        house.ask(text)
        house.answered(number)
    assert [press(house, Key.Key_Up) for _ in range(4)] == ["two", "one"] + ["In another conversation"] * 2
    assert [press(house, Key.Key_Down) for _ in range(4)] == ["one", "two", "", ""]
    house.type("half a thought")
    press(house, Key.Key_Home)
    assert press(house, Key.Key_Up) == "two"
    assert press(house, Key.Key_Down) == "half a thought"
    press(house, Key.Key_Up)
    assert house.draft == "half a thought"  # from its end the arrow moves the cursor


def test_a_recalled_message_that_was_changed_is_a_draft(house: House) -> None:
    """The arrows leave it alone, and Undo goes back step by step."""
    house.ask("one")
    house.answered()
    press(house, Key.Key_Up)
    house.type(" more")
    assert press(house, Key.Key_Up) == press(house, Key.Key_Down) == "one more"
    house.ask("")
    house.answered(2)
    assert [row.text for row in house.messages if row.role.value == "user"] == ["one", "one more"]


def test_a_long_paste_is_a_file_and_back(house: House, wire: list[ChatRequest]) -> None:
    """Its tokens are in the price before it is sent; as text it is a draft; as a file it goes before the words."""
    house.type("Sum up")
    house.wait(lambda: house.window.composer._estimate is not None)
    bare = house.window.composer._estimate
    house.paste(LONG)
    composer = house.window.composer
    assert (house.draft, [chip.attachment.name for chip in composer.attachments.chips]) == (
        "Sum up",
        ["Pasted text.txt"],
    )
    house.wait(
        lambda: composer._estimate is not None and composer._estimate.input.tokens > bare.input.tokens + 1_000
    )
    composer.offer_line.button.click()
    assert (house.draft, composer.attachments.chips) == (f"Sum up{LONG}", [])
    assert press(house, Key.Key_Z, Ctrl) == "Sum up"
    house.paste(LONG)
    house.wait(lambda: composer._estimate is not None)
    house.press_enter()
    house.answered()
    house.wait(lambda: composer.attachments.isHidden())
    [request] = wire
    assert LONG.strip() in request.messages[-1].text
    assert request.messages[-1].text.endswith("Sum up")
    assert house.messages[0].attachments[0].name == "Pasted text.txt"
    house.sound()


def test_files_dropped_on_the_chat_are_sent(house: House, wire: list[ChatRequest], tmp_path: Path) -> None:
    """A PDF as its text and code as it is; while they hover the whole column says so."""
    (tmp_path / "report.pdf").write_bytes(pdf("Quarterly figures"))
    (tmp_path / "main.py").write_text("print('hi')\n")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / name)) for name in ("report.pdf", "main.py")])
    column, area = house.window.column, house.presenter.composing.drop_area
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, data, buttons, keys)
    QApplication.sendEvent(column, enter)
    assert (enter.isAccepted(), area.isVisible(), area.size()) == (True, True, column.size())
    QApplication.sendEvent(area, QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, buttons, keys))
    assert not area.isVisible()
    house.wait(lambda: len(house.window.composer.attachments.chips) == 2)
    house.ask("Compare")
    house.answered()
    assert "Quarterly figures" in wire[0].messages[-1].text
    assert "print('hi')" in wire[0].messages[-1].text
    assert {one.kind for one in house.messages[0].attachments} == {AttachmentKind.TEXT}
    house.sound()


def test_a_slash_opens_the_prompts(house: House) -> None:
    """Typing filters, Enter picks, Tab walks through the blanks, the filled text is the draft; Undo takes it out."""
    prompting = house.presenter.composing.prompting
    house.core.desk.prompts.save(
        Prompt("", "Translate wisely", "To {{language=English}}:\n{{text}} ({{date}})")
    )
    QApplication.clipboard().setText("unused")
    house.type("/")
    menu = prompting.menu
    assert menu.isVisible()
    house.qtbot.keyClicks(menu.filter, "translate wisely")
    assert [row.prompt.name for row in menu.model.rows] == ["Translate wisely"]
    house.qtbot.keyClick(menu.filter, Key.Key_Return)
    form = prompting.form
    assert [field.accessibleName() for field in form.fields] == ["language", "text"]
    assert QApplication.focusWidget() is form.fields[0]
    house.qtbot.keyClicks(form.fields[0], "French")
    house.qtbot.keyClick(form.fields[0], Key.Key_Tab)
    assert QApplication.focusWidget() is form.fields[1]
    house.qtbot.keyClicks(form.fields[1], "{{language}}")
    house.qtbot.keyClick(form.fields[1], Key.Key_Return)
    assert house.draft.startswith("To French:\n{{language}} (20")
    assert house.window.composer.field.hasFocus()
    assert press(house, Key.Key_Z, Ctrl) == ""


def test_a_path_is_no_prompt(house: House) -> None:
    """What finds nothing goes on as text, without a key lost; Escape gives it back too, Backspace takes it away."""
    menu = house.presenter.composing.prompting.menu
    house.type("/")
    for letter in "usr/bin":
        house.qtbot.keyClicks(QApplication.focusWidget(), letter)
    assert (menu.isHidden(), house.draft) == (True, "/usr/bin")
    house.window.composer.set_draft("")
    house.type("/")
    house.qtbot.keyClick(menu.filter, Key.Key_Backspace)
    assert (menu.isHidden(), house.draft) == (True, "")
    house.type("/")
    house.qtbot.keyClicks(menu.filter, "sum")
    house.qtbot.keyClick(menu.filter, Key.Key_Escape)
    assert (menu.isHidden(), house.draft) == (True, "/sum")


def test_an_input_method_is_left_alone(house: House) -> None:
    """Words being composed open no menu, recall nothing, pick nothing and insert nothing; a committed slash opens."""
    prompting, field = house.presenter.composing.prompting, house.window.composer.field
    house.ask("sent")
    house.answered()
    compose(field, "/")
    assert prompting._menu is None
    assert press(house, Key.Key_Up) == ""
    compose(field, "", "/")
    menu = prompting.menu
    assert menu.isVisible()
    compose(menu.filter, "fan")
    house.qtbot.keyClick(menu.filter, Key.Key_Return)
    assert menu.isVisible()
    compose(menu.filter, "", "")
    house.qtbot.keyClicks(menu.filter, "translate")
    house.qtbot.keyClick(menu.filter, Key.Key_Return)
    first, *_, last = prompting.form.fields
    compose(last, "ni hao")
    house.qtbot.keyClick(last, Key.Key_Return)
    assert prompting.form.isVisible()
    compose(last, "", "你好")
    house.qtbot.keyClick(first, Key.Key_Return)
    house.qtbot.keyClick(last, Key.Key_Return)
    assert "你好" in house.draft


def test_an_assistant_reaches_the_wire(house: House, wire: list[ChatRequest]) -> None:
    """Set for this conversation, kept under a name, put on a new one: system prompt, temperature, limit, effort."""
    composing, button = house.presenter.composing, house.window.composer.assistant_button
    house.type("Hi")
    house.wait(lambda: house.window.composer._estimate is not None)
    before = house.window.composer._estimate
    button.click()
    panel = composing.assisting.panel
    panel.form.system.setPlainText("Answer in one word, and no more than that.")
    panel.form.temperature.setValue(30)
    panel.form.limit.setValue(300)
    panel.form.effort.setCurrentIndex(panel.form.effort.findData("low"))
    panel.form.flush()
    after = house.window.composer._estimate
    assert (after.output_limit, after.input.tokens > before.input.tokens) == (300, True)
    assert "tokens" in panel.form.cost.text()
    house.qtbot.keyClicks(panel.name, "Terse")
    house.qtbot.keyClick(panel.name, Key.Key_Return)
    assert panel.names.currentText() == "Terse"
    panel.close_layer()
    assert button.text() == "Terse"
    house.presenter.new()
    assert button.text() == "Assistant"
    button.click()
    panel.names.setCurrentIndex(panel.names.findText("Terse"))
    panel.names.activated.emit(panel.names.currentIndex())
    panel.close_layer()
    house.ask("Is it warm?")
    house.answered()
    [request] = wire
    assert (request.temperature, request.max_output_tokens, request.effort) == (30, 300, "low")
    assert request.messages[0].text == "Answer in one word, and no more than that."
    house.sound()


def test_settings_made_by_hand_are_offered_back(house: House) -> None:
    """Choosing an assistant replaces them; one button undoes that."""
    presets, cid = house.core.desk.presets, house.presenter.cid
    presets.save(Preset("", "Terse", Manner("Be terse.")))
    presets.put_on(cid, Manner("My own words."))
    house.window.composer.assistant_button.click()
    panel = house.presenter.composing.assisting.panel
    assert panel.names.currentText() == "Own settings"
    panel.names.activated.emit(panel.names.findText("Terse"))
    panel.close_layer()
    assert presets.manner(cid) == Manner("Be terse.")
    house.window.composer.offer_line.button.click()
    assert (presets.manner(cid), house.window.composer.assistant_button.text()) == (
        Manner("My own words."),
        "Own settings",
    )


def test_drafts_files_and_assistants_outlive_the_program(open_window: Opener) -> None:
    """Closed in the middle of writing, opened again."""
    house = open_window()
    house.core.desk.presets.save(Preset("", "Terse", Manner("Be terse."), default=True))
    house.presenter.new()
    house.type("half a thought")
    house.paste(LONG)
    house.close()
    again = open_window()
    assert again.draft == "half a thought"
    assert [chip.attachment.name for chip in again.window.composer.attachments.chips] == ["Pasted text.txt"]
    assert again.window.composer.assistant_button.text() == "Terse"


def test_escape_in_the_blanks_stops_no_answer(house: House) -> None:
    """It leaves the form; the next one stops the answer."""
    house.server.faults.set(Faults(delay_chunk_ms=10))
    house.ask("Tell me a long story")
    house.streams()
    house.presenter.composing.prompting.open()
    menu = house.presenter.composing.prompting.menu
    house.qtbot.keyClicks(menu.filter, "translate")
    house.qtbot.keyClick(menu.filter, Key.Key_Return)
    form = house.presenter.composing.prompting.form
    house.qtbot.keyClick(form.fields[0], Key.Key_Escape)
    assert (form.isHidden(), house.presenter.turns.runs(house.presenter.cid)) == (True, True)
    house.presenter.stop()
    house.rest()
