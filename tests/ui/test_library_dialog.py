"""The library: prompts and assistants as they are typed, copied, deleted with undo, and moved in and out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from nexu_desktop.domain.presets import PLAIN, Manner, Preset
from nexu_desktop.domain.prompts import Prompt
from nexu_desktop.ui import theme
from nexu_desktop.ui.library_dialog.dialog import LibraryDialog
from tests.services.house import PLAY, House


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(900, 600)
    return made


@pytest.fixture
def dialog(house: House, window: QWidget) -> LibraryDialog:
    made = LibraryDialog(window, house.desk, PLAY)
    made.apply_theme(theme.DARK)
    made.show()
    return made


def names(dialog: LibraryDialog) -> list[str]:
    rows = dialog.prompts.names.list
    return [rows.item(number).text() for number in range(rows.count())]


def choose(dialog: LibraryDialog, name: str) -> None:
    dialog.prompts.names.list.setCurrentRow(names(dialog).index(name))


def test_what_is_typed_is_kept(dialog: LibraryDialog, house: House, qtbot: QtBot) -> None:
    """A new prompt has its name selected, so that typing replaces it; closing at once loses nothing."""
    page = dialog.prompts
    page.names.new_button.click()
    assert (page.name.hasFocus(), page.name.selectedText()) == (True, "New prompt")
    qtbot.keyClicks(page.name, "Greet")
    page.text.setPlainText("Hello {{who}}, {{how=well}}")
    dialog.accept()
    [kept] = house.desk.prompts.find("greet")
    assert (kept.name, kept.text, kept.shipped) == ("Greet", "Hello {{who}}, {{how=well}}", False)


def test_blanks_and_tokens_are_told(dialog: LibraryDialog, house: House) -> None:
    """Of the chosen one."""
    house.desk.prompts.save(Prompt("", "Aa", "one {{two}} three"))
    dialog.prompts.fill()
    choose(dialog, "Aa")
    assert dialog.prompts.about.text() == "3 tokens. Blanks: two."


def test_a_prompt_without_a_text_is_told_and_stays(dialog: LibraryDialog, house: House) -> None:
    """In the fields; on disk it is as it was."""
    choose(dialog, "Translate")
    dialog.prompts.text.setPlainText(" ")
    dialog.prompts.flush()
    assert dialog.prompts.state.text().startswith("A prompt needs a text.")
    assert house.desk.prompts.find("translate")[0].text.strip()


def test_deleting_can_be_undone(dialog: LibraryDialog, house: House, qtbot: QtBot) -> None:
    """By the Delete key too; a shipped one is hidden and can be shown again."""
    before = names(dialog)
    choose(dialog, "Summarise")
    qtbot.waitActive(dialog)
    dialog.prompts.names.list.setFocus()
    qtbot.keyClick(dialog.prompts.names.list, Qt.Key.Key_Delete)
    assert "Summarise" not in names(dialog)
    assert dialog.prompts.names.undo.label.text() == "“Summarise” was hidden."
    dialog.prompts.names.undo.button.click()
    assert (names(dialog), dialog.prompts.names.list.currentItem().text()) == (before, "Summarise")
    dialog.prompts.names.delete_button.click()
    assert dialog.prompts.hidden.text() == "Show 1 hidden"
    dialog.prompts.hidden.click()
    assert (names(dialog), dialog.prompts.hidden.isHidden()) == (before, True)


def test_a_deleted_prompt_is_not_saved_again(dialog: LibraryDialog, house: House) -> None:
    """Though it was being typed in."""
    dialog.prompts.names.new_button.click()
    dialog.prompts.text.setPlainText("typed a moment ago")
    dialog.prompts.names.delete_button.click()
    dialog.accept()
    assert house.desk.prompts.find("typed a moment") == ()


def test_a_copy_is_chosen(dialog: LibraryDialog, house: House) -> None:
    """And is one's own."""
    choose(dialog, "Translate")
    dialog.prompts.names.copy_button.click()
    assert dialog.prompts.name.text() == "Translate (copy)"
    assert not house.desk.prompts.find("translate (copy)")[0].shipped


def test_files_in_and_out(dialog: LibraryDialog, house: House, tmp_path: Path) -> None:
    """What is exported can be imported; an import is told in figures and can be undone."""
    out, more = tmp_path / "out.json", tmp_path / "more.json"
    dialog.prompts.export_to(out)
    assert len(json.loads(out.read_text(encoding="utf-8"))["prompts"]) == len(names(dialog))
    more.write_text(json.dumps([{"name": "Neu 新", "text": "x"}, {"name": 1}]), encoding="utf-8")
    before = names(dialog)
    dialog.prompts.import_from(more)
    assert dialog.prompts.names.undo.label.text() == "1 imported, 1 could not be used."
    assert "Neu 新" in names(dialog)
    dialog.prompts.names.undo.button.click()
    assert names(dialog) == before


@pytest.mark.parametrize("data", [None, b"\xff\xfe\xff", b"not json", b"[]"])
def test_a_file_of_no_use_is_told(dialog: LibraryDialog, tmp_path: Path, data: bytes | None) -> None:
    """In one sentence; nothing is added."""
    path, before = tmp_path / "x.json", names(dialog)
    if data is not None:
        path.write_bytes(data)
    dialog.prompts.import_from(path)
    assert (bool(dialog.prompts.state.text()), names(dialog)) == (True, before)


def test_an_assistant_is_made_and_made_default(dialog: LibraryDialog, house: House, qtbot: QtBot) -> None:
    """Its row says what its system prompt costs on each send; a new conversation has it."""
    page = dialog.presets
    page.names.new_button.click()
    qtbot.keyClicks(page.name, "Brief")
    page.form.system.setPlainText("Be brief and plain.")
    page.form.temperature.setValue(70)
    page.default.setChecked(True)
    page.flush()
    row = page.names.list.item(0).text()
    assert row.startswith("Brief (default)\n4 tokens, ")
    assert row.endswith(" credits per send")
    manner = house.desk.presets.manner(house.desk.new_conversation().id)
    assert manner == Manner("Be brief and plain.", 70)


def test_an_assistant_is_deleted_with_undo(dialog: LibraryDialog, house: House) -> None:
    """With all it says; the fields are empty meanwhile, and what is typed belongs to nobody."""
    kept = house.desk.presets.save(Preset("", "Brief", Manner("x", 0, 1, "low"), default=True))
    page = dialog.presets
    page.fill()
    page.names.delete_button.click()
    assert (house.desk.presets.all(), page.name.isEnabled(), page.form.manner()) == ((), False, PLAIN)
    page.names.undo.button.click()
    assert house.desk.presets.all() == (kept,)
    assert (page.name.text(), page.form.manner()) == ("Brief", kept.manner)


def test_renaming_an_assistant_needs_a_name(dialog: LibraryDialog, house: House) -> None:
    """An empty one is told and not kept."""
    house.desk.presets.save(Preset("", "Brief", PLAIN))
    dialog.presets.fill()
    dialog.presets.name.setText(" ")
    dialog.presets.flush()
    assert dialog.presets.state.text().startswith("An assistant needs a name.")
    assert [one.name for one in house.desk.presets.all()] == ["Brief"]


def test_every_control_has_a_name(dialog: LibraryDialog) -> None:
    """For ears, on both pages."""
    kinds = (QAbstractButton, QLineEdit, QPlainTextEdit)
    controls = [one for kind in kinds for one in dialog.findChildren(kind)]
    own = [
        one for one in controls if not one.objectName().startswith("qt_") and "Scroll" not in one.objectName()
    ]
    assert [one for one in own if not one.accessibleName() and not getattr(one, "text", str)()] == []
