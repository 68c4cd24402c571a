"""What the library needs of the disk; the object behind ports.Chats has it as `library`."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Protocol

from nexu_desktop.domain.library import Entry, Folder, Said


class LibraryStore(Protocol):
    """Changing what is not there (any more) does nothing. Safe from any thread; raises StorageFailed children."""

    # --- where conversations stand ---

    def entries(self) -> tuple[Entry, ...]:
        """All that are not in the trash, archived ones too; newest first."""
        ...

    def entry(self, conversation: str) -> Entry | None:
        """Also one in the trash."""
        ...

    def trash(self) -> tuple[Entry, ...]:
        """Last deleted first."""
        ...

    def move(self, conversations: Sequence[str], folder: str | None) -> None: ...

    def pin(self, conversations: Sequence[str], at_ms: int | None) -> None: ...

    def archive(self, conversations: Sequence[str], at_ms: int | None) -> None:
        """A further question takes a conversation out of the archive."""
        ...

    def bin(self, conversations: Sequence[str], at_ms: int | None) -> None:
        """Into the trash, or out of it (None)."""
        ...

    def set_tags(self, tags: Mapping[str, Sequence[str]]) -> None:
        """By conversation; what it had before goes."""
        ...

    def put_back(self, entries: Sequence[Entry]) -> None:
        """Folder, pin, archive, trash and tags as they are in these, in one transaction."""
        ...

    def purge(self, conversations: Sequence[str]) -> int:
        """For good, those in the trash alone; receipts stay. Returns how many went."""
        ...

    # --- folders ---

    def folders(self) -> tuple[Folder, ...]:
        """In the order of the person."""
        ...

    def add_folder(self, folder: Folder, place: int) -> None:
        """So many stand before it."""
        ...

    def rename_folder(self, folder: str, name: str) -> None: ...

    def fold_folder(self, folder: str, folded: bool) -> None: ...

    def order_folders(self, folders: Sequence[str]) -> None: ...

    def remove_folder(self, folder: str) -> None:
        """Its conversations are in no folder then."""
        ...

    # --- searching ---

    def titles(self) -> tuple[tuple[str, str, int], ...]:
        """(id, title, last change in ms) of all that are not in the trash, newest first."""
        ...

    def answered_by(self, model: str) -> frozenset[str]:
        """Conversations set to, or answered by, a model whose id holds this (folded) text."""
        ...

    def said(
        self, terms: Sequence[str], since_ms: int, until_ms: int, skip: Callable[[str], bool]
    ) -> Generator[Said, None, None]:
        """Messages that hold all these folded terms, newest first; `skip` is asked with the conversation first.

        Read as it is consumed, in one thread; close it.
        """
        ...

    def unread(self) -> int:
        """Messages of before that the index does not know yet."""
        ...

    def read_some(self) -> int:
        """Take a few of them into the index (some 20 ms); returns how many are left."""
        ...
