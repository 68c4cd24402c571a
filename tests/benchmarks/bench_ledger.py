"""One hold and one settlement on disk, synchronous FULL."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from nexu_desktop.adapters.clock import SystemClock, new_id
from nexu_desktop.adapters.instance_lock import InstanceLock
from nexu_desktop.adapters.ledger_sqlite import LedgerSqlite
from nexu_desktop.domain.chat import Basis, Lane, ModelRef, Outcome
from nexu_desktop.domain.credits import NANO_PER_CREDIT, Nanocredits, Usage
from nexu_desktop.services.ports import Grant, NewAttempt, Settlement
from tests.benchmarks.figures import spread

RUNS = 2_000
REF = ModelRef(Lane.SANDBOX, "sandbox", "gemini-3-flash-preview")


def run(directory: Path) -> Iterator[tuple[str, str, str]]:
    locks = InstanceLock(directory / "instances")
    ledger = LedgerSqlite(directory / "ledger.db", locks, SystemClock())
    ledger.grant(Grant("g:bench:1", Nanocredits(1_000_000 * NANO_PER_CREDIT), "bench"))
    times = []
    for _ in range(RUNS):
        attempt = new_id()
        began = time.perf_counter()
        ledger.hold(NewAttempt(attempt, attempt, REF, "card", Nanocredits(10**9), Nanocredits(1), 10, 10))
        ledger.mark_dispatched(attempt)
        ledger.settle(
            Settlement(attempt, Usage(10, output=10), Basis.PROVIDER, Outcome.COMPLETE, 3_500_000_000)
        )
        times.append((time.perf_counter() - began) * 1000)
    yield f"hold + dispatch + settle, {RUNS:,} runs, p50 / p95 / p99 / max", spread(times), "ms"
    began = time.perf_counter()
    violations = ledger.verify()
    took = (time.perf_counter() - began) * 1000
    yield (
        f"verify {len(ledger.entries(limit=10**6)):,} entries",
        f"{took:.0f} ms",
        f"{len(violations)} violations",
    )
    times = []
    for _ in range(200):
        began = time.perf_counter()
        ledger.balance()
        times.append((time.perf_counter() - began) * 1000)
    yield "read the balance, p50 / p95 / p99 / max", spread(times), "ms"
    ledger.close()
    locks.close()
