"""2,000 chunks a second from the loopback service through the whole program into the open conversation."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.figures import spread
from tests.benchmarks.house import House, open_house
from tests.benchmarks.stream_server import fast_server


def run(directory: Path) -> Iterator[tuple[str, str, str]]:
    with fast_server(chunks_per_s=2_000, answer_chars=100_000) as command, open_house(directory) as house:
        house.core.connections.sandbox_command = lambda: command  # same protocol, faster
        house.core.settings.update(answer_limit_tokens=100_000)
        house.presenter.desk.warm(house.presenter.cid, "Go")
        idle = _gaps(house, lambda: False, 2.0)
        cpu, began = time.process_time(), time.monotonic()
        house.presenter.send("Go")
        gaps = _gaps(house, lambda: _finished(house), 120.0)
        took, used = time.monotonic() - began, time.process_time() - cpu
        chars = len(house.core.desk.messages(house.presenter.cid)[-1].text)
    yield "event-loop gap at rest, p50 / p95 / p99 / max", spread(idle), "ms"
    yield "the same while 2,000 chunks/s stream", spread(gaps), "ms; aim p99 < 20"
    yield f"{chars:,} characters arrived in", f"{took:.1f} s", f"CPU {used:.1f} s"


def _finished(house: House) -> bool:
    rows = house.core.desk.messages(house.presenter.cid)
    return bool(rows) and rows[-1].receipt is not None


def _gaps(house: House, done, at_most_s: float) -> list[float]:  # a predicate
    """Time between two turns of the event loop, a millisecond of which is our own sleep."""
    gaps: list[float] = []
    end, checked = time.monotonic() + at_most_s, time.monotonic()
    last = time.perf_counter()
    while time.monotonic() < end:
        house.application.processEvents()
        now = time.perf_counter()
        gaps.append((now - last) * 1000)
        last = now
        if time.monotonic() - checked > 0.25:
            checked = time.monotonic()
            if done():
                break
            last = time.perf_counter()
        time.sleep(0.001)
    return gaps
