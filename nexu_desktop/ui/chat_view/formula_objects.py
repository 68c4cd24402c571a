"""Formulas inside a text document: one character each, painted from SVG on the right base line, never a resource.

A formula is shown as its source until `Formulas` has drawn it while the window was idle.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from functools import lru_cache
from threading import Thread

from PySide6.QtCore import QByteArray, QObject, QRect, QRectF, QSizeF, QTimer
from PySide6.QtGui import (
    QFontMetrics,
    QPainter,
    QPyTextObject,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtSvg import QSvgRenderer

from nexu_desktop.markup import formulas
from nexu_desktop.markup.formulas import Formula
from nexu_desktop.ui import theme
from nexu_desktop.ui.chat_view.formats import DISPLAY, FORMULA, MARKUP, Formats, Style

OBJECT = QTextFormat.ObjectTypes.UserObject.value + 1
CHARACTER = "\ufffc"
DISPLAY_SIZE = theme.SIZE_TEXT + 2
RENDERERS_KEPT = 200
LOADING_MS = 40  # between two looks whether the library is there

Done = Callable[[QTextDocument], None]


def size_of(*, display: bool) -> int:
    return DISPLAY_SIZE if display else theme.SIZE_TEXT


def formula_of(look: QTextCharFormat) -> Formula | None:
    """What is drawn for a piece of text, None where it is no formula or none that can be drawn."""
    source, display = str(look.property(FORMULA) or ""), bool(look.property(DISPLAY))
    return formulas.drawn(source, display=display, size=size_of(display=display)) if source else None


def insert_formula(cursor: QTextCursor, formats: Formats, source: str, markup: str, *, display: bool) -> None:
    """The drawing where it is known already, else the source, marked for `Formulas`."""
    size = size_of(display=display)
    ready = formulas.known(source, display=display, size=size)
    look = QTextCharFormat(formats.char(Style(code=True)))
    look.setProperty(FORMULA, source)
    look.setProperty(DISPLAY, display)
    look.setProperty(MARKUP, markup)
    if ready and formula_of(look) is not None:
        _be_object(look, formats)
        cursor.insertText(CHARACTER, look)
    else:
        cursor.insertText(markup.replace("\n", "\u2028"), look)


def _be_object(look: QTextCharFormat, formats: Formats) -> None:
    look.setObjectType(OBJECT)
    look.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignMiddle)
    look.setFont(formats.text_font)
    look.clearBackground()


def accept_formulas(document: QTextDocument) -> None:
    """Let the document paint the objects that `insert_formula` makes."""
    document.documentLayout().registerHandler(OBJECT, _painter())


@lru_cache(maxsize=1)
def _painter() -> FormulaPainter:
    return FormulaPainter()


class FormulaPainter(QPyTextObject):
    """Qt puts the box's middle at half the height of an x; the box is made so that the base lines meet there."""

    def intrinsicSize(self, document: QTextDocument, place: int, look: QTextFormat) -> QSizeF:
        made = formula_of(look.toCharFormat())
        if made is None:
            return QSizeF(0, 0)
        half = _half_x(look.toCharFormat())
        room = document.textWidth()
        scale = (
            min(room / made.width, 1) if room > 0 else 1
        )  # a formula wider than the column is made smaller
        height = max(2 * scale * made.ascent - half, 2 * scale * made.descent + half)
        return QSizeF(scale * made.width, height)

    def drawObject(
        self, painter: QPainter, rect: QRect | QRectF, document: QTextDocument, place: int, look: QTextFormat
    ) -> None:
        letters, box = look.toCharFormat(), QRectF(rect)
        made = formula_of(letters)
        if made is None:
            return
        base, scale = box.top() + (box.height() + _half_x(letters)) / 2, box.width() / made.width
        top, height = base - scale * made.ascent, scale * (made.ascent + made.descent)
        drawing = _renderer(made, letters.foreground().color().name())
        drawing.render(painter, QRectF(box.left(), top, box.width(), height))


def _half_x(look: QTextCharFormat) -> float:
    return QFontMetrics(look.font()).xHeight() / 2


@lru_cache(maxsize=RENDERERS_KEPT)
def _renderer(made: Formula, colour: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(made.coloured(colour).encode()))


class Formulas(QObject):
    """Draws what documents wait for, one formula for each turn of an idle event loop."""

    def __init__(self, formats: Formats, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.formats = formats
        self._waiting: deque[tuple[QTextDocument, Done]] = deque()
        self._loading = False
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._slice)

    @property
    def busy(self) -> bool:
        return self._timer.isActive()

    def ask(self, document: QTextDocument, done: Done) -> None:
        """Draw the formulas of a finished document; `done` when they stand in it and its height may differ.

        Whoever shows the document may ask. Where nothing is to be drawn, `done` is not called.
        """
        if next(_pending(document), None) is None:
            return
        if not self._loading and not formulas.is_warm():
            self._loading = True
            Thread(target=formulas.warm, name="formula-library", daemon=True).start()
        self._waiting.append((document, done))
        self._timer.start(0 if formulas.is_warm() else LOADING_MS)

    def forget(self, document: QTextDocument) -> None:
        self._waiting = deque(one for one in self._waiting if one[0] is not document)

    def _slice(self) -> None:
        """One formula, 5 to 15 ms; while the library loads in its thread, nothing."""
        if not formulas.is_warm():
            return
        self._timer.setInterval(0)
        if not self._waiting:
            self._timer.stop()
            return
        document = self._waiting[0][0]
        for look, _, _ in _pending(document):
            source, display = str(look.property(FORMULA)), bool(look.property(DISPLAY))
            if not formulas.known(source, display=display, size=size_of(display=display)):
                formula_of(look)
                return
        waited = [done for waiting, done in self._waiting if waiting is document]
        self.forget(document)
        if place_formulas(document, self.formats):
            for done in waited:
                done(document)


def place_formulas(document: QTextDocument, formats: Formats) -> bool:
    """Put drawings in the places of sources where they are known by now; whether anything changed."""
    found = [one for one in _pending(document) if _is_drawn(one[0])]
    cursor = QTextCursor(document)
    cursor.beginEditBlock()
    for look, start, length in reversed(found):
        cursor.setPosition(start)
        cursor.setPosition(start + length, QTextCursor.MoveMode.KeepAnchor)
        _be_object(look, formats)
        cursor.insertText(CHARACTER, look)
    cursor.endEditBlock()
    return bool(found)


def _is_drawn(look: QTextCharFormat) -> bool:
    display = bool(look.property(DISPLAY))
    source = str(look.property(FORMULA))
    return (
        formulas.known(source, display=display, size=size_of(display=display))
        and formula_of(look) is not None
    )


def _pending(document: QTextDocument) -> Iterator[tuple[QTextCharFormat, int, int]]:
    """(format, position, length) of each formula that is still shown as its source."""
    block = document.begin()
    while block.isValid():
        pieces = block.begin()
        while not pieces.atEnd():
            piece = pieces.fragment()
            look = piece.charFormat()
            if look.hasProperty(FORMULA) and look.objectType() != OBJECT:
                yield look, piece.position(), piece.length()
            pieces += 1
        block = block.next()
