"""Texts with blanks: what is a blank, what fills it, and that nothing is read twice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexu_desktop.domain.errors import BadInput
from nexu_desktop.domain.prompts import (
    NAME_CHARS,
    TEXT_CHARS,
    Blank,
    Prompt,
    asked,
    blanks,
    checked,
    fill,
    pieces,
)

NAMES = st.from_regex(r"[a-z\u4e00-\u4e2f]([a-z \u4e00-\u4e2f]{0,20}[a-z\u4e00-\u4e2f])?", fullmatch=True)
ROUGH = st.text(alphabet=st.sampled_from("{}= \nab字"), max_size=60)


@given(st.text(max_size=200).filter(lambda text: "{{" not in text))
def test_a_text_without_blanks_comes_back(text: str) -> None:
    """Unchanged, whatever the values."""
    assert (fill(text, {"a": "x"}), blanks(text)) == (text, ())


@given(ROUGH, st.dictionaries(NAMES, ROUGH))
def test_pieces_make_up_the_text(text: str, values: dict[str, str]) -> None:
    """Every character outside a blank is kept, in order; every blank is filled."""
    whole = pieces(text)
    expected = "".join(one if isinstance(one, str) else values.get(one.name, "\0") for one in whole)
    given_all = {blank.name: values.get(blank.name, "\0") for blank in blanks(text)}
    assert fill(text, given_all) == expected


@given(NAMES, st.text(max_size=80), ROUGH.filter(lambda text: "{{" not in text and "}}" not in text))
def test_what_fills_a_blank_is_not_read_again(name: str, value: str, around: str) -> None:
    """Not even a blank of the same name inside it."""
    inner = value + "{{" + name + "}}" + "{{other=1}}"
    text = f"{around}\n{{{{{name}}}}}\n{around}"
    assert fill(text, {name: inner, "other": "no"}) == f"{around}\n{inner}\n{around}"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hi {{name}}!", (Blank("name"),)),
        ("{{ name }}", (Blank("name"),)),
        ("{{language=English}}", (Blank("language", "English"),)),
        ("{{target language = 中文 }}", (Blank("target language", "中文"),)),
        ("{{a}} {{b}} {{a=1}}", (Blank("a", "1"), Blank("b"))),
        ("{{a=}}", (Blank("a"),)),
        ("{{a=x=y}}", (Blank("a", "x=y"),)),
        ("{{}} {{ }} {{=x}} {a} {{a} {{a\nb}}", ()),
        ("{{{a}}}", (Blank("a"),)),
    ],
)
def test_blanks_are_found(text: str, found: tuple[Blank, ...]) -> None:
    """Each once, with the first default; what only looks like one is text."""
    assert blanks(text) == found


def test_a_default_fills_what_was_not_given() -> None:
    """At each place of the name, also where the default stands at another."""
    assert fill("{{a}}, {{a=1}}, {{b}}.", {}) == "1, 1, ."
    assert fill("{{a=1}}{{a=2}}", {"a": ""}) == ""


def test_the_program_fills_clipboard_and_date() -> None:
    """They are not asked for."""
    assert asked("{{date}} {{clipboard}} {{Clipboard}} {{topic}}") == (Blank("topic"),)


def test_the_first_line_shows_what_a_prompt_does() -> None:
    """Blank lines before it are skipped."""
    assert (Prompt("1", "n", "\n  Sum up:\nrest").first_line, Prompt("1", "n", " ").first_line) == (
        "Sum up:",
        "",
    )


@pytest.mark.parametrize(
    ("name", "text", "title"),
    [
        (" \n", "x", "A prompt needs a name."),
        ("n" * (NAME_CHARS + 1), "x", "The name has 81 characters."),
        ("n", " \n", "A prompt needs a text."),
        ("n", "x" * (TEXT_CHARS + 1), "The text has 100,001 characters."),
    ],
)
def test_a_prompt_of_no_use_is_refused(name: str, text: str, title: str) -> None:
    """With the reason and the next step."""
    with pytest.raises(BadInput) as refused:
        checked(Prompt("1", name, text))
    assert refused.value.title == title
    assert refused.value.hint


def test_a_name_stands_on_one_line() -> None:
    """The text stays as it was written."""
    assert checked(Prompt("1", " Sum\n up ", " x\n")) == Prompt("1", "Sum up", " x\n")
