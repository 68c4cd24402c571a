"""`models`: every model that can be picked, with its rate."""

from __future__ import annotations

import argparse
from typing import Any

from nexu_desktop.cli import exit_codes, output, terminal
from nexu_desktop.cli.lane import wallet
from nexu_desktop.cli.session import opened
from nexu_desktop.domain.chat import Lane
from nexu_desktop.domain.credits import Tier
from nexu_desktop.domain.ratecard import show_micro
from nexu_desktop.services.catalog import Offer


def add_to(commands: Any, parent: argparse.ArgumentParser) -> None:
    sub = commands.add_parser("models", parents=[parent], help="models and their rates")
    sub.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    with opened(arguments) as core:
        lane = wallet(core, arguments)
        shown = [o for o in core.catalog.offers() if o.ref.lane in (lane, *_also(arguments))]
        if lane is Lane.CREDITS and not any(o.ref.lane is lane for o in shown):
            shown = [*core.catalog.card_offers(), *shown]
    if arguments.json:
        output.show([as_json(offer) for offer in shown])
        return exit_codes.OK
    terminal.line("\n".join(map(_row, shown)))
    return exit_codes.OK


def _row(offer: Offer) -> str:
    rate = f"{offer.published.rate}x" if offer.published else "rate unknown"
    typical = offer.published.credits_per_conversation if offer.published else ""
    return f"{offer.ref.model:<34} {rate:>12} {typical:>6}  {_payer(offer)}"


def _payer(offer: Offer) -> str:
    """The lane, with an own key that of its provider: 'byok openai'."""
    ref = offer.ref
    return f"{ref.lane.value} {ref.provider}" if ref.lane is Lane.BYOK else ref.lane.value


def _also(arguments: argparse.Namespace) -> tuple[Lane, ...]:
    return () if arguments.sandbox else (Lane.BYOK, Lane.LOCAL)


def as_json(offer: Offer) -> dict[str, Any]:
    """One row of `models --json`; figures of the card are decimal strings, null where unknown."""
    tier = offer.rate.tiers[0] if offer.rate and offer.ref.lane.spends_credits else None
    published = offer.published
    return {
        "id": offer.ref.model,
        "lane": offer.ref.lane.value,
        "rate": published.rate if published else None,
        "credits_per_conversation": published.credits_per_conversation if published else None,
        "conversations_per_100_credits": published.conversations_per_100_credits if published else None,
        **_prices(tier),
        "context_tokens": offer.context_tokens,
        "max_output_tokens": offer.max_output_tokens,
        "capabilities": list(offer.capabilities),
        "source": offer.source,
        "confidence": offer.confidence,
    }


def _prices(tier: Tier | None) -> dict[str, str | None]:
    cached = tier.cached_input if tier else None
    return {
        "input_credits_per_mtok": show_micro(tier.input) if tier else None,
        "cached_credits_per_mtok": None if cached is None else show_micro(cached),
        "output_credits_per_mtok": show_micro(tier.output) if tier else None,
    }
