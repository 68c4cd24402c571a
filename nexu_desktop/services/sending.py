"""From a draft to a turn: the question as it is now, its estimate, what refuses it, and the request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from nexu_desktop.domain.chat import Message, ModelRef, Receipt, Role
from nexu_desktop.domain.context import Said, asked, items, sent
from nexu_desktop.domain.errors import BadInput, NexuError
from nexu_desktop.domain.estimate import Estimate
from nexu_desktop.domain.events import BalanceChanged, ConversationChanged, Event, TurnRefused
from nexu_desktop.services.account import Account
from nexu_desktop.services.catalog import Catalog, Offer
from nexu_desktop.services.conversations import Conversations
from nexu_desktop.services.files import refuse_images
from nexu_desktop.services.meter import Context, Meter, Question
from nexu_desktop.services.ports import Chats, Emit, Provider
from nexu_desktop.services.questions import Questions, check, images
from nexu_desktop.services.spending import Spending
from nexu_desktop.services.turns import TurnRequest, Turns

Connect = Callable[[Offer], Awaitable[Provider]]


class Sending:
    def __init__(
        self,
        chats: Chats,
        account: Account,
        catalog: Catalog,
        meter: Meter,
        turns: Turns,
        questions: Questions,
        budgets: Spending,
        conversations: Conversations,
        connect: Connect,
    ) -> None:
        self._chats = chats
        self._account = account
        self._catalog = catalog
        self._meter = meter
        self._turns = turns
        self._questions = questions
        self._budgets = budgets
        self._conversations = conversations
        self._connect = connect

    async def send(
        self, cid: str, draft: str, emit: Emit, *, confirmed: bool, limit: int | None
    ) -> Receipt | None:
        """None where it was refused, which TurnRefused tells."""
        import asyncio  # 50 ms that a start need not pay

        row = self._conversations.row(cid, Role.USER, draft)
        try:
            if not draft.strip():
                raise BadInput("There is nothing to send.", "Write a message first.")
            question = self._questions.question(cid, draft, self._conversations.ref(cid))
            question = replace(question, limit=limit or question.limit)
            files, _ = self._questions.files(cid)
            return await self._run(question, replace(row, attachments=files), emit, confirmed=confirmed)
        except NexuError as error:
            emit(TurnRefused(row.id, cid, draft, error.title, error.hint))
            return None
        except asyncio.CancelledError:
            if self._chats.message(row.id) is None:
                emit(TurnRefused(row.id, cid, draft, "Stopped before anything was sent.", ""))
            raise

    async def retry(self, message_id: str, emit: Emit, *, confirmed: bool) -> Receipt | None:
        """None where it was refused, or where there is nothing to try again."""
        row = self._asked_by(message_id)
        if row is None:
            return None
        try:
            return await self._run(self._again(row), row, emit, confirmed=confirmed, stored=True)
        except NexuError as error:
            emit(TurnRefused(message_id, row.conversation, "", error.title, error.hint))
            return None

    def retry_estimate(self, message_id: str) -> Estimate | None:
        """What trying again would cost; None while counts are pending, or where there is nothing to try again."""
        row = self._asked_by(message_id)
        question = self._again(row) if row else None
        return self._meter.estimate(question) if question and question.offer.sendable else None

    def _asked_by(self, message_id: str) -> Message | None:
        """The question that a message answers, or is."""
        message = self._chats.message(message_id)
        before = _up_to(self._chats.messages(message.conversation), message_id) if message else ()
        return next((one for one in reversed(before) if one.role is Role.USER), None)

    def _again(self, row: Message) -> Question:
        """The question as it was: with what came before it and its own files.

        A summary made later stands for what came before, unless it stands for the question too.
        """
        cid = row.conversation
        conversation, rows = self._conversations.get(cid), self._chats.messages(cid)
        place = [one.id for one in rows].index(row.id)
        later = [one for one in rows[place:] if one.role is Role.SYSTEM and not row.dropped]
        earlier = items(conversation, [*rows[:place], *later]) if conversation else ()
        files = asked("", [one for one in row.attachments if not one.dropped])
        return replace(
            self._questions.question(cid, row.text, self._conversations.ref(cid)),
            context=Context(sent(earlier), self._questions.context(cid).replies),
            files=replace(files, parts=files.parts[:-1]),
        )

    async def _run(
        self, question: Question, row: Message, emit: Emit, *, confirmed: bool, stored: bool = False
    ) -> Receipt:
        """`row` is the question of the transcript, `stored` if it is there already."""
        import asyncio  # 50 ms that a start need not pay

        cid, ref = row.conversation, question.offer.ref
        provider = await self._connect(self._catalog.need(ref))
        try:
            refuse_images(question.offer, images(question))
            await asyncio.to_thread(self._meter.warm, question)
            # From here to the hold nothing awaits: no other send can spend what this one is checked against.
            estimate = self._meter.estimate_now(self._with_money(question, cid))
            check(estimate, confirmed=confirmed)
            self._conversations.store_and_name(cid, question.draft)
            request = self._request(question, estimate, None if stored else row, cid)
            self._questions.limit_next(cid, None)
            with self._budgets.running(ref.lane, cid, estimate.hold):
                return await self._turns.run(request, provider, self._noting_balance(emit))
        finally:
            self._questions.forget(cid, ref)
            await provider.close()
            emit(ConversationChanged(cid))

    def _with_money(self, question: Question, cid: str) -> Question:
        """As it is now: another process may have spent since."""
        lane = question.offer.ref.lane
        balance = self._account.balance(lane) if lane.spends_credits else None
        self._budgets.forget()
        return replace(question, balance=balance, budgets=self._budgets.limits(lane, cid))

    def _request(self, question: Question, estimate: Estimate, row: Message | None, cid: str) -> TurnRequest:
        said = Said(Role.USER.value, (*question.files.parts, question.draft), question.files.images)
        messages = (*question.context.messages, said)
        pictures = {image.attachment for one in messages for image in one.images}
        return TurnRequest(
            offer=question.offer,
            estimate=estimate,
            messages=messages,
            answer=self._answer(cid, question.offer.ref, row),
            asked=row,
            effort=self._questions.effort(cid),
            images={name: self._chats.attachment_data(name) for name in pictures},
        )

    def _noting_balance(self, emit: Emit) -> Emit:
        """What is announced is also what the next estimate starts from."""

        def noting(event: Event) -> None:
            if isinstance(event, BalanceChanged):
                self._account.saw(event.lane, event.balance)
            emit(event)

        return noting

    def _answer(self, cid: str, ref: ModelRef, asked_now: Message | None) -> Message:
        row = replace(self._conversations.row(cid, Role.ASSISTANT, ""), ref=ref, streaming=True)
        if asked_now is None:
            return row
        return replace(row, created_ms=max(row.created_ms, asked_now.created_ms + 1))


def _up_to(messages: Sequence[Message], message_id: str) -> tuple[Message, ...]:
    ids = [message.id for message in messages]
    return tuple(messages[: ids.index(message_id) + 1]) if message_id in ids else ()
