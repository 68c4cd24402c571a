"""Markdown into tokens, by markdown-it-py: no raw HTML, no indented code, every link left for us to judge."""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

NESTING_MAX = 40
PIPES_MAX = 1_500  # a table of so many cells takes longer than a reader waits
BRACKETS_MAX = 400  # the parser's time grows with their square
_DEEP = re.compile(r"^(?:[ \t]*(?:>|[-*+][ \t]|\d{1,9}[.)][ \t])){20}", re.MULTILINE)


def parse(source: str) -> list[Token] | None:
    """Tokens of a segment, None where it is built to hurt a parser and is shown as plain text instead."""
    if source.count("[") > BRACKETS_MAX or source.count("|") > PIPES_MAX or _DEEP.search(source):
        return None
    return _parser().parse(source)


def warm() -> None:
    """Load parser and highlighter while nobody waits. For a worker: their patterns take 30 ms to compile."""
    for name in ("markdown_it.rules_inline", "markdown_it", "linkify_it", "pygments.lexers", "pygments.util"):
        import_module(name)
    parse("https://nexu.io")
    import_module("pygments.lexers").get_lexer_by_name("python")


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False, "linkify": True, "maxNesting": NESTING_MAX})
    parser.enable(["table", "strikethrough", "linkify"]).disable(["code"])
    if parser.linkify is not None:
        parser.linkify.set({"fuzzy_link": False, "fuzzy_email": False})  # "main.py" is no web address
    parser.validateLink = _every_link  # type: ignore[method-assign]  # the builder judges, and shows what it refuses
    return parser


def _every_link(url: str) -> bool:
    return True
