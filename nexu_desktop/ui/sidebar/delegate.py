"""Paints one conversation: title on the left, cost on the right, a soft ground when selected."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from nexu_desktop.domain.chat import Conversation
from nexu_desktop.domain.credits import show_spent
from nexu_desktop.ui import theme
from nexu_desktop.ui.sidebar.model import CONVERSATION_ROLE, title_of

Index = QModelIndex | QPersistentModelIndex
ROW_HEIGHT, GROUP_HEIGHT, PADDING = 32, 32, 8


class ConversationDelegate(QStyledItemDelegate):
    def __init__(self, colours: theme.Colours) -> None:
        super().__init__()
        self.colours = colours

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, ROW_HEIGHT if index.data(CONVERSATION_ROLE) else GROUP_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect: QRect = option.rect
        row = index.data(CONVERSATION_ROLE)
        if row is None:
            self._group(painter, rect, str(index.data()))
        else:
            state: QStyle.StateFlag = option.state
            self._ground(painter, rect, state)
            self._row(painter, rect, row)
        painter.restore()

    def _group(self, painter: QPainter, rect: QRect, title: str) -> None:
        painter.setFont(theme.font(theme.SIZE_CAPTION))
        painter.setPen(QColor(self.colours.faint))
        painter.drawText(
            rect.adjusted(PADDING, 8, 0, 0), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, title
        )

    def _ground(self, painter: QPainter, rect: QRect, state: QStyle.StateFlag) -> None:
        if state & QStyle.StateFlag.State_Selected:
            painter.setBrush(QColor(self.colours.selection))
        elif state & QStyle.StateFlag.State_MouseOver:
            soft = QColor(self.colours.selection)
            soft.setAlpha(120)
            painter.setBrush(soft)
        else:
            return
        focused = state & QStyle.StateFlag.State_HasFocus and state & QStyle.StateFlag.State_Selected
        painter.setPen(QPen(QColor(self.colours.accent), 2) if focused else Qt.PenStyle.NoPen)
        painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), theme.RADIUS_CONTROL, theme.RADIUS_CONTROL)

    def _row(self, painter: QPainter, rect: QRect, row: Conversation) -> None:
        inner = rect.adjusted(PADDING, 0, -PADDING, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        cost = show_spent(row.spent, row.spent_play)
        if cost:
            painter.setFont(theme.font(theme.SIZE_CAPTION))
            painter.setPen(QColor(self.colours.muted))
            painter.drawText(inner, middle | Qt.AlignmentFlag.AlignRight, cost)
            inner.setRight(inner.right() - painter.fontMetrics().horizontalAdvance(cost) - PADDING)
        font = theme.font(theme.SIZE_CONTROL)
        painter.setFont(font)
        painter.setPen(QColor(self.colours.text))
        title = QFontMetrics(font).elidedText(title_of(row), Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, middle | Qt.AlignmentFlag.AlignLeft, title)
