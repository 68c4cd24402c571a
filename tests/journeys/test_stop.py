"""Stop in the middle of an answer: what came is kept and paid, the rest is given back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt

from nexu_desktop.domain.chat import Basis, Outcome
from nexu_desktop.domain.credits import NANO_PER_CREDIT, show_cost
from nexu_desktop.sandbox.faults import Faults
from tests.journeys.house import House

OPENING = 100 * NANO_PER_CREDIT
SLOW = Faults(delay_chunk_ms=10)


def by_button(house: House) -> None:
    house.window.composer.send_button.click()


def by_escape(house: House) -> None:
    house.qtbot.keyClick(house.window.composer.field, Qt.Key.Key_Escape)


@pytest.mark.parametrize("stop", [by_button, by_escape])
def test_stopping_pays_for_what_came(house: House, stop: Callable[[House], None]) -> None:
    """The receipt says “Stopped”, the text stays, only it is charged, and the next message goes its way."""
    house.server.faults.set(SLOW)
    house.ask("Write a long text about rivers.")
    house.streams()
    stop(house)
    receipt = house.receipt_of()
    assert (receipt.outcome, receipt.basis) == (Outcome.STOPPED, Basis.COUNTED)
    assert len(house.answers[0].text) > 40
    assert house.rows[-1].body.text == house.answers[0].text
    assert house.receipt().startswith(f"Receipt: Stopped, {show_cost(receipt.charged or 0)} charged")
    assert 0 < (receipt.charged or 0) == OPENING - house.balance().settled
    house.sound()
    house.ask("And a short one.")
    second = house.receipt_of(2)
    assert second.outcome is Outcome.COMPLETE
    assert (receipt.charged or 0) + (second.charged or 0) == OPENING - house.balance().settled
    house.sound()


def test_stopping_before_the_first_word_costs_nothing_and_says_what_is_not_known(house: House) -> None:
    """Nothing came, so nothing is charged; that the service may bill it is said."""
    house.server.faults.set(Faults(delay_first_ms=3_000))
    house.ask("Hello there.")
    house.wait(lambda: bool(house.rows) and house.balance().held > 0)
    by_escape(house)
    receipt = house.receipt_of()
    assert (receipt.outcome, receipt.charged, receipt.unconfirmed) == (Outcome.STOPPED, 0, True)
    assert "0 charged (play, unconfirmed)" in house.receipt()
    assert "The first try may have been billed." in house.rows[-1].receipt.retry.toolTip()
    assert house.balance().settled == OPENING
    house.sound()


def test_stopping_before_anything_left_gives_the_draft_back(house: House) -> None:
    """While the way to the service is still being found, Stop undoes the send."""
    house.core.connections._sandbox.start = lambda _: _never()
    house.type("Hello there.")
    house.wait(lambda: house.window.composer._estimate is not None)
    house.press_enter()
    assert (house.draft, house.window.composer.send_button.stops()) == ("", True)
    by_escape(house)
    house.wait(lambda: house.draft == "Hello there.")
    house.rest()
    assert house.notice == "Stopped before anything was sent."
    assert (house.messages, house.entries()[0].kind) == ((), "grant")
    house.sound()


def test_what_is_typed_while_an_answer_comes_stays(house: House) -> None:
    """The composer is free at once; Enter waits for the answer, and no key is lost."""
    house.server.faults.set(SLOW)
    house.ask("Write about rivers.")
    house.streams()
    house.type("The next question")
    house.press_enter()
    assert house.draft == "The next question"
    by_button(house)
    house.answered()
    assert (house.draft, len(house.answers)) == ("The next question", 1)


def _never() -> None:
    import threading

    threading.Event().wait(1.0)
    raise OSError("nobody waits for this any more")
