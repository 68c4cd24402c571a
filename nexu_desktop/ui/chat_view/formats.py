"""Character and block formats of rendered markdown in one theme."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QTextBlockFormat,
    QTextCharFormat,
    QTextFormat,
    QTextFrameFormat,
    QTextLength,
    QTextListFormat,
    QTextOption,
    QTextTableCellFormat,
    QTextTableFormat,
)

from nexu_desktop.ui import theme

LINE_PERCENT = 135
DEPTH_MAX = 8
QUOTE_STEP = 16
LIST_STEP = 24
NOTE_STEP = 32
CELL_PADDING = 6
CELL_SIDE = 12
_USER = QTextFormat.Property.UserProperty.value
RULE = _USER + 1  # marks a block as a horizontal rule
FORMULA, DISPLAY = _USER + 2, _USER + 3  # of characters: the TeX, and whether it stands on a line of its own
MARKUP = _USER + 4  # of characters: what to copy as markdown in their place
STYLE = _USER + 5  # of characters: the bits of their Style
QUOTE_LEFT = _USER + 6  # of a block in a quote: where its first bar stands, in pixels
CODE = _USER + 7  # marks a block as code
BULLET = _USER + 8  # of a bullet: its kind
NOTE = _USER + 9  # marks a block as a further one of a note
_HEADING_SIZES = {1: theme.SIZE_DISPLAY, 2: 16, 3: theme.SIZE_TITLE}
BOLD, ITALIC, STRUCK, MONO = 1, 2, 4, 8


@dataclass(frozen=True, slots=True)
class Style:
    """What is switched on at one place of a paragraph. `raised`: a small superscript."""

    bold: bool = False
    italic: bool = False
    struck: bool = False
    code: bool = False
    muted: bool = False
    href: str = ""
    small: bool = False
    raised: bool = False

    @property
    def bits(self) -> int:
        return BOLD * self.bold + ITALIC * self.italic + STRUCK * self.struck + MONO * self.code


PLAIN = Style()


class Formats:
    def __init__(self, colours: theme.Colours) -> None:
        self.colours = colours
        self.text_font = theme.font(theme.SIZE_TEXT)
        self.mono_font = theme.code_font()
        self._cache: dict[tuple[Style, int], QTextCharFormat] = {}

    def char(self, style: Style = PLAIN, heading: int = 0) -> QTextCharFormat:
        found = self._cache.get((style, heading))
        if found is None:
            found = self._cache[(style, heading)] = self._char(style, heading)
        return found

    def _char(self, style: Style, heading: int) -> QTextCharFormat:
        c, result = self.colours, QTextCharFormat()
        face = QFont(self.mono_font if style.code else self.text_font)
        if heading:
            face.setPixelSize(_HEADING_SIZES.get(heading, theme.SIZE_TEXT))
        elif style.small:
            face.setPixelSize(theme.SIZE_CONTROL)
        if style.bold or heading:
            face.setWeight(QFont.Weight.DemiBold)
        face.setItalic(style.italic)
        face.setStrikeOut(style.struck)
        result.setFont(face)
        result.setForeground(QColor(c.muted if style.muted else c.text))
        if style.code:
            result.setBackground(QColor(c.panel))
        if style.href:
            result.setAnchor(True)
            result.setAnchorHref(style.href)
            result.setForeground(QColor(c.accent))
            result.setFontUnderline(not style.href.startswith("#"))
        if style.raised:
            result.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignSuperScript)
        if style.bits:
            result.setProperty(STYLE, style.bits)
        return result

    def block(self, *, quote: int = 0, indent: int = 0, bottom: int = 10) -> QTextBlockFormat:
        result = QTextBlockFormat()
        result.setLineHeight(LINE_PERCENT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        result.setBottomMargin(bottom)
        result.setIndent(min(indent, DEPTH_MAX))
        if quote:
            result.setLeftMargin(QUOTE_STEP * min(quote, DEPTH_MAX))
            result.setProperty(QTextFormat.Property.BlockQuoteLevel, min(quote, DEPTH_MAX))
            result.setProperty(QUOTE_LEFT, LIST_STEP * min(indent, DEPTH_MAX))
        return result

    def heading(self, level: int, *, quote: int, indent: int) -> QTextBlockFormat:
        result = self.block(quote=quote, indent=indent, bottom=6)
        result.setTopMargin(16 if level < 3 else 12)
        result.setHeadingLevel(level)
        return result

    def rule(self, *, quote: int) -> QTextBlockFormat:
        """An empty block; the widget paints the hairline through its middle."""
        result = self.block(quote=quote)
        result.setTopMargin(6)
        result.setProperty(RULE, True)
        return result

    def code_line(self) -> QTextBlockFormat:
        """The one block of a code inside a paragraph's document."""
        result = QTextBlockFormat()
        result.setLineHeight(125, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        result.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        result.setProperty(CODE, True)
        return result

    def code_card(self, *, left: int) -> QTextTableFormat:
        """The card such a code lies on; its one cell has the paper and the hairline."""
        result = QTextTableFormat()
        result.setBorder(0)
        result.setBorderCollapse(True)
        result.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_None)
        result.setCellSpacing(0)
        result.setLeftMargin(left)
        result.setTopMargin(2)
        result.setBottomMargin(12)
        result.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
        return result

    def code_box(self) -> QTextTableCellFormat:
        result = QTextTableCellFormat()
        result.setPadding(CELL_SIDE)
        result.setBackground(QColor(self.colours.panel))
        result.setBorder(1)
        result.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
        result.setBorderBrush(QColor(self.colours.line))
        return result

    def hanging(self) -> QTextBlockFormat:
        """A note or source: its number, then its text with a straight left edge."""
        result = self.block(bottom=4)
        result.setLeftMargin(NOTE_STEP)
        result.setTextIndent(-NOTE_STEP)
        result.setTabPositions([QTextOption.Tab(NOTE_STEP, QTextOption.TabType.LeftTab)])
        return result

    def hanging_more(self) -> QTextBlockFormat:
        """A further paragraph of a note."""
        result = self.block(bottom=4)
        result.setLeftMargin(NOTE_STEP)
        result.setProperty(NOTE, True)
        return result

    def display(self, *, quote: int, indent: int) -> QTextBlockFormat:
        """A formula on a line of its own."""
        result = self.block(quote=quote, indent=indent)
        result.setLineHeight(100, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        result.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        result.setTopMargin(4)
        return result

    def sliver(self) -> QTextBlockFormat:
        """The empty block that Qt keeps before and after a table, made as good as invisible."""
        result = QTextBlockFormat()
        result.setLineHeight(1, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        return result

    def list_of(self, *, ordered: bool, start: int, depth: int) -> QTextListFormat:
        result = QTextListFormat()
        styles = QTextListFormat.Style
        result.setStyle(styles.ListDecimal if ordered else styles.ListDisc)
        result.setNumberSuffix(". ")
        result.setIndent(min(depth, DEPTH_MAX))
        result.setStart(start)
        return result

    def table(self, *, left: int = 0) -> QTextTableFormat:
        """No box: hairlines below each row, which the cells have."""
        result = QTextTableFormat()
        result.setBorder(0)
        result.setBorderCollapse(True)
        result.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_None)
        result.setCellPadding(CELL_PADDING)
        result.setCellSpacing(0)
        result.setLeftMargin(left)
        result.setTopMargin(4)
        result.setBottomMargin(12)
        result.setHeaderRowCount(1)
        return result

    def cell_box(self, *, header: bool) -> QTextTableCellFormat:
        result = QTextTableCellFormat()
        result.setPadding(CELL_PADDING)
        result.setLeftPadding(CELL_SIDE)
        result.setRightPadding(CELL_SIDE)
        result.setBottomBorder(1)
        result.setBottomBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
        result.setBottomBorderBrush(QColor(self.colours.faint if header else self.colours.line))
        return result

    def cell(self, *, align: str) -> QTextBlockFormat:
        result = QTextBlockFormat()
        result.setLineHeight(LINE_PERCENT - 10, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        sides = {"right": Qt.AlignmentFlag.AlignRight, "center": Qt.AlignmentFlag.AlignHCenter}
        result.setAlignment(sides.get(align, Qt.AlignmentFlag.AlignLeft))
        return result
