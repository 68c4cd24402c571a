"""What the stories of saved prompts and of assistants need from the disk; apart from ports.py, which is full."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from nexu_desktop.domain.presets import Preset
from nexu_desktop.domain.prompts import Prompt


class PromptStore(Protocol):
    """The prompts a person made or changed, and which of the shipped ones are hidden."""

    def prompts(self) -> tuple[Prompt, ...]:
        """In the order they were first saved."""
        ...

    def save_prompts(self, prompts: Sequence[Prompt]) -> None:
        """Add them, or put them in the place of those with the same id, in one transaction."""
        ...

    def remove_prompts(self, ids: Sequence[str]) -> None:
        """No error for one that is not there."""
        ...

    def hidden_prompts(self) -> frozenset[str]:
        """Ids of shipped prompts that are not to be shown."""
        ...

    def hide_prompts(self, ids: Sequence[str], hidden: bool) -> None: ...


class PresetStore(Protocol):
    """The assistants a person saved."""

    def presets(self) -> tuple[Preset, ...]:
        """In the order they were first saved."""
        ...

    def save_presets(self, presets: Sequence[Preset]) -> None:
        """Add them, or put them in the place of those with the same id, in one transaction."""
        ...

    def remove_presets(self, ids: Sequence[str]) -> None:
        """No error for one that is not there."""
        ...
