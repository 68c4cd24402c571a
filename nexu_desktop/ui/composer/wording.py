"""The meter strip in words: a pure function from an estimate to what each field says."""

from __future__ import annotations

from dataclasses import dataclass, replace

from nexu_desktop.domain.budgets import Finding, Level, Unit
from nexu_desktop.domain.credits import exact, show_balance, show_cost, show_dollars
from nexu_desktop.domain.estimate import Band, Estimate, send_cost
from nexu_desktop.services.catalog import Offer
from nexu_desktop.ui.lane_chip import provider_name

PENDING = "~"
COUNTING = "The cost is being counted."


@dataclass(frozen=True, slots=True)
class Words:
    """`figure` is bold, `unit` follows it; `link` names a way out and `wants` the signal behind it.

    `warning` puts `figure` or, where there is a band, `span` into the warning colour; `reached`, that a
    budget is passed, the figure and its dot as well.
    """

    figure: str = ""
    unit: str = ""
    span: str = ""
    tokens: str = ""
    leaves: str = ""
    link: str = ""
    wants: str = ""
    warning: bool = False
    reached: bool = False
    band: Band | None = None
    exactly: str = ""
    sentence: str = ""


def words(offer: Offer | None, estimate: Estimate | None, *, empty: bool) -> Words:
    """`estimate` None is a count still pending; `empty` a draft without a word."""
    if offer is None:
        return Words()
    if not offer.sendable:
        return _unpriced()
    if estimate is None:
        return _pending(offer)
    if estimate.over_context:
        return _too_long(estimate)
    if estimate.over_budget is not None:
        return _over_budget(estimate)
    if estimate.shortfall:
        return _short(estimate)
    if empty:
        return _each_send(offer, estimate)
    return _own_key(offer, estimate) if not offer.ref.lane.spends_credits else _credits(estimate)


def _unpriced() -> Words:
    text = "rate unknown: can't be sent on credits"
    return Words(figure=text, link="Another model", wants="pick", warning=True, sentence=_sentence(text))


def _pending(offer: Offer) -> Words:
    if not offer.ref.lane.spends_credits:
        unit = f"on your {provider_name(offer.ref.provider)} key, 0 credits"
        return Words(PENDING, unit, PENDING, PENDING, sentence=COUNTING)
    return Words(PENDING, "credits likely", PENDING, PENDING, f"leaves {PENDING}", sentence=COUNTING)


def _too_long(estimate: Estimate) -> Words:
    text = f"{estimate.over_context:,} tokens too long for this model"
    return _refused(estimate, text, "A model with more room", "pick")


def _short(estimate: Estimate) -> Words:
    text = f"{show_cost(estimate.shortfall)} credits short"
    shown = _refused(estimate, text, "A cheaper model", "cheaper")
    exactly = f"Short by {exact(estimate.shortfall)}\n{shown.exactly}"
    return replace(shown, exactly=exactly, sentence=_sentence(f"{text} for the shortest answer"))


def _over_budget(estimate: Estimate) -> Words:
    """A stop leaves no room even for the shortest answer."""
    assert estimate.over_budget is not None
    text = f"no room in your budget per {estimate.over_budget.scope.value}"
    return _refused(estimate, text, "A cheaper model", "cheaper")


def _refused(estimate: Estimate, text: str, link: str, wants: str) -> Words:
    """Why it can't be sent, and the two ways out."""
    return Words(
        figure=text,
        span="or a shorter message",
        link=link,
        wants=wants,
        warning=True,
        exactly=_exactly(estimate),
        sentence=_sentence(text),
    )


def _each_send(offer: Offer, estimate: Estimate) -> Words:
    """Before a word is typed only the context is known, and it is paid again on every send."""
    if offer.rate is None:
        return Words("price unknown,", "0 credits", sentence="The price is unknown; no credits are spent.")
    cost = send_cost(offer.rate, estimate.input, 0, estimate.cached)
    spends = offer.ref.lane.spends_credits
    figure, unit = (show_cost(cost), "credits each send before you type")
    if not spends:
        figure, unit = (show_dollars(cost), "each send before you type, 0 credits")
    tokens = f"{estimate.input.tokens:,} in"
    left = f"{show_balance(estimate.balance.available)} left" if estimate.balance else ""
    return Words(
        figure=figure,
        unit=unit,
        tokens=tokens,
        leaves=left,
        exactly=f"The context alone: {exact(cost)} {'credits' if spends else 'US dollars'}",
        sentence=_sentence(", ".join(part for part in (f"{figure} {unit}", tokens, left) if part)),
    )


def _own_key(offer: Offer, estimate: Estimate) -> Words:
    key = f"on your {provider_name(offer.ref.provider)} key, 0 credits"
    tokens = _tokens(estimate)
    if estimate.cost is None:
        figure, unit, span = "price unknown,", "0 credits", ""
    else:
        figure, unit = show_dollars(estimate.cost.likely), key
        low, high, most = (
            show_dollars(n) for n in (estimate.cost.low, estimate.cost.high, estimate.cost.most)
        )
        span = f"{low} to {high}, at most {most}"
    said = f"Estimated {figure} {unit}; {span + '; ' if span else ''}{tokens}."
    return _with_limits(
        Words(figure, unit, span, tokens, band=estimate.cost, exactly=_exactly(estimate), sentence=said),
        estimate,
    )


def _credits(estimate: Estimate) -> Words:
    cost = estimate.cost
    if cost is None:
        return _unpriced()
    low, high, most = (show_cost(figure) for figure in (cost.low, cost.high, cost.most))
    figure, span, tokens = show_cost(cost.likely), f"{low} to {high}, at most {most}", _tokens(estimate)
    leaves = f"leaves {show_balance(estimate.after.likely)}" if estimate.after else ""
    said = f"Estimated {figure} credits, {span}; {tokens}; {leaves or 'balance unknown'}."
    shown = Words(
        figure=figure,
        unit="credits likely",
        span=span,
        tokens=tokens,
        leaves=leaves,
        band=cost,
        exactly=_exactly(estimate),
        sentence=said,
    )
    return _with_limits(shown, estimate)


def _with_limits(shown: Words, estimate: Estimate) -> Words:
    """What limits this send stands where the range was, with the most; the range is in the bar and the tooltip."""
    found = estimate.findings[0] if estimate.findings else None
    span, sentence = shown.span, shown.sentence
    if estimate.lowered:
        span = f"answer limited to {estimate.output_limit:,} tokens by {_whose(estimate)}"
        sentence += f" The {span}."
    elif found is not None:
        most = f", at most {_shown(estimate, estimate.cost.most)}" if estimate.cost else ""
        span = _reached(found) + most
    for one in estimate.findings:
        sentence += f" Your budget is reached: {_reached(one)}."
    warning = estimate.lowered or found is not None
    exactly = "\n".join([shown.exactly, *(f"Budget per {_reached(one)}" for one in estimate.findings)])
    return replace(
        shown, span=span, sentence=sentence, exactly=exactly, warning=warning, reached=found is not None
    )


def _whose(estimate: Estimate) -> str:
    budget = estimate.lowered_budget
    return f"your budget per {budget.scope.value}" if budget else "your balance"


def _reached(found: Finding) -> str:
    """'day: 8.20 over 6.00', of the level that is passed."""
    budget = found.budget
    passed = {Level.COLOUR: budget.colour, Level.ASK: budget.ask, Level.STOP: budget.stop}.get(found.level)
    show = show_cost if budget.unit is Unit.CREDITS else show_dollars
    return f"{budget.scope.value}: {show(found.would_be)} over {show(passed or 0)}"


def _shown(estimate: Estimate, nano: int) -> str:
    return show_cost(nano) if estimate.ref.lane.spends_credits else show_dollars(nano)


def _tokens(estimate: Estimate) -> str:
    return f"{estimate.input.tokens:,} in, about {estimate.output.likely:,} out"


def _exactly(estimate: Estimate) -> str:
    """Every digit, for the tooltip."""
    spends = estimate.ref.lane.spends_credits
    lines = []
    if estimate.cost is not None:
        unit = "credits" if spends else "US dollars"
        cost = estimate.cost
        for name, figure in (
            ("Low", cost.low),
            ("Likely", cost.likely),
            ("High", cost.high),
            ("At most", cost.most),
        ):
            lines.append(f"{name}: {exact(figure)} {unit}")
    lines.append(f"In: {estimate.input.tokens:,} tokens ({estimate.input.basis.value} count)")
    out = estimate.output
    lines.append(f"Out: {out.low:,} to {out.high:,} tokens, at most {estimate.output_limit:,}")
    if estimate.balance is not None:
        lines.append(f"Available: {exact(estimate.balance.available)}, held: {exact(estimate.balance.held)}")
    return "\n".join(lines)


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + "."
