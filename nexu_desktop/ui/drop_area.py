"""Laid over the chat column while files are dragged over it: says that they can be let go anywhere there."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from nexu_desktop.ui import icons, theme
from nexu_desktop.ui.composer.incoming import FileDrop

TITLE, DETAIL = "Drop files to attach them", "Text, code, PDF and images, up to 20 files"
AROUND, ICON = 12, 24
LINGER_MS = 80  # between leaving one widget and entering the next


class DropArea(QWidget):
    """Takes over from whatever lies below as soon as it shows, so that every place behaves alike."""

    def __init__(self, column: QWidget, drop: FileDrop) -> None:
        super().__init__(column)
        self._colours = theme.LIGHT
        self._column = column
        self._leaving = QTimer(self, singleShot=True, interval=LINGER_MS)
        self._leaving.timeout.connect(self.hide)
        self.setAccessibleName(f"{TITLE}. {DETAIL}.")
        self.hide()
        column.installEventFilter(self)
        for place in (column, self):
            drop.watch(place)
        drop.hovering.connect(self._hover)
        drop.dropped.connect(lambda _: self.hide())

    def apply_theme(self, c: theme.Colours) -> None:
        self._colours = c
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._column and event.type() == QEvent.Type.Resize and self.isVisible():
            self.setGeometry(self._column.rect())
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        c, painter = self._colours, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QColor(c.accent_soft)
        ground.setAlphaF(0.94)
        painter.setBrush(ground)
        painter.setPen(QPen(QColor(c.accent), 2, Qt.PenStyle.DashLine))
        box = QRectF(self.rect()).adjusted(AROUND, AROUND, -AROUND, -AROUND)
        painter.drawRoundedRect(box, theme.RADIUS_CARD, theme.RADIUS_CARD)
        middle = self.rect().center()
        picture = icons.pixmap("paperclip", c.accent, ICON)
        painter.drawPixmap(middle.x() - ICON // 2, middle.y() - ICON - 16, picture)
        self._line(painter, TITLE, 0, theme.font(theme.SIZE_TITLE, weight=QFont.Weight.DemiBold), c.text)
        self._line(painter, DETAIL, 28, theme.font(theme.SIZE_CONTROL), c.muted)
        painter.end()

    def _line(self, painter: QPainter, text: str, below: int, font: QFont, ink: str) -> None:
        painter.setFont(font)
        painter.setPen(QColor(ink))
        row = self.rect().adjusted(AROUND, 0, -AROUND, 0)
        row.setTop(self.rect().center().y() - 4 + below)
        painter.drawText(row, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter, text)

    def _hover(self, over: bool) -> None:
        if not over:
            self._leaving.start()
            return
        self._leaving.stop()
        if not self.isVisible():
            self.setGeometry(self._column.rect())
            self.show()
            self.raise_()
