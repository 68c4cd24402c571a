"""The rows that have widgets: a window on the transcript, laid out in one centred column."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from nexu_desktop.ui import theme
from nexu_desktop.ui.chat_view.formats import Formats
from nexu_desktop.ui.chat_view.model import Transcript
from nexu_desktop.ui.chat_view.pool import Pool
from nexu_desktop.ui.chat_view.row import Row
from nexu_desktop.ui.chat_view.rows import row_for
from nexu_desktop.ui.chat_view.welcome import Welcome

ROWS_MAX = 60
GAP = theme.GAP_XL
MARGIN = theme.GAP_XL


class RowWindow(QWidget):
    """Rows `first` to `end` of the model, in order. `changed`: a row wants another height."""

    changed = Signal()
    row_built = Signal(object)

    def __init__(self, model: Transcript, pool: Pool) -> None:
        super().__init__()
        self._model = model
        self._pool = pool
        self.first = 0
        self.rows: list[Row] = []
        self._heights: dict[Row, int] = {}
        self._column = 0
        self.welcome = Welcome(self)
        self.welcome.restyle(pool.formats)

    @property
    def end(self) -> int:
        return self.first + len(self.rows)

    @property
    def covers_end(self) -> bool:
        return self.end == len(self._model)

    def row_at(self, place: int) -> Row | None:
        inside = self.first <= place < self.end
        return self.rows[place - self.first] if inside else None

    def begin_at(self, place: int) -> None:
        """Forget all rows; the next one built is the one before or at `place`."""
        for row in self.rows:
            self._drop(row)
        self.rows, self.first = [], place

    def add_above(self) -> None:
        self.first -= 1
        self.rows.insert(0, self._build(self.first))

    def add_below(self) -> None:
        self.rows.append(self._build(self.end))

    def trim(self, top: int, bottom: int) -> None:
        """Drop rows that lie wholly outside of `top` to `bottom` (pixels), but none that has the focus."""
        while len(self.rows) > 1 and self._idle(self.rows[-1]) and self.rows[-1].y() > bottom:
            self._drop(self.rows.pop())
        while len(self.rows) > 1 and self._idle(self.rows[0]) and self.rows[0].geometry().bottom() < top:
            self._drop(self.rows.pop(0))
            self.first += 1

    def _idle(self, row: Row) -> bool:
        focus = self.window().focusWidget()
        return focus is None or not row.isAncestorOf(focus)

    def _build(self, place: int) -> Row:
        row = row_for(self._model.entry(place), self._pool, self)
        row.grew.connect(self._on_grew)
        self.row_built.emit(row)
        row.show()
        return row

    def _drop(self, row: Row) -> None:
        self._heights.pop(row, None)
        row.release()
        row.hide()
        row.deleteLater()

    def _on_grew(self) -> None:
        row = self.sender()
        if isinstance(row, Row):
            self._heights.pop(row, None)
        self.changed.emit()

    def refresh(self, place: int) -> None:
        """The message at `place` says something else now."""
        row = self.row_at(place)
        if row is not None:
            row.show_entry(self._model.entry(place))
            self._heights.pop(row, None)

    def arrange(self, width: int, height: int) -> None:
        """Lay everything out for a viewport of that size; only rows that changed are measured."""
        column = max(min(theme.READING_WIDTH, width - 2 * MARGIN), 200)
        if column != self._column:
            self._column = column
            self._heights.clear()
        left, top = max((width - column) // 2, 0), MARGIN
        for row in self.rows:
            if row not in self._heights:
                self._heights[row] = row.fit(column)
            row.move(left, top)
            top += self._heights[row] + GAP
        self.resize(width, max(top, height))
        self._arrange_welcome(left, height)

    def _arrange_welcome(self, left: int, height: int) -> None:
        self.welcome.setVisible(not len(self._model))
        if not len(self._model):
            needed = self.welcome.fit(self._column)
            self.welcome.move(left, max((height - needed) // 3, 0))

    def rows_height(self) -> int:
        return sum(self._heights.values()) + GAP * len(self.rows)

    def visible_from(self, top: int) -> Iterator[Row]:
        return (row for row in self.rows if row.geometry().bottom() > top)

    def restyle(self, formats: Formats) -> None:
        self._heights.clear()
        self.welcome.restyle(formats)
        for row in self.rows:
            row.restyle(formats)
