"""One background thread with an asyncio loop: the only place where the program waits for the network."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


class Engine:
    """Started on the first `submit`, so that asyncio is not imported work before the first paint."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
        self._pending: set[Future[Any]] = set()
        self._lock = threading.Lock()
        self._closed = False

    def submit(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        """Run on the engine thread. Raises RuntimeError after close()."""
        with self._lock:
            if self._closed:
                coroutine.close()
                raise RuntimeError("the engine is closed")
            if not self._thread.is_alive():
                self._thread.start()
            future = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
            self._pending.add(future)
        future.add_done_callback(self._pending.discard)
        return future

    def close(self, timeout_s: float = 5.0) -> None:
        """Cancel what runs and wait for it, so that open turns settle; bounded by `timeout_s`."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            started = self._thread.is_alive()
        if started:
            shutdown = asyncio.run_coroutine_threadsafe(self._cancel_all(timeout_s), self._loop)
            shutdown.add_done_callback(lambda _: self._loop.call_soon_threadsafe(self._loop.stop))
            self._thread.join(timeout_s + 1.0)
        if not self._loop.is_running():
            self._loop.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    async def _cancel_all(self, timeout_s: float) -> None:
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=timeout_s)
        await self._loop.shutdown_asyncgens()
