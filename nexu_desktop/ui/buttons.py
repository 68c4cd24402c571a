"""The three kinds of button: plain with a hairline, link-like, and an icon alone."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QPushButton, QToolButton

from nexu_desktop.ui import icons, theme


def plain_style(c: theme.Colours) -> str:
    return (
        f"QPushButton {{ background: {c.card}; color: {c.text}; border: 1px solid {c.line};"
        f" border-radius: {theme.RADIUS_CONTROL}px; padding: 6px 12px; }}"
        f"QPushButton:hover {{ background: {c.selection}; }}"
        f"QPushButton:disabled {{ color: {c.faint}; }}"
        f"QPushButton:focus {{ border: 2px solid {c.accent}; padding: 5px 11px; }}"
    )


def link_style(c: theme.Colours) -> str:
    return (
        f"QPushButton {{ background: transparent; color: {c.accent}; border: 2px solid transparent;"
        " padding: 2px 4px; font-weight: 600; }"
        "QPushButton:hover { text-decoration: underline; }"
        f"QPushButton:focus {{ border: 2px solid {c.accent}; border-radius: 4px; }}"
    )


def icon_style(c: theme.Colours) -> str:
    return (
        "QToolButton { background: transparent; border: 2px solid transparent; border-radius: 8px; padding: 4px; }"
        f"QToolButton:hover {{ background: {c.selection}; }}"
        f"QToolButton:focus {{ border: 2px solid {c.accent}; }}"
        "QToolButton::menu-indicator { image: none; }"
    )


def plain(text: str, name: str = "") -> QPushButton:
    button = QPushButton(text)
    button.setFont(theme.font(theme.SIZE_CONTROL))
    button.setAccessibleName(name or text)
    button.setCursor(Qt.CursorShape.PointingHandCursor)
    return button


def link(text: str) -> QPushButton:
    button = plain(text)
    button.setFlat(True)
    return button


class IconButton(QToolButton):
    """An icon alone always has a name and a tooltip."""

    def __init__(self, icon: str, name: str) -> None:
        super().__init__()
        self._icon = icon
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setIconSize(QSize(16, 16))
        self.setFixedSize(32, 32)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def apply_theme(self, c: theme.Colours) -> None:
        self.setIcon(icons.icon(self._icon, c.muted))
        self.setStyleSheet(icon_style(c))
