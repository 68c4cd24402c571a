"""The Qt binding in use keeps its books: 6.12.0 loses a reference with each call on Python 3.10 and 3.11."""

from __future__ import annotations

import subprocess
import sys

EMIT = """
import sys
from PySide6.QtCore import QObject, Signal

class Sender(QObject):
    fired = Signal(int)

seen = []
sender = Sender()
sender.fired.connect(seen.append)
for number in range(100_000):
    sender.fired.emit(number)
sys.stdout.write(f"{len(seen)} {seen[-1]}")
"""

COUNT = """
import sys
from PySide6.QtCore import QObject

thing = QObject()
before = sys.getrefcount(None)
for _ in range(1_000):
    thing.setObjectName("name")
sys.stdout.write(str(abs(sys.getrefcount(None) - before) < 100))
"""


def run(program: str) -> tuple[int, str]:
    """Exit status and output of `program` in a process of its own: a fault there aborts it."""
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    return result.returncode, result.stdout


def test_signals_survive() -> None:
    """100,000 emissions arrive, in order, and the process ends well."""
    assert run(EMIT) == (0, "100000 99999")


def test_none_is_not_lost() -> None:
    """1,000 calls that return nothing leave the references to None as they were."""
    assert run(COUNT) == (0, "True")


def test_an_abort_is_seen() -> None:
    """A process that aborts is told from one that ends well."""
    assert run("import os; os.abort()")[0] != 0
