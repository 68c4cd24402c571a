"""What a window does with conversations, models and money; the one object a user interface talks to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from nexu_desktop.domain.breakdown import Breakdown, Way
from nexu_desktop.domain.chat import (
    Attachment,
    Conversation,
    Lane,
    Message,
    ModelRef,
    Receipt,
)
from nexu_desktop.domain.context import asked
from nexu_desktop.domain.credits import Balance, Nanocredits, show_cost
from nexu_desktop.domain.errors import NexuError
from nexu_desktop.domain.estimate import Estimate
from nexu_desktop.domain.events import (
    BalanceChanged,
    NoticeRaised,
    SandboxReady,
)
from nexu_desktop.domain.prompts import Prompt
from nexu_desktop.services.account import Account
from nexu_desktop.services.branches import Branches
from nexu_desktop.services.catalog import Catalog
from nexu_desktop.services.cheaper import Cheaper
from nexu_desktop.services.comparing import Comparing
from nexu_desktop.services.contexts import Contexts
from nexu_desktop.services.conversations import Conversations
from nexu_desktop.services.files import Files
from nexu_desktop.services.files_port import PdfReader
from nexu_desktop.services.hidden_calls import HiddenCalls
from nexu_desktop.services.library import Library
from nexu_desktop.services.meter import Context, Meter, Question
from nexu_desktop.services.ports import Chats, Clock, Emit, ImageReader, SettingsStore
from nexu_desktop.services.presets import Presets
from nexu_desktop.services.prompts import Prompts
from nexu_desktop.services.prompts_port import PresetStore, PromptStore
from nexu_desktop.services.questions import Questions
from nexu_desktop.services.records import Records
from nexu_desktop.services.recovery import Recovered, Recovery
from nexu_desktop.services.sending import Connect, Sending
from nexu_desktop.services.sent_before import SentBefore
from nexu_desktop.services.spending import Spending
from nexu_desktop.services.turns import Turns


class Desk:
    """Synchronous methods are quick; `send` and what asks again are cancelled to stop an answer.

    Its rooms: `context` what is sent again, `branches` other answers and questions in a message's
    place, `comparing` one question on several models, `files` of the draft, `budgets` and what is spent
    of them, `library` where conversations stand and what is found, `records` of what answers have cost,
    `hidden` calls that no message asked for, saved `prompts`, `presets` (assistants), what was `sent_before`.
    """

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
        read_image: ImageReader,
        read_pdf: PdfReader,
        prompts: PromptStore,
        presets: PresetStore,
        shipped_prompts: Callable[[], tuple[Prompt, ...]],
    ) -> None:
        self.settings = settings
        self.catalog = catalog
        self.account = account
        self._chats = chats
        self._meter = meter
        self._connect = connect
        self._recovery = recovery
        self._prepare = prepare
        self._new_id = new_id
        self._context_costs: dict[str, tuple[tuple[ModelRef, Context], tuple[int, Nanocredits]]] = {}
        rows = self._rows = Conversations(chats, catalog, settings, clock, new_id)
        self.budgets = Spending(chats, account, settings, clock)
        self._questions = Questions(chats, account, catalog, settings, self.budgets, rows)
        self.context = Contexts(chats, meter, self._questions, rows)
        self.files = Files(
            chats, new_id, read_image, read_pdf, store=rows.store, changed=self._questions.forget_context
        )
        self.prompts = Prompts(prompts, shipped_prompts, meter, new_id)
        self.presets = Presets(presets, rows, self.context, meter, catalog, new_id)
        self.sent_before = SentBefore(chats)
        self.library = Library(chats, clock, new_id)
        self.records = Records(chats, catalog, self._questions)
        self._cheaper = Cheaper(meter, self._questions, self.context, catalog, rows.ref)
        self._sending = Sending(chats, catalog, meter, turns, self._questions, self.budgets, rows, connect)
        self.branches = Branches(chats, self._sending, self._questions, rows)
        self.comparing = Comparing(
            chats, catalog, meter, turns, self._sending, self._questions, self.budgets, rows, connect
        )
        self.hidden = HiddenCalls(
            chats, catalog, meter, turns, self._questions, self.budgets, settings, rows, connect
        )

    async def start(self, emit: Emit) -> None:
        """After the first paint: resolve what a dead process left, load the vocabulary, start the sandbox."""
        recovered = self._recovery.run(only_window=True)
        self.library.empty_old()
        if recovered.answers:
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
        return self._rows.get(cid)

    def messages(self, cid: str) -> tuple[Message, ...]:
        return self._questions.messages(cid)

    def new_conversation(self) -> Conversation:
        """Stored only when a draft or a message comes; it has the default assistant."""
        return self._rows.new(self.presets.for_new())

    def rename(self, cid: str, title: str) -> None:
        """Raises BadInput for an empty title."""
        self._rows.rename(cid, title)

    def set_draft(self, cid: str, draft: str) -> None:
        self._rows.set_draft(cid, draft)

    def ref(self, cid: str) -> ModelRef:
        """The model of the conversation while it is still offered, else the default."""
        return self._rows.ref(cid)

    def choose_model(self, cid: str, ref: ModelRef) -> Message | None:
        """Remember the model; with messages already there, a note in the transcript says so."""
        return self._rows.choose_model(cid, ref)

    def reread(self, cid: str) -> None:
        """An import has written into it: what goes before the next draft is no longer what it was."""
        self._questions.forget_context(cid)

    # --- the meter ---

    def estimate(self, cid: str, draft: str, ref: ModelRef | None = None) -> Estimate | None:
        """None while counts are pending or where the rate is unknown."""
        question = self._question(cid, draft, ref)
        return self._meter.estimate(question) if question.offer.sendable else None

    def breakdown(self, cid: str, draft: str) -> Breakdown | None:
        """What the estimate is made of; None while counts are pending."""
        return self._cheaper.breakdown(cid, draft)

    def ways(self, cid: str, draft: str) -> tuple[Way, ...]:
        """What would make this send cheaper, the cheapest first."""
        return self._cheaper.ways(cid, draft)

    def limit_next(self, cid: str, tokens: int | None) -> None:
        """The answer limit of the next send here alone, in every estimate until then; None: none of its own."""
        self._questions.limit_next(cid, tokens)

    def file_tokens(self, cid: str, files: Sequence[Attachment]) -> dict[str, int]:
        """What each file adds to a message on the model of the conversation; those not yet counted are left out."""
        model = self.ref(cid).model
        counted = {one.id: self._meter.said_now(model, asked("", [one])) for one in files}
        return {name: tokens for name, tokens in counted.items() if tokens is not None}

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
        """Tokens of what is sent again and what they cost on each send, None while pending.

        The sum of the items that the inspector lists; what the template adds around them is in the estimate.
        """
        ref, context = self.ref(cid), self._questions.context(cid)
        if self._context_costs.get(cid, (None,))[0] != (ref, context):
            offer = self.catalog.offer(ref)
            items = self.context.costs(cid) if offer is not None and offer.sendable else None
            if items is None:
                return None
            sent = [one for one in items if one.item.unsent is None]
            total = sum(one.count.tokens for one in sent), Nanocredits(sum(one.cost or 0 for one in sent))
            self._context_costs[cid] = ((ref, context), total)
        return self._context_costs[cid][1]

    # --- sending ---

    async def send(
        self, cid: str, draft: str, emit: Emit, *, confirmed: bool = False, limit: int | None = None
    ) -> Receipt | None:
        """Ask. What refuses it before anything left is announced as TurnRefused, with the draft.

        `confirmed`: the person was asked by a budget and said yes. `limit` is the answer limit of this send.
        """
        return await self._sending.send(cid, draft, emit, confirmed=confirmed, limit=limit)

    # --- inside ---

    def _question(self, cid: str, draft: str, ref: ModelRef | None) -> Question:
        return self._questions.question(cid, draft, ref or self.ref(cid))


def told(recovered: Recovered) -> tuple[str, str]:
    """What recovery found, as a sentence and what it means for the balance."""
    count = recovered.answers
    answers = "An answer was" if count == 1 else f"{count} answers were"
    title = f"{answers} interrupted when the program ended."
    if recovered.charged:
        charged = f"{show_cost(recovered.charged)} credits were charged for what had arrived"
        return title, f"{charged}; nothing is held any more."
    if recovered.billable:
        return title, "No credit was charged; your provider may bill what had arrived."
    return title, "Nothing was charged for it."
