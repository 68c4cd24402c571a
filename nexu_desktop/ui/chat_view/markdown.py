"""Our own document builder: markdown tokens to formatted text, and nothing that could load anything.

No HTML reaches Qt, no image format is ever inserted, and only web and mail links can be clicked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from PySide6.QtGui import QColor, QTextBlockFormat, QTextCursor, QTextDocument, QTextList, QTextTable

from nexu_desktop.ui.chat_view import links
from nexu_desktop.ui.chat_view.characters import visible
from nexu_desktop.ui.chat_view.formats import PLAIN, Formats, Style
from nexu_desktop.markup.parsing import parse

if TYPE_CHECKING:
    from markdown_it.token import Token

LINE_BREAK = "\u2028"  # a new line inside a paragraph
CELLS_MAX = 1_500  # a bigger table is shown as its source

# CommonMark leaves **“重点”** literal between Chinese characters; readers expect bold there.
_CJK_BOLD = re.compile(r"\*\*(?=\S)([^*\n]{1,200}?)(?<=\S)\*\*")
_CJK = re.compile(r"[\u3000-\u9fff\uff00-\uffef]")
_TASK = re.compile(r"\[([ xX])\] ")


def render_markdown(document: QTextDocument, source: str, formats: Formats) -> None:
    """Replace the content of `document`."""
    tokens = parse(visible(source))
    if tokens is None:
        render_plain(document, source, formats)
    else:
        _Builder(document, formats).build(tokens)


def render_plain(document: QTextDocument, source: str, formats: Formats, *, muted: bool = False) -> None:
    """Replace the content of `document` with the text as it is, line by line."""
    document.clear()
    cursor = QTextCursor(document)
    cursor.beginEditBlock()
    cursor.setBlockFormat(formats.block(bottom=0))
    cursor.insertText(visible(source).strip("\n"), formats.char(Style(muted=muted)))
    cursor.endEditBlock()


@dataclass(slots=True)
class _Level:
    """One open list."""

    ordered: bool
    start: int
    list: QTextList | None = None
    item_begun: bool = False


@dataclass(slots=True)
class _Cells:
    """One table while its tokens pass by."""

    rows: list[list[tuple[str, list[Token]]]] = field(default_factory=list)
    source: list[str] = field(default_factory=list)


class _Builder:
    def __init__(self, document: QTextDocument, formats: Formats) -> None:
        document.clear()
        document.setIndentWidth(24)
        self._cursor = QTextCursor(document)
        self._formats = formats
        self._fresh = True  # the block under the cursor is empty and may be used
        self._quote = 0
        self._levels: list[_Level] = []
        self._heading = 0
        self._cells: _Cells | None = None

    def build(self, tokens: Sequence[Token]) -> None:
        self._cursor.beginEditBlock()
        for token in tokens:
            if self._cells is not None:
                self._collect(token, self._cells)
            else:
                self._place(token)
        if self._fresh:
            self._cursor.setBlockFormat(self._formats.sliver())
        self._cursor.endEditBlock()

    def _place(self, token: Token) -> None:
        match token.type:
            case "paragraph_open":
                self._paragraph(tight=token.hidden)
            case "heading_open":
                self._heading = int(token.tag[1:])
                self._begin(self._formats.heading(self._heading, quote=self._quote, indent=len(self._levels)))
            case "heading_close":
                self._heading = 0
            case "inline":
                self._inline(self._task(token.children or []))
            case "bullet_list_open" | "ordered_list_open":
                start = int(token.attrs.get("start", 1))
                self._levels.append(_Level(token.type.startswith("ordered"), start))
            case "bullet_list_close" | "ordered_list_close":
                self._levels.pop()
                self._end_list()
            case "list_item_open":
                self._levels[-1].item_begun = False
            case "list_item_close":
                if not self._levels[-1].item_begun:
                    self._paragraph(tight=True)  # an item without text keeps its number
            case "blockquote_open" | "blockquote_close":
                self._quote += token.nesting
            case "table_open":
                self._cells = _Cells()
            case "hr":
                self._begin(self._formats.rule(quote=self._quote))
            case "fence" | "code_block":
                self._code(token.content)
            case _:
                if token.content:  # unknown to us: at least nothing is lost
                    self._paragraph(tight=False)
                    self._text(token.content, Style())

    # --- blocks ---------------------------------------------------------------------------------------

    def _begin(self, block: QTextBlockFormat) -> None:
        """Go to an empty block of that format; inside a list its first block carries the bullet."""
        if self._fresh:
            self._cursor.setBlockFormat(block)
        else:
            self._cursor.insertBlock(block, self._formats.char())
        self._fresh = False
        level = self._levels[-1] if self._levels else None
        begun = level is None or level.item_begun
        for outer in self._levels:
            outer.item_begun = True
        if level is None or begun:
            return
        block = QTextBlockFormat(block)
        block.setIndent(0)  # the list itself indents
        self._cursor.setBlockFormat(block)
        if level.list is None:
            depth = len(self._levels)
            shape = self._formats.list_of(ordered=level.ordered, start=level.start, depth=depth)
            level.list = self._cursor.createList(shape)
        else:
            level.list.add(self._cursor.block())
        self._cursor.setBlockCharFormat(self._formats.char())

    def _paragraph(self, *, tight: bool) -> None:
        bottom = 3 if tight else 10
        self._begin(self._formats.block(quote=self._quote, indent=len(self._levels), bottom=bottom))

    def _end_list(self) -> None:
        """The last item keeps its distance from what follows."""
        if not self._levels and not self._fresh:
            block = self._cursor.blockFormat()
            block.setBottomMargin(10)
            self._cursor.setBlockFormat(block)

    def _code(self, content: str) -> None:
        self._begin(self._formats.code_block(quote=self._quote, indent=len(self._levels)))
        text = content.rstrip("\n").replace("\n", LINE_BREAK)
        self._cursor.insertText(text, self._formats.char(Style(code=True)))

    def _task(self, children: Sequence[Token]) -> Sequence[Token]:
        """'[x] done' at the start of an item becomes a box."""
        found = _TASK.match(children[0].content) if self._levels and children else None
        if found is None or children[0].type != "text":
            return children
        block = self._cursor.blockFormat()
        markers = QTextBlockFormat.MarkerType
        block.setMarker(markers.Unchecked if found[1] == " " else markers.Checked)
        self._cursor.setBlockFormat(block)
        rest = children[0].content[found.end() :]
        return [replace(children[0], content=rest), *children[1:]]

    # --- tables ---------------------------------------------------------------------------------------

    def _collect(self, token: Token, cells: _Cells) -> None:
        match token.type:
            case "tr_open":
                cells.rows.append([])
            case "th_open" | "td_open":
                align = str(token.attrs.get("style", "")).removeprefix("text-align:")
                cells.rows[-1].append((align, []))
            case "inline":
                cells.rows[-1][-1] = (cells.rows[-1][-1][0], token.children or [])
                cells.source.append(token.content)
            case "table_close":
                self._cells = None
                self._table(cells)

    def _table(self, cells: _Cells) -> None:
        columns = max((len(row) for row in cells.rows), default=0)
        if not columns:
            return
        if columns * len(cells.rows) > CELLS_MAX:
            self._code("\n".join(cells.source))
            return
        if not self._fresh:
            self._cursor.insertBlock(self._formats.sliver())
        self._cursor.setBlockFormat(self._formats.sliver())
        table = self._cursor.insertTable(len(cells.rows), columns, self._formats.table())
        for number, row in enumerate(cells.rows):
            self._row(table, number, row)
        self._cursor = table.lastCursorPosition()
        self._cursor.movePosition(QTextCursor.MoveOperation.NextBlock)
        self._cursor.setBlockFormat(self._formats.sliver())
        self._fresh = True

    def _row(self, table: QTextTable, number: int, row: list[tuple[str, list[Token]]]) -> None:
        for column, (align, children) in enumerate(row):
            cell = table.cellAt(number, column)
            if number == 0:
                shade = cell.format()
                shade.setBackground(QColor(self._formats.colours.panel))
                cell.setFormat(shade)
            self._cursor = cell.firstCursorPosition()
            self._cursor.setBlockFormat(self._formats.cell(align=align))
            self._inline(children, Style(bold=number == 0))

    # --- inside a paragraph ---------------------------------------------------------------------------

    def _inline(self, children: Sequence[Token], style: Style = PLAIN) -> None:
        base, link, label = style, "", ""
        for child in children:
            match child.type:
                case "text":
                    self._text(child.content, style)
                case "code_inline":
                    self._insert(child.content, replace(style, code=True))
                case "softbreak" | "hardbreak":
                    self._insert(LINE_BREAK, style)
                case "strong_open" | "strong_close":
                    style = replace(style, bold=base.bold or child.nesting == 1)
                case "em_open" | "em_close":
                    style = replace(style, italic=child.nesting == 1)
                case "s_open" | "s_close":
                    style = replace(style, struck=child.nesting == 1)
                case "link_open":
                    link, label = str(child.attrs.get("href", "")), ""
                    style = replace(style, href=link if links.allowed(link) else "")
                case "link_close":
                    style = replace(style, href="")
                    self._after_link(label, link)
                case "image":
                    place = links.host(str(child.attrs.get("src", "")))
                    self._insert(
                        f"[image: {child.content or 'untitled'}, {place}]", replace(style, muted=True)
                    )
                case _:
                    self._insert(child.content, style)
            label += child.content

    def _after_link(self, label: str, href: str) -> None:
        """Say where a link goes that cannot be clicked, or that names another host than it goes to."""
        if not links.allowed(href):
            if href != label:
                self._insert(f" ({href})", Style(muted=True))
        elif goes := links.other_host(label, href):
            self._insert(f" [{goes}]", Style(muted=True))

    def _text(self, text: str, style: Style) -> None:
        """Plain words; `**…**` that CommonMark left alone beside Chinese is bold all the same."""
        if "**" not in text or not _CJK.search(text):
            self._insert(text, style)
            return
        for number, part in enumerate(_CJK_BOLD.split(text)):
            self._insert(part, replace(style, bold=style.bold or number % 2 == 1))

    def _insert(self, text: str, style: Style) -> None:
        if text:
            self._cursor.insertText(text.replace("\n", LINE_BREAK), self._formats.char(style, self._heading))
