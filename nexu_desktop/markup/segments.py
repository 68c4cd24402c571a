"""Markdown cut into segments at safe boundaries, so that a streaming answer redraws only its last one.

Every decision looks at complete lines (or at the next LINE_MAX characters of a longer one), never at how the
text was chunked. Cost is linear in the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum, auto

from nexu_desktop.markup import references as refs
from nexu_desktop.markup.references import NONE, References

SOFT_CHARS = 1_500  # a blank line ends a segment of at least this size
HARD_CHARS = 4_000  # any line does at this one
LINE_MAX = 4_000
TABLE_ROWS = 24
PLAIN_CHARS = 16_000
RICH_CHARS = 200_000  # the rest of a longer message is plain text
HEADER_MAX = 1_000

_FENCE = re.compile(r"((?:\s|[-*+]\s|\d{1,9}[.)]\s)*)(`{3,}(?=[^`]*$)|~{3,})(.*)")
_NESTED = re.compile(r"\s|>|[-*+]\s|\d{1,9}[.)]\s")
_FENCE_BEGUN = re.compile(r"\s*(`+|~~+)[^`]*")


class Kind(Enum):
    TEXT = auto()
    CODE = auto()
    PLAIN = auto()


@dataclass(frozen=True, slots=True)
class Segment:
    """`text` is markdown, code without its fence, or plain text.

    `closed`: it will not change any more, but for `references`, which are known when the message is complete.
    `table`: nothing but a table, which may be wider than the column. `continues`: the table before goes on, under
    its header repeated.
    """

    kind: Kind
    text: str
    language: str = ""
    closed: bool = True
    references: References = NONE
    table: bool = False
    continues: bool = False


@dataclass(frozen=True, slots=True)
class _Fence:
    mark: str
    indent: int
    language: str

    def ended_by(self, line: str) -> bool:
        text = line.strip()
        return len(text) >= len(self.mark) and not text.strip(self.mark[0])


class Splitter:
    """Feed it text in any pieces; `finished` only grows, `tail` is the segment still open.

    `finish` replaces those that use a label defined elsewhere: the same segments, with `references`.
    """

    def __init__(self, *, plain: bool = False) -> None:
        self.finished: list[Segment] = []
        self._always_plain = plain
        self._partial = ""
        self._mid_line = False
        self._seen = 0
        self._open()

    def feed(self, text: str) -> None:
        data, start = self._partial + text, 0
        while True:
            end = data.find("\n", start, start + LINE_MAX + 1)
            if end >= 0:
                self._take(data[start : end + 1])
                start = end + 1
            elif len(data) - start > LINE_MAX:
                cut = _cut(data, start)
                self._take(data[start:cut])
                start = cut
            else:
                break
        self._partial = data[start:]

    def finish(self) -> None:
        """The text is complete: what is open is closed as it stands."""
        if self._partial:
            self._take(self._partial, last=True)
            self._partial = ""
        self._close()
        self._refer()

    def _refer(self) -> None:
        """Tell each segment where its labels lead that are defined in another one."""
        places = [place for place, segment in enumerate(self.finished) if segment.kind is Kind.TEXT]
        known = refs.for_each([self.finished[place].text for place in places])
        for place, references in zip(places, known, strict=True):
            if references != NONE:
                self.finished[place] = replace(self.finished[place], references=references)

    def tail(self) -> Segment | None:
        """The open segment with its unfinished line, unless that line may yet turn out to be a fence."""
        partial = self._partial
        if self._kind is not Kind.PLAIN and not self._mid_line and _FENCE_BEGUN.fullmatch(partial):
            partial = ""
        text = "".join(self._pieces) + partial
        if self._kind is Kind.CODE:
            return Segment(Kind.CODE, text.removesuffix("\n"), self._language, closed=False)
        if not text.strip():
            return None
        return Segment(self._kind, text, closed=False, table=self._table, continues=self._continues)

    @property
    def _language(self) -> str:
        return self._fence.language if self._fence else ""

    def _open(self, first: tuple[str, ...] = ()) -> None:
        rich = self._seen < RICH_CHARS and not self._always_plain
        self._kind = Kind.TEXT if rich else Kind.PLAIN
        self._fence: _Fence | None = None
        self._pieces = list(first) if rich else []
        self._size = sum(map(len, self._pieces))
        self._header: tuple[str, ...] = first if rich else ()
        self._rows = 0
        self._table = self._continues = bool(self._header)

    def _close(self, first: tuple[str, ...] = ()) -> None:
        text = "".join(self._pieces)
        if self._kind is Kind.CODE:
            self.finished.append(Segment(Kind.CODE, text.removesuffix("\n"), self._language))
        elif text.strip():
            shape = Segment(self._kind, text, table=self._table, continues=self._continues)
            self.finished.append(shape)
        self._open(first)

    def _take(self, line: str, *, last: bool = False) -> None:
        """One line with its end, or a piece of a line too long to wait for."""
        whole = not self._mid_line and (last or line.endswith("\n"))
        self._mid_line = not line.endswith("\n")
        self._seen += len(line)
        if self._kind is Kind.CODE:
            self._take_code(line, whole)
        elif self._kind is Kind.PLAIN:
            self._add(line)
            if self._size >= PLAIN_CHARS:
                self._close()
        elif not (whole and self._take_fence(line)):
            self._take_text(line)

    def _take_fence(self, line: str) -> bool:
        if "```" not in line and "~~~" not in line:
            return False
        match = _FENCE.fullmatch(line.rstrip())
        if match is None:
            return False
        prefix, mark, info = match.groups()
        if prefix.strip():
            self._add(prefix.rstrip() + "\n")  # the item's bullet or number stays
        self._close()
        if self._kind is Kind.TEXT:
            self._kind = Kind.CODE
            self._fence = _Fence(mark, len(prefix), _language(info))
        else:
            self._add(line)
        return True

    def _take_code(self, line: str, whole: bool) -> None:
        fence = self._fence
        if fence is not None and whole and fence.ended_by(line):
            self._close()
            return
        indent = fence.indent if fence is not None and (whole or not self._pieces) else 0
        lead = len(line) - len(line.lstrip(" \t"))
        self._add(line[min(indent, lead) :])
        if self._seen >= RICH_CHARS:
            self._close()

    def _take_text(self, line: str) -> None:
        if self._pieces and line.strip() and self._must_end_before(line):
            self._close(self._header if "|" in line and self._rows else ())
        self._note_table(line)
        self._add(line)
        if self._mid_line:
            self._close()

    def _must_end_before(self, line: str) -> bool:
        after_blank = not self._pieces[-1].strip()
        if self._table and (after_blank or "|" not in line):
            return True
        if self._size >= SOFT_CHARS and after_blank and not line[0].isspace():
            return True
        return self._size + len(line) > HARD_CHARS or self._rows >= TABLE_ROWS

    def _note_table(self, line: str) -> None:
        """Remember the header of a table, so that a long one can go on in the next segment."""
        if "|" not in line:
            self._header, self._rows = (), 0
        elif self._header:
            self._rows += 1
        elif self._pieces and _is_rule(line) and _columns(line) == _columns(self._pieces[-1]) > 0:
            head = self._pieces[-1]
            self._begin_table(head)
            self._header = (head, line) if len(head) + len(line) <= HEADER_MAX else ()

    def _begin_table(self, head: str) -> None:
        """A table that is part of no list or quote gets a segment of its own, with its header."""
        if _NESTED.match(head):
            return
        if len(self._pieces) > 1:
            self._pieces.pop()
            self._close()
            self._add(head)
        self._table = self._kind is Kind.TEXT

    def _add(self, piece: str) -> None:
        self._pieces.append(piece)
        self._size += len(piece)


def split(text: str, *, plain: bool = False) -> list[Segment]:
    """All segments of a complete text."""
    splitter = Splitter(plain=plain)
    splitter.feed(text)
    splitter.finish()
    return splitter.finished


def _cut(data: str, start: int) -> int:
    """Where to cut a line of more than LINE_MAX: before a word near the end, so that no new markup begins."""
    end = start + LINE_MAX
    for index in range(end, end - 400, -1):
        if data[index].isalpha() and data[index - 1] == " ":
            return index
    return end


def _columns(line: str) -> int:
    """How many cells a row of a table has, 0 where it is none."""
    return line.strip().strip("|").replace("\\|", "").count("|") + 1 if "|" in line else 0


def _is_rule(line: str) -> bool:
    return "-" in line and not line.strip("|:- \t\r\n")


def _language(info: str) -> str:
    words = info.strip().lstrip("{.").split(maxsplit=1)
    return words[0].rstrip("}")[:40] if words else ""
