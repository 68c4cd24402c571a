"""The estimate as a bar: band from low to high, a mark at the likely cost, a tick at the most."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from nexu_desktop.domain.estimate import Band
from nexu_desktop.ui import theme

WIDEST, NARROWEST, HEIGHT = 152, 72, 16
DOT = 5  # the room at both ends
MARK = 4  # the likely cost: slim, so that a short band is seen on both sides of it
SHORTEST = 14  # a band that is drawn shorter is no band


class CostBar(QWidget):
    """Linear from 0 to the most, so that the places on it can be compared by eye."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._band: Band | None = None
        self._reached = False
        self._colours = theme.LIGHT

    def set_band(self, band: Band | None, *, reached: bool = False) -> None:
        """`reached`: a budget is passed, so the dot has the colour of a warning."""
        if (band, reached) != (self._band, self._reached):
            self._band, self._reached = band, reached
            self.update()

    def apply_theme(self, c: theme.Colours) -> None:
        self._colours = c
        self.update()

    def place(self, figure: int) -> int:
        """Pixels from the left end; both ends leave room for the dot."""
        most = self._band.most if self._band else 0
        span = self.width() - 2 * DOT - 1
        return DOT + (span * min(figure, most) // most if most else 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        c, middle = self._colours, self.height() / 2
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(c.track))
        painter.drawRoundedRect(QRectF(0, middle - 3, self.width(), 6), 3, 3)
        if self._band is not None:
            self._paint_band(painter, self._band, middle)

    def _paint_band(self, painter: QPainter, band: Band, middle: float) -> None:
        c = self._colours
        low, likely, high, most = (self.place(n) for n in (band.low, band.likely, band.high, band.most))
        painter.setPen(QPen(QColor(c.muted), 2))
        painter.drawLine(QPointF(most, middle - 6), QPointF(most, middle + 6))
        ink, ground = (c.warning, c.warning_soft) if self._reached else (c.accent, c.accent_soft)
        painter.setPen(QPen(QColor(ink), 1))
        painter.setBrush(QColor(ground))
        left, right = ends(low, high, self.width())
        painter.drawRoundedRect(QRectF(left, middle - 3.5, right - left, 7), 3.5, 3.5)
        at = min(max(likely, left + MARK), right - MARK)
        painter.setPen(QPen(QColor(c.card), 1))
        painter.setBrush(QColor(ink))
        painter.drawRoundedRect(QRectF(at - MARK / 2, middle - 6.5, MARK, 13), 2, 2)


def ends(low: int, high: int, width: int) -> tuple[int, int]:
    """Pixels at which the band is drawn: as it is, or of the least length around the same middle."""
    if high - low >= SHORTEST:
        return low, high
    left = min(max((low + high - SHORTEST) // 2, 1), width - 1 - SHORTEST)
    return left, left + SHORTEST
