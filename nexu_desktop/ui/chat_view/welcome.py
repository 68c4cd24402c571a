"""What an empty conversation says: one sentence and three ways to begin."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from nexu_desktop.ui import buttons, theme
from nexu_desktop.ui.chat_view.formats import Formats
from nexu_desktop.ui.chat_view.small_parts import Words
from nexu_desktop.ui.chat_view.stack import Part

EXAMPLES = (
    "Merge two sorted lists in Python, and say what it costs in time.",
    "Compare tea and coffee in a table: caffeine, price, how to make it.",
    "Plan a weekend in Lisbon on a small budget.",
)


class Welcome(Part):
    example_chosen = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._title = Words(self, theme.SIZE_DISPLAY, strong=True, centred=True)
        self._title.say("Type a message below; its price stands under it before you send.")
        self._examples = [self._example(text) for text in EXAMPLES]

    def _example(self, text: str) -> QPushButton:
        button = buttons.plain(text, f"Try: {text}")
        button.setParent(self)
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        button.clicked.connect(lambda: self.example_chosen.emit(text))
        return button

    def fit(self, width: int) -> int:
        top = self._title.fit(width) + theme.GAP_XL
        for button in self._examples:
            button.adjustSize()
            button.resize(min(button.width(), width), button.height())
            button.move((width - button.width()) // 2, top)
            top += button.height() + theme.GAP_S
        self.resize(width, top)
        return top

    def restyle(self, formats: Formats) -> None:
        self._title.colour(formats.colours.text)
        for button in self._examples:
            button.setStyleSheet(buttons.plain_style(formats.colours))
