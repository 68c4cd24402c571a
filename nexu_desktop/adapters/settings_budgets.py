"""Budgets in the settings file: one object each, amounts as decimal text, so that a person can read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nexu_desktop.domain.budgets import Budget, Scope, Unit
from nexu_desktop.domain.credits import exact, parse_credits
from nexu_desktop.domain.errors import BadInput

LEVELS = ("colour", "ask", "stop")


def read_budgets(raw: object) -> tuple[tuple[Budget, ...], bool]:
    """The budgets that are whole, and whether one was not; a second one of the same kind is not."""
    if not isinstance(raw, list):
        return (), True
    found: dict[tuple[Scope, Unit], Budget] = {}
    damaged = False
    for one in raw:
        if _of_newer(one):
            continue
        try:
            budget = _budget(one)
        except BadInput:
            damaged = True
            continue
        damaged = damaged or (budget.scope, budget.unit) in found
        found.setdefault((budget.scope, budget.unit), budget)
    return tuple(found.values()), damaged


def budgets_of_newer(raw: object) -> list[Any]:
    """What a newer version limits by kinds not known here; kept for the next save."""
    return [one for one in raw if _of_newer(one)] if isinstance(raw, list) else []


def write_budgets(budgets: Sequence[Budget]) -> list[dict[str, str]]:
    return [{"scope": budget.scope.value, "unit": budget.unit.value, **_levels(budget)} for budget in budgets]


def _levels(budget: Budget) -> dict[str, str]:
    amounts = {name: getattr(budget, name) for name in LEVELS}
    return {name: exact(amount) for name, amount in amounts.items() if amount is not None}


def _of_newer(raw: object) -> bool:
    if not isinstance(raw, dict):
        return False
    scope, unit = raw.get("scope"), raw.get("unit")
    named = isinstance(scope, str) and isinstance(unit, str)
    return named and not (scope in tuple(Scope) and unit in tuple(Unit))


def _budget(raw: object) -> Budget:
    if not isinstance(raw, dict):
        raise BadInput("A budget must be an object.")
    scope, unit = raw.get("scope"), raw.get("unit")
    if scope not in tuple(Scope) or unit not in tuple(Unit):
        raise BadInput("A budget needs a scope and a unit.")
    colour, ask, stop = (_amount(raw.get(name)) for name in LEVELS)
    return Budget(Scope(scope), Unit(unit), colour, ask, stop)


def _amount(raw: object) -> int | None:
    if raw is None:
        return None
    if not isinstance(raw, str):
        raise BadInput("The level of a budget is decimal text.")
    return parse_credits(raw)
