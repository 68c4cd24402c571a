"""Text without half characters: a paste can hold lone surrogates, which no file and no tokenizer accepts."""

from __future__ import annotations


def whole_text(text: str) -> str:
    """Split pairs are joined, half ones become U+FFFD; anything else stays as it is."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
