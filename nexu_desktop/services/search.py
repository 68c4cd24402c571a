"""Searching the library: titles first, then what was said, grouped by conversation; and the index it needs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TypeVar

from nexu_desktop.domain.errors import BadInput
from nexu_desktop.domain.folding import contains, fold
from nexu_desktop.domain.library import FOREVER_MS, Entry, Found, Hit, Match, Said, marks_in, snippet_of
from nexu_desktop.domain.search_query import SearchQuery, parse_query
from nexu_desktop.services.library_port import LibraryStore

HITS_EACH = 3
CONVERSATIONS_MAX = 50
EARLY_S = 0.02  # what is found by then is shown while the rest is looked for
REST = 1.5  # a pause of so many times the work, while old messages are read: the window comes first

T = TypeVar("T")


class Search:
    """Blocking: `find` belongs into a worker thread, which `find_async` sees to."""

    def __init__(self, store: LibraryStore) -> None:
        self._store = store

    async def find_async(self, text: str, early: Callable[[Found], None]) -> Found:
        """Cancelling it ends the work within a message or two. Raises BadInput for an operator gone wrong."""
        stop = threading.Event()
        return await _in_thread(lambda: self.find(text, early, stop.is_set), stop)

    def find(
        self,
        text: str,
        early: Callable[[Found], None] = lambda found: None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> Found:
        """Newest first, within limits; `early` gets what there is after a moment. Raises BadInput."""
        query = parse_query(text)
        if query.empty:
            return Found()
        shown, began = False, time.monotonic()
        looking = _Looking(self._store, query)
        titles = looking.titles()
        if query.terms:
            said = self._store.said(
                query.terms, _ms(query.since, 0), _ms(query.until, FOREVER_MS), looking.skip
            )
            with closing(said) as found:
                for one in found:
                    if stopped() or not looking.take(one):
                        break
                    if not shown and time.monotonic() - began > EARLY_S:
                        shown = True
                        early(looking.found(titles, self._store.unread()))
        return looking.found(titles, self._store.unread())

    async def read_old(self, progress: Callable[[int], None]) -> None:
        """Take what older versions wrote into the index, in slices; can be cut off and goes on at the next start."""
        import asyncio  # 50 ms that a start need not pay

        left = await _in_thread(self._prepare)
        while left:
            began = time.monotonic()
            left = await _in_thread(self._store.read_some)
            progress(left)
            await asyncio.sleep((time.monotonic() - began) * REST)

    def _prepare(self) -> int:
        """The first search need not wait for the titles to be folded; returns how many messages are unread."""
        for _, title, _ in self._store.titles():
            _folded_title(title)
        return self._store.unread()


class _Looking:
    """What has been found so far."""

    def __init__(self, store: LibraryStore, query: SearchQuery) -> None:
        self._store = store
        self._query = query
        self._allowed = _allowed(store, query)
        self._entries: dict[str, Entry | None] = {}
        self._hits: dict[str, list[Hit]] = {}
        self._more = False

    def titles(self) -> tuple[Match, ...]:
        """Those that hold every word, or all that pass the filters where there is no word."""
        query = self._query
        found: list[tuple[str, str]] = []
        since, until = _ms(query.since, 0), _ms(query.until, FOREVER_MS)
        for cid, title, updated_ms in self._store.titles():
            if not since <= updated_ms < until or (self._allowed is not None and cid not in self._allowed):
                continue
            folded = _folded_title(title)
            if all(contains(term, folded) for term in query.terms):
                if len(found) == CONVERSATIONS_MAX:
                    self._more = True
                    break
                found.append((cid, title))
        matches = [(self._entry(cid), marks_in(title, query.terms)) for cid, title in found]
        return tuple(Match(entry, marks) for entry, marks in matches if entry is not None)

    def skip(self, cid: str) -> bool:
        if self._allowed is not None and cid not in self._allowed:
            return True
        entry = self._entry(cid)
        return entry is None or entry.deleted_ms is not None or len(self._hits.get(cid, ())) == HITS_EACH

    def take(self, said: Said) -> bool:
        """False once there are enough."""
        if said.conversation not in self._hits and len(self._hits) == CONVERSATIONS_MAX:
            self._more = True
            return False
        snippet, marks = snippet_of(said.document, self._query.terms)
        hit = Hit(said.message, said.role, said.created_ms, snippet, marks)
        self._hits.setdefault(said.conversation, []).append(hit)
        return True

    def found(self, titles: tuple[Match, ...], unread: int) -> Found:
        with_hits = ((self._entries[cid], tuple(hits)) for cid, hits in self._hits.items())
        messages = tuple(Match(entry, (), hits) for entry, hits in with_hits if entry is not None)
        return Found(titles, messages, self._more, unread)

    def _entry(self, cid: str) -> Entry | None:
        if cid not in self._entries:
            self._entries[cid] = self._store.entry(cid)
        return self._entries[cid]


@lru_cache(maxsize=20_000)
def _folded_title(title: str) -> str:
    """Every key of a search meets the same titles again."""
    return fold(title)


def _allowed(store: LibraryStore, query: SearchQuery) -> frozenset[str] | None:
    """The conversations that pass the filters; None where there are none. Raises BadInput for unknown names."""
    if not (query.tags or query.folders or query.models):
        return None
    entries = store.entries()
    allowed = {entry.id for entry in entries}
    for tag in query.tags:
        known = {name for entry in entries for name in entry.tags}
        _must_be_one(tag, known, "tag")
        allowed &= {one.id for one in entries if tag in map(fold, one.tags)}
    for name in query.folders:
        folders = store.folders()
        _must_be_one(name, [one.name for one in folders], "folder")
        inside = {one.id for one in folders if fold(one.name) == name}
        allowed &= {one.id for one in entries if one.folder in inside}
    for model in query.models:
        allowed &= store.answered_by(model)
    return frozenset(allowed)


def _must_be_one(name: str, known: Iterable[str], kind: str) -> None:
    names = sorted(known)
    if name not in map(fold, names):
        hint = f"There are: {', '.join(names[:8])}." if names else f"There is no {kind} yet."
        raise BadInput(f"There is no {kind} “{name}”.", hint)


def _ms(day: date | None, otherwise: int) -> int:
    """The first moment of a day where the person is, in Unix milliseconds."""
    if day is None:
        return otherwise
    try:
        return int(datetime(day.year, day.month, day.day).timestamp() * 1000)
    except (OverflowError, OSError, ValueError):  # years that the system's clock can't tell
        return int((day - date(1970, 1, 1)) / timedelta(milliseconds=1))


async def _in_thread(call: Callable[[], T], stop: threading.Event | None = None) -> T:
    """Cancelled, it still waits for the thread, which `stop` ends soon: the files are closed after it."""
    import asyncio  # 50 ms that a start need not pay

    task = asyncio.ensure_future(asyncio.to_thread(call))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        if stop is not None:
            stop.set()
        await asyncio.wait({task})
        raise
