"""Texts of a known size: prose in English and Chinese, and code, from one seed."""

from __future__ import annotations

import random

WORDS = [
    "the",
    "river",
    "carries",
    "sand",
    "to",
    "its",
    "delta",
    "and",
    "each",
    "year",
    "the",
    "coast",
    "moves",
    "a",
    "little",
    "further",
    "into",
    "the",
    "sea",
    "because",
    "water",
    "slows",
    "where",
    "it",
    "spreads",
    "model",
    "token",
    "credit",
    "ledger",
    "balance",
    "estimate",
    "answer",
    "window",
    "quiet",
    "paper",
    "accent",
]
CHINESE = (
    "河流把泥沙带到三角洲每年海岸线都会向海里推进一点因为水流在散开的地方变慢模型词元额度账本余额估算回答"
)
CODE = "def merge(left, right):\n    out, i, j = [], 0, 0\n    while i < len(left):\n        out.append(left[i])\n"


def paragraph(rng: random.Random, chars: int) -> str:
    if rng.random() < 0.2:
        return "".join(rng.choice(CHINESE) for _ in range(chars // 3)) + "。"
    words: list[str] = []
    while sum(map(len, words)) + len(words) < chars:
        words.append(rng.choice(WORDS))
    return " ".join(words) + "."


def message(rng: random.Random, chars: int) -> str:
    parts: list[str] = []
    while sum(map(len, parts)) < chars:
        parts.append(f"```python\n{CODE}```" if rng.random() < 0.1 else paragraph(rng, rng.randint(80, 600)))
    return "\n\n".join(parts)


PARTS = (
    "## A heading\n\nA paragraph of *plain* words with **bold** ones, `code` and a [link](https://nexu.io), "
    "long enough to need more than one line of the column. 河流在入海处流速减慢，泥沙沉积。\n\n",
    "- one item\n- another with `code`\n  - and a nested one\n\n",
    "```python\ndef merge(left: list[int], right: list[int]) -> list[int]:\n    out = []\n"
    "    while left and right:\n        out.append(min(left, right).pop(0))\n    return out + left + right\n```\n\n",
    "| a | b | c |\n|---|---|---|\n| 1 | 2 | 3 |\n| 4 | 5 | 6 |\n\n",
)


def streamed(chars: int) -> str:
    """An answer of so many characters with everything in it."""
    whole = "".join(PARTS)
    return (whole * (chars // len(whole) + 1))[:chars]


def conversation(rng: random.Random, count: int) -> tuple[str, ...]:
    """Questions and answers in turn: 1,100 characters each on average, 12,000 at most."""
    texts = []
    for number in range(count):
        size = rng.randint(40, 600) if number % 2 == 0 else min(int(rng.expovariate(1 / 1_700)) + 200, 12_000)
        text = message(rng, size)
        texts.append(text + "\n\n" + rng.choice(PARTS) if number % 2 else text)
    return tuple(texts)
