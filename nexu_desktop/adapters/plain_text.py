"""Text from the far side made harmless: short, plain, without markup, control characters or keys."""

from __future__ import annotations

import html
import re
import unicodedata

LONGEST = 300
_SCANNED = 64 * 1024
_HIDDEN_BLOCK = re.compile(r"<(script|style|head)\b.*?(</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_TITLE = re.compile(r"<title[^>]*>(.*?)</title", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<!--.*?-->|</?[a-zA-Z!?][^<>]*>?", re.DOTALL)
_MARKUP = str.maketrans({"<": "‹", ">": "›"})


def plain(text: str, secret: str = "", longest: int = LONGEST) -> str:
    """One line of at most `longest` characters; markup is removed, `secret` becomes “[key]”.

    What is left of angle brackets is replaced by look-alikes: no widget can take the text for rich text.
    """
    text = redact(text[:_SCANNED], secret)
    text = html.unescape(_TAG.sub(" ", _without_head(text)))
    text = _TAG.sub(" ", text).translate(_MARKUP)
    text = "".join(_visible(character) for character in text)
    text = redact(" ".join(text.split()), secret)  # again: the parts may have met only now
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def redact(text: str, secret: str) -> str:
    return text.replace(secret, "[key]") if secret else text


def whole_characters(text: str) -> str:
    """Lone surrogates, which JSON can carry and UTF-8 cannot, become U+FFFD."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _without_head(text: str) -> str:
    title = _TITLE.search(text)
    return (title.group(1) + " " if title else "") + _HIDDEN_BLOCK.sub(" ", text)


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if category in ("Cc", "Zl", "Zp"):
        return " "
    return "" if category[0] == "C" else character
