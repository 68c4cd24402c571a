"""Imported conversations into chats.db, each in one transaction. No receipt is ever written here."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import apsw

from nexu_desktop.adapters import chats_attachments as attachments
from nexu_desktop.adapters import chats_conversations as conversations
from nexu_desktop.adapters import chats_messages as rows
from nexu_desktop.adapters.database import Database
from nexu_desktop.domain.chat import Conversation, Message
from nexu_desktop.services.transfer_port import Known

_AMONG = "(SELECT value FROM json_each(?))"


class ChatsArchive:
    """Implements transfer_port.Archive; raises StorageFailed children."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def known(self, conversation: str) -> Known | None:
        with self._database.reading() as db:
            row = db.execute(
                "SELECT leaf, deleted_ms FROM conversation WHERE id = ?", (conversation,)
            ).fetchone()
            if row is None:
                return None
            ids = db.execute("SELECT id FROM message WHERE conversation = ?", (conversation,))
            return Known(frozenset(one for (one,) in ids), row[0], row[1] is not None)

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
            conversations.bring(db, conversation)
            for message in messages:
                rows.insert(db, message)
                for one in message.attachments:
                    attachments.attach(db, message.conversation, one, files.get(one.id, b""))
                attachments.give(db, message)

    def take_back(self, conversation: str, messages: Sequence[str]) -> bool:
        ids = json.dumps(list(messages))
        with self._database.transaction() as db:
            follows = f"SELECT 1 FROM message WHERE parent IN {_AMONG} AND id NOT IN {_AMONG} LIMIT 1"
            if db.execute(follows, (ids, ids)).fetchone():
                return False
            rows.show(db, conversation, _leaf_without(db, conversation, messages))
            db.execute(
                f"DELETE FROM attachment WHERE message IN {_AMONG} AND conversation = ?", (ids, conversation)
            )
            db.execute(f"DELETE FROM message WHERE id IN {_AMONG} AND attempt IS NULL", (ids,))
            return True


def _leaf_without(db: apsw.Connection, conversation: str, gone: Sequence[str]) -> str:
    """The leaf that is shown, or what it followed before `gone`."""
    links = db.execute("SELECT id, parent FROM message WHERE conversation = ?", (conversation,))
    parents = {str(name): str(parent) for name, parent in links}
    row = db.execute("SELECT leaf FROM conversation WHERE id = ?", (conversation,)).fetchone()
    leaf, without = str(row[0]) if row else "", set(gone)
    while leaf in without:
        without.discard(leaf)
        leaf = parents.get(leaf, "")
    return leaf
