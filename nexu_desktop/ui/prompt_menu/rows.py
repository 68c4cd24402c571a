"""The prompts of the menu as rows: name, first line, tokens."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from nexu_desktop.domain.prompts import Prompt
from nexu_desktop.markup.characters import visible_code
from nexu_desktop.ui import theme
from nexu_desktop.ui.filter_layer import ROW_ROLE, FilterPainter, Index

ROW_HEIGHT, PAD = 48, 12


@dataclass(frozen=True, slots=True)
class PromptRow:
    """`tokens` None while they are not counted."""

    prompt: Prompt
    tokens: int | None

    @property
    def words(self) -> str:
        return self.prompt.name

    @property
    def figure(self) -> str:
        return "~" if self.tokens is None else f"{self.tokens:,} tokens"

    @property
    def spoken(self) -> str:
        return f"{visible_code(self.prompt.name)}, {visible_code(self.prompt.first_line)}, {self.figure}"


class PromptPainter(FilterPainter):
    """Two lines a row, the tokens at the right of the first."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row, c = index.data(ROW_ROLE), self.colours
        box: QRect = option.rect
        state = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            selected = bool(state & QStyle.StateFlag.State_Selected)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(c.selection if selected else c.panel))
            painter.drawRoundedRect(box.adjusted(2, 1, -2, -1), theme.RADIUS_CONTROL, theme.RADIUS_CONTROL)
        inner = box.adjusted(PAD, 6, -PAD, -6)
        figure = theme.font(theme.SIZE_CAPTION)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop
        _draw(painter, inner, row.figure, figure, c.muted, right)
        first = inner.adjusted(0, 0, -96, 0)
        _draw(painter, first, visible_code(row.prompt.name), _strong(), c.text)
        second = inner.adjusted(0, 19, 0, 0)
        _draw(painter, second, visible_code(row.prompt.first_line), figure, c.muted)
        painter.restore()


def _strong() -> QFont:
    return theme.font(theme.SIZE_CONTROL, weight=QFont.Weight.DemiBold)


def _draw(
    painter: QPainter,
    box: QRect,
    text: str,
    font: QFont,
    ink: str,
    place: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop,
) -> None:
    painter.setFont(font)
    painter.setPen(QColor(ink))
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, place, shown)
