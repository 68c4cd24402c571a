"""Chats on disk: the contract, and what only a file can do."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import apsw
import pytest

from nexu_desktop.adapters.chats_sqlite import ChatsSqlite
from nexu_desktop.domain.chat import Role
from nexu_desktop.domain.credits import Nanocredits
from nexu_desktop.domain.errors import NewerFile, StorageFailed
from nexu_desktop.domain.estimate import Reply
from tests.contracts.chats import NOON, ChatsContract, answer, conversation, question, receipt


class FixedClock:
    def __init__(self) -> None:
        self.time_ms = NOON

    def now_ms(self) -> int:
        return self.time_ms

    def monotonic_ms(self) -> int:
        return 0


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "chats.db"


@pytest.fixture
def chats(path: Path, clock: FixedClock) -> Iterator[ChatsSqlite]:
    made = ChatsSqlite(path, clock)
    yield made
    made.close()


class TestChatsSqlite(ChatsContract):
    pass


def test_survives_a_restart(path: Path, clock: FixedClock, chats: ChatsSqlite) -> None:
    """What was added is there for the next start, an unfinished answer among it."""
    chats.create(conversation())
    chats.add(question(), answer())
    chats.save_answer("a1", "Bec", "")
    chats.close()
    again = ChatsSqlite(path, clock)
    assert again.messages("c1") == (question(), replace(answer(), text="Bec"))
    assert [message.id for message in again.streaming_messages()] == ["a1"]
    again.close()


def test_newest_first(chats: ChatsSqlite, clock: FixedClock) -> None:
    """A message moves its conversation to the top; a draft, a name or a model does not."""
    for identity in ("c1", "c2"):
        chats.create(conversation(identity))
    clock.time_ms += 1
    chats.add(question())
    chats.set_draft("c2", "x")
    chats.rename("c2", "x")
    found = chats.conversations()
    assert [(one.id, one.updated_ms) for one in found] == [("c1", NOON + 1), ("c2", NOON)]


def test_adding_is_all_or_nothing(chats: ChatsSqlite, clock: FixedClock) -> None:
    """An id that is taken stops the whole addition, and nothing has moved."""
    chats.create(conversation())
    chats.add(question())
    clock.time_ms += 1
    with pytest.raises(StorageFailed):
        chats.add(question("q2"), question())
    found = chats.conversation("c1")
    assert found is not None
    assert (chats.messages("c1"), found.updated_ms) == ((question(),), NOON)


def test_prediction_comes_with_the_end(chats: ChatsSqlite) -> None:
    """`finish` takes the predicted length too; storing the receipt again does not forget it."""
    chats.create(conversation())
    chats.add(answer())
    chats.finish("a1", "x", "", receipt(), predicted_output=99)
    chats.finish("a1", "x", "", receipt())
    assert chats.conversation_replies("c1", limit=9) == (Reply(120, 99),)


def test_receipt_without_a_message_is_kept(chats: ChatsSqlite) -> None:
    """An answer whose conversation was purged meanwhile has cost what it cost."""
    chats.finish("gone", "x", "", receipt())
    assert (chats.replies(receipt().ref, limit=9), chats.message("gone")) == ((Reply(120),), None)


def test_removed_text_is_gone_from_the_table(chats: ChatsSqlite, path: Path) -> None:
    """Not only hidden: neither the old text nor what arrives later stays in the row."""
    chats.create(conversation())
    chats.add(question(), answer())
    chats.remove_message("q1")
    chats.remove_message("a1")
    chats.finish("a1", "Because.", "hmm", receipt())
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    rows = connection.execute("SELECT text, reasoning FROM message").fetchall()
    connection.close()
    assert rows == [("", ""), ("", "")]


def test_hostile_text_is_kept(chats: ChatsSqlite) -> None:
    """NUL, quotes and half characters neither stop the writing nor change what follows."""
    chats.create(conversation(title="a\ud800b", draft="'; DROP TABLE message; --\x00end"))
    chats.add(question(text="\ud83d\ude00\x00\udfff'\""))
    found = chats.conversation("c1")
    assert found is not None
    assert (found.title, found.draft) == ("a\ufffdb", "'; DROP TABLE message; --\x00end")
    assert [message.text for message in chats.messages("c1")] == ["😀\x00\ufffd'\""]
    assert len(chats.conversations("A\udfffB")) == 1


def test_ten_thousand_messages(chats: ChatsSqlite) -> None:
    """A long conversation comes whole and in order, its sum right."""
    chats.create(conversation())
    many = []
    for number in range(5_000):
        many.append(question(f"q{number}", f"text {number}"))
        given = receipt(f"a{number}", charged=Nanocredits(number))
        many.append(replace(answer(f"a{number}"), streaming=False, receipt=given))
    chats.add(*many)
    found = chats.conversation("c1")
    assert found is not None
    assert (chats.messages("c1") == tuple(many), found.spent) == (True, 5_000 * 4_999 // 2)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM message WHERE conversation = 'c' ORDER BY seq",
        "SELECT sum(charged) FROM receipt WHERE conversation = 'c'",
        "SELECT output FROM receipt WHERE ref = 'm' AND outcome = 'complete' ORDER BY finished_ms DESC",
        "SELECT * FROM message WHERE streaming = 1 ORDER BY seq",
    ],
)
def test_no_question_reads_a_whole_table(chats: ChatsSqlite, path: Path, query: str) -> None:
    """Each goes through an index and sorts nothing, however long the history."""
    chats.create(conversation())
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    plan = " ".join(row[3] for row in connection.execute("EXPLAIN QUERY PLAN " + query))
    connection.close()
    assert ("INDEX" in plan, "TEMP B-TREE" in plan) == (True, False)


def test_threads_share_the_file(chats: ChatsSqlite) -> None:
    """Four threads write and read at once; nothing is lost."""
    chats.create(conversation())

    def work(name: int) -> None:
        for number in range(25):
            chats.add(question(f"{name}-{number}"))
            chats.messages("c1")

    threads = [threading.Thread(target=work, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(chats.messages("c1")) == 100


def test_a_newer_file_is_refused(path: Path, clock: FixedClock, chats: ChatsSqlite) -> None:
    """And not changed."""
    chats.create(conversation())
    chats.close()
    connection = apsw.Connection(str(path))
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(NewerFile):
        ChatsSqlite(path, clock).conversations()


def test_roles_of_the_domain_fit_the_table(chats: ChatsSqlite) -> None:
    """A new role needs a new version of the table, and this test says so."""
    chats.create(conversation())
    chats.add(*(replace(question(role.value), role=role) for role in Role))
    assert [message.role for message in chats.messages("c1")] == list(Role)
