"""A file of chats that version 1 wrote: everything in it comes back, and what is new has its defaults."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import apsw
import pytest

from nexu_desktop.adapters.chats_schema import MIGRATIONS
from nexu_desktop.adapters.chats_sqlite import ChatsSqlite
from nexu_desktop.domain.chat import (
    Attachment,
    AttachmentKind,
    Basis,
    Conversation,
    Lane,
    Message,
    Outcome,
    Role,
)
from nexu_desktop.domain.credits import Nanocredits, Nanodollars, Usage
from nexu_desktop.domain.errors import StorageFailed
from nexu_desktop.domain.forecast import Reply
from tests.adapters.version_1 import unpack
from tests.contracts.chats import NOON, OWN, REF, expected, receipt
from tests.services.fakes import FakeClock

GIVEN = receipt(usage=Usage(10, 20, 30, 120, 5), card="card-1")
CUT = replace(
    GIVEN,
    attempt="a4",
    ref=OWN,
    outcome=Outcome.CUT,
    basis=Basis.COUNTED,
    charged=None,
    estimated=None,
    card=None,
    dollars=Nanodollars(0),
    dollars_estimated=Nanodollars(7),
    unconfirmed=True,
    error="The line broke.",
    finished_ms=NOON + 10,
)
FIRST = Conversation(
    "c1",
    "Größe 字",
    REF,
    NOON - 9,
    NOON,
    "so far\n",
    "You are brief.",
    Nanocredits(350_000_001),
    leaf="a2",
)
SECOND = Conversation("c2", "Own key", OWN, NOON - 8, NOON, leaf="a4")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return unpack("chats", tmp_path)


@pytest.fixture
def chats(path: Path) -> Iterator[ChatsSqlite]:
    made = ChatsSqlite(path, FakeClock())
    yield made
    made.close()


def test_conversations_come_back(chats: ChatsSqlite) -> None:
    """All is sent again, at the model's own effort; what was deleted can still be restored."""
    found = chats.conversations()
    chats.library.bin(["c3"], None)
    assert found == (SECOND, FIRST)
    assert [one.text for one in chats.messages("c3")] == ["gone"]


def test_messages_come_back(chats: ChatsSqlite) -> None:
    """With their receipts; nothing is dropped or has a file, and what was removed stays removed."""
    assert chats.messages("c1") == (
        Message("q1", "c1", Role.USER, "Why? 😀", NOON),
        Message("a1", "c1", Role.ASSISTANT, "Because.", NOON, "hmm", REF, GIVEN, parent="q1"),
        Message("n1", "c1", Role.NOTE, "now with glm-5", NOON + 6, ref=REF, parent="a1"),
        Message("q2", "c1", Role.USER, "And then?", NOON + 7, parent="n1"),
        Message("a2", "c1", Role.ASSISTANT, "Half an ans", NOON, ref=REF, streaming=True, parent="q2"),
    )
    second = chats.messages("c2")
    assert second[1] == Message(
        "a4", "c2", Role.ASSISTANT, "Cut h", NOON, ref=OWN, receipt=CUT, parent=second[0].id
    )
    assert [one.id for one in chats.streaming_messages()] == ["a2"]


def test_predictions_come_back(chats: ChatsSqlite) -> None:
    """The likely length teaches as before, though nothing else of what was expected is known."""
    assert chats.replies(REF, "", limit=9) == (
        Reply(125, 99, 5),
        Reply(125, None, 5),
        Reply(40, 41),
    )
    assert [(one.attempt, one.expected) for one in chats.receipts(limit=9)] == [
        ("a1", None),
        ("a3", None),
        ("a4", None),
        ("cli", None),
    ]
    assert chats.samples("nexu", "glm-5", limit=9) == ()


def test_a_prediction_of_version_1_outlives_a_second_saving(chats: ChatsSqlite) -> None:
    """Recovery saves what it read, without what was expected."""
    chats.add_receipt(replace(GIVEN, charged=Nanocredits(1)), "c1")
    assert chats.conversation_replies("c1", limit=9)[0] == Reply(125, 99, 5)


def test_sums_come_back(chats: ChatsSqlite) -> None:
    """What was spent is what it was, per conversation and per lane."""
    sums = (
        chats.spent([Lane.CREDITS], conversation="c1"),
        chats.spent([Lane.CREDITS]),
        chats.spent([Lane.BYOK]),
    )
    assert sums == (350_000_001, 700_000_001, 0)


def test_the_new_tables_are_there(chats: ChatsSqlite) -> None:
    """An old conversation takes files, and an old receipt what had been expected of it."""
    file = Attachment("f1", AttachmentKind.TEXT, "a.txt", "text/plain", 1, "x")
    chats.attach("c1", file, b"x")
    chats.forget_samples("nexu", "glm-5")
    chats.add_receipt(replace(GIVEN, expected=expected(5)))
    assert chats.draft_attachments("c1") == (file,)
    assert chats.receipts(limit=9)[0].expected == expected(5)


def test_the_old_file_is_kept_beside_it(path: Path, chats: ChatsSqlite) -> None:
    """A copy of version 1, made before the first change, sound and whole."""
    chats.conversations()
    copy = apsw.Connection(str(path.with_name("chats.db.v1.bak")), flags=apsw.SQLITE_OPEN_READONLY)
    found = copy.pragma("user_version"), copy.execute("SELECT count(*) FROM message").get
    copy.close()
    assert found == (1, 10)


def test_the_migration_is_whole_or_not_at_all(
    path: Path, chats: ChatsSqlite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where its last statement fails, the file is still one of version 1, and the next start migrates it."""
    broken = (MIGRATIONS[0], MIGRATIONS[1] + "INSERT INTO none VALUES (1);")
    with monkeypatch.context() as patched:
        patched.setattr("nexu_desktop.adapters.chats_sqlite.MIGRATIONS", broken)
        failing = ChatsSqlite(path, FakeClock())
    with pytest.raises(StorageFailed):
        failing.conversations()
    failing.close()
    left = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    columns = {name for _, name, *_ in left.execute("PRAGMA table_info(receipt)")}
    version = left.pragma("user_version")
    left.close()
    assert (version, "purpose" in columns, "predicted" in columns) == (1, False, True)
    assert chats.conversations() == (SECOND, FIRST)
