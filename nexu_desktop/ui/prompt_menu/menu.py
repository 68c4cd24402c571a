"""Saved prompts above the composer, filtered while the person types; whatever fits nothing is given back as text."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nexu_desktop.ui import buttons, theme
from nexu_desktop.ui.filter_layer import FilterLayer
from nexu_desktop.ui.prompt_menu.rows import ROW_HEIGHT, PromptPainter, PromptRow

WIDTH, ROWS_SHOWN = 560, 7  # px
KEYS = "Enter inserts, Esc closes"
EMPTY = "No prompts yet"


class PromptMenu(FilterLayer[PromptRow]):
    """`picked` carries the Prompt. `given_back`: the "/" was meant as text, with what was typed after it."""

    picked = Signal(object)
    given_back = Signal(str)
    manage_wanted = Signal()

    def __init__(self, parent: QWidget, find: Callable[[str], Sequence[PromptRow]]) -> None:
        super().__init__(parent, "Prompts", WIDTH, PromptPainter())
        self._find = find
        self.manage = buttons.link("Manage prompts…")
        self._arrange()
        self.filter.textChanged.connect(self._typed)
        self.manage.clicked.connect(self._manage)

    def open_above(self, anchor: QWidget) -> None:
        self.filter.blockSignals(True)
        self.filter.clear()
        self.filter.blockSignals(False)
        self._show(self._find(""))
        self.open_at(anchor, self.filter)

    def refresh(self) -> None:
        """Counts have come in."""
        if self.isVisible():
            row = self.list.currentIndex().row()
            self._show(self._find(self.filter.text()))
            self.choose(max(row, 0))

    def wanted_height(self, width: int) -> int:
        rows = min(max(len(self.model.rows), 1), ROWS_SHOWN)
        rest = self.filter.sizeHint().height() + self.manage.sizeHint().height()
        return rows * ROW_HEIGHT + rest + 2 * theme.GAP_M + 2 * theme.GAP_S

    def apply_theme(self, c: theme.Colours) -> None:
        super().apply_theme(c)
        self.card.setStyleSheet(self.card.styleSheet() + buttons.link_style(c))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._give_back(self.filter.text())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.manage.hasFocus():
            self._manage()
        event.accept()

    def pressed(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Backspace and not self.filter.text():
            self._give_back(None)
            return True
        return super().pressed(event)

    def _typed(self, text: str) -> None:
        """Text that finds nothing, a path for instance, goes on as text where it was begun."""
        found = self._find(text)
        if found and not text.startswith(" "):
            self._show(found)
            self.place()
        else:
            self._give_back(text)

    def _show(self, rows: Sequence[PromptRow]) -> None:
        self.model.show(rows)
        self.note.setText(KEYS if rows else EMPTY)
        self.choose(0)

    def take(self) -> None:
        row = self.chosen
        if row is not None:
            self.close_layer()
            self.picked.emit(row.prompt)

    def _give_back(self, text: str | None) -> None:
        """None: the "/" itself was taken back."""
        self.close_layer()
        self.given_back.emit("" if text is None else f"/{text}")

    def _manage(self) -> None:
        self.close_layer()
        self.manage_wanted.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click beside it leaves what was typed in the composer."""
        place = event.position().toPoint()
        if not self.card.geometry().contains(place):
            self._give_back(self.filter.text())

    def _arrange(self) -> None:
        self.filter.setPlaceholderText("Search prompts")
        self.filter.setAccessibleName("Search prompts")
        self.filter.setFont(theme.font(theme.SIZE_CONTROL))
        self.manage.setFont(theme.font(theme.SIZE_CAPTION))
        foot = QHBoxLayout()
        foot.setContentsMargins(theme.GAP_M, 0, 0, 0)
        foot.addWidget(self.note, 1)
        foot.addWidget(self.manage)
        rows = QVBoxLayout(self.card)
        rows.setContentsMargins(theme.GAP_M, theme.GAP_M, theme.GAP_M, theme.GAP_S)
        rows.setSpacing(theme.GAP_S)
        rows.addWidget(self.filter)
        rows.addWidget(self.list, 1)
        rows.addLayout(foot)
