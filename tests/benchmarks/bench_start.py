"""Process start to a typed character painted in the composer, offscreen, with .pyc files present."""

from __future__ import annotations

import compileall
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import nexu_desktop

RUNS = 9
PEERS = "peers as web builds on the same 2 cores: NextChat 840, big-AGI 860, Chatbox 2760"


def run(directory: Path) -> Iterator[tuple[str, str, str]]:
    compileall.compile_dir(Path(nexu_desktop.__file__).parent, quiet=2)
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    times = []
    for _ in range(RUNS + 1):
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.start_probe", str(directory)],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        times.append((float(done.stdout.split()[-1]) - began) * 1000)
    later = times[1:]  # the first creates the files
    yield "start to typed-in composer, first ever", f"{times[0]:.0f} ms", ""
    yield f"start to typed-in composer, median of {RUNS}", f"{statistics.median(later):.0f} ms", "aim 300 ms"
    yield "start to typed-in composer, min / max", f"{min(later):.0f} / {max(later):.0f}", PEERS
