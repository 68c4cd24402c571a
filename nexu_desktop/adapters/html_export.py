"""One message as HTML for an export: escaped text, line for line; nothing in it can load or run."""

from __future__ import annotations

import html


def message_html(markdown: str, *, dark: bool = False) -> str:
    """The Markdown as it was written."""
    return f'<div class="source">{html.escape(markdown.strip())}</div>'
