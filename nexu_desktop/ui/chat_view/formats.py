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
    QTextListFormat,
    QTextTableFormat,
)

from nexu_desktop.ui import theme

LINE_PERCENT = 135
DEPTH_MAX = 8
QUOTE_STEP = 16
RULE = QTextFormat.Property.UserProperty.value + 1  # marks a block as a horizontal rule
_HEADING_SIZES = {1: theme.SIZE_DISPLAY, 2: 16, 3: theme.SIZE_TITLE}


@dataclass(frozen=True, slots=True)
class Style:
    """What is switched on at one place of a paragraph."""

    bold: bool = False
    italic: bool = False
    struck: bool = False
    code: bool = False
    muted: bool = False
    href: str = ""


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
            result.setFontUnderline(True)
        return result

    def block(self, *, quote: int = 0, indent: int = 0, bottom: int = 10) -> QTextBlockFormat:
        result = QTextBlockFormat()
        result.setLineHeight(LINE_PERCENT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        result.setBottomMargin(bottom)
        result.setIndent(min(indent, DEPTH_MAX))
        if quote:
            result.setLeftMargin(QUOTE_STEP * min(quote, DEPTH_MAX))
            result.setProperty(QTextFormat.Property.BlockQuoteLevel, min(quote, DEPTH_MAX))
        return result

    def heading(self, level: int, *, quote: int, indent: int) -> QTextBlockFormat:
        result = self.block(quote=quote, indent=indent, bottom=6)
        result.setTopMargin(8)
        result.setHeadingLevel(level)
        return result

    def rule(self, *, quote: int) -> QTextBlockFormat:
        """An empty block; the widget paints the hairline through its middle."""
        result = self.block(quote=quote)
        result.setProperty(RULE, True)
        return result

    def code_block(self, *, quote: int, indent: int) -> QTextBlockFormat:
        result = self.block(quote=quote, indent=indent)
        result.setBackground(QColor(self.colours.panel))
        return result

    def sliver(self) -> QTextBlockFormat:
        """The empty block that Qt keeps before and after a table, made as good as invisible."""
        result = QTextBlockFormat()
        result.setLineHeight(1, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        return result

    def list_of(self, *, ordered: bool, start: int, depth: int) -> QTextListFormat:
        result = QTextListFormat()
        bullets = (QTextListFormat.Style.ListDisc, QTextListFormat.Style.ListCircle)
        result.setStyle(QTextListFormat.Style.ListDecimal if ordered else bullets[depth > 1])
        result.setIndent(min(depth, DEPTH_MAX))
        result.setStart(start)
        return result

    def table(self) -> QTextTableFormat:
        result = QTextTableFormat()
        result.setBorder(1)
        result.setBorderCollapse(True)
        result.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
        result.setBorderBrush(QColor(self.colours.line))
        result.setCellPadding(6)
        result.setCellSpacing(0)
        result.setTopMargin(4)
        result.setBottomMargin(10)
        result.setHeaderRowCount(1)
        return result

    def cell(self, *, align: str) -> QTextBlockFormat:
        result = QTextBlockFormat()
        sides = {"right": Qt.AlignmentFlag.AlignRight, "center": Qt.AlignmentFlag.AlignHCenter}
        result.setAlignment(sides.get(align, Qt.AlignmentFlag.AlignLeft))
        return result
