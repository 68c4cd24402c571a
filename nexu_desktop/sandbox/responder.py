"""Who writes the answers: the protocol, and the plain responder that describes the prompt and is no model."""

from __future__ import annotations

import random
import re
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from nexu_desktop.sandbox import plain_texts
from nexu_desktop.sandbox.call import Turn
from nexu_desktop.sandbox.plain_texts import Texts

QUOTE_CHARS = 60
LOOK_CHARS = 400
_PIECES = re.compile(r"\s*\S{1,12}|\s+")
_CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_SENTENCE = re.compile(r"[^.!?。！？\n]+[.!?。！？]*")


class Responder(Protocol):
    def respond(self, messages: Sequence[Turn], max_tokens: int) -> Generator[str, None, None]:
        """Pieces of one answer. An empty piece means: still at work. Closing the iterator stops the work.

        `max_tokens` is in the responder's own tokens; raises OutOfRoom at its own limit, ResponderGone
        when it cannot go on.
        """
        ...


class OutOfRoom(Exception):
    """The answer ended at a length limit of the responder, not by itself."""


class ResponderGone(Exception):
    """The responder broke; its text says why."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What can be counted about a prompt."""

    text: str
    turns: int
    chinese: bool
    words: int
    sentences: tuple[str, ...]
    wish: str  # 'short', 'long' or ''

    @property
    def rows(self) -> tuple[int, ...]:
        questions = sum(self.text.count(mark) for mark in "?？")
        lines = self.text.count("\n") + 1
        return (len(self.text), self.words, len(self.sentences), lines, questions, self.turns)


class PlainResponder:
    """Markdown about the last prompt, in English or Chinese; the same prompt gives the same answer."""

    def respond(self, messages: Sequence[Turn], max_tokens: int) -> Generator[str, None, None]:
        """Pieces of about a word. The caller cuts at `max_tokens`; nothing here needs it."""
        for match in _PIECES.finditer(write_about(messages)):
            yield match.group()


def write_about(messages: Sequence[Turn]) -> str:
    facts = read(messages)
    texts = _language(facts)
    chance = random.Random(sha256(facts.text.encode("utf-8", "replace")).digest())
    if facts.wish == "short":
        return texts.short.format(quote=_quote(facts.text), words=facts.words) + "\n"
    parts = [
        "## " + texts.title.format(quote=_quote(facts.text)),
        chance.choice(texts.openings) + " " + texts.disclosure,
        _table(texts, facts),
        *_sentences(texts, facts),
        "### " + texts.code_heading,
        _code(texts, facts),
        "> " + chance.choice(texts.closings),
    ]
    return "\n\n".join(parts) + "\n"


def unseen(messages: Sequence[Turn], images: int) -> str:
    """What goes before an answer to a message with images, whoever answers: nobody here has seen them."""
    return _language(read(messages)).unseen.format(count=images) + "\n\n"


def read(messages: Sequence[Turn]) -> Facts:
    """Facts about the last thing the person wrote."""
    text = next((text for role, text in reversed(messages) if role == "user"), "")
    lower = text.lower()
    chinese = bool(_CJK.search(text))
    return Facts(
        text=text,
        turns=sum(role == "user" for role, _ in messages),
        chinese=chinese,
        words=len(_CJK.findall(text)) + len(re.findall(r"[A-Za-z0-9'_-]+", text)),
        sentences=tuple(part.strip() for part in _SENTENCE.findall(text) if part.strip()),
        wish=next((wish for wish, words in plain_texts.WISHES.items() if any(w in lower for w in words)), ""),
    )


def _language(facts: Facts) -> Texts:
    return plain_texts.CHINESE if facts.chinese else plain_texts.ENGLISH


def _table(texts: Texts, facts: Facts) -> str:
    lines = [f"| {texts.table_head[0]} | {texts.table_head[1]} |", "|---|---:|"]
    lines += [f"| {label} | {value:,} |" for label, value in zip(texts.row_labels, facts.rows, strict=True)]
    return "\n".join(lines)


def _sentences(texts: Texts, facts: Facts) -> list[str]:
    """One list of the prompt's own sentences; for 'long' also a section on each."""
    shown = facts.sentences[: 12 if facts.wish == "long" else 4]
    items = [texts.item.format(quote=_quote(text), length=len(text)) for text in shown]
    parts = ["### " + texts.list_heading, "\n".join(f"{n}. {item}" for n, item in enumerate(items, 1))]
    if facts.wish == "long":
        for number, text in enumerate(shown, 1):
            parts.append("### " + texts.section.format(number=number))
            parts.append(
                texts.section_body.format(quote=_quote(text), length=len(text), words=len(text.split()))
            )
    return parts


def _code(texts: Texts, facts: Facts) -> str:
    sample = "".join(char for char in _quote(facts.text) if char not in '`\\"')
    return "\n".join(
        [
            "```python",
            f"# {texts.code_comment}",
            f'prompt = "{sample}"',
            "longest = max(prompt.split(), key=len, default='')",
            "print(len(prompt), longest)",
            "```",
        ]
    )


def _quote(text: str) -> str:
    """The start of a text on one line, without what markdown would read as a mark."""
    line = re.sub(r"\s+", " ", re.sub(r"[|`*_<>\[\]#{}\\~$]", "", text[:LOOK_CHARS])).strip()
    return line if len(line) <= QUOTE_CHARS else line[: QUOTE_CHARS - 1] + "…"
