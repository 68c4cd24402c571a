"""The field that says whose answers are shown, with our own arrow: Qt's can't take a colour of the theme."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy

from nexu_desktop.domain.chat import ModelRef
from nexu_desktop.ui import icons, theme
from nexu_desktop.ui.accuracy import words

ARROW = 16


class ModelChoice(QComboBox):
    def __init__(self, refs: Sequence[ModelRef], first: ModelRef | None) -> None:
        super().__init__()
        self._refs = tuple(refs)
        self.setAccessibleName("Model")
        self.setFont(theme.font(theme.SIZE_CONTROL))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._arrow = QLabel()
        self._arrow.setTextFormat(Qt.TextFormat.PlainText)
        self._arrow.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        inside = QHBoxLayout(self)
        inside.setContentsMargins(0, 0, theme.GAP_S, 0)
        inside.addWidget(self._arrow, 0, Qt.AlignmentFlag.AlignRight)
        self.addItems([words.model_name(ref) for ref in self._refs])
        if first in self._refs:
            self.setCurrentIndex(self._refs.index(first))

    @property
    def ref(self) -> ModelRef | None:
        here = self.currentIndex()
        return self._refs[here] if 0 <= here < len(self._refs) else None

    def apply_theme(self, c: theme.Colours) -> None:
        self._arrow.setPixmap(icons.pixmap("chevron-down", c.muted, ARROW))
        self.setStyleSheet(
            f"QComboBox {{ background: {c.card}; color: {c.text}; border: 1px solid {c.line};"
            f" border-radius: {theme.RADIUS_CONTROL}px; padding: 6px 28px 6px 10px; }}"
            f"QComboBox:focus {{ border: 2px solid {c.accent}; padding: 5px 27px 5px 9px; }}"
            "QComboBox::drop-down { border: 0; width: 0; }"
            f"QComboBox QAbstractItemView {{ background: {c.card}; color: {c.text};"
            f" selection-background-color: {c.selection}; selection-color: {c.text}; }}"
        )
