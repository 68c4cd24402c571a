"""What a send of a conversation would ask: its context, its files, its past, its budgets, remembered."""

from __future__ import annotations

from dataclasses import replace

from nexu_desktop.domain.budgets import Finding, Level, Scope, Unit
from nexu_desktop.domain.calibration import Calibration
from nexu_desktop.domain.chat import EFFORTS, Attachment, Basis, Conversation, Message, ModelRef, Role
from nexu_desktop.domain.context import ContextItem, Image, Said, asked, items, sent
from nexu_desktop.domain.credits import show_cost, show_dollars
from nexu_desktop.domain.errors import BadInput, BudgetReached, InsufficientCredits
from nexu_desktop.domain.estimate import Estimate
from nexu_desktop.domain.events import BalanceChanged, Event
from nexu_desktop.domain.forecast import History
from nexu_desktop.services.account import Account
from nexu_desktop.services.catalog import Catalog, Offer
from nexu_desktop.services.conversations import Conversations
from nexu_desktop.services.kept import Kept
from nexu_desktop.services.meter import Context, Question
from nexu_desktop.services.ports import Chats, Emit, SettingsStore
from nexu_desktop.services.spending import Spending

REPLIES_REMEMBERED = 2_000  # the band is calibrated over all of them
SAMPLES_REMEMBERED = 200


class Questions:
    """Reads each thing once and keeps it until `forget`; the same conversation keeps the same Context."""

    def __init__(
        self,
        chats: Chats,
        account: Account,
        catalog: Catalog,
        settings: SettingsStore,
        spending: Spending,
        conversations: Conversations,
    ) -> None:
        self._chats = chats
        self._account = account
        self._catalog = catalog
        self._settings = settings
        self._spending = spending
        self._conversations = conversations
        self._known: Kept[str, Conversation | None] = Kept()
        self._rows: Kept[str, tuple[Message, ...]] = Kept()
        self._items: Kept[str, tuple[ContextItem, ...]] = Kept()
        self._contexts: Kept[str, Context] = Kept()
        self._files: Kept[str, tuple[tuple[Attachment, ...], Said]] = Kept()
        self._histories: Kept[tuple[ModelRef, str], History] = Kept()
        self._calibrations: Kept[tuple[str, str], Calibration] = Kept()
        self._limits: dict[str, int] = {}

    def question(self, cid: str, draft: str, ref: ModelRef) -> Question:
        """The very draft, with its whole context and files, on the model `ref`."""
        offer = self._catalog.offer(ref) or Offer(ref=ref, rate=None)
        lane = ref.lane
        return Question(
            offer=offer,
            context=self.context(cid),
            draft=draft,
            limit=self._limit(cid),
            balance=self._account.last_seen(lane) if lane.spends_credits else None,
            history=self.history(ref, self.effort(cid)),
            calibration=self.calibration(ref),
            files=self.files(cid)[1],
            cached=self._cached(cid, ref),
            budgets=self._spending.limits(lane, cid),
        )

    def messages(self, cid: str) -> tuple[Message, ...]:
        """The branch that is shown, read from the disk; what goes before the draft is made of the same rows."""
        self._rows.forget(cid)
        return self.rows(cid)

    def rows(self, cid: str) -> tuple[Message, ...]:
        """The same as it was when last read."""
        return self._rows.get(cid, lambda: self._chats.messages(cid))

    def with_money(self, question: Question, cid: str) -> Question:
        """As it is now: another process may have spent since."""
        lane = question.offer.ref.lane
        balance = self._account.balance(lane) if lane.spends_credits else None
        self._spending.forget()
        return replace(question, balance=balance, budgets=self._spending.limits(lane, cid))

    def noting_balance(self, emit: Emit) -> Emit:
        """What is announced is also what the next estimate starts from."""

        def noting(event: Event) -> None:
            if isinstance(event, BalanceChanged):
                self._account.saw(event.lane, event.balance)
            emit(event)

        return noting

    def items(self, cid: str) -> tuple[ContextItem, ...]:
        def read() -> tuple[ContextItem, ...]:
            conversation = self._conversations.get(cid)
            return items(conversation, self.rows(cid)) if conversation else ()

        return self._items.get(cid, read)

    def context(self, cid: str) -> Context:
        def read() -> Context:
            replies = self._chats.conversation_replies(cid, limit=REPLIES_REMEMBERED)
            return Context(sent(self.items(cid)), replies)

        return self._contexts.get(cid, read)

    def files(self, cid: str) -> tuple[tuple[Attachment, ...], Said]:
        """The files of the draft, and the same as they go on the wire."""

        def read() -> tuple[tuple[Attachment, ...], Said]:
            attached = self._chats.draft_attachments(cid)
            whole = asked("", attached)
            return attached, replace(whole, parts=whole.parts[:-1])

        return self._files.get(cid, read)

    def history(self, ref: ModelRef, effort: str) -> History:
        def read() -> History:
            return History.of(self._chats.replies(ref, effort, limit=REPLIES_REMEMBERED))

        return self._histories.get((ref, effort), read)

    def calibration(self, ref: ModelRef) -> Calibration:
        key = (ref.provider, ref.model)
        return self._calibrations.get(
            key, lambda: Calibration.of(self._chats.samples(*key, limit=SAMPLES_REMEMBERED))
        )

    def effort(self, cid: str) -> str:
        conversation = self._conversation(cid)
        return conversation.effort if conversation else ""

    def temperature(self, cid: str) -> int | None:
        """In hundredths; None: the model's own."""
        conversation = self._conversation(cid)
        return conversation.temperature if conversation else None

    def limit_next(self, cid: str, tokens: int | None) -> None:
        """The answer limit of the next send alone; None: that of the conversation or the settings again."""
        if tokens is None:
            self._limits.pop(cid, None)
        else:
            self._limits[cid] = tokens

    def forget_context(self, cid: str) -> None:
        """Messages, files or rules of the conversation changed."""
        for known in (self._known, self._rows, self._items, self._contexts, self._files):
            known.forget(cid)

    def forget(self, cid: str, ref: ModelRef) -> None:
        """An answer came: everything that it can teach is read again."""
        self.forget_context(cid)
        self._histories.forget(*((ref, effort) for effort in EFFORTS))
        self.forget_calibration(ref)
        self._spending.forget()

    def forget_calibration(self, ref: ModelRef) -> None:
        self._calibrations.forget((ref.provider, ref.model))

    def _limit(self, cid: str) -> int:
        conversation = self._conversation(cid)
        own = conversation.output_limit if conversation else None
        return self._limits.get(cid, own or self._settings.current.answer_limit_tokens)

    def _conversation(self, cid: str) -> Conversation | None:
        """Kept like everything else that each key asks for."""
        return self._known.get(cid, lambda: self._conversations.get(cid))

    def _cached(self, cid: str, ref: ModelRef) -> int:
        """Tokens the provider reported as cached for the last answer here, if this model gave it."""
        answers = (row.receipt for row in reversed(self.rows(cid)) if row.role is Role.ASSISTANT)
        last = next((receipt for receipt in answers if receipt is not None), None)
        if last is None or last.ref != ref or last.basis is not Basis.PROVIDER:
            return 0
        return last.usage.cached_input


def check(estimate: Estimate, *, confirmed: bool = True) -> None:
    """Raises what must refuse the send before anything is held."""
    if estimate.over_context:
        raise BadInput(
            f"This is {estimate.over_context:,} tokens too long for {estimate.ref.model}.",
            "Shorten it, start a new conversation, or pick a model with a larger context.",
        )
    if estimate.over_budget is not None:
        raise BudgetReached(
            f"Your budget per {estimate.over_budget.scope.value} leaves no room for this message.",
            "Pick a cheaper model, send less context, or change the budget in the settings.",
        )
    if estimate.shortfall and estimate.balance:
        raise InsufficientCredits(
            f"{show_cost(estimate.shortfall)} credits short even for a short answer.",
            "Pick a cheaper model, shorten the message, or use your own key.",
            shortfall=estimate.shortfall,
            available=estimate.balance.available,
        )
    asks = [finding for finding in estimate.findings if finding.level is Level.ASK]
    if asks and not confirmed:
        raise BudgetReached(_asking(asks[0]), "Confirm it, or make the message cheaper.")


def images(question: Question) -> tuple[Image, ...]:
    """Every image that would be sent, earlier ones included."""
    return tuple(image for said in (*question.context.messages, question.files) for image in said.images)


def _asking(finding: Finding) -> str:
    """The sum, and the one to be asked at."""
    budget = finding.budget
    credits_meant = budget.unit is Unit.CREDITS
    show, unit = (show_cost, " credits") if credits_meant else (show_dollars, "")
    one = budget.scope is Scope.MESSAGE
    what = "This message is likely to cost" if one else f"This message brings the {budget.scope.value} to"
    return f"{what} {show(finding.would_be)}{unit}; you want to be asked above {show(budget.ask or 0)}{unit}."
