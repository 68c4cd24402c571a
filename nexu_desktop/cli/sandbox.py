"""`sandbox`: the loopback service by itself, for scripts and for the window."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from nexu_desktop.adapters.paths import DataPaths
from nexu_desktop.adapters.rate_card_file import RateCardFile
from nexu_desktop.adapters.settings_file import SettingsFile
from nexu_desktop.adapters.tokens import SplintrCounter
from nexu_desktop.cli import exit_codes
from nexu_desktop.domain.errors import BadInput


def add_to(commands: Any, parent: argparse.ArgumentParser) -> None:
    sub = commands.add_parser("sandbox", parents=[parent], help="run the loopback service until Ctrl+C")
    sub.add_argument("--model-file", type=Path, metavar="GGUF", help="a model of your own that answers")
    sub.add_argument("--prepared-answers", action="store_true", help="no model: the same answer each time")
    sub.add_argument("--until-stdin-closes", action="store_true", help="end with the program that started it")
    sub.set_defaults(command=run)


def run(arguments: argparse.Namespace) -> int:
    """Prints {"url", "token", "pid"} as one JSON line, then serves."""
    from nexu_desktop.sandbox.service import serve

    chosen = _model_file(arguments)
    if chosen is not None and not chosen.is_file():
        raise BadInput(f"{chosen} is not a file.", "Give the path of a GGUF file.")
    if not arguments.until_stdin_closes:
        _keep_stdin_open()
    serve(
        RateCardFile().card(),
        SplintrCounter(),
        model_file=chosen,
        use_model=not arguments.prepared_answers,
    )
    return exit_codes.OK


def _model_file(arguments: argparse.Namespace) -> Path | None:
    """The one named, else the one chosen in the settings of the data folder that is named."""
    named: Path | None = arguments.model_file
    if named is not None or arguments.data_dir is None:
        return named
    chosen = SettingsFile(DataPaths.from_option(arguments.data_dir).settings).current.sandbox_model_file
    return Path(chosen) if chosen else None


def _keep_stdin_open() -> None:
    """A service started with no input (`< /dev/null`, `&`) must not take that for its parent's end."""
    reading, _writing = os.pipe()
    sys.stdin = os.fdopen(reading, "r")
