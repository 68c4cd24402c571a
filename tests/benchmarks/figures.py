"""Percentiles of a list of milliseconds."""

from __future__ import annotations

from collections.abc import Sequence


def percentile(values: Sequence[float], percent: float) -> float:
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * percent / 100), len(ordered) - 1)]


def ms(value: float) -> str:
    return f"{value:.2f} ms"


def spread(values: Sequence[float]) -> str:
    """'p50 / p95 / p99 / max' in milliseconds."""
    figures = [percentile(values, percent) for percent in (50, 95, 99)] + [max(values)]
    return " / ".join(f"{figure:.2f}" for figure in figures)
