"""What of a conversation goes before the next draft, item by item, and why the rest does not."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from nexu_desktop.domain.chat import Attachment, AttachmentKind, Conversation, Message, Role


@dataclass(frozen=True, slots=True)
class Image:
    """An image that is sent: `attachment` names its bytes, sizes in pixels."""

    attachment: str
    media_type: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Said:
    """One message on the wire. `parts` are its texts in order (files before words), counted one by one."""

    role: str
    parts: tuple[str, ...]
    images: tuple[Image, ...] = ()

    @property
    def text(self) -> str:
        return "".join(self.parts)


class ItemKind(StrEnum):
    SYSTEM = "system"
    MESSAGE = "message"
    FILE = "file"
    SUMMARY = "summary"


class Unsent(StrEnum):
    """Why an item is not sent."""

    DROPPED = "dropped"  # by the person
    OLD = "old"  # before the last N
    USED = "used"  # a file that one question has had


@dataclass(frozen=True, slots=True)
class ContextItem:
    """One thing that can be dropped or kept. `id` is a message or attachment id, 'system' for the prompt.

    A file belongs to the message `message` and stays behind with it. `unsent` is None where it is sent.
    """

    id: str
    kind: ItemKind
    role: Role
    message: str
    text: str
    unsent: Unsent | None = None
    image: Image | None = None
    name: str = ""

    @property
    def title(self) -> str:
        """The name of a file; of a text the first words, on one line."""
        return self.name or _title(self.text)


SYSTEM_ID = "system"
TITLE_CHARS = 120
HEAD_CHARS = 160  # of a text: with its line breaks and indents made single spaces, a title is left
_FENCES = re.compile("`{3,}")


def said(role: str, text: str) -> Said:
    return Said(role, (text,))


def as_text(attachment: Attachment) -> str:
    """How a text file is put before the words of its message."""
    longest = max(map(len, _FENCES.findall(attachment.text)), default=2)
    fence = "`" * (longest + 1)
    return f"File {attachment.name}:\n{fence}\n{attachment.text.rstrip()}\n{fence}\n\n"


def asked(draft: str, attachments: Sequence[Attachment] = ()) -> Said:
    """The draft with its files as one message."""
    files = tuple(as_text(one) for one in attachments if one.kind is AttachmentKind.TEXT)
    images = tuple(_image(one) for one in attachments if one.kind is AttachmentKind.IMAGE)
    return Said(Role.USER.value, (*files, draft), images)


def items(conversation: Conversation, messages: Sequence[Message]) -> tuple[ContextItem, ...]:
    """The system prompt and every message and file of a branch, oldest first; notes and empty rows are none."""
    rows = [row for row in messages if row.role is not Role.NOTE and (row.text or row.attachments)]
    reasons = _reasons(rows, conversation.rules.keep_last)
    last_answer = max((n for n, row in enumerate(rows) if row.role is Role.ASSISTANT), default=-1)
    found = _prompt(conversation)
    for number, (row, unsent) in enumerate(zip(rows, reasons, strict=True)):
        used = conversation.rules.drop_files and number < last_answer
        found += [_file(one, row, unsent, used=used) for one in row.attachments]
        if row.text:
            kind = ItemKind.SUMMARY if row.role is Role.SYSTEM else ItemKind.MESSAGE
            found.append(ContextItem(row.id, kind, row.role, row.id, row.text, unsent))
    return tuple(found)


def sent(items: Sequence[ContextItem]) -> tuple[Said, ...]:
    """The messages that go on the wire: what is sent of each, files before words.

    Summaries join the system prompt in front: they stand for what came first, and some services take only one.
    """
    rows: dict[str, list[ContextItem]] = {}
    for item in items:
        if item.unsent is None:
            rows.setdefault(item.message, []).append(item)
    joined = [_joined(parts) for parts in rows.values()]
    first = [one for one in joined if one.role == Role.SYSTEM.value]
    rest = [one for one in joined if one.role != Role.SYSTEM.value]
    return (_one_system(first), *rest) if first else tuple(rest)


def _one_system(messages: list[Said]) -> Said:
    parts = list(messages[0].parts)
    for one in messages[1:]:
        parts += ["\n\n", *one.parts]
    return Said(Role.SYSTEM.value, tuple(parts))


def keep_from(items: Sequence[ContextItem], message: str) -> int:
    """How many last messages to keep so that `message` is the first of them."""
    count = 0
    for item in reversed(items):
        count += item.kind is ItemKind.MESSAGE and item.unsent in (None, Unsent.OLD)
        if item.id == message:
            return count
    return 0


def _joined(parts: list[ContextItem]) -> Said:
    texts = tuple(part.text for part in parts if part.text)
    images = tuple(part.image for part in parts if part.image is not None)
    return Said(parts[0].role.value, texts, images)


def _prompt(conversation: Conversation) -> list[ContextItem]:
    text = conversation.system
    unsent = Unsent.DROPPED if conversation.rules.drop_system else None
    item = ContextItem(SYSTEM_ID, ItemKind.SYSTEM, Role.SYSTEM, SYSTEM_ID, text, unsent)
    return [item] if text else []


def _reasons(rows: Sequence[Message], keep_last: int | None) -> list[Unsent | None]:
    """Why each row is not sent, None where it is; the last N are counted among those that are."""
    reasons: list[Unsent | None] = []
    left = len(rows) if keep_last is None else keep_last
    here = {row.id for row in rows if row.role is Role.SYSTEM}
    for row in reversed(rows):
        reason = Unsent.DROPPED if _dropped(row, here) else None
        if row.role is not Role.SYSTEM and reason is None:
            reason, left = (None, left - 1) if left else (Unsent.OLD, 0)
        reasons.append(reason)
    return reasons[::-1]


def _dropped(row: Message, here: Collection[str]) -> bool:
    """By the person, or because a summary of this branch, one of `here`, stands for it."""
    return row.dropped and (not row.summaries or any(one in here for one in row.summaries))


def _file(one: Attachment, row: Message, unsent: Unsent | None, *, used: bool) -> ContextItem:
    if unsent is None and one.dropped:
        unsent = Unsent.DROPPED
    if unsent is None and used:
        unsent = Unsent.USED
    image = _image(one) if one.kind is AttachmentKind.IMAGE else None
    text = "" if image else as_text(one)
    return ContextItem(one.id, ItemKind.FILE, row.role, row.id, text, unsent, image, one.name)


def _image(one: Attachment) -> Image:
    return Image(one.id, one.media_type, one.width, one.height)


def _title(text: str) -> str:
    head = text[:HEAD_CHARS]
    if head[:1].isspace():
        head = text.lstrip()[:HEAD_CHARS]
    return " ".join(head.split())[:TITLE_CHARS]
