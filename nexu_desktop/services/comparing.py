"""One question asked of two to four models at once: the sum before, an answer with its receipt from each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from nexu_desktop.domain.budgets import Level, findings
from nexu_desktop.domain.chat import ModelRef, Receipt, Role
from nexu_desktop.domain.credits import Nanocredits, show_cost, show_dollars
from nexu_desktop.domain.errors import BadInput, BudgetReached, InsufficientCredits, NexuError
from nexu_desktop.domain.estimate import ANSWER_FLOOR_TOKENS, Estimate
from nexu_desktop.domain.events import TurnRefused
from nexu_desktop.domain.side_by_side import FEWEST, MOST, Comparison, Purse, added
from nexu_desktop.services.catalog import Catalog
from nexu_desktop.services.conversations import Conversations
from nexu_desktop.services.files import refuse_images
from nexu_desktop.services.meter import Meter, Question, means_of
from nexu_desktop.services.ports import Chats, Emit, Provider
from nexu_desktop.services.questions import Questions, check, images
from nexu_desktop.services.sending import Connect, Sending
from nexu_desktop.services.spending import Spending
from nexu_desktop.services.turns import OpenTurn, Turns

if TYPE_CHECKING:
    import asyncio


@dataclass(slots=True)
class _Side:
    """One of the answers, with what must be closed after it."""

    turn: OpenTurn
    provider: Provider
    rest: AsyncExitStack
    begun: bool = False


class Comparing:
    """The answers stand beside each other under one question, each with its own hold, charge and receipt."""

    def __init__(
        self,
        chats: Chats,
        catalog: Catalog,
        meter: Meter,
        turns: Turns,
        sending: Sending,
        questions: Questions,
        budgets: Spending,
        conversations: Conversations,
        connect: Connect,
    ) -> None:
        self._chats = chats
        self._catalog = catalog
        self._meter = meter
        self._turns = turns
        self._sending = sending
        self._questions = questions
        self._budgets = budgets
        self._conversations = conversations
        self._connect = connect
        self._stops: dict[str, Callable[[], object]] = {}

    def estimate(self, cid: str, draft: str, refs: Sequence[ModelRef]) -> Comparison | None:
        """None while counts are pending: the desk's `warm_async` brings them."""
        asked = [self._questions.question(cid, draft, ref) for ref in refs]
        ready = all(one.offer.sendable and self._meter.ready(one) for one in asked)
        return self._together(asked) if ready else None

    async def send(
        self, cid: str, draft: str, refs: Sequence[ModelRef], emit: Emit, *, confirmed: bool = False
    ) -> tuple[Receipt | None, ...]:
        """A receipt of each model, None for a stopped one; () where it was refused, which TurnRefused tells.

        It is refused as a whole, before anything is sent. Cancelled, it stops every answer.
        """
        import asyncio  # 50 ms that a start need not pay

        row = self._conversations.row(cid, Role.USER, draft, parent=self._conversations.leaf(cid))
        try:
            with self._sending.occupied(cid, emit):
                async with AsyncExitStack() as stack:
                    sides = await self._open(cid, draft, refs, row.id, stack, confirmed=confirmed)
                    return await self._answers(sides, self._questions.noting_balance(emit))
        except NexuError as error:
            emit(TurnRefused(row.id, cid, draft, error.title, error.hint))
            return ()
        except asyncio.CancelledError:
            if self._chats.message(row.id) is None:
                emit(TurnRefused(row.id, cid, draft, "Stopped before anything was sent.", ""))
            raise
        finally:
            for ref in refs:
                self._questions.forget(cid, ref)

    def stop(self, answer: str) -> None:
        """That one alone, from any thread; one that has ended stays as it is."""
        stop = self._stops.get(answer)
        if stop is not None:
            stop()

    def keep(self, answer: str) -> None:
        """Go on from this one; the others stay as branches. Raises BadInput while an answer arrives."""
        message = self._chats.message(answer)
        if message is None:
            return
        cid = message.conversation
        if self._sending.busy(cid):
            raise BadInput("An answer is still arriving here.", "Stop it, or wait for its end.")
        self._chats.show_branch(cid, answer)
        self._questions.forget_context(cid)

    # --- inside ---

    async def _open(
        self,
        cid: str,
        draft: str,
        refs: Sequence[ModelRef],
        name: str,
        stack: AsyncExitStack,
        *,
        confirmed: bool,
    ) -> list[_Side]:
        import asyncio  # 50 ms that a start need not pay

        _check_choice(draft, refs)
        files, _ = self._questions.files(cid)
        row = self._conversations.row(cid, Role.USER, draft, parent=self._conversations.leaf(cid))
        row = replace(row, id=name, attachments=files)
        asked = [self._questions.question(cid, draft, ref) for ref in refs]
        providers = []
        for question in asked:
            providers.append(await self._connect(self._catalog.need(question.offer.ref)))
            stack.push_async_callback(providers[-1].close)
            refuse_images(question.offer, images(question))
            await asyncio.to_thread(self._meter.warm, question)
        # From here to the holds nothing awaits: no other send can spend what these are checked against.
        asked = [self._questions.with_money(question, cid) for question in asked]
        compared = self._together(asked)
        check_all(compared, confirmed=confirmed)
        self._conversations.store_and_name(cid, draft)
        requests = [
            self._sending.request(question, estimate, row, row.id if number else "")
            for number, (question, estimate) in enumerate(zip(asked, compared.estimates, strict=True))
        ]
        self._questions.limit_next(cid, None)
        sides = []
        for turn, provider in zip(self._turns.open(*requests), providers, strict=True):
            rest = AsyncExitStack()
            estimate = turn.request.estimate
            rest.enter_context(self._budgets.running(estimate.ref.lane, cid, estimate.hold))
            sides.append(_Side(turn, provider, rest))
        return sides

    async def _answers(self, sides: Sequence[_Side], emit: Emit) -> tuple[Receipt | None, ...]:
        import asyncio  # 50 ms that a start need not pay

        loop = asyncio.get_running_loop()
        tasks = [asyncio.create_task(self._answer(side, emit)) for side in sides]
        for side, task in zip(sides, tasks, strict=True):
            self._stops[side.turn.id] = _stopper(loop, task)
        try:
            ends = await asyncio.gather(*tasks, return_exceptions=True)
        finally:
            for side in sides:
                self._stops.pop(side.turn.id, None)
                if not side.begun:  # stopped before its first step: its hold is resolved all the same
                    self._turns.stopped(side.turn, emit)
                    await side.rest.aclose()
        return tuple(None if isinstance(end, BaseException) else end for end in ends)

    async def _answer(self, side: _Side, emit: Emit) -> Receipt:
        side.begun = True
        async with side.rest:
            return await self._turns.finish(side.turn, side.provider, emit)

    def _together(self, asked: Sequence[Question]) -> Comparison:
        """Where a wallet or a budget can't pay the most of all, all of its answers share one lower limit."""
        estimates: dict[ModelRef, Estimate] = {}
        purses = []
        for lane in dict.fromkeys(one.offer.ref.lane for one in asked):
            mine = [one for one in asked if one.offer.ref.lane is lane]
            priced, purse = self._purse(mine)
            estimates |= {one.ref: one for one in priced}
            purses.append(purse)
        return Comparison(tuple(estimates[one.offer.ref] for one in asked), tuple(purses))

    def _purse(self, asked: Sequence[Question]) -> tuple[list[Estimate], Purse]:
        estimates = [self._meter.estimate_now(one) for one in asked]
        means_left, limits = means_of(asked[0]), asked[0].budgets
        lowered, missing = None, 0
        if means_left is not None and added(estimates).most > means_left.amount:
            limit = _shared_limit(asked, estimates, means_left.amount)
            estimates = [self._meter.estimate_now(replace(one, limit=limit)) for one in asked]
            missing = max(added(estimates).most - means_left.amount, 0)
            lowered = None if missing else limit
        cost = added(estimates)
        found = findings(limits.budgets, limits.unit, limits.spent, cost.likely) if limits else ()
        balance = asked[0].balance
        return estimates, Purse(
            lane=asked[0].offer.ref.lane,
            models=len(asked),
            cost=cost,
            unpriced=sum(one.cost is None for one in estimates),
            available=None if balance is None else balance.available,
            missing=missing,
            stop=means_left.budget if means_left and missing else None,
            lowered_to=lowered,
            findings=found,
        )


def check_all(compared: Comparison, *, confirmed: bool) -> None:
    """Raises what must refuse the whole before anything is held; what single models refuse comes last."""
    for purse in compared.purses:
        if purse.missing and purse.stop is not None:
            show = show_cost if purse.lane.spends_credits else show_dollars
            raise BudgetReached(
                f"Your budget per {purse.stop.scope.value} is {show(purse.missing)} short for all of them.",
                "Compare fewer or cheaper models, or change the budget in the settings.",
            )
        if purse.missing:
            raise InsufficientCredits(
                f"{show_cost(purse.missing)} credits short for {purse.models} answers, even short ones.",
                "Compare fewer or cheaper models, or shorten the message.",
                shortfall=Nanocredits(purse.missing),
                available=Nanocredits(purse.available or 0),
            )
        asks = [one for one in purse.findings if one.level is Level.ASK]
        if asks and not confirmed:
            show = show_cost if purse.lane.spends_credits else show_dollars
            raise BudgetReached(
                f"All of them bring your budget per {asks[0].budget.scope.value} to {show(asks[0].would_be)}.",
                "Confirm it, or compare fewer or cheaper models.",
            )
    for estimate in compared.estimates:
        check(estimate, confirmed=True)


def _check_choice(draft: str, refs: Sequence[ModelRef]) -> None:
    if not draft.strip():
        raise BadInput("There is nothing to send.", "Write a message first.")
    if not FEWEST <= len(set(refs)) == len(refs) <= MOST:
        raise BadInput(f"Compare {FEWEST} to {MOST} different models.", "Mark them in the list of models.")


def _shared_limit(asked: Sequence[Question], estimates: Sequence[Estimate], amount: int) -> int:
    """The longest answers, in tokens, that `amount` pays for all; the floor where it pays for none."""

    def most(limit: int) -> int:
        return sum(
            one.offer.rate.most(estimate.input.most, min(limit, estimate.output_limit))
            for one, estimate in zip(asked, estimates, strict=True)
            if one.offer.rate is not None
        )

    low, high = ANSWER_FLOOR_TOKENS, max(one.output_limit for one in estimates)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if most(middle) <= amount else (low, middle - 1)
    return low


def _stopper(loop: asyncio.AbstractEventLoop, task: asyncio.Task[Receipt]) -> Callable[[], object]:
    return lambda: loop.call_soon_threadsafe(task.cancel)
