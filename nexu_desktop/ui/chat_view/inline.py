"""The words of one paragraph: styles, links, image placeholders, formulas, calls of notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtGui import QTextCharFormat, QTextCursor

from nexu_desktop.markup import links
from nexu_desktop.markup.characters import visible
from nexu_desktop.ui.chat_view.formats import MARKUP, PLAIN, Formats, Style
from nexu_desktop.ui.chat_view.formula_objects import insert_formula

if TYPE_CHECKING:
    from markdown_it.token import Token

LINE_BREAK = "\u2028"  # a new line inside a paragraph


def insert_marked(
    cursor: QTextCursor, look: QTextCharFormat, text: str, markup: str, *, name: str = ""
) -> None:
    """Text of ours, with what stands for it in markdown; `name` can be jumped to."""
    look = QTextCharFormat(look)
    look.setProperty(MARKUP, markup)
    if name:
        look.setAnchor(True)
        look.setAnchorNames([name])
    cursor.insertText(text, look)


class Inline:
    """Writes the children of an inline token at a cursor."""

    def __init__(self, formats: Formats) -> None:
        self._formats = formats
        self.heading = 0
        self.base = PLAIN  # what all words of the block have

    def write(self, cursor: QTextCursor, children: Sequence[Token], base: Style | None = None) -> None:
        base = self.base if base is None else base
        style, link, label = base, "", ""
        for child in children:
            match child.type:
                case "text":
                    self.insert(cursor, child.content, style)
                case "code_inline":
                    self.insert(cursor, child.content, replace(style, code=True))
                case "softbreak" | "hardbreak":
                    self.insert(cursor, LINE_BREAK, style)
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
                    style = replace(style, href=base.href)
                    self._after_link(cursor, label, link)
                case "image":
                    self._image(cursor, child, style)
                case "formula":
                    display = bool(child.meta["display"])
                    insert_formula(cursor, self._formats, child.content, child.markup, display=display)
                case "footnote_ref":
                    self._call(cursor, child)
                case _:
                    self.insert(cursor, child.content, style)
            label += child.content

    def insert(self, cursor: QTextCursor, text: str, style: Style) -> None:
        if text:
            shown = visible(text).replace("\n", LINE_BREAK)
            cursor.insertText(shown, self._formats.char(style, self.heading))

    def _after_link(self, cursor: QTextCursor, label: str, href: str) -> None:
        """Say where a link goes that cannot be clicked, or that names another host than it goes to."""
        look = self._formats.char(Style(muted=True))
        if not links.allowed(href):
            if href != label:
                hint = f" ({visible(href)})"
                insert_marked(cursor, look, hint, hint)
        elif goes := links.other_host(label, href):
            insert_marked(cursor, look, f" [{goes}]", "")

    def _image(self, cursor: QTextCursor, token: Token, style: Style) -> None:
        """Never loaded: what it shows, where it lies, and a click that asks before the browser opens it."""
        source = str(token.attrs.get("src", ""))
        goes = style.href or (source if links.allowed(source) else "")
        words = visible(f"[image: {token.content or 'untitled'}, {links.host(source)}]")
        look = self._formats.char(replace(style, muted=True, href=goes))
        insert_marked(cursor, look, words.replace("\n", " "), f"![{token.content}]({source})")

    def _call(self, cursor: QTextCursor, token: Token) -> None:
        meta = token.meta
        look = self._formats.char(Style(raised=True, href=f"#note-{meta['number']}"), self.heading)
        name = f"call-{meta['number']}-{meta['call']}"
        insert_marked(cursor, look, str(meta["number"]), f"[^{meta['label']}]", name=name)
