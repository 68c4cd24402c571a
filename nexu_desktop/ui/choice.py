"""A field to choose from a list, with our own arrow: Qt's can't take a colour of the theme."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel

from nexu_desktop.ui import icons, theme

ARROW = 16


class Choice(QComboBox):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setFont(theme.font(theme.SIZE_CONTROL))
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._arrow = QLabel()
        self._arrow.setTextFormat(Qt.TextFormat.PlainText)
        self._arrow.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        inside = QHBoxLayout(self)
        inside.setContentsMargins(0, 0, theme.GAP_S, 0)
        inside.addWidget(self._arrow, 0, Qt.AlignmentFlag.AlignRight)

    def apply_theme(self, c: theme.Colours) -> None:
        self._arrow.setPixmap(icons.pixmap("chevron-down", c.muted, ARROW))
        self.setStyleSheet(
            f"QComboBox {{ background: {c.card}; color: {c.text}; border: 1px solid {c.line};"
            f" border-radius: {theme.RADIUS_CONTROL}px; padding: 6px 28px 6px 10px; }}"
            f"QComboBox:focus {{ border: 2px solid {c.accent}; padding: 5px 27px 5px 9px; }}"
            "QComboBox::drop-down { border: 0; width: 0; }"
            "QLabel { background: transparent; }"
            f"QComboBox QAbstractItemView {{ background: {c.card}; color: {c.text};"
            f" selection-background-color: {c.selection}; selection-color: {c.text}; }}"
        )
