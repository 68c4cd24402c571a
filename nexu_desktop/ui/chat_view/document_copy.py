"""A selection in a rendered document as plain text, and as markdown written anew from its formats."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextBlock, QTextCharFormat, QTextCursor, QTextDocument, QTextFormat, QTextTable

from nexu_desktop.ui.chat_view.formats import (
    BOLD,
    CODE,
    FORMULA,
    ITALIC,
    LIST_STEP,
    MARKUP,
    MONO,
    NOTE,
    QUOTE_LEFT,
    RULE,
    STRUCK,
    STYLE,
)

_OBJECT, _TAB = "\ufffc", "\t"
_BREAKS = str.maketrans({"\u2028": "\n", "\u2029": "\n", "\u00a0": " "})
_CITED = re.compile(r"\[\d{1,3}\]")
_MARKS = ((STRUCK, "~~"), (BOLD, "**"), (ITALIC, "*"))


def plain_text(document: QTextDocument, start: int, end: int) -> str:
    """What a reader would type: tables with tabs, code as it is, formulas as TeX, boxes as [x]."""
    parts: list[str] = []
    for piece in _parts(document, start, end):
        words = "\t".join(_plain(block, start, end) for block in piece.blocks)
        parts.append((_plain_bullet(piece.blocks[0]) if piece.whole else "") + words)
    return "\n".join(parts)


def document_markdown(document: QTextDocument, start: int, end: int) -> str:
    """Markdown that renders alike; blocks are given their marks where the selection holds their beginning."""
    written = _Written()
    for piece in _parts(document, start, end):
        if piece.table is not None and not piece.is_code:
            written.row(piece.table, piece.row)
        else:
            written.block(piece, start, end)
    return written.text()


def fenced(code: str, language: str = "") -> str:
    """A code segment as markdown; the fence is longer than any inside."""
    longest = max((len(run) for run in _runs_of_ticks(code)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{code}\n{fence}"


def _runs_of_ticks(text: str) -> Iterator[str]:
    return (run for run in "".join(c if c == "`" else " " for c in text).split())


# --- what the selection touches -------------------------------------------------------------------------------


@dataclass(slots=True)
class _Part:
    """One block, or the blocks of one table row. `whole`: its beginning is selected."""

    blocks: list[QTextBlock]
    table: QTextTable | None
    row: int
    whole: bool

    @property
    def is_code(self) -> bool:
        return self.blocks[0].blockFormat().hasProperty(CODE)


def _parts(document: QTextDocument, start: int, end: int) -> Iterator[_Part]:
    """Blocks from `start` to `end`; the empty ones around a table are left out."""
    block = document.findBlock(start)
    row: _Part | None = None
    while block.isValid() and block.position() < max(end, start + 1):
        table = QTextCursor(block).currentTable()
        number = table.cellAt(block.position()).row() if table is not None else -1
        if row is not None and table is not None and row.table == table and row.row == number:
            row.blocks.append(block)
        else:
            if row is not None:
                yield row
            row = None
            part = _Part([block], table, number, start <= block.position())
            if table is not None:
                row = part
            elif block.length() > 1 or not _is_sliver(block):
                yield part
        block = block.next()
    if row is not None:
        yield row


def _is_sliver(block: QTextBlock) -> bool:
    return block.blockFormat().lineHeight() == 1


def _pieces(block: QTextBlock, start: int, end: int) -> Iterator[tuple[str, QTextCharFormat]]:
    pieces = block.begin()
    while not pieces.atEnd():
        fragment = pieces.fragment()
        units = fragment.text().encode("utf-16-le", "surrogatepass")
        first = max(start - fragment.position(), 0)
        last = min(end - fragment.position(), fragment.length())
        if first < last:
            text = units[2 * first : 2 * last].decode("utf-16-le", "ignore")  # no half of an emoji
            yield text.translate(_BREAKS), fragment.charFormat()
        pieces += 1


# --- plain text -----------------------------------------------------------------------------------------------


def _plain(block: QTextBlock, start: int, end: int) -> str:
    words = ""
    for text, look in _pieces(block, start, end):
        if _OBJECT in text:
            words += text.replace(_OBJECT, str(look.property(MARKUP) or ""))
        elif look.anchorHref().startswith("#"):  # the call of a note, or the number before it
            number = "".join(text.split()[:1])
            words += f"[{number}]{' ' * text.endswith(_TAB)}" if number else ""
        else:
            words += text
    return words


def _plain_bullet(block: QTextBlock) -> str:
    listed = block.textList()
    if listed is None:
        return ""
    inner = "  " * (listed.format().indent() - 1)
    if block.blockFormat().hasProperty(QTextFormat.Property.ListStyle):
        return inner if _task(block) else f"{inner}• "
    return f"{inner}{listed.itemText(block)}"


def _task(block: QTextBlock) -> str:
    """'[x] ' or '[ ] ' where the block is a task."""
    return str(block.begin().fragment().charFormat().property(MARKUP) or "")


# --- markdown -------------------------------------------------------------------------------------------------


class _Written:
    """Lines of markdown, with the blank ones that blocks need between them."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._table: QTextTable | None = None
        self._item = False
        self._quote = 0

    def text(self) -> str:
        return "\n".join(self._lines).strip("\n")

    def row(self, table: QTextTable, number: int) -> None:
        """A row that is touched comes whole; the first one is the header of what is copied."""
        firsts = [table.cellAt(number, column).firstCursorPosition() for column in range(table.columns())]
        cells = [_cell(first.block(), header=number == 0) for first in firsts]
        fresh = table != self._table
        if fresh:
            self._gap()
        self._lines.append(f"| {' | '.join(cells)} |")
        if fresh:
            self._lines.append(f"| {' | '.join(map(_side, firsts))} |")
        self._table, self._item, self._quote = table, False, 0

    def block(self, piece: _Part, start: int, end: int) -> None:
        block = piece.blocks[0]
        item, quote = block.textList() is not None, _quote(block)
        if not (item and self._item):
            self._gap(">" * min(quote, self._quote))
        self._table, self._item, self._quote = None, item, quote
        if piece.is_code:
            words = fenced(_plain(block, start, end))
        elif block.blockFormat().hasProperty(RULE):
            words = "---"
        else:
            words = _marked(block, start, end)
        first, rest = _prefixes(block, begun=piece.whole)
        lines = words.split("\n")
        self._lines += [first + lines[0], *(rest + line for line in lines[1:])]

    def _gap(self, quote: str = "") -> None:
        if self._lines:
            self._lines.append(quote)


def _quote(block: QTextBlock) -> int:
    return block.blockFormat().intProperty(QTextFormat.Property.BlockQuoteLevel)


def _side(cell: QTextCursor) -> str:
    sides = {Qt.AlignmentFlag.AlignRight: "---:", Qt.AlignmentFlag.AlignHCenter: ":---:"}
    return sides.get(cell.blockFormat().alignment(), "---")


def _prefixes(block: QTextBlock, *, begun: bool) -> tuple[str, str]:
    """What stands before the first line of a block, and before its further ones."""
    look, listed = block.blockFormat(), block.textList()
    quote = "> " * _quote(block)
    if listed is not None:
        inner = quote + "    " * (listed.format().indent() - 1)
        ordered = not look.hasProperty(QTextFormat.Property.ListStyle)
        bullet = listed.itemText(block) if ordered else "- "
        return (inner + bullet * begun, inner + "    ")
    table = QTextCursor(block).currentTable()
    depth = look.indent() if table is None else int(table.format().leftMargin()) // LIST_STEP
    step = "    " * (depth + look.hasProperty(NOTE))
    inner = step + quote if look.intProperty(QUOTE_LEFT) else quote + step
    heading = "#" * look.headingLevel() + " " if look.headingLevel() and begun else ""
    return inner + heading, inner


def _marked(block: QTextBlock, start: int, end: int) -> str:
    return "".join(_inline(text, look) for text, look in _pieces(block, start, end))


def _cell(block: QTextBlock, *, header: bool) -> str:
    pieces = _pieces(block, block.position(), block.position() + block.length())
    words = "".join(_inline(text, look, known=BOLD * header) for text, look in pieces)
    return words.replace("|", "\\|").replace("\n", "<br>")


def _inline(text: str, look: QTextCharFormat, known: int = 0) -> str:
    """`known`: bits of a style that the place itself brings."""
    if look.hasProperty(MARKUP):
        markup = str(look.property(MARKUP) or "")
        return markup * text.count(_OBJECT) if look.hasProperty(FORMULA) and _OBJECT in text else markup
    bits, href = look.intProperty(STYLE) & ~known, look.anchorHref()
    stripped = text.strip()
    if not stripped or not (bits or href):
        return text
    before, after = text[: text.index(stripped)], text[text.index(stripped) + len(stripped) :]
    if bits & MONO:
        ticks = "`" * (1 + max((len(run) for run in _runs_of_ticks(stripped)), default=0))
        pad = " " if "`" in (stripped[0], stripped[-1]) else ""
        stripped = f"{ticks}{pad}{stripped}{pad}{ticks}"
    for bit, mark in _MARKS:
        if bits & bit:
            stripped = f"{mark}{stripped}{mark}"
    if href:
        words = stripped if _CITED.fullmatch(stripped) else f"[{stripped}]"
        stripped = stripped if stripped == href else f"{words}({href})"
    return before + stripped + after
