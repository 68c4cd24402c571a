"""The text of one message as segments above each other; what is finished is never drawn again."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtWidgets import QWidget

from nexu_desktop.ui.chat_view.code_segment import CodeSegment
from nexu_desktop.ui.chat_view.formats import Formats
from nexu_desktop.ui.chat_view.pool import Pool
from nexu_desktop.ui.chat_view.quiet_button import QuietButton
from nexu_desktop.ui.chat_view.segments import Kind, Segment, Splitter
from nexu_desktop.ui.chat_view.stack import Part
from nexu_desktop.ui.chat_view.text_segment import TextSegment

OPENED_CHARS = 60_000  # of a stored message; the rest waits behind "Show more"
MORE_CHARS = 200_000
AFTER_CODE = 12

Piece = TextSegment | CodeSegment


class Body(Part):
    """`plain`: show the text as it was typed. `limit`: how many characters a stored message opens with."""

    def __init__(
        self,
        pool: Pool,
        parent: QWidget,
        *,
        plain: bool = False,
        muted: bool = False,
        limit: int = OPENED_CHARS,
    ) -> None:
        super().__init__(parent)
        self._pool, self._plain, self._muted, self._limit = pool, plain, muted, limit
        self._more = QuietButton("Show more", "Show more of this message", widest="Show more (9,999 kB left)")
        self._more.setParent(self)
        self._more.hide()
        self._more.clicked.connect(self._show_more)
        self._more.apply_theme(pool.formats.colours)
        self._begin()

    def _begin(self) -> None:
        self.text = ""
        self._splitter = Splitter(plain=self._plain)
        self._fed = 0
        self._complete = False
        self._pieces: list[Piece] = []
        self._heights: list[int] = []
        self._frozen = 0
        self._settled = 0  # pieces whose height can no longer change at this width
        self._width = 0

    def show_text(self, text: str, *, final: bool) -> None:
        """`text` as it is now; only what was added since the last call costs time."""
        if not text.startswith(self.text) or (self._complete and text != self.text):
            self.clear()
        if not final:
            self._limit = max(self._limit, len(text))
        self.text = text
        self._feed(final)

    def clear(self) -> None:
        """Give every piece back to the pool."""
        for piece in self._pieces:
            self._pool.give_back(piece)
        self._begin()

    def _feed(self, final: bool) -> None:
        if self._complete:
            return
        end = min(len(self.text), self._limit)
        self._splitter.feed(self.text[self._fed : end])
        self._fed = end
        left = len(self.text) - end
        if final and not left:
            self._splitter.finish()
            self._complete = True
        self._more.setVisible(left > 0)
        self._more.setText(f"Show more ({max(left // 1_000, 1):,} kB left)")
        self._sync()

    def _show_more(self) -> None:
        self._limit += MORE_CHARS
        self._feed(final=True)
        self.grew.emit()

    def _segments(self) -> Iterator[tuple[int, Segment]]:
        """Those that may look different since the last time."""
        finished = self._splitter.finished
        yield from ((number, finished[number]) for number in range(self._frozen, len(finished)))
        tail = None if self._complete else self._splitter.tail()
        if tail is not None:
            yield len(finished), tail

    def _sync(self) -> None:
        self._settled = min(self._settled, self._frozen)
        count = len(self._splitter.finished)
        for number, segment in self._segments():
            self._show(number, segment)
            count = max(count, number + 1)
        while len(self._pieces) > count:
            self._pool.give_back(self._pieces.pop())
        self._frozen = len(self._splitter.finished)

    def _show(self, number: int, segment: Segment) -> None:
        wanted = CodeSegment if segment.kind is Kind.CODE else TextSegment
        if number < len(self._pieces) and not isinstance(self._pieces[number], wanted):
            self._pool.give_back(self._pieces[number])
            self._pieces[number] = self._piece(segment.kind)
        elif number == len(self._pieces):
            self._pieces.append(self._piece(segment.kind))
        piece = self._pieces[number]
        if isinstance(piece, CodeSegment):
            piece.show_segment(segment)
        else:
            piece.show_segment(segment, muted=self._muted)
        piece.show()

    def _piece(self, kind: Kind) -> Piece:
        if kind is not Kind.CODE:
            return self._pool.text(self)
        piece = self._pool.code(self)
        piece.on_grew = self._code_grew
        return piece

    def _code_grew(self) -> None:
        self._settled = 0
        self.grew.emit()

    def natural_width(self, most: int) -> int:
        """For a card that hugs its text; more than one piece takes all there is."""
        if len(self._pieces) != 1 or not isinstance(self._pieces[0], TextSegment):
            return most
        self._settled = 0
        return self._pieces[0].natural_width(most)

    def fit(self, width: int) -> int:
        if width != self._width:
            self._width, self._settled = width, 0
        del self._heights[self._settled :]
        for piece in self._pieces[self._settled :]:
            gap = AFTER_CODE if isinstance(piece, CodeSegment) else 0
            piece.move(0, sum(self._heights))
            self._heights.append(piece.fit(width) + gap)
        self._settled = min(self._frozen, len(self._pieces))
        height = sum(self._heights)
        if not self._more.isHidden():
            self._more.move(0, height)
            height += self._more.height() + 8
        self.resize(width, height)
        return height

    def restyle(self, formats: Formats) -> None:
        self._settled = 0
        self._more.apply_theme(formats.colours)
        for piece in self._pieces:
            piece.restyle(formats)

    def selected(self) -> str:
        """What is selected in any of its pieces."""
        return "\n".join(filter(None, (piece.selected() for piece in self._pieces)))
