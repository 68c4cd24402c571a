"""Budgets: how much may be spent on a message, a conversation, a day, a month, and what happens then.

Amounts are integer nano-credits, for own keys nano-dollars. A stop is never passed: what is left of it is
a ceiling for the most a send can cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from nexu_desktop.domain.errors import BadInput


class Scope(StrEnum):
    MESSAGE = "message"
    CONVERSATION = "conversation"
    DAY = "day"
    MONTH = "month"


class Unit(StrEnum):
    CREDITS = "credits"
    DOLLARS = "dollars"


class Level(IntEnum):
    """What a sum has reached: nothing, a colour, a question, a stop."""

    NONE = 0
    COLOUR = 1
    ASK = 2
    STOP = 3


@dataclass(frozen=True, slots=True)
class Budget:
    """Three levels of one scope, each optional. Raises BadInput for amounts <= 0 or out of order."""

    scope: Scope
    unit: Unit
    colour: int | None = None
    ask: int | None = None
    stop: int | None = None

    def __post_init__(self) -> None:
        levels = [level for level in (self.colour, self.ask, self.stop) if level is not None]
        if any(type(level) is not int or level <= 0 for level in levels):
            raise BadInput("A budget is more than 0.", "Leave the field empty for no budget.")
        if levels != sorted(levels):
            raise BadInput(
                f"The budget per {self.scope.value} is out of order.",
                "The colour comes before the question, the question before the stop.",
            )

    def level(self, amount: int) -> Level:
        """What spending `amount` passes."""
        reached = (Level.STOP, self.stop), (Level.ASK, self.ask), (Level.COLOUR, self.colour)
        return next((level for level, at in reached if at is not None and amount > at), Level.NONE)


@dataclass(frozen=True, slots=True)
class Spent:
    """Nano-units of one wallet or of all own keys, what is held included."""

    conversation: int = 0
    day: int = 0
    month: int = 0

    def of(self, scope: Scope) -> int:
        return {
            Scope.MESSAGE: 0,
            Scope.CONVERSATION: self.conversation,
            Scope.DAY: self.day,
            Scope.MONTH: self.month,
        }[scope]


@dataclass(frozen=True, slots=True)
class Finding:
    """One budget that a send would reach: spent before it, and with it at the likely cost."""

    budget: Budget
    level: Level
    spent: int
    would_be: int


def findings(budgets: Sequence[Budget], unit: Unit, spent: Spent, likely: int) -> tuple[Finding, ...]:
    """What a send of `likely` nano-units would reach, the gravest first."""
    found = []
    for budget in budgets:
        if budget.unit is unit:
            before = spent.of(budget.scope)
            level = budget.level(before + likely)
            if level is not Level.NONE:
                found.append(Finding(budget, level, before, before + likely))
    return tuple(sorted(found, key=lambda one: -one.level))


def room(budgets: Sequence[Budget], unit: Unit, spent: Spent) -> tuple[int, Budget] | None:
    """The most a send may still cost before the nearest stop, and whose stop that is; None without one."""
    left = [
        (max(budget.stop - spent.of(budget.scope), 0), budget)
        for budget in budgets
        if budget.unit is unit and budget.stop is not None
    ]
    return min(left, key=lambda pair: pair[0], default=None)
