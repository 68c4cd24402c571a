"""Several processes on one wallet admit exactly what it can pay."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from nexu_desktop.domain.credits import Balance, Nanocredits
from tests.contracts.ledger import a_grant
from tests.faults.kill_child import open_ledger
from tests.faults.racer import PRICE

PROCESSES = 4
ATTEMPTS_EACH = 40
AFFORDABLE = 100
FAIR = Counter(admitted=AFFORDABLE, refused=PROCESSES * ATTEMPTS_EACH - AFFORDABLE)


def start(folder: Path, mutant: str, name: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.faults.racer", str(folder), mutant, name, str(ATTEMPTS_EACH)]
    root = Path(__file__).parents[2]
    return subprocess.Popen(
        command, cwd=root, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def race(folder: Path, mutant: str) -> Counter[str]:
    """All processes open the empty folder together, wait for the shot, then spend; the sum of their counts."""
    racers = [start(folder, mutant, f"p{number}") for number in range(PROCESSES)]
    for racer in racers:
        racer.stdout.readline()  # "ready", or nothing if it could not even open the wallet
    ledger, instances = open_ledger(folder, "")
    ledger.grant(a_grant(amount=AFFORDABLE * PRICE))
    ledger.close()
    instances.close()
    for racer in racers:
        with suppress(BrokenPipeError):
            racer.stdin.write("go\n")
            racer.stdin.flush()
    return sum((finish(racer) for racer in racers), Counter())


def finish(racer: subprocess.Popen[str]) -> Counter[str]:
    """What one process got; one that failed counts as an error and shows why."""
    said, why = racer.communicate()
    if racer.returncode:
        sys.stderr.write(why)
        return Counter(errors=1)
    return Counter(json.loads(said))


def test_a_race_admits_exactly_what_is_affordable(tmp_path: Path) -> None:
    """100 of 160 attempts pass, the others are refused, none fails, and nothing is left to spend."""
    counts = race(tmp_path, "")
    ledger, instances = open_ledger(tmp_path, "")
    assert (counts, ledger.balance().available, ledger.verify()) == (FAIR, 0, ())
    held = Nanocredits(ledger.balance().held)
    assert ledger.balance() == Balance(held, held)
    ledger.close()
    instances.close()


@pytest.mark.parametrize("mutant", ["deferred begin", "checks outside"])
def test_the_race_catches(tmp_path: Path, mutant: str) -> None:
    """A ledger that decides before it has the write lock does not come through the same race."""
    assert race(tmp_path, mutant) != FAIR
