"""Assistants: the manner of a conversation, kept under a name, put on others, and what it costs on each send."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from nexu_desktop.domain.chat import ModelRef
from nexu_desktop.domain.context import SYSTEM_ID
from nexu_desktop.domain.presets import PLAIN, Manner, Preset, checked, checked_manner
from nexu_desktop.services.catalog import Catalog
from nexu_desktop.services.contexts import Contexts
from nexu_desktop.services.conversations import Conversations
from nexu_desktop.services.meter import Meter
from nexu_desktop.services.prompts_port import PresetStore


@dataclass(frozen=True, slots=True)
class SystemCost:
    """Of a system prompt on each send: tokens, and nano-units of the lane (None: price unknown)."""

    tokens: int
    cost: int | None


class Presets:
    def __init__(
        self,
        store: PresetStore,
        conversations: Conversations,
        context: Contexts,
        meter: Meter,
        catalog: Catalog,
        new_id: Callable[[], str],
    ) -> None:
        self._store = store
        self._conversations = conversations
        self._context = context
        self._meter = meter
        self._catalog = catalog
        self._new_id = new_id

    def all(self) -> tuple[Preset, ...]:
        """By name."""
        return tuple(sorted(self._store.presets(), key=lambda one: one.name.casefold()))

    def save(self, preset: Preset) -> Preset:
        """A new one where it has no id yet. Raises BadInput for a name or a figure that can't be used."""
        preset = checked(preset if preset.id else replace(preset, id=self._new_id()))
        rest = [one for one in self._store.presets() if one.default and one.id != preset.id]
        others = [replace(one, default=False) for one in rest] if preset.default else []
        self._store.save_presets([preset, *others])
        return preset

    def delete(self, preset: Preset) -> None:
        """`save` brings it back as it was; conversations keep the manner they have."""
        self._store.remove_presets([preset.id])

    def manner(self, cid: str) -> Manner:
        """How the conversation is answered now."""
        known = self._conversations.get(cid)
        return Manner.of(known) if known else PLAIN

    def of(self, cid: str) -> Preset | None:
        """The assistant that the conversation has, by what it says: one changed since has none."""
        manner = self.manner(cid)
        return next((one for one in self.all() if one.manner == manner), None)

    def put_on(self, cid: str, manner: Manner) -> Manner:
        """From the next send on; returns what was before. A conversation not yet on disk stays off it.

        Raises BadInput for a figure that can't be used, and StorageFailed.
        """
        manner, before = checked_manner(manner), self.manner(cid)
        if not self._conversations.dress(cid, manner):
            self._change(cid, before, manner)
        self._context.changed(cid)
        return before

    def _change(self, cid: str, before: Manner, manner: Manner) -> None:
        """Only what differs: each is a write."""
        context = self._context
        if manner.system != before.system:
            context.set_system(cid, manner.system)
        if manner.system and context.rules(cid).drop_system:
            context.set_dropped(cid, [SYSTEM_ID], False)  # who sets one wants it sent
        if manner.effort != before.effort:
            context.set_effort(cid, manner.effort)
        if manner.temperature != before.temperature:
            context.set_temperature(cid, manner.temperature)
        if manner.output_limit != before.output_limit:
            context.set_output_limit(cid, manner.output_limit)

    def for_new(self) -> Manner:
        """That of the default assistant."""
        return next((one.manner for one in self._store.presets() if one.default), PLAIN)

    def cost(self, system: str, ref: ModelRef) -> SystemCost | None:
        """What this system prompt adds to every send on that model; None while it is not counted."""
        tokens = self._meter.text_now(ref.model, system)
        if tokens is None:
            return None
        offer = self._catalog.offer(ref)
        rate = offer.rate if offer else None
        return SystemCost(tokens, rate.adds(tokens, tokens) if rate else None)
