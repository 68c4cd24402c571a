"""Colours for code by pygments, a few milliseconds at a time, so that a long block never holds up the window."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QColor, QTextCharFormat, QTextDocument, QTextLayout

from nexu_desktop.ui.theme import Colours

if TYPE_CHECKING:
    from pygments.lexer import Lexer

CODE_MAX = 200_000
LINE_MAX = 2_000
SLICE_NS = 2_000_000

Run = tuple[int, int, str]  # start, length, role


def worth_it(code: str, language: str) -> bool:
    """Whether `code` is small enough, and says what it is."""
    return bool(language) and len(code) <= CODE_MAX and max(map(len, code.split("\n"))) <= LINE_MAX


class Highlighter(QObject):
    """Colours one document; `stop` before the text changes."""

    def __init__(self, document: QTextDocument, parent: QObject) -> None:
        super().__init__(parent)
        self._document = document
        self._lexed: Iterator[Run] = iter(())
        self._runs: list[Run] = []
        self._painted = 0
        self._colours: Colours | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._slice)

    def start(self, code: str, language: str, colours: Colours) -> None:
        """The first slice runs when the event loop is idle."""
        self.stop()
        self._colours = colours
        lexer = _lexer(language) if worth_it(code, language) else None
        if lexer is not None:
            self._lexed = _runs(lexer, code)
            self._timer.start()

    def stop(self) -> None:
        self._timer.stop()
        self._lexed, self._runs, self._painted = iter(()), [], 0

    @property
    def busy(self) -> bool:
        return self._timer.isActive()

    def recolour(self, colours: Colours) -> None:
        """Another theme: what is lexed already is only painted anew."""
        self._colours = colours
        self._painted = 0
        self._paint()

    def _slice(self) -> None:
        until = time.perf_counter_ns() + SLICE_NS
        for run in self._lexed:
            self._runs.append(run)
            if time.perf_counter_ns() > until:
                break
        else:
            self._timer.stop()
        self._paint()

    def _paint(self) -> None:
        """Set the formats of every line that a new run touches."""
        if self._colours is None:
            return
        looks = _looks(self._colours)
        lines: dict[int, list[QTextLayout.FormatRange]] = {}
        for start, length, role in self._runs[self._painted :]:
            self._spread(lines, start, length, looks[role])
        for number, ranges in lines.items():
            block = self._document.findBlockByNumber(number)
            fresh = self._painted == 0
            block.layout().setFormats(ranges if fresh else [*block.layout().formats(), *ranges])
            self._document.markContentsDirty(block.position(), block.length())
        self._painted = len(self._runs)

    def _spread(self, lines: dict[int, list[Any]], start: int, length: int, look: QTextCharFormat) -> None:
        """One run may span lines; formats belong to one line each."""
        end = start + length
        block = self._document.findBlock(start)
        while block.isValid() and block.position() < end:
            piece = QTextLayout.FormatRange()
            piece.start = max(start - block.position(), 0)
            piece.length = min(end - block.position(), block.length()) - piece.start
            piece.format = look
            lines.setdefault(block.blockNumber(), []).append(piece)
            block = block.next()


def _looks(c: Colours) -> dict[str, QTextCharFormat]:
    looks = {}
    for role, colour in (
        ("keyword", c.code_keyword),
        ("string", c.code_string),
        ("number", c.code_number),
        ("comment", c.code_comment),
    ):
        look = QTextCharFormat()
        look.setForeground(QColor(colour))
        looks[role] = look
    return looks


@cache  # finding one by name costs 3 ms, and it holds no state between texts
def _lexer(language: str) -> Lexer | None:
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        return get_lexer_by_name(language.lower())
    except ClassNotFound:
        return None


def _runs(lexer: Lexer, code: str) -> Iterator[Run]:
    """Runs that have a colour, in UTF-16 units as Qt counts."""
    from pygments.token import Comment, Keyword, Name, Number, Operator, String

    roles = (
        (Comment, "comment"),
        (String, "string"),
        (Number, "number"),
        (Keyword, "keyword"),
        (Operator.Word, "keyword"),
        (Name.Tag, "keyword"),
    )
    place = 0
    for _, kind, value in lexer.get_tokens_unprocessed(code):
        units = len(value) if value.isascii() else len(value.encode("utf-16-le")) // 2
        role = next((name for base, name in roles if kind[: len(base)] == base), "")
        if role and value.strip():
            yield place, units, role
        place += units
