"""What imports and exports need from outside: a foreign file, the table they store into, writers and a place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from nexu_desktop.domain.chat import Conversation, Message
from nexu_desktop.domain.export import Export
from nexu_desktop.domain.transfer import ImportedConversation, Tally

Progress = Callable[[int, int], None]
"""(done, in all), in whatever unit; from the thread that works."""
Cancelled = Callable[[], bool]


class ForeignReader(Protocol):
    """One file of another program."""

    @property
    def stamp(self) -> tuple[int, int]:
        """Changes with the file."""
        ...

    def conversations(
        self, tally: Tally, progress: Progress, cancelled: Cancelled
    ) -> Iterator[ImportedConversation]:
        """Raises BadInput where nothing can be read, TransferStopped when cancelled."""
        ...


@dataclass(frozen=True, slots=True)
class Known:
    """A conversation that is here already: the ids of its messages, removed ones too, and the branch shown."""

    messages: frozenset[str]
    leaf: str
    in_trash: bool


class Archive(Protocol):
    """The conversations of this program, as imports need them. Knows no money: receipts are never written."""

    def known(self, conversation: str) -> Known | None: ...

    def elsewhere(self, conversation: str, messages: Sequence[str]) -> frozenset[str]:
        """Which of these message ids another conversation has."""
        ...

    def store(
        self, conversation: Conversation, messages: Sequence[Message], files: Mapping[str, bytes]
    ) -> None:
        """In one transaction: create it, or take it out of the trash; add `messages` with their files; show its leaf.

        Of a conversation that is here nothing else changes.
        """
        ...

    def take_back(self, conversation: str, messages: Sequence[str]) -> bool:
        """Remove imported messages again, for good, unless something has been said after them."""
        ...


class Writer(Protocol):
    def __call__(self, export: Export) -> str: ...


class Place(Protocol):
    """Where exports go: one file, a folder or a zip. Raises BadInput for a file that is there, StorageFailed."""

    def names(self) -> frozenset[str]:
        """File names that are taken."""
        ...

    def write(self, name: str, content: bytes) -> Path:
        """Whole, or not at all; returns where it lies."""
        ...

    def finish(self) -> Path:
        """After the last; a zip is there from here on."""
        ...

    def abandon(self) -> None:
        """Leave nothing half done."""
        ...
