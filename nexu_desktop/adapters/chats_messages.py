"""Messages in chats.db: a tree per conversation, of which one branch is shown."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import apsw

from nexu_desktop.adapters import chats_attachments as attachments
from nexu_desktop.adapters.chats_schema import MESSAGE, Row, message_of, message_row
from nexu_desktop.domain.branches import Link, Tree
from nexu_desktop.domain.chat import Message
from nexu_desktop.domain.credits import Nanocredits, Nanodollars

_INSERT = (
    "INSERT INTO message (id, conversation, role, text, reasoning, ref, created_ms, streaming, dropped, attempt,"
    " parent, summaries) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


def shown(db: apsw.Connection, conversation: str, leaf: str) -> tuple[Message, ...]:
    """The branch to `leaf`, '' the one that is shown. In one walk over the rows: a recursive query is slower."""
    pairs: list[Any] = db.execute(
        "SELECT id, parent FROM message INDEXED BY message_tree WHERE conversation = ? AND NOT removed ORDER BY seq",
        (conversation,),
    ).fetchall()
    path = Tree(pairs).path(leaf or _leaf(db, conversation))
    if 2 * len(path) > len(pairs):  # to look up one by one would take twice as long as to read all
        rows = db.execute(f"{MESSAGE} AND m.conversation = ?", (conversation,))
    else:
        rows = db.execute(f"{MESSAGE} AND m.id IN (SELECT value FROM json_each(?))", (json.dumps(path),))
    by_id = {row[0]: row for row in rows}
    return _with_files(db, conversation, (by_id[name] for name in path))


def every(db: apsw.Connection, conversation: str) -> tuple[Message, ...]:
    """All branches, in the order added."""
    rows = db.execute(f"{MESSAGE} AND m.conversation = ? ORDER BY m.seq", (conversation,))
    return _with_files(db, conversation, rows)


def links(db: apsw.Connection, conversation: str) -> tuple[Link, ...]:
    """What branches and their costs are made of, without the texts."""
    rows = db.execute(
        "SELECT m.id, m.parent, r.charged, r.dollars, m.removed FROM message AS m LEFT JOIN receipt AS r"
        " ON r.attempt = m.attempt WHERE m.conversation = ? ORDER BY m.seq",
        (conversation,),
    )
    return tuple(
        Link(
            name,
            parent,
            None if charged is None else Nanocredits(charged),
            None if dollars is None else Nanodollars(dollars),
            bool(hidden),
        )
        for name, parent, charged, dollars, hidden in rows
    )


def insert(db: apsw.Connection, message: Message) -> None:
    db.execute(_INSERT, message_row(message))


def show(db: apsw.Connection, conversation: str, leaf: str) -> None:
    db.execute("UPDATE conversation SET leaf = ? WHERE id = ?", (leaf, conversation))


def slip_in(db: apsw.Connection, summary: Message, messages: Sequence[str]) -> None:
    """Between its parent and all that follows it, in place of `messages` wherever it stands."""
    values = (summary.id, summary.conversation, summary.parent)
    db.execute("UPDATE message SET parent = ? WHERE conversation = ? AND parent = ?", values)
    insert(db, summary)
    db.execute("UPDATE conversation SET leaf = ? WHERE id = ? AND leaf = ?", values)
    db.executemany(
        "UPDATE message SET summaries = iif(dropped AND summaries = '', '', trim(summaries || ' ' || ?)),"
        " dropped = 1 WHERE id = ?",
        [(summary.id, one) for one in messages],
    )


def hide(db: apsw.Connection, messages: Sequence[str], *, hidden: bool) -> None:
    rows = [(int(hidden), one) for one in messages]
    db.executemany("UPDATE message SET removed = ? WHERE id = ? AND NOT emptied", rows)


def empty_hidden(db: apsw.Connection) -> None:
    """Texts and files go for good; the empty rows stay, for what was paid on their branch."""
    hidden = "removed = 1 AND emptied = 0"
    db.execute(f"DELETE FROM attachment WHERE message IN (SELECT id FROM message WHERE {hidden})")
    db.execute(f"UPDATE message SET text = '', reasoning = '', emptied = 1 WHERE {hidden}")


def _leaf(db: apsw.Connection, conversation: str) -> str:
    row = db.execute("SELECT leaf FROM conversation WHERE id = ?", (conversation,)).fetchone()
    return "" if row is None else str(row[0])


def _with_files(db: apsw.Connection, conversation: str, rows: Iterable[Row]) -> tuple[Message, ...]:
    files = attachments.of_messages(db, conversation)
    found = map(message_of, rows)
    if not files:
        return tuple(found)
    return tuple(replace(one, attachments=files[one.id]) if one.id in files else one for one in found)
