"""The one visual language: a 4 px grid, one accent, three palettes; every widget takes its measures from here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QCheckBox, QWidget

GAP_S, GAP_M, GAP_L, GAP_XL = 8, 12, 16, 24
RADIUS_CONTROL, RADIUS_CODE, RADIUS_CARD = 8, 10, 12
READING_WIDTH, SIDEBAR_WIDTH, HEADER_HEIGHT = 760, 264, 52
SIZE_CAPTION, SIZE_CONTROL, SIZE_TEXT, SIZE_TITLE, SIZE_DISPLAY = 12, 13, 14, 15, 18


@dataclass(frozen=True, slots=True)
class Colours:
    """Hex colours of one theme; names say what they colour."""

    background: str
    panel: str
    card: str
    line: str
    track: str
    text: str
    muted: str
    faint: str
    accent: str
    accent_soft: str
    on_accent: str
    warning: str
    warning_soft: str
    bad: str
    selection: str
    code_keyword: str
    code_string: str
    code_number: str
    code_comment: str


LIGHT = Colours(
    background="#fbfaf8",
    panel="#f3f1ed",
    card="#ffffff",
    line="#e3dfd8",
    track="#e3dfd8",
    text="#1d1c1a",
    muted="#6d6a64",
    faint="#827e77",
    accent="#0f766e",
    accent_soft="#d9efec",
    on_accent="#ffffff",
    warning="#a54d08",
    warning_soft="#fbeed9",
    bad="#b42318",
    selection="#e8e4dd",
    code_keyword="#7b3fa0",
    code_string="#1f7a33",
    code_number="#a34a00",
    code_comment="#77736c",
)
DARK = Colours(
    background="#171716",
    panel="#1e1e1c",
    card="#232321",
    line="#343431",
    track="#343431",
    text="#ecebe7",
    muted="#a3a099",
    faint="#8a867f",
    accent="#3ec9b6",
    accent_soft="#16322f",
    on_accent="#0b1f1c",
    warning="#e8a54b",
    warning_soft="#35280f",
    bad="#f97066",
    selection="#2d2d2a",
    code_keyword="#c792ea",
    code_string="#9fd18b",
    code_number="#f0a96b",
    code_comment="#8d8981",
)

CONTRAST = Colours(
    background="#000000",
    panel="#000000",
    card="#000000",
    line="#ffffff",
    track="#4a4a4a",
    text="#ffffff",
    muted="#ffffff",
    faint="#e6e6e6",
    accent="#ffd84d",
    accent_soft="#262100",
    on_accent="#000000",
    warning="#ffb454",
    warning_soft="#241700",
    bad="#ff9a92",
    selection="#3a3a3a",
    code_keyword="#e0b8ff",
    code_string="#b4f0a0",
    code_number="#ffc48a",
    code_comment="#d0d0d0",
)


def system_wants_contrast() -> bool:
    """What the system's accessibility settings say; Qt tells it from 6.10 on."""
    hints = QGuiApplication.styleHints()
    return hasattr(hints, "accessibility") and (
        hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast
    )


def on_contrast_change(call: Callable[[], object]) -> None:
    """`call` whenever the system's wish for contrast changes."""
    hints = QGuiApplication.styleHints()
    if hasattr(hints, "accessibility"):
        hints.accessibility().contrastPreferenceChanged.connect(lambda _: call())


def system_is_dark() -> bool:
    return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark


def colours(theme: str = "system") -> Colours:
    """The palette of 'light', 'dark', 'contrast' or 'system'; a system that asks for contrast has it."""
    if theme == "contrast" or (theme == "system" and system_wants_contrast()):
        return CONTRAST
    dark = system_is_dark() if theme == "system" else theme == "dark"
    return DARK if dark else LIGHT


def font(size: int, *, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """The system's face at a pixel size of the type scale, figures tabular where the face has them."""
    face = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    face.setPixelSize(size)
    face.setWeight(weight)
    face.setFeature(QFont.Tag("tnum"), 1)
    return face


def code_font(size: int = SIZE_CONTROL) -> QFont:
    face = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    face.setPixelSize(size)
    return face


def frame_check_boxes(parent: QWidget, c: Colours) -> None:
    """Fusion draws their frame in a darker shade of the ground, which on a dark one nobody sees."""
    for box in parent.findChildren(QCheckBox):
        framed = box.palette()
        framed.setColor(QPalette.ColorRole.Window, QColor(c.muted))
        box.setPalette(framed)


def palette(c: Colours) -> QPalette:
    """Qt's own roles in our colours, so that native parts (menus, selections) match."""
    result = QPalette()
    roles = {
        QPalette.ColorRole.Window: c.background,
        QPalette.ColorRole.WindowText: c.text,
        QPalette.ColorRole.Base: c.card,
        QPalette.ColorRole.AlternateBase: c.panel,
        QPalette.ColorRole.Text: c.text,
        QPalette.ColorRole.Button: c.card,
        QPalette.ColorRole.ButtonText: c.text,
        QPalette.ColorRole.PlaceholderText: c.faint,
        QPalette.ColorRole.Highlight: c.accent,
        QPalette.ColorRole.HighlightedText: c.on_accent,
        QPalette.ColorRole.ToolTipBase: c.card,
        QPalette.ColorRole.ToolTipText: c.text,
        QPalette.ColorRole.Link: c.accent,
        QPalette.ColorRole.Mid: c.line,
    }
    for role, value in roles.items():
        result.setColor(role, QColor(value))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText, QPalette.ColorRole.WindowText):
        result.setColor(QPalette.ColorGroup.Disabled, role, QColor(c.faint))
    return result
