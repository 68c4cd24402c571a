"""What an estimate is made of, and which changes would make the send cheaper."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from nexu_desktop.domain.breakdown import Breakdown, Part, PartKind, Way, WayKind
from nexu_desktop.domain.chat import ModelRef
from nexu_desktop.domain.context import ContextItem, ItemKind
from nexu_desktop.domain.credits import Tier, Usage
from nexu_desktop.domain.errors import NexuError
from nexu_desktop.domain.estimate import CountBasis, Estimate, TokenCount
from nexu_desktop.services.catalog import Catalog
from nexu_desktop.services.contexts import SUGGESTED, Contexts, reported
from nexu_desktop.services.files import refuse_images
from nexu_desktop.services.meter import Meter, Question
from nexu_desktop.services.questions import Questions, check, images

MODELS_NAMED = 3
LIMITS = (256, 512, 1_024, 2_048, 4_096)
_KINDS = {
    ItemKind.SYSTEM: PartKind.SYSTEM,
    ItemKind.MESSAGE: PartKind.MESSAGES,
    ItemKind.FILE: PartKind.FILES,
    ItemKind.SUMMARY: PartKind.SUMMARY,
}


class Cheaper:
    def __init__(
        self,
        meter: Meter,
        questions: Questions,
        contexts: Contexts,
        catalog: Catalog,
        ref: Callable[[str], ModelRef],
    ) -> None:
        self._meter = meter
        self._questions = questions
        self._contexts = contexts
        self._catalog = catalog
        self._ref = ref

    def breakdown(self, cid: str, draft: str) -> Breakdown | None:
        """None while counts are pending or where the model can't be sent to."""
        question = self._question(cid, draft)
        estimate = self._meter.estimate(question) if question.offer.sendable else None
        if estimate is None:
            return None
        shares = self._input_parts(cid, question)
        template = estimate.input.tokens - sum(count.tokens for _, count in shares)
        shares.append((PartKind.TEMPLATE, TokenCount(template, estimate.input.basis)))
        return _made_of(question, estimate, shares)

    def ways(self, cid: str, draft: str) -> tuple[Way, ...]:
        """Changes that make the likely cost smaller, the best of each kind first; () while pending."""
        question = self._question(cid, draft)
        now = self._meter.estimate(question) if question.offer.sendable else None
        if now is None or now.cost is None:
            return ()
        found = [
            *self._models(cid, draft, now),
            *self._shorter(cid, question, now),
            *limits(self._meter, question, now),
            *self._efforts(cid, question, now),
        ]
        return best_first(found)

    def _models(self, cid: str, draft: str, now: Estimate) -> list[Way]:
        """On the same lane only: another lane is another purse."""
        asked = [
            self._questions.question(cid, draft, offer.ref)
            for offer in self._catalog.offers()
            if offer.ref.lane is now.ref.lane and offer.rate is not None
        ]
        return models([(one, self._meter.estimate(one)) for one in asked], now)

    def _shorter(self, cid: str, question: Question, now: Estimate) -> list[Way]:
        rules, found = self._contexts.rules(cid), []
        sent = [item for item in self._contexts.items(cid) if item.unsent is None]
        for keep in (SUGGESTED, 0):
            if len(sent) > keep and (rules.keep_last is None or rules.keep_last > keep):
                words = f"Keep the last {keep} messages" if keep else "Leave the earlier messages out"
                cost = likely(self._meter, replace(question, context=self._contexts.shorter(cid, keep)))
                found.append(way(WayKind.CONTEXT, words, now, cost, keep_last=keep))
        if not rules.drop_files and any(item.kind is ItemKind.FILE for item in sent):
            cost = likely(self._meter, replace(question, context=self._contexts.without_files(cid)))
            found.append(way(WayKind.FILES, "Drop files after use", now, cost))
        return found

    def _efforts(self, cid: str, question: Question, now: Estimate) -> list[Way]:
        """Only with answers to learn from: what a lower effort saves is not known before."""
        if self._questions.effort(cid) in ("low", "minimal"):
            return []
        history = self._questions.history(now.ref, "low")
        if not history.replies:
            return []
        cost = likely(self._meter, replace(question, history=history))
        return [way(WayKind.EFFORT, "Low reasoning effort", now, cost)]

    def _question(self, cid: str, draft: str) -> Question:
        return self._questions.question(cid, draft, self._ref(cid))

    def _input_parts(self, cid: str, question: Question) -> list[tuple[PartKind, TokenCount]]:
        """Calibrated by one factor, so that the parts sum to the input of the estimate with the template."""
        counts = self._meter.counts(question)
        raw: dict[PartKind, int] = {}
        for item in self._contexts.items(cid):
            if item.unsent is None:
                kind = _KINDS[item.kind]
                raw[kind] = raw.get(kind, 0) + self._tokens(question.model, item)
        if counts.files.tokens:
            raw[PartKind.FILES] = raw.get(PartKind.FILES, 0) + counts.files.tokens
        raw[PartKind.DRAFT] = counts.draft
        return [(kind, TokenCount(reported(question, n), counts.basis)) for kind, n in raw.items()]

    def _tokens(self, model: str, item: ContextItem) -> int:
        if item.image is not None:
            return self._meter.image(model, item.image).tokens
        return self._meter.text(model, item.text)


def models(asked: Iterable[tuple[Question, Estimate | None]], now: Estimate) -> list[Way]:
    """The cheapest of those that would take the send."""
    found = [
        way(WayKind.MODEL, other.ref.model, now, other.cost.likely, ref=other.ref)
        for question, other in asked
        if other is not None and other.ref != now.ref and other.cost is not None and _goes(question, other)
    ]
    return sorted(found, key=lambda way: way.cost)[:MODELS_NAMED]


def limits(meter: Meter, question: Question, now: Estimate) -> list[Way]:
    """The largest limit that the likely answer would still feel: more than half of such answers are longer."""
    below = [limit for limit in LIMITS if limit < now.output.likely]
    if not below:
        return []
    cost = likely(meter, replace(question, limit=below[-1]))
    words = f"Answer of at most {below[-1]:,} tokens, may be cut off"
    return [way(WayKind.LIMIT, words, now, cost, limit=below[-1])]


def likely(meter: Meter, question: Question) -> int:
    cost = meter.estimate_now(question).cost
    return cost.likely if cost else 0


def best_first(ways: Iterable[Way]) -> tuple[Way, ...]:
    """Those that save anything, the cheapest first."""
    return tuple(sorted((way for way in ways if way.saves > 0), key=lambda way: way.cost))


def _made_of(question: Question, estimate: Estimate, shares: list[tuple[PartKind, TokenCount]]) -> Breakdown:
    rate, expected = question.offer.rate, estimate.forecast
    total = estimate.input.tokens
    thought = expected.reasoning if expected else 0
    tier = rate.tier_for(total) if rate else None
    parts = _input_priced(shares, tier, estimate.cached)
    parts.append(_answer(PartKind.VISIBLE, estimate.output.likely - thought, tier))
    if thought:
        parts.append(_answer(PartKind.REASONING, thought, tier))
    whole = estimate.cost.likely if estimate.cost else None
    output = _price(tier, Usage(output=estimate.output.likely))
    return Breakdown(
        parts=tuple(parts),
        input_cost=None if whole is None or output is None else max(whole - output, 0),
        output_cost=output,
        cached=estimate.cached,
        mean_cost=estimate.mean_cost,
    )


def _input_priced(shares: list[tuple[PartKind, TokenCount]], tier: Tier | None, cached: int) -> list[Part]:
    """What is cached is the beginning of the input, so the first parts have the cheaper tokens."""
    parts = []
    for kind, count in shares:
        old = min(cached, count.tokens)
        cached -= old
        cost = _price(tier, Usage(input=count.tokens - old, cached_input=old))
        parts.append(Part(kind, count.tokens, count.basis, cost))
    return parts


def _answer(kind: PartKind, tokens: int, tier: Tier | None) -> Part:
    return Part(kind, tokens, CountBasis.GUESS, _price(tier, Usage(output=tokens)))


def _price(tier: Tier | None, usage: Usage) -> int | None:
    """Rounded up by part: together at most one nano-unit a part over the cost of the whole."""
    return tier.cost(usage) if tier else None


def _goes(question: Question, estimate: Estimate) -> bool:
    """A model that the send would be refused on is no way."""
    try:
        refuse_images(question.offer, images(question))
        check(estimate)
    except NexuError:
        return False
    return True


def way(
    kind: WayKind,
    words: str,
    now: Estimate,
    cost: int,
    *,
    ref: ModelRef | None = None,
    keep_last: int | None = None,
    limit: int | None = None,
) -> Way:
    saves = (now.cost.likely if now.cost else 0) - cost
    return Way(kind, words, cost, saves, ref=ref, keep_last=keep_last, limit=limit)
