"""The best simple forecast, which trains on nothing: what a fitted one has to beat in an evaluation.

A mean of log lengths in this conversation, drawn to the model's running median, moved by words of the draft, in a
band of past residuals.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from itertools import islice

from nexu_desktop.domain.hints import Hints

RECENT, FADING = 6, 0.7
MEDIAN_OF, RESIDUALS_OF, RESIDUALS_LEAST = 200, 150, 10
UNTAUGHT_TOKENS = 600
UNTAUGHT_BAND = (-1.4, 0.8)
LONG_FIRST_PROMPT = 800
# Natural logs: what a word of the draft adds to the length.
SHORTER, THANKED, CONTINUED, LONGER, PASTED = -0.25, -0.45, 0.15, 0.12, -0.2


class ShrunkLogMean:
    """One model used over time. Lengths in tokens."""

    def __init__(self) -> None:
        self._lengths: deque[int] = deque(maxlen=MEDIAN_OF)
        self._residuals = {first: deque[float](maxlen=RESIDUALS_OF) for first in (True, False)}

    def guess(self, hints: Hints, here: Sequence[int]) -> tuple[float, float, float]:
        """10, 50 and 90 % of the answers; `here` are those of this conversation, newest last."""
        likely = self._log(hints, here)
        low, high = self._band(not here)
        return math.exp(likely + low), math.exp(likely), math.exp(likely + high)

    def learn(self, hints: Hints, here: Sequence[int], length: int) -> None:
        self._residuals[not here].append(math.log(length) - self._log(hints, here))
        self._lengths.append(length)

    def _log(self, hints: Hints, here: Sequence[int]) -> float:
        total, weights, weight = math.log(self._median()), 1.0, 1.0
        for length in islice(reversed(here), RECENT):
            total += weight * math.log(max(length, 1))
            weights += weight
            weight *= FADING
        return total / weights + _moved(hints, first=not here)

    def _median(self) -> int:
        return sorted(self._lengths)[len(self._lengths) // 2] if self._lengths else UNTAUGHT_TOKENS

    def _band(self, first: bool) -> tuple[float, float]:
        known = sorted(self._residuals[first])
        if len(known) < RESIDUALS_LEAST:
            return UNTAUGHT_BAND
        return known[len(known) // 10], known[len(known) * 9 // 10]


def _moved(hints: Hints, *, first: bool) -> float:
    longer = hints.code or hints.write or hints.long
    return (
        SHORTER * hints.short
        + THANKED * hints.thanks
        + CONTINUED * hints.more
        + LONGER * longer
        + PASTED * (first and hints.prompt_tokens > LONG_FIRST_PROMPT)
    )
