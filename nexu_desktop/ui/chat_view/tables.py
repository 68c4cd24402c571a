"""Cuts the tables out of a segment, so that a wide one scrolls alone and not the prose around it; no Qt here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from nexu_desktop.ui.chat_view.segments import Kind, Segment


def pieces_of(segment: Segment) -> list[Segment]:
    """`segment` as it is, or in pieces of which each is either one table or has none; their texts join to its text."""
    if segment.kind is not Kind.TEXT or "|" not in segment.text:
        return [segment]
    texts = ["".join(lines) for lines in _runs(segment.text.splitlines(keepends=True))]
    texts = [text for text in texts if text.strip()]
    return [replace(segment, text=text) for text in texts] if len(texts) > 1 else [segment]


def is_table(text: str) -> bool:
    """Whether the text begins with a table."""
    head, _, rest = text.lstrip("\n").partition("\n")
    return _has_cells(head) and _is_rule(rest.partition("\n")[0])


def columns_of(text: str) -> int:
    """How many columns the table at the start of the text has."""
    return text.lstrip("\n").partition("\n")[0].strip().strip("|").count("|") + 1


def _runs(lines: list[str]) -> Iterator[list[str]]:
    """Runs of lines that belong together: a table up to the blank line behind it, or what stands between tables."""
    run: list[str] = []
    in_table = False
    for number, line in enumerate(lines):
        follows = lines[number + 1] if number + 1 < len(lines) else ""
        begins = not in_table and _has_cells(line) and _is_rule(follows) and _may_begin(lines, number)
        ends = in_table and not line.strip()
        if begins and run:
            yield run
            run = []
        run.append(line)
        in_table = begins or (in_table and not ends)
        if ends:
            yield run
            run = []
    if run:
        yield run


def _may_begin(lines: list[str], number: int) -> bool:
    """A table after a blank line, at the left edge: one inside of a list or a quote stays there."""
    return not number or not lines[number - 1].strip()


def _has_cells(line: str) -> bool:
    return "|" in line and bool(line[:1].strip()) and line[0] not in ">-*+#"


def _is_rule(line: str) -> bool:
    text = line.strip()
    return "-" in text and not text.strip("|:- ") and ("|" in text or text.strip("-:") == "")
