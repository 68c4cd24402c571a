"""A word that can be pressed: muted, no frame, a focus ring, as wide as its widest word."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QPushButton

from nexu_desktop.ui import theme


class QuietButton(QPushButton):
    def __init__(self, text: str, name: str, *, widest: str = "", checkable: bool = False) -> None:
        super().__init__(text)
        self.setObjectName("quiet")
        self.setFont(theme.font(theme.SIZE_CAPTION))
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setCheckable(checkable)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        widths = (QFontMetrics(self.font()).horizontalAdvance(word) for word in (text, widest))
        self.setFixedSize(max(widths) + 16, 24)

    def apply_theme(self, c: theme.Colours) -> None:
        self.setStyleSheet(
            f"#quiet {{ background: transparent; color: {c.muted}; border: 2px solid transparent;"
            " border-radius: 6px; }"
            f"#quiet:hover {{ color: {c.text}; background: {c.selection}; }}"
            f"#quiet:checked {{ color: {c.accent}; }}"
            f"#quiet:disabled {{ color: {c.faint}; }}"
            f"#quiet:focus {{ border-color: {c.accent}; }}"
        )
