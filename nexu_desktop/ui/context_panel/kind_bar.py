"""What is sent again, by kind: one bar, and the same in words under it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPainterPath, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nexu_desktop.domain.context import ItemKind
from nexu_desktop.ui import theme

BAR, DOT, GAP, LINE = 8, 8, 14, 18
NAMES = {
    ItemKind.SYSTEM: "System",
    ItemKind.SUMMARY: "Summary",
    ItemKind.MESSAGE: "Messages",
    ItemKind.FILE: "Files",
}


class KindBar(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._tokens: dict[ItemKind, int] = {}
        self._mark = ""
        self._colours = theme.LIGHT
        self.setFont(theme.font(theme.SIZE_CAPTION))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_tokens(self, tokens: dict[ItemKind, int], mark: str) -> None:
        """`mark` stands before figures that are not exact; no tokens: an empty bar."""
        self._tokens, self._mark = {kind: count for kind, count in tokens.items() if count}, mark
        self.setAccessibleName(", ".join(self._words()) or "Nothing is sent before the draft")
        self._fit()
        self.update()

    def apply_theme(self, c: theme.Colours) -> None:
        self._colours = c
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        lines = self._places(self.width())[-1][1] if self._tokens else 0
        self.setFixedHeight(BAR + 4 + LINE + lines)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_bar(painter)
        painter.setFont(self.font())
        words, places = self._words(), self._places(self.width())
        for kind, text, (left, top) in zip(self._tokens, words, places, strict=True):
            self._paint_word(painter, kind, text, left, BAR + 4 + top)
        painter.end()

    def _paint_bar(self, painter: QPainter) -> None:
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(0, 0, self.width(), BAR), BAR / 2, BAR / 2)
        painter.setClipPath(shape)
        painter.fillRect(0, 0, self.width(), BAR, QColor(self._colours.line))
        total, done = sum(self._tokens.values()), 0
        for kind, count in self._tokens.items():
            left = self.width() * done // total
            done += count
            right = self.width() * done // total
            painter.fillRect(left, 0, right - left, BAR, self._colour(kind))
            painter.fillRect(right - 1, 0, 1, BAR, QColor(self._colours.panel))
        painter.setClipping(False)

    def _paint_word(self, painter: QPainter, kind: ItemKind, text: str, left: int, top: int) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._colour(kind))
        painter.drawEllipse(QRectF(left, top + (LINE - DOT) / 2, DOT, DOT))
        painter.setPen(QColor(self._colours.muted))
        box = QRectF(left + DOT + 6, top, self.width(), LINE)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)

    def _words(self) -> list[str]:
        return [f"{NAMES[kind]} {self._mark}{count:,}" for kind, count in self._tokens.items()]

    def _places(self, width: int) -> list[tuple[int, int]]:
        """Left and top of each word; those that do not fit go to the next line."""
        places, left, top = [], 0, 0
        metrics = QFontMetrics(self.font())
        for text in self._words():
            needed = DOT + 6 + metrics.horizontalAdvance(text)
            if left and left + needed > width:
                left, top = 0, top + LINE
            places.append((left, top))
            left += needed + GAP
        return places

    def _colour(self, kind: ItemKind) -> QColor:
        """One accent; what is not said by people or models is grey."""
        c = self._colours
        mixed = QColor(c.accent)
        if kind is ItemKind.FILE:
            mixed.setAlpha(120)
        greys = {ItemKind.SYSTEM: QColor(c.muted), ItemKind.SUMMARY: QColor(c.faint)}
        return greys.get(kind, mixed)
