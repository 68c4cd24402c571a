"""Foreign JSON read piece by piece, within caps: nothing is held but what is asked for. By ijson.

Fractions come as Decimal, texts as they are; whoever reads must check every type.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import IO, Any, Protocol

from nexu_desktop.domain.errors import BadInput
from nexu_desktop.domain.transfer import TransferStopped

DEPTH_MAX = 200
TOKEN_BYTES = 64 * 1024 * 1024  # of one text or number
ITEM_VALUES = 2_000_000  # in one thing that is built
ITEM_BYTES = 256 * 1024 * 1024
TOTAL_BYTES = 2 * 1024 * 1024 * 1024
DIGITS = 2_000  # of one number
_DIGITS = frozenset(b"0123456789")
_LONG = re.compile(rb"(\d{%d})(\d)" % (DIGITS - 1))
_BOM = b"\xef\xbb\xbf"
_OTHER_ENCODINGS = (b"\xff\xfe", b"\xfe\xff", b"\x00{", b"\x00[", b"{\x00", b"[\x00")

Event = tuple[str, Any]


class Broken(Exception):
    """The JSON is not well formed from here on; what came before is good."""


class Watch(Protocol):
    """Told of every block read; may stop it by raising TransferStopped."""

    def read(self, count: int) -> None: ...


class Ticker:
    """A Watch that reports (bytes read, bytes in all) at most every `step` bytes."""

    def __init__(
        self,
        total: int,
        progress: Callable[[int, int], None],
        cancelled: Callable[[], bool],
        step: int = 1024 * 1024,
    ) -> None:
        self._total, self._progress, self._cancelled, self._step = total, progress, cancelled, step
        self._done = self._told = 0

    def read(self, count: int) -> None:
        self._done += count
        if self._cancelled():
            raise TransferStopped
        if self._done > TOTAL_BYTES * 2:  # some files are read twice
            raise too_big()
        if self._done - self._told >= self._step:
            self._told = self._done
            self._progress(min(self._done, self._total), self._total)


class JsonStream:
    """A pull parser. After a start event the reader goes through `items` or `pairs`, or calls `build` or `skip`."""

    def __init__(self, file: IO[bytes], watch: Watch) -> None:
        import ijson  # when a file is read, not with the window

        self._file = _Checked(file, watch)
        self._errors = (ijson.JSONError, ValueError, OverflowError)
        self._events = iter(ijson.basic_parse(self._file, multiple_values=True))
        self._depth = 0

    def roots(self) -> Iterator[Event]:
        """The first event of each value of the file: one, or one per line of JSONL."""
        while True:
            try:
                yield self.next()
            except EOFError:
                return

    def next(self) -> Event:
        """Raises Broken, BadInput above a cap, EOFError after the last value."""
        try:
            event, value = next(self._events)
        except StopIteration:
            raise EOFError from None
        except self._errors as error:
            raise Broken from error
        self._file.quiet = 0
        if event in ("start_map", "start_array"):
            self._depth += 1
            if self._depth > DEPTH_MAX:
                raise BadInput(
                    f"The file is nested more than {DEPTH_MAX} deep.", "It is damaged, or made to do harm."
                )
        elif event in ("end_map", "end_array"):
            self._depth -= 1
        return event, value

    def items(self) -> Iterator[Event]:
        """The first event of each element, after a start_array."""
        while (found := self._inside())[0] != "end_array":
            yield found

    def pairs(self) -> Iterator[tuple[str, Event]]:
        """(key, first event of the value), after a start_map."""
        while (found := self._inside())[0] != "end_map":
            yield found[1], self._inside()

    def skip(self, first: Event) -> None:
        """Over the rest of what began with `first`, holding nothing."""
        if first[0] not in ("start_map", "start_array"):
            return
        target = self._depth - 1
        while self._depth > target:
            self._inside()

    def build(self, first: Event) -> Any:
        """The whole value. Raises BadInput for one above the caps."""
        event, value = first
        if event not in ("start_map", "start_array"):
            return value
        root: Any = {} if event == "start_map" else []
        open_ones, keys, count, start = [root], [""], 0, self._file.total
        while open_ones:
            event, value = self._inside()
            if event == "map_key":
                keys[-1] = value
                continue
            if event in ("end_map", "end_array"):
                open_ones.pop()
                keys.pop()
                continue
            count += 1
            if count > ITEM_VALUES or self._file.total - start > ITEM_BYTES:
                raise BadInput(
                    "One item of the file is too big to read.", "It is damaged, or made to do harm."
                )
            made: Any = {} if event == "start_map" else [] if event == "start_array" else value
            around = open_ones[-1]
            if isinstance(around, dict):
                around[keys[-1]] = made
            else:
                around.append(made)
            if event in ("start_map", "start_array"):
                open_ones.append(made)
                keys.append("")
        return root

    def _inside(self) -> Event:
        try:
            return self.next()
        except EOFError:
            raise Broken from None


class _Checked:
    """What ijson reads from: counts, caps, and drops a byte order mark."""

    def __init__(self, file: IO[bytes], watch: Watch) -> None:
        self._file, self._watch = file, watch
        self.total = 0
        self.quiet = 0  # bytes since the last event

    def read(self, size: int = -1) -> bytes:
        if size == 0:
            return b""
        data = self._file.read(size if size > 0 else 64 * 1024)
        if self.total == 0:
            if data.startswith(_OTHER_ENCODINGS):
                raise BadInput("The file is not UTF-8.", "Save it as UTF-8, then import it again.")
            data = data.removeprefix(_BOM) or data[:0]
        data = _without_long_numbers(data)
        self.total += len(data)
        self.quiet += len(data)
        self._watch.read(len(data))
        if self.total > TOTAL_BYTES:
            raise too_big()
        if self.quiet > TOKEN_BYTES:
            raise BadInput("One text of the file is too long to read.", "It is damaged, or made to do harm.")
        return data


def _without_long_numbers(data: bytes) -> bytes:
    """Every 2,000th digit of a row is written as an escape: in a text the same digit, in a number an error.

    Python refuses integers of more than 4,300 digits, and the C part of ijson does not notice that it did.
    """
    steps = data[:: DIGITS // 2]
    if any(first in _DIGITS and second in _DIGITS for first, second in pairwise(steps)):
        return _LONG.sub(rb"\1\\u003\2", data)
    return data


def too_big() -> BadInput:
    return BadInput(
        f"The conversations in this file are more than {TOTAL_BYTES // 1024**3} GiB.",
        "Split the export, then import its parts.",
    )
