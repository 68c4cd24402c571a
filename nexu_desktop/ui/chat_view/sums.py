"""Numbers in a row with their running sums: where the n-th thing begins and which one covers a place, in O(log n)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate


class Sums:
    """A Fenwick tree over integers of zero and more: heights in pixels, or matches of a search."""

    def __init__(self, values: Sequence[int] = ()) -> None:
        self._values = list(values)
        upto = [0, *accumulate(self._values)]
        self._tree = [upto[end] - upto[end & (end - 1)] for end in range(len(upto))]
        self.total = upto[-1]

    def __len__(self) -> int:
        return len(self._values)

    def __getitem__(self, place: int) -> int:
        return self._values[place]

    def __setitem__(self, place: int, value: int) -> None:
        change = value - self._values[place]
        if not change:
            return
        self._values[place] = value
        self.total += change
        end = place + 1
        while end < len(self._tree):
            self._tree[end] += change
            end += end & -end

    def append(self, value: int) -> None:
        end = len(self._tree)
        self._tree.append(value + self.total - self.before(end & (end - 1)))
        self._values.append(value)
        self.total += value

    def pop(self) -> None:
        self.total -= self._values.pop()
        self._tree.pop()

    def before(self, place: int) -> int:
        """The sum of all values in front of `place`."""
        result = 0
        while place > 0:
            result += self._tree[place]
            place &= place - 1
        return result

    def at(self, amount: int) -> tuple[int, int]:
        """The place that covers `amount`, and how far into it that is; beyond either end the nearest place.

        Raises IndexError where there is nothing.
        """
        if not self._values:
            raise IndexError("no values")
        place, rest = 0, amount
        step = 1 << (len(self._values).bit_length() - 1)
        while step:
            if place + step < len(self._tree) and self._tree[place + step] <= rest:
                place += step
                rest -= self._tree[place]
            step >>= 1
        if place == len(self._values):
            place -= 1
            rest += self._values[place]
        return place, rest
