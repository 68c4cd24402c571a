"""System prompt, temperature, answer limit and effort as fields; used by the card and by the library."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from nexu_desktop.domain.chat import EFFORTS
from nexu_desktop.domain.presets import LIMIT_MAX, PLAIN, Manner
from nexu_desktop.ui import spin_boxes, theme
from nexu_desktop.ui.assistant.temperature_box import TemperatureBox
from nexu_desktop.ui.choice_box import ChoiceBox

SETTLED_MS = 250  # of typing; then the figures follow
STEP_TOKENS = 256
EFFORT_WORDS = {"": "Model’s own", "minimal": "Minimal", "low": "Low", "medium": "Medium", "high": "High"}


class MannerForm(QWidget):
    """`changed` carries the Manner, only after the person's own edits."""

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._shown = PLAIN
        self._quiet = False
        self.system = QPlainTextEdit()
        self.cost = caption("")
        self.temperature = TemperatureBox()
        self.limit = spin_boxes.prepare(QSpinBox())
        self.effort = ChoiceBox()
        self._timer = QTimer(self, singleShot=True, interval=SETTLED_MS)
        self._prepare()
        self._arrange()
        self.system.textChanged.connect(self._typed)
        self.temperature.valueChanged.connect(self._typed)
        self.limit.valueChanged.connect(self._typed)
        self.effort.currentIndexChanged.connect(self._typed)
        self._timer.timeout.connect(self.flush)

    def show_manner(self, manner: Manner) -> None:
        """Silently. The field of the system prompt keeps its undo history where nothing changes in it."""
        self._quiet = True
        self._timer.stop()
        self._shown = manner
        if self.system.toPlainText().strip() != manner.system:
            self.system.setPlainText(manner.system)
        self.temperature.set_temperature(manner.temperature)
        self.limit.setValue(manner.output_limit or 0)
        self.effort.setCurrentIndex(max(self.effort.findData(manner.effort), 0))
        self._quiet = False

    def manner(self) -> Manner:
        """As the fields say now."""
        return Manner(
            self.system.toPlainText().strip(),
            self.temperature.temperature(),
            self.limit.value() or None,
            self.effort.currentData(),
        )

    def flush(self) -> None:
        """What was typed last is announced before the form goes."""
        self._timer.stop()
        manner = self.manner()
        if manner != self._shown:
            self._shown = manner
            self.changed.emit(manner)

    def fields_style(self, c: theme.Colours) -> str:
        """For the style sheet of whatever holds it."""
        field = f"background: {c.card}; color: {c.text}; border: 1px solid {c.line}; border-radius: 8px;"
        kinds = ("QPlainTextEdit", "QSpinBox", "QComboBox", "QLineEdit")
        focused = ", ".join(f"{kind}:focus" for kind in kinds)
        return (
            f"{', '.join(kinds)} {{ {field} padding: 6px 8px; }}"
            f"{focused} {{ border: 2px solid {c.accent}; padding: 5px 7px; }}"
            "QComboBox::drop-down { border: 0; width: 20px; }"
            f"QLabel {{ color: {c.text}; background: transparent; }}"
            f"QLabel#muted {{ color: {c.muted}; }}" + spin_boxes.style(c)
        )

    def _typed(self) -> None:
        if not self._quiet:
            self._timer.start()

    def _prepare(self) -> None:
        self.system.setAccessibleName("System prompt")
        self.system.setPlaceholderText("How the model should answer")
        self.system.setFont(theme.font(theme.SIZE_CONTROL))
        self.system.setTabChangesFocus(True)
        self.system.setMinimumHeight(96)
        self.limit.setRange(0, LIMIT_MAX)
        self.limit.setSingleStep(STEP_TOKENS)
        self.limit.setGroupSeparatorShown(True)
        self.limit.setSpecialValueText("As in the settings")
        self.limit.setSuffix(" tokens")
        self.limit.setAccessibleName("Answer limit in tokens")
        self.effort.setAccessibleName("Reasoning effort")
        for effort in EFFORTS:
            self.effort.addItem(EFFORT_WORDS[effort], effort)
        for field in (self.temperature, self.limit, self.effort):
            field.setFont(theme.font(theme.SIZE_CONTROL))

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.addWidget(caption("System prompt", muted=False))
        head.addStretch(1)
        head.addWidget(self.cost)
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.GAP_M)
        grid.setVerticalSpacing(4)
        fields = (("Temperature", self.temperature), ("Answer limit", self.limit), ("Effort", self.effort))
        for column, (words, field) in enumerate(fields):
            grid.addWidget(caption(words, muted=False), 0, column)
            grid.addWidget(field, 1, column)
            grid.setColumnStretch(column, 1)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(theme.GAP_S)
        rows.addLayout(head)
        rows.addWidget(self.system, 1)
        rows.addLayout(grid)


def caption(text: str, *, muted: bool = True) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setFont(theme.font(theme.SIZE_CAPTION))
    if muted:
        label.setObjectName("muted")
    return label
