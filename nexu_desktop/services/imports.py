"""Import: look at a file, let the person choose, store what was chosen, and take all of it back if wanted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from nexu_desktop.domain.chat import Attachment, Conversation, Lane, Message, ModelRef
from nexu_desktop.domain.errors import BadInput
from nexu_desktop.domain.transfer import (
    CONVERSATIONS_MAX,
    ImportedConversation,
    ImportedMessage,
    Left,
    Source,
    Tally,
    TransferStopped,
    conversation_id,
    message_id,
)
from nexu_desktop.services.ports import Chats, Clock
from nexu_desktop.services.transfer_port import Archive, Cancelled, ForeignReader, Progress

OpenFile = Callable[[Path], ForeignReader]


class State(StrEnum):
    """What an import would do with a conversation."""

    NEW = "new"
    MORE = "more"  # here already, and the file has further messages
    SAME = "same"  # here already, as it is in the file
    TRASHED = "trashed"  # in the trash, where an import takes it from


@dataclass(frozen=True, slots=True)
class Row:
    """One conversation of the file. `id` is the one it has or would have here; `fresh` messages are not here yet."""

    id: str
    title: str
    messages: int
    fresh: int
    state: State
    updated_ms: int | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file holds; nothing is stored. `left_out` counts what an import leaves out."""

    path: Path
    stamp: tuple[int, int]
    sources: tuple[Source, ...]
    rows: tuple[Row, ...]
    left_out: tuple[tuple[Left, int], ...]

    @property
    def messages(self) -> int:
        return sum(row.messages for row in self.rows)

    @property
    def wanted(self) -> frozenset[str]:
        """What is chosen before the person chooses: all that is new. What was deleted here stays deleted."""
        return frozenset(row.id for row in self.rows if row.state in (State.NEW, State.MORE))


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, as `undo` needs it. `stopped`: the person stopped it before the end."""

    created: tuple[str, ...] = ()
    restored: tuple[str, ...] = ()
    added: tuple[tuple[str, tuple[str, ...]], ...] = ()
    messages: int = 0
    stopped: bool = False

    @property
    def conversations(self) -> int:
        return len({*self.created, *self.restored, *(cid for cid, _ in self.added)})


class Imports:
    """Every method is blocking: call it in a worker thread. `changed` hears of conversations that were here."""

    def __init__(
        self,
        chats: Chats,
        archive: Archive,
        open_file: OpenFile,
        clock: Clock,
        changed: Callable[[str], None],
    ) -> None:
        self._chats = chats
        self._changed = changed
        self._archive = archive
        self._open = open_file
        self._clock = clock

    def preview(self, path: Path, progress: Progress, cancelled: Cancelled) -> Preview:
        """Raises BadInput for a file that cannot be read, TransferStopped."""
        file, tally = self._open(path), Tally()
        rows: dict[str, Row] = {}
        sources: dict[Source, None] = {}
        for found in file.conversations(tally, progress, cancelled):
            row = self._row(found)
            if row.id in rows:
                tally.count(Left.TWICE)
            elif len(rows) >= CONVERSATIONS_MAX:
                tally.count(Left.TOO_MANY)
            else:
                rows[row.id] = row
                sources[found.source] = None
        ordered = sorted(rows.values(), key=lambda row: row.updated_ms or 0, reverse=True)
        return Preview(path, file.stamp, tuple(sources), tuple(ordered), tally.rows)

    def run(
        self, preview: Preview, chosen: Collection[str], progress: Progress, cancelled: Cancelled
    ) -> Imported:
        """Store the chosen conversations, each in one transaction. Raises BadInput, StorageFailed.

        A stop keeps what is stored; the result says so.
        """
        file, left = self._open(preview.path), set(chosen)
        if file.stamp != preview.stamp:
            raise BadInput("The file has changed since it was looked at.", "Choose it again.")
        done, total = Imported(), len(left)
        try:
            for found in file.conversations(Tally(), lambda *_: None, cancelled):
                cid = conversation_id(found.source, found.id)
                if cid in left:
                    left.remove(cid)
                    done = self._store(cid, found, done)
                    progress(total - len(left), total)
                if not left:
                    break
        except TransferStopped:
            return replace(done, stopped=True)
        return done

    def undo(self, done: Imported) -> int:
        """To the trash with what was made; returns how many conversations are as they were before.

        Messages added to a conversation that has gone on since stay.
        """
        for cid in (*done.created, *done.restored):
            self._chats.delete(cid)
        taken = sum(self._archive.take_back(cid, messages) for cid, messages in done.added)
        for cid, _ in done.added:
            self._changed(cid)
        return len(done.created) + len(done.restored) + taken

    def _row(self, found: ImportedConversation) -> Row:
        cid = conversation_id(found.source, found.id)
        known, messages = self._archive.known(cid), found.messages
        here = known.messages if known else frozenset()
        fresh = sum(message_id(cid, found.source, one.id) not in here for one in messages)
        if known is None:
            state = State.NEW
        elif known.in_trash:
            state = State.TRASHED
        else:
            state = State.MORE if fresh else State.SAME
        return Row(cid, found.title, len(messages), fresh, state, found.updated_ms)

    def _store(self, cid: str, found: ImportedConversation, done: Imported) -> Imported:
        known = self._archive.known(cid)
        rows = _Rows(cid, found, self._clock.now_ms(), known.leaf if known else "")
        rows.avoid(self._archive.elsewhere(cid, tuple(rows.ids.values())))
        here = known.messages if known else frozenset()
        fresh = [one for one in rows.messages() if one.id not in here]
        if known and not known.in_trash and not fresh:
            return done
        self._archive.store(rows.conversation(), fresh, rows.files)
        self._changed(cid)
        done = replace(done, messages=done.messages + len(fresh))
        if known is None:
            return replace(done, created=(*done.created, cid))
        if known.in_trash:
            return replace(done, restored=(*done.restored, cid))
        return replace(done, added=(*done.added, (cid, tuple(one.id for one in fresh))))


class _Rows:
    """A conversation of the file as rows of ours. Nobody here has paid for it: there is no receipt."""

    def __init__(self, cid: str, found: ImportedConversation, now_ms: int, leaf: str) -> None:
        """`leaf` is what is shown of it here already, '' for a new one."""
        self._cid, self._found, self._now, self._leaf_here = cid, found, now_ms, leaf
        self.ids = {one.id: message_id(cid, found.source, one.id) for one in found.messages}
        self.files: dict[str, bytes] = {}

    def avoid(self, taken: frozenset[str]) -> None:
        """An id that another conversation has is replaced: ids in a file are only what the file says."""
        for original, chosen in self.ids.items():
            if chosen in taken:
                self.ids[original] = message_id(self._cid, Source.OPENAI, original)

    def conversation(self) -> Conversation:
        found = self._found
        created = found.created_ms or self._now
        return Conversation(
            id=self._cid,
            title=found.title,
            ref=_own_ref(found.model) if found.source is Source.NEXU else None,
            created_ms=created,
            updated_ms=max(found.updated_ms or created, created),
            system=found.system,
            rules=found.rules,
            effort=found.effort,
            leaf=self._leaf(),
            temperature=found.temperature,
            output_limit=found.output_limit,
        )

    def _leaf(self) -> str:
        """The file's, unless the person has gone another way here since."""
        on_the_way = {self.ids[one.id] for one in self._found.path()}
        goes_on = not self._leaf_here or self._leaf_here in on_the_way
        return self.ids.get(self._found.leaf, "") if goes_on else self._leaf_here

    def messages(self) -> list[Message]:
        return [self._message(one) for one in self._found.messages]

    def _message(self, one: ImportedMessage) -> Message:
        key = self.ids[one.id]
        return Message(
            id=key,
            conversation=self._cid,
            role=one.role,
            text=one.text,
            created_ms=one.created_ms or self._found.created_ms or self._now,
            reasoning=one.reasoning,
            ref=self._ref(one.model),
            dropped=one.dropped,
            attachments=self._attachments(key, one.attachments),
            parent=self.ids.get(one.parent, ""),
            summaries=tuple(self.ids[name] for name in one.summaries if name in self.ids),
        )

    def _ref(self, model: str) -> ModelRef | None:
        """A model of another program answered on a lane that costs nothing here."""
        if not model:
            return None
        own = _own_ref(model) if self._found.source is Source.NEXU else None
        return own or ModelRef(Lane.LOCAL, self._found.source.value, model)

    def _attachments(self, message: str, files: Sequence[Attachment]) -> tuple[Attachment, ...]:
        """With ids of their own: attachments are found by id alone."""
        result = []
        for number, one in enumerate(files):
            made = replace(one, id=message_id(message, Source.OPENAI, f"file {number} {one.id}"))
            self.files[made.id] = _bytes_of(one, self._found.files)
            result.append(made)
        return tuple(result)


def _bytes_of(one: Attachment, files: Mapping[str, bytes]) -> bytes:
    return files.get(one.id, b"") or one.text.encode()


def _own_ref(model: str) -> ModelRef | None:
    try:
        return ModelRef.parse(model)
    except BadInput:
        return None
