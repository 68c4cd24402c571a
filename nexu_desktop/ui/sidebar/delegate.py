"""Paints the rows of the sidebar: headings, conversations with chips and cost, messages with what was looked for."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QTextCharFormat, QTextLayout
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from nexu_desktop.domain.library import Marks
from nexu_desktop.markup.units import units
from nexu_desktop.ui import icons, theme
from nexu_desktop.ui.sidebar.model import ROW_ROLE
from nexu_desktop.ui.sidebar.rows import Heading, HitLine, Line, title_of

Index = QModelIndex | QPersistentModelIndex
ROW_HEIGHT, HIT_HEIGHT, PADDING, INDENT = 32, 44, 8, 12
CHIP_WIDEST, CHIP_HEIGHT, CHIPS_SHOWN = 72, 18, 2
ICON = 14
_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
_RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight


class LibraryDelegate(QStyledItemDelegate):
    """`drop_row` is the row that something is dragged over."""

    def __init__(self, colours: theme.Colours) -> None:
        super().__init__()
        self.colours = colours
        self.drop_row = -1

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, HIT_HEIGHT if isinstance(index.data(ROW_ROLE), HitLine) else ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        row = index.data(ROW_ROLE)
        if not isinstance(row, Heading) or row.folder is not None:
            self._ground(painter, rect, state, dropped=index.row() == self.drop_row)
        inner = rect.adjusted(PADDING, 0, -PADDING, 0)
        if isinstance(row, Heading):
            self._heading(painter, inner, row)
        elif isinstance(row, Line):
            self._line(painter, inner, row)
        elif isinstance(row, HitLine):
            self._hit(painter, inner, row)
        painter.restore()

    def _ground(self, painter: QPainter, rect: QRect, state: QStyle.StateFlag, *, dropped: bool) -> None:
        c = self.colours
        soft = QColor(c.selection)
        soft.setAlpha(120)
        selected = bool(state & QStyle.StateFlag.State_Selected)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        focused = state & QStyle.StateFlag.State_HasFocus
        if not (selected or hovered or dropped or focused):
            return
        ground = QColor(c.accent_soft) if dropped else QColor(c.selection) if selected else soft
        painter.setBrush(ground if selected or hovered or dropped else Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(c.accent), 2) if focused else Qt.PenStyle.NoPen)
        painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), theme.RADIUS_CONTROL, theme.RADIUS_CONTROL)

    def _heading(self, painter: QPainter, inner: QRect, row: Heading) -> None:
        c = self.colours
        if row.folder is None:
            _write(painter, inner.adjusted(0, 8, 0, 0), row.title, theme.font(theme.SIZE_CAPTION), c.faint)
            return
        chevron = "chevron-right" if row.folder.folded else "chevron-down"
        for name in (chevron, "folder"):
            mark = icons.pixmap(name, c.muted, ICON)
            painter.drawPixmap(inner.left(), inner.center().y() - ICON // 2, mark)
            inner.setLeft(inner.left() + ICON + 4)
        inner.setLeft(inner.left() + 2)
        font = theme.font(theme.SIZE_CONTROL, weight=QFont.Weight.DemiBold)
        inner = _aside(painter, inner, str(row.count), c.faint)
        _write(painter, inner, row.title, font, c.text)

    def _line(self, painter: QPainter, inner: QRect, row: Line) -> None:
        if row.inside:
            inner.setLeft(inner.left() + INDENT)
        inner = _aside(painter, inner, row.aside, self.colours.muted) if row.aside else inner
        inner = self._chips(painter, inner, row.chips)
        font, title = theme.font(theme.SIZE_CONTROL), title_of(row.entry)
        if row.marks:
            title = QFontMetrics(font).elidedText(title, Qt.TextElideMode.ElideRight, inner.width() - PADDING)
            self._marked(painter, inner, title, row.marks, font, self.colours.text, lines=1)
        else:
            _write(painter, inner, title, font, self.colours.text)

    def _chips(self, painter: QPainter, inner: QRect, chips: Sequence[str]) -> QRect:
        """As many as leave the title half of the room, from the right."""
        font = theme.font(theme.SIZE_CAPTION)
        metrics = QFontMetrics(font)
        half = inner.width() // 2
        for chip in reversed(chips[:CHIPS_SHOWN]):
            text = metrics.elidedText(chip, Qt.TextElideMode.ElideRight, CHIP_WIDEST - 12)
            width = metrics.horizontalAdvance(text) + 12
            if inner.width() - width - 4 < half:
                continue
            ground = QRect(
                inner.right() - width + 1, inner.center().y() - CHIP_HEIGHT // 2, width, CHIP_HEIGHT
            )
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self.colours.accent_soft))
            painter.drawRoundedRect(ground, CHIP_HEIGHT / 2, CHIP_HEIGHT / 2)
            _write(painter, ground.adjusted(6, 0, 0, 0), text, font, self.colours.accent)
            inner = inner.adjusted(0, 0, -width - 4, 0)
        return inner

    def _hit(self, painter: QPainter, inner: QRect, row: HitLine) -> None:
        place = inner.adjusted(INDENT, 4, 0, -4)
        font = theme.font(theme.SIZE_CAPTION)
        self._marked(painter, place, row.hit.snippet, row.hit.marks, font, self.colours.muted, lines=2)

    def _marked(
        self,
        painter: QPainter,
        place: QRect,
        text: str,
        marks: Marks,
        font: QFont,
        colour: str,
        *,
        lines: int,
    ) -> None:
        """Plain text on so many lines, what was looked for in bold on a soft ground; the rest is cut off."""
        layout = QTextLayout(text, font)
        look = QTextCharFormat()
        look.setBackground(QColor(self.colours.accent_soft))
        look.setForeground(QColor(self.colours.text))
        look.setFontWeight(QFont.Weight.DemiBold)
        layout.setFormats([_range(text, start, end, look) for start, end in marks])
        layout.beginLayout()
        height = 0.0
        for _ in range(lines):
            line = layout.createLine()
            if not line.isValid():
                break
            line.setLineWidth(max(place.width(), 1))
            line.setPosition(QPointF(0, height))
            height += line.height()
        layout.endLayout()
        painter.setPen(QColor(colour))
        painter.setClipRect(place)
        layout.draw(painter, QPointF(place.left(), place.top() + (place.height() - height) / 2))


def _range(text: str, start: int, end: int, look: QTextCharFormat) -> QTextLayout.FormatRange:
    found = QTextLayout.FormatRange()
    found.start = units(text[:start])
    found.length = units(text[start:end])
    found.format = look
    return found


def _aside(painter: QPainter, inner: QRect, text: str, colour: str) -> QRect:
    """Write on the right; returns what is left of the room."""
    font = theme.font(theme.SIZE_CAPTION)
    painter.setFont(font)
    painter.setPen(QColor(colour))
    painter.drawText(inner, _RIGHT, text)
    return inner.adjusted(0, 0, -QFontMetrics(font).horizontalAdvance(text) - PADDING, 0)


def _write(painter: QPainter, place: QRect, text: str, font: QFont, colour: str) -> None:
    painter.setFont(font)
    painter.setPen(QColor(colour))
    shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, place.width())
    painter.drawText(place, _LEFT, shown)
