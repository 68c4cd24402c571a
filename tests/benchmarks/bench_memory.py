"""Resident memory of the window: empty, and with 10,000 messages open (Linux; elsewhere it says so)."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.house import open_house
from tests.benchmarks.texts import message


def run(directory: Path) -> Iterator[tuple[str, str, str]]:
    if not Path("/proc/self/statm").exists():
        yield "memory", "-", "measured on Linux only"
        return
    with open_house(directory / "empty"):
        yield "window, empty", resident(), "aim 75 MB"
    rng = random.Random(7)
    texts = tuple(message(rng, rng.randint(100, 2_000)) for _ in range(10_000))
    began = time.perf_counter()
    with open_house(directory / "full", messages=texts) as house:
        house.application.processEvents()
        took = time.perf_counter() - began
        yield "window, 10,000 messages open (texts of the maker included)", resident(), "aim 85 MB"
        opened = time.perf_counter()
        house.presenter.open(house.presenter.cid)
        house.application.processEvents()
        again = (time.perf_counter() - opened) * 1000
        yield "open 10,000 messages again", f"{again:.0f} ms", f"{took:.1f} s with writing them"


def resident() -> str:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return f"{pages * 4096 / 1e6:.0f} MB"
