"""Standard output and error, in UTF-8 whatever the locale, and quiet once nobody reads them any more."""

from __future__ import annotations

import errno
import io
import os
import sys
from contextlib import suppress
from typing import TextIO

from nexu_desktop.domain.errors import StorageFailed

# What a pipe without a reader answers; Windows says EINVAL.
GONE = (errno.EPIPE, errno.EINVAL, errno.ECONNRESET)

_COMMANDS = dict.fromkeys(code for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\n\t")


def use_utf8() -> None:
    """A terminal that can't show a character shows “?”; it is no reason to fail."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")


def write(text: str) -> bool:
    """To standard output at once; False when the reader has just gone, who hears no more from then on.

    Raises StorageFailed where the output goes to a file that can't take it.
    """
    return _write(sys.stdout, text)


def write_foreign(text: str) -> bool:
    """What someone else wrote: on a screen it may not move the cursor, change colours or set a title."""
    screen = sys.stdout is not None and sys.stdout.isatty()
    return write(text.translate(_COMMANDS) if screen else text)


def line(text: str) -> None:
    write(text + "\n")


def say(text: str) -> None:
    """For a person, beside the data on standard output."""
    with suppress(StorageFailed):  # there is no third place to say it
        _write(sys.stderr, text + "\n")


def flush() -> None:
    """What argparse has printed, before Python does it at exit and can't be quiet about a closed pipe."""
    with suppress(StorageFailed):
        _write(sys.stdout, "")


def _write(stream: TextIO | None, text: str) -> bool:
    if stream is None:  # started without one
        return True
    try:
        stream.write(text)
        stream.flush()
    except OSError as error:
        _silence(stream)
        if error.errno in GONE:
            return False
        raise StorageFailed(
            f"The output could not be written: {error.strerror}.", "Check where it goes, then try again."
        ) from error
    return True


def _silence(stream: TextIO) -> None:
    """What is left in its buffer must not fail again at exit."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
