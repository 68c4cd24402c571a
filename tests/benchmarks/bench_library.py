"""The library at 10,000 conversations and 100,000 messages: index, search, list."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from datetime import date
from itertools import accumulate
from pathlib import Path

from PySide6.QtWidgets import QApplication

from nexu_desktop.adapters.chats_sqlite import ChatsSqlite
from nexu_desktop.adapters.clock import SystemClock, new_id
from nexu_desktop.app import the_application
from nexu_desktop.domain.chat import Conversation, Lane, Message, ModelRef, Role
from nexu_desktop.domain.library import Found
from nexu_desktop.services.library import Library
from nexu_desktop.ui import theme
from nexu_desktop.ui.sidebar.rows import Row, library_rows
from nexu_desktop.ui.sidebar.sidebar import Sidebar
from tests.benchmarks.figures import spread

CONVERSATIONS, EACH = 10_000, 10
VOCABULARY, CHARACTERS = 8_000, 3_000
RUNS = 7
REF = ModelRef(Lane.SANDBOX, "sandbox", "glm-5")
AIM = "ms; first results under 50"


class Writer:
    """Prose with the frequencies of real words: half English, half Chinese, a mean of 1,000 characters."""

    def __init__(self, seed: int) -> None:
        chance = self._chance = random.Random(seed)
        syllables = [a + b for a in "bcdfghklmnprstvw" for b in ("a", "e", "i", "o", "u", "an", "er", "ing")]
        made = ("".join(chance.choices(syllables, k=chance.randint(1, 4))) for _ in range(VOCABULARY))
        self.words = ["the", "of", "and", "to", "function", "python", *made]
        self.pairs = [
            "".join(chr(0x4E00 + chance.randrange(CHARACTERS)) for _ in range(2)) for _ in range(VOCABULARY)
        ]
        self._weights = list(accumulate(1 / (rank + 3) for rank in range(len(self.pairs))))

    def text(self) -> str:
        length = 0.1 + self._chance.expovariate(1)
        if self._chance.random() < 0.5:
            return " ".join(self._some(self.words, int(150 * length)))
        clauses = (self._some(self.pairs, 9) for _ in range(int(28 * length)))
        return "，".join(map("".join, clauses)) + "。"

    def _some(self, of: list[str], count: int) -> list[str]:
        return self._chance.choices(of[: len(self._weights)], cum_weights=self._weights, k=count)


def run(directory: Path) -> Iterator[tuple[str, str, str]]:
    clock, writer = SystemClock(), Writer(1)
    chats = ChatsSqlite(directory / "chats.db", clock)
    library = Library(chats, clock, new_id)
    began = time.perf_counter()
    _fill(chats, writer)
    yield f"store {CONVERSATIONS * EACH:,} messages, indexed as they come", _seconds(began), _size(directory)
    yield from _build(chats, directory)
    yield from _search(library, writer)
    yield from _list(library)
    chats.close()


def _fill(chats: ChatsSqlite, writer: Writer) -> None:
    roles = (Role.USER, Role.ASSISTANT)
    for number in range(CONVERSATIONS):
        at, cid = 1_700_000_000_000 + number * 60_000, f"c{number}"
        title = " ".join(writer.text().split()[:6])[:50]
        chats.create(Conversation(cid, title, REF, at, at))
        chats.add(*(Message(f"{cid}-{n}", cid, roles[n % 2], writer.text(), at) for n in range(EACH)))


def _build(chats: ChatsSqlite, directory: Path) -> Iterator[tuple[str, str, str]]:
    """As after an update from a version without an index."""
    with chats._database.transaction() as db:
        db.execute("DELETE FROM search_long; DELETE FROM search_short")
        db.execute("INSERT INTO search_waiting SELECT seq FROM message")
    slices, left = [], 1
    began = time.perf_counter()
    while left:
        start = time.perf_counter()
        left = chats.library.read_some()
        slices.append((time.perf_counter() - start) * 1000)
    yield "index them from nothing, work alone (pauses come to it)", _seconds(began), _size(directory)
    yield "one slice of it, p50 / p95 / p99 / max", spread(slices), "ms; the writer lock is held so long"


def _search(library: Library, writer: Writer) -> Iterator[tuple[str, str, str]]:
    words, pairs = writer.words, writer.pairs
    searches = {
        "2 Chinese characters, frequent": pairs[3],
        "2 Chinese characters, rare": pairs[7_000],
        "1 Chinese character": pairs[40][0],
        "4 Chinese characters in sequence": pairs[4] + pairs[9],
        "3 letters": "ing",
        "2 letters (a word begins so)": "py",
        "a frequent word": "function",
        "a rare word": words[7_000],
        "two words": f"{words[9]} {words[700]}",
        "a phrase": f'"{words[9]} {words[12]}"',
        "a phrase that is nowhere": f'"{words[7_900]} {words[7_901]}"',
        "a miss": "zzzqx",
        "a Chinese miss": "龘靐",
        "a word in a span of days": "python after:2023-11-16 before:2023-11-18",
    }
    for what, text in searches.items():
        first, whole, found = _timed(library, text)
        many = sum(len(match.hits) for match in found.messages)
        yield (
            f"search: {what}, first results (median)",
            f"{first:.1f} ms",
            f"{AIM}; all {whole:.1f}, {many} hits",
        )


def _timed(library: Library, text: str) -> tuple[float, float, Found]:
    """Milliseconds to the first results and to all of them, the median of the runs."""
    firsts, wholes = [], []
    for _ in range(RUNS):
        began = time.perf_counter()
        early: list[float] = []
        found = library.search.find(text, lambda _, began=began, early=early: early.append(_ms(began)))
        wholes.append(_ms(began))
        firsts.append(early[0] if early else wholes[-1])
    return sorted(firsts)[RUNS // 2], sorted(wholes)[RUNS // 2], found


def _list(library: Library) -> Iterator[tuple[str, str, str]]:
    application = the_application()
    sidebar = Sidebar()
    sidebar.resize(264, 800)
    sidebar.apply_theme(theme.LIGHT)
    sidebar.show()
    application.processEvents()
    entries = library.entries()
    for what, step in (
        ("read them", library.entries),
        ("make the rows", lambda: library_rows(entries, (), date.today())),
        ("show and paint them", lambda: _show(application, sidebar, library_rows(entries, (), date.today()))),
        ("read one that has changed", lambda: library.entry("c5")),
    ):
        yield f"list {CONVERSATIONS:,} conversations: {what}, p50 / p95 / p99 / max", _spread_of(step), "ms"
    sidebar.deleteLater()


def _show(application: QApplication, sidebar: Sidebar, rows: list[Row]) -> None:
    sidebar.show_rows(rows, (), "c9999")
    application.processEvents()


def _spread_of(step: Callable[[], object]) -> str:
    times = []
    for _ in range(20):
        began = time.perf_counter()
        step()
        times.append(_ms(began))
    return spread(times)


def _ms(began: float) -> float:
    return (time.perf_counter() - began) * 1000


def _seconds(began: float) -> str:
    return f"{time.perf_counter() - began:.1f} s"


def _size(directory: Path) -> str:
    return f"{sum(file.stat().st_size for file in directory.iterdir()) / 1e6:.0f} MB on disk"
