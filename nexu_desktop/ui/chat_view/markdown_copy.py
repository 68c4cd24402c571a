"""A part of a rendered document written as markdown again, for the clipboard."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtGui import (
    QFont,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextListFormat,
    QTextTable,
)

from nexu_desktop.ui.chat_view.formats import RULE

_ORDERED = QTextListFormat.Style.ListDecimal


def markdown_between(document: QTextDocument, start: int, end: int) -> str:
    """What lies between two positions; a table that is touched comes with all its columns."""
    lines: list[tuple[str, bool]] = []  # text, and whether it belongs close to the one before
    block, table_seen = document.findBlock(start), None
    while block.isValid() and block.position() <= end:
        table = QTextCursor(block).currentTable()
        if table is None:
            text = _line(block, start, end)
            if text:
                lines.append(
                    (text, bool(lines) and block.textList() is not None and _in_list(block.previous()))
                )
        elif table.firstPosition() != table_seen:
            table_seen = table.firstPosition()
            lines.append(("\n".join(_table(table, start, end)), False))
        block = block.next()
    return "".join(("\n" if close else "\n\n") + text for text, close in lines).strip("\n")


def _in_list(block: QTextBlock) -> bool:
    return block.isValid() and block.textList() is not None


def _line(block: QTextBlock, start: int, end: int) -> str:
    look = block.blockFormat()
    quote = "> " * look.intProperty(QTextFormat.Property.BlockQuoteLevel)
    if look.hasProperty(RULE):
        return f"{quote}---"
    text = "".join(_runs(block, start, end))
    if not text:
        return ""
    return quote + _bullet(block) + "#" * look.headingLevel() + (" " if look.headingLevel() else "") + text


def _bullet(block: QTextBlock) -> str:
    items = block.textList()
    if items is None:
        return ""
    indent = "  " * max(items.format().indent() - 1, 0)
    number = items.itemNumber(block) + items.format().start()
    mark = f"{number}. " if items.format().style() is _ORDERED else "- "
    boxes = {1: "[ ] ", 2: "[x] "}
    return indent + mark + boxes.get(int(block.blockFormat().marker().value), "")


def _runs(block: QTextBlock, start: int, end: int) -> Iterator[str]:
    pieces = block.begin()
    while not pieces.atEnd():
        fragment = pieces.fragment()
        text = _units(fragment.text(), start - fragment.position(), end - fragment.position())
        if text:
            yield _dressed(
                text.replace("\u2028", "\n"), fragment.charFormat(), block.blockFormat().headingLevel()
            )
        pieces += 1


def _units(text: str, start: int, end: int) -> str:
    """A part of `text` by UTF-16 positions."""
    if start <= 0 and end >= 2 * len(text):
        return text
    data = text.encode("utf-16-le", "surrogatepass")
    return data[2 * max(start, 0) : 2 * max(end, 0)].decode("utf-16-le", "replace")


def _dressed(text: str, look: QTextCharFormat, heading: int) -> str:
    font, inner = look.font(), text.strip()
    if not inner:
        return text
    marks = ""
    if look.background().style().value and not heading:  # only code in a line is shaded
        inner = f"`{inner}`"
    if font.weight() >= QFont.Weight.DemiBold and not heading:
        marks += "**"
    if font.italic():
        marks += "*"
    if font.strikeOut():
        marks += "~~"
    inner = f"{marks}{inner}{marks[::-1]}"
    if look.isAnchor():
        inner = f"[{inner}]({look.anchorHref()})"
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return before + inner + after


def _table(table: QTextTable, start: int, end: int) -> Iterator[str]:
    """The rows that are touched, under a header."""
    shown = [row for row in range(table.rows()) if _touched(table, row, start, end)]
    for number, row in enumerate(shown):
        cells = [_cell(table, row, column) for column in range(table.columns())]
        yield f"| {' | '.join(cells)} |"
        if number == 0:
            yield "|" + " --- |" * table.columns()


def _touched(table: QTextTable, row: int, start: int, end: int) -> bool:
    first, last = table.cellAt(row, 0), table.cellAt(row, table.columns() - 1)
    return first.firstPosition() <= end and last.lastPosition() >= start


def _cell(table: QTextTable, row: int, column: int) -> str:
    cell = table.cellAt(row, column)
    cursor = cell.firstCursorPosition()
    cursor.setPosition(cell.lastPosition(), QTextCursor.MoveMode.KeepAnchor)
    return cursor.selection().toPlainText().replace("\n", " ").replace("|", "\\|")
