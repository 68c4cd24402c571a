"""What is written: the field, and a text too long to type in beside it, as one draft."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QObject, Signal

from nexu_desktop.ui.composer.draft_field import DraftField, too_long_to_edit
from nexu_desktop.ui.composer.long_text import LongText


class Written(QObject):
    """`changed` follows the person's edits; what the program sets is silent."""

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.field = DraftField()
        self.long_text = LongText()
        self._text: str | None = None  # joined when asked for, kept until an edit
        self._quiet = False
        self.field.textChanged.connect(self._changed)
        self.field.long_text_pasted.connect(self.add_long)
        self.long_text.removed.connect(self._changed)

    def text(self) -> str:
        if self._text is None:
            parts = (self.long_text.text(), self.field.toPlainText())
            self._text = "\n\n".join(part for part in parts if part)
        return self._text

    def set_text(self, text: str) -> None:
        """Silently; the cursor comes to the end."""
        long = too_long_to_edit(text)
        with self._silently():
            self.long_text.set_text(text if long else "")
            self.field.setPlainText("" if long else text)
            self.field.moveCursor(self.field.textCursor().MoveOperation.End)

    def show(self, key: str, text: str) -> None:
        """Silently, the draft of the conversation `key` with its own undo history."""
        with self._silently():
            self.field.show_document(key)
            self.replace(text)

    def give_back(self, text: str) -> None:
        """Silently, and yet as a step that Undo takes back."""
        with self._silently():
            self.replace(text)

    def replace(self, text: str) -> None:
        """As one step that Undo takes back, where it can be typed in; the same text is no step."""
        long = too_long_to_edit(text)
        typed = "" if long else text
        self.long_text.set_text(text if long else "")
        if self.field.toPlainText() != typed:
            self.field.replace_all(typed)

    def take(self) -> str:
        """Empty it, as one step that Undo takes back; returns what was there."""
        text = self.text()
        with self._silently():
            self.long_text.set_text("")
            self.field.replace_all("")
        return text

    def paste(self, text: str) -> None:
        """As text, at the cursor, as one step that Undo takes back."""
        self.field.insert_text(text)

    def add_long(self, text: str) -> None:
        self.long_text.add(text)
        self._changed()

    def _changed(self) -> None:
        self._text = None
        if not self._quiet:
            self.changed.emit()

    @contextmanager
    def _silently(self) -> Iterator[None]:
        self._quiet = True
        try:
            yield
        finally:
            self._quiet, self._text = False, None
