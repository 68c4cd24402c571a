"""The log file: small, rotated, readable by its owner alone, and with every known or key-like secret cut out.

What people write and what models answer is never logged. Libraries that would log addresses and headers are kept
to warnings, and one record is cut at RECORD_CHARS, so that nothing large slips in with an error text.
"""

from __future__ import annotations

import logging
import os
import re
from base64 import b64encode
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from urllib.parse import quote

FILE_BYTES = 1_000_000
FILES_KEPT = 3
RECORD_CHARS = 8_000
SHORTEST_SECRET = 6  # a shorter text would be cut out of ordinary words
HIDDEN = "[hidden]"

_PATTERNS = (
    re.compile(r"(?<![A-Za-z0-9])(?:sk|rk|pk|nxk|hf|gsk|xai|nvapi|AIza)[-_]?[A-Za-z0-9_\-]{12,}"),
    re.compile(r"(?i)(?<=bearer )\s*[^\s'\"]+"),
    re.compile(r"(?i)(?<=basic )\s*[A-Za-z0-9+/=]{8,}"),
    re.compile(
        r"(?i)((?:x-)?(?:goog-)?api[-_]?key|authorization|password|token)(['\"]?\s*[:=]\s*['\"]?)[^\s'\",&]+"
    ),
    re.compile(r"(?i)([?&](?:key|api_key|token)=)[^&\s'\"]+"),
    re.compile(r"(://)[^/\s:@]+:[^/\s@]+(?=@)"),
)


class Redactor:
    """Knows the secrets of this process by value, and what keys look like."""

    def __init__(self) -> None:
        self._values: tuple[str, ...] = ()

    def register(self, secret: str) -> None:
        """From now on `secret` is cut out, also percent-encoded and in base64. Safe from any thread."""
        if len(secret) < SHORTEST_SECRET:
            return
        encoded = b64encode(secret.encode(errors="replace")).decode().rstrip("=")
        forms = {secret, quote(secret, safe="", errors="replace"), encoded, *self._values}
        self._values = tuple(sorted(forms, key=len, reverse=True))  # longest first: one may contain another

    def clean(self, text: str) -> str:
        """`text` without secrets, at most RECORD_CHARS long."""
        for value in self._values:
            text = text.replace(value, HIDDEN)
        # Cut after the values, so that no half of one is left, and before the patterns, which are slow.
        if len(text) > RECORD_CHARS:
            text = text[:RECORD_CHARS] + " … [cut]"
        for pattern in _PATTERNS:
            text = pattern.sub(_keep_groups, text)
        return text

    def __repr__(self) -> str:
        return f"Redactor({len(self._values)} forms)"


class RedactingFormatter(logging.Formatter):
    """Cleans the finished line, so that arguments, tracebacks and stacks are covered too."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(threadName)s: %(message)s")
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        return self._redactor.clean(super().format(record))


class PrivateFileHandler(RotatingFileHandler):
    """Creates its files for the owner alone, and stays silent where it cannot write."""

    def _open(self) -> TextIOWrapper:
        def opener(path: str, flags: int) -> int:
            return os.open(path, flags, 0o600)

        return open(self.baseFilename, "a", encoding=self.encoding, errors=self.errors, opener=opener)

    def handleError(self, record: logging.LogRecord) -> None:
        """A full or read-only disk must not add a traceback on the terminal to every warning."""


def open_log(data_dir: Path, name: str = "window", *, level: int = logging.INFO) -> Redactor:
    """Log to `data_dir`/logs/`name`.log until `close_log`; the names keep window and command line apart.

    Returns the redactor, for the keys. Raises nothing: without a place to write there is no log.
    """
    redactor = Redactor()
    folder = data_dir / "logs"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handler = _handler(folder / f"{name}.log", redactor)
    except OSError:
        return redactor
    close_log()
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.WARNING)  # libraries: what they say below that holds addresses and headers
    logging.getLogger("nexu_desktop").setLevel(level)
    return redactor


def close_log() -> None:
    """Close the log of this process, if one is open."""
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if isinstance(handler, PrivateFileHandler)]:
        root.removeHandler(handler)
        handler.close()


def _handler(path: Path, redactor: Redactor) -> PrivateFileHandler:
    handler = PrivateFileHandler(
        path,
        maxBytes=FILE_BYTES,
        backupCount=FILES_KEPT,
        encoding="utf-8",
        errors="backslashreplace",
        delay=True,
    )
    handler.setFormatter(RedactingFormatter(redactor))
    return handler


def _keep_groups(match: re.Match[str]) -> str:
    return "".join(group or "" for group in match.groups()) + HIDDEN
