"""Appending to the journal: one chained row after the other, inside one write transaction."""

from __future__ import annotations

import json
from dataclasses import astuple, dataclass
from hashlib import sha256
from typing import Any

import apsw

from nexu_desktop.adapters.ledger_schema import MOVES, PREFIXES

GENESIS = bytes(32)
COLUMNS = (
    "seq, id, kind, attempt, grant_id, from_account, to_account, amount_nc, ltime_ms, wall_ms, instance, "
    "price_pico, note, prev_hash"
)


@dataclass(frozen=True, slots=True)
class Row:
    """One entry as it is stored, without its own hash. Field order is that of COLUMNS."""

    seq: int
    id: str
    kind: str
    attempt: str | None
    grant: str | None
    from_account: str
    to_account: str
    amount: int
    ltime_ms: int
    wall_ms: int
    instance: str
    price_pico: str | None
    note: str
    prev_hash: bytes

    def hash(self) -> bytes:
        """SHA-256 of the previous hash and the row as canonical JSON."""
        content = json.dumps(astuple(self)[:-1], ensure_ascii=True, separators=(",", ":"))
        return sha256(self.prev_hash + content.encode("ascii")).digest()


def entry_id(kind: str, attempt: str, grant: str | None) -> str:
    """The deterministic id of a move that belongs to an attempt."""
    return ":".join(part for part in (PREFIXES[kind], attempt, grant) if part)


class Journal:
    """The end of the chain as one transaction sees it. `now_ms` is ledger time: it never runs backwards."""

    def __init__(self, connection: apsw.Connection, instance: str, wall_ms: int) -> None:
        last: tuple[Any, ...] | None = connection.execute(
            "SELECT seq, ltime_ms, hash FROM entry ORDER BY seq DESC LIMIT 1"
        ).fetchone()
        self._connection = connection
        self._instance = instance
        self._wall_ms = wall_ms
        seq, last_ms, last_hash = last or (0, wall_ms, GENESIS)
        self._seq: int = seq
        self._hash: bytes = last_hash
        self.now_ms: int = max(last_ms, wall_ms)

    def append(
        self,
        kind: str,
        amount: int,
        *,
        entry: str,
        attempt: str | None = None,
        grant: str | None = None,
        price_pico: int | None = None,
        note: str = "",
    ) -> None:
        """Move `amount` nano-credits the one way this kind goes; `entry` is its id."""
        source, target = MOVES[kind][0]
        row = Row(
            seq=self._seq + 1,
            id=entry,
            kind=kind,
            attempt=attempt,
            grant=grant,
            from_account=source,
            to_account=target,
            amount=amount,
            ltime_ms=self.now_ms,
            wall_ms=self._wall_ms,
            instance=self._instance,
            price_pico=None if price_pico is None else str(price_pico),
            note=note,
            prev_hash=self._hash,
        )
        self._seq, self._hash = row.seq, row.hash()
        self._connection.execute(
            f"INSERT INTO entry({COLUMNS}, hash) VALUES(?{',?' * 14})", (*astuple(row), self._hash)
        )

    def move(self, kind: str, amount: int, attempt: str, grant: str | None, price: int | None = None) -> None:
        """A move of an attempt, under its deterministic id."""
        self.append(
            kind,
            amount,
            entry=entry_id(kind, attempt, grant),
            attempt=attempt,
            grant=grant,
            price_pico=price,
        )
