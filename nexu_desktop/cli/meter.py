"""`meter evaluate`: how good the forecast of answer lengths is on a log of past answers."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

from nexu_desktop.adapters.rate_card_file import RateCardFile
from nexu_desktop.adapters.reply_log import read_log
from nexu_desktop.cli import exit_codes, meter_export, output, terminal
from nexu_desktop.services import evaluation
from nexu_desktop.services.evaluation import PARTS, SEED, Evaluation, Score

PROGRESS_AFTER_S = 1.0
COLUMNS = ("answers", "pinball", "coverage", "median_error", "within_two", "bias")
TITLES = ("answers", "pinball", "in band", "median", "within x2", "sum")


def add_to(commands: Any, parent: argparse.ArgumentParser) -> None:
    sub = commands.add_parser("meter", help="how good the estimates are").add_subparsers(
        required=True, metavar="evaluate | export"
    )
    evaluate = sub.add_parser("evaluate", parents=[parent], help="replay a log of past answers")
    evaluate.add_argument("log", type=Path, metavar="LOG", help="CSV, gzipped CSV or JSON lines")
    evaluate.add_argument(
        "--part",
        choices=tuple(PARTS),
        default="test",
        help="of the conversations; a log of your own was never fitted on, so take all",
    )
    evaluate.set_defaults(command=run)
    meter_export.add_to(sub, parent)


def run(arguments: argparse.Namespace) -> int:
    rows = evaluation.in_part(read_log(arguments.log), arguments.part)
    card = RateCardFile().card()
    priced = card.model(card.default_model)
    rate = priced.rate if priced else None
    found = evaluation.evaluate(rows, part=arguments.part, rate=rate, progress=_Progress())
    if arguments.json:
        output.show(as_json(found, card.default_model))
    else:
        terminal.line("\n".join(lines(found, card.default_model)))
    return exit_codes.OK


def as_json(found: Evaluation, priced_as: str) -> dict[str, Any]:
    return {
        "part": found.part,
        "seed": SEED,
        "answers": found.rows,
        "conversations": found.conversations,
        "methods": {name: score.figures() for name, score in found.methods.items()},
        "by_answers_seen": {name: score.figures() for name, score in found.by_seen.items()},
        "credit_error_percent": None if found.credit_error is None else round(found.credit_error, 1),
        "priced_as": priced_as,
    }


def lines(found: Evaluation, priced_as: str) -> list[str]:
    """Pinball loss in tokens, everything else in percent."""
    span = PARTS[found.part]
    told = [
        f"{found.rows:,} answers of {found.conversations:,} conversations: part {found.part}"
        f" ({span.start} to {span.stop - 1} of 100, seed {SEED})",
        "",
        _head("method"),
        *(_line(name, score) for name, score in found.methods.items()),
        "",
        _head("answers seen before"),
        *(_line(name, score) for name, score in found.by_seen.items() if score.answers),
    ]
    if found.credit_error is not None:
        told += ["", f"Cost of a send on {priced_as}, input known: median error {found.credit_error:.1f} %"]
    return told


def _head(first: str) -> str:
    return f"{first:<26}" + "".join(f"{title:>11}" for title in TITLES)


def _line(name: str, score: Score) -> str:
    figures = score.figures()
    cells = [f"{figures[column]:,}" for column in COLUMNS]
    return f"{name:<26}" + "".join(f"{cell:>11}" for cell in cells)


class _Progress:
    """A line on standard error, once it takes longer than a second."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def __call__(self, done: int, of: int) -> None:
        if time.monotonic() - self._began > PROGRESS_AFTER_S and sys.stderr is not None:
            terminal.say(f"{done:,} of {of:,} answers")
