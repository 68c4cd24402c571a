"""A text document for each conversation, so that each keeps its own undo history for this session."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from PySide6.QtGui import QFont, QTextDocument
from PySide6.QtWidgets import QPlainTextDocumentLayout, QWidget

KEPT = 40  # the least recently shown go first; a history is a few times its text


class Documents:
    """`resized` is called when a document needs another height."""

    def __init__(self, owner: QWidget, margin: int, resized: Callable[[], None]) -> None:
        self._owner = owner
        self._resized = resized
        self._margin = margin
        self._known: OrderedDict[str, QTextDocument] = OrderedDict()

    def of(self, key: str, font: QFont) -> QTextDocument:
        """The one of `key`, a new one where it has none; call it before the old one is let go."""
        document = self._known.pop(key, None) or self._made(font)
        self._known[key] = document
        while len(self._known) > KEPT:
            self._known.popitem(last=False)[1].deleteLater()
        return document

    def _made(self, font: QFont) -> QTextDocument:
        document = QTextDocument(self._owner)
        document.setDocumentLayout(QPlainTextDocumentLayout(document))
        document.setDefaultFont(font)
        document.setDocumentMargin(self._margin)
        document.documentLayout().documentSizeChanged.connect(lambda _: self._resized())
        return document
