"""From a key to the new estimate on screen, in the real window, with 200k tokens of context and an 8 kB draft."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from nexu_desktop.services.meter import Context, Meter, Question
from tests.benchmarks.figures import ms, percentile, spread
from tests.benchmarks.house import House, open_house
from tests.benchmarks.texts import message

KEYS = 300
SEED = 7


def run(directory: Path) -> Iterator[tuple[str, str, str]]:
    rng = random.Random(SEED)
    texts = tuple(message(rng, 8_000) for _ in range(100))
    with open_house(directory, messages=texts) as house:
        house.window.composer.set_draft(message(rng, 8_000))
        house.presenter.draft_changed("")
        house.until(lambda: _priced(house) is not None)
        estimate = _priced(house)
        assert estimate is not None
        yield "context and draft", f"{estimate.input.tokens:,}", "tokens"
        keys = _type(house)
        full = _full_recount(house, texts)
        paste = _paste(house)
    yield "key to estimate painted, p50 / p95 / p99 / max", spread(keys), "ms; aim p95 < 4, max < 16"
    yield "the same, p95 as a share of one full recount", f"{percentile(keys, 95) / full:.3f}", ms(full)
    yield "5 MB paste: longest time the window did not answer", ms(max(paste)), "field and estimate together"


def _priced(house: House):  # an Estimate or None
    return house.core.desk.estimate(house.presenter.cid, house.window.composer.draft())


def _type(house: House) -> list[float]:
    field = house.window.composer.field
    field.setFocus()
    field.moveCursor(field.textCursor().MoveOperation.End)
    times = []
    for number in range(KEYS):
        began = time.perf_counter()
        QTest.keyClick(field, Qt.Key.Key_Space if number % 6 == 5 else Qt.Key.Key_A)
        house.application.processEvents()
        times.append((time.perf_counter() - began) * 1000)
    return times


def _full_recount(house: House, texts: tuple[str, ...]) -> float:
    """The same question to a meter that has cached nothing: what counting everything at each key would cost."""
    desk, cid = house.core.desk, house.presenter.cid
    offer = desk.catalog.need(desk.ref(cid))
    context = Context(tuple(("user", text) for text in texts))
    counter = house.core.meter._counter
    times = []
    for _ in range(5):
        meter = Meter(counter)
        began = time.perf_counter()
        meter.estimate_now(Question(offer, context, house.window.composer.draft(), 8_192, None))
        times.append((time.perf_counter() - began) * 1000)
    return min(times)


def _paste(house: House) -> list[float]:
    text = "All of it in one paste, words and words. " * 125_000
    gaps: list[float] = []
    began = time.perf_counter()
    house.application.clipboard().setText(text)
    house.window.composer.field.paste()
    end = time.monotonic() + 20
    while time.monotonic() < end and (_priced(house) is None or len(gaps) < 5):
        house.application.processEvents()
        now = time.perf_counter()
        gaps.append((now - began) * 1000)
        began = now
        time.sleep(0.001)
    return gaps
