"""What a person types to find something: plain words, "phrases", and tag:, model:, folder:, before:, after:."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date

from nexu_desktop.domain.errors import BadInput
from nexu_desktop.domain.folding import fold

TERMS_MAX = 16
_PART = re.compile(r"""(?:(?P<key>[^\W\d_]+):)?(?:["“”](?P<phrase>[^"“”]*)["“”]?|(?P<word>[^\s"“”]+))""")
_NAMES = ("tag", "model", "folder")
_DAYS = ("before", "after")


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """`terms`, `tags`, `models` and `folders` are folded, and all must hold.

    `since` is the first day that counts, `until` the first that does not.
    """

    terms: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None

    @property
    def empty(self) -> bool:
        return self == SearchQuery()


def parse_query(text: str) -> SearchQuery:
    """Raises BadInput for an operator without a value, a date that is none, or too many words.

    A quote that is not closed yet goes to the end; a key that is no operator is a plain word.
    """
    query = SearchQuery()
    for part in _PART.finditer(_straight(text)):
        key = (part["key"] or "").lower()
        value = part["word"] if part["phrase"] is None else part["phrase"]
        if key in _NAMES:
            query = _with_name(query, key, fold(value).strip())
        elif key in _DAYS:
            query = _with_day(query, key, value.strip())
        else:
            plain = value if part["key"] is None else f"{part['key']}:{value}"
            query = _with_term(query, fold(plain).strip())
    if query.since is not None and query.until is not None and query.since >= query.until:
        raise BadInput(
            f"No day is after {query.since} and before {query.until}.", "Change one of the two dates."
        )
    return query


def _straight(text: str) -> str:
    """Full-width colons and quotes of a Chinese keyboard are taken as the plain ones."""
    straight = unicodedata.normalize("NFKC", text)
    for key in (*_NAMES, *_DAYS):  # an operator before a space has no value yet
        if match := re.search(rf"(?:^|\s){key}:(?=\s|$)", straight, re.IGNORECASE):
            raise BadInput(f"“{match.group().strip()}” needs a value.", f"For example {_example(key)}.")
    return straight


def _with_term(query: SearchQuery, term: str) -> SearchQuery:
    if not term or term in query.terms:
        return query
    if len(query.terms) == TERMS_MAX:
        raise BadInput(f"A search takes at most {TERMS_MAX} words.", "Leave some out, or put them in quotes.")
    return replace(query, terms=(*query.terms, term))


def _with_name(query: SearchQuery, key: str, value: str) -> SearchQuery:
    if not value:
        raise BadInput(f"“{key}:” needs a value.", f"For example {_example(key)}.")
    if key == "tag":
        return replace(query, tags=(*query.tags, value))
    if key == "model":
        return replace(query, models=(*query.models, value))
    return replace(query, folders=(*query.folders, value))


def _with_day(query: SearchQuery, key: str, value: str) -> SearchQuery:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise BadInput(f"“{key}:{value}” is no date.", f"Write it as {_example(key)}.")
    try:
        day = date.fromisoformat(value)
    except ValueError as error:
        raise BadInput(f"There is no day {value}.", f"Write it as {_example(key)}.") from error
    if key == "before":
        return replace(query, until=day if query.until is None else min(day, query.until))
    return replace(query, since=day if query.since is None else max(day, query.since))


def _example(key: str) -> str:
    examples = {"tag": "tag:work", "model": "model:glm", "folder": 'folder:"My work"'}
    return examples.get(key, f"{key}:2026-03-31")
