"""Scrolling over rows whose heights are not all known: what the reader looks at stays where it is.

The place is kept as a row and a line in it; the value of the scroll bar follows from that.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QSignalBlocker, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from nexu_desktop.ui import theme
from nexu_desktop.ui.chat_view.formats import Formats
from nexu_desktop.ui.chat_view.model import Transcript
from nexu_desktop.ui.chat_view.pool import Pool
from nexu_desktop.ui.chat_view.strip import Strip

END_SLACK = 24  # pixels from the end that still count as reading the end
SCREENS_AHEAD = 1  # laid out beyond the edges while nothing else is to do
SCREENS_KEPT = 3
ROUNDS_MAX = 12  # rows that turn out lower than guessed bring others into sight; each round lays those out
SLICE_NS = 3_000_000
SLICE_PAUSE_MS = 5
RESIZED_MS = 200
STEP = 40


class Canvas(QAbstractScrollArea):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.transcript = Transcript(self)
        self._formats = Formats(theme.colours())
        self._background = QColor(self._formats.colours.background)
        shelf = QWidget(self)
        shelf.hide()
        self._pool = Pool(self._formats, shelf)
        self._rows = Strip(self.transcript, self._pool, self.viewport())
        self._anchor = (0, 0)  # row, and the line in it that is at the top of the viewport
        self._follow = True
        self._settling = False
        self._ahead = QTimer(self, singleShot=True, interval=SLICE_PAUSE_MS)
        self._ahead.timeout.connect(self._work_ahead)
        self._resized = QTimer(self, singleShot=True, interval=RESIZED_MS)
        self._resized.timeout.connect(self._guess_again)
        self._rows.changed.connect(self.settle)
        self._prepare_area()

    def _prepare_area(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.viewport().setMouseTracking(True)
        self.verticalScrollBar().setSingleStep(STEP)

    # --- the place ------------------------------------------------------------------------------------

    @property
    def page(self) -> int:
        return self.viewport().height()

    @property
    def _last_value(self) -> int:
        return max(self._rows.total - self.page, 0)

    @property
    def at_end(self) -> bool:
        return self._value() >= self._last_value - END_SLACK

    def _value(self) -> int:
        """The line of the whole that is at the top."""
        if self._follow:
            return self._last_value
        row, line = self._anchor
        return max(min(self._rows.top_of(row) + line, self._last_value), 0)

    def _anchor_at(self, value: int) -> None:
        self._anchor = self._rows.at(value) if len(self.transcript) else (0, 0)

    def go_to(self, place: int, line: int = 0, *, margin: int = theme.GAP_S) -> None:
        """Bring a line of a row to the top, as far as what follows allows it."""
        self._follow = False
        self._anchor = (place, line - margin)
        self.settle()
        self._follow = self._value() >= self._last_value and not self._rows.lacks(
            self._value(), self._rows.total
        )

    def show_line(self, place: int, top: int, bottom: int) -> None:
        """Scroll only as far as is needed to see these lines of a row, and a little of what is around them."""
        value, y = self._value(), self._rows.top_of(place)
        if y + top < value + STEP:
            self.go_to(place, top, margin=self.page // 4)
        elif y + bottom > value + self.page - STEP:
            self.go_to(place, bottom, margin=self.page * 3 // 4)

    def jump_to_latest(self) -> None:
        self._follow = True
        self.settle()

    # --- laying out -----------------------------------------------------------------------------------

    def restart(self) -> None:
        """Other messages: begin at their end."""
        if self.viewport().isAncestorOf(self.focusWidget() or self):
            self.setFocus()
        self._follow = True
        self._rows.reset(self.viewport().width())
        self.viewport().update()
        self.settle()

    def settle(self) -> None:
        """Lay out what is in sight and put it where it belongs."""
        if self._settling:
            return
        with self._arranging():
            for _ in range(ROUNDS_MAX):
                if not self._reveal():
                    break
            self._show_place()
        if self._rows.crowded:
            self._trim()
        self._ahead.start()

    @contextmanager
    def _arranging(self) -> Iterator[None]:
        """What the bar and the rows say inside is our own doing."""
        self._settling = True
        try:
            yield
        finally:
            self._settling = False

    def _reveal(self) -> bool:
        """One round; whether anything has moved by it."""
        value = self._value()
        if not self._follow:
            self._anchor_at(value) if value != self._rows.top_of(self._anchor[0]) + self._anchor[1] else None
        row, line = (-1, 0) if self._follow else self._anchor
        shift, changed = self._rows.reveal(value, value + self.page, (row, line))
        self._shift(shift)
        return changed or value != self._value()

    def _shift(self, shift: int) -> None:
        self._anchor = (self._anchor[0], self._anchor[1] + shift)

    def _show_place(self) -> None:
        value, bar = self._value(), self.verticalScrollBar()
        if self._follow or value in (0, self._last_value):
            self._anchor_at(value)
        with QSignalBlocker(bar):
            bar.setRange(0, self._last_value)
            bar.setPageStep(self.page)
            bar.setValue(value)
        bar.update()
        self._rows.place_all(value, self._anchor[0])
        self.placed()

    def placed(self) -> None:
        """Rows stand where they belong; for what stands beside them."""

    def _work_ahead(self) -> None:
        """What may come into sight next, a few milliseconds at a time."""
        value, reach = self._value(), self.page * SCREENS_AHEAD
        until = time.perf_counter_ns() + SLICE_NS
        keep = (-1, 0) if self._follow else self._anchor
        with self._arranging():
            for top, bottom in ((value - reach, value), (value + self.page, value + self.page + reach)):
                shift, changed = self._rows.work(max(top, 0), bottom, keep, until)
                self._shift(shift)
                if changed:
                    self._show_place()
                    break
        value = self._value()
        if self._rows.lacks(max(value - reach, 0), value + self.page + reach):
            self._ahead.start()
        else:
            self._trim()

    def _trim(self) -> None:
        """Give up what is far from the reader."""
        value, kept = self._value(), SCREENS_KEPT * self.page
        self._rows.trim(value - kept, value + self.page + kept)

    # --- what Qt asks ---------------------------------------------------------------------------------

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """The bar was moved by somebody; Qt's own answer would repaint everything."""
        if self._settling:
            return
        value = self.verticalScrollBar().value()
        self._follow = value >= self._last_value - END_SLACK and not self._rows.lacks(value, self._rows.total)
        self._anchor_at(value)
        self.settle()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._rows.resize(self.viewport().width()):
            self._resized.start()
        self.settle()

    def _guess_again(self) -> None:
        """Once the window has its new size; on the way there only what is seen matters."""
        self._rows.guess_again()
        self.settle()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if not event.angleDelta().y() and event.angleDelta().x():
            event.ignore()
            return
        super().wheelEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self._background)
        painter.end()
