"""Arguments to commands, errors to exit codes."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from nexu_desktop import __version__
from nexu_desktop.cli import ask, doctor, estimate, exit_codes, keys, ledger, models, output, sandbox
from nexu_desktop.domain.errors import NexuError

Command = Callable[[argparse.Namespace], int]


def main(argv: Sequence[str]) -> int:
    """Run one command; returns its exit code."""
    arguments = parser().parse_args(argv)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    command: Command = arguments.command
    try:
        return command(arguments)
    except NexuError as error:
        if getattr(arguments, "json", False):
            output.show({"error": output.error(error)})
        output.say(error.sentence)
        return exit_codes.for_error(error)
    except KeyboardInterrupt:
        return exit_codes.STOPPED


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="nexu-desktop", description="Chat by the credit.", epilog=_EPILOG)
    top.add_argument("--version", action="version", version=f"nexu-desktop {__version__}")
    commands = top.add_subparsers(title="commands", required=True, metavar="COMMAND")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--json", action="store_true", help="print JSON")
    shared.add_argument("--data-dir", type=Path, metavar="DIR", help="where everything is kept")
    wallet = argparse.ArgumentParser(add_help=False, parents=[shared])
    wallet.add_argument("--sandbox", action="store_true", help="play credits and answers from this machine")
    for module, parent in (
        (models, wallet),
        (estimate, wallet),
        (ask, wallet),
        (ledger, wallet),
        (keys, shared),
        (doctor, shared),
        (sandbox, shared),
    ):
        module.add_to(commands, parent)
    return top


_EPILOG = (
    "Without a command the window opens. Exit codes: 0 done, 1 the service failed, 2 bad input, "
    "3 refused (credits or rate), 4 key or keyring, 5 storage, 6 ledger unsound, 7 no display, 130 stopped."
)
