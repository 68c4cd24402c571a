"""Counts an answer while it streams, in the vocabulary of the model it stands for, and cuts at the limit."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from nexu_desktop.sandbox.call import Turn
from nexu_desktop.services.ports import TokenCounter

IMAGE_TOKENS = 1_120  # each, whatever its size: the sandbox does not look at images


class Tally:
    """`limit` in tokens. Pieces are counted alone (the sum is an upper bound), the whole only at the limit."""

    def __init__(self, counter: TokenCounter, model: str, limit: int) -> None:
        self._counter = counter
        self._model = model
        self._limit = limit
        self._pieces: list[str] = []
        self._bound = 0
        self.full = False

    @property
    def text(self) -> str:
        return "".join(self._pieces)

    @property
    def tokens(self) -> int:
        """Of all the text taken, counted as one."""
        return self._counter.count(self._model, self.text)

    def take(self, piece: str) -> str:
        """As much of `piece` as the limit lets through; sets `full` when that is not all of it."""
        self._bound += self._counter.count(self._model, piece)
        if self._bound > self._limit:
            piece = self._cut(piece)
        self._pieces.append(piece)
        return piece

    def _cut(self, piece: str) -> str:
        before = self.text
        self._bound = self._count(before + piece)
        if self._bound <= self._limit:
            return piece
        self.full = True
        lengths = range(len(piece) + 1)
        fits = bisect_right(lengths, self._limit, key=lambda length: self._count(before + piece[:length]))
        return piece[: max(0, fits - 1)]

    def _count(self, text: str) -> int:
        return self._counter.count(self._model, text)


def prompt_tokens(counter: TokenCounter, model: str, messages: Sequence[Turn], images: int = 0) -> int:
    """Texts and images plus what the chat template of the model adds around them."""
    texts = sum(counter.count(model, text) for _, text in messages) + images * IMAGE_TOKENS
    return texts + counter.overhead(model, [role for role, _ in messages])
