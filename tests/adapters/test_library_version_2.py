"""A file of chats that version 2 wrote: nothing is lost, and what was said before can be found."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from nexu_desktop.adapters.chats_sqlite import ChatsSqlite
from tests.adapters.version_2 import unpack
from tests.contracts.chats import receipt
from tests.services.fakes import FakeClock


@pytest.fixture
def chats(tmp_path: Path) -> Iterator[ChatsSqlite]:
    made = ChatsSqlite(unpack(tmp_path, "chats_v2_library"), FakeClock())
    yield made
    made.close()


def found(chats: ChatsSqlite, *terms: str) -> list[str]:
    with closing(chats.library.said(terms, 0, 1 << 62, lambda cid: False)) as said:
        return [one.message for one in said]


def test_conversations_come_back(chats: ChatsSqlite) -> None:
    """In no folder, without tags, neither pinned nor archived; what was deleted is in the trash."""
    entries, trash = chats.library.entries(), chats.library.trash()
    assert [(one.title, one.spent, one.folder, one.tags) for one in entries] == [
        ("Other", 0, None, ()),
        ("Größe 字", 350_000_000, None, ()),
    ]
    assert [(one.pinned_ms, one.archived_ms, one.deleted_ms) for one in entries] == [(None, None, None)] * 2
    assert [one.id for one in trash] == ["c3"]
    assert chats.messages("c1")[1].receipt == receipt("a1")


def test_what_was_said_before_is_found_once_it_is_read(chats: ChatsSqlite) -> None:
    """Nothing at first, everything but removed and unfinished text afterwards, in slices that end."""
    library = chats.library
    before = (library.unread(), found(chats, "merge"))
    assert library.read_some() == 0
    assert (before, library.unread()) == ((7, []), 0)
    assert [found(chats, term) for term in ("merge", "积分", "because", "notes", "gone")] == [
        ["q4"],
        ["q1"],
        ["a1"],
        ["q1"],
        ["q5"],
    ]
    assert [found(chats, term) for term in ("secret", "half an", "hidden")] == [[], [], []]


def test_a_conversation_that_goes_takes_its_words_along(chats: ChatsSqlite) -> None:
    """Purged before or after its messages were read: nothing of it stays in the index or waits for it."""
    chats.purge_deleted()
    assert chats.library.unread() == 6
    chats.library.read_some()
    before = rows_of_the_index(chats)
    chats.delete("c2")
    chats.purge_deleted()
    assert (chats.library.entry("c2"), found(chats, "merge"), chats.library.unread()) == (None, [], 0)
    assert (before, rows_of_the_index(chats)) == ((4, 4), (3, 3))


def rows_of_the_index(chats: ChatsSqlite) -> tuple[int, int]:
    with chats._database.reading() as db:
        tables = ("search_long_docsize", "search_short_docsize")
        long, short = (db.execute(f"SELECT count(*) FROM {table}").get for table in tables)
    return long, short
