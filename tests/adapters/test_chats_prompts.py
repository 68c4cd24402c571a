"""Saved prompts on disk and in memory: one contract; what ships is whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from nexu_desktop.adapters.chats_presets import ChatsPresets
from nexu_desktop.adapters.chats_prompts import ChatsPrompts
from nexu_desktop.adapters.chats_sqlite import ChatsSqlite
from nexu_desktop.adapters.starter_prompts import starter_prompts
from nexu_desktop.domain.prompts import blanks, checked
from tests.contracts.prompts import CHANGED, OWN, PresetsContract, PromptsContract
from tests.services.fake_prompts import MemoryPresets, MemoryPrompts
from tests.services.fakes import FakeClock


class TestOnDisk(PromptsContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[ChatsPrompts]:
        chats = ChatsSqlite(tmp_path / "chats.db", FakeClock())
        yield chats.prompts
        chats.close()


class TestInMemory(PromptsContract):
    @pytest.fixture
    def store(self) -> MemoryPrompts:
        return MemoryPrompts()


class TestAssistantsOnDisk(PresetsContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[ChatsPresets]:
        chats = ChatsSqlite(tmp_path / "chats.db", FakeClock())
        yield chats.presets
        chats.close()


class TestAssistantsInMemory(PresetsContract):
    @pytest.fixture
    def store(self) -> MemoryPresets:
        return MemoryPresets()


def test_they_outlive_the_program(tmp_path: Path) -> None:
    """Rows and what is hidden."""
    for _ in range(2):
        chats = ChatsSqlite(tmp_path / "chats.db", FakeClock())
        chats.prompts.save_prompts([OWN, CHANGED])
        chats.prompts.hide_prompts(["h"], True)
        found = chats.prompts.prompts(), chats.prompts.hidden_prompts()
        chats.close()
    assert found == ((OWN, CHANGED), frozenset({"h"}))


def test_the_shipped_prompts_can_all_be_used() -> None:
    """Ids differ and never change hands, names differ, each passes the rules for a person's own."""
    shipped = starter_prompts()
    assert len({one.id for one in shipped}) == len({one.name for one in shipped}) == len(shipped) >= 8
    for one in shipped:
        assert one.id.startswith("starter:")
        assert one.shipped
        assert checked(one) == one
    assert any(blanks(one.text) for one in shipped)
