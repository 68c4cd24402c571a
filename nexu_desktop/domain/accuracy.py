"""How good the estimates of one model have been: errors, coverage of the band, reasoning, cost per answer.

Shares and errors are integers in thousandths; amounts are nano-units of the lane. None means unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nexu_desktop.domain.chat import Expected, Outcome, Receipt
from nexu_desktop.domain.credits import ceil_div
from nexu_desktop.domain.explain import amounts, inside_band

RECENT = 50  # answers of the running coverage, and of the coverage of late
SMOOTH = 20  # answers of the other running figures
TELLING = 5  # fewer answers give no running figure
THOUSAND = 1_000


@dataclass(frozen=True, slots=True)
class Point:
    """One complete answer that had been estimated.

    `cost_error` and `length_error` are how far the likely figure lay from the true one, in thousandths of the
    true one: positive where the answer was dearer, or longer, than likely. `inside`: in the 80 % band.
    """

    attempt: str
    finished_ms: int
    charged: int | None
    estimated: int | None
    cost_low: int | None
    cost_high: int | None
    tokens: int
    likely: int
    reasoning: int
    cost_error: int | None
    length_error: int | None
    inside: bool | None

    @property
    def reasoning_share(self) -> int | None:
        """Thousandths of the output."""
        return share(self.reasoning, self.tokens)

    @property
    def ratio(self) -> int | None:
        """Charged over estimated in thousandths; by the length where nothing is charged."""
        if self.charged and self.estimated:
            return share(self.charged, self.estimated)
        return share(self.tokens, self.likely)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Answers inside the band of all that had one."""

    inside: int
    answers: int

    @classmethod
    def of(cls, points: Sequence[Point]) -> Coverage:
        known = [point.inside for point in points if point.inside is not None]
        return cls(sum(known), len(known))

    @property
    def permille(self) -> int | None:
        return share(self.inside, self.answers)


@dataclass(frozen=True, slots=True)
class Typical:
    """Of one answer: half are at most `median`, nine of ten at most `most_often`."""

    median: int
    mean: int
    most_often: int


@dataclass(frozen=True, slots=True)
class Accuracy:
    """`bias`: what was charged in all over what was estimated in all, less one, in thousandths.

    `*_error` are medians of the absolute errors, `reasoning` the share of all output tokens; `costs` are in
    nano-units, None where nothing is charged, `lengths` in output tokens.
    """

    points: tuple[Point, ...]
    coverage: Coverage
    recent: Coverage
    cost_error: int | None
    length_error: int | None
    bias: int | None
    reasoning: int | None
    costs: Typical | None
    lengths: Typical | None

    @classmethod
    def of(cls, receipts: Sequence[Receipt]) -> Accuracy:
        """Of one model, newest last; answers that were not estimated or did not end by themselves are left out."""
        points = tuple(
            _point(receipt, receipt.expected)
            for receipt in receipts
            if receipt.expected is not None
            and receipt.outcome is Outcome.COMPLETE
            and receipt.limited is None
        )
        return cls(
            points=points,
            coverage=Coverage.of(points),
            recent=Coverage.of(points[-RECENT:]),
            cost_error=_median_size([one.cost_error for one in points]),
            length_error=_median_size([one.length_error for one in points]),
            bias=_bias(points),
            reasoning=_reasoning(points),
            costs=_typical([one.charged for one in points if one.charged is not None]),
            lengths=_typical([one.tokens for one in points]),
        )

    def running_coverage(self) -> tuple[int | None, ...]:
        """For each point, of the last fifty up to it."""
        return self._running(lambda late: Coverage.of(late).permille, RECENT)

    def running_ratio(self) -> tuple[int | None, ...]:
        """The median of charged over estimated, of the last twenty."""
        return self._running(lambda late: median([p.ratio for p in late if p.ratio is not None]), SMOOTH)

    def running_reasoning(self) -> tuple[int | None, ...]:
        return self._running(_reasoning, SMOOTH)

    def running_length(self) -> tuple[int | None, ...]:
        return self._running(lambda late: median([p.tokens for p in late]), SMOOTH)

    def running_cost(self) -> tuple[int | None, ...]:
        """The median cost of the last twenty."""
        return self._running(lambda late: median([p.charged for p in late if p.charged is not None]), SMOOTH)

    def _running(
        self, figure: Callable[[Sequence[Point]], int | None], window: int
    ) -> tuple[int | None, ...]:
        return tuple(
            figure(self.points[max(end - window, 0) : end]) if end >= TELLING else None
            for end in range(1, len(self.points) + 1)
        )


def _point(receipt: Receipt, expected: Expected) -> Point:
    charged, estimated = amounts(receipt)
    tokens = receipt.usage.total_output
    return Point(
        attempt=receipt.attempt,
        finished_ms=receipt.finished_ms,
        charged=charged,
        estimated=estimated,
        cost_low=expected.cost_low,
        cost_high=expected.cost_high,
        tokens=tokens,
        likely=expected.likely,
        reasoning=receipt.usage.reasoning,
        cost_error=error(charged, estimated),
        length_error=error(tokens, expected.likely),
        inside=inside_band(receipt),
    )


def error(actual: int | None, likely: int | None) -> int | None:
    """By how many thousandths of the actual figure the likely one was off; positive where it was too low."""
    if actual is None or likely is None or actual <= 0:
        return None
    return _rounded((actual - likely) * THOUSAND, actual)


def share(part: int, whole: int) -> int | None:
    return _rounded(part * THOUSAND, whole) if whole > 0 else None


def median(values: Sequence[int]) -> int | None:
    """The middle one, the higher of two."""
    return sorted(values)[len(values) // 2] if values else None


def _median_size(errors: Sequence[int | None]) -> int | None:
    return median([abs(one) for one in errors if one is not None])


def _bias(points: Sequence[Point]) -> int | None:
    known = [(one.charged, one.estimated) for one in points]
    pairs = [(charged, said) for charged, said in known if charged is not None and said is not None]
    estimated = sum(said for _, said in pairs)
    return share(sum(charged for charged, _ in pairs) - estimated, estimated)


def _reasoning(points: Sequence[Point]) -> int | None:
    return share(sum(one.reasoning for one in points), sum(one.tokens for one in points))


def _typical(values: Sequence[int]) -> Typical | None:
    if not any(values):
        return None
    ordered = sorted(values)
    return Typical(
        median=ordered[len(ordered) // 2],
        mean=_rounded(sum(ordered), len(ordered)),
        most_often=ordered[ceil_div(9 * len(ordered), 10) - 1],
    )


def _rounded(number: int, divisor: int) -> int:
    """To the nearest integer, halves up."""
    return (2 * number + divisor) // (2 * divisor)
