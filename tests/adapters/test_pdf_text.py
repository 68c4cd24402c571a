"""The text of PDF files, and what is said of those that have none, are locked, damaged, or too much."""

from __future__ import annotations

import pytest

from nexu_desktop.adapters import pdf_text
from nexu_desktop.adapters.pdf_child import text_of
from nexu_desktop.adapters.pdf_text import read_pdf
from nexu_desktop.domain.errors import BadInput
from tests.adapters.pdf_bytes import locked, pdf

RING = pdf("x").replace(b"/Kids [4 0 R]", b"/Kids [2 0 R]")


def test_text_comes_page_by_page() -> None:
    """With its lines; a page without text is named in its place."""
    found = read_pdf("a.pdf", pdf("Hello (you)\nGrüße", "", "The end"))
    assert found == "Hello (you)\nGrüße\n\n[page 2: no text]\n\nThe end"


def test_anything_else_is_none() -> None:
    """Also a text about PDF."""
    assert [read_pdf("x", data) for data in (b"", b"hello", b"The header is %PDF-1.7")] == [None] * 3


def test_a_lock_against_printing_alone_is_no_lock() -> None:
    """Every reader opens such a file."""
    assert read_pdf("a.pdf", locked(pdf("Hello"), "")) == "Hello"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (locked(pdf("Hello"), "secret"), "a.pdf is protected by a password."),
        (pdf("", ""), "a.pdf has no text in it: its 2 pages are pictures."),
        (pdf(""), "a.pdf has no text in it: its page is a picture."),
        (pdf("Hello")[:200], "a.pdf is damaged, or no PDF that can be read."),
        (b"%PDF-1.7\n" + bytes(range(256)) * 40, "a.pdf is damaged, or no PDF that can be read."),
        (RING, "a.pdf is damaged, or no PDF that can be read."),
    ],
    ids=["locked", "scanned", "one page scanned", "half", "noise", "a ring of pages"],
)
def test_what_can_not_be_read_is_told(data: bytes, said: str) -> None:
    """With the next step."""
    with pytest.raises(BadInput) as refused:
        read_pdf("a.pdf", data)
    assert refused.value.title == said
    assert refused.value.hint


def test_too_many_pages_and_too_much_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limits are told, and the rest is not read."""
    monkeypatch.setattr(pdf_text, "PAGES_MAX", 2)
    monkeypatch.setattr(pdf_text, "CHARS_MAX", 100)
    with pytest.raises(BadInput, match="has 3 pages"):
        read_pdf("a.pdf", pdf("1", "2", "3"))
    with pytest.raises(BadInput, match="longer than 2 MB"):
        read_pdf("a.pdf", pdf("x" * 60, "y" * 60))


def test_one_that_takes_too_long_is_left() -> None:
    """The process is ended; nobody waits for it."""
    with pytest.raises(BadInput, match=r"longer than 0\.01 seconds"):
        read_pdf("a.pdf", pdf("Hello"), seconds=0.01)


def test_the_child_ends_with_an_answer_for_any_error() -> None:
    """Whatever the library makes of the bytes."""
    assert text_of(b"", 10, 10) == {"error": "damaged"}
    assert text_of(pdf("Hello"), 10, 100) == {"text": "Hello", "pages": 1}
