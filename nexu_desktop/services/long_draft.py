"""Tokens of drafts too long to be split at each key: only the pieces around an edit are counted again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

PARAGRAPH = re.compile(r"(?<=\n)(?=\S)")
LEAST_CHARS, MOST_CHARS = 4_000, 16_000  # of a piece: short ones are many, long ones slow to count again


@dataclass(frozen=True, slots=True)
class Counted:
    text: str = ""
    pieces: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()


class LongDrafts:
    """The last draft of each vocabulary. Thread-safe by replacing whole entries."""

    def __init__(self) -> None:
        self._known: dict[str, Counted] = {}

    def known(self, vocabulary: str, text: str) -> int | None:
        """Its tokens where it is the last draft: what is sent is part of the context next."""
        known = self._known.get(vocabulary)
        return sum(known.counts) if known is not None and known.text == text else None

    def uncounted(self, vocabulary: str, text: str) -> int:
        """Characters that `tokens` would have to count."""
        known = self._known.get(vocabulary)
        if known is None:
            return len(text)
        if known.text == text:
            return 0
        head, tail = _unchanged(known.pieces, text)
        return len(text) - sum(map(len, known.pieces[:head])) - sum(map(len, known.pieces[tail:]))

    def tokens(self, vocabulary: str, text: str, count: Callable[[str], int]) -> int:
        known = self._known.get(vocabulary, Counted())
        if known.text != text:
            known = self._known[vocabulary] = _counted(known, text, count)
        return sum(known.counts)


def _counted(known: Counted, text: str, count: Callable[[str], int]) -> Counted:
    head, tail = _unchanged(known.pieces, text)
    before, after = known.pieces[:head], known.pieces[tail:]
    changed = text[sum(map(len, before)) : len(text) - sum(map(len, after))]
    pieces = tuple(_pieces(changed))
    counts = (*known.counts[:head], *map(count, pieces), *known.counts[tail:])
    return Counted(text, (*before, *pieces, *after), counts)


def _unchanged(pieces: tuple[str, ...], text: str) -> tuple[int, int]:
    """How many pieces stand at the beginning, and from which on they stand at the end.

    One less on each side than are the same: where they meet what changed, the break may be none any more.
    """
    head, start = 0, 0
    while head < len(pieces) and text.startswith(pieces[head], start):
        start += len(pieces[head])
        head += 1
    head, tail, end = max(head - 1, 0), len(pieces), len(text)
    while tail > head and end - len(pieces[tail - 1]) >= start and text.endswith(pieces[tail - 1], 0, end):
        tail -= 1
        end -= len(pieces[tail])
    return head, min(tail + 1, len(pieces))


def _pieces(text: str) -> Iterator[str]:
    """Cut before a paragraph, where a cut changes no count; in one that is too long, before a word."""
    start = 0
    while len(text) - start > LEAST_CHARS:
        least, most = start + LEAST_CHARS, start + MOST_CHARS
        found = PARAGRAPH.search(text, least, most)
        if found:
            cut = found.start()
        elif len(text) <= most:
            break
        else:
            word = text.rfind(" ", least, most)
            cut = word if word > 0 else most
        yield text[start:cut]
        start = cut
    yield text[start:]
