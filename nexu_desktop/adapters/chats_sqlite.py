"""Conversations, messages and receipts in one SQLite file of their own, apart from the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import apsw

from nexu_desktop.adapters import chats_attachments as attachments
from nexu_desktop.adapters import chats_conversations as conversations
from nexu_desktop.adapters import chats_messages as rows
from nexu_desktop.adapters import chats_questions as questions
from nexu_desktop.adapters import chats_receipts as receipts
from nexu_desktop.adapters import chats_search as search
from nexu_desktop.adapters.chats_archive import ChatsArchive
from nexu_desktop.adapters.chats_library import LibrarySqlite
from nexu_desktop.adapters.chats_presets import ChatsPresets
from nexu_desktop.adapters.chats_prompts import ChatsPrompts
from nexu_desktop.adapters.chats_schema import (
    APPLICATION_ID,
    CONVERSATION,
    MESSAGE,
    MIGRATIONS,
    conversation_of,
    message_of,
    search_key,
)
from nexu_desktop.adapters.database import Database
from nexu_desktop.adapters.whole_text import whole_text
from nexu_desktop.domain.branches import Link
from nexu_desktop.domain.calibration import Sample
from nexu_desktop.domain.chat import (
    Attachment,
    ContextRules,
    Conversation,
    Lane,
    Message,
    ModelRef,
    Purpose,
    Receipt,
    Role,
)
from nexu_desktop.domain.errors import BadInput
from nexu_desktop.domain.forecast import Reply
from nexu_desktop.services.ports import Clock


class ChatsSqlite:
    """Implements ports.Chats. Safe from any thread; every method raises StorageFailed children.

    Changing a conversation or message that is not there (any more) does nothing, but `add` refuses it.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        self._clock = clock
        self._database = Database(path, application_id=APPLICATION_ID, migrations=MIGRATIONS, durable=False)
        self.prompts = ChatsPrompts(self._database)
        self.presets = ChatsPresets(self._database)
        self.library = LibrarySqlite(self._database)
        self.archive = ChatsArchive(self._database)

    def conversations(self, search: str = "") -> tuple[Conversation, ...]:
        """Newest first; `search` is plain text, in any script and case, without wildcards."""
        with self._database.reading() as db:
            found = db.execute(
                f"{CONVERSATION} AND instr(title_key, ?) > 0 ORDER BY updated_ms DESC, id DESC",
                (search_key(search.strip()),),
            )
            return tuple(map(conversation_of, found))

    def conversation(self, conversation: str) -> Conversation | None:
        with self._database.reading() as db:
            row = db.execute(f"{CONVERSATION} AND id = ?", (conversation,)).fetchone()
            return None if row is None else conversation_of(row)

    def create(self, conversation: Conversation) -> None:
        with self._database.transaction() as db:
            conversations.insert(db, conversation)

    def rename(self, conversation: str, title: str) -> None:
        title = whole_text(title)
        self._write(
            "UPDATE conversation SET title = ?, title_key = ? WHERE id = ?",
            title, search_key(title), conversation,
        )  # fmt: skip

    def set_model(self, conversation: str, ref: ModelRef) -> None:
        self._write("UPDATE conversation SET ref = ? WHERE id = ?", str(ref), conversation)

    def set_draft(self, conversation: str, draft: str) -> None:
        self._write("UPDATE conversation SET draft = ? WHERE id = ?", whole_text(draft), conversation)

    def set_system(self, conversation: str, system: str) -> None:
        self._write("UPDATE conversation SET system = ? WHERE id = ?", whole_text(system), conversation)

    def set_rules(self, conversation: str, rules: ContextRules) -> None:
        self._write(
            "UPDATE conversation SET keep_last = ?, drop_files = ?, drop_system = ? WHERE id = ?",
            rules.keep_last, int(rules.drop_files), int(rules.drop_system), conversation,
        )  # fmt: skip

    def set_effort(self, conversation: str, effort: str) -> None:
        self._write("UPDATE conversation SET effort = ? WHERE id = ?", effort, conversation)

    def set_temperature(self, conversation: str, hundredths: int | None) -> None:
        self._write("UPDATE conversation SET temperature = ? WHERE id = ?", hundredths, conversation)

    def set_output_limit(self, conversation: str, tokens: int | None) -> None:
        self._write("UPDATE conversation SET output_limit = ? WHERE id = ?", tokens, conversation)

    def set_dropped(self, ids: Sequence[str], dropped: bool) -> None:
        changed = [(int(dropped), one) for one in ids]
        with self._database.transaction() as db:
            db.executemany("UPDATE message SET dropped = ?, summaries = '' WHERE id = ?", changed)
            db.executemany("UPDATE attachment SET dropped = ? WHERE id = ?", changed)

    def summarise(self, summary: Message, messages: Sequence[str]) -> None:
        """Raises BadInput for a conversation that is not there."""
        with self._database.transaction() as db:
            _touch(db, summary.conversation, self._clock.now_ms())
            rows.slip_in(db, summary, messages)
            if summary.receipt is not None:
                receipts.store(db, summary.receipt, summary.conversation)
            search.take_in(db, [summary.id])

    def delete(self, conversation: str) -> None:
        self._write("UPDATE conversation SET deleted_ms = ? WHERE id = ?", self._clock.now_ms(), conversation)

    def purge_deleted(self, before_ms: int | None = None) -> int:
        """For good; the lengths of its replies stay, without text. Returns how many conversations went."""
        with self._database.transaction() as db:
            rows.empty_hidden(db)
            db.execute(
                "DELETE FROM conversation WHERE deleted_ms < coalesce(?, deleted_ms + 1)", (before_ms,)
            )
            return db.changes()

    def messages(self, conversation: str, leaf: str = "") -> tuple[Message, ...]:
        with self._database.reading() as db:
            return rows.shown(db, conversation, leaf)

    def tree(self, conversation: str) -> tuple[Message, ...]:
        with self._database.reading() as db:
            return rows.every(db, conversation)

    def links(self, conversation: str) -> tuple[Link, ...]:
        with self._database.reading() as db:
            return rows.links(db, conversation)

    def show_branch(self, conversation: str, leaf: str) -> None:
        with self._database.transaction() as db:
            rows.show(db, conversation, leaf)

    def hide(self, conversation: str, messages: Sequence[str], leaf: str) -> None:
        """Their texts stay until `purge_deleted`, their cost in the sum of the conversation for good."""
        self._hide(conversation, messages, leaf, hidden=True)

    def unhide(self, conversation: str, messages: Sequence[str], leaf: str) -> None:
        self._hide(conversation, messages, leaf, hidden=False)

    def message(self, message: str) -> Message | None:
        with self._database.reading() as db:
            row = db.execute(f"{MESSAGE} AND m.id = ?", (message,)).fetchone()
            if row is None:
                return None
            found = message_of(row)
            return _with_files(found, attachments.of_message(db, found))

    def questions(self, *, limit: int, conversation: str | None = None) -> tuple[str, ...]:
        with self._database.reading() as db:
            return questions.newest(db, limit, conversation)

    def add(self, *messages: Message) -> None:
        """Raises BadInput for a conversation, or a file of a draft, that is not there."""
        with self._database.transaction() as db:
            for message in messages:
                _touch(db, message.conversation, self._clock.now_ms())
                rows.insert(db, message)
                rows.show(db, message.conversation, message.id)
                attachments.give(db, message)
                if message.receipt is not None:
                    receipts.store(db, message.receipt, message.conversation)
                if message.role is Role.USER:
                    _no_draft_any_more(db, message)
            search.take_in(db, (message.id for message in messages))

    def save_answer(self, message: str, text: str, reasoning: str) -> None:
        """A checkpoint that comes late never overwrites a finished answer."""
        self._write(
            "UPDATE message SET text = ?, reasoning = ? WHERE id = ? AND streaming AND NOT removed",
            whole_text(text), whole_text(reasoning), message,
        )  # fmt: skip

    def finish(self, message: str, text: str, reasoning: str, receipt: Receipt) -> None:
        """The receipt is kept even if the message is gone."""
        with self._database.transaction() as db:
            row = db.execute("SELECT conversation FROM message WHERE id = ?", (message,)).fetchone()
            receipts.store(db, receipt, row[0] if row else None)
            db.execute(
                "UPDATE message SET streaming = 0, attempt = ? WHERE id = ?", (receipt.attempt, message)
            )
            db.execute(
                "UPDATE message SET text = ?, reasoning = ? WHERE id = ? AND NOT removed",
                (whole_text(text), whole_text(reasoning), message),
            )
            search.take_in(db, [message])

    def attach(self, conversation: str, attachment: Attachment, data: bytes) -> None:
        """Raises BadInput for a conversation that is not there."""
        with self._database.transaction() as db:
            attachments.attach(db, conversation, attachment, data)

    def detach(self, attachment: str) -> None:
        self._write("DELETE FROM attachment WHERE id = ? AND message IS NULL", attachment)

    def draft_attachments(self, conversation: str) -> tuple[Attachment, ...]:
        with self._database.reading() as db:
            return attachments.of_draft(db, conversation)

    def attachment_data(self, attachment: str) -> bytes:
        with self._database.reading() as db:
            return attachments.data(db, attachment)

    def add_receipt(self, receipt: Receipt, conversation: str | None = None) -> None:
        with self._database.transaction() as db:
            receipts.store(db, receipt, conversation)

    def streaming_messages(self) -> tuple[Message, ...]:
        with self._database.reading() as db:
            return tuple(map(message_of, db.execute(f"{MESSAGE} AND m.streaming = 1 ORDER BY m.seq")))

    def replies(self, ref: ModelRef, effort: str, *, limit: int) -> tuple[Reply, ...]:
        with self._database.reading() as db:
            return receipts.replies(db, ref, effort, limit)

    def conversation_replies(self, conversation: str, *, limit: int) -> tuple[Reply, ...]:
        """Newest last."""
        with self._database.reading() as db:
            return receipts.conversation_replies(db, conversation, limit)

    def receipts(
        self, ref: ModelRef | None = None, *, purposes: Sequence[Purpose] = (), limit: int
    ) -> tuple[Receipt, ...]:
        with self._database.reading() as db:
            return receipts.newest(db, ref, purposes, limit)

    def samples(self, provider: str, model: str, *, limit: int) -> tuple[Sample, ...]:
        with self._database.reading() as db:
            return receipts.samples(db, provider, model, limit)

    def forget_samples(self, provider: str, model: str) -> None:
        """Receipts stay; those up to now teach the count no more."""
        self._write(
            "INSERT INTO calibration_reset VALUES (?, ?, ?)"
            " ON CONFLICT (provider, model) DO UPDATE SET at_ms = excluded.at_ms",
            provider, model, self._clock.now_ms(),
        )  # fmt: skip

    def spent(self, lanes: Sequence[Lane], *, since_ms: int = 0, conversation: str | None = None) -> int:
        with self._database.reading() as db:
            return sum(receipts.spent(db, lane, since_ms, conversation) for lane in lanes)

    def close(self) -> None:
        self._database.close()

    def _hide(self, conversation: str, messages: Sequence[str], leaf: str, *, hidden: bool) -> None:
        with self._database.transaction() as db:
            rows.hide(db, messages, hidden=hidden)
            rows.show(db, conversation, leaf)
            search.take_in(db, messages)

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


def _with_files(message: Message, files: Mapping[str, tuple[Attachment, ...]]) -> Message:
    return replace(message, attachments=files[message.id]) if message.id in files else message
