"""What a text document cannot draw: a bar beside each level of a quote, and rules. For the widget that paints it."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QTextDocument, QTextFormat

from nexu_desktop.ui import theme
from nexu_desktop.ui.chat_view.formats import QUOTE_LEFT, QUOTE_STEP, RULE

BAR = 3


def paint_marks(
    painter: QPainter, document: QTextDocument, c: theme.Colours, clip: QRectF, width: float
) -> None:
    """In the document's own coordinates, before its text. Bars of neighbouring blocks join without a gap."""
    line = QColor(c.line)
    block = document.begin()
    open_bars: dict[float, float] = {}  # left edge of a bar that the last block had, and where it ended
    while block.isValid():
        look = block.blockFormat()
        depth = look.intProperty(QTextFormat.Property.BlockQuoteLevel)
        rule = look.hasProperty(RULE)
        if depth or rule or open_bars:
            box = document.documentLayout().blockBoundingRect(block)
            if box.top() > clip.bottom():
                break
            left = look.intProperty(QUOTE_LEFT)
            bars = [left + level * QUOTE_STEP for level in range(depth)]
            bottom = box.bottom()
            for x in bars:
                top = open_bars.get(x, box.top())
                painter.fillRect(QRectF(x, top, BAR, bottom - top), line)
            open_bars = dict.fromkeys(bars, bottom)
            if rule:
                x = left + depth * QUOTE_STEP
                painter.fillRect(QRectF(x, round(box.center().y()), width - x, 1), line)
        block = block.next()
