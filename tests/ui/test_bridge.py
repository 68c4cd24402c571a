"""The one crossing: order kept, few batches, results and errors on the GUI thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from nexu_desktop.domain.events import Event, TextDelta
from nexu_desktop.engine import Engine
from nexu_desktop.ui.bridge import Bridge


@pytest.fixture
def engine() -> Iterator[Engine]:
    engine = Engine()
    yield engine
    engine.close()


def test_20000_events_arrive_in_order_in_few_batches(qtbot: QtBot, engine: Engine) -> None:
    """A flood from the engine thread becomes a handful of signals."""
    bridge, batches = Bridge(engine), []
    bridge.events.connect(batches.append)

    async def flood() -> None:
        for number in range(20_000):
            bridge.emit_from_core(TextDelta("t", str(number)))
            if number % 500 == 0:
                await asyncio.sleep(0.001)

    bridge.submit(flood())
    qtbot.waitUntil(lambda: sum(map(len, batches)) == 20_000, timeout=20_000)
    texts = [event.text for batch in batches for event in batch]
    assert texts == [str(number) for number in range(20_000)]
    assert len(batches) < 200


def test_a_single_event_is_not_left_waiting(qtbot: QtBot, engine: Engine) -> None:
    """After a flush the next event arms a new one."""
    bridge, seen = Bridge(engine), []
    bridge.events.connect(seen.extend)
    for number in range(3):
        bridge.emit_from_core(TextDelta("t", str(number)))
        qtbot.waitUntil(lambda wanted=number + 1: len(seen) == wanted)
    assert len(seen) == 3


def test_results_and_errors_come_back_on_the_gui_thread(qtbot: QtBot, engine: Engine) -> None:
    """Callbacks may touch widgets."""
    bridge, came = Bridge(engine), []

    async def fail() -> None:
        raise ValueError("no")

    async def answer() -> int:
        return 7

    bridge.submit(answer(), on_done=lambda value: came.append((value, threading.current_thread())))
    bridge.submit(fail(), on_error=lambda error: came.append((str(error), threading.current_thread())))
    qtbot.waitUntil(lambda: len(came) == 2)
    assert sorted(str(value) for value, _ in came) == ["7", "no"]
    assert {thread for _, thread in came} == {threading.main_thread()}


def test_events_before_a_result_arrive_before_it(qtbot: QtBot, engine: Engine) -> None:
    """A caller that hears the result has seen every event of the work."""
    bridge, order = Bridge(engine), []

    def batch(events: list[Event]) -> None:
        order.extend("event" for _ in events)

    async def work() -> None:
        bridge.emit_from_core(TextDelta("t", "x"))

    bridge.events.connect(batch)
    bridge.submit(work(), on_done=lambda _: order.append("done"))
    qtbot.waitUntil(lambda: len(order) == 2)
    assert order == ["event", "done"]


def test_a_closed_engine_refuses_work(engine: Engine) -> None:
    """Nothing is lost silently after the end."""
    engine.close()

    async def work() -> None:
        return None

    with pytest.raises(RuntimeError):
        engine.submit(work())


def test_close_waits_for_a_cancelled_turn_to_settle(engine: Engine) -> None:
    """What a coroutine does when it is cancelled is done before close returns."""
    settled = threading.Event()
    running = threading.Event()

    async def turn() -> None:
        try:
            running.set()
            await asyncio.Event().wait()
        finally:
            settled.set()

    engine.submit(turn())
    assert running.wait(5)
    engine.close()
    assert settled.is_set()
