"""The one crossing between the engine thread and the window: commands down, batches of events up."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from nexu_desktop.domain.events import Event
from nexu_desktop.engine import Engine

if TYPE_CHECKING:
    from concurrent.futures import Future

FLUSH_MS = 33  # one flush per two frames: a flush costs the same whatever its size

T = TypeVar("T")


class Bridge(QObject):
    """`events` carries a list of Event in the order they happened, on the GUI thread."""

    events = Signal(list)
    _waiting = Signal()

    def __init__(self, engine: Engine, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine = engine
        self._queue: deque[Event] = deque()
        self._done: deque[Callable[[], None]] = deque()
        self._armed = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(FLUSH_MS)
        self._timer.timeout.connect(self._flush)
        self._waiting.connect(self._arm, Qt.ConnectionType.QueuedConnection)

    def emit_from_core(self, event: Event) -> None:
        """Callable from any thread; the first event of a batch arms one signal, the others ride along."""
        self._queue.append(event)
        self._wake()

    def submit(
        self,
        coroutine: Coroutine[Any, Any, T],
        on_done: Callable[[T], None] | None = None,
        on_error: Callable[[BaseException], None] | None = None,
    ) -> Future[T]:
        """Run on the engine; the result, or what it raised, comes back on the GUI thread."""
        future = self._engine.submit(coroutine)
        future.add_done_callback(lambda done: self._returned(done, on_done, on_error))
        return future

    def _returned(
        self,
        future: Future[T],
        on_done: Callable[[T], None] | None,
        on_error: Callable[[BaseException], None] | None,
    ) -> None:
        if future.cancelled():
            return
        error = future.exception()
        if error is None and on_done is not None:
            result = future.result()
            self._done.append(lambda: on_done(result))
        elif error is not None and on_error is not None:
            self._done.append(lambda: on_error(error))
        self._wake()

    def _wake(self) -> None:
        if not self._armed:
            self._armed = True
            self._waiting.emit()

    @Slot()
    def _arm(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    @Slot()
    def _flush(self) -> None:
        self._armed = False
        batch = [self._queue.popleft() for _ in range(len(self._queue))]
        if batch:
            self.events.emit(batch)
        for call in [self._done.popleft() for _ in range(len(self._done))]:
            call()
