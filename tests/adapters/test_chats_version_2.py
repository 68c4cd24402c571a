"""A file of chats that version 2 wrote: its lists become branches, and what was sent of them is sent again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from nexu_desktop.adapters.chats_schema import MIGRATIONS
from nexu_desktop.adapters.chats_sqlite import ChatsSqlite
from nexu_desktop.domain.chat import ContextRules, Lane
from nexu_desktop.domain.context import items, sent
from nexu_desktop.domain.errors import StorageFailed
from tests.adapters.version_2 import unpack
from tests.services.fakes import FakeClock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return unpack(tmp_path)


@pytest.fixture
def chats(path: Path) -> Iterator[ChatsSqlite]:
    made = ChatsSqlite(path, FakeClock())
    yield made
    made.close()


def names(chats: ChatsSqlite, cid: str) -> list[str]:
    return [one.id for one in chats.messages(cid)]


def test_answers_in_a_row_become_siblings(chats: ChatsSqlite) -> None:
    """They follow their question; what comes next follows the one that was sent: not a failed, not a dropped one."""
    assert names(chats, "c1") == ["q1", "a2", "n1", "q2", "b2", "n2", "q3", "d2", "q4", "e1"]
    parents = {one.id: one.parent for one in chats.tree("c1")}
    assert parents == {
        "q1": "", "a1": "q1", "a2": "q1", "n1": "a2", "a3": "q1",
        "q2": "n1", "b1": "q2", "b2": "q2", "n2": "b2",
        "q3": "n2", "d1": "q3", "d2": "q3", "d3": "q3",
        "q4": "d2", "e1": "q4",
    }  # fmt: skip


def test_the_same_is_sent_as_before(chats: ChatsSqlite) -> None:
    """The very words that version 2 would have sent, rules and prompt included."""
    conversation = chats.conversation("c1")
    assert conversation is not None
    assert (conversation.rules, conversation.effort) == (ContextRules(9, True, False), "low")
    assert (conversation.leaf, conversation.temperature, conversation.output_limit) == ("e1", None, None)
    assert [one.text for one in sent(items(conversation, chats.messages("c1")))] == [
        "Be brief.", "question q1", "answer a2", "question q2", "answer b2",
        "question q3", "answer d2", "question q4", "half",
    ]  # fmt: skip


def test_a_summary_stands_where_it_stood(chats: ChatsSqlite) -> None:
    """What it took the place of is known to be its doing; what the person dropped is theirs."""
    rows = {one.id: one for one in chats.messages("c2")}
    assert list(rows) == ["s-q1", "s-a1", "s-q2", "s-a2", "sum", "s-q3", "s-a3"]
    assert {name: one.summaries for name, one in rows.items() if one.dropped} == {
        "s-q1": ("sum",),
        "s-a1": ("sum",),
        "s-q3": (),
    }
    assert [one.dropped for one in rows["s-q1"].attachments] == [False]
    conversation = chats.conversation("c2")
    assert conversation is not None
    assert [one.text.split()[0] for one in sent(items(conversation, list(rows.values())))] == [
        "Summary", "question", "answer", "answer",
    ]  # fmt: skip


def test_other_conversations_come_back(chats: ChatsSqlite) -> None:
    """One without messages, and one that begins with answers."""
    empty = chats.conversation("c3")
    assert empty is not None
    assert (empty.leaf, empty.draft, chats.messages("c3")) == ("", "so far", ())
    assert (names(chats, "c4"), [one.parent for one in chats.tree("c4")]) == (["x2"], ["", ""])


def test_what_was_spent_is_the_same(chats: ChatsSqlite) -> None:
    """On every branch."""
    found = {one.id: one.spent for one in chats.conversations()}
    per_answer = 350_000_000
    assert found == {"c1": 8 * per_answer, "c2": 4 * per_answer, "c3": 0, "c4": 2 * per_answer}
    assert chats.spent([Lane.CREDITS]) == 14 * per_answer


def test_nothing_of_the_migration_is_left_behind(chats: ChatsSqlite, path: Path) -> None:
    """No table that it worked with; a copy of the old file, sound and whole."""
    chats.conversations()
    now = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    tables = [name for (name,) in now.execute("SELECT name FROM sqlite_schema WHERE name LIKE 'row_%'")]
    now.close()
    copy = apsw.Connection(str(path.with_name("chats.db.v2.bak")), flags=apsw.SQLITE_OPEN_READONLY)
    found = copy.pragma("user_version"), copy.execute("SELECT count(*) FROM message").get
    copy.close()
    assert (tables, found) == ([], (2, 25))


def test_the_migration_is_whole_or_not_at_all(
    path: Path, chats: ChatsSqlite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where its last statement fails, the file is still one of version 2, and the next start migrates it."""
    broken = (*MIGRATIONS[:2], MIGRATIONS[2] + "INSERT INTO none VALUES (1);")
    with monkeypatch.context() as patched:
        patched.setattr("nexu_desktop.adapters.chats_sqlite.MIGRATIONS", broken)
        failing = ChatsSqlite(path, FakeClock())
    with pytest.raises(StorageFailed):
        failing.conversations()
    failing.close()
    left = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    columns = {name for _, name, *_ in left.execute("PRAGMA table_info(message)")}
    version = left.pragma("user_version")
    left.close()
    assert (version, "parent" in columns) == (2, False)
    assert names(chats, "c2")[0] == "s-q1"
