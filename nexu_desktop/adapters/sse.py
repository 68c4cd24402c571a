"""Bytes to server-sent events: a pure incremental parser, apart because any chunking must give the same events.

The rules are those of the HTML standard (server-sent events, "interpreting an event stream").
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MIB = 1024 * 1024

_LINE_END = re.compile(rb"\r\n|\r|\n")
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Event:
    data: str
    name: str = "message"


@dataclass(frozen=True, slots=True)
class Limits:
    """In bytes; what is longer breaks the stream."""

    line: int = 1 * MIB
    event: int = 8 * MIB
    answer: int = 64 * MIB


DEFAULT_LIMITS = Limits()


class SseParser:
    """Feed bytes, get events. Never raises: past a limit `broken` says why and all later bytes are ignored.

    A flag and not an exception, because the events before the limit are good whatever the chunking.
    Lines end at ASCII bytes, so each is decoded whole: a character split over two chunks needs no care.
    """

    def __init__(self, limits: Limits = DEFAULT_LIMITS) -> None:
        self.broken = ""
        self._limits = limits
        self._seen = 0
        self._first_line = True
        self._after_cr = False
        self._parts: list[bytes] = []  # of the line that has no end yet
        self._part_bytes = 0
        self._data: list[bytes] = []
        self._data_bytes = 0
        self._name = ""

    def feed(self, data: bytes) -> list[Event]:
        """The events that `data` completes."""
        events: list[Event] = []
        if self.broken or not data:
            return events
        room = self._limits.answer - self._seen
        self._seen += len(data)
        for line in self._lines(data[:room]):
            event = self._take(line)
            if event is not None:
                events.append(event)
            if self.broken:
                return events
        if len(data) > room:
            self.broken = "answer"
        return events

    def close(self) -> None:
        """The stream ended: an event without its blank line is dropped, as the standard says."""
        self._parts, self._data, self._name = [], [], ""
        self._part_bytes = self._data_bytes = 0

    def _lines(self, data: bytes) -> list[bytes]:
        """Complete lines without their ends; the rest is kept."""
        if self._after_cr and data:
            data = data.removeprefix(b"\n")  # the other half of a CRLF
            self._after_cr = False
        if not data:
            return []
        self._after_cr = data.endswith(b"\r")
        *lines, rest = _LINE_END.split(data)
        if lines:
            lines[0] = b"".join([*self._parts, lines[0]])
            self._parts, self._part_bytes = [], 0
        self._parts.append(rest)
        self._part_bytes += len(rest)
        if self._part_bytes > self._limits.line:
            lines.append(b"".join(self._parts))  # too long already: let `_take` say so, in its turn
        return lines

    def _take(self, line: bytes) -> Event | None:
        if len(line) > self._limits.line:
            self.broken = "line"
            return None
        if self._first_line:
            self._first_line = False
            line = line.removeprefix(_BOM)
        if not line:
            return self._dispatch()
        self._field(line)
        return None

    def _field(self, line: bytes) -> None:
        """A line that starts with a colon is a comment; unknown fields are ignored."""
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            self._data.append(value)
            self._data_bytes += len(value) + 1
            if self._data_bytes > self._limits.event:
                self.broken = "event"
        elif name == b"event":
            self._name = value.decode("utf-8", "replace")

    def _dispatch(self) -> Event | None:
        data, name = self._data, self._name
        self._data, self._data_bytes, self._name = [], 0, ""
        if not data:
            return None
        return Event(b"\n".join(data).decode("utf-8", "replace"), name or "message")
