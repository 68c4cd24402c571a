"""Files of a draft and of messages, in the tables of chats.db."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from operator import itemgetter

import apsw

from nexu_desktop.adapters.chats_schema import ATTACHMENT, attachment_of
from nexu_desktop.adapters.whole_text import whole_text
from nexu_desktop.domain.chat import Attachment, Message
from nexu_desktop.domain.errors import BadInput


def attach(db: apsw.Connection, conversation: str, one: Attachment, data: bytes) -> None:
    """Raises BadInput for a conversation that is not there."""
    if db.execute("SELECT 1 FROM conversation WHERE id = ?", (conversation,)).fetchone() is None:
        raise BadInput("This conversation no longer exists.", "Start a new one.")
    db.execute(
        f"INSERT INTO attachment (conversation, {ATTACHMENT}, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            conversation, one.id, one.kind.value, whole_text(one.name), one.media_type, one.size,
            whole_text(one.text), one.width, one.height, int(one.dropped), data,
        ),
    )  # fmt: skip


_COPY = """
INSERT INTO attachment (conversation, message, id, kind, name, media_type, size, text, width, height, data)
SELECT conversation, ?, ?, kind, name, media_type, size, text, width, height, data FROM attachment
WHERE id = ? AND conversation = ?
"""


def give(db: apsw.Connection, message: Message) -> None:
    """The files of the draft become those of its message; copies are made. BadInput for one that is not there."""
    for one in message.attachments:
        if one.copy_of:
            db.execute(_COPY, (message.id, one.id, one.copy_of, message.conversation))
        else:
            db.execute(
                "UPDATE attachment SET message = ? WHERE id = ? AND conversation = ? AND message IS NULL",
                (message.id, one.id, message.conversation),
            )
        if not db.changes():
            raise BadInput(f"{one.name} is no longer attached.", "Attach it again, or send without it.")


def of_draft(db: apsw.Connection, conversation: str) -> tuple[Attachment, ...]:
    rows = db.execute(
        f"SELECT {ATTACHMENT} FROM attachment WHERE conversation = ? AND message IS NULL ORDER BY seq",
        (conversation,),
    )
    return tuple(map(attachment_of, rows))


def of_messages(db: apsw.Connection, conversation: str) -> Mapping[str, tuple[Attachment, ...]]:
    """All of a conversation in one query, in the order attached, by message."""
    return _by_message(db, "message IS NOT NULL", conversation)


def of_message(db: apsw.Connection, message: Message) -> Mapping[str, tuple[Attachment, ...]]:
    return _by_message(db, "message = ?", message.conversation, message.id)


def _by_message(db: apsw.Connection, which: str, *values: str) -> Mapping[str, tuple[Attachment, ...]]:
    rows = db.execute(
        f"SELECT message, {ATTACHMENT} FROM attachment WHERE conversation = ? AND {which} ORDER BY message, seq",
        values,
    )
    return {
        message: tuple(attachment_of(row[1:]) for row in its) for message, its in groupby(rows, itemgetter(0))
    }


def data(db: apsw.Connection, attachment: str) -> bytes:
    row = db.execute("SELECT data FROM attachment WHERE id = ?", (attachment,)).fetchone()
    return b"" if row is None else bytes(row[0])
