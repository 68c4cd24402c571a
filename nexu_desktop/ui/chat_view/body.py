"""The text of one message as pieces above each other, painted on one widget; only what comes into sight is laid out."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from nexu_desktop.markup.segments import Kind, Segment, Splitter
from nexu_desktop.ui.chat_view.code_piece import CodePiece
from nexu_desktop.ui.chat_view.dressing import Dressing
from nexu_desktop.ui.chat_view.formats import Formats
from nexu_desktop.ui.chat_view.piece import Piece, TextPiece
from nexu_desktop.ui.chat_view.pool import Pool
from nexu_desktop.ui.chat_view.quiet_button import QuietButton
from nexu_desktop.ui.chat_view.spots import TEXT
from nexu_desktop.ui.chat_view.stack import Part
from nexu_desktop.ui.chat_view.sums import Sums

OPENED_CHARS = 400_000  # of a stored message; the rest waits behind "Show more"
MORE_CHARS = 1_000_000
BELOW_TEXT = 8


class Body(Part):
    """`plain`: show the text as it was typed. `limit`: how many characters a stored message opens with.

    `place` and `part` say where in the conversation it stands.
    """

    def __init__(
        self,
        pool: Pool,
        parent: QWidget,
        *,
        plain: bool = False,
        muted: bool = False,
        limit: int = OPENED_CHARS,
        part: int = TEXT,
    ) -> None:
        super().__init__(parent)
        self.place, self.part = 0, part
        self._pool, self._plain, self._muted, self._first_limit = pool, plain, muted, limit
        self._limit = limit
        self.setAttribute(Qt.WidgetAttribute.WA_StaticContents)  # new text paints itself, see _lay
        self._dressing = Dressing(self, pool)
        self._dressing.rewrapped.connect(self._on_rewrap)
        self._more = QuietButton("Show more", "Show more of this message", widest="Show more (9,999 kB left)")
        self._more.setParent(self)
        self._more.hide()
        self._more.clicked.connect(self.show_more)
        self._more.apply_theme(pool.formats.colours)
        self.pieces: list[Piece] = []
        self._width = 0
        self._begin()

    def _begin(self) -> None:
        self.text = ""
        self._splitter = Splitter(plain=self._plain)
        self._fed = 0
        self._complete = False
        self._drop_from(0)
        self._tops = Sums()
        self._frozen = 0  # pieces that will not change any more

    # --- what it says ---------------------------------------------------------------------------------

    def show_text(self, text: str, *, final: bool) -> None:
        """`text` as it is now; only what was added since the last call costs time."""
        if not text.startswith(self.text) or (self._complete and text != self.text):
            self._begin()
        if not final:
            self._limit = max(self._limit, len(text))
        self.text = text
        self._feed(final)

    def clear(self) -> None:
        """Another message will be shown here."""
        self._limit = self._first_limit
        self._begin()

    def show_more(self) -> None:
        self._limit += MORE_CHARS
        self._feed(final=True)
        self.grew.emit()

    @property
    def hidden_chars(self) -> int:
        """How much of the text waits behind "Show more"."""
        return len(self.text) - self._fed

    def _feed(self, final: bool) -> None:
        if self._complete:
            return
        end = min(len(self.text), self._limit)
        self._splitter.feed(self.text[self._fed : end])
        self._fed = end
        left = self.hidden_chars
        if final and not left:
            self._splitter.finish()
            self._complete = True
        self._more.setVisible(left > 0)
        self._more.setText(f"Show more ({max(left // 1_000, 1):,} kB left)")
        self._sync()

    def _sync(self) -> None:
        finished = self._splitter.finished
        if self._complete:  # only now it is known where its references lead
            for number in range(self._frozen):
                self.pieces[number].show(finished[number])
        fresh = finished[self._frozen :]
        tail = None if self._complete else self._splitter.tail()
        shown = [*fresh, *((tail,) if tail is not None else ())]
        for number, segment in enumerate(shown, self._frozen):
            self._show(number, segment)
        self._drop_from(self._frozen + len(shown))
        self._frozen = len(finished)

    def _show(self, number: int, segment: Segment) -> None:
        wanted = CodePiece if segment.kind is Kind.CODE else TextPiece
        if number < len(self.pieces) and not isinstance(self.pieces[number], wanted):
            self._drop_from(number)
        if number == len(self.pieces):
            self.pieces.append(self._new_piece(segment))
            self.pieces[number].resize(self._width)
            self._tops.append(self.pieces[number].height)
        else:
            self.pieces[number].show(segment)

    def _new_piece(self, segment: Segment) -> Piece:
        if segment.kind is Kind.CODE:
            return CodePiece(self._pool.papers, segment, self, self.update)
        return TextPiece(self._pool.papers, segment, self.grew.emit, muted=self._muted)

    def _drop_from(self, number: int) -> None:
        if len(self.pieces) > number:
            self.update()
        while len(self.pieces) > number:
            piece = self.pieces.pop()
            self._tops.pop()
            self._dressing.undress(piece)
            if isinstance(piece, CodePiece):
                piece.release()

    # --- how high it is -------------------------------------------------------------------------------

    def natural_width(self, most: int) -> int:
        """For a card that hugs its text; more than one piece takes all there is."""
        if len(self.pieces) != 1 or not isinstance(self.pieces[0], TextPiece):
            return most
        return self.pieces[0].natural_width(most)

    @property
    def growth(self) -> int:
        """How many pixels higher than this widget its text has become."""
        more = 0 if self._more.isHidden() else self._more.height() + BELOW_TEXT
        return self._tops.total + more - self.height()

    def fit(self, width: int) -> int:
        """The height as far as it is known: pieces that nobody has seen yet are guessed."""
        if width != self._width:
            self._width = width
            for piece in self.pieces:
                piece.resize(width)
            self._tops = Sums([piece.height for piece in self.pieces])
        height = self._tops.total
        if not self._more.isHidden():
            self._more.move(0, height)
            height += self._more.height() + BELOW_TEXT
        self.resize(width, height)
        return height

    def reveal(self, top: int, bottom: int, keep: int, *, most: int = 1 << 30) -> int:
        """Lay out what lies between `top` and `bottom`, at most `most` pieces. Returns how many pixels the
        line `keep` has to go down with that for a reader to see what he saw before.
        """
        if not self.pieces or bottom <= 0 or top >= self._tops.total:
            return 0
        number, inside = self._tops.at(max(top, 0))
        y, shift = max(top, 0) - inside, 0
        while number < len(self.pieces) and y < bottom and most > 0:
            piece = self.pieces[number]
            if not piece.laid:
                shift += self._lay(number, y, keep + shift)
                most -= 1
            y += piece.height
            number += 1
        self._dressing.dress((piece, y) for _, piece, y in self._between(top, bottom))
        return shift

    def lay(self, number: int) -> None:
        """Lay out one piece wherever it is; the row has to be fitted again."""
        if not self.pieces[number].laid:
            self._lay(number, self.top_of(number), 0)

    def _lay(self, number: int, y: int, keep: int) -> int:
        piece, before = self.pieces[number], self._tops[number]
        above = y + before <= keep if piece.seen else y < keep
        piece.lay(self._width)
        piece.seen = True
        self._tops[number] = piece.height
        self.update(0, y, self._width, piece.height if before == piece.height else 1 << 23)
        return piece.height - before if above else 0

    def all_laid(self, top: int, bottom: int) -> bool:
        return all(piece.laid for _, piece, _ in self._between(top, bottom))

    def _between(self, top: int, bottom: int) -> Iterator[tuple[int, Piece, int]]:
        """Pieces that show between two lines: number, piece, and where it begins."""
        if not self.pieces or bottom <= 0 or top >= self._tops.total:
            return
        number, inside = self._tops.at(max(top, 0))
        y = max(top, 0) - inside
        while number < len(self.pieces) and y < bottom:
            yield number, self.pieces[number], y
            y += self._tops[number]
            number += 1

    def _on_rewrap(self) -> None:
        self.update()
        self.grew.emit()

    # --- where things are -----------------------------------------------------------------------------

    def top_of(self, number: int) -> int:
        return self._tops.before(number)

    def spot_at(self, point: QPoint) -> tuple[int, int]:
        """Piece and position nearest to a point of this widget; (0, 0) without any text."""
        if not self.pieces or point.y() < 0:
            return 0, 0
        if point.y() >= self._tops.total:
            return len(self.pieces) - 1, self.pieces[-1].end()
        number, inside = self._tops.at(point.y())
        return number, self.pieces[number].hit(QPoint(point.x(), inside))

    def over_text(self, point: QPoint) -> bool:
        """Whether the point lies on a piece, and not on the header of a card."""
        if not self.pieces or not 0 <= point.y() < self._tops.total:
            return False
        number, inside = self._tops.at(point.y())
        return inside >= self.pieces[number].pad.y()

    def anchor_at(self, point: QPoint) -> tuple[int, str]:
        """The piece under a point and the address of the link there; '' for none."""
        if not self.pieces or not 0 <= point.y() < self._tops.total:
            return 0, ""
        number, inside = self._tops.at(point.y())
        return number, self.pieces[number].anchor_at(QPoint(point.x(), inside))

    def wide_at(self, point: QPoint) -> Piece | None:
        """The block under a point that scrolls sideways."""
        if not self.pieces or not 0 <= point.y() < self._tops.total:
            return None
        piece = self.pieces[self._tops.at(point.y())[0]]
        return piece if piece.most else None

    def scroll_sideways(self, piece: Piece, by: int) -> None:
        piece.scrolled = max(min(piece.scrolled + by, piece.most), 0)
        self._dressing.follow(piece)
        self.update()

    def show_position(self, number: int, position: int) -> QRect:
        """Bring a position into sight sideways; where it stands then, in this widget."""
        piece = self.pieces[number]
        box = piece.rectangle(position)
        left = box.x() - piece.pad.x()
        if piece.most and not 0 <= left < piece.room:
            self.scroll_sideways(piece, left - piece.room // 2)
            box = piece.rectangle(position)
        return box.translated(0, self.top_of(number))

    # --- painting -------------------------------------------------------------------------------------

    def restyle(self, formats: Formats) -> None:
        self._more.apply_theme(formats.colours)
        for piece in self.pieces:
            piece.forget()
        self._dressing.restyle(formats)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, dirty = QPainter(self), event.rect()
        marks, formats = self._pool.marks, self._pool.formats
        for number, piece, y in self._between(dirty.top(), dirty.bottom() + 1):
            if piece.laid:  # what is not yet is laid out before it is shown
                shown = marks.of(self.place, self.part, number, piece) if marks.wanted else ()
                painter.translate(0, y)
                piece.paint(painter, dirty.translated(0, -y), shown, formats)
                painter.translate(0, -y)
        painter.end()
