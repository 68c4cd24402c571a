"""A pasted text too long to type in: kept whole beside the field and sent before what is typed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from nexu_desktop.ui import theme
from nexu_desktop.ui.buttons import IconButton


class LongText(QWidget):
    """`removed` only when the person removes it."""

    removed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._text = ""
        self.label = QLabel()
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setFont(theme.font(theme.SIZE_CONTROL))
        self.label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.remove = IconButton("x", "Remove the long text")
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GAP_M, 0, 4, 0)
        row.addWidget(self.label, 1)
        row.addWidget(self.remove)
        self.setObjectName("long")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.remove.clicked.connect(self._remove)
        self.hide()

    def text(self) -> str:
        return self._text

    def set_text(self, text: str) -> None:
        self._text = text
        self.label.setText(f"Long text, {len(text):,} characters. It goes before what you write.")
        self.setAccessibleName(self.label.text())
        self.setVisible(bool(text))

    def add(self, text: str) -> None:
        self.set_text(f"{self._text}\n\n{text}" if self._text else text)

    def apply_theme(self, c: theme.Colours) -> None:
        self.setStyleSheet(
            f"#long {{ background: {c.panel}; border-radius: {theme.RADIUS_CONTROL}px; }}"
            f"QLabel {{ color: {c.text}; background: transparent; }}"
        )
        self.remove.apply_theme(c)

    def _remove(self) -> None:
        self.set_text("")
        self.removed.emit()
