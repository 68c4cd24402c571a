"""Text folded for searching: case, width and accents do not matter; and where a term stands in folded text.

Folding goes character by character, so that a place in the folded text has its place in the plain one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from operator import add

LONG_CHARS = 3  # from here on a term is found anywhere; shorter ones at the start of a word, Chinese anywhere
_MARKS = {chr(code) for code in range(0x300, 0x370)}
_SCRIPT = (
    "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # written without spaces
)
_RUN = f"[{_SCRIPT}]+"
_PAIR_BESIDE = f"(?=([{_SCRIPT}][^\\s{_SCRIPT}]|[^\\s{_SCRIPT}][{_SCRIPT}]))"
_WORD_START = f"(?<![^\\W{_SCRIPT}])"
_HEAD = f"{_WORD_START}(?=([^\\s{_SCRIPT}]{{1,2}}))"


@lru_cache
def _pattern(text: str) -> re.Pattern[str]:
    """Compiled when first wanted: a start need not wait 10 ms for a search."""
    return re.compile(text)


class _Folded(dict[int, str]):
    """The folded form of each character that has been met."""

    def __missing__(self, code: int) -> str:
        found = self[code] = _fold_character(chr(code))
        return found


def _fold_character(character: str) -> str:
    if character.isspace() or unicodedata.category(character) == "Cc":
        return " "
    apart = unicodedata.normalize("NFKD", character).casefold()
    bare = "".join(one for one in unicodedata.normalize("NFKD", apart) if one not in _MARKS)
    return re.sub(r"\s", " ", unicodedata.normalize("NFC", bare))


_FOLDED = _Folded()


def composed(text: str) -> str:
    """The text as `fold` sees it: accents that follow their letter are put on it."""
    return unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    return composed(text).translate(_FOLDED)


def place_in_plain(plain: str, place: int) -> int:
    """Where the character of `plain` (composed) begins that stands at `place` of its folded form."""
    step, at, folded = 512, 0, 0
    while at < len(plain):
        length = len(plain[at : at + step].translate(_FOLDED))
        if folded + length > place and step == 1:
            return at
        if folded + length > place:
            step = max(step // 8, 1)
            continue
        folded += length
        at += step
    return len(plain)


def spaceless(text: str) -> bool:
    """Whether it holds a character of a script that is written without spaces."""
    return _pattern(_RUN).search(text) is not None


def is_long(term: str) -> bool:
    return len(term) >= LONG_CHARS


def places(term: str, folded: str) -> Iterator[tuple[int, int]]:
    """Where a folded term stands in folded text."""
    if is_long(term) or spaceless(term):
        at = folded.find(term)
        while at >= 0:
            yield at, at + len(term)
            at = folded.find(term, at + len(term))
    else:
        for match in _at_word_start(term).finditer(folded):
            yield match.span()


def contains(term: str, folded: str) -> bool:
    if is_long(term) or spaceless(term):
        return term in folded
    return _at_word_start(term).search(folded) is not None


def short_terms(folded: str) -> set[str]:
    """Every term of fewer than LONG_CHARS characters that `contains` finds in the text."""
    heads = set(_pattern(_HEAD).findall(folded))
    found = heads | {head[0] for head in heads}
    if not folded.isascii():
        for run in _pattern(_RUN).findall(folded):
            found.update(run)
            found.update(map(add, run, run[1:]))
        found.update(_pattern(_PAIR_BESIDE).findall(folded))
    return found


@lru_cache(maxsize=64)
def _at_word_start(term: str) -> re.Pattern[str]:
    return re.compile(_WORD_START + re.escape(term))
