"""A 5 MB paste: the window goes on, the count follows, what is too long for the model is said and stays a draft."""

from __future__ import annotations

from PySide6.QtCore import QTimer

from nexu_desktop.domain.credits import NANO_PER_CREDIT
from tests.journeys.house import House

LINE = "The river carries sand to the sea, and the sea carries it back to the beach. 河流把沙子带到海里。\n"
LONG = LINE * (5_000_000 // len(LINE.encode()))


def test_five_megabytes_can_be_pasted(house: House) -> None:
    """Typing goes on while it is counted; then it is too long, Enter sends nothing and the draft is whole."""
    turns: list[int] = []
    timer = QTimer(interval=1)
    timer.timeout.connect(lambda: turns.append(1))
    timer.start()
    house.paste(LONG)
    assert "~" in house.window.composer.strip.words().figure
    assert house.meter == "The cost is being counted."
    before = len(turns)
    house.wait(lambda: house.window.composer._estimate is not None)
    assert len(turns) > before + 1  # the loop turned while another thread counted
    house.type("Sum this up.")
    house.wait(lambda: house.window.composer._estimate is not None)
    assert "tokens too long for this model" in house.meter
    whole = f"{LONG}\n\nSum this up."
    assert house.draft == whole
    house.press_enter()
    house.window.composer.send_button.click()
    assert (house.draft, house.messages, house.presenter.turns.runs(house.presenter.cid)) == (
        whole,
        (),
        False,
    )
    assert house.window.composer.refusal().startswith(house.meter)
    assert house.balance().settled == 100 * NANO_PER_CREDIT
    first = house.presenter.cid
    house.presenter.new()
    house.presenter.open(first)
    assert house.draft == whole
    house.sound()


def test_who_types_on_sees_the_figure_at_each_key(house: House) -> None:
    """A fast typist outruns no count: it comes while keys come, and then it follows each of them at once."""
    house.paste(LONG)
    keys = iter("x" * 2_000)
    house.wait(lambda: house.type(next(keys)) or house.window.composer.estimate() is not None)
    for key in "and then":
        house.type(key)
        known = house.core.desk.estimate(house.presenter.cid, house.draft)
        assert house.window.composer.estimate() == known is not None


def test_enter_before_the_count_is_ready_holds_nothing(house: House) -> None:
    """Sent at once, the count is done on the way: refused with the sentence, and the draft comes back whole."""
    house.paste(LONG)
    house.press_enter()
    house.wait(lambda: house.draft == LONG)
    house.rest()
    assert "tokens too long for" in house.notice
    assert "pick a model with a larger context" in house.notice
    assert (house.messages, len(house.entries())) == ((), 1)
    house.sound()
