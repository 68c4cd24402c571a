"""Bullets and the boxes of tasks: Qt's own stand too near to their text, and show a cross for a check mark.

Each is one character before the text, painted in room that hangs to the left of the item.
"""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QPainter,
    QPen,
    QPolygonF,
    QPyTextObject,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextListFormat,
)

from nexu_desktop.ui.chat_view.formats import BULLET, MARKUP, Formats

OBJECT = QTextFormat.ObjectTypes.UserObject.value + 2
CHARACTER = "\ufffc"
SIDE, GAP, DOT = 14, 8, 5
DISC, CIRCLE, SQUARE, OPEN, DONE = range(1, 6)


def kind_of(*, depth: int, task: bool | None) -> int:
    """Which bullet an item has at a depth from 1."""
    if task is not None:
        return DONE if task else OPEN
    return (DISC, CIRCLE, SQUARE)[min(depth, 3) - 1]


def hang(block: QTextBlockFormat) -> None:
    """Room at the left for the bullet, and none of Qt's own."""
    block.setTextIndent(-(SIDE + GAP))
    block.setProperty(QTextFormat.Property.ListStyle, QTextListFormat.Style.ListStyleUndefined.value)


def insert_bullet(cursor: QTextCursor, formats: Formats, kind: int) -> None:
    cursor.document().documentLayout().registerHandler(OBJECT, _painter())
    cursor.insertText(CHARACTER, _look(formats, kind))


@lru_cache(maxsize=20)
def _look(formats: Formats, kind: int) -> QTextCharFormat:
    look = QTextCharFormat(formats.char())
    look.setObjectType(OBJECT)
    look.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignMiddle)
    colours = {DONE: formats.colours.accent, OPEN: formats.colours.faint}
    look.setForeground(QColor(colours.get(kind, formats.colours.muted)))
    look.setProperty(BULLET, kind)
    look.setProperty(MARKUP, {DONE: "[x] ", OPEN: "[ ] "}.get(kind, ""))
    look.setTextOutline(QPen(QColor(formats.colours.on_accent)))  # the colour of the check mark
    return look


@lru_cache(maxsize=1)
def _painter() -> BulletPainter:
    return BulletPainter()


class BulletPainter(QPyTextObject):
    """A disc, a circle and a square by depth; an outline for an open task, a filled box with a mark for a done one."""

    def intrinsicSize(self, document: QTextDocument, place: int, look: QTextFormat) -> QSizeF:
        return QSizeF(SIDE + GAP, SIDE)

    def drawObject(
        self, painter: QPainter, rect: QRect | QRectF, document: QTextDocument, place: int, look: QTextFormat
    ) -> None:
        letters, box = look.toCharFormat(), QRectF(rect)
        right_to_left = document.findBlock(place).textDirection() == Qt.LayoutDirection.RightToLeft
        room = QRectF(box.left() + (GAP if right_to_left else 0), box.top(), SIDE, SIDE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        kind, colour = letters.intProperty(BULLET), letters.foreground().color()
        if kind in (OPEN, DONE):
            _draw_box(painter, room, colour, letters.textOutline().color() if kind == DONE else None)
        else:
            _draw_dot(painter, room, colour, kind, left=right_to_left)
        painter.restore()


def _draw_dot(painter: QPainter, room: QRectF, colour: QColor, kind: int, *, left: bool) -> None:
    x = room.left() if left else room.right() - DOT
    dot = QRectF(x, room.center().y() - DOT / 2, DOT, DOT)
    painter.setPen(QPen(colour, 1) if kind == CIRCLE else Qt.PenStyle.NoPen)
    painter.setBrush(Qt.BrushStyle.NoBrush if kind == CIRCLE else colour)
    if kind == SQUARE:
        painter.drawRect(dot.adjusted(0.5, 0.5, -0.5, -0.5))
    else:
        painter.drawEllipse(dot)


def _draw_box(painter: QPainter, room: QRectF, colour: QColor, mark: QColor | None) -> None:
    square = room.adjusted(0.5, 0.5, -0.5, -0.5)
    painter.setPen(QPen(colour, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush if mark is None else colour)
    painter.drawRoundedRect(square, 3, 3)
    if mark is not None:
        painter.setPen(QPen(mark, 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        x, y = square.left(), square.top()
        painter.drawPolyline(
            QPolygonF([QPointF(x + 3, y + 6.8), QPointF(x + 5.6, y + 9.4), QPointF(x + 10, y + 3.8)])
        )
