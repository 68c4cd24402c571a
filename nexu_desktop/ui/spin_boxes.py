"""Fields for whole numbers without arrows beside them; the arrow keys step."""

from __future__ import annotations

from PySide6.QtWidgets import QSpinBox

from nexu_desktop.ui import theme

INDENT, WIDTH = 8, 180  # px
MOST = 1_000_000


def limit(name: str, least: int, step: int, unit: str, value: int, *, never: bool = False) -> QSpinBox:
    """A limit in steps; with `never` its least one reads so."""
    box = prepare(QSpinBox())
    box.setAccessibleName(name)
    box.setRange(least, MOST)
    box.setSingleStep(step)
    box.setGroupSeparatorShown(True)
    box.setSpecialValueText("Never" if never else "")
    box.setSuffix(f" {unit}")
    box.setValue(value)
    box.setFixedWidth(WIDTH)
    return box


def prepare(box: QSpinBox) -> QSpinBox:
    """A style sheet can't indent the text: Qt gives it the whole field."""
    box.lineEdit().setTextMargins(INDENT, 0, INDENT, 0)
    return box


def style(c: theme.Colours) -> str:
    """After the rules for QSpinBox and QLineEdit in a style sheet.

    Qt's own NoButtons leaves a styled field one pixel for its text, so the buttons are there without a width.
    """
    return (
        "QSpinBox { padding: 6px 0; } QSpinBox:focus { padding: 5px 0; }"
        "QSpinBox::up-button, QSpinBox::down-button { width: 0; border: 0; }"
        f"QSpinBox QLineEdit, QSpinBox QLineEdit:focus {{ background: transparent; color: {c.text}; border: 0; }}"
    )
