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
