"""A card of code on the canvas: plain characters on a panel, scrolled sideways or wrapped, coloured once complete."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, QRect
from PySide6.QtGui import QPainter, QTextOption

from nexu_desktop.markup.segments import Segment
from nexu_desktop.ui.chat_view.formats import Formats
from nexu_desktop.ui.chat_view.highlighting import Highlighter
from nexu_desktop.ui.chat_view.paper import Paper, Papers
from nexu_desktop.ui.chat_view.piece import BAR, Marks, Piece, frame

HEADER = 31
PADDING = 12
AFTER = 12


class CodePiece(Piece):
    """The header (language, Wrap, Copy) is a widget that the body puts over the top of the card."""

    gap = AFTER
    pad = QPoint(PADDING, HEADER + PADDING)

    def __init__(self, papers: Papers, segment: Segment, owner: QObject, changed: Callable[[], None]) -> None:
        super().__init__(papers, segment)
        self._changed = changed
        self.wrapped = False
        self._owner = owner
        self._shown = ""  # the code that stands in the document
        self._highlighter: Highlighter | None = None
        self._coloured: Segment | None = None

    @property
    def highlighting(self) -> bool:
        return self._highlighter is not None and self._highlighter.busy

    def show(self, segment: Segment) -> None:
        if segment.text != self.segment.text or segment.closed != self.segment.closed:
            self.laid = False
        self.segment = segment

    def wrap(self, wrapped: bool) -> None:
        self.wrapped, self.laid, self.scrolled = wrapped, False, 0

    def forget(self) -> None:
        self.release()
        super().forget()
        self._shown, self._coloured = "", None

    def release(self) -> None:
        """Nobody will look at it any more."""
        if self._highlighter is not None:
            self._highlighter.stop()
            self._highlighter.deleteLater()
        self._highlighter = self._paper = None
        self.laid = False

    def lay(self, width: int) -> None:
        if self.laid and width == self.room + 2 * PADDING:
            return
        self.room, self.laid = width - 2 * PADDING, True
        paper = self._filled()
        paper.setTextWidth(self.room if self.wrapped else -1)
        self._set_width = paper.textWidth()
        self.extent = self.room if self.wrapped else math.ceil(paper.idealWidth())
        bar = BAR + 2 if self.most else 0
        self.height = HEADER + 2 * PADDING + max(math.ceil(paper.size().height()), 1) + bar + AFTER
        self.scrolled = min(self.scrolled, self.most)
        if self.segment.closed and self._coloured != self.segment:
            self._colour(paper)

    def _filled(self) -> Paper:
        paper = self._paper = self._paper or Paper()
        if self._shown != self.segment.text or not self._shown:
            if self._highlighter is not None:
                self._highlighter.stop()
            self._papers.fill_code(paper, self.segment.text, self._shown)
            self._shown = self.segment.text
        option = paper.defaultTextOption()
        modes = QTextOption.WrapMode
        option.setWrapMode(modes.WrapAtWordBoundaryOrAnywhere if self.wrapped else modes.NoWrap)
        paper.setDefaultTextOption(option)
        return paper

    def _colour(self, paper: Paper) -> None:
        self._coloured = self.segment
        if self._highlighter is None:
            self._highlighter = Highlighter(paper, self._owner)
            paper.documentLayout().update.connect(lambda _: self._changed())
        colours = self._papers.formats.colours
        self._highlighter.start(paper.toPlainText(), self.segment.language, colours)

    def paint(self, painter: QPainter, clip: QRect, marks: Marks, formats: Formats) -> None:
        box = QRect(0, 0, self.room + 2 * PADDING, self.height - AFTER)
        frame(painter, box, formats.colours, HEADER)
        super().paint(painter, clip, marks, formats)
