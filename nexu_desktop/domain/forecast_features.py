"""The features of the forecast, in the order its trees know them; logs are natural, lengths relative to the level."""

from __future__ import annotations

import math
from collections.abc import Sequence

from nexu_desktop.domain.hints import Hints

FEATURES = 64
SINGLE = 4  # the last answers, each by itself
NO_ANSWER = -9.0  # shorter than any
MOST_RECENT = 12  # answers of the conversation that are looked at
SPREAD_OVER = 6
WORDS_MOST, ITEMS_MOST = 3_000, 50  # more were asked for, but not given
LONG_PROMPT = 8.0  # log tokens; nothing longer was seen while fitting
WORD_TO_TOKEN = 0.29  # log of 4 tokens for 3 words


def features(
    hints: Hints, context_tokens: int, answered_tokens: int, past: Sequence[float], log_level: float
) -> list[float]:
    """`past` are log lengths of the conversation's answers less `log_level`, newest last.

    `answered_tokens` is the part of the context that answers are: the rest are earlier questions.
    """
    last, nearer, near, wide, average = _averages(past)
    most, least, spread = _spread(past[-SPREAD_OVER:])
    prompt = min(math.log(max(hints.prompt_tokens, 1)), LONG_PROMPT)
    first = float(not past)
    context = min(math.log1p(max(context_tokens, 0)), LONG_PROMPT)
    return [
        *(1.0, first, float(len(past) == 1), float(len(past) == 2), math.log1p(len(past))),
        *(last, nearer, near, wide, average, most, least, spread),
        *(near * near, max(near, 0.0), max(near - 0.6, 0.0), spread * near, most * last),
        *_of_prompt(prompt, first, last),
        *_of_change(prompt, max(context_tokens - answered_tokens, 1), len(past), near),
        *_of_numbers(hints, first, log_level),
        *(context, max(context - 6.5, 0.0), max(context - 7.2, 0.0), context * near),
        *_of_words(hints, first, last, near, most, prompt),
        *(past[-number] if number <= len(past) else NO_ANSWER for number in range(1, SINGLE + 1)),
    ]


def _of_prompt(prompt: float, first: float, last: float) -> list[float]:
    bends = (max(prompt - 3.0, 0.0), max(prompt - 4.5, 0.0), max(prompt - 5.5, 0.0), min(prompt - 2.5, 0.0))
    return [prompt, (prompt - 4.0) ** 2, *bends, (prompt - 4.0) * last, first * prompt]


def _of_change(prompt: float, asked_tokens: int, answers: int, near: float) -> list[float]:
    """Whether this question is longer than those before it."""
    if not answers:
        return [0.0] * 4
    before = min(math.log(max(asked_tokens / answers, 1.0)), LONG_PROMPT)
    longer = prompt - before
    return [before, longer, longer * longer, longer * near]


def _of_numbers(hints: Hints, first: float, log_level: float) -> list[float]:
    """How many words or items were asked for."""
    asked = min(hints.asked_words, WORDS_MOST)
    words, items = math.log1p(asked), math.log1p(min(hints.asked_items, ITEMS_MOST))
    return [words, first * words, math.log(asked) + WORD_TO_TOKEN - log_level if asked else 0.0, items]


def _of_words(
    hints: Hints, first: float, last: float, near: float, most: float, prompt: float
) -> list[float]:
    return [
        *map(float, (hints.question, hints.code, hints.write, hints.listing, hints.explain, hints.short)),
        *map(float, (hints.long, hints.more, hints.rewrite, hints.thanks, hints.again)),
        *(hints.question * last, hints.code * near, hints.write * first, hints.write * prompt),
        *(hints.listing * first, hints.long * first, hints.more * last, hints.more * most),
        *(hints.again * last, hints.thanks * near, hints.rewrite * prompt),
    ]


def _averages(past: Sequence[float]) -> tuple[float, float, float, float, float]:
    """The last one, three averages that forget at different speeds, and the plain mean."""
    if not past:
        return 0.0, 0.0, 0.0, 0.0, 0.0
    forgetting = (_weighted(past, 0.5), _weighted(past, 0.7), _weighted(past, 0.9))
    return past[-1], *forgetting, sum(past) / len(past)


def _weighted(past: Sequence[float], factor: float) -> float:
    """Half an answer at the level keeps a single one from counting whole."""
    total = weights = 0.0
    weight = 1.0
    for value in reversed(past):
        total += weight * value
        weights += weight
        weight *= factor
    return total / (weights + 0.5)


def _spread(past: Sequence[float]) -> tuple[float, float, float]:
    if not past:
        return 0.0, 0.0, 0.0
    middle = sum(past) / len(past)
    return max(past), min(past), math.sqrt(sum((value - middle) ** 2 for value in past) / len(past))
