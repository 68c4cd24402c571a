"""A card of code: language, Wrap and Copy above, the code below with its own horizontal scrolling."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer, QUrl
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QGuiApplication,
    QImage,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QTextBlockFormat,
    QTextCursor,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QTextEdit, QWidget

from nexu_desktop.ui import theme
from nexu_desktop.ui.chat_view import scroll_bars
from nexu_desktop.ui.chat_view.characters import visible, visible_code
from nexu_desktop.ui.chat_view.formats import Formats
from nexu_desktop.ui.chat_view.highlighting import Highlighter
from nexu_desktop.ui.chat_view.quiet_button import QuietButton
from nexu_desktop.ui.chat_view.segments import Segment
from nexu_desktop.ui.chat_view.stack import Part

HEADER = 31
PADDING = 12
BAR = 10
COPIED_MS = 1_500
LINE_SHOWN = 4_000  # a longer line is broken on the screen; Copy gives it whole


class _CodeText(QTextEdit):
    """The text itself: plain characters, nothing to load, vertical scrolling left to the view."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setLineWrapMode(QTextEdit.LineWrapMode.NoWrap)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setTabChangesFocus(True)
        self.viewport().setAutoFillBackground(False)
        self.document().setDocumentMargin(0)

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        return QImage(QSize(1, 1), QImage.Format.Format_ARGB32)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Sideways is ours, up and down is the view's."""
        sideways = abs(event.angleDelta().x()) > abs(event.angleDelta().y())
        if sideways or event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            super().wheelEvent(event)
        else:
            event.ignore()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = not event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        paging = plain and event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
        copying = event.matches(QKeySequence.StandardKey.Copy) and not self.textCursor().hasSelection()
        if paging or copying:
            event.ignore()  # the view scrolls, the row copies all of the message
        else:
            super().keyPressEvent(event)


class CodeSegment(Part):
    """Shows a Segment of code; colours come once it is closed."""

    def __init__(self, formats: Formats, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._formats = formats
        self._source = ""
        self._language = ""
        self._closed = False
        self._wrap = False
        self._bar_styled = False
        self.on_grew: Callable[[], None] = _nobody
        self._build()
        self._highlighter = Highlighter(self._text.document(), self)
        self._copied = QTimer(self, singleShot=True, interval=COPIED_MS)
        self._copied.timeout.connect(lambda: self._copy.setText("Copy"))
        self._colour()

    def _build(self) -> None:
        self._label = QLabel()
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setFont(theme.font(theme.SIZE_CAPTION))
        self._wrapping = QuietButton("Wrap", "Wrap long lines of this code", checkable=True)
        self._wrapping.toggled.connect(self._on_wrap)
        self._copy = QuietButton("Copy", "Copy this code", widest="Copied")
        self._copy.clicked.connect(self.copy)
        self._header = QWidget(self)
        row = QHBoxLayout(self._header)
        row.setContentsMargins(PADDING, 0, 6, 0)
        row.setSpacing(0)
        row.addWidget(self._label, 1)
        row.addWidget(self._wrapping)
        row.addWidget(self._copy)
        self._text = _CodeText(self)

    def show_segment(self, segment: Segment) -> None:
        """Append what is new; colour the code once it is complete."""
        grown = segment.text != self._source
        if grown:
            self._highlighter.stop()
            self._put(segment.text)
        self._source = segment.text
        if segment.language != self._language or not self._label.text():
            self._language = segment.language
            self._label.setText(visible(segment.language) or "code")
            self._text.setAccessibleName(f"Code, {visible(segment.language) or 'no language named'}")
        if segment.closed and (grown or not self._closed):
            self._highlighter.start(self._text.toPlainText(), self._language, self._formats.colours)
        self._closed = segment.closed

    def _put(self, source: str) -> None:
        """Only what was added, where the rest stands already."""
        cursor = QTextCursor(self._text.document())
        if self._source and source.startswith(self._source) and len(self._longest_tail()) < LINE_SHOWN:
            cursor.movePosition(QTextCursor.MoveOperation.End)
            cursor.insertText(_shown(source[len(self._source) :]))
            return
        self._text.document().clear()
        block = QTextBlockFormat()
        block.setLineHeight(125, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        cursor.setBlockFormat(block)
        cursor.insertText(_shown(source))
        self._text.moveCursor(QTextCursor.MoveOperation.Start)

    def _longest_tail(self) -> str:
        return self._source[self._source.rfind("\n") + 1 :]

    def fit(self, width: int) -> int:
        inner = width - 2 * PADDING
        document = self._text.document()
        document.setTextWidth(inner if self._wrap else -1)
        height = math.ceil(document.size().height())
        bar = BAR
        wide = not self._wrap and math.ceil(document.idealWidth()) > inner
        height += bar + 2 if wide else 0
        if wide and not self._bar_styled:  # a style sheet is dear; most code needs none
            self._text.horizontalScrollBar().setStyleSheet(scroll_bars.style(self._formats.colours))
            self._bar_styled = True
        self._header.setGeometry(0, 0, width, HEADER)
        self._text.setGeometry(PADDING, HEADER + PADDING, inner, height)
        total = HEADER + 2 * PADDING + height
        self.resize(width, total)
        return total

    def copy(self) -> None:
        """The code as it came, to the clipboard."""
        QGuiApplication.clipboard().setText(self._source)
        self._copy.setText("Copied")
        self._copied.start()

    @property
    def highlighting(self) -> bool:
        return self._highlighter.busy

    def selected(self) -> str:
        return self._text.textCursor().selection().toPlainText()

    def release(self) -> None:
        """Give up what is shown, for the pool."""
        self._highlighter.stop()
        self._text.clear()
        self._source, self._language, self._closed = "", "", False
        self.on_grew = _nobody
        self._wrapping.setChecked(False)
        self._label.setText("")

    def _on_wrap(self, wrap: bool) -> None:
        self._wrap = wrap
        modes = QTextEdit.LineWrapMode
        self._text.setLineWrapMode(modes.WidgetWidth if wrap else modes.NoWrap)
        self.on_grew()

    def restyle(self, formats: Formats) -> None:
        if formats is not self._formats:
            self._formats = formats
            self._colour()
            self._highlighter.recolour(formats.colours)

    def _colour(self) -> None:
        c = self._formats.colours
        self._text.setFont(self._formats.mono_font)
        self._text.document().setDefaultFont(self._formats.mono_font)
        palette = self._text.palette()
        palette.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.transparent)
        palette.setColor(QPalette.ColorRole.Text, QColor(c.text))
        palette.setColor(QPalette.ColorRole.Highlight, QColor(c.accent))
        palette.setColor(QPalette.ColorRole.HighlightedText, QColor(c.on_accent))
        self._text.setPalette(palette)
        self._bar_styled = False
        caption = self._label.palette()
        caption.setColor(QPalette.ColorRole.WindowText, QColor(c.muted))
        self._label.setPalette(caption)
        self._wrapping.apply_theme(c)
        self._copy.apply_theme(c)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        c = self._formats.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(c.line), 1))
        painter.setBrush(QColor(c.panel))
        radius = theme.RADIUS_CODE
        painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.drawLine(0, HEADER, self.width(), HEADER)
        painter.end()


def _nobody() -> None:
    """Nobody waits for a new height while the card lies in the pool."""


def _shown(source: str) -> str:
    text = visible_code(source)
    if len(text) <= LINE_SHOWN:
        return text
    return "\n".join(
        line[start : start + LINE_SHOWN]
        for line in text.split("\n")
        for start in range(0, max(len(line), 1), LINE_SHOWN)
    )
