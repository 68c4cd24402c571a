"""Assistants: name, manner and cost of the chosen one, and which of them new conversations have."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from nexu_desktop.domain.chat import ModelRef
from nexu_desktop.domain.errors import NexuError
from nexu_desktop.domain.presets import NAME_CHARS, PLAIN, Preset
from nexu_desktop.markup.characters import visible_code
from nexu_desktop.services.desk import Desk
from nexu_desktop.ui import theme
from nexu_desktop.ui.assistant.cost_words import cost_words
from nexu_desktop.ui.assistant.manner_form import MannerForm, caption
from nexu_desktop.ui.library_dialog.names_list import NamesList

SETTLED_MS = 400
FRESH = "New assistant"
ABOUT = "An assistant keeps a system prompt and settings under a name."


class PresetsPage(QWidget):
    changed = Signal()

    def __init__(self, desk: Desk, ref: ModelRef) -> None:
        super().__init__()
        self._desk = desk
        self._ref = ref
        self._shown: Preset | None = None
        self.names = NamesList("Assistant")
        self.name = QLineEdit()
        self.form = MannerForm()
        self.default = QCheckBox("For new conversations")
        self.about = caption("")
        self.state = caption("")
        self._timer = QTimer(self, singleShot=True, interval=SETTLED_MS)
        self._arrange()
        self._connect()
        self.fill()

    def fill(self, current: str = "") -> None:
        rows = [(one.id, self._row(one)) for one in self._desk.presets.all()]
        self.names.show_names(rows, current)
        self._choose(self.names.current())

    def flush(self) -> None:
        """Keep what was typed last. What can't be kept is told and stays in the fields."""
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
        self.state.setText(
            "" if self._shown else "An assistant keeps a system prompt and settings under a name."
        )
        self._show_cost()

    def _new(self) -> None:
        self.flush()
        self._made(Preset("", FRESH, PLAIN))

    def _copy(self, identity: str) -> None:
        self.flush()
        if self._shown is not None:
            name = f"{self._shown.name[: NAME_CHARS - len(' (copy)')]} (copy)"
            self._made(Preset("", name, self._shown.manner))

    def _made(self, preset: Preset) -> None:
        try:
            kept = self._desk.presets.save(preset)
        except NexuError as error:
            self.state.setText(error.sentence)
            return
        self.fill(kept.id)
        self.name.setFocus(Qt.FocusReason.OtherFocusReason)
        self.name.selectAll()
        self.changed.emit()

    def _delete(self, identity: str) -> None:
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
        self.names.chosen.connect(self._choose)
        self.names.new_wanted.connect(self._new)
        self.names.copy_wanted.connect(self._copy)
        self.names.delete_wanted.connect(self._delete)
        self.name.textChanged.connect(lambda _: self._timer.start())
        self.name.editingFinished.connect(self.flush)
        self.form.changed.connect(lambda _: self.flush())
        self.default.toggled.connect(lambda _: self.flush())
        self._timer.timeout.connect(self.flush)

    def _arrange(self) -> None:
        self.name.setAccessibleName("Name of the assistant")
        self.name.setMaxLength(NAME_CHARS)
        self.name.setFont(theme.font(theme.SIZE_CONTROL))
        self.default.setFont(theme.font(theme.SIZE_CONTROL))
        self.state.setWordWrap(True)
        self.state.setObjectName("state")
        right = QVBoxLayout()
        right.setSpacing(theme.GAP_S)
        right.addWidget(caption("Name", muted=False))
        right.addWidget(self.name)
        right.addWidget(self.form, 1)
        right.addWidget(self.default)
        right.addWidget(self.about)
        right.addWidget(self.state)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GAP_L, theme.GAP_L, theme.GAP_L, theme.GAP_M)
        row.setSpacing(theme.GAP_L)
        row.addWidget(self.names)
        row.addLayout(right, 1)
