"""A child that says one JSON line when it is up, and ends when its standard input closes."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

PACKAGE_ROOT = Path(__file__).resolve().parents[2]
TAIL_BYTES = 300


class ChildFailed(Exception):
    """The child did not come up; the text is what it said last."""


class Child:
    """Its own session or process group, so that Ctrl+C in a terminal reaches the parent alone.

    The write end of its standard input is only here: when this process dies in whatever way, the child
    reads the end of the stream and goes. That works alike on Linux, macOS and Windows.
    """

    def __init__(self, command: Sequence[str]) -> None:
        """Raises OSError if the program cannot be run."""
        self._process = subprocess.Popen(
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_environment(),
            start_new_session=True,  # ignored on Windows, where the flags below do it
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0)
            | getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._tail = b""
        self._readers = [
            threading.Thread(target=reader, name="child-output", daemon=True)
            for reader in (self._read_output, self._read_errors)
        ]
        for reader in self._readers:
            reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def tell(self, line: str) -> None:
        """Write one line to its standard input; a secret goes this way, never as an argument."""
        stdin = self._process.stdin
        assert stdin is not None
        stdin.write(line.encode() + b"\n")
        stdin.flush()

    def first_line(self, timeout_s: int) -> dict[str, Any]:
        """The JSON object it prints when it is up. Raises ChildFailed."""
        try:
            line = self._lines.get(timeout=timeout_s)
        except queue.Empty:
            raise ChildFailed(f"It did not come up within {timeout_s} seconds.") from None
        try:
            said = json.loads(line)
        except ValueError:
            said = None
        if not isinstance(said, dict) or "error" in said:
            why = str(said["error"]) if isinstance(said, dict) else self._last_words(line)
            raise ChildFailed(why)
        return said

    def end(self, timeout_s: int = 3) -> None:
        """Close its input, wait, and only then use force."""
        _close(self._process.stdin)
        try:
            self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for reader in self._readers:
            reader.join(timeout_s)
        _close(self._process.stdout)
        _close(self._process.stderr)

    def _read_output(self) -> None:
        """Reads to the end, so that the child never blocks on a full pipe."""
        assert self._process.stdout is not None
        self._lines.put(self._process.stdout.readline())
        while self._process.stdout.read(65536):
            pass

    def _read_errors(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self._tail = (self._tail + line)[-TAIL_BYTES:]

    def _last_words(self, line: bytes) -> str:
        self._readers[1].join(1)
        return (line + self._tail).decode("utf-8", "replace").strip() or "It ended without a word."


def _close(pipe: IO[bytes] | None) -> None:
    if pipe is not None:
        with contextlib.suppress(OSError):  # the child is gone and a buffered byte could not be written
            pipe.close()


def _environment() -> dict[str, str]:
    """Ours, with this very package importable wherever the child starts."""
    path = os.pathsep.join(filter(None, [str(PACKAGE_ROOT), os.environ.get("PYTHONPATH", "")]))
    return {**os.environ, "PYTHONPATH": path}
