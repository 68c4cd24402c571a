"""The ground a message is written on: its edge is the focus ring of the field, and says where files can be dropped."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QWidget

from nexu_desktop.ui import theme


class Card(QFrame):
    """Painted, not styled: a style sheet would be resolved again on every change of the focus."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.colours = theme.LIGHT
        self.lit = False  # the field has the focus
        self.hovered = False  # by files that could be dropped

    def light(self, lit: bool) -> None:
        self.lit = lit
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        focused = self.lit or self.hovered
        width = 2 if focused else 1
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self.colours.accent if focused else self.colours.line), width))
        painter.setBrush(QColor(self.colours.accent_soft if self.hovered else self.colours.card))
        edge = QRectF(self.rect()).adjusted(width / 2, width / 2, -width / 2, -width / 2)
        painter.drawRoundedRect(edge, theme.RADIUS_CARD, theme.RADIUS_CARD)
