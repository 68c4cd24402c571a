"""Assistants in a table of their own in chats.db."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nexu_desktop.adapters.database import Database
from nexu_desktop.adapters.whole_text import whole_text
from nexu_desktop.domain.presets import Manner, Preset

_COLUMNS = "id, name, system, temperature, output_limit, effort, is_default"


class ChatsPresets:
    """Implements prompts_port.PresetStore. Safe from any thread; every method raises StorageFailed children."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def presets(self) -> tuple[Preset, ...]:
        with self._database.reading() as db:
            return tuple(map(_of_row, db.execute(f"SELECT {_COLUMNS} FROM preset ORDER BY seq")))

    def save_presets(self, presets: Sequence[Preset]) -> None:
        with self._database.transaction() as db:
            db.executemany(
                f"INSERT INTO preset ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
                " name = excluded.name, system = excluded.system, temperature = excluded.temperature,"
                " output_limit = excluded.output_limit, effort = excluded.effort, is_default = excluded.is_default",
                [_row(one) for one in presets],
            )

    def remove_presets(self, ids: Sequence[str]) -> None:
        with self._database.transaction() as db:
            db.executemany("DELETE FROM preset WHERE id = ?", [(one,) for one in ids])


def _of_row(row: tuple[Any, ...]) -> Preset:
    identity, name, *manner, default = row
    return Preset(identity, name, Manner(*manner), bool(default))


def _row(preset: Preset) -> tuple[str | int | None, ...]:
    manner = preset.manner
    name, system = whole_text(preset.name), whole_text(manner.system)
    return (
        preset.id, name, system, manner.temperature, manner.output_limit, manner.effort, int(preset.default),
    )  # fmt: skip
