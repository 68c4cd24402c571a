"""Run one turn: hold, stream, resolve. No path through here spends a credit without the ledger."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from nexu_desktop.domain.chat import Basis, Expected, Lane, Message, Outcome, Purpose, Receipt, Role
from nexu_desktop.domain.context import Said
from nexu_desktop.domain.credits import Nanocredits, Nanodollars, Usage
from nexu_desktop.domain.errors import Billed, NexuError, ServiceError, Step, StorageFailed, StreamCut
from nexu_desktop.domain.estimate import Estimate
from nexu_desktop.domain.events import BalanceChanged, ReasoningDelta, TextDelta, TurnFinished, TurnStarted
from nexu_desktop.services.catalog import Offer
from nexu_desktop.services.meter import Meter
from nexu_desktop.services.ports import (
    ChatRequest,
    Chats,
    Chunk,
    Clock,
    Emit,
    Ended,
    Ledger,
    NewAttempt,
    Provider,
    ReasoningChunk,
    Settlement,
    TextChunk,
    UsageReport,
)

CHECKPOINT_MS = 1_000
ODD_OVERRUN = 3  # a report of more than three holds and ten credits is not booked unseen
ODD_NANOCREDITS = 10_000_000_000
TOO_LONG = ("length", "max_tokens", "max_output_tokens")  # as services name this end

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TurnRequest:
    """One attempt. `answer.id` is the attempt id (UUIDv7); `asked` is None where the prompt is stored already.

    `stored` is false for the command line and for titles and summaries: only the receipt is written.
    `images` are the bytes of the images in `messages`, by attachment; `temperature` in hundredths.
    """

    offer: Offer
    estimate: Estimate
    messages: tuple[Said, ...]
    answer: Message
    asked: Message | None = None
    stored: bool = True
    purpose: Purpose = Purpose.MESSAGE
    effort: str = ""
    images: Mapping[str, bytes] = field(default_factory=dict)
    temperature: int | None = None


@dataclass(slots=True)
class OpenTurn:
    """What has arrived so far."""

    request: TurnRequest
    started_ms: int
    checkpoint_ms: int
    ledger: Ledger | None  # the wallet it began with, whichever is in use at its end; None: an own key
    text: list[str] = field(default_factory=list)
    reasoning: list[str] = field(default_factory=list)
    reports: list[UsageReport] = field(default_factory=list)
    ended: bool = False
    limited: bool = False  # ended for its length, not because all was said
    unreported: bool = False  # words that came after the last usage

    @property
    def id(self) -> str:
        return self.request.answer.id

    @property
    def arrived(self) -> bool:
        return bool(self.text or self.reasoning)

    @property
    def ledger_amounts(self) -> bool:
        return self.ledger is not None

    @property
    def best_report(self) -> Usage | None:
        """The last sensible usage wins (it is cumulative); an empty one never erases an earlier one."""
        usages = [report.usage for report in self.reports if report.usage is not None]
        filled = [usage for usage in usages if usage.total_input or usage.total_output]
        return filled[-1] if filled else None


class Turns:
    def __init__(self, chats: Chats, ledgers: Mapping[Lane, Ledger], meter: Meter, clock: Clock) -> None:
        self._chats = chats
        self._ledgers = ledgers
        self._meter = meter
        self._clock = clock

    async def run(self, request: TurnRequest, provider: Provider, emit: Emit) -> Receipt:
        """Raises what refused the hold (nothing was sent); every later failure ends in TurnFinished.

        A cancelled run resolves first and raises CancelledError then.
        """
        (turn,) = self.open(request)
        return await self.finish(turn, provider, emit)

    def open(self, *requests: TurnRequest) -> tuple[OpenTurn, ...]:
        """Holds and empty answers, of all or none, are committed before the first byte leaves."""
        now, turns = self._clock.monotonic_ms(), []
        try:
            for request in requests:
                turn = OpenTurn(request, started_ms=now, checkpoint_ms=now, ledger=self._ledger(request))
                if turn.ledger is not None:
                    turn.ledger.hold(_attempt(request))
                turns.append(turn)
                if turn.ledger is not None:
                    turn.ledger.mark_dispatched(turn.id)
            rows = [row for one in requests if one.stored for row in (one.asked, one.answer) if row]
            if rows:  # last, so that what refuses the send leaves no rows behind
                self._chats.add(*rows)
        except Exception:
            for turn in turns:
                if turn.ledger is not None:
                    turn.ledger.release(turn.id, Outcome.REFUSED, "not sent")
            raise
        return tuple(turns)

    async def finish(self, turn: OpenTurn, provider: Provider, emit: Emit) -> Receipt:
        """Stream and resolve what `open` has held."""
        import asyncio  # 50 ms that a start need not pay

        try:
            outcome, error = await self._stream(turn, provider, emit)
        except asyncio.CancelledError:
            self.stopped(turn, emit)
            raise
        return self._resolve(turn, outcome, error, emit)

    def stopped(self, turn: OpenTurn, emit: Emit) -> Receipt:
        """Resolve one that was stopped, with what has arrived of it."""
        return self._resolve(turn, Outcome.STOPPED, None, emit)

    async def _stream(
        self, turn: OpenTurn, provider: Provider, emit: Emit
    ) -> tuple[Outcome, NexuError | None]:
        request = turn.request
        wire = ChatRequest(
            turn.id,
            request.offer.ref.model,
            request.messages,
            request.estimate.output_limit,
            request.effort,
            request.images,
            request.temperature,
        )
        try:
            emit(TurnStarted(turn.id, request.asked, request.answer))
            self._tell_balance(turn, emit)
            async with aclosing(provider.stream(wire)) as chunks:  # type: ignore[type-var]  # an async generator by contract
                async for chunk in chunks:
                    self._take(turn, chunk, emit)
        except NexuError as error:
            cut = isinstance(error, StreamCut) or turn.arrived
            if turn.arrived and isinstance(error, StreamCut):
                error.hint = f"What arrived is kept. {error.hint}".strip()
            return (Outcome.CUT if cut else Outcome.FAILED), error
        except Exception as error:  # our bug: the hold must be resolved all the same
            log.exception("turn %s broke", turn.id)
            return Outcome.FAILED, StreamCut(
                "Something in this program went wrong.", f"Try again. ({type(error).__name__})"
            )
        if turn.ended:
            return Outcome.COMPLETE, None
        return Outcome.CUT, StreamCut(
            "The answer broke off before its end.", "Try again; this try may have been billed."
        )

    def _take(self, turn: OpenTurn, chunk: Chunk, emit: Emit) -> None:
        match chunk:
            case TextChunk(text):
                turn.text.append(text)
                turn.unreported = True
                emit(TextDelta(turn.id, text))
            case ReasoningChunk(text):
                turn.reasoning.append(text)
                turn.unreported = True
                emit(ReasoningDelta(turn.id, text))
            case UsageReport():
                turn.reports.append(chunk)
                turn.unreported = turn.unreported and chunk.usage is None
            case Ended(reason):
                turn.ended = True
                turn.limited = reason in TOO_LONG
        now = self._clock.monotonic_ms()
        if now - turn.checkpoint_ms >= CHECKPOINT_MS:
            turn.checkpoint_ms = now
            self._checkpoint(turn)

    def _checkpoint(self, turn: OpenTurn) -> None:
        """What a kill may cost the book is at most this second."""
        text, reasoning = "".join(turn.text), "".join(turn.reasoning)
        ledger = turn.ledger
        if ledger is not None:
            ledger.checkpoint(turn.id, self._counted(turn).total_output)
        if turn.request.stored:
            self._chats.save_answer(turn.id, text, reasoning)

    def _resolve(self, turn: OpenTurn, outcome: Outcome, error: NexuError | None, emit: Emit) -> Receipt:
        """Synchronous on purpose: Stop cannot split the billing."""
        usage, basis = self._usage(turn, error)
        try:
            charged = self._book(turn, outcome, usage, basis)
        except StorageFailed as failed:  # the hold stays, and the next start resolves it
            log.exception("turn %s could not be booked", turn.id)
            usage, basis, charged, error = Usage(), Basis.NONE, self._nothing(turn), failed
        receipt = self._receipt(turn, outcome, usage, basis, charged, error)
        answer = replace(
            turn.request.answer,
            text="".join(turn.text),
            reasoning="".join(turn.reasoning),
            receipt=receipt,
            streaming=False,
        )
        try:
            self._keep(turn, answer, receipt)
        except StorageFailed as failed:  # the window still shows it; the next start finishes the row
            log.exception("the answer of turn %s could not be kept", turn.id)
            error = error or failed
        title, hint, code = (error.title, error.hint, error.code) if error else ("", "", "")
        emit(TurnFinished(turn.id, answer, receipt, title, hint, code))
        self._tell_balance(turn, emit)
        return receipt

    def _keep(self, turn: OpenTurn, answer: Message, receipt: Receipt) -> None:
        if turn.request.stored:
            self._chats.finish(answer.id, answer.text, answer.reasoning, receipt)
        else:
            self._chats.add_receipt(receipt, answer.conversation or None)

    def _usage(self, turn: OpenTurn, error: NexuError | None) -> tuple[Usage, Basis]:
        """The provider's numbers, else our count; nothing for what was never sent or never answered."""
        report = self._report(turn)
        if report is not None:
            return self._completed(turn, report)
        unbilled = isinstance(error, ServiceError) and error.billed is not Billed.UNKNOWN
        if turn.arrived or (turn.ended and not unbilled):
            return self._counted(turn), Basis.COUNTED
        return Usage(), Basis.NONE

    def _report(self, turn: OpenTurn) -> Usage | None:
        report = turn.best_report
        return None if report is None or self._odd(turn, report) else report

    def _completed(self, turn: OpenTurn, report: Usage) -> tuple[Usage, Basis]:
        """A report from before the last words knows the input, but less output than arrived: then that counts."""
        if turn.arrived and (turn.unreported or not report.total_output):
            counted = self._counted(turn)
            if counted.total_output > report.total_output:
                known = counted if not report.total_input else report
                return replace(known, output=counted.output, reasoning=counted.reasoning), Basis.COUNTED
        return report, Basis.PROVIDER

    def _counted(self, turn: OpenTurn) -> Usage:
        model = turn.request.offer.ref.model
        return Usage(
            input=turn.request.estimate.input.tokens,
            output=self._meter.output_tokens(model, "".join(turn.text)),
            reasoning=self._meter.output_tokens(model, "".join(turn.reasoning)),
        )

    def _odd(self, turn: OpenTurn, usage: Usage) -> bool:
        rate, hold = turn.request.offer.rate, turn.request.estimate.hold
        if not turn.ledger_amounts or rate is None:
            return False
        return rate.cost(usage) > max(ODD_OVERRUN * hold, ODD_NANOCREDITS)

    def _nothing(self, turn: OpenTurn) -> Nanocredits | None:
        return Nanocredits(0) if turn.ledger_amounts else None

    def _book(self, turn: OpenTurn, outcome: Outcome, usage: Usage, basis: Basis) -> Nanocredits | None:
        """What was charged, None on a lane that spends no credits."""
        ledger, rate = turn.ledger, turn.request.offer.rate
        if ledger is None or rate is None:
            return None
        for raw, verdict in _verdicts(turn, self._report(turn)):
            ledger.record_usage(turn.id, raw, verdict)
        if basis is Basis.NONE:
            ledger.release(turn.id, outcome, "nothing came")
            return Nanocredits(0)
        return ledger.settle(Settlement(turn.id, usage, basis, outcome, rate.price(usage)))

    def _receipt(
        self,
        turn: OpenTurn,
        outcome: Outcome,
        usage: Usage,
        basis: Basis,
        charged: Nanocredits | None,
        error: NexuError | None,
    ) -> Receipt:
        request, estimate, rate = turn.request, turn.request.estimate, turn.request.offer.rate
        own_key = not turn.ledger_amounts
        unsent = isinstance(error, ServiceError) and error.billed is not Billed.UNKNOWN
        likely = estimate.cost.likely if estimate.cost else None
        return Receipt(
            attempt=turn.id,
            ref=request.offer.ref,
            outcome=outcome,
            usage=usage,
            basis=basis,
            charged=charged,
            estimated=None if own_key or likely is None else Nanocredits(likely),
            card=estimate.card,
            finished_ms=self._clock.now_ms(),
            elapsed_ms=self._clock.monotonic_ms() - turn.started_ms,
            dollars=Nanodollars(rate.cost(usage)) if own_key and rate else None,
            dollars_estimated=Nanodollars(likely) if own_key and likely is not None else None,
            unconfirmed=basis is Basis.NONE and not unsent,
            error=error.sentence if error else "",
            step=error.step if error else Step.NONE,
            expected=_expected(estimate),
            purpose=request.purpose,
            effort=request.effort,
            limited=estimate.output_limit if turn.limited else None,
            first=not any(said.role == Role.ASSISTANT.value for said in request.messages),
        )

    def _ledger(self, request: TurnRequest) -> Ledger | None:
        """The one `if`: an own key never touches the ledger."""
        lane = request.offer.ref.lane
        return self._ledgers[lane] if lane.spends_credits else None

    def _tell_balance(self, turn: OpenTurn, emit: Emit) -> None:
        ledger = turn.ledger
        if ledger is not None:
            emit(BalanceChanged(turn.request.offer.ref.lane, ledger.balance()))


def _attempt(request: TurnRequest) -> NewAttempt:
    estimate = request.estimate
    return NewAttempt(
        id=request.answer.id,
        message=request.answer.id,
        ref=request.offer.ref,
        card=estimate.card or "",
        amount=estimate.hold,
        estimated=Nanocredits(estimate.cost.likely if estimate.cost else 0),
        counted_input=estimate.input.tokens,
        predicted_output=estimate.output.likely,
        purpose=request.purpose,
    )


def _expected(estimate: Estimate) -> Expected:
    cost = estimate.cost
    counted = estimate.input.counted
    return Expected(
        counted=estimate.input.tokens if counted is None else counted,
        input=estimate.input.tokens,
        low=estimate.output.low,
        likely=estimate.output.likely,
        high=estimate.output.high,
        reasoning=estimate.forecast.reasoning if estimate.forecast else 0,
        cost_low=cost.low if cost else None,
        cost_high=cost.high if cost else None,
    )


def _verdicts(turn: OpenTurn, used: Usage | None) -> list[tuple[str, str]]:
    verdicts: list[tuple[str, str]] = []
    spent = False
    for report in reversed(turn.reports):
        if report.usage is None or used is None:
            verdicts.append((report.raw, "invalid"))
        elif report.usage == used and not spent:
            spent = True
            verdicts.append((report.raw, "used"))
        else:
            verdicts.append((report.raw, "duplicate"))
    return verdicts[::-1]
