"""The widgets that lie over painted pieces: headers of code cards, and bars under blocks that are too wide."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from nexu_desktop.ui.chat_view.code_header import CodeHeader
from nexu_desktop.ui.chat_view.code_piece import HEADER, CodePiece
from nexu_desktop.ui.chat_view.formats import Formats
from nexu_desktop.ui.chat_view.piece import BAR, Piece
from nexu_desktop.ui.chat_view.pool import Pool
from nexu_desktop.ui.chat_view.side_bar import SideBar


class Dressing(QObject):
    """`rewrapped`: a card wants another height."""

    rewrapped = Signal()

    def __init__(self, body: QWidget, pool: Pool) -> None:
        super().__init__(body)
        self._body, self._pool = body, pool
        self._headers: dict[Piece, CodeHeader] = {}
        self._bars: dict[Piece, SideBar] = {}

    def dress(self, pieces: Iterable[tuple[Piece, int]]) -> None:
        """Put over each of these pieces what it needs, at the line where it begins; others keep theirs."""
        for piece, y in pieces:
            if isinstance(piece, CodePiece):
                header = self._headers.get(piece) or self._new_header(piece)
                header.show_piece(piece)
                header.setGeometry(0, y, piece.room + 2 * piece.pad.x(), HEADER)
                header.show()
            self._dress_bar(piece, y)

    def _dress_bar(self, piece: Piece, y: int) -> None:
        if not piece.most:
            self._take(self._bars, piece)
            return
        bar = self._bars.get(piece) or self._new_bar(piece)
        bar.reach(piece.most, piece.room)
        bar.setValue(piece.scrolled)
        bottom = y + piece.height - piece.gap - (piece.pad.x() and 4)
        bar.setGeometry(piece.pad.x(), bottom - BAR, piece.room, BAR)
        bar.show()

    def follow(self, piece: Piece) -> None:
        """The piece was scrolled by other means."""
        if piece in self._bars:
            self._bars[piece].setValue(piece.scrolled)

    def undress(self, piece: Piece) -> None:
        self._take(self._headers, piece)
        self._take(self._bars, piece)

    def restyle(self, formats: Formats) -> None:
        for header in self._headers.values():
            header.apply_theme(formats.colours)
        for bar in self._bars.values():
            bar.apply_theme(formats.colours)

    def _new_header(self, piece: CodePiece) -> CodeHeader:
        header = self._headers[piece] = self._pool.header(self._body)
        header.wrap_toggled.connect(self.rewrapped)
        return header

    def _new_bar(self, piece: Piece) -> SideBar:
        bar = self._bars[piece] = self._pool.bar(self._body)
        bar.reach(piece.most, piece.room)
        bar.setValue(piece.scrolled)
        bar.valueChanged.connect(lambda value: self._scrolled(piece, value))
        return bar

    def _scrolled(self, piece: Piece, value: int) -> None:
        if value != piece.scrolled:
            piece.scrolled = value
            self._body.update()

    def _take(self, worn: dict[Piece, CodeHeader] | dict[Piece, SideBar], piece: Piece) -> None:
        widget = worn.pop(piece, None)
        if widget is None:
            return
        if isinstance(widget, CodeHeader):
            widget.wrap_toggled.disconnect(self.rewrapped)
        else:
            widget.valueChanged.disconnect()
        self._pool.give_back(widget)
