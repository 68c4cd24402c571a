"""Chats on disk: the contract, and what only a file can do."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import apsw
import pytest

from nexu_desktop.adapters.chats_sqlite import ChatsSqlite
from nexu_desktop.domain.chat import Lane, Role
from nexu_desktop.domain.credits import Nanocredits
from nexu_desktop.domain.errors import NewerFile, StorageFailed
from nexu_desktop.domain.forecast import Reply
from tests.contracts.chats import NOON, REF, ChatsContract, answer, conversation, expected, question, receipt
from tests.contracts.chats_attachments import NOTES, PHOTO, PIXELS, AttachmentsContract, asked
from tests.contracts.chats_branches import BranchesContract
from tests.contracts.chats_receipts import ReceiptsContract


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


class TestAttachments(AttachmentsContract):
    pass


class TestBranches(BranchesContract):
    """The contract, over SQLite."""


class TestReceipts(ReceiptsContract):
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
    chats.finish("a1", "x", "", receipt(expected=expected(99)))
    chats.finish("a1", "x", "", receipt())
    assert chats.conversation_replies("c1", limit=9) == (Reply(120, 99, low=49, high=198),)


def test_receipt_without_a_message_is_kept(chats: ChatsSqlite) -> None:
    """An answer whose conversation was purged meanwhile has cost what it cost."""
    chats.finish("gone", "x", "", receipt())
    assert (chats.replies(receipt().ref, "", limit=9), chats.message("gone")) == ((Reply(120),), None)


def test_removed_text_is_gone_from_the_table(chats: ChatsSqlite, path: Path) -> None:
    """Not only hidden, once it is purged: neither the old text nor what arrived later stays in the row."""
    chats.create(conversation())
    chats.add(question(), answer())
    chats.hide("c1", ["q1", "a1"], "")
    chats.finish("a1", "Because.", "hmm", receipt())
    chats.purge_deleted()
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
        many.append(question(f"q{number}", f"text {number}", parent=f"a{number - 1}"))
        given = receipt(f"a{number}", charged=Nanocredits(number))
        many.append(replace(answer(f"a{number}", parent=f"q{number}"), streaming=False, receipt=given))
    chats.add(*many)
    found = chats.conversation("c1")
    assert found is not None
    assert (chats.messages("c1") == tuple(many), found.spent) == (True, 5_000 * 4_999 // 2)


READS: dict[str, tuple[str, Callable[[ChatsSqlite], object]]] = {
    "tree": ("message_tree", lambda chats: chats.tree("c1")),
    "messages": ("COVERING INDEX message_tree", lambda chats: chats.messages("c1")),
    "links": ("message_tree", lambda chats: chats.links("c1")),
    "files of messages": ("attachment_place", lambda chats: chats.messages("c1")),
    "message": ("autoindex_message", lambda chats: chats.message("q1")),
    "streaming": ("message_streaming", lambda chats: chats.streaming_messages()),
    "conversation": ("receipt_spent", lambda chats: chats.conversation("c1")),
    "draft files": ("attachment_place", lambda chats: chats.draft_attachments("c1")),
    "bytes": ("autoindex_attachment", lambda chats: chats.attachment_data("f1")),
    "replies": ("receipt_reply", lambda chats: chats.replies(REF, "", limit=9)),
    "conversation replies": ("receipt_spent", lambda chats: chats.conversation_replies("c1", limit=9)),
    "receipts": ("receipt_purpose (purpose", lambda chats: chats.receipts(limit=9)),
    "receipts of a model": ("receipt_ref (ref=? AND purpose=?)", lambda chats: chats.receipts(REF, limit=9)),
    "samples": ("receipt_sample", lambda chats: chats.samples("nexu", "glm-5", limit=9)),
    "spent": ("receipt_time", lambda chats: chats.spent([Lane.CREDITS], since_ms=NOON)),
    "spent here": ("receipt_spent", lambda chats: chats.spent([Lane.CREDITS], conversation="c1")),
}


@pytest.mark.parametrize(("index", "read"), READS.values(), ids=READS.keys())
def test_no_question_reads_a_whole_table(
    chats: ChatsSqlite, index: str, read: Callable[[ChatsSqlite], object]
) -> None:
    """Each goes through its index and sorts at most what is of the same moment, however long the history."""
    chats.create(conversation())
    chats.attach("c1", NOTES, b"")
    chats.add(asked(NOTES))
    plans = [plan.replace("SCALAR", "") for plan in plans_of(chats, read)]
    few = (
        "SCAN m USING INDEX message_streaming",
        "SCAN json_each VIRTUAL",
    )  # open answers, the ids of one branch
    narrow = [plan.replace(few[0], "").replace(few[1], "") for plan in plans]
    whole = [plan for plan in narrow if "SCAN" in plan or "FOR ORDER BY" in plan]
    assert (whole, any(index in plan for plan in plans)) == ([], True)


def test_what_is_spent_is_read_from_an_index_alone(chats: ChatsSqlite) -> None:
    """A budget is asked for at each key: no row of a receipt is looked up."""
    for name in ("spent", "spent here"):
        _, read = READS[name]
        assert [plan for plan in plans_of(chats, read) if "COVERING INDEX" not in plan] == []


def test_files_take_one_more_question_not_one_per_message(chats: ChatsSqlite) -> None:
    """Fifty messages with files are read by as many statements as one."""
    counts = []
    for conversation_id, many in (("c1", 1), ("c2", 50)):
        chats.create(conversation(conversation_id))
        for number in range(many):
            file = replace(NOTES, id=f"{conversation_id}-{number}")
            chats.attach(conversation_id, file, b"")
            parent = f"q-{conversation_id}-{number - 1}"
            chats.add(asked(file, identity=f"q-{file.id}", where=conversation_id, parent=parent))
        counts.append(len(plans_of(chats, lambda chats, which=conversation_id: chats.messages(which))))
    assert counts == [4, 4]


def plans_of(chats: ChatsSqlite, read: Callable[[ChatsSqlite], object]) -> list[str]:
    """How SQLite answers each query that a method asks, one text for each."""
    asked_for: list[tuple[str, object]] = []

    def keep(_cursor: object, statement: str, values: object) -> bool:
        asked_for.append((statement, values))
        return True

    connection = chats._database.read()
    connection.exec_trace = keep
    read(chats)
    connection.exec_trace = None
    queries = [(text, values) for text, values in asked_for if text.lstrip().startswith("SELECT")]
    return [
        " ".join(row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {text}", values))
        for text, values in queries
    ]


def test_forgetting_samples(chats: ChatsSqlite, clock: FixedClock) -> None:
    """Those up to now teach no more, later ones do, of this model of this provider only; receipts stay."""
    other = replace(REF, model="glm-4")
    for at in (1, 2, 3):
        given = receipt(f"a{at}", expected=expected(9, counted=at), finished_ms=NOON + at)
        chats.add_receipt(given)
        chats.add_receipt(replace(given, attempt=f"b{at}", ref=other))
    found = []
    for now in (NOON, NOON + 2, NOON + 9):
        clock.time_ms = now
        chats.forget_samples("nexu", "glm-5")
        found.append([one.counted for one in chats.samples("nexu", "glm-5", limit=9)])
    assert found == [[1, 2, 3], [3], []]
    assert len(chats.samples("nexu", "glm-4", limit=9)) == 3
    assert len(chats.receipts(REF, limit=9)) == 3


def test_files_survive_a_restart(path: Path, clock: FixedClock, chats: ChatsSqlite) -> None:
    """Those of the draft too, bytes and all; a name of half characters is made whole."""
    chats.create(conversation())
    chats.attach("c1", replace(PHOTO, name="a\ud800b\x00"), PIXELS)
    chats.close()
    again = ChatsSqlite(path, clock)
    found = again.draft_attachments("c1"), again.attachment_data("f2")
    again.close()
    assert found == ((replace(PHOTO, name="a\ufffdb\x00"),), PIXELS)


def test_a_removed_file_is_gone_from_the_table(chats: ChatsSqlite, path: Path) -> None:
    """Not only hidden, once its message is purged: neither its bytes nor its text stay."""
    chats.create(conversation())
    chats.attach("c1", NOTES, b"# Notes\n")
    chats.add(asked(NOTES))
    chats.hide("c1", ["q1"], "")
    chats.purge_deleted()
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    rows = connection.execute("SELECT text, data FROM attachment").fetchall()
    connection.close()
    assert rows == []


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
    assert len(chats.tree("c1")) == 100


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
    assert [message.role for message in chats.tree("c1")] == list(Role)
