"""Jumps inside a message: from the call of a note to the note and back. Addresses `#note-1` and `#call-1-1`."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtGui import QTextDocument


def jump_name(address: str) -> str:
    """The name a clicked address jumps to within its message, '' where it leads outside."""
    return address[1:] if address.startswith(("#note-", "#call-")) else ""


def find_name(documents: Iterable[QTextDocument], name: str) -> tuple[int, int] | None:
    """(number of the document, position in it) where `name` stands, among the documents of one message."""
    for number, document in enumerate(documents):
        block = document.begin()
        while block.isValid():
            pieces = block.begin()
            while not pieces.atEnd():
                piece = pieces.fragment()
                if name in piece.charFormat().anchorNames():
                    return number, piece.position()
                pieces += 1
            block = block.next()
    return None
