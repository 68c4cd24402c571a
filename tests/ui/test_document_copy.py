"""A selection of a document as plain text and as markdown."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QApplication

from nexu_desktop.ui import theme
from nexu_desktop.ui.chat_view.document_copy import document_markdown, fenced, plain_text
from nexu_desktop.ui.chat_view.formats import Formats
from nexu_desktop.ui.chat_view.markdown import render_markdown

pytestmark = pytest.mark.usefixtures("qapp")


def rendered(source: str) -> QTextDocument:
    document = QTextDocument()
    render_markdown(document, source, Formats(theme.LIGHT))
    return document


def whole(document: QTextDocument) -> tuple[QTextDocument, int, int]:
    return document, 0, document.characterCount()


SAME = [
    "# One\n\nText with **bold**, *italic*, ~~struck~~, `code` and [a](https://a.test).",
    "- a\n- b\n    - c\n        1. d\n- [ ] e\n- [x] f",
    "1. a\n\n    more\n\n2. b",
    "> a\n>\n> > b\n>\n> c",
    "| a | b |\n| --- | ---: |\n| 1 | **2** |\n| x \\| y | `z` |",
    "a\n\n```\ncode  here\n  in\n```\n\nb",
    "a\n\n---\n\nb",
    "It is $x^2$ and\n\n$$\ny\n$$",
    "See ![x](https://a.test/a.png) and [1](https://b.test) and https://c.test",
    "a[^1]\n\n[^1]: note\n\n    more",
    "***both*** and **`code`**",
    'As [1](https://a.test) says.\n\n[1]: https://a.test "T"',
]


@pytest.mark.parametrize("source", SAME)
def test_markdown_comes_back(source: str) -> None:
    """What is copied whole renders to what it was copied from."""
    document = rendered(source)
    again = rendered(document_markdown(*whole(document)))
    assert again.toPlainText() == document.toPlainText()
    assert plain_text(*whole(again)) == plain_text(*whole(document))
    links = [{look.toCharFormat().anchorHref() for look in one.allFormats()} for one in (document, again)]
    assert links[0] == links[1]


def test_simple_markdown_is_the_same() -> None:
    """Where there is one way to write it, it is written so."""
    for source in (*SAME[:6], SAME[7]):
        assert document_markdown(*whole(rendered(source))) == source


def test_plain_text_of_a_table_has_tabs() -> None:
    """One line for each row."""
    assert plain_text(*whole(rendered("a\n\n| x | y |\n|---|---|\n| 1 | 2 |\n\nb"))) == "a\nx\ty\n1\t2\nb"


def test_plain_text_reads_as_typed() -> None:
    """Bullets, numbers, boxes, notes and code."""
    source = "- a\n  - b\n- [x] c\n\n3. d\n\nn[^1]\n\n    x = 1\n      y\n\n[^1]: note"
    assert plain_text(*whole(rendered(source))) == ("• a\n  • b\n[x] c\n3. d\nn[1]\nx = 1\n  y\n[1] note")


def test_part_of_the_number_of_a_note() -> None:
    """Whatever is selected of it, it reads well."""
    document = rendered("a[^1]\n\n[^1]: note")
    assert [plain_text(document, 3 + begin, 20).strip() for begin in (0, 3)] == ["[1] note", "note"]


def test_part_of_a_block() -> None:
    """Marks of a block come only with its beginning; styles are closed."""
    document = rendered("# Head line\n\nsome **bold words** here")
    assert plain_text(document, 2, 8) == "ad lin"
    assert document_markdown(document, 2, 8) == "ad lin"
    place = document.toPlainText().index("bold")
    assert document_markdown(document, place + 2, place + 7) == "**ld wo**"
    assert plain_text(document, 5, 5) == ""


def test_row_of_a_table_comes_whole() -> None:
    """Markdown of a part of a cell is its row; plain text is what is selected."""
    document = rendered("| a | b |\n|---|---:|\n| north | **south** |")
    place = document.begin().next().position() + len("a b ")
    assert plain_text(document, place + 2, place + 9) == "rth\tsou"
    assert document_markdown(document, place + 2, place + 9) == "| north | **south** |\n| --- | ---: |"


def test_emoji_are_not_cut() -> None:
    """Positions count in UTF-16, as Qt does."""
    document = rendered("a 😀 **b 😀 c** d")
    assert plain_text(document, 2, 4) == "😀"
    assert plain_text(document, 3, 6) == " b"
    assert document_markdown(*whole(document)) == "a 😀 **b 😀 c** d"


def test_fence_is_longer_than_what_it_holds() -> None:
    """Code with fences in it stays code."""
    assert fenced("x", "py") == "```py\nx\n```"
    assert fenced("```\nx\n```").startswith("````\n")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from([*SAME, "plain", "- ", "> ", "$x$", "|"]), max_size=4).map("\n\n".join),
    st.integers(0, 400),
    st.integers(0, 400),
)
def test_any_range_can_be_copied(source: str, start: int, end: int) -> None:
    """No range of any document raises, and plain text holds nothing of Qt's own marks."""
    assert QApplication.instance() is not None
    document = rendered(source)
    last = document.characterCount() - 1
    start, end = sorted((min(start, last), min(end, last)))
    text = plain_text(document, start, end) + document_markdown(document, start, end)
    assert not set(text) & {"\ufffc", "\u2028", "\u2029", "\ufdd0", "\ufdd1"}
