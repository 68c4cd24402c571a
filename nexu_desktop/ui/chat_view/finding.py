"""Find in conversation: matches counted in the source at first, exactly where a row is laid out; no Qt here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nexu_desktop.ui.chat_view.sums import Sums

SLICE_CHARS = 400_000  # searched at a time: a few milliseconds


@dataclass(frozen=True, slots=True)
class Hit:
    """The `number`-th match (from 0) of a row."""

    row: int
    number: int


class Finder:
    """`query` '' finds nothing. Counts of rows may be corrected at any time; the current hit stays in its row."""

    def __init__(self) -> None:
        self.begin("", ())

    def begin(self, query: str, texts: Sequence[str]) -> None:
        """Another search over the texts of all rows, to which others may be added; `search` does the work."""
        self.query = query
        self._needle = query.casefold()
        self._texts = texts
        self._counts = Sums()
        self.current: Hit | None = None

    @property
    def complete(self) -> bool:
        return not self._needle or len(self._counts) == len(self._texts)

    def search(self, chars: int = SLICE_CHARS) -> bool:
        """Count in further rows until `chars` characters are searched; whether more remains."""
        while not self.complete and chars > 0:
            text = self._texts[len(self._counts)]
            self._counts.append(text.casefold().count(self._needle))
            chars -= len(text)
        return not self.complete

    def correct(self, row: int, count: int) -> bool:
        """What laying the row out has shown; whether that is news."""
        if row >= len(self._counts) or self._counts[row] == count:
            return False
        self._counts[row] = count
        if self.current is not None and self.current.row == row and self.current.number >= count:
            self.current = Hit(row, count - 1) if count else None
        return True

    def count(self, row: int) -> int:
        return self._counts[row] if row < len(self._counts) else 0

    @property
    def total(self) -> int:
        return self._counts.total

    @property
    def place(self) -> int:
        """Which of all matches the current one is, from 1; 0 for none."""
        hit = self.current
        return 0 if hit is None else self._counts.before(hit.row) + hit.number + 1

    def start_at(self, row: int) -> Hit | None:
        """The first match in `row` or after it, else the first of all."""
        if not self.total:
            self.current = None
        else:
            self.current = self._nth(self._counts.before(min(row, len(self._counts))))
        return self.current

    def step(self, by: int) -> Hit | None:
        """The next (1) or the previous (-1) match; behind the last one comes the first."""
        if not self.total:
            self.current = None
        elif self.current is None:
            self.current = self._nth(0 if by > 0 else -1)
        else:
            self.current = self._nth(self.place - 1 + by)
        return self.current

    def _nth(self, number: int) -> Hit:
        return Hit(*self._counts.at(number % self.total))
