"""A list to choose from that shows the chevron of our icons, which a style sheet can't colour."""

from __future__ import annotations

from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QComboBox

from nexu_desktop.ui import icons

ICON, AWAY = 14, 8  # px


class ChoiceBox(QComboBox):
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        ink = self.palette().color(QPalette.ColorRole.PlaceholderText).name()
        painter = QPainter(self)
        place = self.width() - ICON - AWAY, (self.height() - ICON) // 2
        painter.drawPixmap(*place, icons.pixmap("chevron-down", ink, ICON))
        painter.end()
