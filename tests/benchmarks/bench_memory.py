"""Resident memory of the window in a process of its own: empty, and with 10,000 messages open (Linux)."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

SIZES = (
    (0, "window, empty, vocabulary not yet loaded", "aim 75 MB"),
    (10_000, "10,000 messages open", "aim 85 MB"),
)


def run(directory: Path) -> Iterator[tuple[str, str, str]]:
    if not Path("/proc/self/statm").exists():
        yield "memory", "-", "measured on Linux only"
        return
    for messages, what, aim in SIZES:
        place = str(directory / str(messages))
        for step in ("write", "open"):
            done = subprocess.run(
                [sys.executable, "-m", "tests.benchmarks.memory_probe", place, str(messages), step],
                capture_output=True,
                text=True,
                check=True,
            )
        before, after, opened = done.stdout.split()
        yield what, f"{before} MB", aim
        yield f"{what}, estimate ready", f"{after} MB", "with the o200k vocabulary"
        yield f"{what}, opened in", f"{opened} ms", ""
