"""Saved prompts and assistants in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nexu_desktop.domain.presets import Preset
from nexu_desktop.domain.prompts import Prompt


class MemoryPrompts:
    """Implements prompts_port.PromptStore."""

    def __init__(self) -> None:
        self._prompts: dict[str, Prompt] = {}
        self._hidden: set[str] = set()

    def prompts(self) -> tuple[Prompt, ...]:
        return tuple(self._prompts.values())

    def save_prompts(self, prompts: Sequence[Prompt]) -> None:
        for one in prompts:
            self._prompts[one.id] = replace(one, text=_whole(one.text), name=_whole(one.name))

    def remove_prompts(self, ids: Sequence[str]) -> None:
        for one in ids:
            self._prompts.pop(one, None)

    def hidden_prompts(self) -> frozenset[str]:
        return frozenset(self._hidden)

    def hide_prompts(self, ids: Sequence[str], hidden: bool) -> None:
        self._hidden = self._hidden | set(ids) if hidden else self._hidden - set(ids)


class MemoryPresets:
    """Implements prompts_port.PresetStore."""

    def __init__(self) -> None:
        self._presets: dict[str, Preset] = {}

    def presets(self) -> tuple[Preset, ...]:
        return tuple(self._presets.values())

    def save_presets(self, presets: Sequence[Preset]) -> None:
        for one in presets:
            self._presets[one.id] = one

    def remove_presets(self, ids: Sequence[str]) -> None:
        for one in ids:
            self._presets.pop(one, None)


def _whole(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
