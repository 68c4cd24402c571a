"""Conversations on their way from or to a file: plain values, what was left out, and the caps against bombs."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from nexu_desktop.domain.chat import Attachment, ContextRules, Role
from nexu_desktop.domain.errors import NexuError

CONVERSATIONS_MAX = 100_000  # of one file
MESSAGES_MAX = 50_000  # of one conversation
TEXT_MAX = 4_000_000  # characters of one message
TITLE_MAX = 200
NAME_MAX = 120  # of a model or a file

_IDS = uuid.UUID("6f3d6c1e-8f2b-5c58-9c07-3a4c7c1b2d90")


class Source(StrEnum):
    """Whose file it is. The values go into ids: they stay as they are."""

    CHATGPT = "chatgpt"
    CLAUDE = "claude"
    CHERRY = "cherry-studio"
    CHATBOX = "chatbox"
    OPENAI = "openai"
    NEXU = "nexu"

    @property
    def shown(self) -> str:
        return _TITLES[self]


_TITLES = {
    Source.CHATGPT: "ChatGPT export",
    Source.CLAUDE: "Claude export",
    Source.CHERRY: "Cherry Studio backup",
    Source.CHATBOX: "Chatbox export",
    Source.OPENAI: "Messages in OpenAI’s format",
    Source.NEXU: "Nexu Desktop export",
}


class Left(StrEnum):
    """What an import leaves out; the value completes "3 …"."""

    TOOLS = "tool calls and results"
    SYSTEM = "system messages inside a conversation"
    HIDDEN = "hidden messages"
    EXTRAS = "translations, citations and notes of errors"
    FILES = "files, kept by name alone"
    LONG = f"messages of more than {TEXT_MAX:,} characters"
    UNREADABLE = "items that could not be read"
    NO_MESSAGES = "conversations without messages"
    TWICE = "conversations that are in the file twice"
    TOO_MANY = f"conversations beyond the first {CONVERSATIONS_MAX:,}"
    OVERLONG = f"conversations of more than {MESSAGES_MAX:,} messages"
    BROKEN_OFF = "broken end of the file"


class Tally:
    """Counts what is left out while a file is read."""

    def __init__(self) -> None:
        self._counts: Counter[Left] = Counter()

    def count(self, what: Left, number: int = 1) -> None:
        self._counts[what] += number

    @property
    def rows(self) -> tuple[tuple[Left, int], ...]:
        """In the order of Left, without zeros."""
        return tuple((what, self._counts[what]) for what in Left if self._counts[what])


class TransferStopped(NexuError):
    """The person stopped it; what is done already stays."""

    def __init__(self) -> None:
        super().__init__("Stopped.", "What was done before stays.")


@dataclass(frozen=True, slots=True)
class ImportedMessage:
    """`id` and `parent` are the file's own; '' is none. `created_ms` None where the file does not say.

    `model` is a name for people. An attachment without text or `files` entry is known by name alone.
    """

    id: str
    role: Role
    text: str
    parent: str = ""
    reasoning: str = ""
    created_ms: int | None = None
    model: str = ""
    attachments: tuple[Attachment, ...] = ()
    dropped: bool = False
    summaries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportedConversation:
    """Siblings stand in their order; `leaf` is the last message of the branch that was shown.

    `files` are bytes by attachment id. From `effort` on, all comes from this program's own files alone.
    """

    source: Source
    id: str
    title: str
    messages: tuple[ImportedMessage, ...]
    leaf: str
    created_ms: int | None = None
    updated_ms: int | None = None
    system: str = ""
    model: str = ""
    effort: str = ""
    rules: ContextRules = field(default_factory=ContextRules)
    temperature: int | None = None
    output_limit: int | None = None
    files: Mapping[str, bytes] = field(default_factory=dict)

    def path(self) -> tuple[ImportedMessage, ...]:
        """The branch that was shown, oldest first."""
        by_id = {message.id: message for message in self.messages}
        found: list[ImportedMessage] = []
        at = by_id.get(self.leaf)
        while at is not None and len(found) < len(self.messages):
            found.append(at)
            at = by_id.get(at.parent)
        return tuple(reversed(found))


def conversation_id(source: Source, original: str) -> str:
    """The same for the same conversation of the same program, so that a second import knows it."""
    if source is Source.NEXU and _is_uuid(original):
        return original
    return str(uuid.uuid5(_IDS, f"{source.value}\n{original}"))


def message_id(conversation: str, source: Source, original: str) -> str:
    """`conversation` is the id as stored here."""
    if source is Source.NEXU and _is_uuid(original):
        return original
    return str(uuid.uuid5(_IDS, f"{conversation}\n{original}"))


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False
