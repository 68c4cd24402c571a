"""Tokens of long drafts: an edit costs its surroundings, and the sum is that of a fresh count."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nexu_desktop.services import long_draft
from nexu_desktop.services.long_draft import LongDrafts

TOKEN = re.compile(r"\w+|\n+|[^\S\n]+|[^\w\s]+")
LINE = st.text(alphabet="ab 字,\t", max_size=12)
TEXT = st.lists(LINE, max_size=30).map("\n".join)


def tokens(text: str) -> int:
    """Runs of one kind, so that a cut inside a word or a blank line is seen in the sum."""
    return len(TOKEN.findall(text))


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_draft, "LEAST_CHARS", 8)
    monkeypatch.setattr(long_draft, "MOST_CHARS", 10_000)


@pytest.mark.usefixtures("small_pieces")
@settings(max_examples=300)
@given(st.data())
def test_any_row_of_edits_ends_at_the_count_of_the_whole(data: st.DataObject) -> None:
    """Typed, deleted, pasted anywhere: nothing is counted twice, nothing is missed."""
    drafts, text = LongDrafts(), data.draw(TEXT)
    for _ in range(6):
        assert drafts.tokens("v", text, tokens) == tokens(text)
        assert drafts.uncounted("v", text) == 0
        at = data.draw(st.integers(0, len(text)))
        gone = data.draw(st.integers(0, 20))
        text = text[:at] + data.draw(TEXT) + text[at + gone :]


def test_a_key_in_a_paste_of_megabytes_counts_a_few_pieces() -> None:
    """At the start, in the middle, at the end; also in one line without a break."""
    seen: list[int] = []

    def count(piece: str) -> int:
        seen.append(len(piece))
        return len(piece)

    for text in ("some words in a line\n" * 100_000, "some words and words " * 100_000):
        drafts = LongDrafts()
        drafts.tokens("v", text, count)
        for at in (0, 1_000_003, len(text)):
            text = text[:at] + "x" + text[at:]
            assert drafts.uncounted("v", text) <= 3 * long_draft.MOST_CHARS + 1
            seen.clear()
            assert drafts.tokens("v", text, count) == len(text)
            assert sum(seen) <= 3 * long_draft.MOST_CHARS + 1


def test_each_vocabulary_keeps_its_own_count() -> None:
    """A model of another family does not take over the figure."""
    drafts = LongDrafts()
    drafts.tokens("one", "a b c", tokens)
    assert drafts.uncounted("two", "a b c") == 5
    assert drafts.tokens("two", "a b c", len) == 5
    assert drafts.tokens("one", "a b c", len) == 5  # known: not counted again
    assert (drafts.known("one", "a b c"), drafts.known("one", "a b")) == (5, None)
