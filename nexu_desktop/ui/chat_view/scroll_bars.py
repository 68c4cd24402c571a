"""Thin scroll bars without arrows, in the colours of the theme."""

from __future__ import annotations

from nexu_desktop.ui.theme import Colours


def style(c: Colours) -> str:
    return (
        "QScrollBar { background: transparent; border: none; margin: 0; }"
        "QScrollBar:vertical { width: 10px; } QScrollBar:horizontal { height: 10px; }"
        f"QScrollBar::handle {{ background: {c.line}; border-radius: 3px; margin: 2px; }}"
        f"QScrollBar::handle:hover {{ background: {c.faint}; }}"
        "QScrollBar::handle:vertical { min-height: 32px; } QScrollBar::handle:horizontal { min-width: 32px; }"
        "QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }"
        "QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }"
    )
