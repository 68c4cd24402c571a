"""How far our count of the input is from the provider's: a factor and a constant, learned and shrunk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log1p
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nexu_desktop.domain.estimate import CountBasis

THOUSAND, MILLION = 1_000, 1_000_000
WINDOW = 200
FADING = 0.97  # an answer counts so much of the next one: a changed system prompt is learned in some 35
FACTOR_LEAST, FACTOR_MOST, CONSTANT_MOST = 0.5, 2.0, 20_000.0
NOISE = 0.02  # of a report; further off than three of these counts less and less
OUTLIER = 3 * NOISE
FACTOR_DOUBT = 0.03  # the prior: shipped ratios are good to so much,
CONSTANT_DOUBT, CONSTANT_PRICE = 2_000, 14  # and most providers add nothing: a constant must pay for itself
CONSTANT_ANSWERS = 3  # of two, one may be an outlier
ROUNDS, RECENT = 10, 15
SPREAD_ANSWERS, SPREAD_WINDOW, TRUSTED_ANSWERS = 5, 60, 20


@dataclass(frozen=True, slots=True)
class Sample:
    """Input tokens of one request: as counted here, and as the provider reported them."""

    counted: int
    reported: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """reported = counted x `factor_ppm` / 1e6 + `constant` tokens, learned from `answers` reports.

    `spread_permille`: 80 % of the reports lay within so many thousandths of what the others foretell; None
    before there are five.
    """

    factor_ppm: int = MILLION
    constant: int = 0
    answers: int = 0
    spread_permille: int | None = None

    @classmethod
    def of(cls, samples: Sequence[Sample]) -> Calibration:
        """Newest last; the shipped prior (factor 1, constant 0) where there are none."""
        usable = [one for one in samples if one.counted > 0 and one.reported > 0][-WINDOW:]
        if not usable:
            return UNCALIBRATED
        fit = _best(usable)
        return cls(round(fit.factor * MILLION), round(fit.constant), len(usable), _spread(usable, fit))

    def apply(self, counted: int) -> int:
        """Tokens the provider will report; 0 stays 0."""
        return max(-(-counted * self.factor_ppm // MILLION) + self.constant, 0) if counted else 0

    def margin_permille(self, basis: CountBasis) -> int:
        """What a hold adds to a calibrated count of text, in thousandths.

        The shipped margin of `basis` until twenty answers, then shrinking, but never under twice the spread:
        a wide spread makes it larger than what was shipped, for an exact count too.
        """
        shipped = basis.with_margin(THOUSAND) - THOUSAND
        if self.spread_permille is None:
            return shipped
        return max(shipped * TRUSTED_ANSWERS // max(self.answers, TRUSTED_ANSWERS), 2 * self.spread_permille)

    def words(self) -> str:
        """For a person: '±2 %, from 37 answers', 'not checked yet'."""
        if not self.answers:
            return "not checked yet"
        answers = f"from {self.answers} answer{'s' if self.answers > 1 else ''}"
        if self.spread_permille is None:
            return answers
        return f"±{max(-(-self.spread_permille // 10), 1)} %, {answers}"


UNCALIBRATED = Calibration()


@dataclass(frozen=True, slots=True)
class _Fit:
    """`doubts` are the variances of factor and constant, and what they share between them."""

    factor: float
    constant: float
    weights: tuple[float, ...] = ()
    doubts: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def off(self, one: Sample) -> float:
        """By which share of the report the fit is off."""
        return (one.reported - self.factor * one.counted - self.constant) / one.reported


def _best(samples: Sequence[Sample]) -> _Fit:
    """The likeliest fit: from several starts, as outliers, and providers that change, make several valleys."""
    recent = samples[-RECENT:]
    ratio = sorted(one.reported / one.counted for one in recent)[len(recent) // 2]
    added = sorted(one.reported - one.counted for one in recent)[len(recent) // 2]
    slanted = [_descend(samples, _bounded(start, 0.0), False) for start in (1.0, ratio)]
    if len(samples) < CONSTANT_ANSWERS:
        return min(slanted, key=lambda fit: _price(samples, fit))
    starts = (_bounded(1.0, added), _solved(recent, [1.0] * len(recent), True), _Fit(1.0, 0.0))
    raised = [_descend(samples, start, True) for start in starts]
    return min(slanted + raised, key=lambda fit: _price(samples, fit))


def _descend(samples: Sequence[Sample], fit: _Fit, raised: bool) -> _Fit:
    for _ in range(ROUNDS):
        before = fit
        weights = [_trust(fit.off(one)) * age for one, age in _aged(samples)]
        fit = _solved(samples, weights, raised)
        if abs(fit.factor - before.factor) < 1e-7 and abs(fit.constant - before.constant) < 1e-2:
            break
    return fit


def _solved(samples: Sequence[Sample], weights: Sequence[float], raised: bool) -> _Fit:
    """Least squares of relative errors, shrunk to the prior; `raised`: with a constant."""
    aa, ab, bb, ay, by = FACTOR_DOUBT**-2, 0.0, CONSTANT_DOUBT**-2, 0.0, 0.0
    for one, weight in zip(samples, weights, strict=True):
        trust = weight / (NOISE * one.reported) ** 2
        aa, ab, bb = aa + trust * one.counted**2, ab + trust * one.counted, bb + trust
        ay += trust * one.counted * (one.reported - one.counted)
        by += trust * (one.reported - one.counted)
    area = aa * bb - ab * ab
    constant = (by * aa - ay * ab) / area if raised else 0.0
    if constant <= 0:
        fit, doubts = _bounded(1 + ay / aa, 0.0), (1 / aa, 0.0, 0.0)
    else:
        fit, doubts = _bounded(1 + (ay * bb - by * ab) / area, constant), (bb / area, aa / area, -ab / area)
    return _Fit(fit.factor, fit.constant, tuple(weights), doubts)


def _bounded(factor: float, constant: float) -> _Fit:
    return _Fit(min(max(factor, FACTOR_LEAST), FACTOR_MOST), min(max(constant, 0.0), CONSTANT_MOST))


def _aged(samples: Sequence[Sample]) -> list[tuple[Sample, float]]:
    return [(one, FADING ** (len(samples) - 1 - number)) for number, one in enumerate(samples)]


def _trust(off: float) -> float:
    return 1 / (1 + (off / OUTLIER) ** 2)


def _price(samples: Sequence[Sample], fit: _Fit) -> float:
    """Twice the negative log of how likely the fit is, with the prior; heavy tails for outliers."""
    prior = ((fit.factor - 1) / FACTOR_DOUBT) ** 2 + (fit.constant / CONSTANT_DOUBT) ** 2
    tails = (OUTLIER / NOISE) ** 2
    misses = sum(age * tails * log1p((fit.off(one) / OUTLIER) ** 2) for one, age in _aged(samples))
    return prior + misses + (CONSTANT_PRICE if fit.constant > 0 else 0)


def _spread(samples: Sequence[Sample], fit: _Fit) -> int | None:
    """Thousandths; each report against the fit without it (by its leverage), the last sixty."""
    if len(samples) < SPREAD_ANSWERS:
        return None
    factor, constant, shared = fit.doubts
    misses = []
    for one, weight in zip(samples, fit.weights, strict=True):
        doubt = factor * one.counted**2 + 2 * shared * one.counted + constant
        leverage = min(weight * doubt / (NOISE * one.reported) ** 2, 0.9)
        misses.append(abs(fit.off(one)) / (1 - leverage))
    misses = sorted(misses[-SPREAD_WINDOW:])
    return ceil(misses[min(ceil(0.8 * (len(misses) + 1)), len(misses)) - 1] * THOUSAND)
