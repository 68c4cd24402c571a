"""Values as JSON and as lines for a person. An amount is {"credits": "0.35", "nanocredits": 350000000}."""

from __future__ import annotations

import json
from typing import Any

from nexu_desktop.cli import terminal
from nexu_desktop.domain.breakdown import Way
from nexu_desktop.domain.budgets import Finding, Unit
from nexu_desktop.domain.calibration import Calibration
from nexu_desktop.domain.chat import Basis, Lane, ModelRef, Receipt
from nexu_desktop.domain.credits import (
    Balance,
    Rate,
    Usage,
    exact,
    show_balance,
    show_cost,
    show_dollars,
)
from nexu_desktop.domain.errors import NexuError
from nexu_desktop.domain.estimate import Band, Estimate, TokenCount

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


def estimate(value: Estimate, *, blind: bool = False) -> dict[str, Any]:
    """The documented fields of `estimate --json`, and why a send would be lowered or refused.

    `blind`: it has an image and the model does not see.
    """
    unit = amount if value.balance is not None else dollars
    cost = None if value.cost is None else {name: unit(n) for name, n in band(value.cost).items()}
    after = None if value.after is None else {name: amount(n) for name, n in band(value.after).items()}
    return {
        "model": value.ref.model,
        "lane": value.ref.lane.value,
        "provider": value.ref.provider,
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
        "sees_images": not blind,
        "refused": _refused(value, blind=blind)[0] or None,
        "lowered_by": value.lowered_by or None,
        "reasoning_tokens": value.forecast.reasoning if value.forecast else 0,
        "cached_tokens": value.cached,
        "mean_cost": None if value.mean_cost is None else unit(value.mean_cost),
        "over_budget": value.over_budget.scope.value if value.over_budget else None,
    }


def item(role: str, count: TokenCount, rate: Rate | None, total: int, lane: Lane) -> dict[str, Any]:
    """One message before the text: its tokens, and what it adds to every further send."""
    unit = amount if lane.spends_credits else dollars
    cost = None if rate is None else rate.adds(count.tokens, total)
    return {
        "role": role,
        "tokens": count.tokens,
        "basis": count.basis.value,
        "adds_to_each_send": None if cost is None else unit(cost),
    }


def calibration(value: Calibration) -> dict[str, Any]:
    return {
        "answers": value.answers,
        "factor": exact(value.factor_ppm * 1_000),
        "constant_tokens": value.constant,
        "spread_permille": value.spread_permille,
    }


def finding(value: Finding) -> dict[str, Any]:
    unit = amount if value.budget.unit is Unit.CREDITS else dollars
    return {
        "scope": value.budget.scope.value,
        "level": value.level.name.lower(),
        "spent": unit(value.spent),
        "with_this": unit(value.would_be),
    }


def model_line(value: Estimate, share: str, *, blind: bool = False) -> str:
    """'glm-5    credits    0.31 credits  0.86x  (0.11 to 0.71, at most 2.40)', or why it can't be sent."""
    credits_meant, cost = value.ref.lane.spends_credits, value.cost
    show, unit = (show_cost, " credits") if credits_meant else (show_dollars, "")
    if cost is None:
        likely, after = "price unknown", ""
    else:
        likely = f"{show(cost.likely)}{unit}" if cost.most else "free"
        after = f"({show(cost.low)} to {show(cost.high)}, at most {show(cost.most)})" if cost.most else ""
    _, refused = _refused(value, blind=blind)
    times = f"{share}x" if share else ""
    line = f"{value.ref.model:<34} {payer(value.ref):<16} {likely:>14} {times:>7}  {refused or after}"
    return line.rstrip()


def payer(ref: ModelRef) -> str:
    """'credits', 'sandbox', 'openai key', 'local'."""
    return f"{ref.provider} key" if ref.lane is Lane.BYOK else ref.lane.value


def _refused(value: Estimate, *, blind: bool) -> tuple[str, str]:
    """Why it could not be sent, as a code and in words; empty where it could."""
    if value.over_context:
        return "context", f"{value.over_context:,} tokens too long"
    if blind:
        return "images", "can't see images"
    if value.over_budget:
        return "budget", f"the budget per {value.over_budget.scope.value} leaves no room for it"
    if value.shortfall:
        return "balance", f"{show_cost(value.shortfall)} credits short"
    return "", ""


def way(value: Way, lane: Lane) -> dict[str, Any]:
    """One change that makes the send cheaper; `model`, `keep_last` and `limit_tokens` say what to change."""
    unit = amount if lane.spends_credits else dollars
    return {
        "kind": value.kind.value,
        "words": value.words,
        "likely": unit(value.cost),
        "saves": unit(value.saves),
        "model": value.ref.model if value.ref else None,
        "keep_last": value.keep_last,
        "limit_tokens": value.limit,
    }


def way_line(value: Way, lane: Lane) -> str:
    show, unit = (show_cost, " credits") if lane.spends_credits else (show_dollars, "")
    return f"cheaper: {value.words}: {show(value.cost)}{unit}, saves {show(value.saves)}{unit}"


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


def estimate_lines(value: Estimate, *, blind: bool = False) -> list[str]:
    """The estimate in words."""
    tokens = f"{value.input.tokens:,} tokens in ({value.input.basis}), about {value.output.likely:,} out"
    lines = [f"{value.ref.model}, {payer(value.ref)}: {tokens}", *_costs(value)]
    _, refused = _refused(value, blind=blind)
    if refused:
        lines.append(f"can't be sent: {refused}")
    return [*lines, *map(_finding_line, value.findings)]


def _costs(value: Estimate) -> list[str]:
    cost = value.cost
    if cost is None:
        return ["price unknown"]
    if value.balance is None or value.after is None:
        return [f"about {show_dollars(cost.likely)} on your bill, 0 credits" if cost.most else "free"]
    lines = [
        f"estimate {show_cost(cost.likely)} credits ({show_cost(cost.low)} to {show_cost(cost.high)}, "
        f"at most {show_cost(cost.most)})",
        f"balance {show_balance(value.balance.available)}, leaves {show_balance(value.after.likely)}",
    ]
    if value.lowered:
        lines.append(f"answer limited to {value.output_limit:,} tokens by the {value.lowered_by}")
    return lines


def _finding_line(value: Finding) -> str:
    """'the day comes to 1.20 credits with this (ask)'."""
    scope, show = value.budget.scope.value, show_dollars
    unit = ""
    if value.budget.unit is Unit.CREDITS:
        show, unit = show_cost, " credits"
    return f"the {scope} comes to {show(value.would_be)}{unit} with this ({value.level.name.lower()})"


def receipt_line(receipt: Receipt, left: Balance | None) -> str:
    """'charged 0.32 credits · estimated 0.28 · 1,212 in, 840 out · provider's count · 98.62 left'."""
    tokens = receipt.usage
    parts = [f"{receipt.outcome.value}:" if receipt.outcome.value != "complete" else ""]
    if receipt.charged is not None:
        unsure = " (unconfirmed)" if receipt.unconfirmed else ""
        play = "play " if receipt.ref.lane is Lane.SANDBOX else ""
        parts.append(f"charged {show_cost(receipt.charged)} {play}credits{unsure}")
        parts.append(f"· estimated {show_cost(receipt.estimated or 0)}")
    elif receipt.dollars is not None:
        parts.append(f"{show_dollars(receipt.dollars)} on your bill, 0 credits")
    else:
        parts.append("price unknown, 0 credits")
    parts.append(f"· {tokens.total_input:,} in, {tokens.total_output:,} out · {_BASIS[receipt.basis]}")
    if left is not None:
        parts.append(f"· balance {show_balance(left.settled)}")
    return " ".join(part for part in parts if part)
