"""The prompts library: those that came with the program and the person's own, found, kept, moved in and out."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from nexu_desktop.domain.errors import BadInput
from nexu_desktop.domain.prompts import NAME_CHARS, Prompt, checked
from nexu_desktop.services.meter import Meter
from nexu_desktop.services.prompts_port import PromptStore

FORMAT, VERSION = "nexu-prompts", 1
FILE_CHARS, FILE_PROMPTS = 5_000_000, 5_000
# As other programs name the two fields in their exports.
_NAMES, _TEXTS = ("name", "title", "act"), ("text", "content", "prompt")


@dataclass(frozen=True, slots=True)
class Imported:
    """`added` are the new ones; `known` were there already, `bad` could not be used."""

    added: tuple[Prompt, ...]
    known: int
    bad: int


class Prompts:
    def __init__(
        self,
        store: PromptStore,
        shipped: Callable[[], tuple[Prompt, ...]],
        meter: Meter,
        new_id: Callable[[], str],
    ) -> None:
        self._store = store
        self._shipped = shipped
        self._meter = meter
        self._new_id = new_id

    def all(self) -> tuple[Prompt, ...]:
        """By name. A shipped one that was changed shows the change; hidden ones are left out."""
        own, hidden = {one.id: one for one in self._store.prompts()}, self._store.hidden_prompts()
        merged = {one.id: one for one in self._shipped()} | own
        return tuple(
            sorted(
                (one for one in merged.values() if one.id not in hidden), key=lambda one: one.name.casefold()
            )
        )

    def hidden(self) -> int:
        """How many of the shipped prompts are hidden."""
        return len(self._store.hidden_prompts() & {one.id for one in self._shipped()})

    def find(self, words: str) -> tuple[Prompt, ...]:
        """Those with every word in name or text; names that begin with it first, then names that have it."""
        wanted = words.casefold().split()
        whole = words.strip().casefold()
        fitting = [
            (_rank(one, whole), one)
            for one in self.all()
            if all(word in f"{one.name}\n{one.text}".casefold() for word in wanted)
        ]
        return tuple(one for _, one in sorted(fitting, key=lambda pair: pair[0]))

    def save(self, prompt: Prompt) -> Prompt:
        """A new one where it has no id yet. Raises BadInput for one without name or text."""
        prompt = checked(prompt if prompt.id else replace(prompt, id=self._new_id()))
        self._store.save_prompts([prompt])
        return prompt

    def duplicate(self, prompt: Prompt) -> Prompt:
        name = f"{prompt.name[: NAME_CHARS - len(' (copy)')]} (copy)"
        return self.save(Prompt("", name, prompt.text))

    def delete(self, *prompts: Prompt) -> None:
        """`restore` brings them back; a shipped one is hidden, and stays so."""
        self._store.remove_prompts([one.id for one in prompts])
        self._store.hide_prompts([one.id for one in prompts if one.shipped], True)

    def restore(self, *prompts: Prompt) -> None:
        """As they were when they were deleted."""
        untouched = set(self._shipped())
        self._store.hide_prompts([one.id for one in prompts], False)
        self._store.save_prompts([one for one in prompts if one not in untouched])

    def show_hidden(self) -> None:
        """The shipped ones again, all of them."""
        self._store.hide_prompts(sorted(self._store.hidden_prompts()), False)

    def tokens(self, model: str, prompt: Prompt) -> int | None:
        """Of its text as it stands; None while the vocabulary is not loaded."""
        return self._meter.text_now(model, prompt.text)

    def exported(self) -> str:
        """As JSON; `imported` reads it back."""
        rows = [{"name": one.name, "text": one.text} for one in self.all()]
        whole = {"format": FORMAT, "version": VERSION, "prompts": rows}
        return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"

    def imported(self, text: str) -> Imported:
        """Add those that are not there yet. Raises BadInput for a text without a prompt in it."""
        rows = _rows(text)
        seen = {(one.name, one.text) for one in self.all()}
        added: list[Prompt] = []
        known = bad = 0
        for row in rows:
            prompt = self._readable(row)
            if prompt is None:
                bad += 1
            elif (prompt.name, prompt.text) in seen:
                known += 1
            else:
                seen.add((prompt.name, prompt.text))
                added.append(prompt)
        if not added and not known:
            raise BadInput("There is no prompt in this file.", "Pick a JSON file with a list of prompts.")
        self._store.save_prompts(added)
        return Imported(tuple(added), known, bad)

    def _readable(self, row: object) -> Prompt | None:
        if not isinstance(row, dict):
            return None
        name, text = _field(row, _NAMES), _field(row, _TEXTS)
        try:
            return checked(Prompt(self._new_id(), name[:NAME_CHARS], text))
        except BadInput:
            return None


def _rank(prompt: Prompt, whole: str) -> int:
    name = prompt.name.casefold()
    return 0 if name.startswith(whole) else 1 if whole in name else 2


def _rows(text: str) -> Sequence[object]:
    """The list in it, bare or under 'prompts'. Raises BadInput."""
    if len(text) > FILE_CHARS:
        raise BadInput("This file is too large for a list of prompts.", "Pick another file.")
    try:
        whole: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInput("This file is not JSON.", "Pick a JSON file with a list of prompts.") from error
    if isinstance(whole, dict):
        version = whole.get("version", VERSION)
        if whole.get("format") == FORMAT and version != VERSION:
            raise BadInput("This file was written by a newer version.", "Install the newest version first.")
        whole = whole.get("prompts")
    if not isinstance(whole, list):
        raise BadInput("There is no prompt in this file.", "Pick a JSON file with a list of prompts.")
    if len(whole) > FILE_PROMPTS:
        raise BadInput(f"This file has {len(whole):,} prompts.", f"Import at most {FILE_PROMPTS:,} at once.")
    return whole


def _field(row: dict[str, Any], names: Sequence[str]) -> str:
    return next((row[name] for name in names if isinstance(row.get(name), str)), "")
