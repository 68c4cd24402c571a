"""The header over a card of code: its language, Wrap, Save and Copy."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from nexu_desktop.markup.characters import visible
from nexu_desktop.ui import theme
from nexu_desktop.ui.chat_view.code_piece import PADDING, CodePiece
from nexu_desktop.ui.chat_view.quiet_button import QuietButton
from nexu_desktop.ui.chat_view.stack import unchain

COPIED_MS = 1_500


class CodeHeader(QWidget):
    """`wrap_toggled`: the card wants to be laid out again. `save_wanted(language, code)`: to a file."""

    wrap_toggled = Signal()
    save_wanted = Signal(str, str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.piece: CodePiece | None = None
        self._label = QLabel()
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setFont(theme.font(theme.SIZE_CAPTION))
        self.wrapping = QuietButton("Wrap", "Wrap long lines of this code", checkable=True)
        self.wrapping.toggled.connect(self._on_wrap)
        self.saving = QuietButton("Save", "Save this code to a file")
        self.saving.clicked.connect(self._save)
        self.copying = QuietButton("Copy", "Copy this code", widest="Copied")
        self.copying.clicked.connect(self.copy)
        row = QHBoxLayout(self)
        row.setContentsMargins(PADDING, 0, 6, 0)
        row.setSpacing(0)
        row.addWidget(self._label, 1)
        for button in (self.wrapping, self.saving, self.copying):
            row.addWidget(button)
        unchain(self)
        self._copied = QTimer(self, singleShot=True, interval=COPIED_MS)
        self._copied.timeout.connect(lambda: self.copying.setText("Copy"))

    def show_piece(self, piece: CodePiece) -> None:
        """Head this card from now on."""
        language = visible(piece.segment.language) or "code"
        if self._label.text() != language:
            self._label.setText(language)
            self.setAccessibleName(f"Code, {visible(piece.segment.language) or 'no language named'}")
        if piece is not self.piece:
            self.piece = None
            self.wrapping.setChecked(piece.wrapped)
            self.copying.setText("Copy")
            self.piece = piece

    def copy(self) -> None:
        """The code as it came, to the clipboard."""
        if self.piece is not None:
            QGuiApplication.clipboard().setText(self.piece.segment.text)
            self.copying.setText("Copied")
            self._copied.start()

    def _save(self) -> None:
        if self.piece is not None:
            self.save_wanted.emit(self.piece.segment.language, self.piece.segment.text)

    def _on_wrap(self, wrapped: bool) -> None:
        if self.piece is not None:
            self.piece.wrap(wrapped)
            self.wrap_toggled.emit()

    def apply_theme(self, c: theme.Colours) -> None:
        caption = self._label.palette()
        caption.setColor(self._label.foregroundRole(), QColor(c.muted))
        self._label.setPalette(caption)
        for button in (self.wrapping, self.saving, self.copying):
            button.apply_theme(c)
