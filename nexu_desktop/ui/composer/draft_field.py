"""Where a message is written: grows with its lines, Enter sends, only plain text comes in."""

from __future__ import annotations

import math

from PySide6.QtCore import QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QColor, QInputMethodEvent, QKeyEvent, QPalette, QTextCursor, QTextOption
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QSizePolicy

from nexu_desktop.ui import theme
from nexu_desktop.ui.chat_view import scroll_bars
from nexu_desktop.ui.composer.incoming import has_files

LONG_TEXT_CHARS = 200_000  # 40 ms to insert; 5 MB take 0.7 s
LONG_LINE_CHARS = 10_000  # a line is laid out whole on every key: 20,000 characters take 20 to 100 ms
MARGIN = 4
LEAST_CAP = 3  # lines that fit in the lowest window


def _plain(text: str) -> str:
    """Line ends as Qt's; looking first spares 5 MB three copies."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.replace("\0", "") if "\0" in text else text


def too_long_to_edit(text: str) -> bool:
    """A text that would make every key press slow; it is kept aside, not typed into."""
    return len(text) > LONG_TEXT_CHARS or max(map(len, text.split("\n"))) > LONG_LINE_CHARS


class DraftField(QPlainTextEdit):
    """`send_wanted`: Enter or Ctrl+Enter outside an input method; `long_text_pasted`: kept out of the field.

    `files_pasted`: files, or an image, that came where text could come.
    """

    send_wanted = Signal()
    long_text_pasted = Signal(object)  # a str as it is
    files_pasted = Signal(QMimeData)

    def __init__(self) -> None:
        super().__init__()
        self._cap = 200
        self._composing = False
        self.setObjectName("draft")
        self.setAccessibleName("Message")
        self.setPlaceholderText("Write a message")
        self.setFont(theme.font(theme.SIZE_TEXT))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(MARGIN)
        self.document().documentLayout().documentSizeChanged.connect(lambda _: self._fit())
        self._fit()

    def set_colours(self, ground: str, c: theme.Colours) -> None:
        """An opaque ground, by palette: a key then paints the field alone, not the card and the window below."""
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Base, QColor(ground))
        palette.setColor(QPalette.ColorRole.Text, QColor(c.text))
        palette.setColor(QPalette.ColorRole.PlaceholderText, QColor(c.faint))
        self.setPalette(palette)
        self.verticalScrollBar().setStyleSheet(scroll_bars.style(c))

    def set_cap(self, pixels: int) -> None:
        """The greatest height; from there on it scrolls."""
        self._cap = max(pixels, self._height_of(LEAST_CAP))
        self._fit()

    def replace_all(self, text: str) -> None:
        """As one step that Undo takes back."""
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)
        self.moveCursor(QTextCursor.MoveOperation.End)

    def sizeHint(self) -> QSize:
        return QSize(0, self.height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
            return
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if held == Qt.KeyboardModifier.ShiftModifier:
            self.insertPlainText("\n")
            self.ensureCursorVisible()
        elif held in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier):
            if not self._composing and not event.isAutoRepeat():
                self.send_wanted.emit()
        else:
            super().keyPressEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Some input methods pass Enter on while words are still being chosen."""
        self._composing = bool(event.preeditString())
        super().inputMethodEvent(event)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasText() or has_files(source)

    def insertFromMimeData(self, source: QMimeData) -> None:
        if has_files(source):
            self.files_pasted.emit(source)
            return
        text = _plain(source.text())
        if too_long_to_edit(text) or self.document().characterCount() + len(text) > LONG_TEXT_CHARS:
            self.long_text_pasted.emit(text)
            return
        self.insertPlainText(text)
        self.ensureCursorVisible()

    def _fit(self) -> None:
        wanted = self._text_height()
        scrolls = wanted > self._cap
        on, off = Qt.ScrollBarPolicy.ScrollBarAsNeeded, Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(on if scrolls else off)
        height = max(min(wanted, self._cap), self._height_of(1))
        if height != self.height():
            self.setFixedHeight(height)
        if not scrolls:
            self.verticalScrollBar().setValue(0)

    def _text_height(self) -> int:
        """As laid out, because fallback faces have taller lines; stops counting where it scrolls anyway."""
        height, block = 2.0 * MARGIN + 2, self.document().begin()
        while block.isValid() and height <= self._cap:
            height += self.blockBoundingRect(block).height()
            block = block.next()
        return math.ceil(height)

    def _height_of(self, lines: int) -> int:
        return lines * self.fontMetrics().lineSpacing() + 2 * MARGIN + 2
