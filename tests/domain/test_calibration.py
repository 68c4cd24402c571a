"""Calibration: what a provider's reports teach, how robustly, and how honest its spread is."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache

import pytest

from nexu_desktop.domain.calibration import UNCALIBRATED, Calibration, Sample
from nexu_desktop.domain.estimate import CountBasis

RUNS, CHECKS = 40, 8
Truth = tuple[float, float]  # factor, constant
REGIMES: dict[str, Callable[[random.Random], Truth]] = {
    "as shipped": lambda rng: (1.0, 0.0),
    "factor": lambda rng: (rng.lognormvariate(0, 0.05), 0.0),
    "constant": lambda rng: (1.0, 10 ** rng.uniform(1, 3.5)),
    "both": lambda rng: (rng.lognormvariate(0, 0.05), 10 ** rng.uniform(1, 3.5)),
    "guess": lambda rng: (rng.lognormvariate(0, 0.15), 10 ** rng.uniform(1, 3.5)),
}


def _sample(rng: random.Random, truth: Truth, outliers: float = 0.0) -> Sample:
    """One request of 30 to 30,000 tokens, reported with 2 % noise; an outlier is three times as much."""
    counted = int(10 ** rng.uniform(1.5, 4.5))
    reported = (counted * truth[0] + truth[1]) * (1 + rng.gauss(0, 0.02))
    return Sample(counted, max(round(reported * (3 if rng.random() < outliers else 1)), 1))


def _samples(count: int, truth: Truth, seed: int = 1) -> list[Sample]:
    rng = random.Random(seed)
    return [_sample(rng, truth) for _ in range(count)]


@cache
def _errors(regime: str, answers: int) -> tuple[float, float, float | None]:
    """Mean errors in percent, learned and as shipped, and the share within the spread."""
    rng = random.Random(f"{regime} {answers}")
    learned, shipped, within = [], [], []
    for _ in range(RUNS):
        truth = REGIMES[regime](rng)
        calibration = Calibration.of([_sample(rng, truth, 0.01) for _ in range(answers)])
        for one in (_sample(rng, truth) for _ in range(CHECKS)):
            error = abs(calibration.apply(one.counted) - one.reported) / one.reported
            learned.append(error)
            shipped.append(abs(one.counted - one.reported) / one.reported)
            if calibration.spread_permille is not None:
                within.append(error * 1_000 <= calibration.spread_permille)
    share = sum(within) / len(within) if within else None
    return 100 * sum(learned) / len(learned), 100 * sum(shipped) / len(shipped), share


@pytest.mark.parametrize("answers", [0, 1, 2, 3, 5, 20, 100])
@pytest.mark.parametrize("regime", REGIMES)
def test_never_much_worse_than_what_was_shipped(regime: str, answers: int) -> None:
    """At most half a point, even from a few answers with outliers among them."""
    learned, shipped, _ = _errors(regime, answers)
    assert learned <= shipped + 0.5


@pytest.mark.parametrize("regime", REGIMES)
def test_twenty_answers_teach_all(regime: str) -> None:
    """The noise alone is 1.6 %: at most 2.5 % from twenty answers, 1.9 % from a hundred."""
    assert _errors(regime, 20)[0] <= 2.5
    assert _errors(regime, 100)[0] <= 1.9


@pytest.mark.parametrize("regime", REGIMES)
def test_spread_holds_what_it_promises(regime: str) -> None:
    """Near 80 % of the next reports lie within it."""
    share = _errors(regime, 100)[2]
    assert share is not None
    assert 0.72 <= share <= 0.88


def test_nothing_learned() -> None:
    """Without usable answers counts stay as they are."""
    assert Calibration.of([]) == UNCALIBRATED
    assert Calibration.of([Sample(0, 50), Sample(50, 0)]) == UNCALIBRATED
    assert [UNCALIBRATED.apply(tokens) for tokens in (0, 1, 12_345)] == [0, 1, 12_345]


def test_factor_and_constant_are_found() -> None:
    """A hidden system prompt of 500 tokens and 4 % more tokens than counted, within a little."""
    learned = Calibration.of(_samples(100, (1.04, 500.0)))
    assert abs(learned.factor_ppm - 1_040_000) < 15_000
    assert abs(learned.constant - 500) <= 15


def test_one_wild_report_changes_little() -> None:
    """A usage report three times too high among thirty moves no count by one percent."""
    samples = _samples(30, (1.02, 200.0))
    wild = [*samples, Sample(10_000, 31_200)]
    before, after = Calibration.of(samples).apply(10_000), Calibration.of(wild).apply(10_000)
    assert abs(after - before) < 100


def test_a_first_report_that_is_wild_is_not_believed() -> None:
    """One answer alone never moves a count by more than three percent."""
    assert [Calibration.of([Sample(2_000, reported)]).apply(1_000) for reported in (6_000, 200)] == [
        pytest.approx(1_000, abs=30),
        pytest.approx(1_000, abs=30),
    ]


def test_a_provider_that_changes_is_followed() -> None:
    """A system prompt added after 150 answers is learned within sixty, and the doubt shows meanwhile."""
    old = _samples(150, (1.0, 0.0))
    between = Calibration.of(old + _samples(25, (1.0, 1_500.0), 2))
    after = Calibration.of(old + _samples(60, (1.0, 1_500.0), 2))
    assert (between.spread_permille or 0) > 100
    assert abs(after.constant - 1_500) < 30


@pytest.mark.parametrize("times", [10**6, 1])
def test_bounds(times: int) -> None:
    """Whatever is reported, the factor stays in 0.5..2 and the constant in 0..20,000."""
    for counted, reported in ((1, 10**9), (10**9, 1), (10, 5_000_000), (7, 7)):
        learned = Calibration.of([Sample(counted * times, reported)] * 30)
        assert 500_000 <= learned.factor_ppm <= 2_000_000
        assert 0 <= learned.constant <= 20_000


def test_only_whole_numbers_come_out() -> None:
    """Money is multiplied with these: no float leaves."""
    learned = Calibration.of(_samples(30, (1.03, 77.0)))
    figures = (learned.factor_ppm, learned.constant, learned.answers, learned.spread_permille)
    assert [type(figure) for figure in (*figures, learned.apply(99))] == [int] * 5


@pytest.mark.parametrize(
    ("calibration", "words"),
    [
        (UNCALIBRATED, "not checked yet"),
        (Calibration(answers=1), "from 1 answer"),
        (Calibration(answers=4), "from 4 answers"),
        (Calibration(answers=37, spread_permille=20), "±2 %, from 37 answers"),
        (Calibration(answers=37, spread_permille=21), "±3 %, from 37 answers"),
        (Calibration(answers=9, spread_permille=0), "±1 %, from 9 answers"),
    ],
)
def test_words(calibration: Calibration, words: str) -> None:
    """The spread is rounded up, never to nothing; nothing is claimed from fewer than five answers."""
    assert calibration.words() == words


@pytest.mark.parametrize(
    ("answers", "spread", "margins"),
    [  # exact, proxy, guess
        (0, None, [0, 50, 200]),
        (4, None, [0, 50, 200]),
        (19, 10, [20, 50, 200]),
        (20, 10, [20, 50, 200]),
        (40, 10, [20, 25, 100]),
        (200, 10, [20, 20, 20]),
        (40, 90, [180, 180, 180]),
    ],
)
def test_margin_of_a_hold(answers: int, spread: int | None, margins: list[int]) -> None:
    """As shipped until twenty answers, then shrinking, never under twice the learned spread."""
    learned = Calibration(answers=answers, spread_permille=spread)
    assert [learned.margin_permille(basis) for basis in CountBasis] == margins
