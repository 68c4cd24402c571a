"""`python -m tests.benchmarks [NAME …]`: figures in a table, each beside its aim; nothing is asserted."""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["DBUS_SESSION_BUS_ADDRESS"] = "disabled:"

NAMES = ("start", "keystroke", "whole", "view", "stream", "markdown", "ledger", "memory", "library")


def main(names: list[str]) -> int:
    if {"-h", "--help"} & set(names):
        print(f"{__doc__}\n\nNAME is one of {', '.join(NAMES)}; without one, all of them.")
        return 0
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        print(f"Unknown: {', '.join(unknown)}. Known: {', '.join(NAMES)}.", file=sys.stderr)
        return 2
    print(f"{'what':<58} {'measured':>14}  aim or note")
    for name in names or NAMES:
        module = importlib.import_module(f"tests.benchmarks.bench_{name}")
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
            for what, figure, note in module.run(Path(directory)):
                print(f"{what:<58} {figure:>14}  {note}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
