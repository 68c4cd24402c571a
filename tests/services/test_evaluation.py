"""The forecast replayed on a log: answers that it was not fitted on, and a harness that can fail."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import pytest

from nexu_desktop.adapters.forecast_file import folds_beside, read, shipped, shipped_log
from nexu_desktop.adapters.reply_log import read_log
from nexu_desktop.domain.errors import BadInput
from nexu_desktop.domain.forecast import PRIOR_TOKENS, Forecast, History, Reply
from nexu_desktop.domain.forest import Forest, Forests
from nexu_desktop.domain.hints import Hints
from nexu_desktop.services.evaluation import (
    FOLDS,
    PARTS,
    Evaluation,
    LogRow,
    evaluate,
    fitted,
    fold_of,
    in_part,
    part_of,
)

LOG = Path(__file__).parents[1] / "data" / "reply_lengths.csv.gz"
EVERY = 9  # of the part every ninth hundredth of the conversations: the command replays them all


def _rows() -> list[LogRow]:
    return [row for row in in_part(read_log(LOG), "report") if part_of(row.conversation) % EVERY == 0]


@lru_cache
def _ours() -> Evaluation:
    return evaluate(_rows(), fitted(read(folds_beside(LOG)).forests), part="report")


def test_the_log_is_whole() -> None:
    """30,189 answers; each conversation in one part only, and every part has its share."""
    rows = read_log(LOG)
    parts = {part: len(in_part(rows, part)) for part in PARTS}
    assert parts == {"tune": 4_544, "report": 25_645, "all": 30_189}


def test_each_answer_is_predicted_by_what_was_fitted_without_it() -> None:
    """Five folds that share no conversation, each with its own trees; the log is the one they were fitted on."""
    folds = read(folds_beside(LOG))
    assert folds.fitted_on == shipped_log() == hashlib.sha256(LOG.read_bytes()).hexdigest()
    assert len(set(folds.forests)) == FOLDS == 5
    assert shipped() not in folds.forests
    marked = [_constant(math.log(100 * (fold + 1) / PRIOR_TOKENS)) for fold in range(FOLDS)]
    for row in read_log(LOG)[:50]:
        likely = fitted(marked)(row, [Reply(600)], History(replies=10**6)).likely
        assert likely == 100 * (fold_of(row.conversation) + 1)


def _constant(value: float) -> Forests:
    return Forests(*(Forest((value,)) for _ in range(3)))


def test_the_band_holds_what_it_says() -> None:
    """78 to 82 % of the answers of conversations that nothing was fitted on."""
    assert 78 <= _ours().methods["ours"].figures()["coverage"] <= 82


def test_better_than_every_simple_method() -> None:
    """Pinball loss a tenth below the best of them, and a fifth below the best that looks at lengths alone; median
    error a quarter below the running mean's."""
    figures = {name: score.figures() for name, score in _ours().methods.items()}
    ours = figures.pop("ours")
    simple = figures.pop("best simple")
    assert len(figures) == 4
    assert ours["pinball"] * 1.1 < simple["pinball"]
    assert ours["pinball"] * 1.2 < min(one["pinball"] for one in figures.values())
    assert ours["median_error"] * 1.25 < figures["running mean of 50"]["median_error"]


def test_sums_use_the_mean() -> None:
    """The sum of the means is within 5 % of what came; of the medians it would be far below."""
    assert abs(_ours().methods["ours"].figures()["bias"]) < 5


def test_a_broken_method_is_seen() -> None:
    """Half the length and a band of nothing: every figure gets worse."""

    def broken(row: LogRow, here: Sequence[Reply], history: History) -> Forecast:
        likely = round(history.level / 2)
        return Forecast(likely, likely, likely, likely, 0, 0)

    ours = _ours().methods["ours"].figures()
    bad = evaluate(_rows(), broken, part="report").methods["ours"].figures()
    assert bad["pinball"] > ours["pinball"] * 1.4
    assert bad["coverage"] < 5
    assert bad["median_error"] > ours["median_error"] * 1.2


def test_models_learn_on_their_own() -> None:
    """Two models in one log, one short and one long: each is predicted by its own past."""
    rows = [
        LogRow(f"c{number}", 0, 50 if number % 2 else 5_000, Hints(9), stream="ab"[number % 2])
        for number in range(200)
    ]
    assert (
        evaluate(rows[-40:] + rows, fitted([shipped()]), part="all").methods["ours"].figures()["median_error"]
        < 40
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("conv,ctx_tokens,prompt_tokens\na,1,2\n", "has no column reply_tokens"),
        ("conv,ctx_tokens,prompt_tokens,reply_tokens\na,1,2,x\n", "Line 2"),
        ("conv,ctx_tokens,prompt_tokens,reply_tokens\na,1,2,-5\n", "reply_tokens"),
        ("conv,ctx_tokens,prompt_tokens,reply_tokens\n", "no answers"),
        ('{"conv": "a", "ctx_tokens": 1, "prompt_tokens": 2, "reply_tokens": true}\n', "Line 1"),
        ('{"conv": "a"}\n{broken\n', "prompt_tokens"),
        ("", "has no column"),
    ],
)
def test_a_bad_log_is_told(tmp_path: Path, text: str, said: str) -> None:
    """One sentence with the line or the column."""
    path = tmp_path / "log.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as told:
        read_log(path)
    assert said in told.value.title


def test_json_lines_are_read(tmp_path: Path) -> None:
    """A log of one's own: models and efforts apart, missing features are none."""
    path = tmp_path / "own.jsonl"
    path.write_text(
        '{"conv": "a", "ctx_tokens": 0, "prompt_tokens": 5, "reply_tokens": 70, "reasoning_tokens": 20,'
        ' "model": "glm-5", "effort": "low", "short": 1}\n',
        encoding="utf-8",
    )
    assert read_log(path) == [LogRow("a", 0, 70, Hints(5, short=True), 20, "glm-5/low")]
