"""The live estimate while typing: cached counts, the draft's changed paragraph, one price."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from nexu_desktop.domain.credits import Balance, Nanocredits, Rate
from nexu_desktop.domain.errors import RateUnknown
from nexu_desktop.domain.estimate import (
    ANSWER_FLOOR_TOKENS,
    Band,
    Estimate,
    Reply,
    TokenCount,
    predict_output,
    price,
)
from nexu_desktop.services.catalog import Offer
from nexu_desktop.services.ports import TokenCounter

PARAGRAPH = re.compile(r"(?<=\n)(?=\S)")
COUNT_AT_ONCE_CHARS = 64_000  # about a millisecond of counting; more is counted off the GUI thread
CACHED_COUNTS = 50_000


@dataclass(frozen=True, slots=True, eq=False)
class Context:
    """What goes before the draft, as (role, text), and the lengths of the answers in it.

    Compared by identity: an unchanged conversation keeps its Context, and its counts with it.
    """

    messages: tuple[tuple[str, str], ...] = ()
    replies: tuple[Reply, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to price. `limit` is the person's answer limit in tokens; `balance` None spends no credits."""

    offer: Offer
    context: Context
    draft: str
    limit: int
    balance: Balance | None
    model_replies: Sequence[Reply] = ()


class Meter:
    """Thread-safe by replacing whole cache entries; counts are kept per vocabulary, not per model."""

    def __init__(self, counter: TokenCounter) -> None:
        self._counter = counter
        self._counts: OrderedDict[tuple[str, str], int] = OrderedDict()
        self._contexts: dict[str, tuple[Context, int]] = {}

    def estimate(self, question: Question) -> Estimate | None:
        """None while counts are pending: call `warm` on another thread, then ask again."""
        model = question.offer.ref.model
        if not self._counter.ready(model) or self._uncounted(question) > COUNT_AT_ONCE_CHARS:
            return None
        return self.estimate_now(question)

    def estimate_now(self, question: Question) -> Estimate:
        """Count whatever is missing, however long that takes. Raises RateUnknown on an unpriced credits lane."""
        offer = question.offer
        if not offer.sendable:
            raise RateUnknown(f"The rate of {offer.ref.model} is unknown.", "Pick a model with a rate.")
        count = self._count(question)
        room = count.tokens if offer.context_tokens is None else offer.context_tokens - count.tokens
        limit = min(question.limit, offer.max_output_tokens or question.limit)
        if offer.context_tokens is not None:
            limit = max(min(limit, room), 1)
        over = max(ANSWER_FLOOR_TOKENS - room, 0) if offer.context_tokens is not None else 0
        return _priced(question, count, limit, over)

    def warm(self, question: Question) -> None:
        """Load the vocabulary and fill the caches; blocking, for a worker thread."""
        self._counter.load(question.offer.ref.model)
        self._count(question)

    def output_tokens(self, model: str, text: str) -> int:
        """Tokens of received text, for a bill that the provider did not state."""
        return self._counter.count(model, text) if text else 0

    def _count(self, question: Question) -> TokenCount:
        model = question.offer.ref.model
        roles = [role for role, _ in question.context.messages] + ["user"]
        draft = sum(self._cached(model, part) for part in PARAGRAPH.split(question.draft))
        tokens = self._context(model, question.context) + draft + self._counter.overhead(model, roles)
        return TokenCount(tokens, self._counter.basis(model))

    def _context(self, model: str, context: Context) -> int:
        vocabulary = self._counter.vocabulary(model)
        known = self._contexts.get(vocabulary)
        if known is None or known[0] is not context:
            total = sum(self._cached(model, text) for _, text in context.messages)
            known = self._contexts[vocabulary] = (context, total)
        return known[1]

    def _cached(self, model: str, text: str) -> int:
        key = (self._counter.vocabulary(model), text)
        count = self._counts.get(key)
        if count is None:
            count = self._counts[key] = self._counter.count(model, text) if text else 0
            while len(self._counts) > CACHED_COUNTS:
                self._counts.popitem(last=False)
        return count

    def _uncounted(self, question: Question) -> int:
        vocabulary = self._counter.vocabulary(question.offer.ref.model)
        known = self._contexts.get(vocabulary)
        texts = [] if known and known[0] is question.context else [t for _, t in question.context.messages]
        parts = PARAGRAPH.split(question.draft) if len(question.draft) > COUNT_AT_ONCE_CHARS else []
        return sum(len(text) for text in (*texts, *parts) if (vocabulary, text) not in self._counts)


def _priced(question: Question, count: TokenCount, limit: int, over: int) -> Estimate:
    offer, balance = question.offer, question.balance
    lowered, shortfall = False, 0
    if offer.rate is not None and balance is not None:
        wanted, limit = limit, _affordable(offer.rate, count, limit, balance)
        lowered = limit < wanted
        floor = min(ANSWER_FLOOR_TOKENS, wanted)
        shortfall = max(_most(offer.rate, count, floor) - balance.available, 0) if lowered else 0
    output = predict_output(question.draft, question.context.replies, question.model_replies, limit)
    return Estimate(
        ref=offer.ref,
        input=count,
        output=output,
        output_limit=limit,
        cost=price(offer.rate, count, output) if offer.rate else None,
        balance=balance,
        card=offer.card,
        lowered=lowered and not shortfall,
        shortfall=Nanocredits(shortfall),
        over_context=over,
    )


def _affordable(rate: Rate, count: TokenCount, limit: int, balance: Balance) -> int:
    """The wanted limit, or what the wallet pays; never under the floor (the send is then refused)."""
    if _most(rate, count, limit) <= balance.available:
        return limit
    paid = rate.affordable_output(count.basis.with_margin(count.tokens), balance.available)
    return max(paid, min(ANSWER_FLOOR_TOKENS, limit))


def _most(rate: Rate, count: TokenCount, output: int) -> int:
    return rate.most(count.basis.with_margin(count.tokens), output)


__all__ = ["Band", "Context", "Meter", "Question"]
