"""Offers and estimates as the services make them, for the panes that only show them."""

from __future__ import annotations

from nexu_desktop.domain.chat import Lane, ModelRef
from nexu_desktop.domain.credits import Balance, Nanocredits, Rate, Tier, parse_credits
from nexu_desktop.domain.estimate import Band, CountBasis, Estimate, TokenCount
from nexu_desktop.domain.ratecard import Published
from nexu_desktop.services.catalog import Offer

RATE = Rate((Tier(input=50_000_000, output=300_000_000),))
DEFAULT = "gemini-3-flash-preview"


def offer(
    model: str = DEFAULT,
    lane: Lane = Lane.CREDITS,
    provider: str = "",
    *,
    rate: Rate | None = RATE,
    published: str = "1.00",
    context_tokens: int | None = 1_048_576,
    capabilities: tuple[str, ...] = ("vision", "reasoning", "tools"),
) -> Offer:
    homes = {Lane.CREDITS: "nexu", Lane.BYOK: "openai", Lane.SANDBOX: "sandbox"}
    priced = rate is not None and lane.spends_credits
    return Offer(
        ModelRef(lane, provider or homes[lane], model),
        rate,
        published=Published(published, "0.70", "142") if priced else None,
        context_tokens=context_tokens,
        capabilities=capabilities,
        source="price list" if rate else "",
        confidence="list price" if rate else "unknown",
    )


def nano(text: str) -> Nanocredits:
    return parse_credits(text)


def estimate(
    of: Offer,
    *,
    cost: tuple[str, str, str, str] | None = ("0.18", "0.42", "0.95", "2.6"),
    available: str | None = "99.04",
    tokens_in: int = 2_140,
    limit: int = 8_192,
    lowered: bool = False,
    shortfall: str = "0",
    over_context: int = 0,
) -> Estimate:
    return Estimate(
        ref=of.ref,
        input=TokenCount(tokens_in, CountBasis.EXACT),
        output=Band(300, 900, 2_400, limit),
        output_limit=limit,
        cost=Band(*(nano(figure) for figure in cost)) if cost else None,
        balance=Balance(nano(available), nano("0")) if available else None,
        card="card",
        lowered=lowered,
        shortfall=nano(shortfall),
        over_context=over_context,
    )
