"""What an estimate is made of, part by part, and what would make it cheaper."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from nexu_desktop.domain.chat import ModelRef
from nexu_desktop.domain.estimate import CountBasis


class PartKind(StrEnum):
    SYSTEM = "system"
    MESSAGES = "messages"
    FILES = "files"
    SUMMARY = "summary"
    DRAFT = "draft"
    TEMPLATE = "template"  # what the chat template adds, and what calibration has learned on top
    VISIBLE = "visible"
    REASONING = "reasoning"


@dataclass(frozen=True, slots=True)
class Part:
    """`cost` in nano-units of the lane at the likely figures, None where the price is unknown."""

    kind: PartKind
    tokens: int
    basis: CountBasis
    cost: int | None


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The likely figures of one send: parts of the input in the order sent, then of the answer.

    The tokens of the input parts sum to the estimate's input. `cached` tokens of the input are priced as
    cached, because the provider reported them so the last time. `mean_cost` is for sums over many sends.
    """

    parts: tuple[Part, ...]
    input_cost: int | None
    output_cost: int | None
    cached: int = 0
    mean_cost: int | None = None


class WayKind(StrEnum):
    MODEL = "model"
    CONTEXT = "context"
    FILES = "files"
    LIMIT = "limit"
    EFFORT = "effort"


@dataclass(frozen=True, slots=True)
class Way:
    """One change that makes the send cheaper. `cost` is the likely cost with it, `saves` the difference.

    A limit on the answer saves on the most and the high figure first, seldom on the likely one.
    """

    kind: WayKind
    words: str
    cost: int
    saves: int
    ref: ModelRef | None = None
    keep_last: int | None = None
    limit: int | None = None
