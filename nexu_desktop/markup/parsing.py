"""Markdown into tokens, by markdown-it-py: no raw HTML, every link left for the builder to judge.

markdown-it-py takes 0.1 ms (prose) to 1.9 ms (dense) a kB, and a segment has 1.5 kB. pyromark takes a tenth, but knows
no rules of one's own: formulas, prices and bold beside Chinese would have to be mended in the text before and after it.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from nexu_desktop.markup import references as refs
from nexu_desktop.markup.references import NONE, References

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

NESTING_MAX = 40
SOURCE_MAX = 20_000  # no segment is longer
# What a segment may hold before it is shown as plain text: the parser's time grows with the square of these.
CAPS = {
    "[": 400,
    "|": 1_500,
    "$": 400,
    "`": 1_500,
    "*": 2_000,
    "_": 2_000,
    "~": 2_000,
    "<": 1_500,
    "\\(": 400,
    "\\[": 400,
}
_DEEP = re.compile(r"^(?:[ \t]*(?:>|[-*+][ \t]|\d{1,9}[.)][ \t])){20}", re.MULTILINE)
_INDENTED = re.compile(r"(?:[ \t]*\n)*(?: {4}|\t)")
_CITATION = re.compile(r"\d{1,3}")


def parse(source: str, references: References = NONE) -> list[Token] | None:
    """Tokens of a segment, None where it is built to hurt a parser and is shown as plain text instead.

    Footnotes come last, in `footnote_reference_open` … `close` with meta (label, number); after them the
    definitions of numbered sources as `source` tokens with meta (label, href, title).
    """
    if len(source) > SOURCE_MAX or _DEEP.search(source) or any(source.count(c) > n for c, n in CAPS.items()):
        return None
    # The beginning may belong to a list that was cut: what is indented there is no code.
    bare_links = "://" in source or "mailto:" in source
    parser = _parser(code=_INDENTED.match(source) is None, bare_links=bare_links)
    if "[" not in source:
        return parser.parse(source)
    known = references if references.notes else References(references.links, refs.collect([source]).notes)
    env = _environment(known)
    tokens = _notes_last(parser.parse(source, env), dict(known.notes))
    return tokens + _sources(source)


def warm() -> None:
    """Load parser and highlighter while nobody waits. For a worker: their patterns take 30 ms to compile."""
    for name in ("markdown_it.rules_inline", "markdown_it", "linkify_it", "pygments.lexers", "pygments.util"):
        import_module(name)
    parse("https://nexu.io [a]")
    import_module("pygments.lexers").get_lexer_by_name("python")


@cache
def _parser(*, code: bool, bare_links: bool) -> MarkdownIt:
    from markdown_it import MarkdownIt
    from mdit_py_plugins.footnote import footnote_plugin

    from nexu_desktop.markup.rules import add_rules

    parser = MarkdownIt("commonmark", {"html": False, "linkify": True, "maxNesting": NESTING_MAX})
    parser.enable(["table", "strikethrough"])
    if bare_links:  # looking for them takes a sixth of the time
        parser.enable("linkify")
    if not code:
        parser.disable(["code"])
    footnote_plugin(parser, inline=False, move_to_end=False)
    add_rules(parser)
    if parser.linkify is not None:
        parser.linkify.set({"fuzzy_link": False, "fuzzy_email": False})  # "main.py" is no web address
    parser.validateLink = _every_link  # type: ignore[method-assign]  # the builder judges, and shows what it refuses
    return parser


def _every_link(url: str) -> bool:
    return True


def _environment(known: References) -> dict[str, Any]:
    notes = {
        "refs": {f":{label}": number for label, number in known.notes},
        "list": {number: {"label": label, "count": 0} for label, number in known.notes},
    }
    links = {label: {"href": href, "title": title} for label, href, title in known.links}
    return {"footnotes": notes, "references": links}


def _notes_last(tokens: list[Token], numbers: dict[str, int]) -> list[Token]:
    """Definitions of notes move to the end, in the order of their numbers."""
    body: list[Token] = []
    notes: list[list[Token]] = []
    depth = 0
    calls: dict[str, int] = {}
    for token in tokens:
        if token.type == "footnote_reference_open":
            depth += 1
            token.meta = {**token.meta, "number": numbers.get(token.meta["label"], 0)}
            if depth == 1:
                notes.append([])
        (notes[-1] if depth else body).append(token)
        depth -= token.type == "footnote_reference_close"
        for child in token.children or ():
            if child.type == "footnote_ref":
                label = child.meta["label"]
                calls[label] = calls.get(label, 0) + 1
                child.meta = {"label": label, "number": numbers.get(label, 0), "call": calls[label]}
    notes.sort(key=lambda note: note[0].meta["number"])
    return body + [token for note in notes for token in note]


def _sources(source: str) -> list[Token]:
    """A definition like `[1]: https://…` is part of a list of sources that a reader wants to see."""
    from markdown_it.token import Token as New

    found = (one for one in refs.definitions(source) if _CITATION.fullmatch(one[0]))
    return [
        New("source", "", 0, meta={"label": label, "href": href, "title": title})
        for label, href, title in found
    ]
