"""How well the input is counted, and the button that makes it start anew, asked twice."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from nexu_desktop.domain.calibration import Calibration
from nexu_desktop.ui import buttons, theme
from nexu_desktop.ui.accuracy.cards import label

WHAT_IT_DOES = "What was learned for this model is forgotten; receipts stay."


class CountingLine(QWidget):
    """`reset_wanted` comes only after the person has confirmed it."""

    reset_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.text = label(theme.SIZE_CAPTION)
        self.reset = buttons.link("Reset")
        self.reset.setAccessibleName("Forget what was learned about counting the input")
        self.confirm = buttons.link("Forget it")
        self.keep = buttons.link("Keep it")
        self._said = ""
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GAP_S)
        row.addWidget(self.text)
        for button in (self.reset, self.confirm, self.keep):
            button.setAutoDefault(False)
            row.addWidget(button)
        row.addStretch(1)
        self.reset.clicked.connect(lambda: self._ask(True))
        self.keep.clicked.connect(lambda: self._ask(False))
        self.confirm.clicked.connect(self.reset_wanted)

    def show_calibration(self, calibration: Calibration | None) -> None:
        """None: there is no model to speak of."""
        self.setVisible(calibration is not None)
        if calibration is not None:
            self._said = f"Input counting: {calibration.words()}"
            self.reset.setEnabled(calibration.answers > 0)
            self._ask(False)

    def apply_theme(self, c: theme.Colours) -> None:
        self.setStyleSheet(
            f"QLabel {{ color: {c.muted}; }}"
            + buttons.link_style(c)
            + f"QPushButton:disabled {{ color: {c.faint}; }}"
        )

    def _ask(self, asked: bool) -> None:
        came_by_key = any(button.hasFocus() for button in (self.reset, self.keep, self.confirm))
        self.text.setText(WHAT_IT_DOES if asked else self._said)
        self.reset.setVisible(not asked)
        self.confirm.setVisible(asked)
        self.keep.setVisible(asked)
        if came_by_key:
            (self.keep if asked else self.reset).setFocus()
