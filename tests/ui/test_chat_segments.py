"""The splitter: what is cut where, and that chunking never shows."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nexu_desktop.markup.segments import (
    HARD_CHARS,
    LINE_MAX,
    RICH_CHARS,
    TABLE_ROWS,
    Kind,
    Segment,
    Splitter,
    split,
)

_LINES = st.sampled_from(
    [
        "word " * 30,
        "",
        "```python",
        "```",
        "~~~",
        "  ```",
        "- item",
        "1. ```sh",
        "| a | b |",
        "|---|---|",
        "> q",
        "\r",
        "x" * 900,
    ]
)
_TEXTS = st.lists(_LINES, max_size=60).map("\n".join) | st.text(alphabet="`~|-a \n\r中", max_size=200)


@given(_TEXTS, st.lists(st.integers(1, 700), max_size=40))
def test_chunking_never_shows(text: str, sizes: list[int]) -> None:
    """Any chunking gives the segments of the whole, finished and open alike."""
    whole, pieces, start = Splitter(), Splitter(), 0
    whole.feed(text)
    for size in sizes:
        pieces.feed(text[start : start + size])
        start += size
    pieces.feed(text[start:])
    assert (whole.finished, whole.tail()) == (pieces.finished, pieces.tail())
    whole.finish()
    pieces.finish()
    assert whole.finished == pieces.finished


@given(_TEXTS)
def test_finished_segments_never_change(text: str) -> None:
    """What was finished half-way is the beginning of what is finished at the end."""
    splitter = Splitter()
    splitter.feed(text[: len(text) // 2])
    before = list(splitter.finished)
    splitter.feed(text[len(text) // 2 :])
    splitter.finish()
    assert before == splitter.finished[: len(before)]


def test_code_between_paragraphs() -> None:
    """A fence becomes a segment of its own, with its language and without its marks."""
    expected = [
        Segment(Kind.TEXT, "One:\n"),
        Segment(Kind.CODE, "a = 1\n\nb", "python"),
        Segment(Kind.TEXT, "Two."),
    ]
    assert expected == split("One:\n```python\na = 1\n\nb\n```\nTwo.")


def test_fence_in_a_list_keeps_the_item_and_loses_its_indent() -> None:
    """Code inside an item is shown without the item's indentation."""
    assert [Segment(Kind.TEXT, "1. so\n"), Segment(Kind.CODE, "x\n  y", "sh")] == split(
        "1. so\n   ```sh\n   x\n     y\n   ```\n"
    )


def test_inner_fence_of_fewer_marks_stays_code() -> None:
    """Four backticks hold three."""
    assert [Segment(Kind.CODE, "```\nx\n```", "md")] == split("````md\n```\nx\n```\n````")


def test_half_a_fence_is_not_shown_as_text() -> None:
    """While a line may yet open a code block it is held back; at the end it counts."""
    splitter = Splitter()
    splitter.feed("Hello\n``")
    assert Segment(Kind.TEXT, "Hello\n", closed=False) == splitter.tail()


def test_open_code_is_open() -> None:
    """A fence that has not come yet leaves the segment open."""
    splitter = Splitter()
    splitter.feed("```py\na\nb")
    assert Segment(Kind.CODE, "a\nb", "py", closed=False) == splitter.tail()


def test_long_table_goes_on_under_its_header() -> None:
    """Each part of a table has the header and at most TABLE_ROWS rows."""
    head = "| a | b |\n|---|---|\n"
    parts = split(head + "| 1 | 2 |\n" * 50)
    assert [part.text.startswith(head) for part in parts] == [True] * 3
    assert sum(part.text.count("| 1 |") for part in parts) == 50
    assert parts[0].text.count("| 1 |") == TABLE_ROWS


def test_no_segment_is_much_longer_than_the_limit() -> None:
    """Paragraphs without an end are cut by force, and nothing is lost."""
    text = "word " * 5_000
    parts = split(text)
    assert text == "".join(part.text for part in parts)
    assert [len(part.text) for part in parts if len(part.text) > HARD_CHARS + LINE_MAX] == []


def test_five_megabytes_in_one_line() -> None:
    """Rich up to the cap, plain after it, every character kept."""
    parts = split("x" * 5_000_000)
    assert sum(len(part.text) for part in parts) == 5_000_000
    rich = sum(len(part.text) for part in parts if part.kind is Kind.TEXT)
    assert rich == RICH_CHARS


def test_table_stands_alone() -> None:
    """It may be wider than the column, so that it scrolls without the words around it; lists keep theirs."""
    parts = split("before\n| a | b |\n|---|---|\n| 1 | 2 |\nafter\n- item\n\n  | c | d |\n  |---|---|\n")
    assert [(part.table, part.text.split("\n")[0]) for part in parts] == [
        (False, "before"),
        (True, "| a | b |"),
        (False, "after"),
    ]


def test_parts_of_a_table_say_that_they_continue() -> None:
    """So that an export can join them."""
    parts = split("| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 60 + "\n| c | d |\n|---|---|\n| 3 | 4 |")
    assert [(part.table, part.continues) for part in parts] == [
        (True, False),
        (True, True),
        (True, True),
        (True, False),
    ]


def test_heading_with_a_bar_is_no_table() -> None:
    """The line under it has fewer cells."""
    assert [part.table for part in split("a | b\n---\n\nmore")] == [False]
