"""How smooth the window stays while 2,000 chunks a second stream 100 kB into the chat view."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from nexu_desktop.domain.chat import Lane, Message, ModelRef, Role
from nexu_desktop.domain.events import TextDelta, TurnStarted
from nexu_desktop.ui import icons
from nexu_desktop.ui.chat_view.view import ChatView
from tests.benchmarks.texts import streamed

CHUNKS_PER_S = 2_000
FEED_MS = 16  # as the bridge delivers: a batch per frame
TOTAL_CHARS = 100_000
FRAME_S = 0.016


def run(_: Path = Path()) -> list[tuple[str, str, str]]:
    """Rows of (name, value, unit and notes)."""
    app = QApplication.instance() or QApplication([])
    icons.use(Path(__file__).parents[2] / "resources" / "icons")
    view = ChatView()
    view.resize(900, 800)
    view.show()
    gaps, busy, took_s = _measure(app, view)
    view.close()
    view.deleteLater()
    gaps.sort()
    busy.sort()
    return [
        ("stream 100 kB, gap p50", f"{_share(gaps, 50):.1f}", "ms, the longest gap of each 16 ms"),
        ("stream 100 kB, gap p99", f"{_share(gaps, 99):.1f}", "ms, aim under 20"),
        ("stream 100 kB, gap max", f"{gaps[-1]:.1f}", "ms"),
        ("stream 100 kB, CPU p99", f"{_share(busy, 99):.1f}", "ms of the UI thread in such a gap"),
        ("stream 100 kB, CPU share", f"{sum(busy) / took_s / 10:.0f}", "% of the UI thread, at most"),
        ("stream 100 kB, wall", f"{took_s:.1f}", f"s at {CHUNKS_PER_S:,} chunks a second"),
    ]


def _measure(app: QApplication, view: ChatView) -> tuple[list[float], list[float], float]:
    """The longest gap between two turns of the event loop in each frame, in ms, while the text streams."""
    ref = ModelRef(Lane.SANDBOX, "sandbox", "gemini-3-flash")
    question = Message("q", "c", Role.USER, "Tell me about rivers.", 0)
    answer = Message("a", "c", Role.ASSISTANT, "", 0, ref=ref, streaming=True)
    chunks = _chunks()
    view.take_events([TurnStarted("a", question, answer)])
    _settle(app)
    fed, began = 0, time.perf_counter()

    def feed() -> None:
        nonlocal fed
        due = min(int((time.perf_counter() - began) * CHUNKS_PER_S), len(chunks))
        view.take_events([TextDelta("a", text) for text in chunks[fed:due]])
        fed = due

    feeder = QTimer(timerType=Qt.TimerType.PreciseTimer, interval=FEED_MS)
    feeder.timeout.connect(feed)
    feeder.start()
    longest: dict[int, float] = {}
    dearest: dict[int, float] = {}
    last, last_cpu = time.perf_counter(), time.thread_time()
    while fed < len(chunks):
        app.processEvents()
        now, cpu = time.perf_counter(), time.thread_time()
        frame = int((now - began) / FRAME_S)
        longest[frame] = max(longest.get(frame, 0.0), (now - last) * 1_000)
        dearest[frame] = max(dearest.get(frame, 0.0), (cpu - last_cpu) * 1_000)
        last, last_cpu = now, cpu
        time.sleep(0.0005)
    feeder.stop()
    return list(longest.values()), list(dearest.values()), time.perf_counter() - began


def _settle(app: QApplication) -> None:
    """As in the program, parser and highlighter are loaded before the first answer comes."""
    until = time.perf_counter() + 1.0
    while time.perf_counter() < until:
        app.processEvents()
        time.sleep(0.005)


def _chunks() -> list[str]:
    """100,000 characters in pieces of five, about 20 s of a fast model in 10 s."""
    text = streamed(TOTAL_CHARS)
    return [text[start : start + 5] for start in range(0, TOTAL_CHARS, 5)]


def _share(ordered: list[float], percent: int) -> float:
    return ordered[min(len(ordered) * percent // 100, len(ordered) - 1)]


if __name__ == "__main__":
    for name, value, unit in run():
        print(f"{name:32} {value:>8} {unit}")
