"""Server-sent events on one connection, with the faults of the plan: pace, delays, cuts."""

from __future__ import annotations

import json
import select
import socket
import time
from io import BufferedIOBase
from typing import Any

from nexu_desktop.sandbox.faults import Faults


class StreamBroken(Exception):
    """The plan says to break the connection here."""


class PeerGone(Exception):
    """The other side has closed the connection: nobody reads the answer any more."""


class Wire:
    """The body of one answer, in HTTP chunks; every event leaves at once."""

    def __init__(
        self, file: BufferedIOBase, connection: socket.socket, faults: Faults, chunks_per_s: int
    ) -> None:
        self._file = file
        self._connection = connection
        self._faults = faults
        self._chunks_per_s = faults.chunks_per_s or chunks_per_s
        self._started = time.monotonic()
        self._paced = 0
        self._sent = 0

    def event(self, payload: dict[str, Any] | str) -> None:
        """Raises StreamBroken at the byte where the plan cuts."""
        text = payload if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False)
        self._write(f"data: {text}\n\n".encode("utf-8", "replace"))

    def end(self) -> None:
        self._file.write(b"0\r\n\r\n")

    def pace(self) -> None:
        """Wait for the turn of the next text chunk: by a timetable, so that the rate holds on average."""
        wait_ms = self._faults.delay_chunk_ms
        if self._chunks_per_s:
            self._paced += 1
            passed_ms = int((time.monotonic() - self._started) * 1000)
            wait_ms += max(0, self._paced * 1000 // self._chunks_per_s - passed_ms)
        self.wait(wait_ms)

    def wait(self, milliseconds: int) -> None:
        """Sleep that ends early with PeerGone; 0 only looks."""
        readable, _, _ = select.select([self._connection], [], [], milliseconds / 1000)
        if not readable:
            return
        if self._connection.recv(1, socket.MSG_PEEK) == b"":
            raise PeerGone
        time.sleep(milliseconds / 1000)  # the next request already waits in the socket

    def _write(self, data: bytes) -> None:
        cut = self._faults.cut_at_byte
        if cut >= 0 and self._sent + len(data) > cut:
            self._chunk(data[: cut - self._sent])
            raise StreamBroken
        self._chunk(data)

    def _chunk(self, data: bytes) -> None:
        if data:
            self._file.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
            self._sent += len(data)
