"""The system prompt: its first words and what it costs, and a field to change it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from nexu_desktop.markup.characters import visible
from nexu_desktop.ui import buttons, theme
from nexu_desktop.ui.chat_view import scroll_bars

FIELD_HEIGHT = 104
PREVIEW_CHARS = 200
EDIT_PADDING = 20  # that of a link, and its bolder letters


class PromptField(QPlainTextEdit):
    """`finished`: Ctrl+Enter, or the focus went elsewhere. `cancelled`: Escape."""

    finished = Signal()
    cancelled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("prompt")
        self.setAccessibleName("System prompt")
        self.setAccessibleDescription("Ctrl+Enter keeps it, Escape puts the old one back.")
        self.setPlaceholderText("How the model should answer in this conversation")
        self.setFont(theme.font(theme.SIZE_CONTROL))
        self.setTabChangesFocus(True)
        self.setFixedHeight(FIELD_HEIGHT)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and control:
            self.finished.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self.finished.emit()


class SystemBox(QWidget):
    """`changed` carries the new text."""

    changed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._text = ""
        self._title = _label("System prompt")
        self._cost = _label("")
        self._preview = _label("")
        self._preview.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.edit = buttons.link("Edit")
        self.edit.setAccessibleName("Edit the system prompt")
        self.field = PromptField()
        self.field.hide()
        self._arrange()
        self.edit.clicked.connect(self._toggle)
        self.field.finished.connect(self.keep)
        self.field.cancelled.connect(self._cancel)

    def show_text(self, text: str, cost: str) -> None:
        """What is typed just now is left alone."""
        self._text = text
        self._cost.setText(cost)
        self._elide()

    def keep(self) -> None:
        """Fold the field; what was changed in it is announced."""
        if self.field.isHidden():
            return
        text = self.field.toPlainText().strip()
        self._fold()
        if text != self._text:
            self._text = text
            self._elide()
            self.changed.emit(text)

    def apply_theme(self, c: theme.Colours) -> None:
        self._title.setStyleSheet(f"color: {c.text}; background: transparent;")
        for label in (self._cost, self._preview):
            label.setStyleSheet(f"color: {c.muted}; background: transparent;")
        self.edit.setStyleSheet(buttons.link_style(c))
        widths = map(self.edit.fontMetrics().horizontalAdvance, ("Edit", "Done"))
        self.edit.setFixedWidth(max(widths) + EDIT_PADDING)
        self.field.setStyleSheet(
            f"#prompt {{ background: {c.card}; color: {c.text}; border: 1px solid {c.line};"
            f" border-radius: {theme.RADIUS_CONTROL}px; padding: 5px; }}"
            f"#prompt:focus {{ border: 2px solid {c.accent}; padding: 4px; }}" + scroll_bars.style(c)
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def _toggle(self) -> None:
        if not self.field.isHidden():
            self.keep()
            return
        self.field.setPlainText(self._text)
        self._preview.hide()
        self.field.show()
        self.edit.setText("Done")
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _cancel(self) -> None:
        self._fold()
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def _fold(self) -> None:
        self.field.hide()
        self._preview.show()
        self.edit.setText("Edit")

    def _elide(self) -> None:
        words = visible(" ".join(self._text[:PREVIEW_CHARS].split())) or "None"
        metrics = self._preview.fontMetrics()
        self._preview.setText(metrics.elidedText(words, Qt.TextElideMode.ElideRight, self.width()))

    def _arrange(self) -> None:
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(theme.GAP_S)
        line.addWidget(self._title)
        line.addWidget(self._cost, 1)
        line.addWidget(self.edit)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(line)
        column.addWidget(self._preview)
        column.addWidget(self.field)


def _label(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setFont(theme.font(theme.SIZE_CAPTION))
    return label
