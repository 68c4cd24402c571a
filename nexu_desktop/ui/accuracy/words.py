"""Figures of the page as people read them."""

from __future__ import annotations

from PySide6.QtCore import QDateTime, QLocale

from nexu_desktop.domain.accuracy import Accuracy, Point
from nexu_desktop.domain.chat import Lane, ModelRef, Purpose
from nexu_desktop.domain.credits import show_cost, show_dollars
from nexu_desktop.ui.lane_chip import NAMES, provider_name

UNKNOWN = "–"
PURPOSES = {Purpose.MESSAGE: "Message", Purpose.TITLE: "Title", Purpose.SUMMARY: "Summary"}


def model_name(ref: ModelRef) -> str:
    """'glm-5 (Credits)', 'gpt-5-mini (Your key, OpenAI)'."""
    where = NAMES[ref.lane] + (f", {provider_name(ref.provider)}" if ref.lane is Lane.BYOK else "")
    return f"{ref.model} ({where})"


def amount(nano: int | None, ref: ModelRef) -> str:
    if nano is None:
        return UNKNOWN
    return show_cost(nano) if ref.lane.spends_credits else show_dollars(nano)


def percent(permille: int | None) -> str:
    return UNKNOWN if permille is None else f"{_tenths(permille):,} %"


def change(ratio: int | None) -> str:
    """Of charged over estimated in thousandths: '+14 %', '−8 %', '0 %'."""
    if ratio is None:
        return UNKNOWN
    more = _tenths(abs(ratio - 1_000))
    if not more:
        return "0 %"
    return f"{'+' if ratio > 1_000 else '−'}{more:,} %"


def band(inside: bool | None) -> str:
    return {True: "inside", False: "outside", None: UNKNOWN}[inside]


def moment(milliseconds: int) -> str:
    """'14 Nov 2026, 10:22', the time in the person's own short form."""
    when = QDateTime.fromMSecsSinceEpoch(milliseconds)
    clock = QLocale().toString(when.time(), QLocale.FormatType.ShortFormat)
    return f"{QLocale().toString(when.date(), 'd MMM yyyy')}, {clock}"


def day(milliseconds: int) -> str:
    """'14 Nov', for an axis."""
    return QLocale().toString(QDateTime.fromMSecsSinceEpoch(milliseconds).date(), "d MMM")


def spread(low: int | None, high: int | None, ref: ModelRef) -> str:
    if low is None or high is None:
        return UNKNOWN
    return f"{amount(low, ref)} to {amount(high, ref)}"


def about(point: Point, ref: ModelRef) -> str:
    """Three lines on one answer."""
    charged, estimated = amount(point.charged, ref), amount(point.estimated, ref)
    if not point.charged:
        first = f"{point.tokens:,} tokens, {point.likely:,} likely"
    else:
        first = f"{charged} charged, {estimated} estimated"
    inside = {True: "inside the band", False: "outside the band", None: "no band"}[point.inside]
    return f"{moment(point.finished_ms)}\n{first}\n{change(point.ratio)}, {inside}"


def answers(count: int) -> str:
    return f"{count:,} answer{'' if count == 1 else 's'}"


def cards(figures: Accuracy, ref: ModelRef) -> tuple[tuple[str, str, str], ...]:
    """(title, figure, two lines of note) of the four figures on top."""
    error = figures.length_error if figures.cost_error is None else figures.cost_error
    inside = f"{figures.recent.inside} of {figures.recent.answers}" if figures.recent.answers else UNKNOWN
    return (
        ("Typical error", UNKNOWN if error is None else f"±{percent(error)}", _errors(figures)),
        ("Inside the 80 % band", inside, _coverage(figures)),
        ("Reasoning", percent(figures.reasoning), "of the output tokens,\nbilled like the rest"),
        (per_answer(figures, ref), *_typical(figures, ref)),
    )


def per_answer(figures: Accuracy, ref: ModelRef) -> str:
    """'Credits per answer'; tokens where nothing is charged."""
    unit = "Credits" if ref.lane.spends_credits else "Dollars"
    return f"{unit if figures.costs else 'Tokens'} per answer"


def typical(figures: Accuracy, ref: ModelRef) -> tuple[str, str, str]:
    """Median, mean, and what nine of ten stay under: of the cost, else of the length."""
    if figures.costs is not None:
        costs = figures.costs
        return amount(costs.median, ref), amount(costs.mean, ref), amount(costs.most_often, ref)
    lengths = figures.lengths
    if lengths is None:
        return UNKNOWN, UNKNOWN, UNKNOWN
    return f"{lengths.median:,}", f"{lengths.mean:,}", f"{lengths.most_often:,}"


def _typical(figures: Accuracy, ref: ModelRef) -> tuple[str, str]:
    middle, mean, most_often = typical(figures, ref)
    return middle, f"mean {mean}\n9 of 10 at most {most_often}"


def _coverage(figures: Accuracy) -> str:
    late, of_all = figures.recent, figures.coverage
    if late.answers == of_all.answers:
        return f"{percent(late.permille)} of {answers(late.answers)},\n80 % are meant to be"
    of_late = f"{percent(late.permille)} of the last {late.answers}"
    return f"{of_late},\n{percent(of_all.permille)} of {answers(of_all.answers)}"


def _errors(figures: Accuracy) -> str:
    """Half of the answers are closer; over all of them errors may cancel out."""
    if figures.cost_error is None or figures.bias is None:
        return "of the length,\nhalf of the answers are closer"
    less, off = figures.bias < 0, _tenths(abs(figures.bias))
    together = f"{off:,} % {'less' if less else 'more'} than estimated" if off else "as estimated"
    return f"half are closer; length ±{percent(figures.length_error)}\nin sum {together}"


def _tenths(permille: int) -> int:
    """Thousandths as whole percent, halves up."""
    return (permille + 5) // 10
