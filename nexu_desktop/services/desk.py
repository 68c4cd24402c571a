"""What a window does with conversations, models and money; the one object a user interface talks to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from nexu_desktop.domain.chat import (
    Conversation,
    Lane,
    Message,
    ModelRef,
    Receipt,
    Role,
    title_from,
)
from nexu_desktop.domain.credits import Balance, Nanocredits, Usage, show_cost
from nexu_desktop.domain.errors import BadInput, InsufficientCredits, NexuError
from nexu_desktop.domain.estimate import Estimate, Reply
from nexu_desktop.domain.events import (
    BalanceChanged,
    ConversationChanged,
    Event,
    NoticeRaised,
    SandboxReady,
    TurnRefused,
)
from nexu_desktop.services.account import Account
from nexu_desktop.services.arithmetic import lines
from nexu_desktop.services.catalog import Catalog, Offer
from nexu_desktop.services.meter import Context, Meter, Question
from nexu_desktop.services.ports import Chats, Clock, Emit, Provider, SettingsStore
from nexu_desktop.services.recovery import Recovered, Recovery
from nexu_desktop.services.turns import TurnRequest, Turns

REPLIES_REMEMBERED = 200
Connect = Callable[[Offer], Awaitable[Provider]]


class Desk:
    """Synchronous methods are quick; `send` and `retry` are cancelled to stop an answer."""

    def __init__(
        self,
        *,
        chats: Chats,
        account: Account,
        catalog: Catalog,
        meter: Meter,
        turns: Turns,
        settings: SettingsStore,
        clock: Clock,
        new_id: Callable[[], str],
        connect: Connect,
        recovery: Recovery,
        prepare: Callable[[], Awaitable[str]],
    ) -> None:
        self.settings = settings
        self.catalog = catalog
        self.account = account
        self._chats = chats
        self._meter = meter
        self._turns = turns
        self._clock = clock
        self._new_id = new_id
        self._connect = connect
        self._recovery = recovery
        self._prepare = prepare
        self._contexts: dict[str, Context] = {}
        self._refs: dict[str, ModelRef] = {}
        self._context_costs: dict[str, tuple[tuple[ModelRef, Context], tuple[int, Nanocredits]]] = {}
        self._replies: dict[ModelRef, tuple[Reply, ...]] = {}
        self._unsaved: dict[str, Conversation] = {}

    async def start(self, emit: Emit) -> None:
        """After the first paint: resolve what a dead process left, load the vocabulary, start the sandbox."""
        recovered = self._recovery.run(only_window=True)
        self._chats.purge_deleted()
        if recovered.released or recovered.settled:
            emit(NoticeRaised(*told(recovered)))
        for lane in (Lane.SANDBOX, Lane.CREDITS):
            emit(BalanceChanged(lane, self.account.balance(lane)))
        try:
            emit(SandboxReady(await self._prepare()))
        except NexuError as error:
            emit(NoticeRaised(error.title, error.hint))

    async def open_wallet(self) -> Balance | None:
        """Open the Nexu wallet with the balance the service states; None where it states none."""
        provider = await self._connect(self.catalog.card_offers()[0])
        try:
            return await self.account.open_wallet(provider)
        finally:
            await provider.close()

    def state_credits(self, amount: Nanocredits, note: str) -> Balance:
        """Book credits the person says they have. Raises BadInput for an amount that is not positive."""
        return self.account.state_credits(Lane.CREDITS, amount, note, self._new_id())

    # --- conversations ---

    def conversations(self, search: str = "") -> tuple[Conversation, ...]:
        return self._chats.conversations(search)

    def conversation(self, cid: str) -> Conversation | None:
        return self._chats.conversation(cid) or self._unsaved.get(cid)

    def messages(self, cid: str) -> tuple[Message, ...]:
        return self._chats.messages(cid)

    def new_conversation(self) -> Conversation:
        """Stored only when a draft or a message comes."""
        now = self._clock.now_ms()
        fresh = Conversation(self._new_id(), "", self.catalog.default_ref(), now, now)
        self._unsaved[fresh.id] = fresh
        return fresh

    def rename(self, cid: str, title: str) -> None:
        """Raises BadInput for an empty title."""
        title = " ".join(title.split())[:200]
        if not title:
            raise BadInput("A title needs at least one character.", "Write a title, or press Escape.")
        self._store(cid)
        self._chats.rename(cid, title)

    def delete(self, cid: str) -> None:
        self._chats.delete(cid)

    def restore(self, cid: str) -> None:
        self._chats.restore(cid)

    def set_draft(self, cid: str, draft: str) -> None:
        if draft or cid not in self._unsaved:
            self._store(cid)
            self._chats.set_draft(cid, draft)

    def ref(self, cid: str) -> ModelRef:
        """The model of the conversation while it is still offered, else the default."""
        seen = self._refs.get(cid)
        if seen is None or self.catalog.offer(seen) is None:
            known = self.conversation(cid)
            still = known is not None and known.ref is not None and self.catalog.offer(known.ref)
            seen = self._refs[cid] = still.ref if still else self.catalog.default_ref()
        return seen

    def choose_model(self, cid: str, ref: ModelRef) -> Message | None:
        """Remember the model; with messages already there, a note in the transcript says so."""
        before = self.ref(cid)
        self.settings.update(last_model=str(ref))
        if cid in self._unsaved:
            self._unsaved[cid] = replace(self._unsaved[cid], ref=ref)
            self._refs[cid] = ref
            return None
        self._chats.set_model(cid, ref)
        self._refs[cid] = ref  # after the disk: another thread could read the old one back in between
        if ref == before or not self._chats.messages(cid):
            return None
        offer = self.catalog.need(ref)
        rate = f", {offer.published.rate}x" if offer.published else ""
        note = self._row(cid, Role.NOTE, f"From here with {ref.model}{rate}.")
        self._chats.add(note)
        return note

    # --- the meter ---

    def estimate(self, cid: str, draft: str, ref: ModelRef | None = None) -> Estimate | None:
        """None while counts are pending or where the rate is unknown."""
        question = self._question(cid, draft, ref)
        return self._meter.estimate(question) if question.offer.sendable else None

    def warm(self, cid: str, draft: str, ref: ModelRef | None = None) -> None:
        self._meter.warm(self._question(cid, draft, ref))

    async def warm_async(self, cid: str, draft: str, refs: Sequence[ModelRef] = ()) -> None:
        import asyncio  # 50 ms that a start need not pay

        for ref in refs or (self.ref(cid),):
            await asyncio.to_thread(self.warm, cid, draft, ref)

    def lane_balance(self, cid: str) -> tuple[Lane, Balance | None]:
        lane = self.ref(cid).lane
        return lane, self.account.balance(lane) if lane.spends_credits else None

    def context_tokens(self, cid: str) -> tuple[int, Nanocredits] | None:
        """Tokens of what goes before the draft and what they cost on each send, None while pending."""
        key = (self.ref(cid), self._context_of(cid))
        if self._context_costs.get(cid, (None,))[0] != key:
            estimate = self.estimate(cid, "")
            if estimate is None:
                return None
            tokens, rate = estimate.input.tokens, self.catalog.need(key[0]).rate
            cost = Nanocredits(rate.cost(Usage(input=tokens)) if rate else 0)
            self._context_costs[cid] = (key, (tokens, cost))
        return self._context_costs[cid][1]

    def arithmetic(self, attempt: str) -> tuple[str, ...]:
        """The sum of a receipt written out, so that a person can redo it."""
        message = self._chats.message(attempt)
        if message is None or message.receipt is None:
            return ("There is no receipt for this answer.",)
        offer = self.catalog.offer(message.receipt.ref) or self.catalog.card_offer(message.receipt.ref)
        return lines(message.receipt, offer)

    # --- sending ---

    async def send(self, cid: str, draft: str, emit: Emit) -> Receipt | None:
        """Ask. What refuses it before anything left is announced as TurnRefused, with the draft."""
        import asyncio  # 50 ms that a start need not pay

        asked = self._row(cid, Role.USER, draft)
        try:
            if not draft.strip():
                raise BadInput("There is nothing to send.", "Write a message first.")
            return await self._run(cid, draft, asked, emit)
        except NexuError as error:
            emit(TurnRefused(asked.id, cid, draft, error.title, error.hint))
            return None
        except asyncio.CancelledError:
            if self._chats.message(asked.id) is None:
                emit(TurnRefused(asked.id, cid, draft, "Stopped before anything was sent.", ""))
            raise

    async def retry(self, message_id: str, emit: Emit) -> Receipt | None:
        """Ask again what `message_id` answered; a new attempt with a new hold, the first stays booked."""
        message = self._chats.message(message_id)
        if message is None:
            return None
        cid = message.conversation
        before = _up_to(self._chats.messages(cid), message_id)
        question = next((row for row in reversed(before) if row.role is Role.USER), None)
        if question is None:
            return None
        earlier = before[: before.index(question)]
        try:
            return await self._run(cid, question.text, None, emit, _context(earlier))
        except NexuError as error:
            emit(TurnRefused(message_id, cid, "", error.title, error.hint))
            return None

    async def _run(
        self, cid: str, draft: str, asked: Message | None, emit: Emit, context: Context | None = None
    ) -> Receipt:
        import asyncio  # 50 ms that a start need not pay

        ref = self.ref(cid)
        provider = await self._connect(self.catalog.need(ref))
        try:
            if ref.lane.spends_credits:
                self.account.balance(ref.lane)  # another process may have spent since
            question = self._question(cid, draft, ref)
            if context is not None:
                question = replace(question, context=context)
            estimate = await asyncio.to_thread(self._meter.estimate_now, question)
            check(estimate)
            self._store(cid)
            self._name(cid, draft)
            request = TurnRequest(
                offer=question.offer,
                estimate=estimate,
                messages=(*question.context.messages, ("user", draft)),
                answer=self._answer(cid, ref, asked),
                asked=asked,
            )
            return await self._turns.run(request, provider, self._noting_balance(emit))
        finally:
            self._forget(cid, ref)
            await provider.close()
            emit(ConversationChanged(cid))

    def _noting_balance(self, emit: Emit) -> Emit:
        """What is announced is also what the next estimate starts from."""

        def noting(event: Event) -> None:
            if isinstance(event, BalanceChanged):
                self.account.saw(event.lane, event.balance)
            emit(event)

        return noting

    def _answer(self, cid: str, ref: ModelRef, asked: Message | None) -> Message:
        row = replace(self._row(cid, Role.ASSISTANT, ""), ref=ref, streaming=True)
        return row if asked is None else replace(row, created_ms=max(row.created_ms, asked.created_ms + 1))

    # --- inside ---

    def _question(self, cid: str, draft: str, ref: ModelRef | None) -> Question:
        offer = self._offer(ref or self.ref(cid))
        return Question(
            offer=offer,
            context=self._context_of(cid),
            draft=draft,
            limit=self.settings.current.answer_limit_tokens,
            balance=self._balance(offer.ref.lane),
            model_replies=self._model_replies(offer.ref),
        )

    def _offer(self, ref: ModelRef) -> Offer:
        return self.catalog.offer(ref) or Offer(ref=ref, rate=None)

    def _balance(self, lane: Lane) -> Balance | None:
        return self.account.last_seen(lane) if lane.spends_credits else None

    def _context_of(self, cid: str) -> Context:
        known = self._contexts.get(cid)
        if known is None:
            replies = self._chats.conversation_replies(cid, limit=REPLIES_REMEMBERED)
            built = _context(self._chats.messages(cid))
            known = self._contexts[cid] = Context(built.messages, replies)
        return known

    def _model_replies(self, ref: ModelRef) -> tuple[Reply, ...]:
        if ref not in self._replies:
            self._replies[ref] = self._chats.replies(ref, limit=REPLIES_REMEMBERED)
        return self._replies[ref]

    def _forget(self, cid: str, ref: ModelRef) -> None:
        self._contexts.pop(cid, None)
        self._replies.pop(ref, None)

    def _store(self, cid: str) -> None:
        fresh = self._unsaved.get(cid)
        if fresh is not None:
            self._chats.create(fresh)
            del self._unsaved[cid]  # only now: a full disk must not lose it

    def _name(self, cid: str, draft: str) -> None:
        known = self._chats.conversation(cid)
        if known is not None and not known.title:
            self._chats.rename(cid, title_from(draft))

    def _row(self, cid: str, role: Role, text: str) -> Message:
        return Message(self._new_id(), cid, role, text, self._clock.now_ms())


def told(recovered: Recovered) -> tuple[str, str]:
    """What recovery found, as a sentence and what it means for the balance."""
    count = recovered.released + recovered.settled
    answers = "An answer was" if count == 1 else f"{count} answers were"
    charged = f"{show_cost(recovered.charged)} credits were charged for what had arrived"
    return (
        f"{answers} interrupted when the program ended.",
        f"{charged}; nothing is held any more." if recovered.charged else "Nothing was charged for it.",
    )


def check(estimate: Estimate) -> None:
    """Raises what must refuse a send before anything is held."""
    if estimate.over_context:
        raise BadInput(
            f"This is {estimate.over_context:,} tokens too long for {estimate.ref.model}.",
            "Shorten it, start a new conversation, or pick a model with a larger context.",
        )
    if estimate.shortfall and estimate.balance:
        raise InsufficientCredits(
            f"{show_cost(estimate.shortfall)} credits short even for a short answer.",
            "Pick a cheaper model, shorten the message, or use your own key.",
            shortfall=estimate.shortfall,
            available=estimate.balance.available,
        )


def _context(messages: Sequence[Message]) -> Context:
    """What is sent again: of several answers to one question the last with text; no notes, no empty rows."""
    rows: list[Message] = []
    for message in messages:
        if message.role is Role.NOTE or not message.text:
            continue
        if rows and rows[-1].role is Role.ASSISTANT and message.role is Role.ASSISTANT:
            rows.pop()
        rows.append(message)
    return Context(tuple((row.role.value, row.text) for row in rows))


def _up_to(messages: Sequence[Message], message_id: str) -> tuple[Message, ...]:
    ids = [message.id for message in messages]
    return tuple(messages[: ids.index(message_id) + 1]) if message_id in ids else ()
