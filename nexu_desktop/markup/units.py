"""How long a text is where positions count UTF-16 units, as Qt's do."""

from __future__ import annotations


def units(text: str) -> int:
    return len(text) if text.isascii() else len(text) + sum(one > "\uffff" for one in text)
