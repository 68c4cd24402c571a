"""Receipts in chats.db: what answers have cost, how long they were, how the provider counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import apsw

from nexu_desktop.adapters.chats_schema import RECEIPT_COLUMNS, receipt_of, receipt_row
from nexu_desktop.domain.calibration import Sample
from nexu_desktop.domain.chat import Lane, ModelRef, Purpose, Receipt
from nexu_desktop.domain.forecast import Reply

# A second saving (recovery, the transcript after the ledger) may know less than the first: what it leaves out stays.
_NAMES = tuple(name.strip() for name in f"{RECEIPT_COLUMNS}, conversation".split(","))
_KEPT = {
    "purpose": "coalesce(nullif(excluded.purpose, 'message'), purpose)",
    "effort": "coalesce(nullif(excluded.effort, ''), effort)",
    "first": "max(excluded.first, first)",
} | {
    name: f"coalesce(excluded.{name}, {name})"
    for name in _NAMES
    if name in ("conversation", "predicted", "limited") or name.startswith("expected_")
}
_CHANGES = ", ".join(f"{name} = {_KEPT.get(name, f'excluded.{name}')}" for name in _NAMES)
_STORE = (
    f"INSERT INTO receipt ({', '.join(_NAMES)}) VALUES ({', '.join('?' * len(_NAMES))})"
    f" ON CONFLICT (attempt) DO UPDATE SET {_CHANGES}"
)

_SAMPLES = """
SELECT finished_ms, attempt, expected_counted, input + cached_input + cache_write AS reported FROM receipt
WHERE ref = ? AND basis = 'provider' AND expected_counted > 0 AND reported > 0
    AND finished_ms > coalesce((SELECT at_ms FROM calibration_reset WHERE provider = ? AND model = ?), 0)
ORDER BY finished_ms DESC, attempt DESC LIMIT ?
"""


def store(db: apsw.Connection, receipt: Receipt, conversation: str | None) -> None:
    """One row per attempt; where it is and what was expected are not forgotten by a second saving."""
    db.execute(_STORE, (*receipt_row(receipt), conversation))


def replies(db: apsw.Connection, ref: ModelRef, effort: str, limit: int) -> tuple[Reply, ...]:
    """Complete answers to messages, newest last."""
    return _replies(db, "receipt_reply", "ref = ? AND effort = ?", (str(ref), effort, limit))


def conversation_replies(db: apsw.Connection, conversation: str, limit: int) -> tuple[Reply, ...]:
    """Complete answers to messages, newest last, of every model."""
    return _replies(db, "receipt_spent", "conversation = ?", (conversation, limit))


def _replies(db: apsw.Connection, index: str, which: str, values: tuple[str | int, ...]) -> tuple[Reply, ...]:
    """The index is named: SQLite would take a whole purpose for fewer rows than one conversation."""
    rows: list[Any] = db.execute(
        "SELECT output + reasoning, predicted, reasoning, first, expected_low, expected_high"
        f" FROM receipt INDEXED BY {index} WHERE {which}"
        " AND outcome = 'complete' AND purpose = 'message' AND output + reasoning > 0"
        " AND limited IS NULL"  # how long it would have been nobody knows
        " ORDER BY finished_ms DESC, attempt DESC LIMIT ?",
        values,
    ).fetchall()
    return tuple(_reply(*row) for row in reversed(rows))


def _reply(
    tokens: int, predicted: int | None, thought: int, first: int, low: int | None, high: int | None
) -> Reply:
    return Reply(tokens, predicted, thought, bool(first), low, high)


def newest(
    db: apsw.Connection, ref: ModelRef | None, purposes: Sequence[Purpose], limit: int
) -> tuple[Receipt, ...]:
    """Newest last."""
    where, refs = ("purpose = ?", ()) if ref is None else ("purpose = ? AND ref = ?", (str(ref),))
    found: list[Receipt] = []
    for purpose in (
        purposes or Purpose
    ):  # one walk each: an index gives the newest of one purpose, not of several
        rows = db.execute(
            f"SELECT {RECEIPT_COLUMNS} FROM receipt WHERE {where} ORDER BY finished_ms DESC, attempt DESC LIMIT ?",
            (purpose.value, *refs, limit),
        )
        found += map(receipt_of, rows)
    found.sort(key=lambda one: (one.finished_ms, one.attempt))
    return tuple(found[-limit:])


def samples(db: apsw.Connection, provider: str, model: str, limit: int) -> tuple[Sample, ...]:
    """Of every lane on which this provider serves this model, newest last."""
    found: list[Any] = []
    for lane in Lane:  # one walk each: an index gives the newest of one ref, not of several
        found += db.execute(_SAMPLES, (str(ModelRef(lane, provider, model)), provider, model, limit))
    return tuple(Sample(counted, reported) for *_, counted, reported in sorted(found)[-limit:])


def spent(db: apsw.Connection, lane: Lane, since_ms: int, conversation: str | None) -> int:
    """Nano-credits, or nano-dollars on a lane that spends no credits."""
    column = "charged" if lane.spends_credits else "dollars"
    where = (
        "+ref >= ? AND +ref < ? AND finished_ms >= ?"  # +: a lane is most of the rows, time is few of them
    )
    values: tuple[str | int, ...] = (f"{lane.value}/", f"{lane.value}0", since_ms)  # '0' is what follows '/'
    if conversation is not None:
        where, values = f"{where} AND conversation = ?", (*values, conversation)
    total: int = db.execute(f"SELECT coalesce(sum({column}), 0) FROM receipt WHERE {where}", values).get
    return total
