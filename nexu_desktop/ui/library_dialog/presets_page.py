"""Assistants: name, manner and cost of the chosen one, and which of them new conversations have."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QCheckBox

from nexu_desktop.domain.chat import ModelRef
from nexu_desktop.domain.errors import NexuError
from nexu_desktop.domain.presets import NAME_CHARS, PLAIN, Preset
from nexu_desktop.markup.characters import visible_code
from nexu_desktop.services.desk import Desk
from nexu_desktop.ui import theme
from nexu_desktop.ui.assistant.cost_words import cost_words
from nexu_desktop.ui.assistant.manner_form import MannerForm
from nexu_desktop.ui.library_dialog.page import LibraryPage

FRESH = "New assistant"
ABOUT = "An assistant keeps a system prompt and settings under a name."


class PresetsPage(LibraryPage):
    def __init__(self, desk: Desk, ref: ModelRef) -> None:
        super().__init__(desk, "Assistant", NAME_CHARS)
        self._ref = ref
        self._shown: Preset | None = None
        self.form = MannerForm()
        self.default = QCheckBox("For new conversations")
        self._arrange()
        self._connect()
        self.fill()

    def fill(self, current: str = "") -> None:
        rows = [(one.id, self._row(one)) for one in self._desk.presets.all()]
        self.names.show_names(rows, current)
        self._choose(self.names.current())

    def flush(self) -> None:
        self._timer.stop()
        shown = self._shown
        if shown is None:
            return
        typed = replace(
            shown, name=self.name.text(), manner=self.form.manner(), default=self.default.isChecked()
        )
        if typed == shown:
            return
        try:
            self._shown = self._desk.presets.save(typed)
        except NexuError as error:
            self.state.setText(error.sentence)
            return
        self.state.setText("")
        self.names.show_names([(one.id, self._row(one)) for one in self._desk.presets.all()], shown.id)
        self._show_cost()
        self.changed.emit()

    def _row(self, preset: Preset) -> str:
        """With what its system prompt costs on each send."""
        system = preset.manner.system
        cost = (
            cost_words(self._desk.presets.cost(system, self._ref), self._ref)
            if system
            else "no system prompt"
        )
        return f"{visible_code(preset.name)}{' (default)' if preset.default else ''}\n{cost}"

    def _choose(self, identity: str) -> None:
        self.flush()
        self._shown = next((one for one in self._desk.presets.all() if one.id == identity), None)
        fields = (self.name, self.default)
        for field in fields:
            field.blockSignals(True)
        self.name.setText(self._shown.name if self._shown else "")
        self.default.setChecked(self._shown is not None and self._shown.default)
        self.form.show_manner(self._shown.manner if self._shown else PLAIN)
        for field in fields:
            field.blockSignals(False)
        for widget in (self.name, self.form, self.default):
            widget.setEnabled(self._shown is not None)
        self.state.setText("")
        self._show_cost()

    def _new(self) -> None:
        self.flush()
        self._add(Preset("", FRESH, PLAIN))

    def _copy(self) -> None:
        self.flush()
        if self._shown is not None:
            name = f"{self._shown.name[: NAME_CHARS - len(' (copy)')]} (copy)"
            self._add(Preset("", name, self._shown.manner))

    def _add(self, preset: Preset) -> None:
        try:
            kept = self._desk.presets.save(preset)
        except NexuError as error:
            self.state.setText(error.sentence)
            return
        self._made(kept.id)

    def _delete(self) -> None:
        self.flush()
        gone, self._shown = self._shown, None
        if gone is not None:
            self._desk.presets.delete(gone)
            self.fill()
            self.names.undo.offer(
                f"“{visible_code(gone.name)}” was deleted.", "Undo", lambda: self._put_back(gone)
            )
            self.changed.emit()

    def _put_back(self, preset: Preset) -> None:
        self._desk.presets.save(preset)
        self.fill(preset.id)
        self.changed.emit()

    def _show_cost(self) -> None:
        system = self._shown.manner.system if self._shown else ""
        words = cost_words(self._desk.presets.cost(system, self._ref), self._ref) if system else ""
        self.form.cost.setText(words)
        costs = f"Costs are those on {self._ref.model}." if words else ""
        self.about.setText(costs if self._shown else ABOUT)

    def _connect(self) -> None:
        self.form.changed.connect(lambda _: self.flush())
        self.default.toggled.connect(lambda _: self.flush())

    def _arrange(self) -> None:
        self.default.setFont(theme.font(theme.SIZE_CONTROL))
        right = self._fields()
        right.addWidget(self.form, 1)
        right.addWidget(self.default)
        right.addWidget(self.about)
        right.addWidget(self.state)
