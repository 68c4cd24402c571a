"""The way of a message: what is held, charged and released for every way an answer can end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from nexu_desktop.adapters.chats_sqlite import ChatsSqlite
from nexu_desktop.adapters.instance_lock import InstanceLock
from nexu_desktop.adapters.ledger_sqlite import LedgerSqlite
from nexu_desktop.domain.chat import Basis, Conversation, Lane, Message, ModelRef, Outcome, Receipt, Role
from nexu_desktop.domain.context import said
from nexu_desktop.domain.credits import NANO_PER_CREDIT, Nanocredits, Usage
from nexu_desktop.domain.errors import (
    Billed,
    DiskFull,
    InsufficientCredits,
    Offline,
    ProviderDown,
    RequestRefused,
    StreamCut,
)
from nexu_desktop.domain.events import Event, TextDelta, TurnFinished, TurnStarted
from nexu_desktop.services.catalog import Offer
from nexu_desktop.services.meter import Context, Meter, Question
from nexu_desktop.services.ports import Ended, Grant, NewAttempt, ReasoningChunk, TextChunk, UsageReport
from nexu_desktop.services.turns import TurnRequest, Turns
from tests.services.fakes import RATE, FakeClock, ScriptedProvider, WordCounter

OFFER = Offer(ModelRef(Lane.SANDBOX, "sandbox", "m"), RATE, card="card", context_tokens=100_000)
OWN = Offer(ModelRef(Lane.BYOK, "openai", "m"), RATE, context_tokens=100_000)
REPORT = UsageReport('{"prompt_tokens":12}', Usage(input=10, cached_input=2, output=20, reasoning=5))


@dataclass
class House:
    chats: ChatsSqlite
    ledger: LedgerSqlite
    turns: Turns
    meter: Meter
    clock: FakeClock
    events: list[Event]

    def request(self, offer: Offer = OFFER, *, turn: str = "t-1", stored: bool = True) -> TurnRequest:
        balance = self.ledger.balance() if offer.ref.lane.spends_credits else None
        question = Question(offer, Context(), "three words here", 1_000, balance)
        asked = Message(f"u-{turn}", "c", Role.USER, "three words here", self.clock.now_ms())
        answer = Message(turn, "c", Role.ASSISTANT, "", self.clock.now_ms(), ref=offer.ref, streaming=True)
        answer = replace(answer, parent=asked.id if stored else "")
        wire = (said("user", "three words here"),)
        estimate = self.meter.estimate_now(question)
        return TurnRequest(offer, estimate, wire, answer, asked if stored else None, stored)

    def run(self, provider: ScriptedProvider, request: TurnRequest | None = None) -> Receipt:
        return asyncio.run(self.turns.run(request or self.request(), provider, self.events.append))

    @property
    def finished(self) -> TurnFinished:
        return next(event for event in self.events if isinstance(event, TurnFinished))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    clock, locks = FakeClock(), InstanceLock(tmp_path / "instances")
    ledger = LedgerSqlite(tmp_path / "ledger.db", locks, clock)
    ledger.grant(Grant("g:test:1", Nanocredits(10 * NANO_PER_CREDIT), "test"))
    chats = ChatsSqlite(tmp_path / "chats.db", clock)
    chats.create(Conversation("c", "", OFFER.ref, clock.now_ms(), clock.now_ms()))
    meter = Meter(WordCounter())
    turns = Turns(chats, {Lane.SANDBOX: ledger, Lane.CREDITS: ledger}, meter, clock)
    yield House(chats, ledger, turns, meter, clock, [])
    assert ledger.verify() == ()
    assert ledger.open_attempts(dead_only=False) == ()
    ledger.close()
    chats.close()
    locks.close()


def test_complete_answer_charges_the_provider_usage(house: House) -> None:
    """10 fresh + 2 cached in, 25 out by the card: exactly that is charged, nothing stays held."""
    receipt = house.run(ScriptedProvider(TextChunk("Hi"), REPORT, Ended("stop")))
    charge = RATE.cost(REPORT.usage or Usage())
    balance = house.ledger.balance()
    assert (receipt.outcome, receipt.basis, receipt.charged) == (Outcome.COMPLETE, Basis.PROVIDER, charge)
    assert (balance.settled, balance.held) == (10 * NANO_PER_CREDIT - charge, 0)


def test_hold_and_rows_come_before_the_first_byte(house: House) -> None:
    """When the provider is asked, the hold and the empty answer are on disk already."""
    seen: list[tuple[int, int]] = []

    class Looking(ScriptedProvider):
        def stream(self, request):  # the fake's own signature
            seen.append((house.ledger.balance().held, len(house.chats.messages("c"))))
            return super().stream(request)

    request = house.request()
    house.run(Looking(TextChunk("Hi"), REPORT, Ended("stop")), request)
    assert seen == [(request.estimate.hold, 2)]


def test_events_come_in_order(house: House) -> None:
    """Started, deltas, finished; the finished row is what is on disk."""
    house.run(ScriptedProvider(TextChunk("a"), ReasoningChunk("r"), TextChunk("b"), REPORT, Ended("stop")))
    kinds = [type(event).__name__ for event in house.events]
    assert kinds == [
        "TurnStarted",
        "BalanceChanged",
        "TextDelta",
        "ReasoningDelta",
        "TextDelta",
        "TurnFinished",
        "BalanceChanged",
    ]
    assert house.finished.answer == house.chats.message("t-1")
    assert house.finished.answer.text == "ab"


def test_double_usage_charges_once(house: House) -> None:
    """The same report twice is one charge."""
    receipt = house.run(ScriptedProvider(TextChunk("Hi"), REPORT, REPORT, Ended("stop")))
    assert receipt.charged == RATE.cost(REPORT.usage or Usage())


def test_without_usage_the_answer_is_counted(house: House) -> None:
    """3 words + 4 overhead in, 2 words out, named as counted here."""
    receipt = house.run(ScriptedProvider(TextChunk("two words"), Ended("stop")))
    assert (receipt.basis, receipt.usage) == (Basis.COUNTED, Usage(input=7, output=2))
    assert receipt.charged == RATE.cost(Usage(input=7, output=2))


def test_stream_without_end_is_cut_and_charged_for_what_came(house: House) -> None:
    """No finish reason and no error: the answer is not accepted as whole."""
    receipt = house.run(ScriptedProvider(TextChunk("two words")))
    assert (receipt.outcome, receipt.charged) == (Outcome.CUT, RATE.cost(Usage(input=7, output=2)))


@pytest.mark.parametrize(
    ("error", "outcome", "unconfirmed"),
    [
        (Offline("No way.", billed=Billed.UNSENT), Outcome.FAILED, False),
        (RequestRefused("No.", billed=Billed.REJECTED), Outcome.FAILED, False),
        (ProviderDown("Down.", billed=Billed.UNKNOWN), Outcome.FAILED, True),
        (StreamCut("Cut."), Outcome.CUT, True),
    ],
)
def test_nothing_came_nothing_is_charged(
    house: House, error: Exception, outcome: Outcome, unconfirmed: bool
) -> None:
    """The whole hold goes back; an unknown bill is marked as unconfirmed."""
    receipt = house.run(ScriptedProvider(error))
    assert (receipt.outcome, receipt.charged, receipt.unconfirmed) == (outcome, 0, unconfirmed)
    assert house.ledger.balance().available == 10 * NANO_PER_CREDIT


def test_an_error_in_mid_stream_keeps_the_text_and_its_price(house: House) -> None:
    """What was read is paid, what went wrong is said."""
    receipt = house.run(ScriptedProvider(TextChunk("two words"), ProviderDown("Down.", "Later.")))
    assert (receipt.outcome, house.finished.title, house.finished.hint) == (Outcome.CUT, "Down.", "Later.")
    assert receipt.charged == RATE.cost(Usage(input=7, output=2))


def test_our_own_bug_resolves_the_hold(house: House) -> None:
    """Any exception ends in a receipt, not in a hold that stays."""
    receipt = house.run(ScriptedProvider(TextChunk("two words"), ZeroDivisionError()))
    assert (receipt.outcome, house.ledger.balance().held) == (Outcome.FAILED, 0)


def test_stop_settles_before_it_is_cancelled(house: House) -> None:
    """Stop charges what arrived, and the cancelled run says so before it ends."""

    async def stop_after_text() -> None:
        provider = ScriptedProvider(TextChunk("two words"), None)
        task = asyncio.create_task(house.turns.run(house.request(), provider, house.events.append))
        while not any(isinstance(event, TextDelta) for event in house.events):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(stop_after_text())
    receipt = house.finished.receipt
    assert (receipt.outcome, receipt.charged) == (Outcome.STOPPED, RATE.cost(Usage(input=7, output=2)))


def test_stop_at_every_step(house: House) -> None:
    """Cancelled after any number of loop turns, exactly one receipt and no hold."""
    script = (TextChunk("a"), ReasoningChunk("b"), TextChunk("c"), REPORT, None)

    async def stop_after(steps: int) -> None:
        house.events.clear()
        request = house.request(turn=f"t-{steps}")
        task = asyncio.create_task(house.turns.run(request, ScriptedProvider(*script), house.events.append))
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    for steps in range(12):
        asyncio.run(stop_after(steps))
        started = sum(isinstance(event, TurnStarted) for event in house.events)
        finished = sum(isinstance(event, TurnFinished) for event in house.events)
        assert (started, house.ledger.balance().held) == (finished, 0)


def test_own_key_never_touches_the_ledger(house: House) -> None:
    """Usage is recorded in dollars, and the journal has no new entry."""
    before = house.ledger.entries(limit=100)
    receipt = house.run(ScriptedProvider(TextChunk("Hi"), REPORT, Ended("stop")), house.request(OWN))
    assert (receipt.charged, receipt.dollars) == (None, RATE.cost(REPORT.usage or Usage()))
    assert house.ledger.entries(limit=100) == before


def test_overrun_is_charged_in_full(house: House) -> None:
    """More than the hold, but not absurd: hold, then free credit."""
    big = Usage(input=10, output=3_000)
    receipt = house.run(ScriptedProvider(TextChunk("x"), UsageReport("{}", big), Ended("stop")))
    assert receipt.charged == RATE.cost(big)
    assert house.ledger.balance().settled == 10 * NANO_PER_CREDIT - RATE.cost(big)


def test_absurd_usage_is_not_booked_unseen(house: House) -> None:
    """More than three holds and ten credits: our count is charged, the report kept as invalid."""
    absurd = UsageReport("{}", Usage(input=10, output=50_000_000))
    receipt = house.run(ScriptedProvider(TextChunk("two words"), absurd, Ended("stop")))
    assert (receipt.basis, receipt.usage) == (Basis.COUNTED, Usage(input=7, output=2))


def test_refused_hold_sends_nothing(house: House) -> None:
    """Without credits the provider is never asked and no row is written."""
    request = house.request()
    house.ledger.hold(
        NewAttempt(
            "other", "other", OFFER.ref, "card", Nanocredits(10 * NANO_PER_CREDIT), Nanocredits(1), 1, 1
        )
    )
    provider = ScriptedProvider(TextChunk("Hi"), Ended("stop"))
    with pytest.raises(InsufficientCredits):
        house.run(provider, request)
    house.ledger.release("other", Outcome.FAILED, "test")
    assert (provider.requests, house.chats.messages("c"), house.events) == ([], (), [])


def test_a_full_disk_at_the_end_is_told_with_the_answer(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The text is announced, the hold stays for the next start, nothing is charged meanwhile."""
    full = DiskFull("The disk is full.", "Free some space.")
    with monkeypatch.context() as patch:
        patch.setattr(LedgerSqlite, "settle", raising(full))
        patch.setattr(ChatsSqlite, "finish", raising(full))
        receipt = house.run(ScriptedProvider(TextChunk("two words"), Ended("stop")))
    assert (receipt.charged, receipt.basis, receipt.unconfirmed) == (0, Basis.NONE, True)
    assert (house.finished.answer.text, house.finished.code) == ("two words", "disk_full")
    assert house.ledger.balance().held == house.request().estimate.hold
    house.ledger.release("t-1", Outcome.CUT, "as the next start does")


def test_an_answer_that_cannot_be_kept_is_charged_and_told(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ledger has it; only the transcript has not."""
    with monkeypatch.context() as patch:
        patch.setattr(ChatsSqlite, "finish", raising(DiskFull("The disk is full.")))
        receipt = house.run(ScriptedProvider(TextChunk("Hi"), REPORT, Ended("stop")))
    assert receipt.charged == RATE.cost(REPORT.usage or Usage())
    assert house.finished.title == "The disk is full."


def test_what_breaks_between_hold_and_send_gives_the_hold_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk, or a bug of ours: the hold is released and the error goes to whoever asked."""
    for error in (DiskFull("The disk is full."), ZeroDivisionError()):
        with monkeypatch.context() as patch:
            patch.setattr(ChatsSqlite, "add", raising(error))
            with pytest.raises(type(error)):
                house.run(ScriptedProvider(), house.request(turn=type(error).__name__))
        assert house.ledger.balance().held == 0


def test_a_listener_that_breaks_resolves_the_hold(house: House) -> None:
    """Whatever an interface does with an event, the turn ends in the ledger."""

    def deaf(event: Event) -> None:
        if isinstance(event, TurnStarted):
            raise ZeroDivisionError
        house.events.append(event)

    asyncio.run(house.turns.run(house.request(), ScriptedProvider(TextChunk("x"), Ended("stop")), deaf))
    assert (house.finished.receipt.outcome, house.finished.receipt.charged) == (Outcome.FAILED, 0)


def test_a_report_from_before_the_cut_does_not_hide_what_came_after_it(house: House) -> None:
    """Usage on every chunk is cumulative: cut later, the input is the provider's, the output what arrived."""
    early = UsageReport("{}", Usage(input=3, cached_input=9, output=1))
    receipt = house.run(ScriptedProvider(TextChunk("one "), early, TextChunk("two three"), StreamCut("Cut.")))
    expected = Usage(input=3, cached_input=9, output=3)
    assert (receipt.basis, receipt.usage) == (Basis.COUNTED, expected)
    assert receipt.charged == RATE.cost(expected)


def test_no_output_reported_for_an_answer_that_came(house: House) -> None:
    """Zero tokens out beside two words is no figure to bill by."""
    prompt_only = UsageReport("{}", Usage(input=9))
    receipt = house.run(ScriptedProvider(TextChunk("two words"), prompt_only, Ended("stop")))
    assert (receipt.basis, receipt.usage) == (Basis.COUNTED, Usage(input=9, output=2))


def test_a_larger_report_is_the_provider_s(house: House) -> None:
    """Cut after its usage: hidden reasoning may be in it, so the larger figure stands."""
    receipt = house.run(ScriptedProvider(TextChunk("two "), REPORT, TextChunk("words"), StreamCut("Cut.")))
    assert (receipt.basis, receipt.usage) == (Basis.PROVIDER, REPORT.usage)


def test_what_refuses_the_send_leaves_no_rows_behind(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The draft comes back, so the transcript must not have the message too."""
    with monkeypatch.context() as patch:
        patch.setattr(LedgerSqlite, "mark_dispatched", raising(DiskFull("The disk is full.")))
        with pytest.raises(DiskFull):
            house.run(ScriptedProvider())
    assert house.chats.messages("c") == ()


def raising(error: Exception) -> Callable[..., None]:
    def fail(*_: object) -> None:
        raise error

    return fail
