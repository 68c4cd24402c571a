"""An icon that can be pressed: muted, no frame, a focus ring; always with a name."""

from __future__ import annotations

from PySide6.QtGui import QPainter
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

    def paint_face(self, painter: QPainter, ink: str) -> None:
        if not self.isEnabled():
            painter.setOpacity(0.4)
        left = (SIZE - ICON) // 2
        painter.drawPixmap(left, left, icons.pixmap(self._icon, ink, ICON))
