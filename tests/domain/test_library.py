"""Names of folders and tags, days in the trash, marks and snippets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexu_desktop.domain.errors import BadInput
from nexu_desktop.domain.folding import fold
from nexu_desktop.domain.library import (
    DAY_MS,
    TRASH_DAYS,
    Entry,
    days_left,
    folder_name,
    marks_in,
    snippet_of,
    tag_name,
)


def test_names_are_made_plain() -> None:
    """One line, without space around; a sign before a tag is not part of it."""
    assert (folder_name("  My \n work "), tag_name(" #to  do ")) == ("My work", "to do")


@pytest.mark.parametrize("tag", ["", " # ", "a,b", 'say "x"', "x" * 41])
def test_a_tag_that_could_not_be_looked_for_is_refused(tag: str) -> None:
    """Empty, with commas or quotes, or too long."""
    with pytest.raises(BadInput):
        tag_name(tag)


def test_a_folder_needs_a_name() -> None:
    """Spaces are none."""
    with pytest.raises(BadInput):
        folder_name(" \n ")


def test_days_left_are_rounded_up() -> None:
    """A moment after the deletion it is still the whole time; then it is due."""
    entry = Entry("c", "", 0, deleted_ms=1_000)
    end = 1_000 + TRASH_DAYS * DAY_MS
    assert [days_left(entry, at) for at in (1_001, 1_000 + DAY_MS, end - 1, end, end + DAY_MS)] == [
        30,
        29,
        1,
        0,
        0,
    ]


def test_marks_stand_in_the_plain_text() -> None:
    """Also behind letters that grow when folded; what touches is one mark."""
    assert marks_in("ﬁß Größe 积分", [fold("GRÖSSE"), "积", "分"]) == ((3, 8), (9, 11))


def test_a_snippet_is_one_line_around_the_longest_term() -> None:
    """Cut at a space, with signs where something was left out."""
    text = "go " + "word " * 30 + "here\nis the needle" + " tail" * 60
    snippet, marks = snippet_of(text, ["go", "needle"])
    ((start, end),) = marks
    assert (snippet[start:end], snippet[0], snippet[-1], "\n" in snippet) == ("needle", "…", "…", False)
    assert snippet.startswith("…word word here is the needle tail")


@given(st.text(max_size=300), st.integers(0, 299), st.integers(3, 9))
def test_a_snippet_shows_what_was_looked_for(text: str, at: int, length: int) -> None:
    """Whatever the script: there is a mark, and it folds to something that holds the term."""
    folded = fold(text)
    term = folded[at : at + length].strip()
    if len(term) < 3:
        return
    snippet, marks = snippet_of(text, [term])
    assert any(term in fold(snippet[start:end]) for start, end in marks)
