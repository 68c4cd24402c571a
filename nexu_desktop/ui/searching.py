"""Searches while a person types: after a short pause, off the window's thread, the last one alone counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from nexu_desktop.domain.library import Found
from nexu_desktop.services.desk import Desk
from nexu_desktop.ui.bridge import Bridge

if TYPE_CHECKING:
    from concurrent.futures import Future

PAUSE_MS = 80


class Searching(QObject):
    """`found` may come twice: what there is after a moment, then all. `failed` carries what is wrong with the
    search. `reading` counts the messages of before that the index does not know yet.
    """

    found = Signal(object)
    failed = Signal(object)
    reading = Signal(int)
    _early = Signal(int, object)

    def __init__(self, desk: Desk, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._bridge = bridge
        self._number = 0
        self._running: Future[Found] | None = None
        self.text = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self._begin)
        self._early.connect(self._take)

    def search(self, text: str) -> None:
        """Empty ends it."""
        self.text = text.strip()
        self._number += 1
        if self._running is not None:
            self._running.cancel()
        self._timer.start() if self.text else self._timer.stop()

    def again(self) -> None:
        """What was found may have changed."""
        if self.text:
            self.search(self.text)

    def read_old(self) -> None:
        """Take what older versions wrote into the index, while nothing waits for it."""
        self._bridge.submit(self._desk.library.search.read_old(self.reading.emit), on_error=self.failed.emit)

    def _begin(self) -> None:
        number = self._number
        self._running = self._bridge.submit(
            self._desk.library.search.find_async(self.text, lambda found: self._early.emit(number, found)),
            on_done=lambda found: self._take(number, found),
            on_error=lambda error: self._fail(number, error),
        )

    def _take(self, number: int, found: Found) -> None:
        """What belongs to a search of before is dropped."""
        if number == self._number:
            self.found.emit(found)

    def _fail(self, number: int, error: BaseException) -> None:
        if number == self._number:
            self.failed.emit(error)
