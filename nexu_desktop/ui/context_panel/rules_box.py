"""What is sent again by rule: the last N messages, files once, and how hard the model thinks."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QSpinBox, QVBoxLayout, QWidget

from nexu_desktop.domain.chat import EFFORTS, ContextRules
from nexu_desktop.services.contexts import SUGGESTED
from nexu_desktop.ui import theme
from nexu_desktop.ui.context_panel.wording import EFFORT_NAMES

KEEP_MOST = 100_000
WIDTHS = {"spin": 84, "effort": 132}


class RulesBox(QWidget):
    """`keep_last_changed` carries a number or None, `effort_changed` one of EFFORTS."""

    keep_last_changed = Signal(object)
    drop_files_changed = Signal(bool)
    effort_changed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.keep = QCheckBox("Keep the last")
        self.count = QSpinBox()
        self.files = QCheckBox("Drop files after use")
        self.effort = QComboBox()
        self._after = QLabel("messages")
        self._before_effort = QLabel("Effort")
        self._prepare()
        self._arrange()
        self.keep.toggled.connect(self._tell_keep)
        self.count.valueChanged.connect(self._tell_keep)
        self.files.toggled.connect(self.drop_files_changed)
        self.effort.activated.connect(lambda place: self.effort_changed.emit(EFFORTS[place]))

    def show_rules(self, rules: ContextRules, effort: str) -> None:
        """Announces nothing."""
        blocked = [QSignalBlocker(one) for one in (self.keep, self.count, self.files)]
        self.keep.setChecked(rules.keep_last is not None)
        if rules.keep_last is not None and rules.keep_last != self.count.value():
            self.count.setValue(rules.keep_last)
        self.count.setEnabled(self.keep.isChecked())
        self.files.setChecked(rules.drop_files)
        self.effort.setCurrentIndex(EFFORTS.index(effort) if effort in EFFORTS else 0)
        del blocked

    def apply_theme(self, c: theme.Colours) -> None:
        """By palette alone: a style sheet would lose the frame of a box that is not ticked."""
        for widget in self._widgets():
            widget.setPalette(theme.palette(c))

    def _tell_keep(self) -> None:
        self.count.setEnabled(self.keep.isChecked())
        self.keep_last_changed.emit(self.count.value() if self.keep.isChecked() else None)

    def _prepare(self) -> None:
        self.count.setRange(0, KEEP_MOST)
        self.count.setValue(SUGGESTED)
        self.count.setGroupSeparatorShown(True)
        self.count.setKeyboardTracking(False)
        self.count.setEnabled(False)
        self.count.setFixedWidth(WIDTHS["spin"])
        self.count.setAccessibleName("How many of the last messages are sent again")
        self.keep.setAccessibleName("Send only the last messages again")
        self.files.setToolTip("A file goes with its own question, and not again once that was answered.")
        for effort in EFFORTS:
            self.effort.addItem(EFFORT_NAMES[effort])
        self.effort.setAccessibleName("Reasoning effort")
        self.effort.setToolTip("How long the model may think before it answers; thinking is paid as output.")
        self.effort.setFixedWidth(WIDTHS["effort"])
        for widget in self._widgets():
            widget.setFont(theme.font(theme.SIZE_CONTROL))
        for label in (self._after, self._before_effort):
            label.setTextFormat(Qt.TextFormat.PlainText)

    def _widgets(self) -> tuple[QWidget, ...]:
        return self.keep, self.count, self._after, self.files, self._before_effort, self.effort

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        first, second = QHBoxLayout(), QHBoxLayout()
        for line, widgets in (
            (first, (self.keep, self.count, self._after)),
            (second, (self.files, None, self._before_effort, self.effort)),
        ):
            line.setSpacing(theme.GAP_S)
            for widget in widgets:
                line.addWidget(widget) if widget is not None else line.addStretch(1)
            column.addLayout(line)
        first.addStretch(1)
