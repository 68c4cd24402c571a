"""The end of a window, and two of them: what streams is settled, the second one raises the first."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

from nexu_desktop.domain.chat import Basis, Outcome
from nexu_desktop.domain.credits import NANO_PER_CREDIT, show_balance
from nexu_desktop.sandbox.faults import Faults
from nexu_desktop.ui.single_instance import SingleInstance
from tests.journeys.conftest import Opener
from tests.journeys.house import House

OPENING = 100 * NANO_PER_CREDIT


def test_closing_in_mid_stream_settles(open_window: Opener) -> None:
    """What came is charged before the files close; the next start shows it as stopped, with nothing to recover."""
    house = open_window()
    house.server.faults.set(Faults(endless=True, delay_chunk_ms=10))
    house.ask("Write a long text about rivers.")
    house.streams()
    house.close()
    again = open_window()
    receipt = again.receipt_of()
    assert (receipt.outcome, receipt.basis) == (Outcome.STOPPED, Basis.COUNTED)
    assert 0 < (receipt.charged or 0) == OPENING - again.balance().settled
    assert again.rows[-1].body.text == again.answers[0].text != ""
    assert again.notice == ""
    again.sound()


def test_a_second_start_raises_the_first_and_ends(house: House, tmp_path: Path) -> None:
    """The real program a second time on the same directory: exit code 0, one line, the first window in front."""
    instance = SingleInstance(tmp_path / "data")
    assert instance.is_first()
    raised: list[int] = []
    instance.raised.connect(lambda: raised.append(1))
    instance.raised.connect(house.window.raise_up)
    command = [sys.executable, "-m", "nexu_desktop", "--data-dir", str(tmp_path / "data")]
    second = Run(command)
    second.wait(house)
    house.wait(lambda: bool(raised))
    instance.close()
    assert (second.code, second.out.strip()) == (0, "Nexu Desktop is open already; its window was raised.")


def test_window_and_command_line_spend_from_one_wallet(house: House, tmp_path: Path) -> None:
    """Two processes at once: every sum is right, and the window shows what the other one left within seconds."""
    house.ask("First, from the window.")
    house.answered()
    command = [sys.executable, "-m", "nexu_desktop", "ask", "--sandbox", "--json"]
    command += [
        "--data-dir",
        str(tmp_path / "data"),
        "--model",
        "gemini-3-flash-preview",
        "From the command line.",
    ]
    other = Run(command)
    house.server.faults.set(Faults(delay_chunk_ms=5))
    house.ask("Second, from the window.")
    mine = sum(house.receipt_of(number).charged or 0 for number in (1, 2))
    other.wait(house)
    assert (other.code, other.errors) == (0, other.errors)
    theirs = int(json.loads(other.out)["charged"]["nanocredits"])
    assert (theirs > 0, mine + theirs) == (True, OPENING - house.balance().settled)
    left = show_balance(house.balance().settled)
    house.wait(lambda: (house.header, house.wallet[0]) == (f"{left} credits", left))
    house.sound()


class Run:
    """A program run beside the window, which goes on meanwhile."""

    LIMIT_S = 60  # a whole program starts: on a busy machine that takes its time

    def __init__(self, command: list[str]) -> None:
        self.code, self.out, self.errors, self.done = -1, "", "", False
        self._command = command
        threading.Thread(target=self._run, daemon=True).start()

    def wait(self, house: House) -> None:
        """Until it has ended, at the latest by its own limit."""
        house.qtbot.waitUntil(lambda: self.done, timeout=(self.LIMIT_S + 5) * 1_000)

    def _run(self) -> None:
        environment = dict(os.environ, PYTHONPATH=str(Path(__file__).parents[2]), PYTHONUTF8="1")
        ended = subprocess.run(
            self._command,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=self.LIMIT_S,
            check=False,
        )
        self.code, self.out, self.errors = ended.returncode, ended.stdout, ended.stderr
        self.done = True
