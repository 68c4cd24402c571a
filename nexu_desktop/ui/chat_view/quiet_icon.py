"""An icon that can be pressed: muted, no frame, a focus ring; always with a name."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from nexu_desktop.ui import icons
from nexu_desktop.ui.chat_view.quiet_button import QuietButton

SIZE, ICON = 24, 14


class QuietIcon(QuietButton):
    def __init__(self, icon: str, name: str, parent: QWidget) -> None:
        super().__init__("", name)
        self.setParent(parent)
        self._icon = icon
        self.setFixedSize(SIZE, SIZE)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, box = QPainter(self), self.rect().toRectF().adjusted(1, 1, -1, -1)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        hovered = self.underMouse() and self.isEnabled()
        painter.setPen(QPen(QColor(self._colours.accent), 2) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._colours.selection) if hovered else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, 6, 6)
        if not self.isEnabled():
            painter.setOpacity(0.4)
        left = (SIZE - ICON) // 2
        painter.drawPixmap(left, left, icons.pixmap(self._icon, self._ink(hovered), ICON))
        painter.end()
