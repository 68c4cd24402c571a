"""Colours for code by pygments, a few milliseconds at a time, so that a long block never holds up the window."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QColor, QTextBlock, QTextCharFormat, QTextDocument, QTextLayout

from nexu_desktop.markup import code_colours
from nexu_desktop.markup.units import units
from nexu_desktop.ui.theme import Colours

SLICE_NS = 2_000_000
LEXED_NS = 1_200_000  # of a slice; the rest is for painting what was found
LEXED_AT_ONCE = 250  # runs; painting them takes about 0.7 ms
RUNS_KEPT = 60_000

Run = tuple[int, int, str]  # start, length, role ('' where it has no colour of its own)


class _Lexed:
    """Runs of codes seen before, the ones used longest ago given up first."""

    def __init__(self) -> None:
        self._runs: OrderedDict[bytes, list[Run]] = OrderedDict()
        self._size = 0

    def get(self, key: bytes) -> list[Run] | None:
        if key in self._runs:
            self._runs.move_to_end(key)
        return self._runs.get(key)

    def put(self, key: bytes, runs: list[Run]) -> None:
        self._size += len(runs) - len(self._runs.pop(key, ()))
        self._runs[key] = runs
        while self._size > RUNS_KEPT:
            self._size -= len(self._runs.popitem(last=False)[1])


_lexed = _Lexed()


class Highlighter(QObject):
    """Colours one document; `stop` before the text changes."""

    def __init__(self, document: QTextDocument, parent: QObject) -> None:
        super().__init__(parent)
        self._document = document
        self._coming: Iterator[Run] = iter(())
        self._key = b""
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
        if not code_colours.worth_it(code, language):
            return
        self._key = sha256(f"{language}\0{code}".encode("utf-8", "surrogatepass")).digest()
        known = _lexed.get(self._key)
        self._coming = _runs(code, language) if known is None else iter(known)
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()
        self._coming, self._runs, self._painted = iter(()), [], 0

    @property
    def busy(self) -> bool:
        return self._timer.isActive()

    def recolour(self, colours: Colours) -> None:
        """Another theme: what is lexed already is only painted anew."""
        self._colours = colours
        self._painted = 0
        self._paint()

    def _slice(self) -> None:
        """The clock is read after each piece, coloured or not: a long stretch of plain words is work as well."""
        until = time.perf_counter_ns() + LEXED_NS
        found = 0
        for run in self._coming:
            if run[2]:
                self._runs.append(run)
                found += 1
            if found >= LEXED_AT_ONCE or time.perf_counter_ns() > until:
                break
        else:
            self._timer.stop()
            _lexed.put(self._key, list(self._runs))
        self._paint()

    def _paint(self) -> None:
        """Set the formats of every line that a new run touches."""
        if self._colours is None or self._painted == len(self._runs):
            return
        looks = _looks(self._colours)
        lines: dict[int, tuple[QTextBlock, list[QTextLayout.FormatRange]]] = {}
        block = self._document.findBlock(self._runs[self._painted][0])
        for start, length, role in self._runs[self._painted :]:
            while block.isValid() and block.position() + block.length() <= start:
                block = block.next()
            _spread(lines, block, start, start + length, looks[role])
        fresh = self._painted == 0
        for line, ranges in lines.values():
            layout = line.layout()
            layout.setFormats(ranges if fresh else [*layout.formats(), *ranges])
        first, last = (
            (next(iter(lines.values()))[0], next(reversed(lines.values()))[0]) if lines else (None, None)
        )
        if first is not None and last is not None:
            self._document.markContentsDirty(
                first.position(), last.position() + last.length() - first.position()
            )
        self._painted = len(self._runs)


def _spread(lines: dict[int, Any], block: QTextBlock, start: int, end: int, look: QTextCharFormat) -> None:
    """One run may span lines; formats belong to one line each."""
    while block.isValid() and block.position() < end:
        piece = QTextLayout.FormatRange()
        piece.start = max(start - block.position(), 0)
        piece.length = min(end - block.position(), block.length()) - piece.start
        piece.format = look
        lines.setdefault(block.blockNumber(), (block, []))[1].append(piece)
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


def _runs(code: str, language: str) -> Iterator[Run]:
    """One run for each piece, in UTF-16 units as Qt counts."""
    place = 0
    for role, text in code_colours.pieces(code, language):
        length = units(text)
        yield place, length, role
        place += length
