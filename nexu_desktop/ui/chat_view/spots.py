"""Places in the text of a conversation, and what lies between two of them; no Qt here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

END = 1 << 40  # behind everything in a piece, a part or a row
REASONING, TEXT = 0, 1  # the parts of a row that hold text


class Spot(NamedTuple):
    """Row of the transcript, part of the row, piece of the part, and UTF-16 position in the piece."""

    row: int
    part: int
    piece: int
    at: int


@dataclass(frozen=True, slots=True)
class Selection:
    """From where it was begun to where it has been drawn; either may come first."""

    anchor: Spot
    cursor: Spot

    @property
    def first(self) -> Spot:
        return min(self.anchor, self.cursor)

    @property
    def last(self) -> Spot:
        return max(self.anchor, self.cursor)

    @property
    def empty(self) -> bool:
        return self.anchor == self.cursor

    @property
    def rows(self) -> range:
        return range(self.first.row, self.last.row + 1)

    def inside(self, row: int, part: int, piece: int) -> tuple[int, int] | None:
        """What of that piece is selected, from and to (END: to its end); None for nothing of it."""
        here, first, last = (row, part, piece), self.first, self.last
        if self.empty or not first[:3] <= here <= last[:3]:
            return None
        begin = first.at if first[:3] == here else 0
        end = last.at if last[:3] == here else END
        return (begin, end) if begin < end else None

    def to(self, cursor: Spot) -> Selection:
        return Selection(self.anchor, cursor)


def whole_rows(first: int, last: int) -> Selection:
    """All of the rows from `first` to `last`; `last` may stand before `first`."""
    if first <= last:
        return Selection(Spot(first, 0, 0, 0), Spot(last, END, END, END))
    return Selection(Spot(first, END, END, END), Spot(last, 0, 0, 0))


def changed_rows(before: Selection | None, after: Selection | None) -> Iterator[int]:
    """Rows that look different with the one than with the other; those inside of both are left out."""
    spots = [spot.row for one in (before, after) if one is not None for spot in (one.anchor, one.cursor)]
    if before is None or after is None or before.anchor != after.anchor:
        yield from range(min(spots, default=0), max(spots, default=-1) + 1)
    else:
        ends = sorted((before.cursor.row, after.cursor.row))
        yield from range(ends[0], ends[1] + 1)
