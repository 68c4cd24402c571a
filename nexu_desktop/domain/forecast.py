"""How long an answer will be: a distribution from the conversation's and the model's own past.

Fitted quantiles of features, in natural logs relative to the model's own running median, so that no level of
the fitted log is shipped; then calibrated online: each answer outside the band moves its edge.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from nexu_desktop.domain.forecast_features import MOST_RECENT, features
from nexu_desktop.domain.forest import Forests
from nexu_desktop.domain.hints import Hints

MEDIAN_WINDOW = 400
PRIOR_TOKENS = 600  # a wide prior: reply logs at hand are far too short for today's models
PRIOR_REPLIES = 4  # one short answer must not make a dear model look cheaper than its neighbours
PRIOR_BAND = (-1.4, 0.8)  # natural logs around the prior, until answers are known
PRIOR_WEIGHT = 3.0  # answers after which the prior band counts for half
# Natural logs by which a miss moves an edge of the band, at first and later, and the likely length.
FIRST_STEP, STEP, LIKELY_STEP = 0.05, 0.01, 0.002
# Natural logs between the 10 and 90 % residuals of the fitted log, for first and for later answers.
FIRST_SPREAD, LATER_SPREAD = 2.59, 1.59
SPREAD_WINDOW, SPREAD_PRIOR_REPLIES = 300, 60
MEAN_PRIOR, MEAN_PRIOR_REPLIES = 1.1, 20  # the mean answer over the median one
THOUGHT_WINDOW = 100
LONGEST = 10_000_000


@dataclass(frozen=True, slots=True)
class Reply:
    """A past answer: output tokens, reasoning included, and what had been predicted for it then.

    `first`: it answered the first message of its conversation. `low` and `high` are the band shown then.
    """

    tokens: int
    predicted: int | None = None
    reasoning: int = 0
    first: bool = False
    low: int | None = None
    high: int | None = None

    @property
    def visible(self) -> int:
        return max(self.tokens - self.reasoning, 0)


@dataclass(frozen=True, slots=True)
class Offsets:
    """By how many natural logs the quantiles of the model are moved."""

    low: float = 0.0
    likely: float = 0.0
    high: float = 0.0


@dataclass(frozen=True)
class History:
    """What one model at one reasoning effort has taught; made once after each answer.

    `level` is its running median of visible tokens, `first_evenness` and `later_evenness` how wide its
    answers scatter compared with the fitted log's, `mean_ratio` the mean answer over the likely one,
    `thought` the likely reasoning tokens.
    """

    replies: int = 0
    level: float = PRIOR_TOKENS
    offsets: Offsets = Offsets()
    first_evenness: float = 1.0
    later_evenness: float = 1.0
    mean_ratio: float = MEAN_PRIOR
    thought: float = 0.0
    thought_high: float = 0.0

    @classmethod
    def of(cls, replies: Sequence[Reply]) -> History:
        """Newest last."""
        if not replies:
            return cls()
        lengths = [reply.visible for reply in replies[-MEDIAN_WINDOW:]]
        thoughts = sorted(reply.reasoning for reply in replies[-THOUGHT_WINDOW:])
        return cls(
            replies=len(replies),
            level=max(_median(lengths + [PRIOR_TOKENS] * PRIOR_REPLIES), 1.0),
            offsets=_offsets(replies),
            first_evenness=_evenness([one for one in replies if one.first], FIRST_SPREAD),
            later_evenness=_evenness([one for one in replies if not one.first], LATER_SPREAD),
            mean_ratio=_mean_ratio(replies),
            thought=_quantile(thoughts, 0.5) if thoughts[-1] else 0.0,
            thought_high=_quantile(thoughts, 0.8) if thoughts[-1] else 0.0,
        )

    @cached_property
    def log_level(self) -> float:
        return math.log(self.level)

    @cached_property
    def prior_share(self) -> float:
        """How much the prior band still counts: 1 without an answer, a half after three, then little."""
        return (PRIOR_WEIGHT / (PRIOR_WEIGHT + self.replies)) ** 2 if self.replies else 1.0


@dataclass(frozen=True, slots=True)
class Forecast:
    """Output tokens of one answer: 10, 50 and 90 % of the answers, the mean, the reasoning in `likely`.

    `replies` is from how many answers of the model it was learned.
    """

    low: int
    likely: int
    high: int
    mean: int
    reasoning: int
    replies: int

    def within(self, limit: int) -> Forecast:
        """Every figure cut at the limit of the answer."""
        low, likely, high, mean = (
            min(max(n, 1), limit) for n in (self.low, self.likely, self.high, self.mean)
        )
        return Forecast(low, likely, high, mean, min(self.reasoning, likely), self.replies)


def row_of(hints: Hints, context_tokens: int, conversation: Sequence[Reply], history: History) -> list[float]:
    """What the forests see of a draft: also what they are fitted on."""
    level, recent = history.log_level, conversation[-MOST_RECENT:]
    past = [math.log(max(reply.visible, 1)) - level for reply in recent]
    return features(hints, context_tokens, sum(reply.visible for reply in recent), past, level)


def forecast(
    forests: Forests, hints: Hints, context_tokens: int, conversation: Sequence[Reply], history: History
) -> Forecast:
    """`conversation` are the answers so far, newest last, of whatever model; `context_tokens` before the draft."""
    level, offsets, share = history.log_level, history.offsets, history.prior_share
    row = row_of(hints, context_tokens, conversation, history)
    low, likely, high = (forest.value(row) for forest in (forests.low, forests.likely, forests.high))
    past = bool(conversation)
    evenness = history.later_evenness if past else history.first_evenness
    below, above = (low - likely) * evenness, (high - likely) * evenness
    likely = likely * (1 - share if not past else 1) + offsets.likely
    low = likely + _mixed(below + offsets.low, PRIOR_BAND[0], share)
    high = likely + _mixed(above + offsets.high, PRIOR_BAND[1], share)
    figures = [_tokens(level + min(low, likely)), _tokens(level + likely), _tokens(level + max(high, likely))]
    thought = round(history.thought)
    return Forecast(
        low=figures[0] + (thought // 2 if thought else 0),
        likely=figures[1] + thought,
        high=figures[2] + round(history.thought_high),
        mean=round((figures[1] + thought) * history.mean_ratio),
        reasoning=thought,
        replies=history.replies,
    )


def _offsets(replies: Sequence[Reply]) -> Offsets:
    """Quantile tracking: 10 % of the answers should lie below the band, half below likely, 10 % above it."""
    low = likely = high = 0.0
    seen = 0
    for reply in replies:
        if reply.predicted is None or reply.low is None or reply.high is None:
            continue
        step = max(STEP, FIRST_STEP / (seen + 2))
        low += step * (0.1 - (reply.tokens < reply.low))
        likely += LIKELY_STEP * (0.5 - (reply.tokens < reply.predicted))
        high += step * (0.9 - (reply.tokens <= reply.high))
        seen += 1
    return Offsets(low, likely, high)


def _evenness(replies: Sequence[Reply], usual: float) -> float:
    """The scatter around what was predicted, shrunk to that of the fitted log."""
    residuals = sorted(
        math.log(max(reply.tokens, 1) / reply.predicted)
        for reply in replies[-SPREAD_WINDOW:]
        if reply.predicted
    )
    if len(residuals) < 2:
        return 1.0
    spread = _quantile(residuals, 0.9) - _quantile(residuals, 0.1)
    weight = len(residuals)
    return (SPREAD_PRIOR_REPLIES + weight * spread / usual) / (SPREAD_PRIOR_REPLIES + weight)


def _mean_ratio(replies: Sequence[Reply]) -> float:
    known = [(reply.tokens, reply.predicted) for reply in replies[-MEDIAN_WINDOW:] if reply.predicted]
    predicted = sum(likely for _, likely in known)
    typical = predicted / len(known) if known else 1.0
    prior = MEAN_PRIOR_REPLIES * typical
    return (sum(tokens for tokens, _ in known) + MEAN_PRIOR * prior) / (predicted + prior)


def _mixed(learned: float, prior: float, share: float) -> float:
    return learned * (1 - share) + prior * share


def _tokens(log_tokens: float) -> int:
    return min(max(round(math.exp(min(log_tokens, 20.0))), 1), LONGEST)


def _median(values: Sequence[float]) -> float:
    return _quantile(sorted(values), 0.5)


def _quantile(ordered: Sequence[float], share: float) -> float:
    return float(ordered[min(int(share * len(ordered)), len(ordered) - 1)])


__all__ = ["Forecast", "Hints", "History", "Offsets", "Reply", "forecast", "row_of"]
