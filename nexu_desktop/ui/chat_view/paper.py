"""Text documents for the pieces of messages: nothing is ever loaded into one, and those seen last are kept."""

from __future__ import annotations

from collections import OrderedDict
from itertools import pairwise
from typing import Any

from PySide6.QtCore import QSize, Qt, QUrl
from PySide6.QtGui import QImage, QTextBlockFormat, QTextCursor, QTextDocument, QTextOption

from nexu_desktop.markup.characters import visible_code
from nexu_desktop.markup.references import References
from nexu_desktop.markup.segments import Kind, Segment
from nexu_desktop.ui.chat_view.formats import Formats
from nexu_desktop.ui.chat_view.formula_objects import Formulas
from nexu_desktop.ui.chat_view.markdown import render_markdown, render_plain

KEPT = 400  # about 18 MB of laid-out text
LINE_SHOWN = 4_000  # a longer line of code is broken on the screen; Copy gives it whole
PIPES_ARRIVING = 400  # a bigger table is its source until it is complete: it takes too long for each frame
CODE_LINE_PERCENT = 125


class Paper(QTextDocument):
    def __init__(self) -> None:
        super().__init__()
        self.setUndoRedoEnabled(False)
        self.setDocumentMargin(0)

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """Nothing is ever loaded; an image of our own keeps Qt from reading the file itself."""
        blank = QImage(QSize(1, 1), QImage.Format.Format_ARGB32)
        blank.fill(Qt.GlobalColor.transparent)
        return blank


class Papers:
    """Rendered segments in the present theme; equal segments share one document, which nobody may change."""

    def __init__(self, formats: Formats) -> None:
        self.formats = formats
        self.rendered_chars = 0  # how much has been rendered so far: the work that long texts must not make
        self.formulas = Formulas(formats)
        self._kept: OrderedDict[tuple[Kind, str, References, bool], Paper] = OrderedDict()

    def restyle(self, formats: Formats) -> None:
        self.formats = self.formulas.formats = formats
        self._kept.clear()

    def closed(self, segment: Segment, *, muted: bool) -> Paper:
        """The document of a segment of text that will not change any more."""
        key = (segment.kind, segment.text, segment.references, muted)
        found = self._kept.pop(key, None)
        if found is None:
            found = Paper()
            self.fill(found, segment, muted=muted)
        self.keep(found, segment, muted=muted)
        return found

    def keep(self, paper: Paper, segment: Segment, *, muted: bool) -> None:
        self._kept[(segment.kind, segment.text, segment.references, muted)] = paper
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    def fill(self, paper: Paper, segment: Segment, *, muted: bool) -> None:
        """Render a segment of text into `paper`."""
        self.rendered_chars += len(segment.text)
        paper.setDefaultFont(self.formats.text_font)
        option = paper.defaultTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        paper.setDefaultTextOption(option)
        unfinished = not segment.closed and segment.text.count("|") > PIPES_ARRIVING
        if segment.kind is Kind.PLAIN or unfinished:
            render_plain(paper, segment.text, self.formats, muted=muted)
        else:
            render_markdown(paper, segment.text, self.formats, segment.references)

    def fill_code(self, paper: Paper, source: str, before: str = "") -> None:
        """Put code into `paper`; where `before` stands there already and `source` goes on from it, only the rest."""
        cursor = QTextCursor(paper)
        if before and source.startswith(before) and not before.endswith("\r"):
            self.rendered_chars += len(source) - len(before)
            cursor.movePosition(QTextCursor.MoveOperation.End)
            cursor.insertText(shown_code(source[len(before) :], len(paper.lastBlock().text())))
            return
        self.rendered_chars += len(source)
        paper.clear()
        paper.setDefaultFont(self.formats.mono_font)
        block = QTextBlockFormat()
        block.setLineHeight(CODE_LINE_PERCENT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        cursor.setBlockFormat(block)
        cursor.insertText(shown_code(source))


def shown_code(source: str, begun: int = 0) -> str:
    """What is seen of code, behind `begun` characters of its first line that stand there already."""
    text = visible_code(source)
    if len(text) + begun <= LINE_SHOWN:
        return text
    first, rest, lines = LINE_SHOWN - begun, LINE_SHOWN, []
    for line in text.split("\n"):
        cuts = [0, *range(first, len(line), rest), len(line)]
        lines += [line[start:end] for start, end in pairwise(cuts)] or [""]
        first = LINE_SHOWN
    return "\n".join(lines)
