"""Definitions found across the segments of one message, and what each is handed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nexu_desktop.markup.references import DEFINITIONS_MAX, NONE, References, collect, definitions, for_each
from nexu_desktop.markup.segments import Splitter, split

_LINES = st.sampled_from(
    [
        "see [a] and [B][c]",
        "a note[^1] and[^two]",
        "[a]: https://a.test",
        '[C]: <https://c.test/x y> "T"',
        "[^1]: the note",
        "[^two]: another",
        "word " * 200,
        "",
        "```",
        "| a [a] | b |",
        "|---|---|",
    ]
)


@given(st.lists(_LINES, max_size=60).map("\n".join), st.lists(st.integers(1, 700), max_size=30))
def test_chunking_never_shows(text: str, sizes: list[int]) -> None:
    """With definitions in other segments too, any chunking gives the segments of the whole."""
    pieces, start = Splitter(), 0
    for size in sizes:
        pieces.feed(text[start : start + size])
        start += size
    pieces.feed(text[start:])
    pieces.finish()
    assert split(text) == pieces.finished


def test_each_segment_gets_what_it_lacks() -> None:
    """Only labels it uses and does not define itself; notes by their number in the message."""
    far = "Words.\n\n" * 300
    parts = split(f"See [a] and[^n].\n\n{far}Then[^m] [b].\n\n{far}[a]: https://a.test\n[^m]: M\n[^n]: N\n")
    handed = [part.references for part in parts if part.references != NONE]
    assert handed[0] == References((("A", "https://a.test", ""),), (("n", 1),))
    assert handed[1] == References((), (("m", 2),))
    assert set(handed[-1].notes) == {("m", 2), ("n", 1)}


def test_nothing_is_handed_within_one_segment() -> None:
    """What stands alone needs nothing, so that nothing is drawn again at the end."""
    assert [part.references for part in split("See [a][^n].\n\n[a]: https://a.test\n[^n]: N")] == [NONE]


def test_first_definition_wins() -> None:
    """As CommonMark says, over segments as well."""
    texts = ["[a]: https://first.test", "[A]\n\n[a]: https://second.test"]
    assert for_each(texts)[1].links == (("A", "https://first.test", ""),)


def test_forms_of_a_definition() -> None:
    """With and without angle brackets and title; a note is no link."""
    assert definitions("[a b]: https://x.test 'T'\n  [C]: <https://y.test>\n[^n]: note\n[d]: bad extra") == [
        ("A B", "https://x.test", "T"),
        ("C", "https://y.test", ""),
    ]


def test_count_is_capped() -> None:
    """A message of nothing but definitions is not followed to its end."""
    texts = [f"[l{n}]: https://a.test/{n}" for n in range(DEFINITIONS_MAX * 2)]
    assert len(collect(texts).links) <= DEFINITIONS_MAX + 1
