"""Tables: collected from their tokens, built with hairlines, and how wide they would like to be."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import zip_longest
from typing import TYPE_CHECKING

from PySide6.QtGui import QFont, QFontMetrics, QTextBlockFormat, QTextCursor, QTextDocument, QTextTable

from nexu_desktop.ui.chat_view.formats import CELL_SIDE, PLAIN, Formats, Style
from nexu_desktop.ui.chat_view.inline import Inline

if TYPE_CHECKING:
    from markdown_it.token import Token

CELLS_MAX = 1_500  # a bigger table is shown as its source
COLUMN_MAX = 320  # a column does not ask for more; longer cells wrap
_WIDTH = "natural_width"


def natural_width(document: QTextDocument) -> int:
    """The width in pixels at which no table of the document is squeezed; 0 where any width will do.

    A view that has less gives the document this text width, and scrolls.
    """
    return int(document.property(_WIDTH) or 0)


def set_width(document: QTextDocument, width: int) -> None:
    document.setProperty(_WIDTH, width)


@dataclass(slots=True)
class Cells:
    """One table while its tokens pass by: of each cell its side, its words and its tokens."""

    rows: list[list[tuple[str, str, list[Token]]]] = field(default_factory=list)
    _side: str = ""

    def take(self, token: Token) -> bool:
        """Whether the table is complete now."""
        match token.type:
            case "tr_open":
                self.rows.append([])
            case "th_open" | "td_open":
                self._side = str(token.attrs.get("style", "")).removeprefix("text-align:")
            case "inline":
                self.rows[-1].append((self._side, token.content, token.children or []))
        return token.type == "table_close"

    @property
    def columns(self) -> int:
        return max((len(row) for row in self.rows), default=0)

    @property
    def too_many(self) -> bool:
        return self.columns * len(self.rows) > CELLS_MAX

    def source(self) -> str:
        return "\n".join(" | ".join(words for _, words, _ in row) for row in self.rows)

    def width(self, formats: Formats) -> int:
        """All columns beside each other, each as wide as its longest cell."""
        plain, bold = QFontMetrics(formats.text_font), QFontMetrics(_bold(formats.text_font))
        longest = [""] * self.columns  # measuring every cell would take longer than building it
        for row in self.rows[1:]:
            for column, (_, words, _) in enumerate(row):
                longest[column] = max(longest[column], words[:100], key=_cells_wide)
        heads = [bold.horizontalAdvance(words[:100]) for _, words, _ in self.rows[0]]
        advances = map(plain.horizontalAdvance, longest)
        widest = [min(max(pair), COLUMN_MAX) for pair in zip_longest(heads, advances, fillvalue=0)]
        return sum(widest) + len(widest) * (2 * CELL_SIDE + 1)


def insert(cursor: QTextCursor, cells: Cells, formats: Formats, inline: Inline, *, left: int) -> QTextTable:
    """Put the table at the cursor, `left` pixels from the edge."""
    table = cursor.insertTable(len(cells.rows), max(cells.columns, 1), formats.table(left=left))
    header, body = formats.cell_box(header=True), formats.cell_box(header=False)
    sides: dict[str, QTextBlockFormat] = {}
    for number, row in enumerate(cells.rows):
        for column, (side, _, children) in enumerate(row):
            cell = table.cellAt(number, column)
            cell.setFormat(body if number else header)
            inside = cell.firstCursorPosition()
            if side not in sides:
                sides[side] = formats.cell(align=side)
            inside.setBlockFormat(sides[side])
            inline.write(inside, children, Style(bold=True) if number == 0 else PLAIN)
    document = cursor.document()
    set_width(document, max(natural_width(document), left + cells.width(formats)))
    return table


def _cells_wide(words: str) -> int:
    """How wide a text is, about: Chinese is twice as wide as Latin."""
    return len(words) if words.isascii() else sum(1 + (character >= "\u2e80") for character in words)


def _bold(face: QFont) -> QFont:
    bold = QFont(face)
    bold.setWeight(QFont.Weight.DemiBold)
    return bold
