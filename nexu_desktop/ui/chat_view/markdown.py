"""Our own document builder: markdown tokens to formatted text, and nothing that could load anything.

No HTML reaches Qt, no image format is ever inserted, and only web and mail links can be clicked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtGui import QTextBlockFormat, QTextCursor, QTextDocument, QTextFormat, QTextList

from nexu_desktop.markup import links
from nexu_desktop.markup.characters import visible
from nexu_desktop.markup.parsing import parse
from nexu_desktop.markup.references import NONE, References
from nexu_desktop.ui.chat_view import table_building
from nexu_desktop.ui.chat_view.bullets import hang, insert_bullet, kind_of
from nexu_desktop.ui.chat_view.formats import LIST_STEP, PLAIN, QUOTE_LEFT, QUOTE_STEP, Formats, Style
from nexu_desktop.ui.chat_view.formula_objects import accept_formulas, insert_formula
from nexu_desktop.ui.chat_view.inline import LINE_BREAK, Inline, insert_marked

if TYPE_CHECKING:
    from markdown_it.token import Token


def render_markdown(
    document: QTextDocument, source: str, formats: Formats, references: References = NONE
) -> None:
    """Replace the content of `document`. `references`: those of the segment, for what is defined in another one."""
    tokens = parse(visible(source), references)
    if tokens is None:
        render_plain(document, source, formats)
    else:
        _Builder(document, formats).build(tokens)


def render_plain(document: QTextDocument, source: str, formats: Formats, *, muted: bool = False) -> None:
    """Replace the content of `document` with the text as it is, line by line."""
    document.clear()
    table_building.set_width(document, 0)
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
    task: bool | None = None


class _Builder:
    def __init__(self, document: QTextDocument, formats: Formats) -> None:
        document.clear()
        document.setIndentWidth(LIST_STEP)
        table_building.set_width(document, 0)
        accept_formulas(document)
        self._document = document
        self._cursor = QTextCursor(document)
        self._formats = formats
        self._inline = Inline(formats)
        self._fresh = True  # the block under the cursor is empty and may be used
        self._first = True
        self._quote = 0
        self._levels: list[_Level] = []
        self._cells: table_building.Cells | None = None
        self._in_note = False
        self._note_begun = False  # its number stands there, its first words go on behind it

    def build(self, tokens: Sequence[Token]) -> None:
        self._cursor.beginEditBlock()
        for token in tokens:
            if self._cells is None:
                self._place(token)
            elif self._cells.take(token):
                cells, self._cells = self._cells, None
                self._table(cells)
        if self._fresh:
            self._cursor.setBlockFormat(self._formats.sliver())
        self._cursor.endEditBlock()

    def _place(self, token: Token) -> None:
        match token.type:
            case "paragraph_open":
                self._paragraph(tight=token.hidden)
            case "heading_open":
                self._inline.heading = int(token.tag[1:])
                self._begin(
                    self._formats.heading(self._inline.heading, quote=self._quote, indent=len(self._levels))
                )
            case "heading_close":
                self._inline.heading = 0
            case "inline":
                self._inline.write(self._cursor, token.children or [])
            case "bullet_list_open" | "ordered_list_open":
                start = int(token.attrs.get("start", 1))
                self._levels.append(_Level(token.type.startswith("ordered"), start))
            case "bullet_list_close" | "ordered_list_close":
                self._levels.pop()
                self._end_list()
            case "list_item_open":
                self._levels[-1].item_begun = False
                self._levels[-1].task = token.meta.get("task")
            case "list_item_close":
                if not self._levels[-1].item_begun:
                    self._paragraph(tight=True)  # an item without text keeps its number
            case "blockquote_open" | "blockquote_close":
                self._quote += token.nesting
            case "table_open":
                self._cells = table_building.Cells()
            case "hr":
                self._fresh = self._first and self._fresh  # the block behind a table is too near to it
                self._begin(self._formats.rule(quote=self._quote))
            case "fence" | "code_block":
                self._code(token.content)
            case "formula_block":
                self._begin(self._formats.display(quote=self._quote, indent=len(self._levels)))
                insert_formula(self._cursor, self._formats, token.content, token.markup, display=True)
            case "footnote_reference_open" | "footnote_reference_close" | "source":
                self._end_matter(token)
            case _:
                if token.content:  # unknown to us: at least nothing is lost
                    self._paragraph(tight=False)
                    self._inline.insert(self._cursor, token.content, PLAIN)

    # --- blocks ---------------------------------------------------------------------------------------

    def _begin(self, block: QTextBlockFormat) -> None:
        """Go to an empty block of that format; inside a list its first block carries the bullet."""
        if self._first:
            block.setTopMargin(0)
        if self._fresh:
            self._cursor.setBlockFormat(block)
        else:
            self._cursor.insertBlock(block, self._formats.char())
        self._fresh = self._first = self._note_begun = False
        level = self._levels[-1] if self._levels else None
        begun = level is None or level.item_begun
        for outer in self._levels:
            outer.item_begun = True
        if level is not None and not begun:
            self._bullet(level, QTextBlockFormat(block))

    def _bullet(self, level: _Level, block: QTextBlockFormat) -> None:
        block.setIndent(0)  # the list itself indents
        own = level.task is not None or not level.ordered
        if own:
            hang(block)
        self._cursor.setBlockFormat(block)
        if level.list is None:
            depth = len(self._levels)
            shape = self._formats.list_of(ordered=level.ordered, start=level.start, depth=depth)
            level.list = self._cursor.createList(shape)
        else:
            level.list.add(self._cursor.block())
        self._cursor.setBlockCharFormat(self._formats.char())
        if own:
            kind = kind_of(depth=len(self._levels), task=level.task)
            insert_bullet(self._cursor, self._formats, kind)

    def _paragraph(self, *, tight: bool) -> None:
        if self._note_begun:
            self._note_begun = False
            return
        if self._in_note and not self._levels:
            self._begin(self._formats.hanging_more())
            return
        bottom = 3 if tight else 10
        self._begin(self._formats.block(quote=self._quote, indent=len(self._levels), bottom=bottom))

    def _end_list(self) -> None:
        """The last item keeps its distance from what follows."""
        if not self._levels and not self._fresh:
            block = self._cursor.blockFormat()
            block.setBottomMargin(10)
            self._cursor.setBlockFormat(block)

    def _left(self) -> int:
        return LIST_STEP * len(self._levels) + QUOTE_STEP * self._quote

    def _before_card(self) -> None:
        """Tables stand between two blocks, which are made as good as invisible."""
        if self._levels and not self._levels[-1].item_begun:
            self._paragraph(tight=True)  # for the bullet
        sliver = self._quoted(self._formats.sliver())
        if not self._fresh:
            self._cursor.insertBlock(sliver)
        self._cursor.setBlockFormat(sliver)
        self._first = False

    def _quoted(self, block: QTextBlockFormat) -> QTextBlockFormat:
        """A block beside which the bars of the quote go on."""
        if self._quote:
            around = self._formats.block(quote=self._quote, indent=len(self._levels))
            for mark in (QTextFormat.Property.BlockQuoteLevel, QUOTE_LEFT):
                block.setProperty(mark, around.property(mark))
        return block

    def _after_card(self, cursor: QTextCursor) -> None:
        self._cursor = cursor
        self._cursor.movePosition(QTextCursor.MoveOperation.NextBlock)
        self._cursor.setBlockFormat(self._formats.sliver())
        self._fresh = True

    def _code(self, content: str) -> None:
        self._before_card()
        card = self._cursor.insertTable(1, 1, self._formats.code_card(left=self._left()))
        card.cellAt(0, 0).setFormat(self._formats.code_box())
        inside = card.cellAt(0, 0).firstCursorPosition()
        inside.setBlockFormat(self._quoted(self._formats.code_line()))
        text = content.rstrip("\n").replace("\n", LINE_BREAK)
        inside.insertText(text, self._formats.char(Style(code=True)))
        self._after_card(card.lastCursorPosition())

    def _table(self, cells: table_building.Cells) -> None:
        if cells.too_many:
            self._code(cells.source())
        elif cells.rows:
            self._before_card()
            table = table_building.insert(self._cursor, cells, self._formats, self._inline, left=self._left())
            self._after_card(table.lastCursorPosition())

    # --- notes and sources ----------------------------------------------------------------------------

    def _end_matter(self, token: Token) -> None:
        """Notes and sources stand at the end, small, each behind its number."""
        if token.type == "footnote_reference_close":
            self._in_note, self._inline.base = False, PLAIN
            return
        self._begin(self._formats.hanging())
        if token.type == "source":
            self._source(str(token.meta["label"]), str(token.meta["href"]), str(token.meta["title"]))
            return
        number, label = token.meta["number"], token.meta["label"]
        look = self._formats.char(Style(small=True, href=f"#call-{number}-1"))
        insert_marked(self._cursor, look, f"{number} ↑\t", f"[^{label}]: ", name=f"note-{number}")
        self._in_note = self._note_begun = True
        self._inline.base = Style(muted=True, small=True)

    def _source(self, label: str, href: str, title: str) -> None:
        definition = f'[{label}]: {href} "{title}"' if title else f"[{label}]: {href}"
        title = title or links.shown(href)
        goes = href if links.allowed(href) else ""
        plain = self._formats.char(Style(small=True, muted=True))
        linked = self._formats.char(Style(small=True, muted=True, href=goes))
        insert_marked(self._cursor, plain, f"[{visible(label)}]\t", "")
        insert_marked(self._cursor, linked, visible(title), definition)
        if title != links.shown(href):
            place = links.host(href) if goes else href
            insert_marked(self._cursor, plain, f" ({visible(place)})", "")
