"""What every implementation of prompts_port.PromptStore and PresetStore does."""

from __future__ import annotations

from dataclasses import replace

from nexu_desktop.domain.presets import PLAIN, Manner, Preset
from nexu_desktop.domain.prompts import Prompt
from nexu_desktop.services.prompts_port import PresetStore, PromptStore

OWN = Prompt("p1", "Übersetze", "Übersetze nach {{Sprache=中文}}:\n{{Text}} 👍")
CHANGED = Prompt("starter:x", "Sum up", "Sum it up.", shipped=True)

BRIEF = Preset("a1", "Kurz 简短", Manner("Sei kurz.\n👍", 0, 1, "low"))
PLAINLY = Preset("a2", "Plain", PLAIN, default=True)


class PromptsContract:
    """Subclass it with a fixture `store` that gives an empty implementation."""

    def test_what_is_saved_comes_back(self, store: PromptStore) -> None:
        """Every field and character, in the order first saved."""
        assert store.prompts() == ()
        store.save_prompts([OWN, CHANGED])
        assert store.prompts() == (OWN, CHANGED)

    def test_saving_again_changes_it_in_its_place(self, store: PromptStore) -> None:
        """By id, and only that one."""
        store.save_prompts([OWN, CHANGED])
        other = replace(OWN, name="Other", text="new")
        store.save_prompts([other])
        assert store.prompts() == (other, CHANGED)

    def test_removing(self, store: PromptStore) -> None:
        """It is gone; once more, or one that never was, does nothing."""
        store.save_prompts([OWN, CHANGED])
        for _ in range(2):
            store.remove_prompts(["p1", "none"])
        assert store.prompts() == (CHANGED,)

    def test_hidden_ones(self, store: PromptStore) -> None:
        """Remembered by id, whether or not there is a row; shown again on demand."""
        store.hide_prompts(["a", "b"], True)
        store.hide_prompts(["a"], True)
        store.hide_prompts(["b", "none"], False)
        assert store.hidden_prompts() == frozenset({"a"})

    def test_halves_of_characters_do_not_stop_it(self, store: PromptStore) -> None:
        """What was pasted broken is kept with a replacement character."""
        store.save_prompts([replace(OWN, text="a\ud83db")])
        assert store.prompts()[0].text == "a�b"


class PresetsContract:
    """Subclass it with a fixture `store` that gives an empty implementation."""

    def test_what_is_saved_comes_back(self, store: PresetStore) -> None:
        """Every field, zero and None told apart, in the order first saved."""
        assert store.presets() == ()
        store.save_presets([BRIEF, PLAINLY])
        assert store.presets() == (BRIEF, PLAINLY)

    def test_saving_again_changes_it_in_its_place(self, store: PresetStore) -> None:
        """All of its fields, and only its own."""
        store.save_presets([BRIEF, PLAINLY])
        other = Preset("a1", "Long", Manner("", 200, 262_144, ""), default=True)
        store.save_presets([other, replace(PLAINLY, default=False)])
        assert store.presets() == (other, replace(PLAINLY, default=False))

    def test_removing(self, store: PresetStore) -> None:
        """It is gone; once more, or one that never was, does nothing."""
        store.save_presets([BRIEF, PLAINLY])
        for _ in range(2):
            store.remove_presets(["a1", "none"])
        assert store.presets() == (PLAINLY,)
