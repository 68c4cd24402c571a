"""From a draft to a turn: the question as it is now or was, its estimate, what refuses it, and the request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from nexu_desktop.domain.chat import Message, ModelRef, Receipt, Role
from nexu_desktop.domain.context import Said, asked, items, sent
from nexu_desktop.domain.errors import BadInput, NexuError
from nexu_desktop.domain.estimate import Estimate
from nexu_desktop.domain.events import ConversationChanged, TurnRefused
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
        catalog: Catalog,
        meter: Meter,
        turns: Turns,
        questions: Questions,
        budgets: Spending,
        conversations: Conversations,
        connect: Connect,
    ) -> None:
        self._chats = chats
        self._catalog = catalog
        self._meter = meter
        self._turns = turns
        self._questions = questions
        self._budgets = budgets
        self._conversations = conversations
        self._connect = connect
        self._running: list[str] = []
        self._asked_before: tuple[str, Context, Context] | None = None

    def busy(self, cid: str) -> bool:
        """Whether an answer is being asked for or arrives there: its branch must stay where it is."""
        return cid in self._running

    async def send(
        self, cid: str, draft: str, emit: Emit, *, confirmed: bool, limit: int | None
    ) -> Receipt | None:
        """None where it was refused, which TurnRefused tells."""
        import asyncio  # 50 ms that a start need not pay

        row = self._conversations.row(cid, Role.USER, draft, parent=self._conversations.leaf(cid))
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

    async def again(
        self, message_id: str, emit: Emit, *, confirmed: bool, ref: ModelRef | None = None
    ) -> Receipt | None:
        """Another answer beside `message_id`, or to it; None where it was refused or nothing is asked there."""
        row = self._asked_by(message_id)
        if row is None:
            return None
        beside = self._chats.message(message_id)
        parent = beside.parent if beside and beside.role is Role.ASSISTANT else row.id
        with self._refusals(message_id, row.conversation, emit):
            question = self._again(row, row.text, ref)
            return await self._run(question, row, emit, confirmed=confirmed, parent=parent)
        return None

    async def edited(self, message_id: str, text: str, emit: Emit, *, confirmed: bool) -> Receipt | None:
        """`text` asked beside the question `message_id`, with copies of its files; None where it was refused."""
        row = self._asked_by(message_id)
        if row is None:
            return None
        fresh = self._conversations.row(row.conversation, Role.USER, text, parent=row.parent)
        copies = [
            replace(one, id=f"{fresh.id}-{number}", copy_of=one.id)
            for number, one in enumerate(row.attachments)
            if not one.dropped
        ]
        with self._refusals(message_id, row.conversation, emit):
            if not text.strip():
                raise BadInput("There is nothing to send.", "Write a message first.")
            question = self._again(row, text, None)
            return await self._run(
                question, replace(fresh, attachments=tuple(copies)), emit, confirmed=confirmed
            )
        return None

    @contextmanager
    def _refusals(self, message_id: str, cid: str, emit: Emit) -> Iterator[None]:
        """What refuses or stops it before anything is stored is announced; there is no draft to give back."""
        import asyncio  # 50 ms that a start need not pay

        leaf = self._conversations.leaf(cid)
        try:
            yield
        except NexuError as error:
            emit(TurnRefused(message_id, cid, "", error.title, error.hint))
        except asyncio.CancelledError:
            if self._conversations.leaf(cid) == leaf:
                emit(TurnRefused(message_id, cid, "", "Stopped before anything was sent.", ""))
            raise

    def estimate_again(
        self, message_id: str, text: str | None = None, ref: ModelRef | None = None
    ) -> Estimate | None:
        """What asking again would cost, with other words or on another model.

        None while counts are pending, or where nothing is asked there.
        """
        row = self._asked_by(message_id)
        question = self._again(row, row.text if text is None else text, ref) if row else None
        return self._meter.estimate(question) if question and question.offer.sendable else None

    async def warm_again(self, message_id: str, text: str | None, refs: Sequence[ModelRef]) -> None:
        """Count what `estimate_again` needs."""
        import asyncio  # 50 ms that a start need not pay

        def count(ref: ModelRef | None) -> None:
            row = self._asked_by(message_id)
            if row is not None:
                self._meter.warm(self._again(row, row.text if text is None else text, ref))

        for ref in refs or (None,):
            await asyncio.to_thread(count, ref)

    def _asked_by(self, message_id: str) -> Message | None:
        """The question that a message answers, or is."""
        message = self._chats.message(message_id)
        while message is not None and message.role is not Role.USER:
            message = self._chats.message(message.parent) if message.parent else None
        return message

    def _again(self, row: Message, text: str, ref: ModelRef | None) -> Question:
        """As it was asked: with what came before it on its branch and its own files."""
        cid = row.conversation
        files = asked("", [one for one in row.attachments if not one.dropped])
        return replace(
            self._questions.question(cid, text, ref or self._conversations.ref(cid)),
            context=self._before(row),
            files=replace(files, parts=files.parts[:-1]),
        )

    def _before(self, row: Message) -> Context:
        """What goes before it on its branch; remembered as long as the context of the conversation is."""
        now = self._questions.context(row.conversation)
        known = self._asked_before
        if known is None or known[0] != row.id or known[1] is not now:
            conversation = self._conversations.get(row.conversation)
            rows = self._chats.messages(row.conversation, row.id)[:-1]
            said = sent(items(conversation, rows)) if conversation else ()
            known = self._asked_before = (row.id, now, Context(said, now.replies))
        return known[2]

    async def _run(
        self, question: Question, row: Message, emit: Emit, *, confirmed: bool, parent: str = ""
    ) -> Receipt:
        """`row` is the question of the transcript; `parent` is what the answer follows if it is stored already."""
        cid = row.conversation
        with self.occupied(cid, emit):
            return await self._turn(question, row, emit, confirmed=confirmed, parent=parent)

    @contextmanager
    def occupied(self, cid: str, emit: Emit) -> Iterator[None]:
        """Its branches stay as they are until this ends, which is announced."""
        self._running.append(cid)
        try:
            yield
        finally:
            self._running.remove(cid)
            emit(ConversationChanged(cid))

    async def _turn(
        self, question: Question, row: Message, emit: Emit, *, confirmed: bool, parent: str
    ) -> Receipt:
        import asyncio  # 50 ms that a start need not pay

        cid, ref = row.conversation, question.offer.ref
        provider = await self._connect(self._catalog.need(ref))
        try:
            refuse_images(question.offer, images(question))
            await asyncio.to_thread(self._meter.warm, question)
            # From here to the hold nothing awaits: no other send can spend what this one is checked against.
            estimate = self._meter.estimate_now(self._questions.with_money(question, cid))
            check(estimate, confirmed=confirmed)
            self._conversations.store_and_name(cid, question.draft)
            request = self.request(question, estimate, row, parent)
            self._questions.limit_next(cid, None)
            with self._budgets.running(ref.lane, cid, estimate.hold):
                return await self._turns.run(request, provider, self._questions.noting_balance(emit))
        finally:
            self._questions.forget(cid, ref)
            await provider.close()

    def request(self, question: Question, estimate: Estimate, row: Message, parent: str) -> TurnRequest:
        said = Said(Role.USER.value, (*question.files.parts, question.draft), question.files.images)
        messages = (*question.context.messages, said)
        pictures = {image.attachment for one in messages for image in one.images}
        return TurnRequest(
            offer=question.offer,
            estimate=estimate,
            messages=messages,
            answer=self._answer(row, question.offer.ref, parent),
            asked=None if parent else row,
            effort=self._questions.effort(row.conversation),
            images={name: self._chats.attachment_data(name) for name in pictures},
            temperature=self._questions.temperature(row.conversation),
        )

    def _answer(self, asked_now: Message, ref: ModelRef, parent: str) -> Message:
        row = self._conversations.row(
            asked_now.conversation, Role.ASSISTANT, "", parent=parent or asked_now.id
        )
        created = row.created_ms if parent else max(row.created_ms, asked_now.created_ms + 1)
        return replace(row, ref=ref, streaming=True, created_ms=created)
