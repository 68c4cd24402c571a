"""From a key to the new estimate on screen, in the real window, with 200k tokens of context and an 8 kB draft."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor

from nexu_desktop.adapters.forecast_file import shipped
from nexu_desktop.domain.context import said
from nexu_desktop.domain.estimate import Estimate
from nexu_desktop.services.meter import Context, Meter, Question
from tests.benchmarks.figures import ms, percentile, spread
from tests.benchmarks.house import House, open_house
from tests.benchmarks.painted import Painted
from tests.benchmarks.texts import WORDS, message

KEYS = 200  # of each kind
PAUSE_EVERY, PAUSE_S = 100, 0.6  # long enough for the draft to be saved
SETTLED_S = 4.0  # vocabulary, highlighter and the first clean-up of memory are behind
SEED = 7
LETTERS = (Qt.Key.Key_A, Qt.Key.Key_E, Qt.Key.Key_T, Qt.Key.Key_O, Qt.Key.Key_N, Qt.Key.Key_Space)
MOVES = QTextCursor.MoveOperation
PASTE_LINES, PASTE_KEYS, PASTE_PAUSE_S = 28_000, 50, 0.12
PLACES = {"end": 1.0, "middle": 0.5, "start": 0.0}


def run(directory: Path) -> Iterator[tuple[str, str, str]]:
    rng = random.Random(SEED)
    texts = tuple(message(rng, 8_000) for _ in range(100))
    with open_house(directory, messages=texts) as house:
        house.window.composer.set_draft(message(rng, 8_000))
        house.presenter.draft_changed("")
        house.until(lambda: _priced(house) is not None)
        estimate = _priced(house)
        assert estimate is not None
        yield "context and draft", f"{estimate.input.tokens:,}", f"tokens; {house.application.platformName()}"
        _rest(house, SETTLED_S)
        painted, pauses = Painted(house), [0.0]
        kinds = dict(_kinds(house, painted, pauses))
        for kind, times in kinds.items():
            yield f"  {kind}", spread(times), f"{len(times)} keys"
        keys = [time for times in kinds.values() for time in times]
        yield "key to figures painted, p50 / p95 / p99 / max", spread(keys), "ms; aim p95 < 4, max < 16"
        yield "of which this thread ran (the machine may be shared)", spread(painted.busy), "ms"
        full = _full_recount(house, texts)
        yield "the same, p95 as a share of one full recount", f"{percentile(keys, 95) / full:.3f}", ms(full)
        yield "longest stall in the pauses (draft saved, memory)", ms(max(pauses)), ""
        for kind, text in _pastes(rng).items():
            yield from _paste(house, painted, kind, text)


def _priced(house: House) -> Estimate | None:
    return house.core.desk.estimate(house.presenter.cid, house.window.composer.draft())


def _kinds(house: House, painted: Painted, pauses: list[float]) -> Iterator[tuple[str, list[float]]]:
    for place in PLACES:
        yield f"typing at the {place}", _series(house, painted, pauses, place, LETTERS)
    backspaces = (Qt.Key.Key_Backspace,)
    yield "backspace at the end", _series(house, painted, pauses, "end", backspaces)
    yield "backspace in the middle", _series(house, painted, pauses, "middle", backspaces)
    lines = (Qt.Key.Key_Return, Qt.Key.Key_Backspace)
    yield "new lines in the middle", _series(house, painted, pauses, "middle", lines)


def _series(
    house: House, painted: Painted, pauses: list[float], place: str, keys: tuple[Qt.Key, ...]
) -> list[float]:
    field = house.window.composer.field
    field.setFocus()
    cursor = field.textCursor()
    cursor.setPosition(int(PLACES[place] * (field.document().characterCount() - 1)))
    field.setTextCursor(cursor)
    house.application.processEvents()
    times = []
    for number in range(KEYS):
        key = keys[number % len(keys)]
        line = key == Qt.Key.Key_Return
        shift = Qt.KeyboardModifier.ShiftModifier if line else Qt.KeyboardModifier.NoModifier
        times.append(painted.key(key, shift))
        if number % PAUSE_EVERY == PAUSE_EVERY - 1:
            pauses += _rest(house, PAUSE_S)
    return times


def _rest(house: House, seconds: float) -> list[float]:
    """Milliseconds that each turn of the event loop took while nobody typed."""
    turns, end = [], time.perf_counter() + seconds
    while (began := time.perf_counter()) < end:
        house.application.processEvents()
        turns.append((time.perf_counter() - began) * 1000)
        time.sleep(0.001)
    return turns


def _full_recount(house: House, texts: tuple[str, ...]) -> float:
    """The same question to a meter that has cached nothing: what counting everything at each key would cost."""
    desk, cid = house.core.desk, house.presenter.cid
    offer = desk.catalog.need(desk.ref(cid))
    context = Context(tuple(said("user", text) for text in texts))
    counter = house.core.meter._counter
    times = []
    for _ in range(5):
        meter = Meter(counter, shipped)
        began = time.perf_counter()
        meter.estimate_now(Question(offer, context, house.window.composer.draft(), 8_192, None))
        times.append((time.perf_counter() - began) * 1000)
    return min(times)


def _pastes(rng: random.Random) -> dict[str, str]:
    lines = (" ".join(rng.choices(WORDS, k=rng.randint(10, 55))) for _ in range(PASTE_LINES))
    return {
        "one line": "All of it in one paste, words and words. " * 125_000,
        f"{PASTE_LINES:,} lines": "\n".join(lines)[:5_000_000],
    }


def _paste(house: House, painted: Painted, kind: str, text: str) -> Iterator[tuple[str, str, str]]:
    """A quick typist pastes and types on: is the window stuck, when do figures come, do they stay?"""
    composer = house.window.composer
    composer.set_draft("")
    house.presenter.draft_changed("")
    house.application.clipboard().setText(text)
    began = time.perf_counter()
    composer.field.paste()
    house.application.processEvents()
    stalls = [(time.perf_counter() - began) * 1000]
    typed: list[float] = []
    first, without = 0.0, 0
    while len(typed) < PASTE_KEYS:
        typed.append(painted.key_pending(LETTERS[len(typed) % len(LETTERS)]))
        known = composer.estimate() is not None
        without += bool(first) and not known
        stalls += _rest(house, PASTE_PAUSE_S)
        if not first and composer.estimate() is not None:
            first = time.perf_counter() - began
    stalls += _rest(house, 1.0)
    name = f"5 MB paste, {kind}"
    yield f"{name}: longest time the window did not answer", ms(max(stalls)), ""
    yield f"{name}: figures shown after", f"{first:.2f} s" if first else "never", f"of {len(typed)} keys"
    yield f"{name}: keys after that without figures", str(without), "aim 0"
    yield f"{name}: key to draft painted", spread(typed), "ms"
