"""The tables of chats.db, version by version, and how their rows become values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple
from functools import lru_cache
from typing import Any

from nexu_desktop.adapters.whole_text import whole_text
from nexu_desktop.domain.chat import (
    Attachment,
    AttachmentKind,
    Basis,
    ContextRules,
    Conversation,
    Expected,
    Message,
    ModelRef,
    Outcome,
    Purpose,
    Receipt,
    Role,
)
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

# What is sent again, files, and what had been expected of an answer beside what came. `predicted` of version 1
# is the likely length. An attachment without a message belongs to the draft of its conversation; its bytes are
# the last column, so that reading the others does not walk over them. Each index of receipts answers one question
# from its end, or holds all it sums, however long the history is.
_VERSION_2 = """
ALTER TABLE conversation ADD COLUMN keep_last INTEGER;
ALTER TABLE conversation ADD COLUMN drop_files INTEGER NOT NULL DEFAULT 0 CHECK (drop_files IN (0, 1));
ALTER TABLE conversation ADD COLUMN drop_system INTEGER NOT NULL DEFAULT 0 CHECK (drop_system IN (0, 1));
ALTER TABLE conversation ADD COLUMN effort TEXT NOT NULL DEFAULT '';
ALTER TABLE message ADD COLUMN dropped INTEGER NOT NULL DEFAULT 0 CHECK (dropped IN (0, 1));
ALTER TABLE receipt ADD COLUMN purpose TEXT NOT NULL DEFAULT 'message';
ALTER TABLE receipt ADD COLUMN effort TEXT NOT NULL DEFAULT '';
ALTER TABLE receipt ADD COLUMN first INTEGER NOT NULL DEFAULT 0 CHECK (first IN (0, 1));
ALTER TABLE receipt ADD COLUMN expected_counted INTEGER;
ALTER TABLE receipt ADD COLUMN expected_input INTEGER;
ALTER TABLE receipt ADD COLUMN expected_low INTEGER;
ALTER TABLE receipt ADD COLUMN expected_high INTEGER;
ALTER TABLE receipt ADD COLUMN expected_reasoning INTEGER;
ALTER TABLE receipt ADD COLUMN expected_cost_low INTEGER;
ALTER TABLE receipt ADD COLUMN expected_cost_high INTEGER;
DROP INDEX receipt_spent;
DROP INDEX receipt_ref;
CREATE INDEX receipt_spent ON receipt (conversation, finished_ms, ref, charged, dollars);
CREATE INDEX receipt_time ON receipt (finished_ms, ref, charged, dollars);
CREATE INDEX receipt_purpose ON receipt (purpose, finished_ms, attempt);
CREATE INDEX receipt_ref ON receipt (ref, purpose, finished_ms, attempt);
CREATE INDEX receipt_reply ON receipt (ref, effort, finished_ms, attempt)
    WHERE outcome = 'complete' AND purpose = 'message' AND output + reasoning > 0;
CREATE INDEX receipt_sample ON receipt (ref, finished_ms, attempt)
    WHERE basis = 'provider' AND expected_counted > 0;
CREATE TABLE attachment (
    seq          INTEGER PRIMARY KEY,
    id           TEXT NOT NULL UNIQUE,
    conversation TEXT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    message      TEXT,
    kind         TEXT NOT NULL,
    name         TEXT NOT NULL,
    media_type   TEXT NOT NULL,
    size         INTEGER NOT NULL CHECK (size >= 0),
    text         TEXT NOT NULL,
    width        INTEGER NOT NULL,
    height       INTEGER NOT NULL,
    dropped      INTEGER NOT NULL DEFAULT 0 CHECK (dropped IN (0, 1)),
    data         BLOB NOT NULL
) STRICT;
CREATE INDEX attachment_place ON attachment (conversation, message);
CREATE TABLE calibration_reset (
    provider TEXT NOT NULL,
    model    TEXT NOT NULL,
    at_ms    INTEGER NOT NULL,
    PRIMARY KEY (provider, model)
) STRICT;
"""

# Branches. Until here a conversation was a list, in which several answers to one question stood in a row, and the
# last that had words and was not dropped was sent: they become siblings, and what comes next follows that one.
# `base` is what the answers to the question at hand follow, `chosen` whether one of them will do. A removed row
# follows nothing and nothing follows it; from here on it keeps its text until it is `emptied`. What an earlier
# summary stands for is dropped where that summary is.
_VERSION_3 = """
ALTER TABLE conversation ADD COLUMN leaf TEXT NOT NULL DEFAULT '';
ALTER TABLE conversation ADD COLUMN temperature INTEGER CHECK (temperature BETWEEN 0 AND 200);
ALTER TABLE conversation ADD COLUMN output_limit INTEGER CHECK (output_limit > 0);
ALTER TABLE message ADD COLUMN parent TEXT NOT NULL DEFAULT '';
ALTER TABLE message ADD COLUMN summaries TEXT NOT NULL DEFAULT '';
ALTER TABLE message ADD COLUMN emptied INTEGER NOT NULL DEFAULT 0 CHECK (emptied IN (0, 1));
CREATE TABLE row_in_order (
    conversation TEXT, place INTEGER, id TEXT, answer INTEGER, asked INTEGER, usable INTEGER,
    PRIMARY KEY (conversation, place)
) WITHOUT ROWID;
INSERT INTO row_in_order SELECT conversation, row_number() OVER (PARTITION BY conversation ORDER BY seq), id,
    role = 'assistant', role = 'user', (text <> '' OR streaming) AND NOT dropped FROM message WHERE NOT removed;
CREATE TABLE row_walked (id TEXT PRIMARY KEY, conversation TEXT, place INTEGER, parent TEXT, last TEXT);
INSERT INTO row_walked
WITH RECURSIVE walk (id, conversation, place, parent, last, base, chosen) AS (
    SELECT id, conversation, place, '', id, iif(answer, '', NULL), answer AND usable FROM row_in_order WHERE place = 1
    UNION ALL
    SELECT r.id, r.conversation, r.place,
        iif(r.answer, coalesce(w.base, w.last), w.last),
        iif(r.answer AND w.chosen AND NOT r.usable, w.last, r.id),
        iif(r.asked, NULL, iif(r.answer, coalesce(w.base, w.last), w.base)),
        iif(r.asked, 0, w.chosen OR (r.answer AND r.usable))
    FROM walk AS w JOIN row_in_order AS r ON r.conversation = w.conversation AND r.place = w.place + 1
) SELECT id, conversation, place, parent, last FROM walk;
UPDATE message SET parent = w.parent FROM row_walked AS w WHERE w.id = message.id;
UPDATE conversation SET leaf = w.last FROM (SELECT conversation, last, max(place) FROM row_walked GROUP BY conversation)
    AS w WHERE w.conversation = conversation.id;
DROP TABLE row_in_order;
DROP TABLE row_walked;
UPDATE message SET summaries = s.id FROM message AS s WHERE message.dropped AND s.seq = (
    SELECT min(later.seq) FROM message AS later WHERE later.conversation = message.conversation
        AND later.seq > message.seq AND later.role = 'system' AND NOT later.removed
);
UPDATE attachment SET dropped = 0 WHERE message IN (SELECT id FROM message WHERE summaries <> '');
DROP INDEX message_order;
CREATE INDEX message_tree ON message (conversation, seq, id, parent, removed);
CREATE INDEX message_hidden ON message (seq) WHERE removed = 1 AND emptied = 0;
"""

MIGRATIONS = (_VERSION_1, _VERSION_2, _VERSION_3)

EXPECTED = "expected_counted, expected_input, expected_low, predicted, expected_high, expected_reasoning"
RECEIPT_COLUMNS = (
    "attempt, ref, outcome, input, cached_input, cache_write, output, reasoning, basis, charged, estimated, "
    "card, finished_ms, elapsed_ms, dollars, dollars_estimated, unconfirmed, error, purpose, effort, first, "
    f"{EXPECTED}, expected_cost_low, expected_cost_high"
)
CONVERSATION = """
SELECT id, title, ref, created_ms, updated_ms, draft, system,
       (SELECT coalesce(sum(charged), 0) FROM receipt WHERE receipt.conversation = conversation.id),
       keep_last, drop_files, drop_system, effort, leaf, temperature, output_limit
FROM conversation WHERE deleted_ms IS NULL
"""
MESSAGE = f"""
SELECT m.id, m.conversation, m.role, m.text, m.created_ms, m.reasoning, m.ref, m.streaming, m.dropped,
       m.parent, m.summaries, {", ".join("r." + column.strip() for column in RECEIPT_COLUMNS.split(","))}
FROM message AS m LEFT JOIN receipt AS r ON r.attempt = m.attempt WHERE NOT m.removed
"""
ATTACHMENT = "id, kind, name, media_type, size, text, width, height, dropped"

Row = tuple[Any, ...]


def conversation_of(row: Row) -> Conversation:
    identity, title, ref, created_ms, updated_ms, draft, system, spent, *rest = row
    keep_last, drop_files, drop_system, effort, leaf, temperature, output_limit = rest
    return Conversation(
        id=identity,
        title=title,
        ref=_ref(ref),
        created_ms=created_ms,
        updated_ms=updated_ms,
        draft=draft,
        system=system,
        spent=Nanocredits(spent),
        rules=ContextRules(keep_last, bool(drop_files), bool(drop_system)),
        effort=effort,
        leaf=leaf,
        temperature=temperature,
        output_limit=output_limit,
    )


def attachment_of(row: Row) -> Attachment:
    identity, kind, name, media_type, size, text, width, height, dropped = row
    return Attachment(
        identity, AttachmentKind(kind), name, media_type, size, text, width, height, bool(dropped)
    )


def message_of(row: Row) -> Message:
    identity, conversation, role, text, created_ms, reasoning, ref, streaming, dropped, *rest = row
    parent, summaries, *receipt = rest
    return Message(
        id=identity,
        conversation=conversation,
        role=Role(role),
        text=text,
        created_ms=created_ms,
        reasoning=reasoning,
        ref=_ref(ref),
        receipt=None if receipt[0] is None else receipt_of(receipt),
        streaming=bool(streaming),
        dropped=bool(dropped),
        parent=parent,
        summaries=tuple(summaries.split()) if summaries else (),
    )


def receipt_of(row: Sequence[Any]) -> Receipt:
    """A row of RECEIPT_COLUMNS."""
    attempt, ref, outcome, *tokens = row[:8]
    basis, charged, estimated, card, finished_ms, elapsed_ms, dollars, guess, unconfirmed, error = row[8:18]
    purpose, effort, first, *expected = row[18:]
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
        expected=_expected(expected),
        purpose=Purpose(purpose),
        effort=effort,
        first=bool(first),
    )


def _expected(row: Sequence[Any]) -> Expected | None:
    """None for a receipt of version 1, which knows the likely length alone, and of a recovered answer."""
    return None if any(figure is None for figure in row[:6]) else Expected(*row)


def receipt_row(receipt: Receipt) -> Row:
    """In the order of RECEIPT_COLUMNS."""
    usage = receipt.usage
    tokens = (usage.input, usage.cached_input, usage.cache_write, usage.output, usage.reasoning)
    return (
        receipt.attempt, str(receipt.ref), receipt.outcome.value, *tokens, receipt.basis.value,
        receipt.charged, receipt.estimated, receipt.card, receipt.finished_ms, receipt.elapsed_ms,
        receipt.dollars, receipt.dollars_estimated, int(receipt.unconfirmed), whole_text(receipt.error),
        receipt.purpose.value, receipt.effort, int(receipt.first), *_expected_row(receipt.expected),
    )  # fmt: skip


def _expected_row(expected: Expected | None) -> Row:
    return (None,) * 8 if expected is None else astuple(expected)


def message_row(message: Message) -> Row:
    """id, conversation, role, text, reasoning, ref, created_ms, streaming, dropped, attempt, parent, summaries."""
    return (
        message.id, message.conversation, message.role.value,
        whole_text(message.text), whole_text(message.reasoning), ref_text(message.ref),
        message.created_ms, int(message.streaming), int(message.dropped),
        message.receipt.attempt if message.receipt else None, message.parent, " ".join(message.summaries),
    )  # fmt: skip


def ref_text(ref: ModelRef | None) -> str | None:
    return None if ref is None else str(ref)


def _ref(text: str | None) -> ModelRef | None:
    return None if text is None else _known_ref(text)


@lru_cache(maxsize=256)
def _known_ref(text: str) -> ModelRef:
    return ModelRef.parse(text)
