"""The tables of chats.db, version by version, and how their rows become values."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from nexu_desktop.adapters.whole_text import whole_text
from nexu_desktop.domain.chat import Basis, Conversation, Message, ModelRef, Outcome, Receipt, Role
from nexu_desktop.domain.credits import Nanocredits, Nanodollars, Usage

APPLICATION_ID = 0x4E584348  # "NXCH"

# `title_key` is the title folded for searching: SQLite's own LIKE ignores case in ASCII only.
# A removed message stays as an empty row, and receipts are rows of their own, so that what a
# conversation has cost cannot fall, and a reply that arrives after its removal is still accounted for.
_VERSION_1 = """
CREATE TABLE conversation (
    id          TEXT PRIMARY KEY,
    title       TEXT NOT NULL,
    title_key   TEXT NOT NULL,
    ref         TEXT,
    created_ms  INTEGER NOT NULL,
    updated_ms  INTEGER NOT NULL,
    draft       TEXT NOT NULL,
    system      TEXT NOT NULL,
    deleted_ms  INTEGER
) STRICT;
CREATE INDEX conversation_newest ON conversation (updated_ms);
CREATE TABLE message (
    seq          INTEGER PRIMARY KEY,
    id           TEXT NOT NULL UNIQUE,
    conversation TEXT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    role         TEXT NOT NULL CHECK (role IN ('system', 'user', 'assistant', 'note')),
    text         TEXT NOT NULL,
    reasoning    TEXT NOT NULL,
    ref          TEXT,
    created_ms   INTEGER NOT NULL,
    streaming    INTEGER NOT NULL CHECK (streaming IN (0, 1)),
    removed      INTEGER NOT NULL DEFAULT 0 CHECK (removed IN (0, 1)),
    attempt      TEXT
) STRICT;
CREATE INDEX message_order ON message (conversation, seq);
CREATE INDEX message_streaming ON message (seq) WHERE streaming = 1;
CREATE TABLE receipt (
    attempt           TEXT PRIMARY KEY,
    conversation      TEXT REFERENCES conversation (id) ON DELETE SET NULL,
    ref               TEXT NOT NULL,
    outcome           TEXT NOT NULL,
    input             INTEGER NOT NULL,
    cached_input      INTEGER NOT NULL,
    cache_write       INTEGER NOT NULL,
    output            INTEGER NOT NULL,
    reasoning         INTEGER NOT NULL,
    basis             TEXT NOT NULL,
    charged           INTEGER,
    estimated         INTEGER,
    card              TEXT,
    finished_ms       INTEGER NOT NULL,
    elapsed_ms        INTEGER NOT NULL,
    dollars           INTEGER,
    dollars_estimated INTEGER,
    unconfirmed       INTEGER NOT NULL CHECK (unconfirmed IN (0, 1)),
    error             TEXT NOT NULL,
    predicted         INTEGER
) STRICT;
CREATE INDEX receipt_spent ON receipt (conversation, charged);
CREATE INDEX receipt_ref ON receipt (ref, outcome, finished_ms);
"""

MIGRATIONS = (_VERSION_1,)

RECEIPT_COLUMNS = (
    "attempt, ref, outcome, input, cached_input, cache_write, output, reasoning, basis, charged, estimated, "
    "card, finished_ms, elapsed_ms, dollars, dollars_estimated, unconfirmed, error"
)
CONVERSATION = """
SELECT id, title, ref, created_ms, updated_ms, draft, system,
       (SELECT coalesce(sum(charged), 0) FROM receipt WHERE receipt.conversation = conversation.id)
FROM conversation WHERE deleted_ms IS NULL
"""
MESSAGE = f"""
SELECT m.id, m.conversation, m.role, m.text, m.created_ms, m.reasoning, m.ref, m.streaming,
       {", ".join("r." + column.strip() for column in RECEIPT_COLUMNS.split(","))}
FROM message AS m LEFT JOIN receipt AS r ON r.attempt = m.attempt WHERE NOT m.removed
"""

Row = tuple[Any, ...]


def conversation_of(row: Row) -> Conversation:
    identity, title, ref, created_ms, updated_ms, draft, system, spent = row
    return Conversation(identity, title, _ref(ref), created_ms, updated_ms, draft, system, Nanocredits(spent))


def message_of(row: Row) -> Message:
    identity, conversation, role, text, created_ms, reasoning, ref, streaming, *receipt = row
    return Message(
        id=identity,
        conversation=conversation,
        role=Role(role),
        text=text,
        created_ms=created_ms,
        reasoning=reasoning,
        ref=_ref(ref),
        receipt=None if receipt[0] is None else _receipt(receipt),
        streaming=bool(streaming),
    )


def _receipt(row: list[Any]) -> Receipt:
    attempt, ref, outcome, *tokens = row[:8]
    basis, charged, estimated, card, finished_ms, elapsed_ms, dollars, guess, unconfirmed, error = row[8:]
    return Receipt(
        attempt=attempt,
        ref=_known_ref(ref),
        outcome=Outcome(outcome),
        usage=Usage(*tokens),
        basis=Basis(basis),
        charged=None if charged is None else Nanocredits(charged),
        estimated=None if estimated is None else Nanocredits(estimated),
        card=card,
        finished_ms=finished_ms,
        elapsed_ms=elapsed_ms,
        dollars=None if dollars is None else Nanodollars(dollars),
        dollars_estimated=None if guess is None else Nanodollars(guess),
        unconfirmed=bool(unconfirmed),
        error=error,
    )


def receipt_row(receipt: Receipt) -> Row:
    """In the order of RECEIPT_COLUMNS."""
    usage = receipt.usage
    tokens = (usage.input, usage.cached_input, usage.cache_write, usage.output, usage.reasoning)
    return (
        receipt.attempt, str(receipt.ref), receipt.outcome.value, *tokens, receipt.basis.value,
        receipt.charged, receipt.estimated, receipt.card, receipt.finished_ms, receipt.elapsed_ms,
        receipt.dollars, receipt.dollars_estimated, int(receipt.unconfirmed), whole_text(receipt.error),
    )  # fmt: skip


def message_row(message: Message) -> Row:
    """id, conversation, role, text, reasoning, ref, created_ms, streaming, attempt."""
    return (
        message.id, message.conversation, message.role.value,
        whole_text(message.text), whole_text(message.reasoning), ref_text(message.ref),
        message.created_ms, int(message.streaming), message.receipt.attempt if message.receipt else None,
    )  # fmt: skip


def ref_text(ref: ModelRef | None) -> str | None:
    return None if ref is None else str(ref)


def _ref(text: str | None) -> ModelRef | None:
    return None if text is None else _known_ref(text)


@lru_cache(maxsize=256)
def _known_ref(text: str) -> ModelRef:
    return ModelRef.parse(text)
