"""The library: folders, pins, tags, archive, trash. Whatever takes something away can be taken back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from nexu_desktop.domain.errors import BadInput
from nexu_desktop.domain.folding import fold
from nexu_desktop.domain.library import DAY_MS, TRASH_DAYS, Entry, Folder, days_left, folder_name, tag_name
from nexu_desktop.services.ports import Chats, Clock
from nexu_desktop.services.search import Search


@dataclass(frozen=True, slots=True)
class Undo:
    """What was done, in words, and how it is taken back; `opens` is the conversation to show then."""

    told: str
    back: Callable[[], None]
    opens: str = ""


class Library:
    """`search` finds; everything else says where conversations stand. Charges stay in the ledger throughout."""

    def __init__(self, chats: Chats, clock: Clock, new_id: Callable[[], str]) -> None:
        self._chats = chats
        self._store = chats.library
        self._clock = clock
        self._new_id = new_id
        self.search = Search(chats.library)

    def entries(self) -> tuple[Entry, ...]:
        """All that are not in the trash, newest first."""
        return self._store.entries()

    def entry(self, cid: str) -> Entry | None:
        return self._store.entry(cid)

    # --- pins, archive, trash ---

    def pin(self, ids: Sequence[str], pinned: bool) -> None:
        self._store.pin(ids, self._clock.now_ms() if pinned else None)

    def archive(self, ids: Sequence[str], archived: bool = True) -> Undo:
        undo = self._undo("Archived" if archived else "Out of the archive:", ids)
        self._store.archive(ids, self._clock.now_ms() if archived else None)
        return undo

    def delete(self, ids: Sequence[str]) -> Undo:
        """Into the trash, where they stay TRASH_DAYS."""
        undo = self._undo("Deleted", ids)
        self._store.bin(ids, self._clock.now_ms())
        return replace(undo, opens=ids[0] if len(ids) == 1 else "")

    def trash(self) -> tuple[tuple[Entry, int], ...]:
        """Last deleted first, with the days until it goes for good."""
        now_ms = self._clock.now_ms()
        return tuple((entry, days_left(entry, now_ms)) for entry in self._store.trash())

    def restore(self, ids: Sequence[str]) -> None:
        self._store.bin(ids, None)

    def purge(self, ids: Sequence[str]) -> int:
        """For good, those in the trash alone; ask first. Returns how many went."""
        return self._store.purge(ids)

    def empty_trash(self) -> int:
        """For good; ask first. Returns how many went."""
        return self._chats.purge_deleted()

    def empty_old(self) -> int:
        """What has been in the trash for TRASH_DAYS."""
        return self._chats.purge_deleted(self._clock.now_ms() - TRASH_DAYS * DAY_MS)

    # --- folders ---

    def folders(self) -> tuple[Folder, ...]:
        return self._store.folders()

    def new_folder(self, name: str) -> Folder:
        """At the end. Raises BadInput for a name that is empty or taken."""
        known = self._store.folders()
        made = Folder(self._new_id(), _free(folder_name(name), known))
        self._store.add_folder(made, len(known))
        return made

    def rename_folder(self, folder: str, name: str) -> None:
        """Raises BadInput for a name that is empty or taken."""
        others = [one for one in self._store.folders() if one.id != folder]
        self._store.rename_folder(folder, _free(folder_name(name), others))

    def fold_folder(self, folder: str, folded: bool) -> None:
        self._store.fold_folder(folder, folded)

    def shift_folder(self, folder: str, steps: int) -> None:
        """So many places down (up where negative), as far as there are any."""
        order = [one.id for one in self._store.folders()]
        if folder in order:
            at = order.index(folder)
            order.insert(max(at + steps, 0), order.pop(at))
            self._store.order_folders(order)

    def delete_folder(self, folder: str) -> Undo | None:
        """Its conversations stay, in no folder. None where there is no such folder."""
        known = self._store.folders()
        gone = next((one for one in known if one.id == folder), None)
        if gone is None:
            return None
        inside = [one for one in (*self.entries(), *self._store.trash()) if one.folder == folder]
        place = known.index(gone)
        self._store.remove_folder(folder)

        def back() -> None:
            self._store.add_folder(gone, place)
            self._store.put_back(inside)

        return Undo(f"Deleted the folder “{gone.name}”", back)

    def move(self, ids: Sequence[str], folder: str | None) -> Undo:
        name = next((one.name for one in self._store.folders() if one.id == folder), "")
        undo = self._undo(f"Moved to “{name}”:" if name else "Moved out of its folder:", ids)
        self._store.move(ids, folder)
        return undo

    # --- tags ---

    def tags(self) -> tuple[tuple[str, int], ...]:
        """Each with the number of conversations that have it, the archived ones included; by name."""
        counted = Counter(tag for entry in self.entries() for tag in entry.tags)
        return tuple(sorted(counted.items(), key=lambda item: fold(item[0])))

    def tag(self, ids: Sequence[str], add: Sequence[str] = (), remove: Sequence[str] = ()) -> Undo:
        """Raises BadInput for a tag that can't be one; a known tag keeps its spelling."""
        known = {fold(tag): tag for tag, _ in self.tags()}
        wanted = [known.get(fold(tag), tag) for tag in map(tag_name, add)]
        gone = {fold(tag) for tag in remove}
        entries = self._entries(ids)
        undo = self._undo("Changed the tags of", ids)
        self._store.set_tags({one.id: _tagged(one.tags, wanted, gone) for one in entries})
        return undo

    # --- inside ---

    def _entries(self, ids: Sequence[str]) -> list[Entry]:
        return [entry for one in ids if (entry := self._store.entry(one)) is not None]

    def _undo(self, done: str, ids: Sequence[str]) -> Undo:
        before = self._entries(ids)
        what = (
            f"“{before[0].title or 'New conversation'}”"
            if len(before) == 1
            else f"{len(before)} conversations"
        )
        return Undo(f"{done} {what}", lambda: self._store.put_back(before))


def _free(name: str, others: Sequence[Folder]) -> str:
    if any(fold(one.name) == fold(name) for one in others):
        raise BadInput(f"There is a folder “{name}” already.", "Choose another name.")
    return name


def _tagged(before: Sequence[str], add: Sequence[str], gone: set[str]) -> list[str]:
    """One of each, whatever its case."""
    tags = {fold(tag): tag for tag in before if fold(tag) not in gone}
    for tag in add:
        tags.setdefault(fold(tag), tag)
    return sorted(tags.values())
