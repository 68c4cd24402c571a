"""The index over what was said in chats.db: how a message is taken into it, and how candidates come out."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from typing import Any

import apsw

from nexu_desktop.domain.folding import LONG_CHARS, fold, is_long, short_terms
from nexu_desktop.domain.library import FOREVER_MS

SLICE_MESSAGES, SLICE_CHARS = 48, 20_000  # some 20 ms; the writer lock is held for so long
DOCUMENT_CHARS = 1_000_000  # of one message with its files; what follows is not searched
TRIPLES_ASKED = 24  # of one term; what passes them is looked at anyway

_PRIVATE = 0xE000  # the tokenizer takes ASCII signs for gaps; in a private plane they are letters
_SIGN = re.compile(r"[!-/:-@\[-`{-\x7f]")


def document(db: apsw.Connection, seq: int) -> str:
    """The text of a message, then the names and texts of its files; empty for one that is gone or arrives yet."""
    row = db.execute(
        "SELECT text, conversation, id FROM message WHERE seq = ? AND NOT removed AND NOT streaming", (seq,)
    ).fetchone()
    if row is None:
        return ""
    text, *place = row
    parts = [text]
    for name, content in db.execute(
        "SELECT name, text FROM attachment WHERE conversation = ? AND message = ? ORDER BY seq", place
    ):
        parts += (name, content)
    return "\n".join(parts)[:DOCUMENT_CHARS]


def take_in(db: apsw.Connection, messages: Iterable[str]) -> None:
    """Those of these messages that wait, within the transaction that wrote them."""
    waiting = "SELECT seq FROM search_waiting JOIN message USING (seq) WHERE id = ?"
    _index(db, sorted(seq for one in messages for (seq,) in db.execute(waiting, (one,)).fetchall()))


def read_some(db: apsw.Connection) -> int:
    """The newest that wait; returns how many are left."""
    newest = "SELECT seq FROM search_waiting ORDER BY seq DESC LIMIT ?"
    _index(db, sorted(_as_many_as_fit(db, [seq for (seq,) in db.execute(newest, (SLICE_MESSAGES,))])))
    return waiting(db)


def waiting(db: apsw.Connection) -> int:
    left: int = db.execute("SELECT count(*) FROM search_waiting").get
    return left


def _as_many_as_fit(db: apsw.Connection, seqs: Sequence[Any]) -> Iterator[int]:
    chars = 0
    for seq in seqs:
        if chars > SLICE_CHARS:
            return
        chars += db.execute("SELECT coalesce(sum(length(text)), 0) FROM message WHERE seq = ?", (seq,)).get
        yield seq


def _index(db: apsw.Connection, seqs: Sequence[Any]) -> None:
    """Ascending: FTS5 writes out what it has gathered whenever a row comes before the last one."""
    for seq in seqs:
        folded = fold(document(db, seq))
        for table, text in (("search_long", folded), ("search_short", _encoded(short_terms(folded)))):
            db.execute(f"DELETE FROM {table} WHERE rowid = ?", (seq,))
            if text:
                db.execute(f"INSERT INTO {table} (rowid, text) VALUES (?, ?)", (seq, text))
    db.executemany("DELETE FROM search_waiting WHERE seq = ?", [(seq,) for seq in seqs])


def span(db: apsw.Connection, since_ms: int, until_ms: int) -> tuple[int, int]:
    """The first and last row of messages of this time; others may lie between. All rows where it is all time."""
    if since_ms <= 0 and until_ms >= FOREVER_MS:
        return 0, FOREVER_MS
    sql = "SELECT coalesce(min(seq), 1), coalesce(max(seq), 0) FROM message WHERE created_ms >= ? AND created_ms < ?"
    rows: list[Any] = db.execute(sql, (since_ms, until_ms)).fetchall()
    return rows[0][0], rows[0][1]


def candidates(
    db: apsw.Connection, terms: Sequence[str], first: int, last: int
) -> Generator[Any, None, None]:
    """Rows between these that may hold all these folded terms, newest first; none where there is no term."""
    table, asked = "search_long", _long_terms(terms)
    if not asked:
        table, asked = "search_short", [_encoded([term]) for term in terms]
    if not asked:
        return
    match = " AND ".join('"' + one.replace('"', '""') + '"' for one in asked)
    rows = db.execute(
        f"SELECT rowid FROM {table} WHERE {table} MATCH ? AND rowid >= ? AND rowid <= ? ORDER BY rowid DESC",
        (match, first, last),
    )
    with closing(rows):  # one that is left in the middle would keep its statement open
        for (seq,) in rows:
            yield seq


def _long_terms(terms: Sequence[str]) -> list[str]:
    triples: dict[str, None] = {}
    for term in filter(is_long, terms):
        of_term = [term[at : at + LONG_CHARS] for at in range(len(term) - LONG_CHARS + 1)]
        triples.update(dict.fromkeys(of_term[:TRIPLES_ASKED]))
    return list(triples)


def _encoded(terms: Iterable[str]) -> str:
    return _SIGN.sub(lambda sign: chr(_PRIVATE + ord(sign[0])), " ".join(terms))
