"""Saved prompts: name and text of the chosen one, kept as they are typed; files in and out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QPlainTextEdit

from nexu_desktop.domain.errors import BadInput, NexuError
from nexu_desktop.domain.prompts import NAME_CHARS, Prompt, blanks
from nexu_desktop.markup.characters import visible_code
from nexu_desktop.services.desk import Desk
from nexu_desktop.services.prompts import FILE_CHARS
from nexu_desktop.ui import buttons, theme
from nexu_desktop.ui.assistant.manner_form import caption
from nexu_desktop.ui.library_dialog.page import LibraryPage

FRESH = ("New prompt", "Write the text here. Two braces make a blank to fill: {{topic}}")
FILTER = "Prompts (*.json)"


class PromptsPage(LibraryPage):
    def __init__(self, desk: Desk, model: str) -> None:
        super().__init__(desk, "Prompt", NAME_CHARS)
        self._model = model
        self._shown: Prompt | None = None
        self.text = QPlainTextEdit()
        self.importing = buttons.plain("Import…", "Import prompts from a JSON file")
        self.exporting = buttons.plain("Export…", "Export all prompts to a JSON file")
        self.hidden = buttons.link("Show hidden")
        self._arrange()
        self._connect()
        self.fill()

    def fill(self, current: str = "") -> None:
        prompts = self._desk.prompts.all()
        self.names.show_names([(one.id, visible_code(one.name)) for one in prompts], current)
        count = self._desk.prompts.hidden()
        self.hidden.setText(f"Show {count} hidden")
        self.hidden.setAccessibleName(f"Show {count} prompts that came with the program and are hidden")
        self.hidden.setVisible(bool(count))
        self._choose(self.names.current())

    def flush(self) -> None:
        self._timer.stop()
        shown = self._shown
        typed = (self.name.text(), self.text.toPlainText())
        if shown is None or typed == (shown.name, shown.text):
            return
        try:
            self._shown = self._desk.prompts.save(replace(shown, name=typed[0], text=typed[1]))
        except NexuError as error:
            self.state.setText(error.sentence)
            return
        self.state.setText("")
        item = self.names.list.currentItem()
        if item is not None:
            item.setText(visible_code(self._shown.name))
        self._tell_about()
        self.changed.emit()

    def import_from(self, path: Path) -> None:
        try:
            found = self._desk.prompts.imported(_read(path))
        except NexuError as error:
            self.state.setText(error.sentence)
            return
        self.fill(found.added[0].id if found.added else self.names.current())
        parts = [f"{len(found.added):,} imported"]
        parts += [f"{found.known:,} were there already"] if found.known else []
        parts += [f"{found.bad:,} could not be used"] if found.bad else []
        self.state.setText("")
        text = ", ".join(parts) + "."
        self.names.undo.offer(text, "Undo", lambda: self._take_out(found.added))
        self.changed.emit()

    def export_to(self, path: Path) -> None:
        self.flush()
        try:
            path.write_text(self._desk.prompts.exported(), encoding="utf-8")
        except OSError as error:
            self.state.setText(f"{path.name} can't be written: {error.strerror}. Pick another place.")
            return
        self.state.setText(f"Written to {path.name}.")

    def _choose(self, identity: str) -> None:
        self.flush()
        self._shown = next((one for one in self._desk.prompts.all() if one.id == identity), None)
        for field in (self.name, self.text):
            field.blockSignals(True)
            field.setEnabled(self._shown is not None)
        self.name.setText(self._shown.name if self._shown else "")
        self.text.setPlainText(self._shown.text if self._shown else "")
        for field in (self.name, self.text):
            field.blockSignals(False)
        self.state.setText("")
        self._tell_about()

    def _new(self) -> None:
        self.flush()
        self._add(Prompt("", *FRESH))

    def _add(self, prompt: Prompt) -> None:
        try:
            kept = self._desk.prompts.save(prompt)
        except NexuError as error:
            self.state.setText(error.sentence)
            return
        self._made(kept.id)

    def _copy(self) -> None:
        self.flush()
        if self._shown is not None:
            copy = self._desk.prompts.duplicate(self._shown)
            self.fill(copy.id)
            self.changed.emit()

    def _delete(self) -> None:
        self.flush()
        gone, self._shown = self._shown, None
        if gone is not None:
            self._desk.prompts.delete(gone)
            self.fill()
            text = f"“{visible_code(gone.name)}” was {'hidden' if gone.shipped else 'deleted'}."
            self.names.undo.offer(text, "Undo", lambda: self._put_back(gone))
            self.changed.emit()

    def _put_back(self, prompt: Prompt) -> None:
        self._desk.prompts.restore(prompt)
        self.fill(prompt.id)
        self.changed.emit()

    def _take_out(self, prompts: tuple[Prompt, ...]) -> None:
        self._shown = None if self._shown in prompts else self._shown
        self._desk.prompts.delete(*prompts)
        self.fill()
        self.changed.emit()

    def _show_hidden(self) -> None:
        self._desk.prompts.show_hidden()
        self.fill(self.names.current())
        self.changed.emit()

    def _tell_about(self) -> None:
        """Its blanks and its tokens."""
        if self._shown is None:
            self.about.setText("")
            return
        found = ", ".join(visible_code(blank.name) for blank in blanks(self._shown.text))
        tokens = self._desk.prompts.tokens(self._model, self._shown)
        counted = "~ tokens" if tokens is None else f"{tokens:,} tokens"
        self.about.setText(f"{counted}. Blanks: {found or 'none'}.")

    def _ask_import(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Import prompts", str(Path.home()), FILTER)
        if name:
            self.import_from(Path(name))

    def _ask_export(self) -> None:
        place = str(Path.home() / "prompts.json")
        name, _ = QFileDialog.getSaveFileName(self, "Export prompts", place, FILTER)
        if name:
            self.export_to(Path(name))

    def _connect(self) -> None:
        self.text.textChanged.connect(self._timer.start)
        self.importing.clicked.connect(self._ask_import)
        self.exporting.clicked.connect(self._ask_export)
        self.hidden.clicked.connect(self._show_hidden)

    def _arrange(self) -> None:
        self.text.setAccessibleName("Text of the prompt")
        self.text.setTabChangesFocus(True)
        self.text.setFont(theme.font(theme.SIZE_CONTROL))
        self.about.setWordWrap(True)
        files = QHBoxLayout()
        files.setSpacing(theme.GAP_S)
        files.addWidget(self.hidden)
        files.addStretch(1)
        for button in (self.importing, self.exporting):
            button.setAutoDefault(False)
            files.addWidget(button)
        right = self._fields()
        right.addWidget(caption("Text", muted=False))
        right.addWidget(self.text, 1)
        right.addWidget(_hint())
        right.addWidget(self.about)
        right.addWidget(self.state)
        right.addLayout(files)


def _hint() -> QLabel:
    words = "{{name}} or {{name=default}} is asked for; {{clipboard}} and {{date}} fill themselves."
    label = caption(words)
    label.setWordWrap(True)
    return label


def _read(path: Path) -> str:
    """Raises BadInput for what is no text of a sensible size."""
    try:
        if path.stat().st_size > 4 * FILE_CHARS:
            raise BadInput("This file is too large for a list of prompts.", "Pick another file.")
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadInput(f"{path.name} can't be read: {error.strerror}.", "Pick another file.") from error
    except UnicodeDecodeError as error:
        raise BadInput("This file is not JSON.", "Pick a JSON file with a list of prompts.") from error
