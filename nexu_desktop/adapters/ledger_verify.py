"""Is the ledger sound? Each invariant is a query that must return nothing, or a comparison with a replay."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import apsw

from nexu_desktop.adapters.ledger_journal import COLUMNS, GENESIS, Row
from nexu_desktop.adapters.ledger_schema import CHARGES, MOVES, PREFIXES
from nexu_desktop.domain.credits import PICO_PER_NANO, ceil_div
from nexu_desktop.services.ports import Violation

WALLET = ("free", "held", "debt")
FROZEN = ("wallet", "credit_grant", "closing", "usage_report", "entry")
_ID = " ".join(f"WHEN '{kind}' THEN '{prefix}:' || attempt" for kind, prefix in PREFIXES.items())
_CHARGES = ", ".join(f"'{kind}'" for kind in CHARGES)
_MOVES = ", ".join(f"'{kind}{source}{target}'" for kind, moves in MOVES.items() for source, target in moves)

QUERIES: dict[str, str] = {
    "I1 every entry is a known move of a positive amount": f"""
        SELECT id FROM entry WHERE typeof(amount_nc) <> 'integer' OR amount_nc <= 0
            OR from_account = to_account OR kind || from_account || to_account NOT IN ({_MOVES})""",
    "I4 no grant gives more than it was": """
        SELECT g.id FROM credit_grant AS g LEFT JOIN entry AS e ON e.grant_id = g.id GROUP BY g.id
        HAVING sum(e.amount_nc * (e.kind = 'grant')) IS NOT g.amount_nc
            OR sum(e.amount_nc * ((e.from_account IN ('free', 'held') AND e.to_account NOT IN ('free', 'held'))
                - (e.kind = 'refund'))) > g.amount_nc""",
    "I5 a hold is what was asked for, and closed it is charged or released whole": """
        SELECT a.id FROM attempt AS a LEFT JOIN entry AS e ON e.attempt = a.id GROUP BY a.id
        HAVING coalesce(sum(e.amount_nc * (e.kind = 'hold')), 0) <> (a.state <> 'refused') * a.amount_nc
            OR (a.state IN ('settled', 'voided') AND sum(e.amount_nc * (e.kind = 'hold'))
                <> sum(e.amount_nc * (e.kind IN ('charge', 'release'))))""",
    "I6 an attempt is closed once, in the way its state says": """
        SELECT a.id FROM attempt AS a LEFT JOIN closing AS c ON c.attempt = a.id
        GROUP BY a.id HAVING count(c.kind) <> (a.state IN ('settled', 'voided')) OR max(c.kind) <> a.state""",
    "I7 charge and release stand together": """
        SELECT DISTINCT e.attempt FROM entry AS e JOIN attempt AS a ON a.id = e.attempt
        WHERE e.kind IN ('charge', 'overage', 'debt', 'release') AND a.state NOT IN ('settled', 'voided')""",
    "I8 the entries charge what the closing says": f"""
        SELECT c.attempt FROM closing AS c LEFT JOIN entry AS e ON e.attempt = c.attempt
            AND e.kind IN ({_CHARGES}) GROUP BY c.attempt
        HAVING coalesce(sum(e.amount_nc), 0) <> c.charged_nc
            OR max(e.price_pico <> c.price_pico) OR (c.kind = 'voided' AND c.charged_nc <> 0)""",
    "I10 nothing is dispatched without its hold": """
        SELECT id FROM attempt AS a WHERE dispatched_ms IS NOT NULL AND amount_nc > 0
            AND NOT EXISTS (SELECT 1 FROM entry WHERE attempt = a.id AND kind = 'hold')""",
    "I13 every id names its attempt and grant": f"""
        SELECT id FROM entry WHERE kind = 'grant' AND id IS NOT grant_id OR attempt IS NOT NULL AND NOT
            (coalesce(instr(id || ':', CASE kind {_ID} END || coalesce(':' || grant_id, '') || ':') = 1, 0)
                OR kind IN ('adjust', 'refund'))""",
    "I16 only grants that are good pay": """
        SELECT e.id FROM entry AS e JOIN credit_grant AS g ON g.id = e.grant_id
        WHERE e.kind IN ('hold', 'overage', 'debt payment')
            AND (e.ltime_ms < g.effective_ms OR e.ltime_ms >= g.expires_ms)""",
    "I17 the triggers that keep rows are there": " UNION ALL ".join(
        f"SELECT '{table}_no_{verb}' WHERE NOT EXISTS (SELECT 1 FROM sqlite_schema"
        f" WHERE type = 'trigger' AND name = '{table}_no_{verb}')"
        for table in FROZEN
        for verb in ("update", "delete")
    ),
}


@dataclass(slots=True)
class Replay:
    """The accounts after the entries taken so far; nothing is read from a cache."""

    seq: int = 0
    ltime_ms: int = 0
    hash: bytes = GENESIS
    free: Counter[str] = field(default_factory=Counter)
    held: Counter[str] = field(default_factory=Counter)
    owed: Counter[str] = field(default_factory=Counter)
    accounts: Counter[str] = field(default_factory=Counter)

    def take(self, row: Row, stored_hash: bytes) -> Iterator[Violation]:
        """One entry; what it breaks."""
        if row.seq != self.seq + 1:
            yield Violation("I11 no gaps", f"entry {row.seq} follows {self.seq}")
        if row.ltime_ms < self.ltime_ms:
            yield Violation("I11 time never runs back", row.id)
        if row.prev_hash != self.hash or row.hash() != stored_hash:
            yield Violation("I11 each entry seals the one before", row.id)
        self.seq, self.ltime_ms, self.hash = row.seq, row.ltime_ms, stored_hash
        yield from self._move(row)

    def _move(self, row: Row) -> Iterator[Violation]:
        self.accounts[row.to_account] += row.amount
        self.accounts[row.from_account] -= row.amount
        grant, attempt = row.grant or "", row.attempt or ""
        self.free[grant] += row.amount * ((row.to_account == "free") - (row.from_account == "free"))
        self.held[grant] += row.amount * ((row.to_account == "held") - (row.from_account == "held"))
        self.owed[attempt] += row.amount * ((row.from_account == "debt") - (row.to_account == "debt"))
        if min(self.free[grant], self.held[grant], self.owed[attempt]) < 0:
            yield Violation("I3 no account below zero", row.id)


def violations(connection: apsw.Connection) -> tuple[Violation, ...]:
    """Every invariant that does not hold; reads the whole file."""
    replay = Replay()
    return (
        *_file(connection),
        *_rows(connection, replay),
        *_cached(connection, replay),
        *_prices(connection),
        *(
            Violation(name, str(found))
            for name, query in QUERIES.items()
            for (found,) in connection.execute(query)
        ),
    )


def _file(connection: apsw.Connection) -> Iterator[Violation]:
    for (said,) in connection.execute("PRAGMA quick_check"):
        if said != "ok":
            yield Violation("the file is whole", said)
    for table, rowid, parent, _ in connection.execute("PRAGMA foreign_key_check"):
        yield Violation("every row finds what it names", f"{table} {rowid}: {parent}")


def _rows(connection: apsw.Connection, replay: Replay) -> Iterator[Violation]:
    for *columns, stored in connection.execute(f"SELECT {COLUMNS}, hash FROM entry ORDER BY seq"):
        yield from replay.take(Row(*columns), stored)


def _cached(connection: apsw.Connection, replay: Replay) -> Iterator[Violation]:
    """The caches equal the replay, and both equal what came in from outside and has not gone out."""
    slices: list[Any] = connection.execute("SELECT grant_id, free_nc, held_nc FROM slice").fetchall()
    debts: list[Any] = connection.execute("SELECT attempt, owed_nc FROM debt").fetchall()
    cached: tuple[Counter[str], ...] = (
        Counter({grant: free for grant, free, _ in slices}),
        Counter({grant: held for grant, _, held in slices}),
        Counter(dict(debts)),
    )
    for name, cache, replayed in zip(WALLET, cached, (replay.free, replay.held, replay.owed), strict=True):
        if cache != replayed:  # Counters: a missing key is a zero
            yield Violation("I12 the balances are what the entries say", name)
    inside = sum(amount for _, *pair in slices for amount in pair) - sum(owed for _, owed in debts)
    outside = sum(amount for name, amount in replay.accounts.items() if name not in WALLET)
    if inside + outside:
        yield Violation("I2 all accounts sum to zero", str(inside + outside))


def _prices(connection: apsw.Connection) -> Iterator[Violation]:
    """Here and not in SQL: a price may be wider than 64 bits."""
    for attempt, price, charged in connection.execute("SELECT attempt, price_pico, charged_nc FROM closing"):
        if ceil_div(int(price), PICO_PER_NANO) != charged:
            yield Violation("I8 the charge is the price, rounded up once", attempt)
