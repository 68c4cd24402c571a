"""The process that gets killed: a ledger under mixed use that says what it tries and what is done."""

from __future__ import annotations

from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random

from nexu_desktop.adapters.instance_lock import InstanceLock
from nexu_desktop.adapters.ledger_sqlite import LedgerSqlite
from nexu_desktop.domain.chat import Basis, Outcome
from nexu_desktop.domain.credits import Usage
from nexu_desktop.domain.errors import InsufficientCredits
from nexu_desktop.services.ports import AttemptState, Ledger, Settlement
from tests.contracts.ledger import FixedClock, a_grant, a_settlement, an_attempt
from tests.faults.mutants import LEDGERS

Step = tuple[str, str, int]  # what, attempt or grant, amount in nano-credits or tokens


def open_ledger(folder: Path, mutant: str) -> tuple[LedgerSqlite, InstanceLock]:
    instances = InstanceLock(folder / "instances")
    return LEDGERS[mutant](folder / "ledger.db", instances, FixedClock()), instances


def run(ledger: Ledger, step: Step) -> int:
    """Do one step; what was charged, -1 where nothing can be."""
    what, name, amount = step
    match what:
        case "grant":
            ledger.grant(a_grant(name, amount))
        case "hold":
            with suppress(InsufficientCredits):
                ledger.hold(an_attempt(name, amount))
        case "dispatch":
            ledger.mark_dispatched(name)
        case "checkpoint":
            ledger.checkpoint(name, amount)
        case "settle":
            return ledger.settle(a_settlement(name, amount))
        case "release":
            ledger.release(name, Outcome.FAILED, "not sent")
    return -1


def recover(ledger: Ledger) -> int:
    """Resolve what the dead left, as the program does at its start; how many."""
    attempts = ledger.open_attempts(dead_only=True)
    for attempt in attempts:
        if attempt.state is AttemptState.HELD:
            ledger.release(attempt.id, Outcome.FAILED, "not sent")
        else:
            usage = Usage(input=attempt.counted_input, output=attempt.checkpoint)
            price = attempt.checkpoint * 1000
            ledger.settle(Settlement(attempt.id, usage, Basis.COUNTED, Outcome.CUT, price))
    return len(attempts)


class Life:
    """One mixed use after the other; several attempts are open at a time."""

    def __init__(self, ledger: Ledger, seed: int) -> None:
        self._ledger = ledger
        self._random = Random(seed)
        self._seed = seed
        self._count = 0
        self._held: dict[str, int] = {}
        self._sent: dict[str, int] = {}

    def next(self) -> Step:
        choice = self._random.random()
        if choice < 0.1:
            return "grant", self._name(), self._random.randint(50, 500)
        if choice < 0.4 or not (self._held or self._sent):
            return "hold", self._name(), self._random.randint(1, 60)
        if self._held and (choice < 0.65 or not self._sent):
            return self._random.choice(("dispatch", "dispatch", "release")), next(iter(self._held)), 0
        name, held = self._random.choice(list(self._sent.items()))
        if choice < 0.75:
            return "checkpoint", name, self._random.randint(1, held)
        return "settle", name, self._random.choice((held, held // 2, held + 3, 0))

    def done(self, step: Step) -> None:
        what, name, amount = step
        if what == "hold" and self._ledger.attempt(name).state is AttemptState.HELD:
            self._held[name] = amount
        elif what in ("dispatch", "release"):
            held = self._held.pop(name)
            if what == "dispatch":
                self._sent[name] = held
        elif what == "settle":
            del self._sent[name]

    def _name(self) -> str:
        self._count += 1
        return f"s{self._seed}-{self._count}"


def live(folder: Path, seed: int, mutant: str, say: Connection) -> None:
    """Recover, then use the ledger until killed."""
    ledger, _instances = open_ledger(folder, mutant)
    recover(ledger)
    life = Life(ledger, seed)
    early = mutant == "acknowledges early"
    while True:
        step = life.next()
        say.send(("try", step, -1))
        if early:
            say.send(("done", step, step[2] if step[0] == "settle" else -1))
        result = run(ledger, step)
        if not early:
            say.send(("done", step, result))
        life.done(step)
