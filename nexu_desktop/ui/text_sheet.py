"""What a text file says, to read and to copy; shown as it is, never as markup."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QTextOption
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from nexu_desktop.domain.chat import Attachment
from nexu_desktop.markup.characters import visible_code
from nexu_desktop.ui import buttons, theme
from nexu_desktop.ui.chat_view import scroll_bars

SHOWN_CHARS = 100_000  # more would hold the window up while it is laid out
SHOWN_WIDTH, SHOWN_HEIGHT = 720, 520


class TextSheet(QDialog):
    """Escape closes it."""

    def __init__(self, parent: QWidget, attachment: Attachment, c: theme.Colours) -> None:
        super().__init__(parent)
        self.attachment = attachment
        self.setWindowTitle(visible_code(attachment.name))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        self.setObjectName("sheet")
        self.setStyleSheet(f"#sheet {{ background: {c.card}; }}")
        self.field = self._shown(c)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(theme.GAP_L, theme.GAP_L, theme.GAP_L, theme.GAP_L)
        rows.setSpacing(theme.GAP_M)
        rows.addWidget(self.field, 1)
        rows.addLayout(self._foot(c))
        self.resize(min(SHOWN_WIDTH, parent.width()), min(SHOWN_HEIGHT, parent.height()))

    def _shown(self, c: theme.Colours) -> QPlainTextEdit:
        field = QPlainTextEdit(visible_code(self.attachment.text[:SHOWN_CHARS]))
        field.setReadOnly(True)
        field.setObjectName("text")
        field.setAccessibleName(f"Text of {self.attachment.name}")
        field.setFont(theme.code_font())
        field.setTabChangesFocus(True)
        field.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        field.setStyleSheet(
            f"#text {{ background: {c.panel}; color: {c.text}; border: 1px solid {c.line};"
            f" border-radius: {theme.RADIUS_CONTROL}px; padding: 4px; }}"
            f"#text:focus {{ border: 2px solid {c.accent}; padding: 3px; }}" + scroll_bars.style(c)
        )
        return field

    def _foot(self, c: theme.Colours) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addWidget(self._note(c), 1)
        copy, close = buttons.plain("Copy", "Copy the whole text"), buttons.plain("Close")
        for button, act in ((copy, self._copy), (close, self.close)):
            button.setStyleSheet(buttons.plain_style(c))
            button.setAutoDefault(False)
            button.clicked.connect(act)
            row.addWidget(button)
        return row

    def _note(self, c: theme.Colours) -> QLabel:
        count = len(self.attachment.text)
        first = f"The first {SHOWN_CHARS:,} of {count:,} characters." if count > SHOWN_CHARS else ""
        note = QLabel(first)
        note.setTextFormat(Qt.TextFormat.PlainText)
        note.setFont(theme.font(theme.SIZE_CAPTION))
        note.setStyleSheet(f"color: {c.muted};")
        return note

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.attachment.text)
