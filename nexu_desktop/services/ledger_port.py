"""The ledger as the stories need it: values of holds, charges and grants, and the one Protocol."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from nexu_desktop.domain.chat import Basis, ModelRef, Outcome, Purpose
from nexu_desktop.domain.credits import Balance, Nanocredits, Usage


class GrantCategory(StrEnum):
    PROMO = "promo"
    PLAN = "plan"
    PAID = "paid"


@dataclass(frozen=True, slots=True)
class Grant:
    """Credits given. `id` is 'g:<source>:<ref>'; the same id with the same content has no second effect.

    `expires_ms` None: never. Burned in order of priority (0 first), expiry, category, effective time.
    """

    id: str
    amount: Nanocredits
    source: str
    note: str = ""
    category: GrantCategory = GrantCategory.PROMO
    priority: int = 50
    effective_ms: int = 0
    expires_ms: int | None = None


@dataclass(frozen=True, slots=True)
class NewAttempt:
    """One HTTP request that credits may pay: `amount` is the most it can cost. `id` is a UUIDv7."""

    id: str
    message: str
    ref: ModelRef
    card: str
    amount: Nanocredits
    estimated: Nanocredits
    counted_input: int
    predicted_output: int
    purpose: Purpose = Purpose.MESSAGE


class AttemptState(StrEnum):
    HELD = "held"
    DISPATCHED = "dispatched"
    SETTLED = "settled"
    VOIDED = "voided"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt as stored. `checkpoint` are output tokens counted so far; `charged` None while open."""

    id: str
    message: str
    ref: ModelRef
    card: str
    state: AttemptState
    held: Nanocredits
    estimated: Nanocredits
    counted_input: int
    checkpoint: int
    charged: Nanocredits | None
    usage: Usage | None
    basis: Basis
    outcome: Outcome | None
    started_ms: int
    predicted_output: int = 0
    purpose: Purpose = Purpose.MESSAGE


@dataclass(frozen=True, slots=True)
class Settlement:
    """How an attempt ended. `price_pico` is the exact price by the pinned card; the charge is its ceiling."""

    attempt: str
    usage: Usage
    basis: Basis
    outcome: Outcome
    price_pico: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the journal: `amount` nano-credits moved from one account to another.

    `purpose` is what its attempt was made for, None for an entry without one.
    """

    seq: int
    id: str
    kind: str
    attempt: str | None
    grant: str | None
    from_account: str
    to_account: str
    amount: Nanocredits
    at_ms: int
    note: str = ""
    purpose: Purpose | None = None


@dataclass(frozen=True, slots=True)
class Violation:
    """One invariant that does not hold, with what was found."""

    invariant: str
    found: str


class Ledger(Protocol):
    """One wallet on disk. Every method is one durable transaction; all raise StorageFailed children.

    An attempt is closed at most once: closing it again with the same content returns the first result,
    with other content raises LedgerConflict.
    """

    def balance(self) -> Balance: ...

    def grant(self, grant: Grant) -> bool:
        """True if it was new. Raises LedgerConflict for the same id with other content, BadInput for amount <= 0."""
        ...

    def hold(self, attempt: NewAttempt) -> None:
        """Reserve the amount under the write lock. Raises InsufficientCredits; the attempt id is then burned."""
        ...

    def mark_dispatched(self, attempt: str) -> None:
        """Commit before the first request byte is written."""
        ...

    def checkpoint(self, attempt: str, output_tokens: int) -> None: ...

    def record_usage(self, attempt: str, raw: str, verdict: str) -> None:
        """Keep every usage block seen; verdict 'used', 'duplicate', 'late' or 'invalid'."""
        ...

    def settle(self, settlement: Settlement) -> Nanocredits:
        """Charge and release in one transaction; overrun is taken from free credits, then becomes debt."""
        ...

    def release(self, attempt: str, outcome: Outcome, note: str) -> None:
        """Give the whole hold back."""
        ...

    def open_attempts(self, *, dead_only: bool) -> tuple[Attempt, ...]:
        """Attempts not yet closed; `dead_only`: whose process is gone, known by its lock, never by pid or age."""
        ...

    def attempt(self, attempt: str) -> Attempt | None: ...

    def attempts(self, *, limit: int) -> tuple[Attempt, ...]:
        """Newest first."""
        ...

    def entries(self, *, limit: int) -> tuple[Entry, ...]:
        """Newest first."""
        ...

    def verify(self) -> tuple[Violation, ...]:
        """Replay every entry and check the invariants; empty means sound."""
        ...

    def close(self) -> None: ...
