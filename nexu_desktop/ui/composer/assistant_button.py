"""Which assistant answers here, as a button that opens its settings; an icon alone where there is little room."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QPushButton, QSizePolicy

from nexu_desktop.markup.characters import visible_code
from nexu_desktop.ui import actions, icons, theme, tooltips

HEIGHT, ICON, NAME_MOST = 34, 16, 120
NONE, OWN = "Assistant", "Own settings"


class AssistantButton(QPushButton):
    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("assistant")
        self.setFixedHeight(HEIGHT)
        self.setFont(theme.font(theme.SIZE_CONTROL))
        self.setIconSize(QSize(ICON, ICON))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._words = NONE
        self._narrow = False
        self.show_assistant("", own=False)

    def show_assistant(self, name: str, *, own: bool) -> None:
        """'' where it has none; `own`: settings that no saved assistant has."""
        self._words = visible_code(name) if name else OWN if own else NONE
        said = self._words if name or own else "none"
        self.setAccessibleName(f"Assistant: {said}. System prompt, temperature, answer limit, effort")
        keys = actions.action("assistant").shown_keys
        self.setToolTip(
            tooltips.literal(f"Assistant: {said}\nSystem prompt, temperature, limit, effort ({keys})")
        )
        self._show_words()

    def set_narrow(self, narrow: bool) -> None:
        if narrow != self._narrow:
            self._narrow = narrow
            self._show_words()

    def apply_theme(self, c: theme.Colours) -> None:
        self.setIcon(QIcon(icons.pixmap("bot", c.muted, ICON)))
        self.setStyleSheet(
            f"#assistant {{ background: {c.card}; color: {c.text}; border: 1px solid {c.line};"
            f" border-radius: {HEIGHT // 2}px; padding: 0 10px; }}"
            f"#assistant:hover {{ background: {c.panel}; }}"
            f"#assistant:focus {{ border: 2px solid {c.accent}; padding: 0 9px; }}"
        )

    def _show_words(self) -> None:
        elided = self.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, NAME_MOST)
        self.setText("" if self._narrow else elided)
