"""Rows of the ledger as values and back; nothing here decides anything."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import Any

import apsw

from nexu_desktop.domain.chat import Basis, ModelRef, Outcome, Purpose
from nexu_desktop.domain.credits import PICO_PER_NANO, Nanocredits, Usage, ceil_div
from nexu_desktop.services.ports import Attempt, AttemptState, Entry, Grant, NewAttempt

ATTEMPTS = """
SELECT a.id, a.message, a.ref, a.card, a.state, a.amount_nc, a.estimated_nc, a.counted_input, a.checkpoint,
    a.started_ms, a.predicted_output, a.purpose, c.kind, c.charged_nc, c.outcome, c.basis,
    c.input, c.cached_input, c.cache_write, c.output, c.reasoning
FROM attempt AS a LEFT JOIN closing AS c ON c.attempt = a.id
"""
ENTRIES = """
SELECT e.seq, e.id, e.kind, e.attempt, e.grant_id, e.from_account, e.to_account, e.amount_nc, e.wall_ms,
    e.note, a.purpose
FROM entry AS e LEFT JOIN attempt AS a ON a.id = e.attempt
"""

NOTHING_USED = Usage()


def attempt_from(row: tuple[Any, ...]) -> Attempt:
    """One row of ATTEMPTS."""
    name, message, ref, card, state, amount, estimated, counted, checkpoint, started, *rest = row
    predicted, purpose, *closing = rest
    kind, charged, outcome, basis, *usage = closing
    return Attempt(
        id=name,
        message=message,
        ref=ModelRef.parse(ref),
        card=card,
        state=AttemptState(state),
        held=Nanocredits(0 if state == AttemptState.REFUSED else amount),
        estimated=Nanocredits(estimated),
        counted_input=counted,
        checkpoint=checkpoint,
        charged=None if kind is None else Nanocredits(charged),
        usage=Usage(*usage) if kind == AttemptState.SETTLED else None,
        basis=Basis.NONE if basis is None else Basis(basis),
        outcome=None if outcome is None else Outcome(outcome),
        started_ms=started,
        predicted_output=predicted,
        purpose=Purpose(purpose),
    )


def entry_from(row: tuple[Any, ...]) -> Entry:
    """One row of ENTRIES."""
    *columns, purpose = row
    fields = (*columns, None if purpose is None else Purpose(purpose))
    return Entry(*fields)


def grant_content(grant: Grant) -> tuple[object, ...]:
    """What must be equal when the same grant comes again; the columns of credit_grant after its id."""
    return (
        grant.amount,
        grant.source,
        grant.note,
        grant.category.value,
        grant.priority,
        grant.effective_ms,
        grant.expires_ms,
    )


def stored_grant(connection: apsw.Connection, name: str) -> tuple[object, ...] | None:
    return connection.execute(
        """SELECT amount_nc, source, note, category, priority, effective_ms, expires_ms
        FROM credit_grant WHERE id = ?""",
        (name,),
    ).fetchone()


def insert_grant(connection: apsw.Connection, grant: Grant) -> None:
    connection.execute(
        """INSERT INTO credit_grant(id, amount_nc, source, note, category, priority, effective_ms, expires_ms)
        VALUES(?,?,?,?,?,?,?,?)""",
        (grant.id, *grant_content(grant)),
    )


def stored_owner(connection: apsw.Connection) -> str:
    return connection.execute("SELECT account FROM owner").get or ""


def insert_owner(connection: apsw.Connection, account: str, now_ms: int) -> None:
    """The first one stays; '' is nobody."""
    if account:
        connection.execute("INSERT INTO owner VALUES(1, ?, ?) ON CONFLICT DO NOTHING", (account, now_ms))


def attempt_content(new: NewAttempt) -> tuple[object, ...]:
    """What must be equal when the same hold comes again."""
    return (
        new.message,
        str(new.ref),
        new.card,
        new.amount,
        new.estimated,
        new.counted_input,
        new.predicted_output,
        new.purpose.value,
    )


def stored_attempt(connection: apsw.Connection, name: str) -> tuple[object, ...] | None:
    return connection.execute(
        """SELECT message, ref, card, amount_nc, estimated_nc, counted_input, predicted_output, purpose
        FROM attempt WHERE id = ?""",
        (name,),
    ).fetchone()


def insert_attempt(
    connection: apsw.Connection,
    new: NewAttempt,
    instance: str,
    wall_ms: int,
    refusal: tuple[int, int] | None,
) -> None:
    """`refusal` is (shortfall, available) of an attempt that was not admitted."""
    state = AttemptState.REFUSED if refusal else AttemptState.HELD
    connection.execute(
        """INSERT INTO attempt(id, message, ref, card, amount_nc, estimated_nc, counted_input,
            predicted_output, purpose, state, instance, started_ms, shortfall_nc, available_nc)
        VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?)""",
        (new.id, *attempt_content(new), state.value, instance, wall_ms, *(refusal or (None, None))),
    )


def stored_refusal(connection: apsw.Connection, name: str) -> tuple[int, int] | None:
    """(shortfall, available) of a burned attempt."""
    return connection.execute(
        "SELECT shortfall_nc, available_nc FROM attempt WHERE id = ? AND state = 'refused'", (name,)
    ).fetchone()


@dataclass(frozen=True, slots=True)
class Closing:
    """How an attempt was closed: settled, or voided with nothing charged."""

    attempt: str
    kind: AttemptState
    outcome: Outcome
    basis: Basis = Basis.NONE
    usage: Usage = NOTHING_USED
    price_pico: int = 0
    note: str = ""

    @property
    def charged(self) -> Nanocredits:
        return Nanocredits(ceil_div(self.price_pico, PICO_PER_NANO))


def stored_closing(connection: apsw.Connection, attempt: str) -> Closing | None:
    row = connection.execute(
        """SELECT kind, outcome, basis, price_pico, note, input, cached_input, cache_write, output, reasoning
        FROM closing WHERE attempt = ?""",
        (attempt,),
    ).fetchone()
    if row is None:
        return None
    kind, outcome, basis, price, note, *usage = row
    return Closing(
        attempt, AttemptState(kind), Outcome(outcome), Basis(basis), Usage(*usage), int(price), note
    )


def insert_closing(connection: apsw.Connection, closing: Closing, wall_ms: int) -> None:
    """The row that can exist once, and the state that follows from it."""
    connection.execute(
        """INSERT INTO closing(attempt, kind, outcome, basis, input, cached_input, cache_write, output,
            reasoning, price_pico, charged_nc, note, closed_ms)
        VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)""",
        (
            closing.attempt,
            closing.kind.value,
            closing.outcome.value,
            closing.basis.value,
            *astuple(closing.usage),
            str(closing.price_pico),  # may be wider than 64 bits
            closing.charged,
            closing.note,
            wall_ms,
        ),
    )
    connection.execute("UPDATE attempt SET state = ? WHERE id = ?", (closing.kind.value, closing.attempt))
