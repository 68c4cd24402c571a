"""A conversation on paper: one text document of our own formats, laid out in pages with their numbers.

Nothing is loaded by it: there is no HTML, no image, and every resource it is asked for is empty.
"""

from __future__ import annotations

from typing import Any, cast

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRectF, QSizeF, Qt, QUrl
from PySide6.QtGui import (
    QColor,
    QFont,
    QPagedPaintDevice,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextDocumentFragment,
    QTextOption,
)
from PySide6.QtSvg import QSvgRenderer

from nexu_desktop.domain.chat import Message, Role
from nexu_desktop.domain.export import Export, cost_line, moment, speaker, total_line
from nexu_desktop.markup import code_colours
from nexu_desktop.markup.characters import visible, visible_code
from nexu_desktop.markup.formulas import Formula
from nexu_desktop.markup.segments import Kind, Segment, split
from nexu_desktop.ui import theme
from nexu_desktop.ui.chat_view import bullets
from nexu_desktop.ui.chat_view.formats import LIST_STEP, Formats, Style
from nexu_desktop.ui.chat_view.formula_objects import OBJECT, FormulaPainter, draw_formulas
from nexu_desktop.ui.chat_view.markdown import render_markdown, render_plain
from nexu_desktop.ui.chat_view.quote_bars import paint_marks

DOTS_PER_INCH = 96  # all sizes of the theme are in these
MARGIN_MM = 16.0
FOOT = 28  # px below the text of a page
CODE_GAP = 6  # px over and under code
FORMULAS_MAX = 300  # of one conversation; the rest is given as its source
LINE_BREAK = "\u2028"


class _Sheet(QTextDocument):
    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """Nothing is ever loaded."""
        return None


class _Formulas(FormulaPainter):
    """Shares no drawing with the window, which may paint at the same time."""

    def drawing(self, made: Formula, colour: str) -> QSvgRenderer:
        """Qt's PDF strokes what has no stroke, with the width that is set: it is set to as good as none."""
        svg = made.coloured(colour).replace("<svg ", '<svg stroke-width="0.01" ', 1)
        return QSvgRenderer(QByteArray(svg.encode()))


class _Marks:
    """Stands in for a painter: keeps the bars of quotes and the rules by page, for each page to paint its own."""

    def __init__(self, document: QTextDocument, looks: Formats, page: QSizeF) -> None:
        self._height = page.height()
        self._pages: dict[int, list[tuple[QRectF, QColor]]] = {}
        whole = QRectF(0, 0, page.width(), document.size().height())
        paint_marks(cast(QPainter, self), document, looks.colours, whole, page.width())

    def fillRect(self, place: QRectF, colour: QColor) -> None:
        first, last = int(place.top() // self._height), int(place.bottom() // self._height)
        for page in range(first, last + 1):
            self._pages.setdefault(page, []).append((QRectF(place), colour))

    def paint(self, painter: QPainter, page: int) -> None:
        for place, colour in self._pages.get(page, ()):
            painter.fillRect(place, colour)


def formats() -> Formats:
    """Dark on white, whatever the theme of the window; made on the thread of the window."""
    return Formats(theme.LIGHT)


def margins() -> QMarginsF:
    """Millimetres around a page."""
    return QMarginsF(MARGIN_MM, MARGIN_MM, MARGIN_MM, MARGIN_MM)


def document_of(export: Export, looks: Formats) -> QTextDocument:
    document = _Sheet()
    document.setUseDesignMetrics(True)  # widths of the paper, not of the screen
    document.setDocumentMargin(0)
    document.setDefaultFont(looks.text_font)
    document.setIndentWidth(LIST_STEP)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    document.setDefaultTextOption(option)
    for kind, painter in ((OBJECT, _Formulas(document)), (bullets.OBJECT, bullets.BulletPainter(document))):
        document.documentLayout().registerHandler(kind, painter)
    _Writer(document, looks).write(export)
    draw_formulas(document, looks, FORMULAS_MAX)
    return document


def pdf_of(export: Export, looks: Formats) -> bytes:
    """Of A4 pages. May run beside the window: it shares nothing with it but `looks`."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(export.title)
    writer.setCreator("Nexu Desktop")
    writer.setPageLayout(
        QPageLayout(
            QPageSize(QPageSize.PageSizeId.A4),
            QPageLayout.Orientation.Portrait,
            margins(),
            QPageLayout.Unit.Millimeter,
        )
    )
    put_on(writer, export, looks)
    buffer.close()
    return bytes(data.data())


def put_on(
    device: QPagedPaintDevice, export: Export, looks: Formats, first: int = 1, last: int | None = None
) -> int:
    """Paint the pages from `first` to `last`; returns how many there are in all. `device`: a printer or a PDF."""
    document = document_of(export, looks)
    scale = device.logicalDpiX() / DOTS_PER_INCH
    width, height = device.width() / scale, device.height() / scale
    body = QSizeF(width, height - FOOT)
    document.setPageSize(body)
    pages = document.pageCount()
    marks = _Marks(document, looks, body)
    painter = QPainter(device)
    painter.scale(scale, scale)
    wanted = range(max(first, 1) - 1, min(last or pages, pages))
    for page in wanted:
        if page != wanted.start:
            device.newPage()
        _paint_page(painter, document, marks, body, page)
        _paint_foot(
            painter, looks, QRectF(0, body.height(), width, FOOT), export.title, f"{page + 1} / {pages}"
        )
    painter.end()
    return pages


def _paint_page(painter: QPainter, document: QTextDocument, marks: _Marks, body: QSizeF, page: int) -> None:
    part = QRectF(0, page * body.height(), body.width(), body.height())
    painter.save()
    painter.translate(0, -part.top())
    painter.setClipRect(part)
    marks.paint(painter, page)
    document.drawContents(painter, part)
    painter.restore()


def _paint_foot(painter: QPainter, looks: Formats, place: QRectF, title: str, number: str) -> None:
    face = QFont(looks.text_font)
    face.setPixelSize(theme.SIZE_CAPTION)
    painter.setFont(face)
    painter.setPen(QColor(looks.colours.muted))
    low = Qt.AlignmentFlag.AlignBottom
    painter.drawText(place, Qt.AlignmentFlag.AlignRight | low, number)
    room = place.adjusted(0, 0, -80, 0)
    short = painter.fontMetrics().elidedText(visible(title), Qt.TextElideMode.ElideRight, int(room.width()))
    painter.drawText(room, Qt.AlignmentFlag.AlignLeft | low, short)


class _Writer:
    def __init__(self, document: QTextDocument, looks: Formats) -> None:
        self._cursor = QTextCursor(document)
        self._looks = looks
        self._fresh = True  # the block under the cursor is still empty

    def write(self, export: Export) -> None:
        self._cursor.beginEditBlock()
        self._line(export.title, theme.SIZE_DISPLAY, bold=True, below=4)
        facts = [moment(export.conversation.created_ms), f"{len(export.said):,} messages"]
        if export.options.receipts and export.conversation.spent:
            facts.append(total_line(export.conversation))
        self._line(" · ".join(facts), theme.SIZE_CAPTION, muted=True, below=12)
        if export.conversation.system.strip():
            self._line("System prompt", theme.SIZE_CAPTION, bold=True, muted=True, above=8, below=4)
            self._markdown(export.conversation.system)
        for message in export.said:
            self._message(export, message)
        self._cursor.endEditBlock()

    def _message(self, export: Export, message: Message) -> None:
        head = f"{speaker(message)} · {moment(message.created_ms)}"
        self._line(head, theme.SIZE_CAPTION, bold=True, muted=True, above=20, below=4)
        for one in message.attachments:
            self._line(f"File: {one.name}", theme.SIZE_CAPTION, muted=True, below=4)
        if export.options.reasoning and message.reasoning.strip():
            self._line("Reasoning", theme.SIZE_CAPTION, muted=True, below=2)
            self._plain(message.reasoning)
        self._markdown(message.text)
        if export.options.receipts and message.receipt and message.role is Role.ASSISTANT:
            self._line(cost_line(message.receipt), theme.SIZE_CAPTION, muted=True, above=4)

    def _line(
        self, text: str, size: int, *, bold: bool = False, muted: bool = False, above: int = 0, below: int = 0
    ) -> None:
        block = QTextBlockFormat()
        block.setTopMargin(above)
        block.setBottomMargin(below)
        look = QTextCharFormat(self._looks.char(Style(bold=bold, muted=muted)))
        face = look.font()
        face.setPixelSize(size)
        look.setFont(face)
        self._begin(block)
        self._cursor.insertText(visible(text).replace("\n", " "), look)

    def _markdown(self, text: str) -> None:
        for segment in split(text.strip("\n")):
            if segment.kind is Kind.CODE:
                self._code(segment)
            else:
                self._piece(segment.text, plain=segment.kind is Kind.PLAIN)

    def _plain(self, text: str) -> None:
        self._piece(text, plain=True, muted=True)

    def _piece(self, text: str, *, plain: bool, muted: bool = False) -> None:
        """Built by the builder of the window, then put behind what is there."""
        if not text.strip():
            return
        piece = _Sheet()
        if plain:
            render_plain(piece, text, self._looks, muted=muted)
        else:
            render_markdown(piece, text, self._looks)
        first = piece.firstBlock()
        self._begin(first.blockFormat())
        self._cursor.insertFragment(QTextDocumentFragment(piece))
        self._cursor.movePosition(QTextCursor.MoveOperation.End)

    def _code(self, segment: Segment) -> None:
        """A block of its own; long lines are wrapped, for paper does not scroll."""
        block = self._looks.code_line()
        block.setBackground(QColor(self._looks.colours.panel))
        block.setTopMargin(CODE_GAP)
        block.setBottomMargin(CODE_GAP)
        self._begin(block)
        code = visible_code(segment.text).rstrip("\n")
        colours = self._looks.colours
        roles = {
            "keyword": colours.code_keyword,
            "string": colours.code_string,
            "number": colours.code_number,
            "comment": colours.code_comment,
        }
        for role, text in list(code_colours.pieces(code, segment.language)) or [("", code)]:
            look = QTextCharFormat(self._looks.char(Style(code=True)))
            if role:
                look.setForeground(QColor(roles[role]))
            self._cursor.insertText(text.replace("\n", LINE_BREAK), look)

    def _begin(self, block: QTextBlockFormat) -> None:
        if self._fresh:
            self._cursor.setBlockFormat(block)
        else:
            self._cursor.insertBlock(block, self._looks.char())
        self._fresh = False
