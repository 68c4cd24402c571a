"""The clock of the machine, and ids that sort by the time they were made."""

from __future__ import annotations

import secrets
import threading
import time
import uuid

_COUNTER_BITS = 12
_RANDOM_BITS = 62


class SystemClock:
    """A Clock: wall time can jump, monotonic time cannot."""

    def now_ms(self) -> int:
        """Unix time in milliseconds."""
        return time.time_ns() // 1_000_000

    def monotonic_ms(self) -> int:
        return time.monotonic_ns() // 1_000_000


class _Sequence:
    """Milliseconds and a 12-bit counter as one number that only rises, also when the clock is set back."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def next(self, now_ms: int) -> int:
        # Half of the counter is left free, so that a burst within a millisecond seldom runs ahead of the clock.
        fresh = now_ms << _COUNTER_BITS | secrets.randbits(_COUNTER_BITS - 1)
        with self._lock:
            self._last = max(fresh, self._last + 1)
            return self._last


_sequence = _Sequence()


def new_id() -> str:
    """A UUIDv7 (RFC 9562, method 1): rising within this process, also across threads."""
    stamp = _sequence.next(time.time_ns() // 1_000_000)
    counter = stamp & ((1 << _COUNTER_BITS) - 1)
    head = (stamp >> _COUNTER_BITS) << 16 | 0x7 << 12 | counter
    tail = 0b10 << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS)
    return str(uuid.UUID(int=head << 64 | tail))
