"""The index against a plain walk over all messages: the same hits, whatever is written and looked for."""

from __future__ import annotations

import tempfile
import unicodedata
from contextlib import closing
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nexu_desktop.adapters.chats_search import SLICE_MESSAGES
from nexu_desktop.adapters.chats_sqlite import ChatsSqlite
from nexu_desktop.domain.chat import Message, Role
from nexu_desktop.domain.folding import fold
from tests.contracts.chats import NOON, conversation
from tests.services.fakes import FakeClock

WORDS = [
    "merge",
    "Merged",
    "the",
    "Größe",
    "GROSSE",
    "积分",
    "积",
    "分布",
    "关于",
    "ＦＵＬＬ",
    "go",
    "C#",
    "ergo",
    "が",
    "é",
]
GLUE = ["", " ", "\n", "，", ".", "-", "🙂"]
written = st.lists(st.sampled_from(WORDS + GLUE), max_size=12).map("".join)
looked_for = st.lists(
    st.sampled_from(WORDS) | st.text("acegmors#积分关布 ", min_size=1, max_size=4), min_size=1, max_size=2
)


def plain_fold(text: str) -> str:
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not "\u0300" <= c < "\u0370")
    return unicodedata.normalize("NFC", bare.casefold()).replace("\n", " ")


def is_chinese(character: str) -> bool:
    return "\u3040" <= character <= "\u30ff" or "\u4e00" <= character <= "\u9fff"


def holds(text: str, term: str) -> bool:
    """By the rule as the README tells it, without a regular expression."""
    if len(term) >= 3 or any(map(is_chinese, term)):
        return term in text
    starts = (at for at in range(len(text)) if text.startswith(term, at))
    return any(at == 0 or not text[at - 1].isalnum() or is_chinese(text[at - 1]) for at in starts)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(written, min_size=1, max_size=12), st.lists(looked_for, min_size=1, max_size=8))
def test_the_same_hits_as_a_plain_walk(texts: list[str], searches: list[list[str]]) -> None:
    """English, Chinese and accents mixed, terms of one to many characters, alone and together."""
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(ChatsSqlite(Path(folder) / "c.db", FakeClock())) as chats,
    ):
        chats.create(conversation())
        chats.add(*(Message(str(n), "c1", Role.USER, text, NOON) for n, text in enumerate(texts)))
        for search in searches:
            terms = [term for term in (fold(one).strip() for one in search) if term]
            if not terms:
                continue
            with closing(chats.library.said(terms, 0, 1 << 62, lambda cid: False)) as said:
                found = [one.message for one in said]
            expected = [
                str(n)
                for n, text in reversed(list(enumerate(texts)))
                if all(holds(plain_fold(text), plain_fold(term)) for term in terms)
            ]
            assert found == expected, terms


def test_reading_in_goes_on_where_it_stopped(tmp_path: Path) -> None:
    """Newest first, in slices, across a restart; what is not read yet is not found, the rest is."""
    path = tmp_path / "chats.db"
    total = SLICE_MESSAGES * 2 + 5
    with closing(ChatsSqlite(path, FakeClock())) as chats:
        chats.create(conversation())
        chats.add(*(Message(str(n), "c1", Role.USER, f"tide {n}", NOON) for n in range(total)))
        with chats._database.transaction() as db:  # as a file of version 2 comes out of its migration
            db.execute("DELETE FROM search_long; DELETE FROM search_short")
            db.execute("INSERT INTO search_waiting SELECT seq FROM message")
        assert (chats.library.unread(), chats.library.read_some()) == (total, total - SLICE_MESSAGES)
    with closing(ChatsSqlite(path, FakeClock())) as again:
        with closing(again.library.said(["tide"], 0, 1 << 62, lambda cid: False)) as said:
            found = [one.message for one in said]
        assert found == [str(n) for n in range(total - 1, total - SLICE_MESSAGES - 1, -1)]
        assert [again.library.read_some() for _ in range(2)] == [5, 0]


def test_a_very_long_message_is_one_slice(tmp_path: Path) -> None:
    """The writer lock is held for about so many characters, not for so many messages."""
    with closing(ChatsSqlite(tmp_path / "chats.db", FakeClock())) as chats:
        chats.create(conversation())
        chats.add(*(Message(str(n), "c1", Role.USER, "tide " * 20_000, NOON) for n in range(3)))
        with chats._database.transaction() as db:
            db.execute("INSERT INTO search_waiting SELECT seq FROM message")
        assert [chats.library.read_some() for _ in range(3)] == [2, 1, 0]
