"""What one segment needs to know of the others: where labels lead, and the numbers of footnotes.

Definitions are found line by line without parsing: a message of any size costs linear time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

DEFINITIONS_MAX = 2_000  # of one message; later ones stay unresolved

_LINK = re.compile(
    r"^ {0,3}\[(?!\^)([^\[\]\n]{1,200})\]:[ \t]*(<[^<>\n]{0,2000}>|[^\s<]\S{0,2000})"
    r"(?:[ \t]+(\"[^\"\n]*\"|'[^'\n]*'|\([^()\n]*\)))?[ \t]*$",
    re.MULTILINE,
)
_NOTE = re.compile(r"^ {0,3}\[\^([^\]\s]{1,100})\]:", re.MULTILINE)
_CALL = re.compile(r"\[\^([^\]\s]{1,100})\](?!:)")
_LABEL = re.compile(r"\[([^\[\]]{1,200})\]")


@dataclass(frozen=True, slots=True)
class References:
    """`links`: (normalised label, address, title); `notes`: (label, number) as the whole message counts them."""

    links: tuple[tuple[str, str, str], ...] = ()
    notes: tuple[tuple[str, int], ...] = ()


NONE = References()


def normalised(label: str) -> str:
    """As CommonMark compares labels: without regard to case and white space."""
    return " ".join(label.split()).lower().upper()


def collect(texts: Iterable[str]) -> References:
    """All definitions of a message; the first of a label wins, notes are numbered as they are called."""
    links: dict[str, tuple[str, str, str]] = {}
    defined: dict[str, None] = {}
    called: dict[str, None] = {}
    for text in texts:
        if "[" not in text:
            continue
        for label, href, title in definitions(text):
            links.setdefault(label, (label, href, title))
        defined |= dict.fromkeys(_NOTE.findall(text))
        called |= dict.fromkeys(_CALL.findall(text))
        if len(links) + len(defined) > DEFINITIONS_MAX:
            break
    order = [label for label in called if label in defined] + [one for one in defined if one not in called]
    return References(tuple(links.values()), tuple((label, n) for n, label in enumerate(order, 1)))


def definitions(text: str) -> list[tuple[str, str, str]]:
    """The link definitions of one text: (normalised label, address, title)."""
    if "]:" not in text:
        return []
    found = (match.groups() for match in _LINK.finditer(text))
    return [
        (normalised(label), href[1:-1] if href[0] == "<" else href, (title or "")[1:-1])
        for label, href, title in found
        if label.strip()
    ]


def for_each(texts: Sequence[str]) -> list[References]:
    """What each text of a message must be handed: only what it uses and does not hold itself."""
    everything = collect(texts)
    if everything == NONE:
        return [NONE] * len(texts)
    links = {link[0]: link for link in everything.links}
    notes = dict(everything.notes)
    return [_needed(text, links, notes) if "[" in text else NONE for text in texts]


def _needed(text: str, links: dict[str, tuple[str, str, str]], notes: dict[str, int]) -> References:
    labels = dict.fromkeys(map(normalised, _LABEL.findall(text)))
    own = {link[0]: link for link in reversed(definitions(text))}
    foreign = tuple(links[label] for label in labels if label in links and own.get(label) != links[label])
    mentioned = dict.fromkeys(_CALL.findall(text)) | dict.fromkeys(_NOTE.findall(text))
    numbers = tuple((label, notes[label]) for label in mentioned if label in notes)
    return References(foreign, () if sorted(numbers) == sorted(collect([text]).notes) else numbers)
