"""One piece of a message on the canvas: its document, how high it is, and how it is painted and hit. No widget."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QPainter,
    QPalette,
    QPen,
    QTextDocument,
    QTextFormat,
)

from nexu_desktop.markup.segments import Segment
from nexu_desktop.ui import theme
from nexu_desktop.ui.chat_view import table_building
from nexu_desktop.ui.chat_view.formats import RULE, Formats
from nexu_desktop.ui.chat_view.heights import text_height
from nexu_desktop.ui.chat_view.paper import PIPES_ARRIVING, Paper, Papers
from nexu_desktop.ui.chat_view.quote_bars import paint_marks

BELOW_BAR = 10
BAR = 10  # room for the bar that scrolls sideways
FONTS_SLACK = 8  # pixels
HIT = Qt.HitTestAccuracy


@dataclass(frozen=True, slots=True)
class Link:
    """`box` in pixels of the piece; `end` is the position behind it."""

    address: str
    label: str
    box: QRect
    end: int


Marks = Sequence[QAbstractTextDocumentLayout.Selection]


class Piece(ABC):
    """`height` is a guess until `lay` has been called; then it is what the text needs, in pixels."""

    gap = 0  # pixels left free below
    pad = QPoint(0, 0)  # from the corner of the piece to that of its text

    def __init__(self, papers: Papers, segment: Segment) -> None:
        self.segment = segment
        self.height = 0
        self.laid = False
        self.scrolled = 0  # pixels to the right
        self.extent = 0  # width of the text where it is laid out
        self.room = 0  # width in which it is seen
        self.seen = False  # whether it has been laid out at this width before
        self._papers = papers
        self._paper: Paper | None = None
        self._set_width = 0.0
        self._found_for: tuple[str, int] = ("", -1)
        self._found: list[int] = []
        self._guessed_for, self._guessed = ("", 0), 0

    @property
    def document(self) -> Paper:
        """The text, laid out in the width given last."""
        self.lay(self.room + 2 * self.pad.x())
        assert self._paper is not None
        if self._paper.textWidth() != self._set_width:
            self._paper.setTextWidth(self._set_width)  # an equal piece elsewhere is narrower
        return self._paper

    @property
    def most(self) -> int:
        """How far it can be scrolled to the right."""
        return max(self.extent - self.room, 0) if self.laid else 0

    @abstractmethod
    def show(self, segment: Segment) -> None:
        """`segment` stands here now; what it looks like is found out when somebody looks."""

    @abstractmethod
    def lay(self, width: int) -> None:
        """Lay it out in `width` pixels, unless it is."""

    def forget(self) -> None:
        """Another theme or another width: lay it out again."""
        self.laid = False

    def resize(self, width: int) -> None:
        """Guess the height at a width at which it has not been laid out."""
        self.room = width - 2 * self.pad.x()
        self.laid = self.seen = False
        text = self.segment.text
        self.height = text_height(len(text), text.count("\n"), self.room) + 2 * self.pad.y() + self.gap

    # --- where things are -----------------------------------------------------------------------------

    def hit(self, point: QPoint) -> int:
        """The position in the text nearest to a point of the piece."""
        return max(self.document.documentLayout().hitTest(self._inner(point), HIT.FuzzyHit), 0)

    def anchor_at(self, point: QPoint) -> str:
        """The address of the link under a point of the piece, '' for none."""
        if self._paper is None or not self.laid or not self._seen(point):
            return ""
        return self._paper.documentLayout().anchorAt(self._inner(point))

    def rectangle(self, position: int) -> QRect:
        """Where a position of the text stands, in the piece."""
        block = self.document.findBlock(position)
        layout, place = block.layout(), position - block.position()
        origin = self.document.documentLayout().blockBoundingRect(block).topLeft()
        line = layout.lineForTextPosition(place)
        if not line.isValid():
            return QRect(self.pad, self.pad + QPoint(1, 16))
        left: Any = line.cursorToX(place)
        left = left[0] if isinstance(left, tuple) else left  # with the place Qt has really taken
        corner = origin + QPointF(left - self.scrolled, line.y())
        return (
            QRectF(corner, QPointF(corner.x() + 1, corner.y() + line.height())).toRect().translated(self.pad)
        )

    def end(self) -> int:
        """The last position of the text."""
        return max(self.document.characterCount() - 1, 0)

    def positions(self, query: str) -> list[int]:
        """Where `query` stands in the text, if that has been laid out; the answer is kept until either changes."""
        key = (query, self.document.revision())
        if self._found_for != key:
            self._found_for, self._found = key, _positions(self.document, query)
        return self._found

    def links(self) -> list[Link]:
        """All links in reading order."""
        result: list[Link] = []
        block = self.document.begin()
        while block.isValid():
            pieces = block.begin()
            while not pieces.atEnd():
                fragment = pieces.fragment()
                address = fragment.charFormat().anchorHref()
                if address:
                    box = self.rectangle(fragment.position())
                    box = box.united(self.rectangle(fragment.position() + fragment.length()))
                    label = fragment.text()
                    if result and result[-1].address == address and result[-1].end == fragment.position():
                        before = result.pop()
                        box, label = box.united(before.box), before.label + label
                    result.append(Link(address, label, box, fragment.position() + fragment.length()))
                pieces += 1
            block = block.next()
        return result

    def named(self, name: str) -> int | None:
        """Where the anchor of that name stands."""
        block = self.document.begin()
        while block.isValid():
            pieces = block.begin()
            while not pieces.atEnd():
                if name in pieces.fragment().charFormat().anchorNames():
                    return pieces.fragment().position()
                pieces += 1
            block = block.next()
        return None

    def label_of(self, address: str) -> str:
        """What a reader sees of the links that lead there."""
        return "".join(link.label for link in self.links() if link.address == address)

    def matches(self, query: str) -> int:
        """How often `query` stands here; counted in the source as long as nothing is laid out."""
        if self.laid:
            return len(self.positions(query))
        key = (query, -len(self.segment.text))
        if self._guessed_for != key:
            self._guessed_for, self._guessed = key, self.segment.text.casefold().count(query.casefold())
        return self._guessed

    def _inner(self, point: QPoint) -> QPointF:
        return QPointF(point - self.pad) + QPointF(self.scrolled, 0)

    def _seen(self, point: QPoint) -> bool:
        return 0 <= point.x() - self.pad.x() <= self.room

    # --- painting -------------------------------------------------------------------------------------

    def paint(self, painter: QPainter, clip: QRect, marks: Marks, formats: Formats) -> None:
        """Paint what lies in `clip` (in pixels of the piece)."""
        area = QRect(self.pad.x(), 0, self.room, max(self.height, 1)) & clip if self.most else clip
        painter.save()
        if self.most:
            painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
        painter.translate(self.pad.x() - self.scrolled, self.pad.y())
        seen = QRectF(area.translated(self.scrolled - self.pad.x(), -self.pad.y()))
        context = QAbstractTextDocumentLayout.PaintContext()
        context.palette = _palette(formats)
        context.clip = seen
        if marks:
            context.selections = list(marks)
        self._under(painter, seen, formats)
        self.document.documentLayout().draw(painter, context)
        painter.restore()

    def _under(self, painter: QPainter, seen: QRectF, formats: Formats) -> None:  # noqa: B027 - a hook; code needs none
        """What a text document cannot draw itself."""


class TextPiece(Piece):
    """Rendered markdown or plain text. A table that needs more room than there is scrolls sideways."""

    def __init__(self, papers: Papers, segment: Segment, changed: Callable[[], None], *, muted: bool) -> None:
        super().__init__(papers, segment)
        self._changed = changed
        self._muted = muted
        self._shown: Segment | None = None
        self._marked = False

    def show(self, segment: Segment) -> None:
        if not _looks_like(self.segment, segment):
            self.laid = False
        self.segment = segment

    def forget(self) -> None:
        super().forget()
        self._paper = self._shown = None

    def lay(self, width: int) -> None:
        if self.laid and width == self.room:
            return
        self.room, self.laid = width, True
        paper = self._rendered()
        paper.setTextWidth(max(width, table_building.natural_width(paper) if self.segment.table else 0))
        self._set_width = paper.textWidth()
        size = paper.size()
        self.extent = math.ceil(size.width()) if self.segment.table else width
        self.scrolled = min(self.scrolled, self.most)
        self.gap = BELOW_BAR if self.most else 0
        self.height = max(math.ceil(size.height()), 1) + (BAR + BELOW_BAR if self.most else 0)

    def _rendered(self) -> Paper:
        segment, paper = self.segment, self._paper
        same = self._shown is not None and _looks_like(self._shown, segment)
        if paper is None or not same:
            if segment.closed and paper is None:
                paper = self._papers.closed(segment, muted=self._muted)
            else:
                paper = paper or Paper()
                self._papers.fill(paper, segment, muted=self._muted)
            self._marked = _has_marks(paper)
        if segment.closed and self._shown is not None and not self._shown.closed:
            self._papers.keep(paper, segment, muted=self._muted)
        if segment.closed and self._shown != segment:
            self._papers.formulas.ask(paper, self._drawn)
        self._paper, self._shown = paper, segment
        return paper

    def _drawn(self, paper: QTextDocument) -> None:
        """Formulas stand where their source was: the height may be another one."""
        if paper is self._paper:
            self.laid = False
            self._changed()

    def natural_width(self, most: int) -> int:
        """The width the text needs if it may use at most `most`, with no more lines than it takes there."""
        self.lay(most)
        height, width = self.document.size().height(), math.ceil(self.document.idealWidth()) + 1
        self.lay(min(width, most))
        if self.document.size().height() > height:  # two scripts in a line: their widths are not exact
            width += FONTS_SLACK
        return min(width, most)

    def _under(self, painter: QPainter, seen: QRectF, formats: Formats) -> None:
        """A bar at the left of each level of a quote, and rules."""
        if self._marked:
            paint_marks(painter, self.document, formats.colours, seen, self.room)


def _positions(paper: Paper, query: str) -> list[int]:
    """Case plays no part; matches do not overlap."""
    result: list[int] = []
    cursor = paper.find(query, 0)
    while not cursor.isNull():
        result.append(cursor.selectionStart())
        cursor = paper.find(query, cursor.selectionEnd())
    return result


def _looks_like(shown: Segment, segment: Segment) -> bool:
    """Whether what was rendered for the one can stay for the other."""
    as_source = not shown.closed and segment.closed and segment.text.count("|") > PIPES_ARRIVING
    same = (shown.text, shown.kind, shown.references) == (segment.text, segment.kind, segment.references)
    return same and not as_source


def _has_marks(paper: Paper) -> bool:
    block = paper.begin()
    while block.isValid():
        look = block.blockFormat()
        if look.hasProperty(RULE) or look.intProperty(QTextFormat.Property.BlockQuoteLevel):
            return True
        block = block.next()
    return False


def _palette(formats: Formats) -> QPalette:
    palette = QPalette()
    palette.setColor(QPalette.ColorRole.Text, QColor(formats.colours.text))
    return palette


def frame(painter: QPainter, box: QRect, c: theme.Colours, header: int) -> None:
    """The card of a code block, with the line under its header."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(c.line), 1))
    painter.setBrush(QColor(c.panel))
    painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), theme.RADIUS_CODE, theme.RADIUS_CODE)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.drawLine(box.left(), box.top() + header, box.right(), box.top() + header)
