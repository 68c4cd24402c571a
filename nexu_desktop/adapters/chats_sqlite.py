"""Conversations, messages and receipts in one SQLite file of their own, apart from the ledger."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import apsw

from nexu_desktop.adapters.chats_schema import (
    APPLICATION_ID,
    CONVERSATION,
    MESSAGE,
    MIGRATIONS,
    RECEIPT_COLUMNS,
    conversation_of,
    message_of,
    message_row,
    receipt_row,
    ref_text,
)
from nexu_desktop.adapters.database import Database
from nexu_desktop.adapters.whole_text import whole_text
from nexu_desktop.domain.chat import Conversation, Message, ModelRef, Receipt, Role
from nexu_desktop.domain.errors import BadInput
from nexu_desktop.domain.estimate import Reply
from nexu_desktop.services.ports import Clock


class ChatsSqlite:
    """Implements ports.Chats. Safe from any thread; every method raises StorageFailed children.

    Changing a conversation or message that is not there (any more) does nothing, but `add` refuses it.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        self._clock = clock
        self._database = Database(path, application_id=APPLICATION_ID, migrations=MIGRATIONS, durable=False)

    def conversations(self, search: str = "") -> tuple[Conversation, ...]:
        """Newest first; `search` is plain text, in any script and case, without wildcards."""
        with self._database.reading() as db:
            rows = db.execute(
                f"{CONVERSATION} AND instr(title_key, ?) > 0 ORDER BY updated_ms DESC, id DESC",
                (_search_key(search.strip()),),
            )
            return tuple(map(conversation_of, rows))

    def conversation(self, conversation: str) -> Conversation | None:
        with self._database.reading() as db:
            row = db.execute(f"{CONVERSATION} AND id = ?", (conversation,)).fetchone()
            return None if row is None else conversation_of(row)

    def create(self, conversation: Conversation) -> None:
        """`spent` is not stored: it is the sum of the receipts."""
        title = whole_text(conversation.title)
        self._write(
            "INSERT INTO conversation (id, title, title_key, ref, created_ms, updated_ms, draft, system)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            conversation.id, title, _search_key(title), ref_text(conversation.ref), conversation.created_ms,
            conversation.updated_ms, whole_text(conversation.draft), whole_text(conversation.system),
        )  # fmt: skip

    def rename(self, conversation: str, title: str) -> None:
        title = whole_text(title)
        self._write(
            "UPDATE conversation SET title = ?, title_key = ? WHERE id = ?",
            title, _search_key(title), conversation,
        )  # fmt: skip

    def set_model(self, conversation: str, ref: ModelRef) -> None:
        self._write("UPDATE conversation SET ref = ? WHERE id = ?", str(ref), conversation)

    def set_draft(self, conversation: str, draft: str) -> None:
        self._write("UPDATE conversation SET draft = ? WHERE id = ?", whole_text(draft), conversation)

    def delete(self, conversation: str) -> None:
        self._write("UPDATE conversation SET deleted_ms = ? WHERE id = ?", self._clock.now_ms(), conversation)

    def restore(self, conversation: str) -> None:
        self._write("UPDATE conversation SET deleted_ms = NULL WHERE id = ?", conversation)

    def purge_deleted(self) -> int:
        """For good; the lengths of its replies stay, without text. Returns how many conversations went."""
        with self._database.transaction() as db:
            db.execute("DELETE FROM conversation WHERE deleted_ms IS NOT NULL")
            return db.changes()

    def messages(self, conversation: str) -> tuple[Message, ...]:
        with self._database.reading() as db:
            rows = db.execute(f"{MESSAGE} AND m.conversation = ? ORDER BY m.seq", (conversation,))
            return tuple(map(message_of, rows))

    def message(self, message: str) -> Message | None:
        with self._database.reading() as db:
            row = db.execute(f"{MESSAGE} AND m.id = ?", (message,)).fetchone()
            return None if row is None else message_of(row)

    def add(self, *messages: Message) -> None:
        """Raises BadInput for a conversation that is not there."""
        with self._database.transaction() as db:
            for message in messages:
                _touch(db, message.conversation, self._clock.now_ms())
                db.execute(
                    "INSERT INTO message (id, conversation, role, text, reasoning, ref, created_ms,"
                    " streaming, attempt) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    message_row(message),
                )
                if message.receipt is not None:
                    _store(db, message.receipt, message.conversation, None)
                if message.role is Role.USER:
                    _no_draft_any_more(db, message)

    def save_answer(self, message: str, text: str, reasoning: str) -> None:
        """A checkpoint that comes late never overwrites a finished answer."""
        self._write(
            "UPDATE message SET text = ?, reasoning = ? WHERE id = ? AND streaming AND NOT removed",
            whole_text(text), whole_text(reasoning), message,
        )  # fmt: skip

    def finish(
        self,
        message: str,
        text: str,
        reasoning: str,
        receipt: Receipt,
        predicted_output: int | None = None,
    ) -> None:
        """The receipt is kept even if the message is gone; `predicted_output` in tokens."""
        with self._database.transaction() as db:
            row = db.execute("SELECT conversation FROM message WHERE id = ?", (message,)).fetchone()
            _store(db, receipt, row[0] if row else None, predicted_output)
            db.execute(
                "UPDATE message SET streaming = 0, attempt = ? WHERE id = ?", (receipt.attempt, message)
            )
            db.execute(
                "UPDATE message SET text = ?, reasoning = ? WHERE id = ? AND NOT removed",
                (whole_text(text), whole_text(reasoning), message),
            )

    def remove_message(self, message: str) -> None:
        """Its text goes, its cost stays in the sum of the conversation."""
        self._write("UPDATE message SET removed = 1, text = '', reasoning = '' WHERE id = ?", message)

    def add_receipt(self, receipt: Receipt, predicted_output: int) -> None:
        """Also adds the prediction to a receipt that `finish` has stored."""
        with self._database.transaction() as db:
            _store(db, receipt, None, predicted_output)

    def streaming_messages(self) -> tuple[Message, ...]:
        with self._database.reading() as db:
            return tuple(map(message_of, db.execute(f"{MESSAGE} AND m.streaming = 1 ORDER BY m.seq")))

    def replies(self, ref: ModelRef, *, limit: int) -> tuple[Reply, ...]:
        return self._replies("ref", str(ref), limit)

    def conversation_replies(self, conversation: str, *, limit: int) -> tuple[Reply, ...]:
        """Newest last."""
        return self._replies("conversation", conversation, limit)

    def close(self) -> None:
        self._database.close()

    def _replies(self, column: str, value: str, limit: int) -> tuple[Reply, ...]:
        with self._database.reading() as db:
            rows = db.execute(
                f"SELECT output + reasoning, predicted FROM receipt WHERE {column} = ?"
                " AND outcome = 'complete' AND output + reasoning > 0"
                " ORDER BY finished_ms DESC, attempt DESC LIMIT ?",
                (value, limit),
            ).fetchall()
        return tuple(Reply(tokens, predicted) for tokens, predicted in reversed(rows))

    def _write(self, statement: str, *values: str | int | None) -> None:
        with self._database.transaction() as db:
            db.execute(statement, values)


def _touch(db: apsw.Connection, conversation: str, now_ms: int) -> None:
    db.execute("UPDATE conversation SET updated_ms = ? WHERE id = ?", (now_ms, conversation))
    if not db.changes():
        raise BadInput("This conversation no longer exists.", "Start a new one.")


def _no_draft_any_more(db: apsw.Connection, asked: Message) -> None:
    """In one moment with its storing: after a kill it is either still the draft or already asked, never both."""
    values = (asked.conversation, whole_text(asked.text))
    db.execute("UPDATE conversation SET draft = '' WHERE id = ? AND draft = ?", values)


def _store(db: apsw.Connection, receipt: Receipt, conversation: str | None, predicted: int | None) -> None:
    """One row per attempt; where it is and what was predicted are not forgotten by a second saving."""
    row = (*receipt_row(receipt), conversation, predicted)
    names = f"{RECEIPT_COLUMNS}, conversation, predicted"
    kept = ("conversation", "predicted")
    changes = ", ".join(
        f"{name} = coalesce(excluded.{name}, {name})" if name in kept else f"{name} = excluded.{name}"
        for name in names.split(", ")
    )
    marks = ", ".join("?" * len(row))
    db.execute(
        f"INSERT INTO receipt ({names}) VALUES ({marks}) ON CONFLICT (attempt) DO UPDATE SET {changes}", row
    )


def _search_key(title: str) -> str:
    """Case, width and ways of writing an accent do not matter when a title is looked for."""
    return unicodedata.normalize("NFKC", whole_text(title)).casefold()
