"""Saved prompts: texts with blanks, `{{name}}` or `{{name=default}}`; what fills a blank is never read again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from nexu_desktop.domain.errors import BadInput

CLIPBOARD, DATE = "clipboard", "date"  # filled by the program, not asked for
NAME_CHARS, TEXT_CHARS = 80, 100_000

# A name is one line without braces or '='; anything else between braces is text and stays as it is.
_BLANK = re.compile(r"\{\{[ \t]*([^\s{}=](?:[^\n{}=]{0,78}[^\s{}=])?)[ \t]*(?:=([^\n{}]*))?\}\}")


@dataclass(frozen=True, slots=True)
class Blank:
    """A place to fill; `default` is what stands in it before the person types."""

    name: str
    default: str = ""


@dataclass(frozen=True, slots=True)
class Prompt:
    """`text` may hold blanks. `shipped` came with the program and can be hidden, not lost."""

    id: str
    name: str
    text: str
    shipped: bool = False

    @property
    def first_line(self) -> str:
        return next((line.strip() for line in self.text.splitlines() if line.strip()), "")


def checked(prompt: Prompt) -> Prompt:
    """With its name on one line. Raises BadInput for one that could not be found or used."""
    name = " ".join(prompt.name.split())
    if not name:
        raise BadInput("A prompt needs a name.", "Write a few words to find it by.")
    if len(name) > NAME_CHARS:
        raise BadInput(f"The name has {len(name)} characters.", f"Use at most {NAME_CHARS}.")
    if not prompt.text.strip():
        raise BadInput("A prompt needs a text.", "Write what it should insert.")
    if len(prompt.text) > TEXT_CHARS:
        raise BadInput(f"The text has {len(prompt.text):,} characters.", f"Use at most {TEXT_CHARS:,}.")
    return Prompt(prompt.id, name, prompt.text, prompt.shipped)


def pieces(text: str) -> tuple[str | Blank, ...]:
    """The text in order, blanks apart from what stands between them; empty strings are left out."""
    found: list[str | Blank] = []
    end = 0
    for match in _BLANK.finditer(text):
        found += [text[end : match.start()], Blank(match[1], (match[2] or "").strip())]
        end = match.end()
    return tuple(piece for piece in (*found, text[end:]) if piece != "")


def blanks(text: str) -> tuple[Blank, ...]:
    """Each name once, in the order of the text; the first default that is given counts."""
    found: dict[str, Blank] = {}
    for piece in pieces(text):
        if isinstance(piece, Blank):
            known = found.get(piece.name)
            if known is None or (piece.default and not known.default):
                found[piece.name] = piece
    return tuple(found.values())


def asked(text: str) -> tuple[Blank, ...]:
    """The blanks a person fills; the clipboard and the date come by themselves."""
    return tuple(blank for blank in blanks(text) if blank.name.lower() not in (CLIPBOARD, DATE))


def fill(text: str, values: Mapping[str, str]) -> str:
    """Every blank by its value, else by its default; braces inside a value are text like any other."""
    defaults = {blank.name: blank.default for blank in blanks(text)}
    return "".join(
        piece if isinstance(piece, str) else values.get(piece.name, defaults[piece.name])
        for piece in pieces(text)
    )
