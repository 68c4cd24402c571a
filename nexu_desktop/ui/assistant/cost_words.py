"""What a system prompt costs, in words."""

from __future__ import annotations

from nexu_desktop.domain.chat import ModelRef
from nexu_desktop.domain.credits import show_cost, show_dollars
from nexu_desktop.services.presets import SystemCost


def cost_words(cost: SystemCost | None, ref: ModelRef) -> str:
    """'12 tokens, 0.0012 credits per send'; '~' while it is counted."""
    if cost is None:
        return "~"
    if not cost.cost:
        return f"{cost.tokens:,} tokens per send"  # nothing is paid, or no price is known
    paid = f"{show_cost(cost.cost)} credits" if ref.lane.spends_credits else show_dollars(cost.cost)
    return f"{cost.tokens:,} tokens, {paid} per send"
