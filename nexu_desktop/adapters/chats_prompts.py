"""Saved prompts in tables of their own in chats.db."""

from __future__ import annotations

from collections.abc import Sequence

from nexu_desktop.adapters.database import Database
from nexu_desktop.adapters.whole_text import whole_text
from nexu_desktop.domain.prompts import Prompt


class ChatsPrompts:
    """Implements prompts_port.PromptStore. Safe from any thread; every method raises StorageFailed children."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def prompts(self) -> tuple[Prompt, ...]:
        with self._database.reading() as db:
            rows = db.execute("SELECT id, name, text, shipped FROM prompt ORDER BY seq")
            return tuple(Prompt(one, name, text, bool(shipped)) for one, name, text, shipped in rows)

    def save_prompts(self, prompts: Sequence[Prompt]) -> None:
        rows = [(one.id, whole_text(one.name), whole_text(one.text), int(one.shipped)) for one in prompts]
        with self._database.transaction() as db:
            db.executemany(
                "INSERT INTO prompt (id, name, text, shipped) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET name = excluded.name, text = excluded.text",
                rows,
            )

    def remove_prompts(self, ids: Sequence[str]) -> None:
        with self._database.transaction() as db:
            db.executemany("DELETE FROM prompt WHERE id = ?", [(one,) for one in ids])

    def hidden_prompts(self) -> frozenset[str]:
        with self._database.reading() as db:
            return frozenset(row[0] for row in db.execute("SELECT id FROM prompt_hidden"))

    def hide_prompts(self, ids: Sequence[str], hidden: bool) -> None:
        change = (
            "INSERT INTO prompt_hidden VALUES (?) ON CONFLICT DO NOTHING"
            if hidden
            else "DELETE FROM prompt_hidden WHERE id = ?"
        )
        with self._database.transaction() as db:
            db.executemany(change, [(one,) for one in ids])
