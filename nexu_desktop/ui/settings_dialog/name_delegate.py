"""Paints one name of the settings: what it is in ink, what is set of it muted below."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from nexu_desktop.ui import theme

PADDING = 8


class NameDelegate(QStyledItemDelegate):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.colours = theme.LIGHT

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        self.initStyleOption(option, index)
        lines = str(index.data() or "").split("\n")
        option.text = ""
        widget: QWidget = option.widget
        widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, widget)
        painter.save()
        painter.setFont(option.font)
        rect: QRect = option.rect
        height = painter.fontMetrics().height()
        top = rect.top() + (rect.height() - height * len(lines)) // 2
        for line, ink in zip(lines, (self.colours.text, self.colours.muted), strict=False):
            painter.setPen(QColor(ink))
            box = QRect(rect.left() + PADDING, top, rect.width() - PADDING - 2, height)
            shown = painter.fontMetrics().elidedText(line, Qt.TextElideMode.ElideRight, box.width())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
            top += height
        painter.restore()
