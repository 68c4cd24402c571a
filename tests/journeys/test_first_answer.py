"""A fresh machine: type, see the price, read the answer, see what it did cost and what is left."""

from __future__ import annotations

import pytest

from nexu_desktop.domain.chat import Lane, Outcome
from nexu_desktop.domain.credits import NANO_PER_CREDIT, show_balance, show_cost
from nexu_desktop.sandbox.faults import Faults
from nexu_desktop.ui.chat_view.arithmetic_sheet import ArithmeticSheet
from tests.journeys.conftest import Opener
from tests.journeys.house import House

OPENING = 100 * NANO_PER_CREDIT


def test_a_fresh_start_shows_play_credits_and_says_so(house: House) -> None:
    """The banner, 100 credits in two places, an empty conversation, nothing real touched."""
    assert house.window.banner.isVisible()
    assert "Sandbox: play credits" in house.window.banner.text.text()
    assert house.header == "100.00 credits"
    assert house.wallet == ("100.00", "Nothing held", "Play credits")
    assert [entry.kind for entry in house.entries()] == ["grant"]
    assert house.entries(Lane.CREDITS) == ()
    house.sound()


def test_the_picker_shows_nine_models_with_their_rates(house: House) -> None:
    """Each with its rate, what a typical chat costs, and what this very draft would cost on it."""
    house.type("Explain how a tide table is read.")
    house.wait(lambda: house.window.composer._estimate is not None)
    house.window.composer.model_button.click()
    rows = house.window.picker.model.rows()
    house.wait(lambda: "~" not in {row.draft for row in house.window.picker.model.rows()})
    assert (house.window.picker.isVisible(), len(rows)) == (True, 9)
    assert {row.rate for row in rows} == {
        row.offer.published.rate + "x" for row in rows if row.offer.published
    }
    assert [row.offer.ref.model for row in rows if not row.typical] == []


def test_the_estimate_moves_with_each_key(house: House) -> None:
    """No key press leaves the figures where they were for a longer draft: tokens and cost follow."""
    seen: list[tuple[int, int]] = []
    house.type("A")
    house.wait(lambda: house.window.composer._estimate is not None)
    for word in (" river", " delta", " is", " a", " landform"):
        house.type(word)
        estimate = house.window.composer._estimate
        assert estimate is not None
        assert estimate.cost is not None
        seen.append((estimate.input.tokens, estimate.cost.likely))
    assert seen == sorted(set(seen))
    assert house.meter.startswith("Estimated ")


def test_an_answer_is_charged_exactly_and_shown_everywhere(house: House) -> None:
    """Receipt, ledger, header, wallet card and sidebar all tell the same amount."""
    house.ask("Compare tea and coffee in a table.")
    receipt = house.receipt_of()
    assert receipt.outcome is Outcome.COMPLETE
    assert receipt.charged == OPENING - house.balance().settled
    assert receipt.charged == sum(entry.amount for entry in house.entries() if entry.kind == "charge") > 0
    assert f"{show_cost(receipt.charged)} charged" in house.receipt()
    assert "provider’s count" in house.receipt()
    left = show_balance(house.balance().settled)
    house.wait(lambda: house.header == f"{left} credits")
    assert house.wallet == (left, "Nothing held", "Play credits")
    assert house.titles == ["Today", "Compare tea and coffee in a table."]
    row = house.window.sidebar.model.index(1)
    conversation = house.core.desk.conversations()[0]
    assert conversation.spent_play == receipt.charged
    assert show_cost(receipt.charged) in str(row.data(11))  # Qt.AccessibleTextRole
    assert house.rows[-1].body.text == house.answers[0].text
    assert (house.draft, house.core.desk.conversations()[0].draft) == ("", "")
    house.sound()


def test_while_it_streams_the_hold_is_in_sight(house: House) -> None:
    """Two numbers in the header, the text growing, Stop instead of Send."""
    house.server.faults.set(Faults(delay_chunk_ms=10))
    house.ask("Write a long text about rivers.")
    house.streams()
    attempt = house.core.ledgers[Lane.SANDBOX].attempts(limit=1)[0]
    assert house.balance().held == attempt.held
    house.wait(lambda: house.header == f"100.00 credits · {show_cost(attempt.held)} held")
    assert house.wallet[1] == f"{show_cost(attempt.held)} held"
    assert house.window.composer.send_button.stops()
    first = len(house.rows[-1].body.text)
    house.wait(lambda: len(house.rows[-1].body.text) > first)
    house.answered()
    house.wait(lambda: "held" not in house.header)
    house.sound()


def test_a_conversation_and_its_money_survive_a_restart(open_window: Opener) -> None:
    """Closed and opened again: the same text, the same receipt, the same balance."""
    house = open_window()
    house.ask("What is a polder?")
    answer, said, header = house.answered(), house.receipt(), house.header
    house.close()
    again = open_window()
    assert again.answers == (answer,)
    assert (again.receipt(), again.header) == (said, header)
    assert again.rows[-1].body.text == answer.text
    again.sound()


@pytest.mark.qt_log_ignore("grabbing the keyboard", extend=True)  # offscreen pop-ups can't
def test_the_arithmetic_behind_a_receipt_can_be_opened(house: House) -> None:
    """A click on the receipt shows the sum it comes from."""
    house.ask("What is a polder?")
    receipt = house.receipt_of()
    house.rows[-1].receipt.line.click()
    sheets = house.window.findChildren(ArithmeticSheet)
    assert [sheet.isVisible() for sheet in sheets] == [True]
    lines = house.core.desk.records.arithmetic(receipt.attempt)
    assert lines[-1] == f"Attempt {receipt.attempt}"
    why = house.core.desk.records.why(receipt.attempt)
    assert sheets[0].text == "\n".join((*why, "", *lines))
    assert "estimated" in why[0]


def test_two_conversations_answer_at_once(house: House) -> None:
    """Each keeps its own text and its own charge, whichever is looked at."""
    house.server.faults.set(Faults(delay_chunk_ms=5), requests=2)
    house.ask("First, about tides.")
    first = house.presenter.cid
    house.streams()
    house.presenter.new()
    house.ask("Second, about dykes.")
    second = house.receipt_of()
    house.presenter.open(first)
    receipt = house.receipt_of()
    assert "tides" in house.rows[-1].body.text
    assert (receipt.charged or 0) + (second.charged or 0) == OPENING - house.balance().settled
    house.sound()
