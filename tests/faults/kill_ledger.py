"""Kill a process that uses a ledger, again and again, and look whether anything was lost or doubled.

python -m tests.faults.kill_ledger --kills 400 --seed 1
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, TypeGuard

from nexu_desktop.adapters.ledger_sqlite import LedgerSqlite
from nexu_desktop.domain.errors import NexuError
from nexu_desktop.services.ports import AttemptState
from tests.faults.fast_disk import fast_disk
from tests.faults.kill_child import Step, live, open_ledger, recover, run
from tests.faults.mutants import LEDGERS

KILLS_PER_WALLET = 10  # a longer history only makes each check slower
LIFE_S = 0.03  # the longest a child lives after its first word


@dataclass(slots=True)
class Tally:
    """What happened; `problems` must stay empty."""

    kills: int = 0
    acknowledged: int = 0
    recovered: int = 0
    retried: int = 0
    problems: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Said:
    """What one wallet's children acknowledged, and the step each was killed in."""

    settled: dict[str, int] = field(default_factory=dict)
    granted: dict[str, int] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)
    released: set[str] = field(default_factory=set)
    settle_steps: list[Step] = field(default_factory=list)
    pending: Step | None = None

    def hear(self, word: str, step: Step, result: int) -> None:
        what, name, amount = step
        self.pending = step if word == "try" else None
        if word == "try":
            return
        if what == "settle":
            self.settled[name] = result
            self.settle_steps.append(step)
        elif what == "grant":
            self.granted[name] = amount
        elif what == "hold":
            self.held.add(name)
        elif what == "release":
            self.released.add(name)


def kill_often(kills: int, seed: int, mutant: str = "", *, until_caught: bool = False) -> Tally:
    """Kill `kills` children at random moments; wallets change every KILLS_PER_WALLET."""
    tally, random = Tally(), Random(seed)
    while tally.kills < kills and not (until_caught and tally.problems):
        with tempfile.TemporaryDirectory(dir=fast_disk(), ignore_cleanup_errors=True) as folder:
            _one_wallet(Path(folder), min(KILLS_PER_WALLET, kills - tally.kills), random, mutant, tally)
    return tally


def _one_wallet(folder: Path, kills: int, random: Random, mutant: str, tally: Tally) -> None:
    said = Said()
    for _ in range(kills):
        seed = random.randrange(10**9)
        _kill_one(folder, seed, random.uniform(0, LIFE_S), mutant, said)
        tally.kills += 1
        before = len(tally.problems)
        _inspect(folder, mutant, said, random, tally)
        tally.problems[before:] = [f"seed {seed}: {found}" for found in tally.problems[before:]]
        if tally.problems:
            return
    tally.acknowledged += len(said.settled) + len(said.granted) + len(said.held) + len(said.released)


def _kill_one(folder: Path, seed: int, life_s: float, mutant: str, said: Said) -> None:
    context = _context()
    ear, mouth = context.Pipe(duplex=False)
    child = context.Process(target=live, args=(folder, seed, mutant, mouth), daemon=True)
    child.start()
    mouth.close()
    said.pending = None
    with suppress(EOFError):  # a child that could not even begin has said nothing; the check says why
        said.hear(*ear.recv())
        time.sleep(life_s)
    child.kill()
    child.join()
    with suppress(EOFError, OSError):
        while True:
            said.hear(*ear.recv())
    ear.close()
    child.close()


def _inspect(folder: Path, mutant: str, said: Said, random: Random, tally: Tally) -> None:
    """Reopen as the next start would: retry or not, recover, compare with what was acknowledged."""
    ledger, instances = open_ledger(folder, mutant)
    try:
        if random.random() < 0.5 and _can_be_retried(ledger, said.pending):
            run(ledger, said.pending)
            tally.retried += 1
        tally.recovered += recover(ledger)
        for step in said.settle_steps[-2:]:
            run(ledger, step)
        tally.problems += _lost_or_doubled(ledger, said)
    except NexuError as error:
        tally.problems.append(f"{type(error).__name__}: {error.sentence}")
    finally:
        ledger.close()
        instances.close()


def _can_be_retried(ledger: LedgerSqlite, step: Step | None) -> TypeGuard[Step]:
    """A hold that never reached the disk would become this process's own, and it lives."""
    return step is not None and (step[0] != "hold" or ledger.attempt(step[1]) is not None)


def _lost_or_doubled(ledger: LedgerSqlite, said: Said) -> list[str]:
    problems = [f"{violation.invariant}: {violation.found}" for violation in ledger.verify()]
    attempts = {attempt.id: attempt for attempt in ledger.attempts(limit=10**6)}
    entries = ledger.entries(limit=10**6)
    spent = sum(entry.amount for entry in entries if entry.to_account == "spent")
    granted = {e.id.removeprefix("g:test:"): e.amount for e in entries if e.kind == "grant"}
    charged = {name: attempt.charged for name, attempt in attempts.items()}
    problems += [f"charge lost or changed: {n}" for n, c in said.settled.items() if charged.get(n) != c]
    problems += [f"grant lost or changed: {n}" for n, a in said.granted.items() if granted.get(n) != a]
    problems += [f"hold lost: {name}" for name in said.held - attempts.keys()]
    problems += [
        f"release lost: {name}"
        for name in said.released
        if name not in attempts or attempts[name].state is not AttemptState.VOIDED
    ]
    problems += [f"hold left open: {a.id}" for a in ledger.open_attempts(dead_only=False)]
    balance = ledger.balance()
    if spent != sum(amount or 0 for amount in charged.values()):
        problems.append(f"{spent} spent is not what the attempts were charged")
    if (balance.settled, balance.held) != (sum(granted.values()) - spent, 0):
        problems.append(f"{balance} is not grants minus charges")
    return problems


def _context() -> Any:
    """Children start in milliseconds where a clean parent can be forked; elsewhere they start anew."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.faults.kill_child"])
    return context


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.kill_ledger", description=__doc__)
    parser.add_argument("--kills", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--mutant", choices=sorted(LEDGERS), default="", help="plant this fault")
    options = parser.parse_args(arguments)
    started = time.monotonic()
    tally = kill_often(options.kills, options.seed, options.mutant)
    rows = {
        "seed": options.seed,
        "kills": tally.kills,
        "acknowledged steps": tally.acknowledged,
        "unfinished steps retried": tally.retried,
        "open attempts recovered": tally.recovered,
        "problems": len(tally.problems),
        "seconds": round(time.monotonic() - started, 1),
    }
    for name, value in rows.items():
        sys.stdout.write(f"{name:26}{value:>10}\n")
    sys.stdout.writelines(f"{problem}\n" for problem in tally.problems[:20])
    return bool(tally.problems)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
