"""How good the estimates of a model were: figures that can be checked by hand."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from nexu_desktop.domain.accuracy import Accuracy, Coverage, Typical, error, median, share
from nexu_desktop.domain.chat import Basis, Expected, Lane, ModelRef, Outcome, Receipt
from nexu_desktop.domain.credits import Nanocredits, Usage

GLM = ModelRef(Lane.CREDITS, "nexu", "glm-5")


def answered(charged: int, estimated: int = 100, *, tokens: int = 100, thought: int = 0) -> Receipt:
    """An answer whose band was 50 to 200, in nano-credits and in tokens."""
    expected = Expected(10, 10, 50, 100, 200, 0, 50, 200)
    usage = Usage(input=10, output=tokens - thought, reasoning=thought)
    return Receipt(
        attempt=f"{charged}",
        ref=GLM,
        outcome=Outcome.COMPLETE,
        usage=usage,
        basis=Basis.PROVIDER,
        charged=Nanocredits(charged),
        estimated=Nanocredits(estimated),
        card="card",
        finished_ms=0,
        elapsed_ms=0,
        expected=expected,
    )


def test_nothing_is_known_of_no_answers() -> None:
    """No figure is made up."""
    none = Accuracy.of(())
    assert (none.cost_error, none.length_error, none.bias, none.reasoning, none.costs) == (None,) * 5
    assert (none.coverage, none.coverage.permille) == (Coverage(0, 0), None)


def test_figures_of_a_handful_of_answers() -> None:
    """80, 100, 125 and 400 credits charged where 100 were said each time."""
    figures = Accuracy.of([answered(amount) for amount in (80, 125, 400, 100)])
    assert [point.cost_error for point in figures.points] == [-250, 200, 750, 0]
    assert [point.inside for point in figures.points] == [True, True, False, True]
    assert figures.coverage == Coverage(inside=3, answers=4)
    assert figures.coverage.permille == 750
    assert figures.cost_error == 250
    assert figures.bias == 763  # 705 for 400
    assert figures.costs == Typical(median=125, mean=176, most_often=400)


def test_errors_of_length_stand_beside_those_of_cost() -> None:
    """50 tokens where 100 were likely: off by the whole answer; 200: by half of it."""
    figures = Accuracy.of([answered(100, tokens=tokens) for tokens in (50, 200, 100)])
    assert [point.length_error for point in figures.points] == [-1_000, 500, 0]
    assert (figures.cost_error, figures.length_error) == (0, 500)


def test_reasoning_is_a_share_of_all_output() -> None:
    """30 of 100 and 0 of 300 tokens."""
    figures = Accuracy.of([answered(1, thought=30), answered(1, tokens=300)])
    assert figures.reasoning == 75
    assert [point.reasoning_share for point in figures.points] == [300, 0]


def test_unfinished_and_unestimated_answers_teach_nothing() -> None:
    """A stopped answer is short for another reason."""
    rows = [replace(answered(1), outcome=Outcome.STOPPED), replace(answered(1), expected=None), answered(7)]
    assert [point.charged for point in Accuracy.of(rows).points] == [7]


def test_without_prices_the_length_is_judged() -> None:
    """A model on the person's own server: no cost, yet a band and a share."""
    free = replace(answered(0), charged=None, estimated=None)
    assert free.expected is not None
    free = replace(free, expected=replace(free.expected, cost_low=None, cost_high=None))
    figures = Accuracy.of([free])
    assert (figures.costs, figures.cost_error, figures.bias) == (None, None, None)
    assert figures.lengths == Typical(median=100, mean=100, most_often=100)
    assert (figures.coverage, figures.points[0].ratio) == (Coverage(1, 1), 1_000)


def test_running_figures_begin_with_the_fifth_answer_and_forget() -> None:
    """Coverage of the last fifty, the rest of the last twenty."""
    figures = Accuracy.of([answered(400)] * 50 + [answered(100)] * 50)
    coverage, ratio, cost = figures.running_coverage(), figures.running_ratio(), figures.running_cost()
    assert coverage[:5] == (None, None, None, None, 0)
    assert (coverage[49], coverage[74], coverage[99]) == (0, 500, 1_000)
    assert (ratio[49], ratio[69]) == (4_000, 1_000)
    assert (cost[49], cost[69]) == (400, 100)
    assert figures.recent == Coverage(50, 50)
    assert set(figures.running_reasoning()[4:]) == {0}
    assert set(figures.running_length()[4:]) == {100}


@given(st.lists(st.integers(0, 10**9), max_size=120))
def test_each_series_has_one_figure_per_answer(charges: list[int]) -> None:
    """Whatever was charged: as many figures as answers, shares in 0..1000, costs in order."""
    figures = Accuracy.of([answered(amount) for amount in charges])
    for series in (figures.running_coverage(), figures.running_ratio(), figures.running_reasoning()):
        assert len(series) == len(charges)
    assert all(0 <= value <= 1_000 for value in figures.running_coverage() if value is not None)
    if figures.costs is not None:
        assert min(charges) <= figures.costs.median <= figures.costs.most_often <= max(charges)


def test_what_costs_nothing_is_judged_by_its_length() -> None:
    """Charged 0 of 0 says nothing about an estimate."""
    figures = Accuracy.of([answered(0, 0, tokens=150)])
    assert (figures.costs, figures.points[0].ratio) == (None, 1_500)


def test_small_sums() -> None:
    """An error is relative to the truth; of two middle values the higher counts; nothing is divided by zero."""
    assert (error(200, 100), error(50, 100), error(0, 100), error(None, 1)) == (500, -1_000, None, None)
    assert (median([3, 1]), median([]), share(1, 3), share(1, 0)) == (3, None, 333, None)
