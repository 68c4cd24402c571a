"""What is typed into the search: words, phrases, operators, and what is wrong with them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexu_desktop.domain.errors import BadInput
from nexu_desktop.domain.search_query import TERMS_MAX, SearchQuery, parse_query

words = st.text(st.characters(categories=["Ll", "Lo", "Nd"], max_codepoint=0x9FFF), min_size=1, max_size=8)
names = st.lists(words, min_size=1, max_size=3).map(" ".join)
days = st.dates(date(1970, 1, 2), date(2100, 1, 1))


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("", SearchQuery()),
        ("  merge  LISTS merge ", SearchQuery(("merge", "lists"))),
        ('"two sorted" lists', SearchQuery(("two sorted", "lists"))),
        ('say "not closed', SearchQuery(("say", "not closed"))),
        ("“中文 引号”", SearchQuery(("中文 引号",))),
        ("tag:Work TAG:x", SearchQuery(tags=("work", "x"))),
        ('folder:"My work" a', SearchQuery(("a",), folders=("my work",))),
        ("model：glm", SearchQuery(models=("glm",))),
        ("after:2026-01-31 before:2026-03-01", SearchQuery(since=date(2026, 1, 31), until=date(2026, 3, 1))),
        ("after:2026-01-31 after:2026-02-28", SearchQuery(since=date(2026, 2, 28))),
        ("http://x.y 12:30 foo:bar", SearchQuery(("http://x.y", "12:30", "foo:bar"))),
        ('""', SearchQuery()),
    ],
)
def test_what_is_understood(text: str, query: SearchQuery) -> None:
    """Folded, in order, once each."""
    assert parse_query(text) == query


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("tag:", "“tag:” needs a value. For example tag:work."),
        ("x folder: y", '“folder:” needs a value. For example folder:"My work".'),
        ('model:""', "“model:” needs a value. For example model:glm."),
        ("before:yesterday", "“before:yesterday” is no date. Write it as before:2026-03-31."),
        ("after:2026-02-30", "There is no day 2026-02-30. Write it as after:2026-03-31."),
        (
            "after:2026-02-01 before:2026-02-01",
            "No day is after 2026-02-01 and before 2026-02-01. Change one of the two dates.",
        ),
        (
            " ".join(str(number) for number in range(TERMS_MAX + 1)),
            "A search takes at most 16 words. Leave some out, or put them in quotes.",
        ),
    ],
)
def test_what_is_wrong_is_said(text: str, sentence: str) -> None:
    """With the next step."""
    with pytest.raises(BadInput) as refused:
        parse_query(text)
    assert refused.value.sentence == sentence


@given(st.text(max_size=60))
def test_nothing_breaks_it(text: str) -> None:
    """Whatever is typed is understood or refused in words; no term is empty or begins with a space."""
    try:
        query = parse_query(text)
    except BadInput:
        return
    assert all(term and term == term.strip() for term in query.terms)


@given(st.lists(words, max_size=5), st.lists(names, max_size=2), st.lists(names, max_size=2), days, days)
def test_what_was_written_is_read(
    terms: list[str], tags: list[str], folders: list[str], first: date, last: date
) -> None:
    """Parts in any order come back whole."""
    since, until = min(first, last), max(first, last)
    operators = [f'tag:"{tag}"' for tag in tags] + [f'folder:"{name}"' for name in folders]
    query = parse_query(" ".join([*operators, f"after:{since}", *terms]))
    assert (len(query.tags), len(query.folders), query.since) == (len(tags), len(folders), since)
    assert set(query.terms) == {parse_query(term).terms[0] for term in terms}
    if since < until:
        assert parse_query(f"before:{until} after:{since}").until == until
