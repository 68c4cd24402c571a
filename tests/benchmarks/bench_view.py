"""The conversation at 100, 1,000 and 10,000 messages in the real window: open, scroll, jump, resize, stream, type."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from nexu_desktop.domain.chat import Lane, Message, ModelRef, Role
from nexu_desktop.domain.events import TextDelta, TurnStarted
from tests.benchmarks.figures import percentile
from tests.benchmarks.house import House, open_house
from tests.benchmarks.texts import conversation, streamed

COUNTS = (100, 1_000, 10_000)
PAGES, NOTCH = 200, 120  # what is scrolled through, and by how many units of a wheel at a time
JUMPS, STEPS = 60, 20
CHUNKS_PER_S, STREAM_CHARS, CHUNK = 2_000, 100_000, 5
SETTLED_S = 1.5
# Web builds in Chromium on two cores: Chatbox, NextChat, big-AGI.
PEERS_OPEN = "peers 1.4 s + 90 s of counting / 0.5 s / over 60 s"
PEERS_BEHIND = "peers 3.8 / 0.36 / 1.7 s"
PEERS_STALL = "peers 2.5 / 0.39 / 1.5 s"
PEERS_CPU = "peers 10 / 8 / 6.5 s"
PEERS_KEY = "peers, worst 288 / 64 / 11,000 ms"
PEERS_MEMORY = "peers 1,033 / 510 / 3,748 MB"

Row = tuple[str, str, str]


def run(directory: Path) -> Iterator[Row]:
    for count in COUNTS:
        home = directory / str(count)
        home.mkdir()
        texts = conversation(random.Random(7), count)
        with open_house(home, messages=texts, price=False) as house:
            yield f"--- {count:,} messages", f"{sum(map(len, texts)) / 1e6:.1f}", "million characters"
            yield from _opened(house)
            before = _resident_mb()
            yield from _scrolled(house)
            yield from _resized(house)
            grown = f"{_resident_mb() - before:,.0f} MB"
            yield (
                "memory grown by going through it",
                grown,
                f"aim at most 40; in all see memory, {PEERS_MEMORY}",
            )
            yield from _found(house)
            yield from _streamed(house)


# --- open -------------------------------------------------------------------------------------------------


def _opened(house: House) -> Iterator[Row]:
    cid, chat = house.presenter.cid, house.window.chat
    _rest(house.application)
    whole = [_timed(house, lambda: house.presenter.open(cid)) for _ in range(5)]
    messages = house.core.desk.messages(cid)
    alone = [_timed(house, lambda: chat.show_conversation(messages)) for _ in range(5)]
    note = f"ms of CPU, aim at most 25; {PEERS_OPEN}"
    yield "open: the view alone", f"{min(cpu for cpu, _ in alone):.1f}", note
    yield "open: the whole program, CPU / wall", _both(whole), "ms, aim at most 25 / 40"


# --- scroll -----------------------------------------------------------------------------------------------


def _scrolled(house: House) -> Iterator[Row]:
    """Up through the conversation with a wheel, without a rest between; then to places all over it."""
    chat, bar = house.window.chat, house.window.chat.verticalScrollBar()
    chat.jump_to_latest()
    house.application.processEvents()
    frames = [_timed(house, lambda: _wheel(house)) for _ in range(PAGES * 7)]
    yield "wheel frame, CPU p50 / p99 / max", _spread(frames), "ms, aim 2.2 / 5 / 10"
    slow = sum(wall > 16.7 for _, wall in frames)
    yield "wheel frames over 16.7 ms of wall time", f"{slow}", f"of {len(frames):,}, aim 0"
    rng = random.Random(3)
    jumps = [_timed(house, lambda: bar.setValue(rng.randrange(bar.maximum() + 1))) for _ in range(JUMPS)]
    yield "jump anywhere, CPU p50 / p99 / max", _spread(jumps), "ms, aim p99 10"


def _wheel(house: House) -> None:
    viewport = house.window.chat.viewport()
    middle = QPointF(viewport.rect().center())
    event = QWheelEvent(
        middle,
        QPointF(viewport.mapToGlobal(middle.toPoint())),
        QPoint(),
        QPoint(0, NOTCH),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(viewport, event)


def _resized(house: House) -> Iterator[Row]:
    window = house.window
    width, height = window.width(), window.height()
    steps = [_timed(house, lambda n=n: window.resize(width - 24 * n, height)) for n in range(STEPS)]
    yield "resize step, CPU p50 / p99 / max", _spread(steps), "ms, aim p50 10"
    window.resize(width, height)
    _rest(house.application)


def _found(house: House) -> Iterator[Row]:
    """Ctrl+F and a word of which there are many; then from match to match."""
    chat = house.window.chat
    began = time.perf_counter()
    chat.open_find()
    chat.search.bar.field.setText("ledger")
    house.until(lambda: chat.search.finder.complete)
    took = (time.perf_counter() - began) * 1_000
    steps = [_timed(house, lambda: chat.search.step(-1)) for _ in range(JUMPS)]
    total = chat.search.finder.total
    chat.search.close()
    yield "find: all counted, first match in sight", f"{took:.0f}", f"ms, {total:,} matches"
    yield "find: the next match, CPU p50 / p99 / max", _spread(steps), "ms, aim p99 10"


# --- stream -----------------------------------------------------------------------------------------------


def _streamed(house: House) -> Iterator[Row]:
    """2,000 chunks a second into one answer, with keys typed all the while."""
    chat, app, cid = house.window.chat, house.application, house.presenter.cid
    chat.jump_to_latest()
    ref = ModelRef(Lane.SANDBOX, "sandbox", "gemini-3-flash")
    question = Message("q", cid, Role.USER, "Tell me about rivers.", 0)
    chat.take_events(
        [TurnStarted("a", question, Message("a", cid, Role.ASSISTANT, "", 0, ref=ref, streaming=True))]
    )
    _rest(app)
    text = streamed(STREAM_CHARS)
    chunks = [text[start : start + CHUNK] for start in range(0, STREAM_CHARS, CHUNK)]
    gaps, keys, fed = [], [], 0
    began, busy, last = time.perf_counter(), time.thread_time(), time.perf_counter()
    while len(chat.transcript.entry(len(chat.transcript) - 1).message.text) < STREAM_CHARS:
        due = min(int((time.perf_counter() - began) * CHUNKS_PER_S), len(chunks))
        if due - fed >= 16 or due == len(chunks):  # as the bridge delivers
            chat.take_events([TextDelta("a", chunk) for chunk in chunks[fed:due]])
            fed = due
        if len(keys) < (time.perf_counter() - began) * 8:
            keys.append(_timed(house, lambda: QTest.keyClick(house.window.composer.field, Qt.Key.Key_E)))
        app.processEvents()
        now = time.perf_counter()
        gaps.append((now - last) * 1_000)
        last = now
        time.sleep(0.0005)
    took = time.perf_counter() - began
    behind = took - len(chunks) / CHUNKS_PER_S
    yield "stream 100 kB, gap p50 / p99 / max", _three(gaps), f"ms, aim max under 50; stall of {PEERS_STALL}"
    yield "stream 100 kB, behind the server", f"{behind:.2f} s", PEERS_BEHIND
    busy = time.thread_time() - busy
    yield "stream 100 kB, CPU with the keys", f"{busy:.1f} s", f"{busy / took:.0%} of the thread; {PEERS_CPU}"
    yield "key to paint meanwhile, CPU p50 / p99 / max", _spread(keys), f"ms, aim p99 8; {PEERS_KEY}"
    walls = [wall for _, wall in keys]
    yield "key to paint meanwhile, wall p50 / p99 / max", _three(walls), "ms, aim p99 16"


# --- figures ----------------------------------------------------------------------------------------------


def _timed(house: House, act: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds of CPU and of wall time until what `act` has changed is painted."""
    wall, cpu = time.perf_counter(), time.thread_time()
    act()
    house.application.processEvents()
    return (time.thread_time() - cpu) * 1_000, (time.perf_counter() - wall) * 1_000


def _rest(app: QApplication) -> None:
    until = time.perf_counter() + SETTLED_S
    while time.perf_counter() < until:
        app.processEvents()
        time.sleep(0.002)


def _three(values: list[float]) -> str:
    return " / ".join(
        f"{value:.1f}" for value in (percentile(values, 50), percentile(values, 99), max(values))
    )


def _spread(frames: list[tuple[float, float]]) -> str:
    return _three([cpu for cpu, _ in frames])


def _both(times: list[tuple[float, float]]) -> str:
    return f"{min(cpu for cpu, _ in times):.1f} / {min(wall for _, wall in times):.1f}"


def _resident_mb() -> float:
    """Of this process; 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
