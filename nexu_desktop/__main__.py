"""Parse arguments, then the window or a command."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

COMMANDS = ("models", "estimate", "ask", "ledger", "keys", "doctor", "sandbox", "export", "import")
NO_DISPLAY = 7


def main(argv: Sequence[str] | None = None) -> int:
    """The console script: a command, or the window without one."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    asks_for_window = not arguments or arguments[0] in ("--data-dir", "--quit-after-start", "window")
    if asks_for_window or arguments[0].startswith("--data-dir="):
        return window(arguments)
    from nexu_desktop.cli import main as command_line

    return command_line(arguments)


def window(argv: Sequence[str] | None = None) -> int:
    """The GUI script: opens the window."""
    parser = argparse.ArgumentParser(prog="nexu-desktop", description="Open the chat window.")
    parser.add_argument("window", nargs="?", choices=["window"], help=argparse.SUPPRESS)
    parser.add_argument("--data-dir", type=Path, metavar="DIR", help="where everything is kept")
    parser.add_argument("--quit-after-start", action="store_true", help="show the window once, then end")
    arguments = parser.parse_args(sys.argv[1:] if argv is None else argv)
    if not display_found():
        print(
            "There is no display. Run it in a desktop session, under “xvfb-run”, or use the command line: "
            f"{_command('ask --sandbox --model gemini-3-flash-preview Hello')}",
            file=sys.stderr,
        )
        return NO_DISPLAY
    # Before Qt: once PySide6 is there, it reads the source of every module that is imported.
    import nexu_desktop.composition  # noqa: F401  # only to have it loaded
    from nexu_desktop.app import run

    return run(arguments)


def _command(arguments: str) -> str:
    """As it can be typed: in a checkout the program is on no path."""
    checkout = (Path(__file__).resolve().parents[1] / "Makefile").is_file()
    return f"make run ARGS='{arguments}'" if checkout else f"nexu-desktop {arguments}"


def display_found() -> bool:
    """On Linux a window needs X11 or Wayland, unless a Qt platform is named."""
    if not sys.platform.startswith("linux"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


if __name__ == "__main__":
    sys.exit(main())
