"""Paints one item in two lines: words and price, what it is and its button."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from nexu_desktop.markup.characters import visible
from nexu_desktop.ui import icons, theme
from nexu_desktop.ui.context_panel import wording
from nexu_desktop.ui.context_panel.model import ROW_ROLE
from nexu_desktop.ui.context_panel.rows import Row

Index = QModelIndex | QPersistentModelIndex
HEIGHT, PADDING, ICON = 52, 12, 16
LINE = 20
BUTTON_HEIGHT = 22
MIDDLE = Qt.AlignmentFlag.AlignVCenter


class ItemDelegate(QStyledItemDelegate):
    """`pointed` is the position whose button is under the mouse, -1 for none."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._colours = theme.LIGHT
        self._plain = theme.font(theme.SIZE_CONTROL)
        self._bold = theme.font(theme.SIZE_CONTROL, weight=QFont.Weight.DemiBold)
        self._small = theme.font(theme.SIZE_CAPTION)
        widest = max(map(QFontMetrics(self._small).horizontalAdvance, wording.BUTTONS.values()))
        self._button_width = widest + 16
        self.pointed = -1

    def apply_theme(self, c: theme.Colours) -> None:
        self._colours = c

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, HEIGHT)

    def button_rect(self, rect: QRect) -> QRect:
        """Where in the row `rect` its button lies."""
        left, top = rect.right() - PADDING + 8 - self._button_width, rect.top() + 7 + LINE - 1
        return QRect(left, top, self._button_width, BUTTON_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(ROW_ROLE)
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        focused = bool(state & QStyle.StateFlag.State_HasFocus)
        painter.save()
        self._paint_ground(painter, rect, selected=selected, focused=focused)
        ink = QColor(self._colours.text if row.sent else self._colours.muted)
        quiet = QColor(self._colours.text if selected else self._colours.muted)
        name = wording.icon(row.item)
        painter.drawPixmap(rect.left() + PADDING, rect.top() + 9, icons.pixmap(name, quiet.name(), ICON))
        self._paint_first(painter, rect, row, ink)
        self._paint_second(painter, rect, row, quiet)
        self._paint_button(painter, rect, row, quiet, pointed=index.row() == self.pointed)
        painter.restore()

    def _paint_ground(self, painter: QPainter, rect: QRect, *, selected: bool, focused: bool) -> None:
        c = self._colours
        if selected:
            painter.fillRect(rect, QColor(c.selection))
        painter.setPen(QColor(c.line))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if focused:
            painter.setPen(QPen(QColor(c.accent), 2))
            painter.drawRect(rect.adjusted(1, 1, -1, -2))

    def _paint_first(self, painter: QPainter, rect: QRect, row: Row, ink: QColor) -> None:
        line = QRect(rect.left() + PADDING + ICON + 8, rect.top() + 7, 0, LINE)
        line.setRight(rect.right() - PADDING)
        painter.setPen(ink)
        painter.setFont(self._bold if row.sent else self._plain)
        painter.drawText(line, MIDDLE | Qt.AlignmentFlag.AlignRight, row.price)
        taken = painter.fontMetrics().horizontalAdvance(row.price)
        line.setRight(line.right() - taken - (12 if taken else 0))
        self._paint_words(painter, line, visible(row.item.title), self._plain)

    def _paint_second(self, painter: QPainter, rect: QRect, row: Row, quiet: QColor) -> None:
        line = QRect(rect.left() + PADDING + ICON + 8, rect.top() + 7 + LINE, 0, LINE)
        line.setRight(self.button_rect(rect).left() - 4)
        painter.setPen(quiet)
        self._paint_words(painter, line, row.caption, self._small)

    def _paint_words(self, painter: QPainter, line: QRect, text: str, font: QFont) -> None:
        painter.setFont(font)
        text = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, line.width())
        painter.drawText(line, MIDDLE | Qt.AlignmentFlag.AlignLeft, text)

    def _paint_button(
        self, painter: QPainter, rect: QRect, row: Row, quiet: QColor, *, pointed: bool
    ) -> None:
        box, c = self.button_rect(rect), self._colours
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if pointed:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(c.accent_soft))
            painter.drawRoundedRect(box, 6, 6)
        painter.setPen(QColor(c.accent) if pointed or not row.sent else quiet)
        painter.setFont(self._small)
        painter.drawText(box.adjusted(8, 0, -8, 0), MIDDLE | Qt.AlignmentFlag.AlignRight, row.button)
