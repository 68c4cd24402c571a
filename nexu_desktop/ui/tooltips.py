"""Tooltips guess whether a text is HTML; names of models come from outside, so they are always escaped."""

from __future__ import annotations

from html import escape


def literal(text: str) -> str:
    """`text` as a tooltip that shows it as it is, line breaks included; empty stays empty."""
    return f"<qt>{escape(text).replace(chr(10), '<br>')}</qt>" if text else ""
