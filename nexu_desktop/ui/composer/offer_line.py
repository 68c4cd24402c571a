"""One line above the draft: what was just done to it, and the button that takes it back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy

from nexu_desktop.ui import buttons, theme
from nexu_desktop.ui.buttons import IconButton


class OfferLine(QFrame):
    """Stays until it is taken, closed or replaced: who needs longer to read gets it."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("offer")
        self._act: Callable[[], object] = lambda: None
        self.label = QLabel()
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setFont(theme.font(theme.SIZE_CAPTION))
        self.label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.button = buttons.link("Undo")
        self.button.setFont(theme.font(theme.SIZE_CAPTION))
        self.close_button = IconButton("x", "Close this line")
        self.close_button.setFixedSize(24, 24)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GAP_M, 2, 4, 2)
        row.setSpacing(4)
        row.addWidget(self.label, 1)
        row.addWidget(self.button)
        row.addWidget(self.close_button)
        self.button.clicked.connect(self._take)
        self.close_button.clicked.connect(self.withdraw)
        self.hide()

    def offer(self, text: str, words: str, act: Callable[[], object]) -> None:
        """Say `text`; a press on `words` calls `act`, once."""
        self._act = act
        self.label.setText(text)
        self.button.setText(words)
        self.button.setAccessibleName(words)
        self.button.setAccessibleDescription(text)
        self.setAccessibleName(text)
        self.show()

    def withdraw(self) -> None:
        self._act = lambda: None
        self.hide()

    def apply_theme(self, c: theme.Colours) -> None:
        self.setStyleSheet(
            f"#offer {{ background: {c.panel}; border: 0; border-radius: {theme.RADIUS_CONTROL}px; }}"
            f"QLabel {{ color: {c.text}; background: transparent; }}" + buttons.link_style(c)
        )
        self.close_button.apply_theme(c)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the link; a button alone knows only the space bar."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.button.hasFocus():
            self.button.click()
        else:
            super().keyPressEvent(event)

    def _take(self) -> None:
        act = self._act
        self.withdraw()
        act()
