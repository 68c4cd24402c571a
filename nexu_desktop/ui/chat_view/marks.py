"""What is marked in the texts on the canvas: the selection, and what a search has found."""

from __future__ import annotations

from PySide6.QtGui import QAbstractTextDocumentLayout, QColor, QTextCharFormat, QTextCursor, QTextDocument

from nexu_desktop.markup.units import units
from nexu_desktop.ui import theme
from nexu_desktop.ui.chat_view.piece import Piece
from nexu_desktop.ui.chat_view.spots import END, Selection, Spot

Mark = QAbstractTextDocumentLayout.Selection
FOUND_SHARE = 0.3  # of the warning colour; the match one stands at has all of it


class Marks:
    """Shared by all bodies; `current` is where the match begins that one stands at."""

    def __init__(self, c: theme.Colours) -> None:
        self.selection: Selection | None = None
        self.query = ""
        self.current: Spot | None = None
        self.restyle(c)

    def restyle(self, c: theme.Colours) -> None:
        self._selected = _look(QColor(c.accent), QColor(c.on_accent))
        soft = QColor(c.warning)
        soft.setAlphaF(FOUND_SHARE)
        self._found = _look(soft, None)
        self._found_here = _look(QColor(c.warning), QColor(c.background))

    @property
    def wanted(self) -> bool:
        """Whether anything is marked at all."""
        return bool(self.query) or self.selection is not None

    def of(self, place: int, part: int, number: int, piece: Piece) -> list[Mark]:
        """The marks in one piece that is laid out; the selection lies over the others."""
        document, result = piece.document, []
        if self.query:
            result = [
                self._found_mark(Spot(place, part, number, at), document)
                for at in piece.positions(self.query)
            ]
        selected = self.selection.inside(place, part, number) if self.selection else None
        if selected is not None:
            end = piece.end() if selected[1] == END else min(selected[1], piece.end())
            result.append(_mark(document, selected[0], end, self._selected))
        return result

    def _found_mark(self, spot: Spot, document: QTextDocument) -> Mark:
        look = self._found_here if spot == self.current else self._found
        return _mark(document, spot.at, spot.at + units(self.query), look)


def _look(background: QColor, ink: QColor | None) -> QTextCharFormat:
    look = QTextCharFormat()
    look.setBackground(background)
    if ink is not None:
        look.setForeground(ink)
    return look


def _mark(document: QTextDocument, start: int, end: int, look: QTextCharFormat) -> Mark:
    mark = Mark()
    cursor = QTextCursor(document)
    cursor.setPosition(min(start, document.characterCount() - 1))
    cursor.setPosition(min(end, document.characterCount() - 1), QTextCursor.MoveMode.KeepAnchor)
    mark.cursor = cursor
    mark.format = look
    return mark
