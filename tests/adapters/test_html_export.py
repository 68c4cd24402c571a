"""Exported messages: they read as in the window, and nothing in them acts, loads or breaks out."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexu_desktop.adapters.html_export import message_html

ALLOWED_TAGS = {
    *("div", "p", "br", "hr", "span", "a", "sup", "strong", "em", "s", "code", "pre", "ul", "ol", "li"),
    *("blockquote", "table", "thead", "tbody", "tr", "th", "td", "h1", "h2", "h3", "h4", "h5", "h6"),
    *("svg", "g", "path", "rect", "line"),
}
VOID = {"br", "hr", "path", "rect", "line"}


class Read(HTMLParser):
    """Collects tags, attributes and addresses, and whether every tag is closed in order."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: list[str] = []
        self.words = ""
        self.open: list[str] = []
        self.balanced = True
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_endtag(self, tag: str) -> None:
        self.balanced &= bool(self.open) and self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


HOSTILE = [
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](data:image/png;base64,AAAA)",
    "![x](file:///etc/passwd)",
    "![x](https://evil.test/a.png)",
    "[![x](https://evil.test/a.png)](https://evil.test)",
    '[x](https://a.test/"onmouseover="alert(1))',
    '[x](<https://a.test/" onclick="alert(1)>)',
    '```"><script>\n</code></pre><script>alert(1)</script>\n```',
    "`</code><script>`",
    r"$\text{<script>alert(1)</script>}$",
    r"$\href{javascript:alert(1)}{x}$ $\class{x}{y}$ $\textcolor{\"onload=alert(1)}{x}$",
    'a[^"><script>]\n\n[^"><script>]: note',
    '[1]: javascript:alert(1) "<b>"\n\n[1]',
    "| a |\n|---|\n| <iframe src=//x> |",
    "&lt;script&gt; &#60;script&#62;",
    "<style>*{}</style><base href=//evil.test><meta http-equiv=refresh>",
    "[a]: <javascript:x>\n[a]",
]


@pytest.mark.parametrize("source", HOSTILE)
def test_nothing_acts_or_loads(source: str) -> None:
    """Only known tags, no handlers, no sources, only web, mail and inner addresses."""
    read = Read(message_html(source))
    assert read.tags <= ALLOWED_TAGS
    assert [name for name in read.attributes if name.startswith("on") or name in ("src", "srcset")] == []
    assert [a for a in read.addresses if not a.startswith(("https://", "http://", "mailto:", "#m"))] == []
    assert (read.balanced, read.open) == (True, [])


@given(
    st.lists(
        st.sampled_from([*HOSTILE, "\n", "\n\n", "- ", "> ", "*", "$", "`", "[", "](", "|", "\0"]),
        max_size=12,
    )
)
def test_no_mixture_breaks_out(parts: list[str]) -> None:
    """However hostile pieces meet, tags stay known and closed."""
    read = Read(message_html("".join(parts)))
    assert read.tags <= ALLOWED_TAGS
    assert (read.balanced, read.open) == (True, [])


def test_raw_html_is_words() -> None:
    """Tags of the message are read, not obeyed."""
    assert Read(message_html("<b>bold</b>")).words == "<b>bold</b>"


def test_code_is_coloured_inline() -> None:
    """A fence with a language has coloured spans; the words are those of the code."""
    html = message_html("```python\nreturn 1 < 2\n```")
    assert "<span" in html
    assert Read(html).words == "return 1 < 2"


def test_formula_is_inline_svg_and_a_price_is_not() -> None:
    """TeX becomes paths with its source as a name; what fails stays source."""
    html = message_html(r"It is $x^2$, for $5 and $10, not $\frac{a}{$.")
    assert html.count("<svg") == 1
    assert 'aria-label="x^2"' in html
    assert "for $5 and $10, not" in Read(html).words


def test_long_table_is_one_table() -> None:
    """The window cuts it into parts; the page gets one, with one header."""
    html = message_html("| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 60 + "\nend")
    assert (html.count("<table"), html.count("<th "), html.count("<tr")) == (1, 2, 61)
    assert (Read(html).balanced, Read(html).open) == (True, [])


def test_definitions_of_another_part_resolve() -> None:
    """A link and a note defined at the far end of a long message."""
    filler = "Plain words stand here.\n\n" * 300
    html = message_html(f"See [this][far] and[^n].\n\n{filler}[far]: https://nexu.io/far\n[^n]: The note.\n")
    assert 'href="https://nexu.io/far"' in html
    assert html.count("-note-1") == 2


def test_dark_differs_in_colours_only() -> None:
    """The same words on another paper."""
    light, dark = message_html("a `b`"), message_html("a `b`", dark=True)
    assert light != dark
    assert Read(light).words == Read(dark).words


def test_plain_text_of_an_overlong_message_is_kept() -> None:
    """What would hurt the parser is given letter by letter."""
    assert Read(message_html("[" * 5_000)).words.count("[") == 5_000
