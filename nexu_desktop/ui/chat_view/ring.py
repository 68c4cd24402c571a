"""The frame around the message or the link that the keyboard is at."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from nexu_desktop.ui import theme


class Ring(QWidget):
    """The mouse goes through it."""

    def __init__(self, parent: QWidget, radius: int) -> None:
        super().__init__(parent)
        self._radius = radius
        self._colour = QColor(theme.LIGHT.accent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def surround(self, box: QRect | None) -> None:
        """None: nothing is at the keyboard."""
        if box is None:
            self.hide()
            return
        if self.geometry() != box:
            self.setGeometry(box)
        if self.isHidden():
            self.show()

    def apply_theme(self, c: theme.Colours) -> None:
        self._colour = QColor(c.accent)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._colour, 2))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), self._radius, self._radius)
        painter.end()
