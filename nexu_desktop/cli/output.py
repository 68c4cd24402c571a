"""Values as JSON and as lines for a person. An amount is {"credits": "0.35", "nanocredits": 350000000}."""

from __future__ import annotations

import json
from typing import Any

from nexu_desktop.cli import terminal
from nexu_desktop.domain.chat import Basis, Receipt
from nexu_desktop.domain.credits import Balance, Usage, exact, show_balance, show_cost, show_dollars
from nexu_desktop.domain.errors import NexuError
from nexu_desktop.domain.estimate import Band, Estimate

_BASIS = {
    Basis.PROVIDER: "the provider's count",
    Basis.COUNTED: "counted here",
    Basis.NONE: "nothing came",
}


def amount(nano: int) -> dict[str, Any]:
    return {"credits": exact(nano), "nanocredits": nano}


def dollars(nano: int) -> dict[str, Any]:
    return {"usd": exact(nano), "nanodollars": nano}


def balance(value: Balance) -> dict[str, Any]:
    return {
        "settled": amount(value.settled),
        "held": amount(value.held),
        "available": amount(value.available),
    }


def band(value: Band) -> dict[str, int]:
    return {"low": value.low, "likely": value.likely, "high": value.high, "most": value.most}


def estimate(value: Estimate) -> dict[str, Any]:
    """The documented fields of `estimate --json`, and why a send would be lowered or refused."""
    unit = amount if value.balance is not None else dollars
    cost = None if value.cost is None else {name: unit(n) for name, n in band(value.cost).items()}
    after = None if value.after is None else {name: amount(n) for name, n in band(value.after).items()}
    return {
        "model": value.ref.model,
        "lane": value.ref.lane.value,
        "card": value.card,
        "input_tokens": value.input.tokens,
        "output_tokens": band(value.output),
        "cost": cost,
        "balance": None if value.balance is None else amount(value.balance.available),
        "balance_after": after,
        "basis": value.input.basis.value,
        "output_limit": value.output_limit,
        "lowered": value.lowered,
        "shortfall": amount(value.shortfall) if value.shortfall else None,
        "over_context_tokens": value.over_context,
    }


def asked_estimate(value: Estimate) -> dict[str, Any]:
    """The estimate of an `ask`: the likely cost as an amount, to set beside the charge, and the whole of it."""
    if value.cost is None:
        return estimate(value)
    unit = amount if value.balance is not None else dollars
    return {**unit(value.cost.likely), **estimate(value)}


def usage(tokens: Usage) -> dict[str, int]:
    return {
        "input": tokens.input,
        "cached_input": tokens.cached_input,
        "cache_write": tokens.cache_write,
        "output": tokens.output,
        "reasoning": tokens.reasoning,
    }


def error(value: NexuError) -> dict[str, str]:
    return {"code": value.code, "title": value.title, "hint": value.hint}


def show(value: Any) -> None:
    terminal.line(json.dumps(value, ensure_ascii=False, indent=2))


def estimate_lines(value: Estimate) -> list[str]:
    """The estimate in words."""
    lines = [f"{value.input.tokens:,} tokens in ({value.input.basis}), about {value.output.likely:,} out"]
    if value.cost is None:
        return [*lines, "price unknown"]
    if value.balance is None or value.after is None:
        return [*lines, f"about {show_dollars(value.cost.likely)} on your bill, 0 credits"]
    cost = value.cost
    lines.append(
        f"estimate {show_cost(cost.likely)} credits ({show_cost(cost.low)} to {show_cost(cost.high)}, "
        f"at most {show_cost(cost.most)})"
    )
    lines.append(
        f"balance {show_balance(value.balance.available)}, leaves {show_balance(value.after.likely)}"
    )
    if value.lowered:
        lines.append(f"answer limited to {value.output_limit:,} tokens by the balance")
    if value.shortfall:
        lines.append(f"{show_cost(value.shortfall)} credits short")
    return lines


def receipt_line(receipt: Receipt, left: Balance | None) -> str:
    """'charged 0.32 credits · estimated 0.28 · 1,212 in, 840 out · provider's count · 98.62 left'."""
    tokens = receipt.usage
    parts = [f"{receipt.outcome.value}:" if receipt.outcome.value != "complete" else ""]
    if receipt.charged is not None:
        unsure = " (unconfirmed)" if receipt.unconfirmed else ""
        parts.append(f"charged {show_cost(receipt.charged)} credits{unsure}")
        parts.append(f"· estimated {show_cost(receipt.estimated or 0)}")
    elif receipt.dollars is not None:
        parts.append(f"{show_dollars(receipt.dollars)} on your bill, 0 credits")
    else:
        parts.append("price unknown, 0 credits")
    parts.append(f"· {tokens.total_input:,} in, {tokens.total_output:,} out · {_BASIS[receipt.basis]}")
    if left is not None:
        parts.append(f"· balance {show_balance(left.settled)}")
    return " ".join(part for part in parts if part)
