"""After a crash: every state an attempt can be left in, what is charged for it, and what its row says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from nexu_desktop.adapters.instance_lock import InstanceLock
from nexu_desktop.adapters.ledger_sqlite import LedgerSqlite
from nexu_desktop.domain.chat import Basis, Conversation, Lane, Message, ModelRef, Outcome, Receipt, Role
from nexu_desktop.domain.credits import NANO_PER_CREDIT, Nanocredits, Usage
from nexu_desktop.services.ports import Grant, NewAttempt, Settlement
from nexu_desktop.services.recovery import Recovered, Recovery
from tests.sandbox.doubles import card
from tests.services.house import MODEL, PLAY, House

FULL = 100 * NANO_PER_CREDIT
HELD = Nanocredits(2 * NANO_PER_CREDIT)
OWN = ModelRef(Lane.BYOK, "openai", MODEL)


class Wreck:
    """A house where another process has died; `ledger` is the wallet as that process had it."""

    def __init__(self, folder: Path) -> None:
        self.house = House(folder)
        self.house.chats.create(Conversation("c", "", PLAY, 1, 1))
        self._lock = InstanceLock(folder / "instances")
        self.ledger = LedgerSqlite(folder / "sandbox.db", self._lock, self.house.clock)

    def begin(
        self, *, dispatched: bool = True, checkpoint: int = 0, row: bool = True, by_card: str = ""
    ) -> None:
        """Attempt 'a' is held and perhaps on its way, with its row in the transcript."""
        self.ledger.hold(NewAttempt("a", "a", PLAY, by_card or card().id, HELD, Nanocredits(1), 10, 600))
        if row:
            self.row(PLAY)
        if dispatched:
            self.ledger.mark_dispatched("a")
        if checkpoint:
            self.ledger.checkpoint("a", checkpoint)
            self.house.chats.save_answer("a", "so far", "")

    def row(self, ref: ModelRef) -> None:
        self.house.chats.add(Message("a", "c", Role.ASSISTANT, "", 1, ref=ref, streaming=True))

    def die(self) -> None:
        self.ledger.close()
        self._lock.close()

    def settled(self) -> int:
        balance = self.house.account.balance(Lane.SANDBOX)
        assert balance.held == 0
        return balance.settled

    def receipt(self) -> Receipt:
        message = self.house.chats.message("a")
        assert message is not None
        assert not message.streaming
        assert message.receipt is not None
        return message.receipt


@pytest.fixture
def wreck(tmp_path: Path) -> Iterator[Wreck]:
    made = Wreck(tmp_path)
    yield made
    made.die()
    made.house.close()


def cost(usage: Usage) -> int:
    model = card().model(MODEL)
    assert model is not None
    return model.rate.cost(usage)


def test_a_clean_start_finds_nothing(wreck: Wreck) -> None:
    """No attempt, no row, no change."""
    assert wreck.house.recovery.run(only_window=True) == Recovered()
    assert wreck.settled() == FULL


def test_held_and_never_sent(wreck: Wreck) -> None:
    """The whole hold goes back; the answer is marked as failed."""
    wreck.begin(dispatched=False)
    wreck.die()
    assert wreck.house.recovery.run(only_window=True) == Recovered(released=1)
    assert (wreck.settled(), wreck.receipt().outcome) == (FULL, Outcome.FAILED)


def test_sent_and_nothing_counted(wreck: Wreck) -> None:
    """Charged 0, and said to be unconfirmed."""
    wreck.begin()
    wreck.die()
    assert wreck.house.recovery.run(only_window=True) == Recovered(released=1)
    receipt = wreck.receipt()
    assert (receipt.charged, receipt.unconfirmed, receipt.outcome) == (0, True, Outcome.CUT)
    assert wreck.settled() == FULL


def test_sent_and_counted_so_far(wreck: Wreck) -> None:
    """What the last checkpoint had counted is charged, and the text so far is kept."""
    wreck.begin(checkpoint=50)
    wreck.die()
    charge = cost(Usage(input=10, output=50))
    assert wreck.house.recovery.run(only_window=True) == Recovered(settled=1, charged=Nanocredits(charge))
    receipt = wreck.receipt()
    assert (receipt.charged, receipt.basis, receipt.outcome) == (charge, Basis.COUNTED, Outcome.CUT)
    assert (receipt.usage, receipt.unconfirmed) == (Usage(input=10, output=50), False)
    assert wreck.house.chats.messages("c")[0].text == "so far"
    assert wreck.settled() == FULL - charge


def test_twice_is_once(wreck: Wreck) -> None:
    """A second start finds nothing to do."""
    wreck.begin(checkpoint=50)
    wreck.die()
    wreck.house.recovery.run(only_window=True)
    settled, receipt = wreck.settled(), wreck.receipt()
    assert wreck.house.recovery.run(only_window=True) == Recovered()
    assert (wreck.settled(), wreck.receipt()) == (settled, receipt)


def test_settled_but_the_row_was_not_finished(wreck: Wreck) -> None:
    """Killed between the two files: the ledger decides, the row follows, nothing is charged again."""
    wreck.begin(checkpoint=50)
    usage = Usage(input=12, output=70)
    charge = wreck.ledger.settle(
        Settlement("a", usage, Basis.PROVIDER, Outcome.COMPLETE, cost(usage) * 1_000)
    )
    wreck.die()
    assert wreck.house.recovery.run(only_window=True) == Recovered(charged=charge, finished=1)
    receipt = wreck.receipt()
    assert (receipt.charged, receipt.usage, receipt.basis) == (charge, usage, Basis.PROVIDER)
    assert (receipt.outcome, wreck.settled()) == (Outcome.COMPLETE, FULL - charge)


def test_a_living_process_is_left_alone(wreck: Wreck) -> None:
    """Its hold stays, its row stays, until it ends."""
    wreck.begin(checkpoint=50)
    assert wreck.house.recovery.run(only_window=True) == Recovered()
    assert wreck.house.account.balance(Lane.SANDBOX).held == HELD
    assert [message.id for message in wreck.house.chats.streaming_messages()] == ["a"]


def test_a_row_that_was_never_held(wreck: Wreck) -> None:
    """No attempt of that id: nothing was sent on it, nothing is charged."""
    wreck.row(PLAY)
    assert wreck.house.recovery.run(only_window=True) == Recovered(finished=1)
    assert (wreck.receipt().charged, wreck.receipt().outcome, wreck.settled()) == (0, Outcome.CUT, FULL)


def test_an_own_key_row(wreck: Wreck) -> None:
    """No wallet is involved; the row is finished without a charge."""
    wreck.row(OWN)
    assert wreck.house.recovery.run(only_window=True) == Recovered(finished=1, billable=True)
    receipt = wreck.receipt()
    assert (receipt.charged, receipt.estimated, receipt.basis) == (None, None, Basis.NONE)


def test_the_command_line_resolves_holds_and_leaves_rows_to_the_window(wreck: Wreck) -> None:
    """A window may be open: its rows are its own. It finishes them at its next start."""
    wreck.begin(checkpoint=50)
    wreck.die()
    charge = cost(Usage(input=10, output=50))
    assert wreck.house.recovery.run(only_window=False).charged == charge
    assert [message.id for message in wreck.house.chats.streaming_messages()] == ["a"]
    found = wreck.house.recovery.run(only_window=True)
    assert found == Recovered(charged=Nanocredits(charge), finished=1)  # of which no window has told yet
    assert wreck.receipt().charged == charge


def test_an_attempt_of_the_command_line_has_no_row(wreck: Wreck) -> None:
    """It is charged all the same."""
    wreck.begin(checkpoint=50, row=False)
    wreck.die()
    assert wreck.house.recovery.run(only_window=True).settled == 1
    assert wreck.settled() == FULL - cost(Usage(input=10, output=50))


def test_never_priced_by_another_card(wreck: Wreck) -> None:
    """Updated between crash and start: the pinned card is gone, so nothing is charged and that is said."""
    wreck.begin(checkpoint=50, by_card="the card of an older version")
    wreck.die()
    assert wreck.house.recovery.run(only_window=True) == Recovered(released=1)
    assert (wreck.receipt().charged, wreck.receipt().unconfirmed) == (0, True)
    assert wreck.receipt().card == "the card of an older version"
    assert wreck.settled() == FULL


def test_a_receipt_that_knew_no_charge_learns_it(wreck: Wreck) -> None:
    """The ledger could not be written at the end of an answer, the chats could: the two agree again."""
    wreck.begin(checkpoint=50)
    unbooked = Receipt(
        "a", PLAY, Outcome.COMPLETE, Usage(), Basis.NONE, Nanocredits(0), None, card().id, 1, 1,
        unconfirmed=True, error="The disk is full.",
    )  # fmt: skip
    wreck.house.chats.finish("a", "the whole answer", "", unbooked)
    wreck.die()
    charge = wreck.house.recovery.run(only_window=True).charged
    receipt = wreck.receipt()
    assert (receipt.charged, receipt.usage) == (cost(Usage(input=10, output=50)), Usage(input=10, output=50))
    assert (receipt.charged, FULL - charge) == (charge, wreck.settled())
    assert (receipt.unconfirmed, receipt.basis, receipt.outcome) == (False, Basis.COUNTED, Outcome.COMPLETE)
    assert wreck.house.chats.messages("c")[0].text == "the whole answer"


def test_the_wallet_of_another_account_is_resolved_too(wreck: Wreck) -> None:
    """The key was replaced between crash and start: the hold is where the answer began, and so is its charge."""
    elsewhere = ModelRef(Lane.CREDITS, "nexu", MODEL)
    other = LedgerSqlite(wreck.house.folder / "other.db", wreck._lock, wreck.house.clock)
    other.grant(Grant("g:person:a", Nanocredits(FULL), "person"))
    other.hold(NewAttempt("b", "b", elsewhere, card().id, HELD, Nanocredits(1), 10, 600))
    other.mark_dispatched("b")
    other.checkpoint("b", 50)
    wreck.house.chats.add(Message("b", "c", Role.ASSISTANT, "", 1, ref=elsewhere, streaming=True))
    wreck.die()
    house = wreck.house
    ledger = LedgerSqlite(house.folder / "other.db", house.locks, house.clock)
    offer = house.catalog.card_offer
    Recovery(house.chats, house.ledgers, offer, house.clock, lambda: (ledger,)).run(only_window=True)
    message = house.chats.message("b")
    assert message is not None
    assert message.receipt is not None
    assert message.receipt.charged == cost(Usage(input=10, output=50)) == FULL - ledger.balance().settled
    ledger.close()
