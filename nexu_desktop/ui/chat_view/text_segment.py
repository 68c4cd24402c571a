"""One piece of formatted text: read-only, selectable by mouse and keyboard, as high as what it says."""

from __future__ import annotations

import math
from typing import Any

from PySide6.QtCore import QRect, QSize, Qt, QUrl, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QTextCursor,
    QTextFormat,
    QTextOption,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QTextBrowser, QWidget

from nexu_desktop.ui.chat_view.formats import QUOTE_STEP, RULE, Formats
from nexu_desktop.ui.chat_view.markdown import render_markdown, render_plain
from nexu_desktop.ui.chat_view.segments import Kind, Segment

_BY_KEY = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
_FOR_THE_VIEW = (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Escape)


class TextSegment(QTextBrowser):
    """Shows a Segment of text. `link_wanted(address, label)`: a link was clicked; nothing is opened here."""

    link_wanted = Signal(str, str)

    def __init__(self, formats: Formats, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._formats = formats
        self._shown = Segment(Kind.TEXT, "")
        self._muted = False
        self._ring = False
        self._prepare()
        self._colour()
        self.anchorClicked.connect(self._on_anchor)

    def _prepare(self) -> None:
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.setUndoRedoEnabled(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextBrowserInteraction | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.viewport().setAutoFillBackground(False)
        self.setAccessibleName("Message text")

    def show_segment(self, segment: Segment, *, muted: bool = False) -> None:
        """Render `segment` unless it is what stands here already."""
        if segment.text == self._shown.text and segment.kind is self._shown.kind and muted == self._muted:
            self._shown = segment
            return
        self._shown, self._muted = segment, muted
        self._render()

    def _render(self) -> None:
        before = self.textCursor()
        anchor, position = before.anchor(), before.position()
        self.document().setDocumentMargin(0)
        self.document().setDefaultFont(self._formats.text_font)
        if self._shown.kind is Kind.PLAIN:
            render_plain(self.document(), self._shown.text, self._formats, muted=self._muted)
        else:
            render_markdown(self.document(), self._shown.text, self._formats)
        if anchor != position:
            self._select(anchor, position)
        else:
            self.moveCursor(QTextCursor.MoveOperation.Start)

    def _select(self, anchor: int, position: int) -> None:
        """A selection survives the arrival of more text."""
        last = max(self.document().characterCount() - 1, 0)
        cursor = self.textCursor()
        cursor.setPosition(min(anchor, last))
        cursor.setPosition(min(position, last), QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)

    def fit(self, width: int) -> int:
        """Take `width`, and the height the text then needs; returns that height."""
        document = self.document()
        document.setTextWidth(width)
        height = math.ceil(document.size().height())
        self.setFixedSize(width, max(height, 1))
        return height

    def selected(self) -> str:
        return self.textCursor().selection().toPlainText()

    def natural_width(self, most: int) -> int:
        """The width the text needs if it may use at most `most`."""
        self.document().setTextWidth(most)
        return min(math.ceil(self.document().idealWidth()) + 1, most)

    def restyle(self, formats: Formats) -> None:
        if formats is not self._formats:
            self._formats = formats
            self._colour()
            self._render()

    def _colour(self) -> None:
        c = self._formats.colours
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.transparent)
        palette.setColor(QPalette.ColorRole.Text, QColor(c.text))
        palette.setColor(QPalette.ColorRole.Highlight, QColor(c.accent))
        palette.setColor(QPalette.ColorRole.HighlightedText, QColor(c.on_accent))
        self.setPalette(palette)

    # --- what Qt asks ---------------------------------------------------------------------------------

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """Nothing is ever loaded; an image of our own keeps Qt from reading the file itself."""
        blank = QImage(QSize(1, 1), QImage.Format.Format_ARGB32)
        blank.fill(Qt.GlobalColor.transparent)
        return blank

    def _on_anchor(self, url: QUrl) -> None:
        address = url.toString()
        self.link_wanted.emit(address, self._label_of(address))

    def _label_of(self, address: str) -> str:
        block, label = self.document().begin(), ""
        while block.isValid():
            pieces = block.begin()
            while not pieces.atEnd():
                fragment = pieces.fragment()
                if QUrl(fragment.charFormat().anchorHref()).toString() == address:
                    label += fragment.text()
                pieces += 1
            block = block.next()
        return label

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        event.ignore()  # the row has the menu

    def keyPressEvent(self, event: QKeyEvent) -> None:
        nothing_selected = not self.textCursor().hasSelection()
        if event.key() in _FOR_THE_VIEW and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            event.ignore()
        elif event.matches(QKeySequence.StandardKey.Copy) and nothing_selected:
            event.ignore()  # the row copies the whole message
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._ring = event.reason() in _BY_KEY
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._ring = False
        super().focusOutEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        self._paint_marks(event.rect())
        super().paintEvent(event)
        if self._ring:
            painter = QPainter(self.viewport())
            painter.setPen(QPen(QColor(self._formats.colours.accent), 2))
            painter.drawRect(self.viewport().rect().adjusted(1, 1, -1, -1))
            painter.end()

    def _paint_marks(self, dirty: QRect) -> None:
        """What a text document cannot draw: a bar at the left of each level of a quote, and rules."""
        painter = QPainter(self.viewport())
        line = QColor(self._formats.colours.line)
        block = self.document().begin()
        while block.isValid():
            look = block.blockFormat()
            depth = look.intProperty(QTextFormat.Property.BlockQuoteLevel)
            if depth or look.hasProperty(RULE):
                box = self.document().documentLayout().blockBoundingRect(block).toAlignedRect()
                if box.intersects(dirty.adjusted(-self.width(), 0, self.width(), 0)):
                    for level in range(depth):
                        painter.fillRect(level * QUOTE_STEP, box.top(), 3, box.height(), line)
                if look.hasProperty(RULE):
                    painter.fillRect(depth * QUOTE_STEP, box.center().y(), self.width(), 1, line)
            block = block.next()
        painter.end()
