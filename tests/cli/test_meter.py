"""`meter evaluate`: the table, its JSON, and a log that is none."""

from __future__ import annotations

from pathlib import Path

from tests.cli.program import Program

HEAD = "conv,ctx_tokens,prompt_tokens,reply_tokens\n"


def _log(tmp_path: Path) -> Path:
    path = tmp_path / "log.csv"
    rows = "".join(f"c{n // 3},{n % 3 * 400},9,{200 + n % 7 * 30}\n" for n in range(120))
    path.write_text(HEAD + rows, encoding="utf-8")
    return path


def test_the_table_names_its_split(program: Program, tmp_path: Path) -> None:
    """Methods beside each other, by answers seen, and what the error costs."""
    told = program.here("meter", "evaluate", str(_log(tmp_path)), "--part", "all")
    assert told.code == 0
    for words in (
        "seed nexu-meter-1",
        "running quantiles of 200",
        "ours",
        "answers seen before",
        "median error",
    ):
        assert words in told.out


def test_the_json_has_every_figure(program: Program, tmp_path: Path) -> None:
    """Six methods with six figures each."""
    told = program.here("meter", "evaluate", str(_log(tmp_path)), "--part", "all", "--json").json()
    assert (told["part"], told["answers"], told["conversations"]) == ("all", 120, 40)
    assert len(told["methods"]) == 6
    assert {len(figures) for figures in told["methods"].values()} == {6}


def test_a_log_that_is_none(program: Program, tmp_path: Path) -> None:
    """Exit code 2 and one sentence."""
    told = program.here("meter", "evaluate", str(tmp_path / "gone.csv"))
    assert (told.code, "can't be read" in told.err) == (2, True)
