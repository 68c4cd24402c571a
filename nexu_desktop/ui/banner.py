"""Bars above the conversation: that this is the sandbox, and one sentence that belongs to no message."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy

from nexu_desktop.domain.errors import NexuError
from nexu_desktop.ui import buttons, theme
from nexu_desktop.ui.buttons import IconButton

SANDBOX_TEXT = "Sandbox: play credits, small-model answers from this computer."


class SandboxBanner(QFrame):
    """`key_wanted` carries the provider whose key the person wants to add."""

    key_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("banner")
        self.text = _text(SANDBOX_TEXT)
        self.nexu = buttons.link("Use a Nexu key")
        self.own = buttons.link("Use your own key")
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GAP_L, 4, theme.GAP_L, 4)
        row.setSpacing(theme.GAP_S)
        row.addWidget(self.text, 1)
        row.addWidget(self.nexu)
        row.addWidget(self.own)
        self.nexu.clicked.connect(lambda: self.key_wanted.emit("nexu"))
        self.own.clicked.connect(lambda: self.key_wanted.emit("openai"))

    def show_source(self, answers_from: str) -> None:
        """Say plainly who answers: a small model by its name, or prepared answers."""
        if "plain" in answers_from or not answers_from:
            self.text.setText("Sandbox: play credits, prepared answers, no model.")
        else:
            self.text.setText(f"Sandbox: play credits, small model ({answers_from}).")

    def apply_theme(self, c: theme.Colours) -> None:
        self.setStyleSheet(
            f"#banner {{ background: {c.accent_soft}; border: 0; }} QLabel {{ color: {c.text}; }}"
            + buttons.link_style(c)
        )


class NoticeBar(QFrame):
    """Stays until it is closed or replaced."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("notice")
        self._text = _text("")
        self.close_button = IconButton("x", "Close this notice")
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GAP_L, 4, theme.GAP_S, 4)
        row.addWidget(self._text, 1)
        row.addWidget(self.close_button)
        self.close_button.clicked.connect(self.hide)
        self.hide()

    def say(self, title: str, hint: str = "") -> None:
        text = f"{title} {hint}".strip()
        self._text.setText(text)
        self.setAccessibleName(text)
        self.setVisible(bool(text))

    @contextmanager
    def told(self) -> Iterator[None]:
        """What is refused inside is said here; what comes after it goes on."""
        try:
            yield
        except NexuError as error:
            self.say(error.title, error.hint)

    def text(self) -> str:
        return self._text.text()

    def apply_theme(self, c: theme.Colours) -> None:
        self.setStyleSheet(
            f"#notice {{ background: {c.warning_soft}; border: 0; }} QLabel {{ color: {c.text}; }}"
        )
        self.close_button.apply_theme(c)


def _text(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setFont(theme.font(theme.SIZE_CONTROL))
    label.setWordWrap(True)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
