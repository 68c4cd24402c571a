"""Reasoning folded under one line: "Thinking…", later "Thought for N tokens"."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton, QWidget

from nexu_desktop.domain.chat import Message
from nexu_desktop.ui import icons, theme
from nexu_desktop.ui.chat_view.body import Body
from nexu_desktop.ui.chat_view.formats import Formats
from nexu_desktop.ui.chat_view.pool import Pool
from nexu_desktop.ui.chat_view.spots import REASONING
from nexu_desktop.ui.chat_view.stack import Part


class Thoughts(Part):
    """Reasoning folded under one line; its text is built only when somebody opens it."""

    def __init__(self, pool: Pool, parent: QWidget) -> None:
        super().__init__(parent)
        self.toggle = QToolButton(self)
        self.toggle.setObjectName("thoughts")
        self.toggle.setCheckable(True)
        self.toggle.setFont(theme.font(theme.SIZE_CAPTION))
        self.toggle.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.toggle.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.toggle.setCursor(Qt.CursorShape.PointingHandCursor)
        self.toggle.toggled.connect(self._on_toggle)
        self.body = Body(pool, self, plain=True, muted=True, part=REASONING)
        self.body.grew.connect(self.grew)
        self.body.hide()
        self.setAttribute(Qt.WidgetAttribute.WA_StaticContents)
        self._message: Message | None = None
        self._kept_open = pool.opened
        self._colours = theme.LIGHT

    @property
    def opened(self) -> bool:
        """Whether its text shows."""
        return not self.isHidden() and not self.body.isHidden()

    def begin(self, message: Message) -> None:
        """Another message: as open as it was when it was seen last."""
        self._message = None
        self.body.clear()
        self.toggle.setChecked(message.id in self._kept_open)
        self.body.setVisible(message.id in self._kept_open)

    def show_message(self, message: Message) -> None:
        self._message = message
        words = _thought_words(message)
        if words != self.toggle.text():
            self.toggle.setText(words)
            self.toggle.setAccessibleName(words)
        if self.toggle.isChecked():
            self.body.show_text(message.reasoning, final=not message.streaming)

    def _on_toggle(self, opened: bool) -> None:
        self.body.setVisible(opened)
        self._set_arrow()
        if self._message is None:
            return
        (self._kept_open.add if opened else self._kept_open.discard)(self._message.id)
        self.show_message(self._message)
        self.grew.emit()

    def _set_arrow(self) -> None:
        name = "chevron-down" if self.toggle.isChecked() else "chevron-right"
        self.toggle.setIcon(icons.icon(name, self._colours.muted))

    def fit(self, width: int) -> int:
        self.toggle.adjustSize()
        self.toggle.move(0, 0)
        height = self.toggle.height() + 4
        if not self.body.isHidden():
            self.body.move(theme.GAP_L, height)
            height += self.body.fit(width - theme.GAP_L) + theme.GAP_S
        self.resize(width, height)
        return height

    def restyle(self, formats: Formats) -> None:
        c = self._colours = formats.colours
        self.body.restyle(formats)
        self._set_arrow()
        self.toggle.setStyleSheet(
            f"#thoughts {{ color: {c.muted}; background: transparent; border: 2px solid transparent;"
            " border-radius: 6px; padding: 2px; }"
            f"#thoughts:hover {{ color: {c.text}; }} #thoughts:focus {{ border-color: {c.accent}; }}"
        )


def _thought_words(message: Message) -> str:
    if message.streaming and not message.text:
        return "Thinking…"
    tokens = message.receipt.usage.reasoning if message.receipt else 0
    return f"Thought for {tokens:,} tokens" if tokens else "Thoughts"
