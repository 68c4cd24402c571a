"""Our rules on top of the parser: formulas and prices, notes, sources, tasks, bold beside Chinese, caps."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexu_desktop.markup.parsing import CAPS, SOURCE_MAX, parse
from nexu_desktop.markup.references import References


def formulas(source: str) -> list[tuple[str, bool]]:
    """(TeX, on a line of its own) of each formula found."""
    return [
        (one.content, one.meta["display"])
        for token in parse(source) or []
        for one in [token, *(token.children or [])]
        if one.type in ("formula", "formula_block")
    ]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("$x^2$", [("x^2", False)]),
        ("so $a_1*b*c$ is", [("a_1*b*c", False)]),
        (r"\(a\) and \[b\]", [("a", False), ("b", True)]),
        ("$$x$$", [("x", True)]),
        ("$$\nx\n+ y\n$$", [("x\n+ y", True)]),
        ("\\[\nx\n\\]\nmore", [("x", True)]),
        ("text\n$$\nx\n$$\nmore", [("x", True)]),
        ("- item\n\n  $$x$$", [("x", True)]),
        ("the $n$-th", [("n", False)]),
    ],
)
def test_formulas(source: str, found: list[tuple[str, bool]]) -> None:
    """All four ways to write one, inside a paragraph and on lines of their own."""
    assert formulas(source) == found


@pytest.mark.parametrize(
    "source",
    [
        "It costs $5 and $10.",
        "$5, $6",
        "$5/$10",
        "US$5 or CA$7",
        "pay $5 or CA$7",
        "$3.50-$4.00",
        "$HOME/$USER",
        "a $ b $ c",
        r"\$x\$",
        r"an \[escaped bracket\], a number \[12\] and \(in words\)",
        "`$x$`",
        "$5 (was $10)",
        "$$\nnever closed",
        "$x\n\ny$",
        "```\n$x$\n```",
    ],
)
def test_prices_are_no_formulas(source: str) -> None:
    """Money, shell variables, escaped and unclosed dollars stay words."""
    assert formulas(source) == []


def kinds(source: str, references: References = References()) -> list[str]:  # noqa: B008 - a frozen value
    return [one.type for token in parse(source, references) or [] for one in [token, *(token.children or [])]]


def test_notes_come_last_in_the_order_of_their_calls() -> None:
    """Definitions in the middle move to the end; numbers follow the calls."""
    tokens = parse("a[^z] b[^y]\n\n[^y]: Y\n\n[^z]: Z\n\nend") or []
    notes = [(t.meta["label"], t.meta["number"]) for t in tokens if t.type == "footnote_reference_open"]
    assert notes == [("z", 1), ("y", 2)]
    assert tokens[-1].type == "footnote_reference_close"


def test_note_without_definition_is_text() -> None:
    """`[^a-z]` in a sentence is an expression, unless a note of that name is known from elsewhere."""
    assert "footnote_ref" not in kinds("use [^a-z] here")
    assert "footnote_ref" in kinds("use [^a] here", References(notes=(("a", 3),)))


def test_numbered_definitions_are_listed() -> None:
    """A definition with a number is a source that a reader wants to see; others stay hidden."""
    tokens = parse('As [1] says.\n\n[1]: https://a.test "A"\n[b]: https://b.test') or []
    assert [t.meta for t in tokens if t.type == "source"] == [
        {"label": "1", "href": "https://a.test", "title": "A"}
    ]
    assert "[1]" in [one.content for t in tokens for one in t.children or []]


def test_links_defined_elsewhere() -> None:
    """References handed in resolve, and win over nothing else."""
    assert "link_open" not in kinds("[a]")
    assert "link_open" in kinds("[a]", References(links=(("A", "https://a.test", ""),)))


def test_tasks_know_their_state() -> None:
    """The brackets leave the text; elsewhere they stay."""
    items = [t.meta.get("task") for t in parse("- [ ] a\n- [x] b\n- c") or [] if t.type == "list_item_open"]
    assert items == [False, True, None]
    assert "[x] a" in [one.content for t in parse("[x] a") or [] for one in t.children or []]


def test_indented_code_but_not_in_a_cut_list() -> None:
    """Four spaces are code after a paragraph; at the beginning they may be the rest of a list."""
    assert "code_block" in kinds("a\n\n    code")
    assert "code_block" not in kinds("    rest of an item")


def test_bold_beside_chinese() -> None:
    """What CommonMark leaves literal between Chinese characters is bold."""
    assert "strong_open" in kinds("前**“重点”**内容")
    assert "strong_open" not in kinds("a ** b ** c")


@pytest.mark.parametrize("mark", CAPS)
def test_hurtful_segments_are_not_parsed(mark: str) -> None:
    """Each character whose number drives the parser's time has a cap."""
    assert parse(mark + "a") is not None
    assert parse((mark + "a") * (CAPS[mark] + 1)) is None


def test_depth_and_length_are_capped() -> None:
    """Deep nesting and overlong texts are not parsed."""
    assert parse("> " * 30 + "a") is None
    assert parse("a " * SOURCE_MAX) is None


@given(st.text(alphabet="$\\()[]x 1\n`^*_:|-#>{}", max_size=120))
def test_no_text_breaks_the_parser(source: str) -> None:
    """Any mixture of marks gives tokens or None, never an exception."""
    parse(source)
