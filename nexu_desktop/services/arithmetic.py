"""A receipt written out as a sum that a person can redo with a pocket calculator."""

from __future__ import annotations

from nexu_desktop.domain.chat import Receipt
from nexu_desktop.domain.credits import Tier, exact
from nexu_desktop.domain.ratecard import show_micro
from nexu_desktop.services.catalog import Offer

PICO_PER_UNIT = 1_000_000_000_000


def lines(receipt: Receipt, offer: Offer) -> tuple[str, ...]:
    """One line per bucket of tokens, the total, and the card or price list it was reckoned with."""
    unit = "credits" if receipt.ref.lane.spends_credits else "US dollars"
    if offer.rate is None:
        return (f"The price of {receipt.ref.model} is unknown.",)
    if receipt.card and receipt.card != offer.card:
        return (
            f"Charged {exact(receipt.charged or 0)} credits by rate card {receipt.card[:12]}.",
            "This version of the program has a newer card, so the sum can't be written out.",
        )
    usage = receipt.usage
    rows = _rows(receipt, offer.rate.tier_for(usage.total_input))
    width = max(len(tokens) for tokens, *_ in rows)
    total = offer.rate.cost(usage)
    return (
        *(
            f"{tokens:>{width}} {name:<16} x {price:>8} {unit} per million = {_pico(amount)}"
            for tokens, name, price, amount in rows
        ),
        f"Together {exact(total)} {unit}" + _charged(receipt, total),
        f"Rate card {receipt.card[:12]}, {offer.confidence}" if receipt.card else f"Prices: {offer.source}",
        f"Attempt {receipt.attempt}",
    )


def _charged(receipt: Receipt, total: int) -> str:
    if receipt.charged is None or receipt.charged == total:
        return ""
    return f", charged {exact(receipt.charged)}"


def _rows(receipt: Receipt, tier: Tier) -> list[tuple[str, str, str, int]]:
    usage = receipt.usage
    cached = tier.input if tier.cached_input is None else tier.cached_input
    written = tier.input if tier.cache_write is None else tier.cache_write
    buckets = (
        ("tokens in", usage.input, tier.input, True),
        ("cached in", usage.cached_input, cached, False),
        ("written to cache", usage.cache_write, written, False),
        ("tokens out", usage.output, tier.output, True),
        ("reasoning", usage.reasoning, tier.output, False),
    )
    return [
        (f"{tokens:,}", name, show_micro(price), tokens * price)
        for name, tokens, price, always in buckets
        if tokens or always
    ]


def _pico(amount: int) -> str:
    """Exact to the last pico-unit, at least six places."""
    whole, fraction = divmod(amount, PICO_PER_UNIT)
    digits = f"{fraction:012d}".rstrip("0").ljust(6, "0")
    return f"{whole}.{digits}"
