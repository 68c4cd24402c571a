"""Which parts of a code have a colour, by pygments: roles, not colours, so that each theme has its own."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pygments.lexer import Lexer
    from pygments.token import _TokenType

CODE_MAX = 200_000
LINE_MAX = 2_000

Piece = tuple[str, str]  # role ('' has no colour of its own) and text


def worth_it(code: str, language: str) -> bool:
    """Whether `code` is small enough, and says what it is."""
    return bool(language) and len(code) <= CODE_MAX and max(map(len, code.split("\n"))) <= LINE_MAX


@cache  # finding one by name costs 3 ms, and it holds no state between texts
def lexer_for(language: str) -> Lexer | None:
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        return get_lexer_by_name(language.lower())
    except ClassNotFound:
        return None


def pieces(code: str, language: str) -> Iterator[Piece]:
    """`code` from begin to end, lazily: a caller may stop after each piece. Nothing where it is not worth it."""
    lexer = lexer_for(language) if worth_it(code, language) else None
    if lexer is not None:
        for _, kind, text in lexer.get_tokens_unprocessed(code):
            yield _role(kind) if text.strip() else "", text


@cache  # kinds are few, and the same objects each time
def _role(kind: _TokenType) -> str:
    from pygments.token import Comment, Keyword, Name, Number, Operator, String

    roles = (
        (Comment, "comment"),
        (String, "string"),
        (Number, "number"),
        (Keyword, "keyword"),
        (Operator.Word, "keyword"),
        (Name.Tag, "keyword"),
    )
    return next((role for base, role in roles if kind[: len(base)] == base), "")
