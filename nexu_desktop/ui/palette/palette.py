"""A field and a list over the window: type to filter, Enter does it, Escape closes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nexu_desktop.ui import theme
from nexu_desktop.ui.filter_layer import FilterLayer
from nexu_desktop.ui.layer import AROUND
from nexu_desktop.ui.palette.rows import Row, RowPainter, row_height

WIDTH, ROWS_SHOWN, FROM_TOP = 600, 12, 72  # px, and at most so many rows
NOTHING = "Nothing has these words."


class Palette(FilterLayer[Row]):
    """`find` gives the rows for what was typed, the best first."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "Actions", WIDTH, RowPainter())
        self._find: Callable[[str], Sequence[Row]] = lambda _: ()
        self._arrange()
        self.filter.textChanged.connect(self._typed)

    def open_for(self, find: Callable[[str], Sequence[Row]], placeholder: str, note: str) -> None:
        """Opened again, it shows the other list."""
        self._find = find
        self.filter.setPlaceholderText(placeholder)
        self.filter.setAccessibleName(placeholder)
        self.note.setText(note)
        self.filter.clear()
        self._typed("")
        self.open_at(self, self.filter)

    def take(self) -> None:
        """What the chosen row says, with the focus back where it was before."""
        call = self.chosen.call if self.chosen is not None else None
        if call is not None:
            self.close_layer()
            call()

    def place(self) -> None:
        """At the top, in the middle, as high as its rows need and the window allows."""
        window = self.parentWidget()
        if window is None:
            return
        self.setGeometry(window.rect())
        width = min(self._widest, window.width() - 2 * AROUND)
        top = min(FROM_TOP, window.height() // 8)
        height = min(self.wanted_height(width), window.height() - top - AROUND)
        self.card.setGeometry(QRect((window.width() - width) // 2, top, width, height))

    def wanted_height(self, width: int) -> int:
        rest = self.filter.sizeHint().height() + self.note.sizeHint().height()
        return ROWS_SHOWN * row_height() + rest + 2 * theme.GAP_M + 2 * theme.GAP_S

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.take()
        super().keyPressEvent(event)

    def _typed(self, text: str) -> None:
        rows = self._find(text) or (Row(NOTHING),)
        self.model.show(rows)
        self.choose(int(rows[0].waits and len(rows) > 1))

    def _arrange(self) -> None:
        self.filter.setFont(theme.font(theme.SIZE_TEXT))
        rows = QVBoxLayout(self.card)
        rows.setContentsMargins(theme.GAP_M, theme.GAP_M, theme.GAP_M, theme.GAP_S)
        rows.setSpacing(theme.GAP_S)
        rows.addWidget(self.filter)
        rows.addWidget(self.list, 1)
        rows.addWidget(self.note)
