"""File names out of titles, good on Windows, macOS and Linux alike, and never two of one name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

LONGEST_BYTES = 160  # of UTF-8: file systems allow 255, and an ending and a number come on top
UNTITLED = "Conversation"
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)


def file_name(title: str) -> str:
    """Without an ending; never empty, hidden, reserved by Windows, or longer than 160 bytes."""
    text = unicodedata.normalize("NFC", title)
    text = "".join(" " if character.isspace() else character for character in text)
    text = "".join(one for one in text if unicodedata.category(one)[0] != "C")
    text = " ".join(_FORBIDDEN.sub("-", text).split())
    text = _cut(text.strip(" .")).rstrip(" .")
    if _RESERVED.fullmatch(text):
        head, dot, rest = text.partition(".")
        text = f"{head}_{dot}{rest}"
    return text or UNTITLED


class FreeNames:
    """Gives each title a name of its own; `taken` are file names with their endings that are there already."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {_same(name) for name in taken}

    def take(self, title: str, ending: str) -> str:
        """'Title.md', then 'Title (2).md'; case does not make a difference, as on Windows and macOS."""
        stem, number = file_name(title), 1
        name = f"{stem}{ending}"
        while _same(name) in self._taken:
            number += 1
            name = f"{stem} ({number}){ending}"
        self._taken.add(_same(name))
        return name


def _same(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _cut(text: str) -> str:
    return text.encode("utf-8", "ignore")[:LONGEST_BYTES].decode("utf-8", "ignore")
