"""One command's time with the core: files opened, leftovers of dead processes resolved, our own bugs logged."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from nexu_desktop.cli import terminal
from nexu_desktop.composition import Core, build
from nexu_desktop.domain.errors import NexuError

LOG = "cli"  # a file of its own: two processes can't turn over one log

log = logging.getLogger(__name__)


@contextmanager
def opened(arguments: argparse.Namespace) -> Iterator[Core]:
    """Raises StorageFailed children where the data folder can't be used."""
    with build(arguments.data_dir, log=LOG) as core:
        if core.settings.notice:
            terminal.say(core.settings.notice)
        try:
            core.recovery.run(only_window=False)
            yield core
        except NexuError:
            raise
        except Exception:
            log.exception("The command broke.")
            raise
