"""Imported conversations into chats.db, each in one transaction. No receipt is ever written here."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import apsw

from nexu_desktop.adapters import chats_attachments as attachments
from nexu_desktop.adapters.chats_schema import message_row, ref_text, search_key
from nexu_desktop.adapters.database import Database
from nexu_desktop.adapters.whole_text import whole_text
from nexu_desktop.domain.chat import Conversation, Message
from nexu_desktop.services.transfer_port import Known

_AMONG = "(SELECT value FROM json_each(?))"


class ChatsArchive:
    """Implements transfer_port.Archive; raises StorageFailed children."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def known(self, conversation: str) -> Known | None:
        with self._database.reading() as db:
            row = db.execute("SELECT deleted_ms FROM conversation WHERE id = ?", (conversation,)).fetchone()
            if row is None:
                return None
            ids = db.execute("SELECT id FROM message WHERE conversation = ?", (conversation,))
            return Known(frozenset(one for (one,) in ids), row[0] is not None)

    def elsewhere(self, conversation: str, messages: Sequence[str]) -> frozenset[str]:
        with self._database.reading() as db:
            rows = db.execute(
                f"SELECT id FROM message WHERE id IN {_AMONG} AND conversation <> ?",
                (json.dumps(list(messages)), conversation),
            )
            return frozenset(one for (one,) in rows)

    def store(
        self, conversation: Conversation, messages: Sequence[Message], files: Mapping[str, bytes]
    ) -> None:
        with self._database.transaction() as db:
            _make(db, conversation)
            db.executemany(
                "INSERT INTO message (id, conversation, role, text, reasoning, ref, created_ms,"
                " streaming, dropped, attempt) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                map(message_row, messages),
            )
            for message in messages:
                for one in message.attachments:
                    attachments.attach(db, message.conversation, one, files.get(one.id, b""))
                attachments.give(db, message)

    def take_back(self, conversation: str, messages: Sequence[str]) -> bool:
        with self._database.transaction() as db:
            ids = json.dumps(list(messages))
            last = "(SELECT max(seq) FROM message WHERE conversation = ?)"
            if not db.execute(
                f"SELECT 1 FROM message WHERE seq = {last} AND id IN {_AMONG}", (conversation, ids)
            ).fetchone():
                return False
            for message in messages:
                attachments.empty(db, message)
            db.execute(f"DELETE FROM message WHERE id IN {_AMONG} AND attempt IS NULL", (ids,))
            return True


def _make(db: apsw.Connection, one: Conversation) -> None:
    """New with its own dates; one that is here only moves up to the date of the newer messages."""
    title, rules = whole_text(one.title), one.rules
    db.execute(
        "INSERT INTO conversation (id, title, title_key, ref, created_ms, updated_ms, draft, system,"
        " keep_last, drop_files, drop_system, effort) VALUES (?, ?, ?, ?, ?, ?, '', ?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET deleted_ms = NULL, updated_ms = max(updated_ms, excluded.updated_ms)",
        (
            one.id, title, search_key(title), ref_text(one.ref), one.created_ms, one.updated_ms,
            whole_text(one.system), rules.keep_last, int(rules.drop_files), int(rules.drop_system), one.effort,
        ),
    )  # fmt: skip
