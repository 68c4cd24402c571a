"""What the palette lists: words at the left, keys at the right, and what Enter does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from nexu_desktop.markup.characters import visible_code
from nexu_desktop.ui import theme
from nexu_desktop.ui.filter_layer import ROW_ROLE, FilterPainter, Index

PAD = 12


@dataclass(frozen=True, slots=True)
class Row:
    """`call` None: the keys mean something only at their place. `also`: words that find it and are not shown.

    `waits`: it stands first, but Enter takes another that fits what was typed."""

    words: str
    keys: str = ""
    also: str = ""
    call: Callable[[], object] | None = None
    waits: bool = False

    @property
    def spoken(self) -> str:
        return f"{visible_code(self.words)}, {self.keys}" if self.keys else visible_code(self.words)

    def fits(self, typed: str) -> bool:
        """Every word that was typed occurs somewhere in it."""
        text = f"{self.words} {self.keys} {self.also}".casefold()
        return all(word in text for word in typed.casefold().split())


def row_height() -> int:
    return QFontMetrics(theme.font(theme.SIZE_CONTROL)).height() + theme.GAP_L


class RowPainter(FilterPainter):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, row_height())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row, c = index.data(ROW_ROLE), self.colours
        box: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            selected = bool(option.state & QStyle.StateFlag.State_Selected)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(c.selection if selected else c.panel))
            painter.drawRoundedRect(box.adjusted(2, 1, -2, -1), theme.RADIUS_CONTROL, theme.RADIUS_CONTROL)
        inner = box.adjusted(PAD, 0, -PAD, 0)
        painter.setFont(theme.font(theme.SIZE_CAPTION))
        painter.setPen(QColor(c.muted))
        painter.drawText(inner, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, row.keys)
        taken = painter.fontMetrics().horizontalAdvance(row.keys) + theme.GAP_L if row.keys else 0
        inner.adjust(0, 0, -taken, 0)
        painter.setFont(theme.font(theme.SIZE_CONTROL))
        painter.setPen(QColor(c.text))
        words = painter.fontMetrics().elidedText(
            visible_code(row.words), Qt.TextElideMode.ElideRight, inner.width()
        )
        painter.drawText(inner, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)
        painter.restore()
