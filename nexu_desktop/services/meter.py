"""The live estimate while typing: cached counts, the draft's changed paragraph, one price."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from nexu_desktop.domain.budgets import Budget, Finding, Spent, Unit, findings, room
from nexu_desktop.domain.calibration import UNCALIBRATED, Calibration
from nexu_desktop.domain.context import Image, Said
from nexu_desktop.domain.credits import Balance, Nanocredits, Rate
from nexu_desktop.domain.errors import RateUnknown
from nexu_desktop.domain.estimate import (
    ANSWER_FLOOR_TOKENS,
    Band,
    CountBasis,
    Estimate,
    TokenCount,
    price,
    send_cost,
)
from nexu_desktop.domain.forecast import Forecast, Hints, History, Reply, forecast
from nexu_desktop.domain.forest import Forests
from nexu_desktop.services.catalog import Offer
from nexu_desktop.services.long_draft import PARAGRAPH, LongDrafts
from nexu_desktop.services.ports import TokenCounter

COUNT_AT_ONCE_CHARS = 64_000  # about a millisecond of counting; more is counted off the GUI thread
CACHED_COUNTS = 50_000
WEAKER = (CountBasis.EXACT, CountBasis.PROXY, CountBasis.GUESS)
UNTAUGHT = History.of(())
WITHOUT_FILES = Said("user", ())


@dataclass(frozen=True, slots=True, eq=False)
class Context:
    """What goes before the draft, and the lengths of the answers in it.

    Compared by identity: an unchanged conversation keeps its Context, and its counts with it.
    """

    messages: tuple[Said, ...] = ()
    replies: tuple[Reply, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """Budgets of the lane's unit, and what has been spent of them before this send."""

    unit: Unit
    budgets: tuple[Budget, ...]
    spent: Spent


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to price. `limit` is the person's answer limit in tokens; `balance` None spends no credits.

    `files` go with the draft (parts and images of one message); `tools` is a JSON list of tool schemas.
    `cached` input tokens were reported as cached the last time. `budgets` None: this lane has none.
    """

    offer: Offer
    context: Context
    draft: str
    limit: int
    balance: Balance | None
    history: History = UNTAUGHT
    calibration: Calibration = UNCALIBRATED
    files: Said = WITHOUT_FILES
    tools: str = ""
    cached: int = 0
    budgets: Limits | None = None

    @property
    def model(self) -> str:
        return self.offer.ref.model


@dataclass(frozen=True, slots=True)
class InputCounts:
    """Tokens of the input by part, before calibration; `draft` without its files.

    `basis` is that of the weakest part, `template_basis` that of the template with the tools.
    """

    context: TokenCount
    files: TokenCount
    draft: int
    template: int
    basis: CountBasis
    template_basis: CountBasis

    @property
    def total(self) -> int:
        return self.context.tokens + self.files.tokens + self.draft + self.template


class Meter:
    """Thread-safe by replacing whole cache entries; counts are kept per vocabulary, not per model."""

    def __init__(self, counter: TokenCounter, forests: Callable[[], Forests]) -> None:
        self._counter = counter
        self._load_forests = forests
        self._forests: Forests | None = None
        self._counts: OrderedDict[tuple[str, str], int] = OrderedDict()
        self._contexts: dict[str, tuple[Context, TokenCount]] = {}
        self._vocabularies: dict[str, str] = {}
        self._tools: dict[tuple[str, str], TokenCount] = {}
        self._long_drafts = LongDrafts()

    def estimate(self, question: Question) -> Estimate | None:
        """None while counts are pending: call `warm` on another thread, then ask again."""
        return self.estimate_now(question) if self.ready(question) else None

    def estimate_now(self, question: Question) -> Estimate:
        """Count whatever is missing, however long that takes. Raises RateUnknown on an unpriced credits lane."""
        offer = question.offer
        if not offer.sendable:
            raise RateUnknown(f"The rate of {offer.ref.model} is unknown.", "Pick a model with a rate.")
        counts = self.counts(question)
        count = self._calibrated(question, counts)
        left = count.tokens if offer.context_tokens is None else offer.context_tokens - count.tokens
        limit = min(question.limit, offer.max_output_tokens or question.limit)
        if offer.context_tokens is not None:
            limit = max(min(limit, left), 1)
        over = max(ANSWER_FLOOR_TOKENS - left, 0) if offer.context_tokens is not None else 0
        hints = Hints.of(question.draft, counts.draft)
        forests = self._loaded_forests()
        expected = forecast(forests, hints, counts.context.tokens, question.context.replies, question.history)
        cached = min(question.cached, question.calibration.apply(counts.context.tokens))  # a draft is new
        return _priced(replace(question, cached=cached), count, expected, limit, over)

    def warm(self, question: Question) -> None:
        """Load the vocabulary and the forecast, and fill the caches; blocking, for a worker thread."""
        self._loaded_forests()
        self._counter.load(question.model)
        self.counts(question)

    def ready(self, question: Question) -> bool:
        """Whether `counts` would answer at once."""
        return self._counter.ready(question.model) and self._uncounted(question) <= COUNT_AT_ONCE_CHARS

    def _loaded_forests(self) -> Forests:
        """Read by `warm` as a rule: no vocabulary is ready before that."""
        if self._forests is None:
            self._forests = self._load_forests()
        return self._forests

    def counts(self, question: Question) -> InputCounts:
        """The input by part; counts whatever is missing."""
        model = question.model
        roles = [said.role for said in question.context.messages] + ["user"]
        context = self._context(model, question.context)
        files = self.said(model, question.files)
        tools = self._tool_schemas(model, question.tools)
        draft = self._draft(model, question.draft)
        template = self._counter.overhead(model, roles) + tools.tokens
        around = _weakest(self._counter.basis(model), tools.basis)
        basis = _weakest(around, context.basis, files.basis)
        return InputCounts(context, files, draft, template, basis, around)

    def said(self, model: str, said: Said) -> TokenCount:
        """Texts and images of one message, without the template around it."""
        images = [self.image(model, image) for image in said.images]
        tokens = sum(self.text(model, part) for part in said.parts) + sum(one.tokens for one in images)
        return TokenCount(tokens, _weakest(self._counter.basis(model), *(one.basis for one in images)))

    def image(self, model: str, image: Image) -> TokenCount:
        return self._counter.image(model, image.width, image.height)

    def text(self, model: str, text: str) -> int:
        """Tokens of one text, counted once."""
        vocabulary = self._vocabulary(model)
        count = self._counts.get((vocabulary, text))
        if count is None:
            count = self._long_drafts.known(vocabulary, text)
            if count is None:
                count = self._counter.count(model, text) if text else 0
            self._counts[(vocabulary, text)] = count
            while len(self._counts) > CACHED_COUNTS:
                self._counts.popitem(last=False)
        return count

    def _draft(self, model: str, draft: str) -> int:
        if len(draft) <= COUNT_AT_ONCE_CHARS:
            return sum(self.text(model, part) for part in PARAGRAPH.split(draft))
        return self._long_drafts.tokens(self._vocabulary(model), draft, partial(self._counter.count, model))

    def text_now(self, model: str, text: str) -> int | None:
        """The same, where it takes no longer than a key may; None while counts are pending."""
        if not self._counter.ready(model):
            return None
        known = (self._vocabulary(model), text) in self._counts
        return self.text(model, text) if known or len(text) <= COUNT_AT_ONCE_CHARS else None

    def said_now(self, model: str, said: Said) -> int | None:
        """Texts and images of one message; None while counts are pending."""
        texts = [self.text_now(model, part) for part in said.parts if part]
        if not self._counter.ready(model) or None in texts:
            return None
        return sum(filter(None, texts)) + sum(self.image(model, image).tokens for image in said.images)

    def _vocabulary(self, model: str) -> str:
        """Asked for each paragraph at each key, so it is looked up once."""
        name = self._vocabularies.get(model)
        if name is None:
            name = self._vocabularies[model] = self._counter.vocabulary(model)
        return name

    def basis(self, model: str) -> CountBasis:
        return self._counter.basis(model)

    def output_tokens(self, model: str, text: str) -> int:
        """Tokens of received text, for a bill that the provider did not state."""
        return self._counter.count(model, text) if text else 0

    def _calibrated(self, question: Question, counts: InputCounts) -> TokenCount:
        """As the provider will report it; the learned doubt is that of text, images and tools keep theirs."""
        learned = question.calibration.margin_permille(self._counter.basis(question.model))
        if counts.basis is not self._counter.basis(question.model):
            learned = max(learned, counts.basis.with_margin(1_000) - 1_000)
        return TokenCount(question.calibration.apply(counts.total), counts.basis, counts.total, learned)

    def _tool_schemas(self, model: str, tools: str) -> TokenCount:
        if not tools:
            return TokenCount(0, CountBasis.EXACT)
        if (model, tools) not in self._tools:
            self._tools[(model, tools)] = self._counter.tools(model, tools)
        return self._tools[(model, tools)]

    def _context(self, model: str, context: Context) -> TokenCount:
        known = self._contexts.get(model)
        if known is None or known[0] is not context:
            counts = [self.said(model, said) for said in context.messages]
            basis = _weakest(self._counter.basis(model), *(one.basis for one in counts))
            total = TokenCount(sum(one.tokens for one in counts), basis)
            known = self._contexts[model] = (context, total)
        return known[1]

    def _uncounted(self, question: Question) -> int:
        vocabulary = self._vocabulary(question.model)
        known = self._contexts.get(question.model)
        texts: list[str] = []
        if not (known and known[0] is question.context):
            texts = [part for said in question.context.messages for part in said.parts]
        draft = question.draft
        long = self._long_drafts.uncounted(vocabulary, draft) if len(draft) > COUNT_AT_ONCE_CHARS else 0
        return long + sum(
            len(text)
            for text in (*texts, *question.files.parts)
            if (vocabulary, text) not in self._counts and self._long_drafts.known(vocabulary, text) is None
        )


def _weakest(*bases: CountBasis) -> CountBasis:
    return max(bases, key=WEAKER.index)


@dataclass(frozen=True, slots=True)
class Means:
    """What a send may cost at most, and who says so."""

    amount: int
    whose: str
    budget: Budget | None = None


def means_of(question: Question) -> Means | None:
    """The wallet or the nearest stop of a budget, whichever has less; None where nothing limits."""
    limits, balance = question.budgets, question.balance
    nearest = room(limits.budgets, limits.unit, limits.spent) if limits else None
    if nearest is not None and (balance is None or nearest[0] < balance.available):
        return Means(nearest[0], "budget", nearest[1])
    return None if balance is None else Means(balance.available, "balance")


def _priced(question: Question, count: TokenCount, expected: Forecast, limit: int, over: int) -> Estimate:
    offer, means = question.offer, means_of(question)
    lowered, missing = "", 0
    if offer.rate is not None and means is not None:
        wanted, limit = limit, _affordable(offer.rate, count, limit, means.amount)
        lowered = means.whose if limit < wanted else ""
        missing = max(offer.rate.most(count.most, limit) - means.amount, 0)
    expected = expected.within(limit)
    output = Band(expected.low, expected.likely, expected.high, limit)
    cached = question.cached
    cost = price(offer.rate, count, output, cached) if offer.rate else None
    short = Nanocredits(missing if means and means.whose == "balance" else 0)
    return Estimate(
        ref=offer.ref,
        input=count,
        output=output,
        output_limit=limit,
        cost=cost,
        balance=question.balance,
        card=offer.card,
        lowered=bool(lowered) and not missing,
        shortfall=short,
        over_context=over,
        forecast=expected,
        cached=cached,
        mean_cost=send_cost(offer.rate, count, expected.mean, cached) if offer.rate else None,
        lowered_by="" if missing else lowered,
        findings=_findings(question, cost),
        over_budget=means.budget if means and missing else None,
        lowered_budget=means.budget if means and lowered and not missing else None,
    )


def _findings(question: Question, cost: Band | None) -> tuple[Finding, ...]:
    limits = question.budgets
    return findings(limits.budgets, limits.unit, limits.spent, cost.likely) if limits and cost else ()


def _affordable(rate: Rate, count: TokenCount, limit: int, amount: int) -> int:
    """The wanted limit, or what `amount` pays; never under the floor (the send is then refused)."""
    if rate.most(count.most, limit) <= amount:
        return limit
    paid = rate.affordable_output(count.most, amount)
    return max(paid, min(ANSWER_FLOOR_TOKENS, limit))
