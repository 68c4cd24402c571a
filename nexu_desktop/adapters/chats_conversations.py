"""How a conversation is put into chats.db: a new one, and one that an import brings, which may be here already."""

from __future__ import annotations

import apsw

from nexu_desktop.adapters.chats_schema import ref_text, search_key
from nexu_desktop.adapters.whole_text import whole_text
from nexu_desktop.domain.chat import Conversation

_INSERT = (
    "INSERT INTO conversation (id, title, title_key, ref, created_ms, updated_ms, draft, system, keep_last,"
    " drop_files, drop_system, effort, leaf, temperature, output_limit)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_KNOWN = (
    "ON CONFLICT (id) DO UPDATE SET deleted_ms = NULL, leaf = excluded.leaf,"
    " updated_ms = max(updated_ms, excluded.updated_ms)"
)


def insert(db: apsw.Connection, one: Conversation) -> None:
    """`spent` is not stored: it is the sum of the receipts."""
    db.execute(_INSERT, _row(one))


def bring(db: apsw.Connection, one: Conversation) -> None:
    """New with its own dates; one that is here only moves up to the date of the newer messages."""
    db.execute(f"{_INSERT} {_KNOWN}", _row(one))


def _row(one: Conversation) -> tuple[str | int | None, ...]:
    title, rules = whole_text(one.title), one.rules
    return (
        one.id, title, search_key(title), ref_text(one.ref), one.created_ms, one.updated_ms,
        whole_text(one.draft), whole_text(one.system), rules.keep_last, int(rules.drop_files),
        int(rules.drop_system), one.effort, one.leaf, one.temperature, one.output_limit,
    )  # fmt: skip
