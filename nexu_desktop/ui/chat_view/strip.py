"""The rows that have widgets, placed in one centred column by the heights of all rows, known or guessed."""

from __future__ import annotations

import time
from collections.abc import Iterator

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from nexu_desktop.ui import theme
from nexu_desktop.ui.chat_view.body import OPENED_CHARS
from nexu_desktop.ui.chat_view.formats import Formats
from nexu_desktop.ui.chat_view.heights import heights_of, message_height
from nexu_desktop.ui.chat_view.model import Transcript
from nexu_desktop.ui.chat_view.pool import Pool
from nexu_desktop.ui.chat_view.row import Row
from nexu_desktop.ui.chat_view.rows import ROW_OF
from nexu_desktop.ui.chat_view.sums import Sums

GAP = theme.GAP_XL
MARGIN = theme.GAP_XL
LIVE_MAX = 40  # rows; beyond that some go even while the reader scrolls
SPARE = 12  # rows of a kind kept for use again


class Strip(QObject):
    """`changed`: a row wants another height. `row_shown`: a row shows another message than before."""

    changed = Signal()
    row_shown = Signal(object)

    def __init__(self, model: Transcript, pool: Pool, viewport: QWidget) -> None:
        super().__init__(viewport)
        self._model, self._pool, self._viewport = model, pool, viewport
        self._sums = Sums()
        self._live: dict[int, Row] = {}
        self._loose: set[int] = set()  # rows whose widgets have not taken their height yet
        self._spare: dict[type[Row], list[Row]] = {}
        self._left = 0
        self.column = 0
        self.pinned: int | None = None  # a row that must stay: the mouse is held down on it

    # --- what there is --------------------------------------------------------------------------------

    @property
    def rows(self) -> list[Row]:
        """Rows that have widgets, from top to bottom."""
        return [self._live[place] for place in sorted(self._live)]

    def row_at(self, place: int) -> Row | None:
        return self._live.get(place)

    @property
    def total(self) -> int:
        """Height of everything, in pixels."""
        return MARGIN + self._sums.total

    def top_of(self, place: int) -> int:
        return MARGIN + self._sums.before(place)

    def height_of(self, place: int) -> int:
        return self._sums[place] - GAP

    def at(self, line: int) -> tuple[int, int]:
        """The row that covers a line of the whole, and how far into it that is. Raises IndexError without rows."""
        return self._sums.at(line - MARGIN)

    def reset(self, width: int) -> None:
        """Other messages: forget all rows."""
        for place in tuple(self._live):
            self._release(place)
        self._sums = Sums(heights_of(self._model.messages, self._set_column(width), OPENED_CHARS, GAP))

    def resize(self, width: int) -> bool:
        """A viewport of another width; whether the guesses about rows out of sight are wrong by that."""
        before = self.column
        if self._set_column(width) == before:
            return False
        for row in self._live.values():
            self.refit(row)
        return True

    def guess_again(self) -> None:
        """Heights of all rows that have no widgets, at the present width."""
        self._sums = Sums(heights_of(self._model.messages, self.column, OPENED_CHARS, GAP))
        for row in self._live.values():
            self.refit(row)

    def _set_column(self, width: int) -> int:
        self.column = max(min(theme.READING_WIDTH, width - 2 * MARGIN), 200)
        # In the middle of the view with its scroll bar, as the composer below: whether one shows moves nothing.
        view = self._viewport.parentWidget()
        whole = max(view.width() if view is not None else 0, width)
        self._left = min(max((whole - self.column) // 2, 0), max(width - self.column, 0))
        return self.column

    def append(self, place: int) -> None:
        self._sums.append(message_height(self._model.entry(place).message, self.column, OPENED_CHARS) + GAP)

    def refresh(self, place: int) -> None:
        """The message at `place` says something else now."""
        row, entry = self._live.get(place), self._model.entry(place)
        if row is None:
            self._sums[place] = message_height(entry.message, self.column, OPENED_CHARS) + GAP
        elif isinstance(row, ROW_OF[entry.message.role]):
            before = row.outline
            row.show_entry(entry)
            if entry.message.streaming and row.outline == before:
                self._loosen(row)
            else:
                self.refit(row)
        else:
            self._release(place)

    def restyle(self, formats: Formats) -> None:
        for rows in self._spare.values():
            for row in rows:
                row.deleteLater()
        self._spare.clear()
        for place, row in self._live.items():
            row.restyle(formats)
            self._sums[place] = row.fit(self.column) + GAP

    # --- laying out -----------------------------------------------------------------------------------

    def reveal(self, top: int, bottom: int, keep: tuple[int, int], most: int = 1 << 30) -> tuple[int, bool]:
        """Build and lay out what lies between two lines of the whole. `keep`: the row and the line in it that
        a reader looks at. Returns by how much that line has to move down inside of its row, and whether
        anything has another height than before.
        """
        shift, before, y = 0, self._sums.total, 0
        for place in self._between(top, bottom):
            y = self.top_of(place)
            line = keep[1] if place == keep[0] else (1 << 30 if place < keep[0] else -1)
            moved, steps = self._reveal_row(place, top - y, bottom - y, line, most)
            shift += moved if place == keep[0] else 0
            most -= steps
            if most <= 0:
                break
        return shift, before != self._sums.total

    def _between(self, top: int, bottom: int) -> Iterator[int]:
        """Rows between two lines, while their heights may change on the way."""
        if not len(self._sums):
            return
        place, _ = self.at(top)
        while place < len(self._sums) and self.top_of(place) < bottom:
            yield place
            place += 1

    def _reveal_row(self, place: int, top: int, bottom: int, keep: int, most: int) -> tuple[int, int]:
        row, shift, steps = self._live.get(place), 0, 0
        if row is None:
            row, before, steps = self._build(place), self._sums[place], 1
            self._sums[place] = row.fit(self.column) + GAP
            shift = self._sums[place] - before if keep > 0 else 0
        rendered = self._pool.papers.rendered_chars
        shift += row.reveal(top + shift, bottom + shift, keep + shift, most)
        self._loosen(row)
        return shift, steps + (rendered != self._pool.papers.rendered_chars)

    def lacks(self, top: int, bottom: int) -> bool:
        """Whether something between two lines has not been built or laid out."""
        for place in self._between(top, bottom):
            row, y = self._live.get(place), self.top_of(place)
            if row is None:
                return True
            for body in row.texts():
                start = y + row.offset_of(body)
                if not body.all_laid(top - start, bottom - start):
                    return True
        return False

    def trim(self, top: int, bottom: int) -> None:
        """Give up rows that lie wholly outside of two lines, but none that has the focus or the mouse."""
        for place in tuple(self._live):
            y = self.top_of(place)
            if (y > bottom or y + self._sums[place] < top) and self._idle(place):
                self._release(place)

    @property
    def crowded(self) -> bool:
        """Whether there are more rows than a pause would leave."""
        return len(self._live) > LIVE_MAX

    def _idle(self, place: int) -> bool:
        focus = self._viewport.window().focusWidget()
        row = self._live[place]
        return place != self.pinned and not row.kept and (focus is None or not row.isAncestorOf(focus))

    def _build(self, place: int) -> Row:
        entry = self._model.entry(place)
        kind = ROW_OF[entry.message.role]
        spare = self._spare.get(kind)
        row = spare.pop() if spare else self._new(kind)
        self._live[place] = row
        row.set_place(place)
        row.show_entry(entry)
        self.row_shown.emit(row)
        return row

    def _new(self, kind: type[Row]) -> Row:
        row = kind(self._pool, self._viewport)
        row.restyle(self._pool.formats)
        row.grew.connect(self._on_grew)
        return row

    def _release(self, place: int) -> None:
        row = self._live.pop(place)
        self._loose.discard(place)
        row.hide()
        row.release()
        spare = self._spare.setdefault(type(row), [])
        if len(spare) < SPARE:
            spare.append(row)
        else:
            row.deleteLater()

    def refit(self, row: Row) -> None:
        """Its texts are laid out differently now."""
        self._sums[row.place] = row.fit(self.column) + GAP

    def _loosen(self, row: Row) -> None:
        """Its height is known; the widget takes it after the rows have been moved as one picture, which Qt does
        only as long as nothing in them has another size.
        """
        if len(list(row.texts())) > 1:
            self.refit(row)  # the one below moves when the one above grows
            return
        if row.height_to_be != row.height():
            self._loose.add(row.place)
        self._sums[row.place] = row.height_to_be + GAP

    def _on_grew(self) -> None:
        row = self.sender()
        if isinstance(row, Row) and self._live.get(row.place) is row:
            self.refit(row)
            self.changed.emit()

    # --- placing --------------------------------------------------------------------------------------

    def place_all(self, value: int, anchor: int) -> None:
        """Move the rows to where they are seen when line `value` is at the top; what `anchor` and its neighbours
        share of the way is moved as one picture.
        """
        row = self._live.get(anchor)
        if row is not None and not row.isHidden():
            by = self.top_of(anchor) - value - row.y()
            if by and abs(by) < self._viewport.height():
                self._viewport.scroll(0, by)
        while self._loose:
            self.refit(self._live[self._loose.pop()])
        for place, other in self._live.items():
            y = self.top_of(place) - value
            if (other.x(), other.y()) != (self._left, y):
                other.move(self._left, y)
            if other.isHidden():
                other.show()

    def work(self, top: int, bottom: int, keep: tuple[int, int], until_ns: int) -> tuple[int, bool]:
        """Lay out piece by piece until the clock says `until_ns`; like `reveal`."""
        shift, changed = 0, False
        while self.lacks(top, bottom) and time.perf_counter_ns() < until_ns:
            moved, grew = self.reveal(top, bottom, (keep[0], keep[1] + shift), most=1)
            shift, changed = shift + moved, changed or grew
        return shift, changed
