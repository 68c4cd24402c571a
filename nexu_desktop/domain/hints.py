"""What a draft says about the length of its answer: numbers and flags, no text."""

from __future__ import annotations

import re
from dataclasses import dataclass

HEAD_CHARS, TAIL_CHARS = 1_200, 800
WORDS_MOST, ITEMS_MOST = 20_000, 1_000
_ASKED_WORDS = re.compile(r"(?<![\d.,])(\d{1,3}(?:[,.]?\d{3})?)[\s-]*(?:words?\b|字)")
_ASKED_ITEMS = re.compile(
    r"(?<![\d.,])(\d{1,4})\s*(?:\w+\s+){0,2}?(?:ideas|examples|questions|ways|items|points|titles|names|tips|reasons|steps|"
    r"headlines|topics|options|sentences|facts|paragraphs|keywords|suggestions|prompts|个|条|种)"
)


@dataclass(frozen=True, slots=True)
class Flag:
    """Set by one of its words, or by a phrase anywhere in the lowered text."""

    words: frozenset[str]
    phrases: tuple[str, ...]


def _flag(words: str, *phrases: str) -> Flag:
    return Flag(frozenset(words.split()), phrases)


# The words were chosen to agree with the flags of the log the weights were fitted on, 84 to 99 % of 3,353 drafts.
# Sets of words, not patterns: a draft is read again at each key.
FLAGS = {
    "question": _flag("", "?", "？"),
    "code": _flag(
        "code function python javascript java sql html css script api bug error class react json",
        *("```", "代码", "函数"),
    ),
    "write": _flag("write create generate compose draft", "写", "生成"),
    "listing": _flag("list bullet table outline ideas examples steps", "列出", "列表", "表格"),
    "explain": _flag(
        "explain describe why",
        *("what is", "what are", "how do", "how to", "how can", "解释", "说明", "为什么"),
    ),
    "short": _flag(
        "short brief briefly concise tldr", "one sentence", "in a few words", "tl;dr", "简短", "一句话"
    ),
    "long": _flag(
        "long detailed essay article comprehensive thorough elaborate expand blog",
        "in detail",
        "详细",
        "文章",
    ),
    "more": _flag("continue", "go on", "keep going", "继续"),
    "rewrite": _flag(
        "rewrite rephrase revise edit improve translate paraphrase shorten", "改写", "翻译", "润色"
    ),
    "thanks": _flag("", "谢谢", "好的"),
    "again": _flag("again another more also other else same instead above", "再", "另外", "还有"),
}
OPENINGS = frozenset(
    [
        "thanks",
        "thank",
        "ok",
        "okay",
        "great",
        "good",
        "nice",
        "perfect",
        "cool",
        "yes",
        "no",
        "sure",
        "got",
        "hi",
        "hello",
    ]
)  # as the first word: an answer to the answer
_WORD = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class Hints:
    """`asked_words` and `asked_items` are 0 where no number was asked for."""

    prompt_tokens: int
    asked_words: int = 0
    asked_items: int = 0
    question: bool = False
    code: bool = False
    write: bool = False
    listing: bool = False
    explain: bool = False
    short: bool = False
    long: bool = False
    more: bool = False
    rewrite: bool = False
    thanks: bool = False
    again: bool = False

    @classmethod
    def of(cls, draft: str, prompt_tokens: int) -> Hints:
        """Reads the beginning and the end of a long draft: what is asked for stands there."""
        text = draft
        if len(draft) > HEAD_CHARS + TAIL_CHARS:
            text = draft[:HEAD_CHARS] + "\n" + draft[-TAIL_CHARS:]
        text = text.lower()
        words = _WORD.findall(text)
        known = frozenset(words)
        flags = {
            name: not known.isdisjoint(flag.words) or any(phrase in text for phrase in flag.phrases)
            for name, flag in FLAGS.items()
        }
        flags["thanks"] |= bool(words) and words[0] in OPENINGS
        numbers = any(map(str.isdigit, text))
        return cls(
            prompt_tokens,
            min(_number(_ASKED_WORDS, text), WORDS_MOST) if numbers else 0,
            min(_number(_ASKED_ITEMS, text), ITEMS_MOST) if numbers else 0,
            **flags,
        )


def _number(pattern: re.Pattern[str], text: str) -> int:
    found = pattern.search(text)
    return int(found[1].replace(",", "").replace(".", "")) if found else 0
