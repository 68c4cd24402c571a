"""argparse with the manners of this program: one sentence for a wrong argument, no guessed abbreviations."""

from __future__ import annotations

import argparse
from typing import Any, NoReturn

from nexu_desktop.domain.errors import BadInput

EXIT_CODES = (
    "Exit codes: 0 done, 1 the service or the way to it failed, 2 bad input, 3 refused (credits or rate), "
    "4 key or keyring, 5 storage, 6 ledger unsound, 7 no display, 70 a fault of this program, "
    "130 stopped (Ctrl+C, or nobody reads the output any more)."
)


class Parser(argparse.ArgumentParser):
    """Raises BadInput instead of printing its usage. Abbreviations are off: `--key` must not become `--key-stdin`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"allow_abbrev": False, "epilog": EXIT_CODES, **options})

    def error(self, message: str) -> NoReturn:
        sentence = (
            message.removeprefix("argument ")
            if message.startswith("argument ")
            else message[:1].upper() + message[1:]
        )
        raise BadInput(f"{sentence}.", f"See “{self.prog} --help”.")


def positive(text: str) -> int:
    """The type of an option that counts something."""
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) > 0):
        raise argparse.ArgumentTypeError(f"“{text[:40]}” is not a whole number above 0")
    return int(text)
