"""Arguments to commands, errors to exit codes."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from nexu_desktop import __version__
from nexu_desktop.cli import (
    ask,
    doctor,
    estimate,
    exit_codes,
    keys,
    ledger,
    meter,
    models,
    output,
    sandbox,
    terminal,
    transfer,
)
from nexu_desktop.cli.parser import EXIT_CODES, Parser
from nexu_desktop.domain.errors import NexuError

Command = Callable[[argparse.Namespace], int]


def main(argv: Sequence[str]) -> int:
    """Run one command; returns its exit code."""
    terminal.use_utf8()
    try:
        arguments = parser().parse_args(argv)
        command: Command = arguments.command
        return command(arguments)
    except NexuError as error:
        return _failed(error, as_json="--json" in argv)
    except KeyboardInterrupt:
        return exit_codes.STOPPED
    except Exception as error:  # noqa: BLE001 - the log has the traceback; a terminal gets a sentence
        terminal.say(
            f"Something in this program went wrong ({type(error).__name__}). The log has the details."
        )
        return exit_codes.BUG
    finally:
        terminal.flush()


def _failed(error: NexuError, *, as_json: bool) -> int:
    if as_json:
        with suppress(NexuError):  # standard output itself may be what failed
            output.show({"error": output.error(error)})
    terminal.say(error.sentence)
    return exit_codes.for_error(error)


def parser() -> Parser:
    top = Parser(
        prog="nexu-desktop",
        description="Chat by the credit.",
        epilog=f"Without a command the window opens. {EXIT_CODES}",
    )
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
        (meter, shared),
        (keys, shared),
        (doctor, shared),
        (sandbox, shared),
        (transfer, shared),
    ):
        module.add_to(commands, parent)
    return top
