"""One piece of blocking work beside the window: progress up, a stop down, and its end on the window's thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from nexu_desktop.services.transfer_port import Cancelled, Progress
from nexu_desktop.ui.bridge import Bridge

TOLD_EVERY_S = 0.05

T = TypeVar("T")


class Job(QObject):
    """`progressed` carries thousandths. After `forget` neither end is told any more."""

    progressed = Signal(int)

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge
        self._stop = threading.Event()
        self._forgotten = False
        self._told_s = 0.0

    def start(
        self,
        work: Callable[[Progress, Cancelled], T],
        on_done: Callable[[T], None],
        on_error: Callable[[BaseException], None],
    ) -> None:
        async def run() -> T:
            import asyncio  # 50 ms that a start need not pay

            return await asyncio.to_thread(work, self._tell, self._stop.is_set)

        self._bridge.submit(
            run(), lambda result: self._end(on_done, result), lambda e: self._end(on_error, e)
        )

    def stop(self) -> None:
        self._stop.set()

    def forget(self) -> None:
        """Stop, and tell nobody: who asked is gone."""
        self._forgotten = True
        self._stop.set()

    def _end(self, tell: Callable[[T], None], what: T) -> None:
        if not self._forgotten:
            tell(what)

    def _tell(self, done: int, total: int) -> None:
        """From the thread that works."""
        now = time.monotonic()
        if now - self._told_s >= TOLD_EVERY_S or done >= total:
            self._told_s = now
            self.progressed.emit(done * 1000 // total if total else 0)
