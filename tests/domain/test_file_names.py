"""Names that every file system takes."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexu_desktop.domain.file_names import LONGEST_BYTES, FreeNames, file_name


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ('a/b\\c:d*e?f"g<h>i|j', "a-b-c-d-e-f-g-h-i-j"),
        ("CON", "CON_"),
        ("com1.txt", "com1_.txt"),
        ("..", "Conversation"),
        (" .hidden. ", "hidden"),
        ("two\nlines\tand tabs", "two lines and tabs"),
        ("\u202egnp.exe", "gnp.exe"),
        ("a\x00b\x1b", "ab"),
        ("周末", "周末"),
        ("\ud800", "Conversation"),
    ],
)
def test_titles_become_names(title: str, name: str) -> None:
    """Forbidden signs, reserved names, dots, control characters."""
    assert file_name(title) == name


@given(st.text(max_size=300))
def test_any_title_is_a_name(title: str) -> None:
    """Short enough, not hidden, nothing that steers."""
    name = file_name(title)
    assert 0 < len(name.encode()) <= LONGEST_BYTES + 1
    assert name[0] != "."
    assert name[-1] not in ". "
    assert not set(name) & set('<>:"/\\|?*')
    assert all(unicodedata.category(one)[0] != "C" for one in name)


@given(st.lists(st.sampled_from(["a", "A", "b", "é", "e\u0301", "a (2)"]), max_size=8))
def test_no_two_are_alike(titles: list[str]) -> None:
    """Also where case and ways of writing an accent make no difference."""
    free = FreeNames(["B.md"])
    names = [free.take(title, ".md") for title in titles]
    folded = {unicodedata.normalize("NFC", name).casefold() for name in names}
    assert len(folded) == len(names)
    assert "b.md" not in folded
