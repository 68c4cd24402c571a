"""Our additions to the parser: formulas that are no prices, bold beside Chinese, boxes of tasks, citations."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.ruler import RuleOptionsType
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_core import StateCore
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

FORMULA_CHARS = 2_000  # a longer one is no formula to us
DISPLAY_LINES = 60

_NOT_BEFORE_CLOSE = frozenset(" \t\n\\([{/:,;=<>&|-+")  # "$5, $HOME/$USER, ($1-$2)" are no formulas
_BRACKETS = {"(": "\\)", "[": "\\]"}
_WORDS = re.compile(r"\d{1,3}|[A-Za-z0-9 ,.'-]*[A-Za-z]{4}[A-Za-z0-9 ,.'-]*")  # brackets escaped, not TeX
# CommonMark leaves **“重点”** literal between Chinese characters; readers expect bold there.
_CJK_BOLD = re.compile(r"\*\*(?=\S)([^*\n]{1,200}?)(?<=\S)\*\*")
_CJK = re.compile(r"[\u3000-\u9fff\uff00-\uffef]")
_CITED = re.compile(r"\d{1,3}")
_TASK = re.compile(r"\[([ xX])\]\s+")


def add_rules(parser: MarkdownIt) -> None:
    stops: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    parser.block.ruler.before("fence", "formula_block", _display, stops)
    parser.inline.ruler.before("escape", "formula", _inline)
    parser.core.ruler.push("cjk_bold", _bold_beside_cjk)
    parser.core.ruler.push("tasks", _tasks)
    parser.core.ruler.push("citations", _citations)


def _inline(state: StateInline, silent: bool) -> bool:
    r"""`$…$`, `$$…$$`, `\(…\)` and `\[…\]` inside a paragraph."""
    source, start = state.src, state.pos
    if source[start] == "$":
        found = _dollars(source, start, state.posMax)
    elif source[start] == "\\" and source[start + 1 : start + 2] in _BRACKETS:
        found = _bracketed(source, start, state.posMax)
    else:
        return False
    if found is None:
        return False
    content, end, display = found
    if not silent:
        token = state.push("formula", "", 0)
        token.content, token.markup = content, source[start:end]
        token.meta = {"display": display}
    state.pos = end
    return True


def _dollars(source: str, start: int, limit: int) -> tuple[str, int, bool] | None:
    double = source.startswith("$$", start)
    begin = start + (2 if double else 1)
    limit = min(limit, begin + FORMULA_CHARS)
    if double:
        end = source.find("$$", begin, limit)
        content = source[begin:end].strip() if end > begin else ""
        return (content, end + 2, True) if content and "\n\n" not in content else None
    if source[begin : begin + 1] in (" ", "\t", "\n", "$", "") or source[start - 1 : start].isalnum():
        return None
    end = source.find("$", begin, limit)
    while end > 0 and (source[end - 1] in _NOT_BEFORE_CLOSE or source[end + 1 : end + 2].isdigit()):
        end = source.find("$", end + 1, limit)
    content = source[begin:end] if end > begin else ""
    return None if not content or "`" in content or "$" in content else (content, end + 1, False)


def _bracketed(source: str, start: int, limit: int) -> tuple[str, int, bool] | None:
    opened = source[start + 1]
    end = source.find(_BRACKETS[opened], start + 2, min(limit, start + 2 + FORMULA_CHARS))
    content = source[start + 2 : end].strip() if end > 0 else ""
    if not content or "\n\n" in content or _WORDS.fullmatch(content):
        return None
    return content, end + 2, opened == "["


def _display(state: StateBlock, begin: int, end: int, silent: bool) -> bool:
    r"""A formula on lines of its own, between `$$` or `\[` and their ends."""
    first = state.src[state.bMarks[begin] + state.tShift[begin] : state.eMarks[begin]]
    if state.sCount[begin] - state.blkIndent >= 4 or not first.startswith(("$$", "\\[")):
        return False
    close = "$$" if first[0] == "$" else "\\]"
    lines = [first[2:]]
    number = begin
    while close not in lines[-1]:
        number += 1
        if number >= min(end, begin + DISPLAY_LINES) or state.isEmpty(number):
            return False
        lines.append(state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]])
    last, after = lines[-1].split(close, 1)
    content = "\n".join([*lines[:-1], last]).strip()
    if after.strip() or not content or len(content) > FORMULA_CHARS:
        return False
    if not silent:
        state.line = number + 1
        token = state.push("formula_block", "", 0)
        token.content, token.markup = (
            content,
            state.getLines(begin, number + 1, state.blkIndent, False).strip(),
        )
        token.meta, token.map, token.block = {"display": True}, [begin, number + 1], True
    return True


def _bold_beside_cjk(state: StateCore) -> None:
    for token in state.tokens:
        if token.children and "**" in token.content and _CJK.search(token.content):
            token.children = [new for child in token.children for new in _bolder(child)]


def _bolder(token: Token) -> list[Token]:
    from markdown_it.token import Token as New

    if token.type != "text" or "**" not in token.content:
        return [token]
    tokens: list[Token] = []
    for number, part in enumerate(_CJK_BOLD.split(token.content)):
        text = New("text", "", 0, content=part)
        bold = number % 2 == 1
        tokens += (
            [New("strong_open", "strong", 1), text, New("strong_close", "strong", -1)] if bold else [text]
        )
    return tokens


def _tasks(state: StateCore) -> None:
    """'[x] done' at the start of an item: the item's token knows, the text loses the brackets."""
    tokens = state.tokens
    for place in range(2, len(tokens)):
        inline, item = tokens[place], tokens[place - 2]
        if inline.type != "inline" or item.type != "list_item_open" or not inline.children:
            continue
        first = inline.children[0]
        found = _TASK.match(first.content) if first.type == "text" else None
        if found:
            item.meta = {"task": found[1] != " "}
            first.content = first.content[found.end() :]


def _citations(state: StateCore) -> None:
    """A link whose words are a number, as `[1](…)` or `[1]` with a definition: the reader sees [1], not a lone 1."""
    for token in state.tokens:
        children = token.children if token.children and "[" in token.content else ()
        for before, words, after in zip(children, children[1:], children[2:], strict=False):
            linked = before.type == "link_open" and after.type == "link_close"
            if linked and words.type == "text" and _CITED.fullmatch(words.content):
                words.content = f"[{words.content}]"
