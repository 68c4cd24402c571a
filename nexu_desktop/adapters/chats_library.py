"""The library in chats.db: folders, pins, tags, archive, trash, and the search over it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from typing import Any

import apsw

from nexu_desktop.adapters import chats_search as search
from nexu_desktop.adapters.database import Database
from nexu_desktop.adapters.whole_text import whole_text
from nexu_desktop.domain.chat import Lane, Role
from nexu_desktop.domain.credits import Nanocredits
from nexu_desktop.domain.folding import contains, fold
from nexu_desktop.domain.library import Entry, Folder, Said

_SPENT = f"""
SELECT conversation, sum(iif(ref GLOB '{Lane.CREDITS}/*', charged, 0)) AS real,
    sum(iif(ref GLOB '{Lane.SANDBOX}/*', charged, 0)) AS play
FROM receipt GROUP BY conversation
"""
_ENTRY = """
SELECT id, title, updated_ms, coalesce(spent.real, 0), coalesce(spent.play, 0),
    folder, pinned_ms, archived_ms, deleted_ms
FROM conversation LEFT JOIN ({spent}) AS spent ON spent.conversation = conversation.id
WHERE {which}
"""
_PLACE = """
SELECT id, conversation, role, created_ms FROM message
WHERE seq = ? AND NOT removed AND NOT streaming AND created_ms >= ? AND created_ms < ?
"""
_ORDER = "updated_ms DESC, id DESC"


class LibrarySqlite:
    """Implements library_port.LibraryStore on the file of ChatsSqlite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # --- where conversations stand ---

    def entries(self) -> tuple[Entry, ...]:
        return self._entries(f"deleted_ms IS NULL ORDER BY {_ORDER}")

    def entry(self, conversation: str) -> Entry | None:
        return next(iter(self._entries("id = ?1", conversation)), None)

    def trash(self) -> tuple[Entry, ...]:
        return self._entries("deleted_ms IS NOT NULL ORDER BY deleted_ms DESC, id DESC")

    def move(self, conversations: Sequence[str], folder: str | None) -> None:
        known = "(SELECT id FROM folder WHERE id = ?)"
        self._many(f"UPDATE conversation SET folder = {known} WHERE id = ?", conversations, folder)

    def pin(self, conversations: Sequence[str], at_ms: int | None) -> None:
        self._many("UPDATE conversation SET pinned_ms = ? WHERE id = ?", conversations, at_ms)

    def archive(self, conversations: Sequence[str], at_ms: int | None) -> None:
        self._many("UPDATE conversation SET archived_ms = ? WHERE id = ?", conversations, at_ms)

    def bin(self, conversations: Sequence[str], at_ms: int | None) -> None:
        self._many("UPDATE conversation SET deleted_ms = ? WHERE id = ?", conversations, at_ms)

    def set_tags(self, tags: Mapping[str, Sequence[str]]) -> None:
        with self._database.transaction() as db:
            _set_tags(db, tags)

    def put_back(self, entries: Sequence[Entry]) -> None:
        with self._database.transaction() as db:
            db.executemany(
                "UPDATE conversation SET folder = (SELECT id FROM folder WHERE id = ?),"
                " pinned_ms = ?, archived_ms = ?, deleted_ms = ? WHERE id = ?",
                [(one.folder, one.pinned_ms, one.archived_ms, one.deleted_ms, one.id) for one in entries],
            )
            _set_tags(db, {one.id: one.tags for one in entries})

    def purge(self, conversations: Sequence[str]) -> int:
        with self._database.transaction() as db:
            gone = 0
            for one in conversations:
                db.execute("DELETE FROM conversation WHERE id = ? AND deleted_ms IS NOT NULL", (one,))
                gone += db.changes()
            return gone

    # --- folders ---

    def folders(self) -> tuple[Folder, ...]:
        with self._database.reading() as db:
            rows = db.execute("SELECT id, name, folded FROM folder ORDER BY position, id")
            return tuple(Folder(identity, name, bool(folded)) for identity, name, folded in rows)

    def add_folder(self, folder: Folder, place: int) -> None:
        with self._database.transaction() as db:
            db.execute("UPDATE folder SET position = position + 1 WHERE position >= ?", (place,))
            db.execute(
                "INSERT OR IGNORE INTO folder (id, name, position, folded) VALUES (?, ?, ?, ?)",
                (folder.id, whole_text(folder.name), place, int(folder.folded)),
            )

    def rename_folder(self, folder: str, name: str) -> None:
        self._many("UPDATE folder SET name = ? WHERE id = ?", [folder], whole_text(name))

    def fold_folder(self, folder: str, folded: bool) -> None:
        self._many("UPDATE folder SET folded = ? WHERE id = ?", [folder], int(folded))

    def order_folders(self, folders: Sequence[str]) -> None:
        with self._database.transaction() as db:
            db.executemany("UPDATE folder SET position = ? WHERE id = ?", list(enumerate(folders)))

    def remove_folder(self, folder: str) -> None:
        with self._database.transaction() as db:
            db.execute("DELETE FROM folder WHERE id = ?", (folder,))

    # --- searching ---

    def titles(self) -> tuple[tuple[str, str, int], ...]:
        with self._database.reading() as db:
            return tuple(
                db.execute(
                    "SELECT id, title, updated_ms FROM conversation WHERE deleted_ms IS NULL"
                    f" ORDER BY {_ORDER}"
                )
            )

    def answered_by(self, model: str) -> frozenset[str]:
        with self._database.reading() as db:
            rows = db.execute(
                "SELECT id, ref FROM conversation WHERE ref IS NOT NULL"
                " UNION SELECT conversation, ref FROM receipt WHERE conversation IS NOT NULL"
            )
            return frozenset(one for one, ref in rows if model in fold(ref.split("/", 2)[-1]))

    def said(
        self, terms: Sequence[str], since_ms: int, until_ms: int, skip: Callable[[str], bool]
    ) -> Generator[Said, None, None]:
        with self._database.reading() as db:
            first, last = search.span(db, since_ms, until_ms)
            with closing(search.candidates(db, terms, first, last)) as rows:
                for seq in rows:
                    found = db.execute(_PLACE, (seq, since_ms, until_ms)).fetchone()
                    if found is None or skip(found[1]):
                        continue
                    document = search.document(db, seq)
                    folded = fold(document)
                    if all(contains(term, folded) for term in terms):
                        yield Said(found[0], found[1], Role(found[2]), found[3], document)

    def unread(self) -> int:
        with self._database.reading() as db:
            return search.waiting(db)

    def read_some(self) -> int:
        with self._database.transaction() as db:
            return search.read_some(db)

    # --- inside ---

    def _entries(self, which: str, *values: str) -> tuple[Entry, ...]:
        spent = _SPENT.replace("GROUP", "WHERE conversation = ?1 GROUP") if values else _SPENT
        with self._database.reading() as db:
            tags: dict[str, list[str]] = {}
            tagged = " WHERE conversation = ?" if values else ""
            for one, tag in db.execute(f"SELECT conversation, tag FROM tagging{tagged} ORDER BY tag", values):
                tags.setdefault(one, []).append(tag)
            rows = db.execute(_ENTRY.format(spent=spent, which=which), values)
            return tuple(_entry_of(row, tags) for row in rows)

    def _many(self, statement: str, conversations: Sequence[str], value: str | int | None) -> None:
        with self._database.transaction() as db:
            db.executemany(statement, [(value, one) for one in conversations])


def _entry_of(row: tuple[Any, ...], tags: Mapping[str, Sequence[str]]) -> Entry:
    identity, title, updated_ms, real, play, folder, pinned_ms, archived_ms, deleted_ms = row
    return Entry(
        identity,
        title,
        updated_ms,
        Nanocredits(real),
        folder,
        pinned_ms,
        archived_ms,
        deleted_ms,
        tuple(tags.get(identity, ())),
        Nanocredits(play),
    )


def _set_tags(db: apsw.Connection, tags: Mapping[str, Sequence[str]]) -> None:
    for one, its in tags.items():
        db.execute("DELETE FROM tagging WHERE conversation = ?", (one,))
        db.executemany(
            "INSERT OR IGNORE INTO tagging (conversation, tag) SELECT id, ? FROM conversation WHERE id = ?",
            [(whole_text(tag), one) for tag in its],
        )
