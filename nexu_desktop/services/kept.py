"""What was read once and is kept until it is forgotten, although several threads read and forget."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Kept(Generic[K, V]):
    """What was being read while anything was forgotten is returned, not kept: it may be from before."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._values: dict[K, V] = {}
        self._forgotten = 0  # how often

    def get(self, key: K, read: Callable[[], V]) -> V:
        """Threads that read it at the same time keep one and the same object."""
        with self._lock:
            if key in self._values:
                return self._values[key]
            before = self._forgotten
        value = read()
        with self._lock:
            return value if self._forgotten != before else self._values.setdefault(key, value)

    def forget(self, *keys: K) -> None:
        with self._lock:
            self._forgotten += 1
            for key in keys:
                self._values.pop(key, None)
