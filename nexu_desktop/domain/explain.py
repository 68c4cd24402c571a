"""Why an answer cost more or less than estimated, or than the one before it: the difference split exactly."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from nexu_desktop.domain.chat import Outcome, Receipt
from nexu_desktop.domain.credits import (
    NANO_PER_CREDIT,
    PICO_PER_NANO,
    Rate,
    Usage,
    ceil_div,
    show_cost,
    show_dollars,
)

FINE_BELOW = NANO_PER_CREDIT // 10  # smaller amounts are shown with four places
WORTH_SAYING = 20  # a reason below one twentieth of the largest is left out of the words
ROUNDING = 10  # nano-units: two ceilings of a charge, and what each part loses


class Cause(StrEnum):
    TOKENIZER = "tokenizer"  # the provider counted the same input otherwise
    CONTEXT = "context"  # between two answers: more, or less, was sent
    CACHE = "cache"  # more or less of the input was read from the provider's cache, or written to it
    VISIBLE = "visible"  # a longer or shorter answer
    REASONING = "reasoning"  # more or less thinking
    TIER = "tier"  # another price begins at this much input
    MODEL = "model"  # between two answers: another model
    REST = "rest"  # rounding, and what no count explains


@dataclass(frozen=True, slots=True)
class Reason:
    """`amount` in nano-units of the lane, positive where it made the answer dearer; `tokens` likewise."""

    cause: Cause
    amount: int
    tokens: int
    words: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """`difference` in nano-units; the amounts of `reasons` sum to it, the weightiest first.

    `inside`: the answer lay in the band that was to hold 8 of 10; None where there was no band.
    """

    difference: int
    reasons: tuple[Reason, ...] = ()
    inside: bool | None = None
    heading: str = ""

    @property
    def sentences(self) -> tuple[str, ...]:
        """For a person: by how much, what weighed most, and whether that was to be expected."""
        largest = max((abs(one.amount) for one in self.reasons), default=0)
        told = tuple(
            one.words for one in self.reasons if one.words and abs(one.amount) * WORTH_SAYING >= largest
        )
        band = {
            True: "It is inside the band, as 8 of 10 answers are.",
            False: "It is outside the band that holds 8 of 10 answers.",
            None: "",
        }[self.inside]
        return tuple(line for line in (self.heading, *told, band) if line)


@dataclass(frozen=True, slots=True)
class _Words:
    """How the reasons of one comparison are said."""

    dollars: bool
    cause: Cause
    counted: int
    longer_than: str
    more_than: str


def amounts(receipt: Receipt) -> tuple[int | None, int | None]:
    """(charged, estimated) in nano-units of the lane; what an own key's answer costs counts as charged."""
    if receipt.ref.lane.spends_credits:
        return receipt.charged, receipt.estimated
    return receipt.dollars, receipt.dollars_estimated


def inside_band(receipt: Receipt) -> bool | None:
    """Whether a complete answer cost what its band said; by its length where no cost is known."""
    expected, (charged, _) = receipt.expected, amounts(receipt)
    if expected is None or receipt.outcome is not Outcome.COMPLETE:
        return None
    if charged is not None and expected.cost_low is not None and expected.cost_high is not None:
        return expected.cost_low <= charged <= expected.cost_high
    tokens = receipt.usage.total_output
    return expected.low <= tokens <= expected.high if tokens else None


def why(receipt: Receipt, rate: Rate | None) -> Explanation:
    """Charged less estimated, split by cause.

    All causes are priced by the tier of the estimated input: tokens counted otherwise as fresh input, then
    the discount of what the cache held, then output. So they do not depend on their order; what another tier
    changes is a cause of its own. Each part is cut to whole nano-units toward zero; what that and the two
    ceilings leave is in the rest. Without a rate, an estimate or a usage nothing is split.
    """
    charged, estimated = amounts(receipt)
    expected, inside = receipt.expected, inside_band(receipt)
    if charged is None or estimated is None:
        return Explanation(0, (), inside)
    difference = charged - estimated
    heading = _heading(charged, estimated, dollars=not receipt.ref.lane.spends_credits)
    if expected is None or rate is None or receipt.usage == Usage():
        return Explanation(difference, (), inside, heading)
    reasoning = min(expected.reasoning, expected.likely)
    fresh = Usage(input=expected.input, output=expected.likely - reasoning, reasoning=reasoning)
    cached = _foreseen_cache(fresh, rate, estimated)
    start = _with_cached(fresh, cached)
    words = _Words(
        not receipt.ref.lane.spends_credits, Cause.TOKENIZER, expected.input, "than likely", "than expected"
    )
    return Explanation(difference, _split(start, receipt.usage, rate, difference, words), inside, heading)


def compare(before: Receipt, after: Receipt, rate: Rate | None) -> Explanation:
    """What `after` cost more than `before`, the answer before it in the same conversation; split as by `why`."""
    first, second = amounts(before)[0], amounts(after)[0]
    dollars = not after.ref.lane.spends_credits
    if first is None or second is None or dollars == before.ref.lane.spends_credits:
        return Explanation(0)
    difference = second - first
    if not difference:
        return Explanation(0)
    heading = f"{show_amount(abs(difference), dollars=dollars)} {_more(difference)} than the last answer."
    if before.ref != after.ref:
        words = f"{after.ref.model} answered instead of {before.ref.model}: {_effect(difference, dollars)}."
        return Explanation(difference, (Reason(Cause.MODEL, difference, 0, words),), None, heading)
    if rate is None or Usage() in (before.usage, after.usage):
        return Explanation(difference, (), None, heading)
    than = "than the last one"
    said = _Words(dollars, Cause.CONTEXT, before.usage.total_input, than, "than in the last answer")
    return Explanation(difference, _split(before.usage, after.usage, rate, difference, said), None, heading)


def _split(start: Usage, end: Usage, rate: Rate, difference: int, said: _Words) -> tuple[Reason, ...]:
    tier = rate.tier_for(start.total_input)
    cached = tier.input if tier.cached_input is None else tier.cached_input
    written = tier.input if tier.cache_write is None else tier.cache_write
    more_cached = end.cached_input - start.cached_input
    more_written = end.cache_write - start.cache_write
    more_in = end.total_input - start.total_input
    more_out, more_thought = end.output - start.output, end.reasoning - start.reasoning
    causes = (
        (said.cause, more_in * tier.input, more_in),
        (
            Cause.CACHE,
            more_cached * (cached - tier.input) + more_written * (written - tier.input),
            more_cached + more_written,
        ),
        (Cause.VISIBLE, more_out * tier.output, more_out),
        (Cause.REASONING, more_thought * tier.output, more_thought),
        (Cause.TIER, rate.price(end) - tier.price(end), end.total_input),
    )
    reasons = [
        Reason(cause, amount, tokens, _words(cause, amount, tokens, said))
        for cause, pico, tokens in causes
        if (amount := _nano(pico))
    ]
    if rest := difference - sum(one.amount for one in reasons):
        reasons.append(Reason(Cause.REST, rest, 0, _words(Cause.REST, rest, 0, said)))
    return tuple(sorted(reasons, key=lambda one: -abs(one.amount)))


def _foreseen_cache(fresh: Usage, rate: Rate, estimated: int) -> int:
    """Tokens the estimate took as cached: nobody stored the number, but the estimate tells it."""
    tier = rate.tier_for(fresh.input)
    discount = tier.input - (tier.input if tier.cached_input is None else tier.cached_input)
    saved = tier.price(fresh) - estimated * PICO_PER_NANO
    if discount <= 0 or saved <= 0:
        return 0
    tokens = ceil_div(saved, discount)
    if tokens > fresh.input:
        return 0
    return tokens if rate.cost(_with_cached(fresh, tokens)) == estimated else 0


def _with_cached(fresh: Usage, cached: int) -> Usage:
    return Usage(
        input=fresh.input - cached, cached_input=cached, output=fresh.output, reasoning=fresh.reasoning
    )


def _words(cause: Cause, amount: int, tokens: int, said: _Words) -> str:
    effect, count = _effect(amount, said.dollars), f"{abs(tokens):,} token{'s' if abs(tokens) != 1 else ''}"
    more = tokens > 0
    match cause:
        case Cause.TOKENIZER:
            return f"The provider counted {_share(tokens, said.counted)} input than we did: {effect}."
        case Cause.CONTEXT:
            return f"The context {'grew' if more else 'shrank'} by {count} since the last answer: {effect}."
        case Cause.CACHE if not tokens:
            return f"The provider’s cache was used otherwise: {effect}."
        case Cause.CACHE:
            way = f"{abs(tokens):,} {'more' if more else 'fewer'} tokens"
            return f"{way} of the input went through the provider’s cache: {effect}."
        case Cause.VISIBLE:
            return f"The answer was {count} {'longer' if more else 'shorter'} {said.longer_than}: {effect}."
        case Cause.REASONING:
            return f"{count} {'more' if more else 'less'} reasoning {said.more_than}: {effect}."
        case Cause.TIER:
            return f"With {count} of input another price applies: {effect}."
        case _:
            return f"No count explains the rest: {effect}." if abs(amount) > ROUNDING else ""


def _share(tokens: int, counted: int) -> str:
    """'4.2 % more', in tokens too."""
    way = _more(tokens)
    if not counted:
        return f"{abs(tokens):,} tokens {way}"
    permille = (abs(tokens) * 2_000 + counted) // (2 * counted)
    return f"{permille // 10}.{permille % 10} % ({abs(tokens):,} tokens) {way}"


def _heading(charged: int, estimated: int, *, dollars: bool) -> str:
    """With four places, so that the percentage is that of the figures beside it."""
    show = show_dollars if dollars else partial(show_cost, places=4)
    said = f"{show(charged)} charged, {show(estimated)} estimated"
    if not estimated:
        return f"{said}."
    percent = (abs(charged - estimated) * 200 + estimated) // (2 * estimated)
    if not percent:
        return f"{said}: as estimated."
    return f"{said}: {percent:,} % {_more(charged - estimated)}."


def _more(difference: int) -> str:
    return "more" if difference > 0 else "less"


def _effect(amount: int, dollars: bool) -> str:
    return f"{'adds' if amount > 0 else 'saves'} {show_amount(abs(amount), dollars=dollars)}"


def show_amount(nano: int, *, dollars: bool) -> str:
    """'0.32', small amounts as '0.0042', '$0.0040' on an own key."""
    if dollars:
        return show_dollars(nano)
    return show_cost(nano, places=4 if 0 < nano < FINE_BELOW else 2)


def _nano(pico: int) -> int:
    """Toward zero: what is lost goes to the rest."""
    return pico // PICO_PER_NANO if pico >= 0 else -(-pico // PICO_PER_NANO)
