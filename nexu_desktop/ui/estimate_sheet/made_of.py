"""The parts of an estimate as a small table: what, how many tokens, how sure, how much."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nexu_desktop.domain.breakdown import Breakdown, Part, PartKind
from nexu_desktop.domain.chat import Lane
from nexu_desktop.domain.credits import show_cost, show_dollars
from nexu_desktop.domain.estimate import CountBasis
from nexu_desktop.ui import theme

NAMES = {
    PartKind.SYSTEM: "System prompt",
    PartKind.MESSAGES: "Earlier messages",
    PartKind.FILES: "Files and images",
    PartKind.SUMMARY: "Summary",
    PartKind.DRAFT: "This message",
    PartKind.TEMPLATE: "Chat template",
    PartKind.VISIBLE: "Answer, likely",
    PartKind.REASONING: "Reasoning, likely",
}
SURE = {CountBasis.EXACT: "exact", CountBasis.PROXY: "close", CountBasis.GUESS: "guess"}
ROW_HEIGHT, BAR_HEIGHT = 24, 4


class MadeOf(QWidget):
    """Painted: the figures stand in columns, and a bar shows each part's share of the cost."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[tuple[str, str, str, str, int], ...] = ()
        self._colours = theme.LIGHT
        self.setAccessibleName("What the estimate is made of")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_parts(self, made: Breakdown | None, lane: Lane) -> None:
        """None while it is counted."""
        parts = [part for part in made.parts if part.tokens] if made else []
        whole = sum(part.cost or 0 for part in parts)
        self._rows = tuple(_row(part, lane, whole) for part in parts)
        if made is not None and made.cached:
            note = "as reported the last time"
            self._rows += (("of it read from the cache", f"{made.cached:,}", note, "", 0),)
        spoken = "; ".join(" ".join(row[:4]) for row in self._rows)
        self.setAccessibleDescription(spoken or "being counted")
        self.setFixedHeight(max(len(self._rows), 1) * ROW_HEIGHT)
        self.update()

    def rows(self) -> tuple[tuple[str, ...], ...]:
        """As shown: what, tokens, how sure, cost."""
        return tuple(row[:4] for row in self._rows)

    def sizeHint(self) -> QSize:
        return QSize(420, max(len(self._rows), 1) * ROW_HEIGHT)

    def apply_theme(self, c: theme.Colours) -> None:
        self._colours = c
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._rows:
            painter.setPen(QColor(self._colours.muted))
            painter.setFont(theme.font(theme.SIZE_CONTROL))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, "~ being counted")
        for at, row in enumerate(self._rows):
            self._paint_row(painter, at * ROW_HEIGHT, row)

    def _paint_row(self, painter: QPainter, top: int, row: tuple[str, str, str, str, int]) -> None:
        c, width = self._colours, self.width()
        name, tokens, sure, cost, share = row
        middle, right = Qt.AlignmentFlag.AlignVCenter, Qt.AlignmentFlag.AlignRight
        cost_left, sure_left, tokens_left = width - 84, width - 144, width - 234
        columns = (
            (0, tokens_left - 8, name, c.text, Qt.AlignmentFlag.AlignLeft, QFont.Weight.Normal),
            (tokens_left, 84, tokens, c.text, right, QFont.Weight.Normal),
            (sure_left, 52, sure, c.muted, Qt.AlignmentFlag.AlignLeft, QFont.Weight.Normal),
            (cost_left, 84, cost, c.text, right, QFont.Weight.DemiBold),
        )
        note = (sure_left, 144, sure, c.muted, right, QFont.Weight.Normal)
        for x, wide, text, ink, side, weight in columns if cost else (*columns[:2], note):
            painter.setPen(QColor(ink))
            painter.setFont(theme.font(theme.SIZE_CAPTION, weight=weight))
            painter.drawText(x, top, wide, ROW_HEIGHT, middle | side, text)
        bar_left, bar_room = 150, tokens_left - 150 - 16
        if bar_room > 40 and share:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(c.accent))
            bar = QRectF(
                bar_left, top + (ROW_HEIGHT - BAR_HEIGHT) / 2, max(bar_room * share / 1_000, 2), BAR_HEIGHT
            )
            painter.drawRoundedRect(bar, 2, 2)


def _row(part: Part, lane: Lane, whole: int) -> tuple[str, str, str, str, int]:
    show = show_cost if lane.spends_credits else show_dollars
    cost = "price unknown" if part.cost is None else show(part.cost)
    share = part.cost * 1_000 // whole if part.cost and whole else 0
    return NAMES[part.kind], f"{part.tokens:,}", SURE[part.basis], cost, share
