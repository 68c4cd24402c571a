"""`meter evaluate`: how good the forecast of answer lengths is on a log of past answers."""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
from pathlib import Path
from typing import Any

from nexu_desktop.adapters import forecast_file
from nexu_desktop.adapters.rate_card_file import RateCardFile
from nexu_desktop.adapters.reply_log import read_log
from nexu_desktop.cli import exit_codes, meter_export, output, terminal
from nexu_desktop.domain.errors import BadInput
from nexu_desktop.services import evaluation
from nexu_desktop.services.evaluation import FOLDS, PARTS, SEED, Evaluation, Method, Score

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
        help="of the conversations; as it is: all of a log of your own, 'report' of the log that was fitted on",
    )
    evaluate.set_defaults(command=run)
    meter_export.add_to(sub, parent)


def run(arguments: argparse.Namespace) -> int:
    rows = read_log(arguments.log)
    method, part = _method(arguments.log)
    part = arguments.part or part
    card = RateCardFile().card()
    priced = card.model(card.default_model)
    rate = priced.rate if priced else None
    found = evaluation.evaluate(
        evaluation.in_part(rows, part), method, part=part, rate=rate, progress=_Progress()
    )
    if not found.methods:
        raise BadInput(f"{arguments.log.name} holds no answer of at least one token.", "Give another log.")
    if arguments.json:
        output.show(as_json(found, card.default_model))
    else:
        terminal.line("\n".join(lines(found, card.default_model)))
    return exit_codes.OK


def _method(log: Path) -> tuple[Method, str]:
    """How to predict the answers of `log`, and the part of it that is reported.

    A log that the shipped forecast was fitted on is predicted by what lies beside it: fits without the
    conversation in question. Without those its figures would flatter, so that is refused.
    """
    if hashlib.sha256(log.read_bytes()).hexdigest() != forecast_file.shipped_log():
        return evaluation.fitted([forecast_file.shipped()]), "all"
    folds = forecast_file.folds_beside(log)
    if not folds.exists():
        raise BadInput(
            f"The forecast was fitted on {log.name}: it would look better than it is.",
            f"Put {folds.name} beside it, or give another log.",
        )
    return evaluation.fitted(forecast_file.read(folds).forests), "report"


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
    by_fold = f", {FOLDS} folds" if found.part == "report" else ""
    told = [
        f"{found.rows:,} answers of {found.conversations:,} conversations: part {found.part}"
        f" ({span.start} to {span.stop - 1} of 100, seed {SEED}{by_fold})",
        "",
        _head("method"),
        *(_line(name, score) for name, score in found.methods.items()),
        "",
        _head("answers seen before"),
        *(_line(name, score) for name, score in found.by_seen.items() if score.answers),
    ]
    if found.credit_error is not None:
        told += ["", f"Cost of a send on {priced_as}, input known: median error {found.credit_error:.2f} %"]
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
