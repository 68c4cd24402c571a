"""Where conversations stand: folders, pins, tags, archive, trash; and what a search finds, as values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nexu_desktop.domain.chat import Role
from nexu_desktop.domain.credits import Nanocredits
from nexu_desktop.domain.errors import BadInput
from nexu_desktop.domain.folding import composed, fold, place_in_plain, places

TRASH_DAYS = 30
DAY_MS = 86_400_000
FOREVER_MS = 1 << 62  # later than any time
NAME_CHARS = 60
TAG_CHARS = 40
SNIPPET_BEFORE, SNIPPET_AFTER = 24, 140  # characters around the first mark

Marks = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Folder:
    """`folded`: its conversations are not listed under it."""

    id: str
    name: str
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A conversation in the library. `folder` is an id; times are Unix milliseconds, None where it is not so.

    `spent` is the sum of its charges in nano-credits, `spent_play` that of play credits.
    """

    id: str
    title: str
    updated_ms: int
    spent: Nanocredits = Nanocredits(0)
    folder: str | None = None
    pinned_ms: int | None = None
    archived_ms: int | None = None
    deleted_ms: int | None = None
    tags: tuple[str, ...] = ()
    spent_play: Nanocredits = Nanocredits(0)


@dataclass(frozen=True, slots=True)
class Said:
    """A message that a search has found; `document` is its text and that of its files."""

    message: str
    conversation: str
    role: Role
    created_ms: int
    document: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A message found: plain text around the first mark, and what of it was looked for, as (from, to)."""

    message: str
    role: Role
    created_ms: int
    snippet: str
    marks: Marks


@dataclass(frozen=True, slots=True)
class Match:
    """A conversation found: by its title (`marks` in it), by messages, or by its filters alone."""

    entry: Entry
    marks: Marks = ()
    hits: tuple[Hit, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """`more`: there is more than is given here. `unread` messages of before are not in the index yet."""

    titles: tuple[Match, ...] = ()
    messages: tuple[Match, ...] = ()
    more: bool = False
    unread: int = 0

    @property
    def empty(self) -> bool:
        return not self.titles and not self.messages


def folder_name(text: str) -> str:
    """Raises BadInput for an empty one."""
    name = " ".join(text.split())[:NAME_CHARS].strip()
    if not name:
        raise BadInput("A folder needs a name.", "Write one, or press Escape.")
    return name


def tag_name(text: str) -> str:
    """Raises BadInput for one that is empty or could not be written in a search."""
    tag = " ".join(text.split()).strip("#").strip()
    if not tag:
        raise BadInput("A tag needs at least one letter.", "Write a word, for example: work.")
    if len(tag) > TAG_CHARS:
        raise BadInput(f"A tag has at most {TAG_CHARS} characters.", "Choose a shorter word.")
    if any(sign in tag for sign in ',"“”'):
        raise BadInput("A tag has no commas or quotes.", "Leave them out.")
    return tag


def days_left(entry: Entry, now_ms: int) -> int:
    """Until it leaves the trash for good, rounded up; 0 for what is due."""
    left = (entry.deleted_ms or 0) + TRASH_DAYS * DAY_MS - now_ms
    return max(-(-left // DAY_MS), 0)


def marks_in(text: str, terms: Sequence[str]) -> Marks:
    """Where folded terms stand in a (short) text; joined where they touch. Places are those of `composed(text)`."""
    plain = composed(text)
    folded = fold(text)
    spans = sorted(span for term in terms for span in places(term, folded))
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple((place_in_plain(plain, a), place_in_plain(plain, b - 1) + 1) for a, b in joined)


def snippet_of(document: str, terms: Sequence[str]) -> tuple[str, Marks]:
    """Some text around the rarest term, on one line, and where the terms stand in it."""
    plain, folded = composed(document), fold(document)
    firsts = [next(places(term, folded), (0, 0))[0] for term in sorted(terms, key=len, reverse=True)]
    at = place_in_plain(plain, firsts[0]) if firsts else 0
    start, end = _word_edge(plain, max(at - SNIPPET_BEFORE, 0), at), min(at + SNIPPET_AFTER, len(plain))
    shown = "".join(" " if one.isspace() else one for one in plain[start:end])
    snippet = ("…" if start else "") + shown + ("…" if end < len(plain) else "")
    return composed(snippet), marks_in(snippet, terms)


def _word_edge(text: str, start: int, at: int) -> int:
    """Not in the middle of a word, where there is a space to begin at."""
    gap = text.find(" ", start, at) if start else -1
    return gap + 1 if gap >= 0 else start
