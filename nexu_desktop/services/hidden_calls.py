"""Calls that no message asked for: titles and summaries. Off by choice, estimated, booked with their purpose."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from nexu_desktop.domain.budgets import Level
from nexu_desktop.domain.chat import Message, ModelRef, Outcome, Purpose, Receipt, Role, title_from
from nexu_desktop.domain.context import ContextItem, ItemKind, Said, said, sent
from nexu_desktop.domain.errors import BadInput, NexuError
from nexu_desktop.domain.estimate import Estimate
from nexu_desktop.domain.events import BalanceChanged, ConversationChanged, Event, TurnFinished
from nexu_desktop.domain.forecast import History, Reply
from nexu_desktop.services.catalog import Catalog
from nexu_desktop.services.conversations import Conversations
from nexu_desktop.services.meter import Context, Meter, Question
from nexu_desktop.services.ports import Chats, Emit, SettingsStore
from nexu_desktop.services.questions import Questions, check
from nexu_desktop.services.sending import Connect
from nexu_desktop.services.spending import Spending
from nexu_desktop.services.turns import TurnRequest, Turns

SAME = "same"
KEPT_MESSAGES = 4  # stay word for word when the earlier ones are summarised
QUOTED_CHARS = 2_000  # of the question and the answer that a title is made from
TITLE_CHARS = 80
TITLE_REQUEST = (
    "Write a title of at most six words for this conversation, in its language. Answer with the title alone."
)
SUMMARY_REQUEST = (
    "Summarise the conversation so far for yourself, in its language: what was asked, what was answered, "
    "what is decided and what is open, with names, figures and code that are still needed. At most 400 words."
)
LIMITS = {Purpose.TITLE: 1_024, Purpose.SUMMARY: 2_048}  # reasoning included
USUAL = {Purpose.TITLE: 12, Purpose.SUMMARY: 450}  # tokens of an answer, until some have been seen
PRIOR_ANSWERS = 8
TITLE_INPUT_TOKENS = 600  # what a title is estimated with in the settings

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HiddenEstimate:
    """What one such call is likely to cost, in nano-units of the lane; None where the price is unknown."""

    purpose: Purpose
    ref: ModelRef
    cost: int | None


class HiddenCalls:
    """None of them passes a budget, asks a question or shows an error: they are left out instead."""

    def __init__(
        self,
        chats: Chats,
        catalog: Catalog,
        meter: Meter,
        turns: Turns,
        questions: Questions,
        budgets: Spending,
        settings: SettingsStore,
        conversations: Conversations,
        connect: Connect,
    ) -> None:
        self._chats = chats
        self._catalog = catalog
        self._meter = meter
        self._turns = turns
        self._settings = settings
        self._questions = questions
        self._budgets = budgets
        self._conversations = conversations
        self._connect = connect

    def estimates(
        self, title_model: str | None = None, summary_above_tokens: int | None = None
    ) -> tuple[HiddenEstimate, ...]:
        """What a title and a summary would cost with these choices (None: those of the settings)."""
        current = self._settings.current
        title = current.title_model if title_model is None else title_model
        above = current.summary_above_tokens if summary_above_tokens is None else summary_above_tokens
        ref = self._catalog.default_ref()
        asked = []
        if title:
            asked.append((Purpose.TITLE, self._title_ref(title, ref) or ref, TITLE_INPUT_TOKENS))
        if above:
            asked.append((Purpose.SUMMARY, ref, above))
        return tuple(HiddenEstimate(what, which, self._typical(what, which, n)) for what, which, n in asked)

    @property
    def wanted(self) -> bool:
        """Whether the person has chosen any."""
        current = self._settings.current
        return bool(current.title_model or current.summary_above_tokens)

    async def after_answer(self, cid: str, receipt: Receipt, emit: Emit) -> None:
        """What the person has chosen to have done, one after the other; one left out does not stop the next."""
        if receipt.outcome is not Outcome.COMPLETE:
            return
        for call in (self._title, self._summary):
            try:
                await call(cid, receipt.ref, emit)
            except NexuError as error:
                log.warning("a call of the program was left out: %s", error.sentence)

    async def _title(self, cid: str, ref: ModelRef, emit: Emit) -> None:
        chosen = self._title_ref(self._settings.current.title_model, ref)
        tree = self._chats.tree(cid) if chosen else ()
        rows, given = _first_exchange(tree), _given_title(tree)
        if chosen is None or not rows or self._titled(cid) != given:
            return
        quoted = tuple(said(row.role.value, row.text[:QUOTED_CHARS]) for row in rows)
        text, _ = await self._ask(cid, chosen, Purpose.TITLE, quoted, TITLE_REQUEST, emit)
        title = " ".join(text.strip().strip("\"'“”*#").split())[:TITLE_CHARS]
        if title and self._titled(cid) == given:  # still: the person may have named it meanwhile
            self._chats.rename(cid, title)
            emit(ConversationChanged(cid))

    def _titled(self, cid: str) -> str | None:
        conversation = self._chats.conversation(cid)
        return conversation.title if conversation else None

    async def _summary(self, cid: str, ref: ModelRef, emit: Emit) -> None:
        above = self._settings.current.summary_above_tokens
        if not above:
            return
        question, older = self._questions.question(cid, "", ref), self._older(cid)
        if self._meter.counts(question).context.tokens <= above or not self._worthwhile(ref.model, older):
            return
        text, receipt = await self._ask(cid, ref, Purpose.SUMMARY, sent(older), SUMMARY_REQUEST, emit)
        if text.strip():
            self._replace(cid, older, text.strip(), receipt)
            emit(ConversationChanged(cid))

    def _older(self, cid: str) -> tuple[ContextItem, ...]:
        """Everything but the system prompt and the last messages sent; files go with their message.

        An earlier summary is always older, wherever it stands: the new one takes it in.
        """
        items = [one for one in self._questions.items(cid) if one.unsent is None]
        sent_now = (one.message for one in items if one.kind not in (ItemKind.SUMMARY, ItemKind.SYSTEM))
        recent = list(dict.fromkeys(sent_now))[-KEPT_MESSAGES:]
        first = next((n for n, one in enumerate(items) if one.message in recent), len(items))
        older = (one for n, one in enumerate(items) if n < first or one.kind is ItemKind.SUMMARY)
        return tuple(one for one in older if one.kind is not ItemKind.SYSTEM)

    def _worthwhile(self, model: str, older: Sequence[ContextItem]) -> bool:
        """Else a conversation whose last messages alone are long would pay for a summary after each answer."""
        texts = [one.text for one in older if one.kind is not ItemKind.SUMMARY]
        return sum(self._meter.text(model, text) for text in texts) > USUAL[Purpose.SUMMARY]

    def _replace(self, cid: str, older: Sequence[ContextItem], text: str, receipt: Receipt) -> None:
        """The summary goes after the last of them; each can be restored in the context inspector."""
        messages = tuple(dict.fromkeys(one.message for one in older))
        row = self._conversations.row(
            cid, Role.SYSTEM, f"Summary of the conversation so far:\n\n{text}", parent=messages[-1]
        )
        self._chats.summarise(replace(row, id=receipt.attempt, ref=receipt.ref, receipt=receipt), messages)
        self._questions.forget_context(cid)

    async def _ask(
        self, cid: str, ref: ModelRef, purpose: Purpose, messages: tuple[Said, ...], request: str, emit: Emit
    ) -> tuple[str, Receipt]:
        """The answer as text, '' unless it is whole. Raises NexuError where a budget or the wallet has no room."""
        import asyncio  # 50 ms that a start need not pay

        question = self._question(cid, ref, purpose, messages, request)
        await asyncio.to_thread(self._meter.warm, question)
        self._estimate(cid, question, purpose)
        answers: list[str] = []
        provider = await self._connect(question.offer)
        try:
            estimate = self._estimate(cid, question, purpose)  # as it is now: to connect took a moment
            turn = self._request(cid, question, estimate, purpose)
            with self._budgets.running(ref.lane, cid, estimate.hold):
                receipt = await self._turns.run(turn, provider, self._listening(answers, emit))
        finally:
            await provider.close()
        whole = receipt.outcome is Outcome.COMPLETE and receipt.usage.total_output < estimate.output_limit
        return (answers[-1] if answers and whole else ""), receipt

    def _estimate(self, cid: str, question: Question, purpose: Purpose) -> Estimate:
        estimate = self._meter.estimate_now(self._questions.with_money(question, cid))
        check(estimate)
        if any(finding.level >= Level.ASK for finding in estimate.findings):
            raise BadInput(f"A {purpose.value} would pass a budget.")
        return estimate

    def _question(
        self, cid: str, ref: ModelRef, purpose: Purpose, messages: tuple[Said, ...], request: str
    ) -> Question:
        past = self._questions.question(cid, "", ref)
        text = [replace(one, images=()) for one in messages]  # what it saw has been said in words
        return replace(
            past,
            offer=self._catalog.need(ref),
            context=Context(tuple(one for one in text if one.parts)),
            draft=request,
            limit=LIMITS[purpose],
            history=self._history(ref, purpose),
            files=Said(Role.USER.value, ()),
            cached=0,
        )

    def _request(self, cid: str, question: Question, estimate: Estimate, purpose: Purpose) -> TurnRequest:
        answer = replace(self._conversations.row(cid, Role.ASSISTANT, "", parent=""), ref=question.offer.ref)
        return TurnRequest(
            offer=question.offer,
            estimate=estimate,
            messages=(*question.context.messages, said(Role.USER.value, question.draft)),
            answer=answer,
            stored=False,
            purpose=purpose,
        )

    def _listening(self, answers: list[str], emit: Emit) -> Emit:
        """Its words are not shown; what it does to the balance is."""

        noting = self._questions.noting_balance(emit)

        def listening(event: Event) -> None:
            if isinstance(event, BalanceChanged):
                noting(event)
            elif isinstance(event, TurnFinished):
                answers.append(event.answer.text)

        return listening

    def _title_ref(self, chosen: str, ref: ModelRef) -> ModelRef | None:
        """None: no titles by a model, or one that is no longer offered."""
        if not chosen or chosen == SAME:
            return ref if chosen else None
        try:
            named = ModelRef.parse(chosen)
        except BadInput:
            return None
        return named if self._catalog.offer(named) else None

    def _history(self, ref: ModelRef, purpose: Purpose) -> History:
        rows = self._chats.receipts(ref, purposes=(purpose,), limit=50)
        seen = [Reply(row.usage.total_output, reasoning=row.usage.reasoning) for row in rows]
        return History.of([Reply(USUAL[purpose])] * PRIOR_ANSWERS + seen)

    def _typical(self, purpose: Purpose, ref: ModelRef, tokens: int) -> int | None:
        offer = self._catalog.offer(ref)
        if offer is None or offer.rate is None:
            return None
        rows = self._chats.receipts(ref, purposes=(purpose,), limit=50)
        usual = sorted(row.usage.total_output for row in rows) or [USUAL[purpose]]
        return offer.rate.most(tokens, usual[len(usual) // 2])


def _first_exchange(tree: Sequence[Message]) -> tuple[Message, ...]:
    """The question and the only complete answer there is on any branch; () with none or more."""
    complete = [n for n, row in enumerate(tree) if row.whole_answer]
    asked = [row for row in tree[: complete[0]] if row.role is Role.USER] if len(complete) == 1 else []
    return (asked[-1], tree[complete[0]]) if asked else ()


def _given_title(tree: Sequence[Message]) -> str:
    """What was made of its first words."""
    return title_from(next((row.text for row in tree if row.role is Role.USER), ""))
