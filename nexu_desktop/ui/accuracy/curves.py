"""What the four plots show, as plain numbers; amounts become floats here, for they become pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log2

from nexu_desktop.domain.accuracy import RECENT, SMOOTH, TELLING, Accuracy, Point
from nexu_desktop.domain.chat import ModelRef
from nexu_desktop.domain.credits import NANO_PER_CREDIT
from nexu_desktop.ui.accuracy import words

DOUBLINGS = 3.0  # an answer eight times as dear as estimated lies on the edge of its plot
MARGIN = 0.06  # of a plot's height, so that no dot is cut in half
RATIOS = ((-3.0, "⅛×"), (-2.0, "¼×"), (-1.0, "½×"), (0.0, "1×"), (1.0, "2×"), (2.0, "4×"), (3.0, "8×"))
SHARES = ((0.0, "0 %"), (50.0, "50 %"), (100.0, "100 %"))
COVERAGES = ((0.0, "0 %"), (50.0, "50 %"), (80.0, "80 %"), (100.0, "100 %"))

Values = tuple[float | None, ...]
Ticks = tuple[tuple[float, str], ...]
Band = tuple[tuple[float, float] | None, ...]


@dataclass(frozen=True, slots=True)
class Curve:
    """One plot over the answers, oldest first: a dot for each, a running line, a soft band, a target.

    None leaves a gap; without `ticks` the axis chooses. `said` is for those who don't see the plot, `tips`
    are the words on each answer, `warned` are drawn in the colour of a warning.
    """

    title: str
    legend: str
    said: str
    tips: tuple[str, ...]
    days: tuple[str, ...]
    warned: tuple[bool, ...]
    lowest: float
    highest: float
    dots: Values = ()
    line: Values = ()
    band: Band = ()
    target: float | None = None
    ticks: Ticks = ()

    @property
    def empty(self) -> str:
        """What stands where nothing is drawn yet."""
        drawn = any(value is not None for value in (*self.dots, *self.line))
        return "" if drawn else f"Shown from the {TELLING}th answer on"

    def height(self, place: int) -> float | None:
        """Where an answer is marked: at its dot, else on the line, else at the target."""
        values = self.dots or self.line
        return self.target if values[place] is None else values[place]


def curves(figures: Accuracy, ref: ModelRef) -> tuple[Curve, ...]:
    return (_ratio(figures, ref), _coverage(figures, ref), _reasoning(figures, ref), _cost(figures, ref))


def _ratio(figures: Accuracy, ref: ModelRef) -> Curve:
    """Twice as dear and half as dear are equally far from 1x: a scale of doublings."""
    points, late = figures.points, _last(figures.running_ratio())
    title = "Charged ÷ estimated" if figures.cost_error is not None else "Length ÷ likely length"
    reach = max((abs(_doublings(one.ratio) or 0.0) for one in points), default=0.0)
    height = min(max(reach, 1.0), DOUBLINGS)
    return Curve(
        title=title,
        legend=f"line: median of {SMOOTH}",
        said=_said(title, points, f"Of late half of the answers were above {_times(late)}."),
        tips=_tips(points, ref),
        days=_days(points),
        warned=tuple(point.inside is False for point in points),
        lowest=-height * (1 + MARGIN),
        highest=height * (1 + MARGIN),
        dots=tuple(_doublings(point.ratio) for point in points),
        line=tuple(map(_doublings, figures.running_ratio())),
        target=0.0,
        ticks=RATIOS,
    )


def _coverage(figures: Accuracy, ref: ModelRef) -> Curve:
    points, running = figures.points, figures.running_coverage()
    title, recent = "Inside the 80 % band", figures.recent
    return Curve(
        title=title,
        legend=f"of the last {RECENT} up to each answer",
        said=_said(title, points, f"{recent.inside} of the last {recent.answers} were inside."),
        tips=_tips(points, ref, [_up_to_here(value) for value in running]),
        days=_days(points),
        warned=tuple(point.inside is False for point in points),
        lowest=-100 * MARGIN,
        highest=100 * (1 + MARGIN),
        line=tuple(map(_percent, running)),
        target=80.0,
        ticks=COVERAGES,
    )


def _reasoning(figures: Accuracy, ref: ModelRef) -> Curve:
    points, title = figures.points, "Reasoning in the output"
    notes = [f"{point.reasoning:,} of {point.tokens:,} tokens reasoning" for point in points]
    return Curve(
        title=title,
        legend=f"line: of the last {SMOOTH}",
        said=_said(title, points, f"{words.percent(figures.reasoning)} of all output tokens."),
        tips=_tips(points, ref, notes),
        days=_days(points),
        warned=(False,) * len(points),
        lowest=-100 * MARGIN,
        highest=100 * (1 + MARGIN),
        dots=tuple(_percent(point.reasoning_share) for point in points),
        line=tuple(map(_percent, figures.running_reasoning())),
        ticks=SHARES,
    )


def _cost(figures: Accuracy, ref: ModelRef) -> Curve:
    points, title = figures.points, words.per_answer(figures, ref)
    dots, line, band = _costs(figures) if figures.costs else _lengths(figures)
    likely = [_units(one.estimated) if figures.costs else one.likely for one in points]
    tops = [edges[1] for edges in band if edges]
    highest = max((value for value in (*dots, *likely, *tops) if value), default=1.0)
    return Curve(
        title=title,
        legend=f"line: median of {SMOOTH}" + (", soft: the band" if any(band) else ""),
        said=_said(title, points, f"Half of the answers are at most {words.typical(figures, ref)[0]}."),
        tips=_tips(points, ref, [_range(one, ref) for one in points]),
        days=_days(points),
        warned=tuple(point.inside is False for point in points),
        lowest=-highest * MARGIN,
        highest=highest * (1 + 2 * MARGIN),
        dots=dots,
        line=line,
        band=band,
    )


def _costs(figures: Accuracy) -> tuple[Values, Values, Band]:
    points = figures.points
    dots = tuple(_units(point.charged) for point in points)
    return dots, tuple(map(_units, figures.running_cost())), tuple(map(_edges, points))


def _lengths(figures: Accuracy) -> tuple[Values, Values, Band]:
    """Nothing is charged, or no price is known."""
    dots = tuple(float(point.tokens) for point in figures.points)
    return dots, figures.running_length(), ()


def _range(point: Point, ref: ModelRef) -> str:
    if not point.charged or point.cost_low is None:
        return ""
    return f"band {words.spread(point.cost_low, point.cost_high, ref)}"


def _said(title: str, points: Sequence[Point], sentence: str) -> str:
    return f"{title}, {words.answers(len(points))}. {sentence} Arrow keys go from answer to answer."


def _tips(points: Sequence[Point], ref: ModelRef, notes: Sequence[str] = ()) -> tuple[str, ...]:
    told = [words.about(point, ref) for point in points]
    if notes:
        told = [f"{tip}\n{note}".rstrip() for tip, note in zip(told, notes, strict=True)]
    return tuple(told)


def _up_to_here(permille: int | None) -> str:
    return "" if permille is None else f"{words.percent(permille)} inside up to here"


def _days(points: Sequence[Point]) -> tuple[str, ...]:
    return tuple(words.day(point.finished_ms) for point in points)


def _last(values: Sequence[int | None]) -> int | None:
    return values[-1] if values else None


def _times(ratio: int | None) -> str:
    return words.UNKNOWN if ratio is None else f"{ratio / 1_000:.2f} times the estimate"


def _doublings(ratio: int | None) -> float | None:
    """-1 for half, 0 for as estimated, 1 for twice; never beyond the edge of the plot."""
    if ratio is None:
        return None
    return min(max(log2(max(ratio, 1) / 1_000), -DOUBLINGS), DOUBLINGS)


def _percent(permille: int | None) -> float | None:
    return None if permille is None else permille / 10


def _units(nano: int | None) -> float | None:
    return None if nano is None else nano / NANO_PER_CREDIT


def _edges(point: Point) -> tuple[float, float] | None:
    if point.cost_low is None or point.cost_high is None:
        return None
    return point.cost_low / NANO_PER_CREDIT, point.cost_high / NANO_PER_CREDIT
