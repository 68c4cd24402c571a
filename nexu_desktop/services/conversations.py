"""Conversations as a window knows them: stored, or new and not yet on disk; which model answers them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from nexu_desktop.domain.branches import Tree
from nexu_desktop.domain.chat import Conversation, Message, ModelRef, Role, title_from
from nexu_desktop.domain.errors import BadInput
from nexu_desktop.services.catalog import Catalog
from nexu_desktop.services.ports import Chats, Clock, SettingsStore


class Conversations:
    def __init__(
        self,
        chats: Chats,
        catalog: Catalog,
        settings: SettingsStore,
        clock: Clock,
        new_id: Callable[[], str],
    ) -> None:
        self._chats = chats
        self._catalog = catalog
        self._settings = settings
        self._clock = clock
        self._new_id = new_id
        self._refs: dict[str, ModelRef] = {}
        self._unsaved: dict[str, Conversation] = {}

    def get(self, cid: str) -> Conversation | None:
        return self._chats.conversation(cid) or self._unsaved.get(cid)

    def new(self) -> Conversation:
        """Stored only when a draft or a message comes."""
        now = self._clock.now_ms()
        fresh = Conversation(self._new_id(), "", self._catalog.default_ref(), now, now)
        self._unsaved[fresh.id] = fresh
        return fresh

    def rename(self, cid: str, title: str) -> None:
        """Raises BadInput for an empty title."""
        title = " ".join(title.split())[:200]
        if not title:
            raise BadInput("A title needs at least one character.", "Write a title, or press Escape.")
        self.store(cid)
        self._chats.rename(cid, title)

    def set_draft(self, cid: str, draft: str) -> None:
        if draft or cid not in self._unsaved:
            self.store(cid)
            self._chats.set_draft(cid, draft)

    def ref(self, cid: str) -> ModelRef:
        """The model of the conversation while it is still offered, else the default."""
        seen = self._refs.get(cid)
        if seen is None or self._catalog.offer(seen) is None:
            known = self.get(cid)
            still = known is not None and known.ref is not None and self._catalog.offer(known.ref)
            seen = self._refs[cid] = still.ref if still else self._catalog.default_ref()
        return seen

    def choose_model(self, cid: str, ref: ModelRef) -> Message | None:
        """Remember the model; with messages already there, a note in the transcript says so."""
        before = self.ref(cid)
        self._settings.update(last_model=str(ref))
        if cid in self._unsaved:
            self._unsaved[cid] = replace(self._unsaved[cid], ref=ref)
            self._refs[cid] = ref
            return None
        self._chats.set_model(cid, ref)
        self._refs[cid] = ref  # after the disk: another thread could read the old one back in between
        leaf = self.leaf(cid)
        if ref == before or not leaf:
            return None
        offer = self._catalog.need(ref)
        rate = f", {offer.published.rate}x" if offer.published else ""
        note = self.row(cid, Role.NOTE, f"From here with {ref.model}{rate}.", parent=leaf)
        self._chats.add(note)
        return note

    def store(self, cid: str) -> None:
        """Put it on disk if it is not there yet."""
        fresh = self._unsaved.get(cid)
        if fresh is not None:
            self._chats.create(fresh)
            del self._unsaved[cid]  # only now: a full disk must not lose it

    def store_and_name(self, cid: str, draft: str) -> None:
        """The title is made of the first words, unless there is one."""
        self.store(cid)
        known = self._chats.conversation(cid)
        if known is not None and not known.title:
            self._chats.rename(cid, title_from(draft))

    def leaf(self, cid: str) -> str:
        """The message that the next one follows; '' before the first."""
        known = self._chats.conversation(cid)
        if known is None or known.leaf:
            return known.leaf if known else ""
        return Tree((one.id, one.parent) for one in self._chats.links(cid) if not one.hidden).newest()

    def row(self, cid: str, role: Role, text: str, *, parent: str) -> Message:
        """A message made now, not stored."""
        return Message(self._new_id(), cid, role, text, self._clock.now_ms(), parent=parent)
