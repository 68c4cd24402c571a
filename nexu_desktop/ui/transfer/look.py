"""What the dialogs of import and export share: their style, plain labels, a bar for progress."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QLabel, QProgressBar, QWidget

from nexu_desktop.ui import buttons, theme
from nexu_desktop.ui.chat_view import scroll_bars

AROUND = 32  # px of the window below that stay in sight


def style(c: theme.Colours) -> str:
    field = (
        f"background: {c.card}; color: {c.text}; border: 1px solid {c.line};"
        f" border-radius: {theme.RADIUS_CONTROL}px;"
    )
    return (
        f"#transfer {{ background: {c.background}; }} QLabel, QCheckBox, QRadioButton {{ color: {c.text}; }}"
        f"QLabel#quiet {{ color: {c.muted}; }} QLabel#bad {{ color: {c.bad}; }}"
        f"QCheckBox:disabled, QRadioButton:disabled {{ color: {c.faint}; }}"
        f"QCheckBox:focus, QRadioButton:focus {{ color: {c.accent}; }}"
        f"#drop {{ border: 2px dashed {c.line}; border-radius: {theme.RADIUS_CARD}px; background: {c.panel}; }}"
        f'#drop[over="true"] {{ border-color: {c.accent}; background: {c.accent_soft}; }}'
        f"QLineEdit, QComboBox {{ {field} padding: 7px 9px; }}"
        f"QLineEdit:focus, QComboBox:focus {{ border: 2px solid {c.accent}; padding: 6px 8px; }}"
        "QComboBox::drop-down { border: 0; width: 24px; }"
        f"QTableView {{ {field} outline: 0; selection-background-color: {c.selection};"
        f" selection-color: {c.text}; alternate-background-color: {c.card}; }}"
        f"QTableView:focus {{ border: 2px solid {c.accent}; }}"
        "QTableView::item { padding: 0 8px; border: 0; }"
        f"QHeaderView::section {{ background: {c.card}; color: {c.muted}; border: 0; padding: 6px 8px;"
        f" border-bottom: 1px solid {c.line}; }}"
        f"QProgressBar {{ background: {c.selection}; border: 0; border-radius: 3px; height: 6px; }}"
        f"QProgressBar::chunk {{ background: {c.accent}; border-radius: 3px; }}"
        + buttons.plain_style(c)
        + f"QPushButton#main {{ background: {c.accent}; color: {c.on_accent}; border-color: {c.accent};"
        " font-weight: 600; }"
        f"QPushButton#main:focus {{ border: 2px solid {c.text}; }}"
        f"QPushButton#main:disabled {{ background: {c.selection}; color: {c.faint}; border-color: {c.line}; }}"
        + scroll_bars.style(c)
    )


def label(text: str = "", size: int = theme.SIZE_CONTROL, *, name: str = "", bold: bool = False) -> QLabel:
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setFont(theme.font(size, weight=QFont.Weight.DemiBold if bold else QFont.Weight.Normal))
    made.setObjectName(name)
    made.setWordWrap(True)
    return made


def bar(name: str) -> QProgressBar:
    made = QProgressBar()
    made.setRange(0, 1000)
    made.setTextVisible(False)
    made.setFixedHeight(6)
    made.setAccessibleName(name)
    return made


def fitting(size: QSize, parent: QWidget | None) -> QSize:
    """No larger than the window below leaves in sight, nor than the screen with a title bar."""
    if parent is None:
        return size
    around = QSize(AROUND, AROUND)
    return size.boundedTo(parent.window().size() - around).boundedTo(
        parent.screen().availableSize() - around - around
    )


def count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
