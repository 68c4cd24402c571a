"""The four figures on top, each with what it means."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QVBoxLayout, QWidget

from nexu_desktop.ui import theme


class Card(QFrame):
    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self.title = label(theme.SIZE_CAPTION)
        self.figure = label(theme.SIZE_DISPLAY, QFont.Weight.DemiBold)
        self.note = label(theme.SIZE_CAPTION)
        self.title.setObjectName("quiet")
        self.note.setObjectName("quiet")
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP_M, theme.GAP_S, theme.GAP_M, theme.GAP_S)
        column.setSpacing(2)
        for each in (self.title, self.figure, self.note):
            column.addWidget(each)

    def show_words(self, title: str, figure: str, note: str) -> None:
        self.title.setText(title)
        self.figure.setText(figure)
        self.note.setText(note)
        self.setAccessibleName(f"{title}: {figure}")
        self.setAccessibleDescription(note.replace("\n", ", "))


class Cards(QWidget):
    """Of one width each, whatever they say."""

    def __init__(self, count: int = 4) -> None:
        super().__init__()
        self.cards = [Card() for _ in range(count)]
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(theme.GAP_S)
        for column, card in enumerate(self.cards):
            grid.addWidget(card, 0, column)
            grid.setColumnStretch(column, 1)
            grid.setColumnMinimumWidth(column, 1)

    def show_words(self, words: Sequence[tuple[str, str, str]]) -> None:
        for card, (title, figure, note) in zip(self.cards, words, strict=True):
            card.show_words(title, figure, note)

    def apply_theme(self, c: theme.Colours) -> None:
        self.setStyleSheet(
            f"#card {{ background: {c.card}; border: 1px solid {c.line};"
            f" border-radius: {theme.RADIUS_CARD}px; }}"
            f"#card QLabel {{ color: {c.text}; background: transparent; }} #card #quiet {{ color: {c.muted}; }}"
        )


def label(size: int, weight: QFont.Weight = QFont.Weight.Normal, text: str = "") -> QLabel:
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setFont(theme.font(size, weight=weight))
    return made
