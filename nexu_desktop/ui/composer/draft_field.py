"""Where a message is written: grows with its lines, Enter sends, only plain text comes in."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QMimeData, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QInputMethodEvent,
    QKeyEvent,
    QPalette,
    QTextCursor,
    QTextOption,
)
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QSizePolicy

from nexu_desktop.ui import theme
from nexu_desktop.ui.chat_view import scroll_bars
from nexu_desktop.ui.composer.documents import Documents
from nexu_desktop.ui.composer.incoming import has_files

LONG_TEXT_CHARS = 200_000  # 40 ms to insert; 5 MB take 0.7 s
LONG_LINE_CHARS = 10_000  # a line is laid out whole on every key: 20,000 characters take 20 to 100 ms
MARGIN = 4
PLAIN_PASTE = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
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

    `files_pasted`: files, or an image, that came where text could come. `file_text_pasted`: a text longer than
    `file_from` characters (0: never), which is better kept as a file. Ctrl+Shift+V pastes any text as text.
    `walk` is asked what the arrow up (True) or down does; False: it moves the cursor.
    """

    send_wanted = Signal()
    long_text_pasted = Signal(object)  # a str as it is
    files_pasted = Signal(QMimeData)
    file_text_pasted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._cap = 200
        self._composing = False
        self.file_from = 0
        self.walk: Callable[[bool], bool] = lambda older: False
        self.setObjectName("draft")
        self.setAccessibleName("Message")
        self.setPlaceholderText("Write a message")
        self.setFont(theme.font(theme.SIZE_TEXT))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._documents = Documents(self, MARGIN, self._fit)
        self.show_document("")

    def show_document(self, key: str) -> None:
        """The text and the undo history of `key`; the cursor at its end."""
        document = self._documents.of(key, self.font())
        if document is self.document():
            return
        self.setDocument(document)
        self.moveCursor(QTextCursor.MoveOperation.End)
        self._fit()

    def set_colours(self, ground: str, c: theme.Colours) -> None:
        """An opaque ground, by palette: a key then paints the field alone, not the card and the window below."""
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Base, QColor(ground))
        palette.setColor(QPalette.ColorRole.Text, QColor(c.text))
        palette.setColor(QPalette.ColorRole.PlaceholderText, QColor(c.faint))
        self.setPalette(palette)
        self.viewport().setPalette(
            palette
        )  # after a style sheet above was set, it no longer follows by itself
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
            if not self._special(event):
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

    def _special(self, event: QKeyEvent) -> bool:
        """Whether this key, which is not Enter, does something of ours."""
        key, held = event.key(), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if key == Qt.Key.Key_V and held == PLAIN_PASTE:
            self.insert_text(_plain(QGuiApplication.clipboard().text()))
            return True
        arrow = key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and held == Qt.KeyboardModifier.NoModifier
        return arrow and not self._composing and self.walk(key == Qt.Key.Key_Up)

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
        if self.file_from and len(text) > self.file_from:
            self.file_text_pasted.emit(text)
        else:
            self.insert_text(text)

    def insert_text(self, text: str) -> None:
        """At the cursor, or beside the field where it would make every key slow."""
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
