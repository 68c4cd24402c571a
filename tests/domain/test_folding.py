"""Folding for the search: what is taken for the same, and where it stood in the plain text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexu_desktop.domain.folding import composed, contains, fold, place_in_plain, places, short_terms

PIECES = [
    "a",
    "É",
    "e\u0301",
    "ß",
    "ﬁ",
    "Ｆ",
    "字",
    "积",
    "が",
    "한",
    "😀",
    " ",
    "\n",
    "…",
    "#",
    "İ",
    "\u200d",
    "_",
    "9",
]
texts = st.lists(st.sampled_from(PIECES), max_size=24).map("".join) | st.text(max_size=24)


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("GRÖSSE", "größe"),
        ("e\u0301te\u0301", "ÉTÉ"),
        ("ＦＵＬＬ　ｗ", "full w"),
        ("ﬁne", "FINE"),
        ("İx", "ix"),
    ],
)
def test_case_width_and_accents_do_not_matter(written: str, same: str) -> None:
    """However it is written, it is the same."""
    assert fold(written) == fold(same)


def test_marks_that_tell_letters_apart_stay() -> None:
    """A voiced kana is another letter than the plain one."""
    assert (fold("が") == fold("か"), contains(fold("か"), fold("が"))) == (False, False)


def test_space_is_one_kind() -> None:
    """A phrase is found across a line break, and nothing changes its length."""
    assert fold("a\nb\tc\u3000d\x00e") == "a b c d e"


@given(texts)
def test_folding_twice_changes_nothing(text: str) -> None:
    """What was folded is found by folding it again."""
    assert fold(fold(text)) == fold(text)


@given(texts)
def test_places_in_plain_text(text: str) -> None:
    """The character at a place is the one whose folding stands there."""
    plain, folded = composed(text), fold(text)
    for place in range(len(folded)):
        at = place_in_plain(plain, place)
        before = len(fold(plain[:at]))
        assert before <= place < before + len(fold(plain[at]))


def test_a_place_far_into_a_long_text() -> None:
    """Beyond the steps in which it is looked for."""
    plain = "ß" * 1_500 + "x" + "字" * 3_000
    assert place_in_plain(plain, fold(plain).index("x")) == 1_500


@given(texts, st.integers(0, 23), st.integers(1, 2))
def test_short_terms_are_those_that_are_found(text: str, at: int, length: int) -> None:
    """The index of short terms holds a term if and only if looking for it finds it."""
    folded = fold(text)
    term = folded[at : at + length]
    if term and " " not in term:
        assert (term in short_terms(folded)) == contains(term, folded)
    assert all(contains(known, folded) for known in short_terms(folded))


@pytest.mark.parametrize(
    ("term", "text", "found"),
    [
        ("go", "Let it go, going ergo", [(7, 9), (11, 13)]),
        ("c#", "in C# or abc#", [(3, 5)]),
        ("积分", "关于积分的积分", [(2, 4), (5, 7)]),
        ("分", "积分", [(1, 2)]),
        ("go", "用go写", [(1, 3)]),
        ("erg", "merge ergo", [(1, 4), (6, 9)]),
    ],
)
def test_where_a_term_is_found(term: str, text: str, found: list[tuple[int, int]]) -> None:
    """From three characters on anywhere; shorter ones where a word begins, Chinese anywhere."""
    assert list(places(term, fold(text))) == found
