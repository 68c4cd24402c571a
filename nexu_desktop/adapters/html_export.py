"""A message's markdown as HTML that stands alone: inline styles, nothing to load, no script, no raw HTML.

Cut into the segments of the window, so that what hurts a parser is shown as plain text here too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from html import escape
from typing import TYPE_CHECKING

from nexu_desktop.adapters.html_look import DARK, LIGHT, Look
from nexu_desktop.markup import code_colours, formulas, links
from nexu_desktop.markup.characters import visible, visible_code
from nexu_desktop.markup.parsing import parse
from nexu_desktop.markup.segments import Kind, Segment, split

if TYPE_CHECKING:
    from markdown_it.token import Token

FORMULAS_MAX = 300  # of one message; the rest is given as source
FORMULA_PX = 16
_TAGS = {
    *("p", "ul", "ol", "li", "blockquote", "table", "thead", "tbody", "tr", "th", "td"),
    *("strong", "em", "s", "h1", "h2", "h3", "h4", "h5", "h6"),
}


def message_html(markdown: str, *, dark: bool = False) -> str:
    """One `<div>` with all of the message; safe to put into a page, whatever the text says.

    The names of its footnotes are its own, so that many messages may stand in one page.
    """
    writer = _Writer(
        DARK if dark else LIGHT, "m" + sha256(markdown.encode("utf-8", "replace")).hexdigest()[:8]
    )
    parts = "".join(writer.message(split(markdown)))
    return f'<div dir="auto" style="{writer.look.text}">{parts}</div>'


def _parsed(segment: Segment) -> list[Token] | None:
    return parse(visible(segment.text), segment.references) if segment.kind is Kind.TEXT else None


def _rows_only(tokens: Sequence[Token]) -> list[Token]:
    """A table that goes on, without the header it repeats."""
    begin = next((n for n, token in enumerate(tokens) if token.type == "thead_close"), -1)
    return list(tokens[begin + 1 :])


class _Writer:
    """Writes one message. Words go through `escape`; tags and styles come from here alone."""

    def __init__(self, look: Look, name: str) -> None:
        self.look = look
        self._name = name
        self._formulas = 0
        self._links: list[tuple[str, list[str]]] = []  # of each open link: its target and its words

    def message(self, segments: Sequence[Segment]) -> Iterator[str]:
        parsed = [_parsed(segment) for segment in segments]
        for number, (segment, tokens) in enumerate(zip(segments, parsed, strict=True)):
            if tokens is None:
                yield self._as_it_is(segment)
                continue
            after = segments[number + 1] if number + 1 < len(segments) else None
            if segment.continues and parsed[number - 1] is not None:
                tokens = [token for token in _rows_only(tokens) if token.type != "tbody_open"]
            if after is not None and after.continues and parsed[number + 1] is not None:
                tokens = [token for token in tokens if token.type not in ("tbody_close", "table_close")]
            yield self.tokens(tokens)

    def tokens(self, tokens: Sequence[Token]) -> str:
        return "".join(map(self._block, tokens))

    # --- blocks ---------------------------------------------------------------------------------------

    def _as_it_is(self, segment: Segment) -> str:
        if segment.kind is Kind.CODE:
            return self._code(segment.text, segment.language)
        return f'<p style="white-space:pre-wrap">{escape(visible(segment.text).strip())}</p>'

    def _block(self, token: Token) -> str:
        match token.type:
            case "inline":
                return "".join(map(self._inline, token.children or ()))
            case "fence" | "code_block":
                return self._code(token.content.removesuffix("\n"), token.info.split(maxsplit=1)[0:1])
            case "hr":
                return f'<hr style="{self.look.tag("hr")}">'
            case "formula_block":
                return f'<p style="text-align:center">{self._formula(token)}</p>'
            case "footnote_reference_open":
                return self._note(token)
            case "footnote_reference_close":
                return "</div>"
            case "source":
                return self._source(token)
            case "paragraph_open" | "paragraph_close" if token.hidden:
                return ""
            case _:
                return self._tag(token)

    def _tag(self, token: Token) -> str:
        if token.tag not in _TAGS:
            return escape(token.content)
        if token.nesting < 0:
            return f"</{token.tag}>"
        style = self.look.tag(token.tag)
        side = str(token.attrs.get("style", "")).removeprefix("text-align:")
        if side in ("left", "center", "right"):
            style += f";text-align:{side}"
        more = f' start="{int(token.attrs["start"])}"' if token.tag == "ol" and "start" in token.attrs else ""
        if token.tag in ("p", "li", "blockquote", "td", "th"):
            more += ' dir="auto"'
        box = ""
        if token.tag == "li" and "task" in token.meta:
            style, box = "list-style:none", "☑ " if token.meta["task"] else "☐ "
        return f"<{token.tag}{more}" + (f' style="{style}">' if style else ">") + box

    def _code(self, code: str, language: str | Sequence[str]) -> str:
        name = language if isinstance(language, str) else "".join(language)
        code = visible_code(code)
        parts = [self._coloured(role, text) for role, text in code_colours.pieces(code, name)]
        return f'<pre style="{self.look.block}"><code>{"".join(parts) or escape(code)}</code></pre>'

    def _coloured(self, role: str, text: str) -> str:
        return f'<span style="color:{self.look.roles[role]}">{escape(text)}</span>' if role else escape(text)

    def _note(self, token: Token) -> str:
        number = token.meta["number"]
        style = f"{self.look.tag('muted')};font-size:13px"
        back = f'<a style="{self.look.tag("a")}" href="#{self._name}-call-{number}-1">{number} ↩</a>'
        return f'<div id="{self._name}-note-{number}" style="{style}">{back} '

    def _source(self, token: Token) -> str:
        href, title = token.meta["href"], token.meta["title"] or links.shown(token.meta["href"])
        words = self._anchor(href, escape(visible(title)))
        return f'<div style="{self.look.tag("muted")};font-size:13px">[{escape(token.meta["label"])}] {words}</div>'

    # --- inside a paragraph ---------------------------------------------------------------------------

    def _inline(self, token: Token) -> str:
        if self._links and token.type != "link_open":
            self._links[-1][1].append(token.content)
        match token.type:
            case "text":
                return escape(visible(token.content))
            case "code_inline":
                return f'<code style="{self.look.code}">{escape(visible_code(token.content))}</code>'
            case "softbreak" | "hardbreak":
                return "<br>"
            case "formula":
                return self._formula(token)
            case "image":
                place = f"image: {token.content or 'untitled'}, {links.host(str(token.attrs.get('src', '')))}"
                words = f'<span style="{self.look.tag("muted")}">[{escape(visible(place))}]</span>'
                return words if self._links else self._anchor(str(token.attrs.get("src", "")), words)
            case "link_open":
                return self._open(str(token.attrs.get("href", "")))
            case "link_close":
                return self._close()
            case "footnote_ref":
                return self._call(token)
            case _:
                return self._tag(token)

    def _open(self, href: str) -> str:
        self._links.append((href, []))
        return self._anchor_begin(href) if links.allowed(href) else ""

    def _close(self) -> str:
        href, words = self._links.pop()
        label = "".join(words)
        if not links.allowed(href):
            return "" if href == label else self._muted(f" ({href})")
        goes = links.other_host(label, href)
        return "</a>" + (self._muted(f" [{goes}]") if goes else "")

    def _muted(self, words: str) -> str:
        return f'<span style="{self.look.tag("muted")}">{escape(visible(words))}</span>'

    def _anchor_begin(self, href: str) -> str:
        rel = 'rel="noopener noreferrer nofollow"'
        return f'<a style="{self.look.tag("a")}" {rel} href="{escape(href)}">'

    def _anchor(self, href: str, words: str) -> str:
        return f"{self._anchor_begin(href)}{words}</a>" if links.allowed(href) else words

    def _call(self, token: Token) -> str:
        number, call = token.meta["number"], token.meta["call"]
        here, there = f"{self._name}-call-{number}-{call}", f"{self._name}-note-{number}"
        return f'<sup><a id="{here}" style="{self.look.tag("a")}" href="#{there}">{number}</a></sup>'

    def _formula(self, token: Token) -> str:
        self._formulas += 1
        display = bool(token.meta["display"])
        made = None
        if self._formulas <= FORMULAS_MAX:
            made = formulas.drawn(token.content, display=display, size=FORMULA_PX)
        if made is None:
            return f'<code style="{self.look.code}">{escape(visible_code(token.markup))}</code>'
        svg = made.coloured(self.look.ink)
        place = (
            f'role="img" aria-label="{escape(token.content)}" style="vertical-align:{-made.descent:.2f}px"'
        )
        return svg.replace("<svg ", f"<svg {place} ", 1)
