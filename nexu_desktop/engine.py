"""One background thread with an asyncio loop: the only place where the program waits for the network."""

from __future__ import annotations

import threading
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop
    from concurrent.futures import Future

T = TypeVar("T")


class Engine:
    """Thread and loop are made on the first `submit`: a start does not pay for asyncio before it paints."""

    def __init__(self) -> None:
        self._loop: AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
        self._lock = threading.Lock()
        self._closed = False

    def submit(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        """Run on the engine thread. Raises RuntimeError after close()."""
        import asyncio

        with self._lock:
            if self._closed:
                coroutine.close()
                raise RuntimeError("the engine is closed")
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread.start()
            return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def close(self, timeout_s: float = 5.0) -> None:
        """Cancel what runs and wait for it, so that open turns settle; bounded by `timeout_s`."""
        import asyncio

        with self._lock:
            loop, self._closed, again = self._loop, True, self._closed
        if loop is None or again:
            return
        shutdown = asyncio.run_coroutine_threadsafe(_cancel_all(timeout_s), loop)
        shutdown.add_done_callback(lambda _: loop.call_soon_threadsafe(loop.stop))
        self._thread.join(timeout_s + 1.0)
        if not loop.is_running():
            loop.close()

    def _run(self) -> None:
        import asyncio

        assert self._loop is not None
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()


async def _cancel_all(timeout_s: float) -> None:
    import asyncio

    tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks, timeout=timeout_s)
    await asyncio.get_running_loop().shutdown_asyncgens()
