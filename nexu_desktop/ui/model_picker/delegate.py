"""Paints one cell of the picker: star and name, figures on the right, the lane as a chip."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from nexu_desktop.ui import icons, theme
from nexu_desktop.ui.lane_chip import chip_size, chip_text, paint_chip
from nexu_desktop.ui.model_picker.model import (
    CAN,
    CONTEXT,
    DRAFT,
    FIGURES,
    MODEL,
    PAID,
    RATE,
    ROW_ROLE,
    TYPICAL,
    texts,
)
from nexu_desktop.ui.model_picker.rows import PENDING, Row

Index = QModelIndex | QPersistentModelIndex
ROW_HEIGHT, PADDING, STAR = 36, 8, 16
STAR_WIDTH = PADDING + STAR + 6


UNKNOWN = ("unknown", "rate unknown")


class PickerDelegate(QStyledItemDelegate):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._colours = theme.LIGHT
        self._plain = theme.font(theme.SIZE_CONTROL)
        self._bold = theme.font(theme.SIZE_CONTROL, weight=QFont.Weight.DemiBold)
        self._small = theme.font(theme.SIZE_CAPTION)

    def apply_theme(self, c: theme.Colours) -> None:
        self._colours = c
        self._star = icons.pixmap("star", c.faint, STAR)
        self._filled = icons.pixmap("star-filled", c.text, STAR)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, ROW_HEIGHT)

    def width_of(self, column: int, text: str) -> int:
        """Pixels; words among the figures are set smaller."""
        font = self._small if column == DRAFT and text in UNKNOWN else self._font(column)
        return QFontMetrics(font).horizontalAdvance(text) + 2 * PADDING

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(ROW_ROLE)
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        current = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        ground = self._colours.selection if current else self._colours.card
        painter.fillRect(rect, QColor(ground))
        painter.setPen(QColor(self._colours.line))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if index.column() == MODEL:
            self._paint_name(painter, rect, row, current)
        elif index.column() == PAID:
            size = chip_size(chip_text(row.offer.ref))
            spot = QPoint(rect.left() + PADDING, rect.center().y() + 1 - size.height() // 2)
            paint_chip(painter, QRect(spot, size), row.offer.ref, self._colours, ground=ground)
        else:
            self._paint_text(painter, rect, row, index.column(), current)
        painter.restore()

    def _paint_name(self, painter: QPainter, rect: QRect, row: Row, current: bool) -> None:
        top = rect.center().y() + 1 - STAR // 2
        painter.drawPixmap(rect.left() + PADDING, top, self._filled if row.favourite else self._star)
        inner = rect.adjusted(STAR_WIDTH, 0, -PADDING, 0)
        suffix = "default" if row.default else ""
        suffix_width = QFontMetrics(self._small).horizontalAdvance(suffix) + (8 if suffix else 0)
        metrics = QFontMetrics(self._plain)
        mode = Qt.TextElideMode.ElideMiddle
        name = metrics.elidedText(row.offer.ref.model, mode, inner.width() - suffix_width)
        painter.setFont(self._plain)
        painter.setPen(QColor(self._colours.text if row.offer.sendable else self._colours.muted))
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter, name)
        painter.setFont(self._small)
        painter.setPen(self._quiet(current))
        inner.setLeft(inner.left() + metrics.horizontalAdvance(name) + 8)
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter, suffix)

    def _paint_text(self, painter: QPainter, rect: QRect, row: Row, column: int, current: bool) -> None:
        side = Qt.AlignmentFlag.AlignRight if column in FIGURES else Qt.AlignmentFlag.AlignLeft
        inner = rect.adjusted(PADDING, 0, -PADDING, 0)
        font = self._small if column == DRAFT and row.draft in UNKNOWN else self._font(column)
        painter.setFont(font)
        painter.setPen(self._ink(row, column, current))
        text = QFontMetrics(font).elidedText(texts(row)[column], Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | side, text)

    def _ink(self, row: Row, column: int, current: bool) -> QColor:
        """On the ground of the current row only text and accents of enough contrast are used."""
        c = self._colours
        if column == DRAFT and row.refused:
            return QColor(c.bad)
        if column == DRAFT and (row.draft == PENDING or row.draft in UNKNOWN):
            return self._quiet(current)
        if column == RATE:
            return QColor(c.text if current else c.accent)
        return self._quiet(current) if column == CAN else QColor(c.text)

    def _quiet(self, current: bool) -> QColor:
        return QColor(self._colours.text if current else self._colours.muted)

    def _font(self, column: int) -> QFont:
        if column in (RATE, DRAFT):
            return self._bold
        return self._plain if column in (MODEL, TYPICAL, CONTEXT) else self._small
