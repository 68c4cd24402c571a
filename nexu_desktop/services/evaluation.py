"""How good the forecast is: a log of past answers replayed in order, beside simpler methods.

The log that the forecast was fitted on is split by conversation with a fixed seed: how to fit was chosen on the
part "tune", figures are reported on the other, and each answer there is predicted by a forecast fitted without
its fifth of the conversations. A log of one's own was never fitted on, so all of it is replayed.
"""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from nexu_desktop.domain.credits import Rate, Usage
from nexu_desktop.domain.forecast import Forecast, History, Reply, forecast, row_of
from nexu_desktop.domain.forest import Forests
from nexu_desktop.domain.hints import Hints
from nexu_desktop.services.baseline import ShrunkLogMean

SEED = "nexu-meter-1"
FOLDS = 5
PARTS = {"tune": range(15), "report": range(15, 100), "all": range(100)}
QUANTILES = (0.1, 0.5, 0.9)
REMEMBERED = 2_000  # answers a history is made from
GUESSED_TOKENS = 2_000  # what the price page assumes
OURS = "ours"
SEEN = ((0, 0), (1, 5), (6, 19), (20, 99), (100, 10**9))
FORGOTTEN_AFTER = 300  # answers, in the table by answers seen


@dataclass(frozen=True, slots=True)
class LogRow:
    """One answer of a log. `stream` tells models (and efforts) apart that learn on their own."""

    conversation: str
    context_tokens: int
    reply_tokens: int
    hints: Hints
    reasoning_tokens: int = 0
    stream: str = ""


Guess = tuple[float, float, float]
Method = Callable[[LogRow, Sequence[Reply], History], Forecast]


@dataclass(slots=True)
class Score:
    """Sums over the answers replayed; `mean` is what a method would put into a total."""

    answers: int = 0
    pinball: float = 0.0
    covered: int = 0
    errors: list[float] = field(default_factory=list)
    within_two: int = 0
    actual: int = 0
    mean: float = 0.0

    def add(self, guess: Guess, mean: float, tokens: int) -> None:
        self.answers += 1
        self.pinball += sum(_pinball(tokens, q, at) for q, at in zip(guess, QUANTILES, strict=True)) / 3
        self.covered += guess[0] <= tokens <= guess[2]
        self.errors.append(abs(guess[1] - tokens) / tokens)
        self.within_two += tokens / 2 <= guess[1] <= tokens * 2
        self.actual += tokens
        self.mean += mean

    def figures(self) -> dict[str, float | int]:
        """Pinball loss in tokens, the others in percent; bias is that of the sum."""
        n = max(self.answers, 1)
        return {
            "answers": self.answers,
            "pinball": round(self.pinball / n, 2),
            "coverage": round(100 * self.covered / n, 1),
            "median_error": round(100 * _middle(self.errors), 1),
            "within_two": round(100 * self.within_two / n, 1),
            "bias": round(100 * (self.mean / max(self.actual, 1) - 1), 1),
        }


@dataclass(frozen=True, slots=True)
class Evaluation:
    """`methods` by name, `by_seen` by how many answers of the model were known, `credit_error` in percent."""

    part: str
    rows: int
    conversations: int
    methods: Mapping[str, Score]
    by_seen: Mapping[str, Score]
    credit_error: float | None


def part_of(conversation: str) -> int:
    """0 to 99, the same for every answer of a conversation."""
    digest = hashlib.sha256(f"{SEED}:{conversation}".encode()).digest()
    return int.from_bytes(digest[:4], "big") % 100


def in_part(rows: Iterable[LogRow], part: str) -> list[LogRow]:
    wanted = PARTS[part]
    return [row for row in rows if part_of(row.conversation) in wanted]


def fold_of(conversation: str) -> int:
    """0 to 4, the same for every answer of a conversation, and independent of its part."""
    return hashlib.sha256(f"{SEED}:fold:{conversation}".encode()).digest()[0] % FOLDS


def fitted(forests: Sequence[Forests]) -> Method:
    """The forecast as a method: one set of forests for all, or one for each fold of the log it was fitted on."""

    def method(row: LogRow, here: Sequence[Reply], history: History) -> Forecast:
        one = forests[fold_of(row.conversation) if len(forests) > 1 else 0]
        return forecast(one, row.hints, row.context_tokens, here, history)

    return method


def training_rows(rows: Sequence[LogRow]) -> list[tuple[list[float], float]]:
    """Features and log length (relative to the level) of each answer, replayed in order: what is fitted on."""
    streams: dict[str, _Stream] = defaultdict(_Stream)
    found: list[tuple[list[float], float]] = []
    for row in rows:
        if row.reply_tokens > 0:
            stream = streams[row.stream]
            features, level = stream.row(row)
            found.append((features, math.log(max(row.reply_tokens - row.reasoning_tokens, 1)) - level))
            stream.learn(row, None)
    return found


def evaluate(
    rows: Sequence[LogRow],
    method: Method,
    *,
    part: str,
    rate: Rate | None = None,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Evaluation:
    """Replay `rows` in order, predicting each before it is learned. `rate` prices the errors."""
    streams: dict[str, _Stream] = defaultdict(_Stream)
    scores: dict[str, Score] = defaultdict(Score)
    paid: list[float] = []
    for number, row in enumerate(rows):
        if row.reply_tokens > 0:
            stream = streams[row.stream]
            guesses = stream.guesses(row, method)
            for name, (guess, mean) in guesses.items():
                scores[name].add(guess, mean, row.reply_tokens)
            if rate is not None:
                paid.append(_credit_error(rate, row, guesses[OURS][0][1]))
            stream.learn(row, guesses[OURS][0])
        if number % 500 == 0:
            progress(number, len(rows))
    names = {row.conversation for row in rows}
    error = 100 * _middle(paid) if paid else None
    return Evaluation(part, len(rows), len(names), scores, _by_seen(rows, method), error)


def _by_seen(rows: Sequence[LogRow], method: Method) -> dict[str, Score]:
    """A new model every few hundred answers: what a beginner sees, often enough to be counted."""
    found: dict[str, Score] = {_seen_name(span): Score() for span in SEEN}
    streams: dict[str, _Stream] = defaultdict(_Stream)
    for row in rows:
        if row.reply_tokens <= 0:
            continue
        if len(streams[row.stream].replies) >= FORGOTTEN_AFTER:
            del streams[row.stream]
        stream = streams[row.stream]
        guess, mean = stream.ours(row, method)
        span = next(one for one in SEEN if one[0] <= len(stream.replies) <= one[1])
        found[_seen_name(span)].add(guess, mean, row.reply_tokens)
        stream.learn(row, guess)
    return found


class _Stream:
    """One model used over time: every method sees the same past."""

    def __init__(self) -> None:
        self.replies: list[Reply] = []
        self._by_conversation: dict[str, list[Reply]] = defaultdict(list)
        self._last: deque[int] = deque(maxlen=200)
        self._history = History()
        self._simple = ShrunkLogMean()

    def guesses(self, row: LogRow, method: Method) -> dict[str, tuple[Guess, float]]:
        conversation = self._by_conversation[row.conversation]
        mean = _mean([*self._last][-50:], GUESSED_TOKENS)
        here = _mean([reply.tokens for reply in conversation], mean)
        ordered = sorted(self._last) or [GUESSED_TOKENS]
        spread = tuple(_at(ordered, q) for q in QUANTILES)
        simple = self._simple.guess(row.hints, [reply.tokens for reply in conversation])
        return {
            f"constant {GUESSED_TOKENS:,}": (_flat(GUESSED_TOKENS), GUESSED_TOKENS),
            "running mean of 50": (_flat(mean), mean),
            "mean of this conversation": (_flat(here), here),
            "running quantiles of 200": ((spread[0], spread[1], spread[2]), mean),
            "best simple": (simple, simple[1]),
            OURS: self.ours(row, method),
        }

    def ours(self, row: LogRow, method: Method) -> tuple[Guess, float]:
        conversation = self._by_conversation[row.conversation]
        found = method(row, conversation, self._history)
        return (found.low, found.likely, found.high), found.mean

    def row(self, row: LogRow) -> tuple[list[float], float]:
        """The features of its answer, and the log level that lengths are relative to."""
        conversation = self._by_conversation[row.conversation]
        features = row_of(row.hints, row.context_tokens, conversation, self._history)
        return features, self._history.log_level

    def learn(self, row: LogRow, guess: Guess | None) -> None:
        low, likely, high = (round(figure) for figure in guess) if guess else (None, None, None)
        conversation = self._by_conversation[row.conversation]
        reply = Reply(row.reply_tokens, likely, row.reasoning_tokens, not conversation, low, high)
        self._simple.learn(row.hints, [one.tokens for one in conversation], row.reply_tokens)
        conversation.append(reply)
        self.replies.append(reply)
        self._last.append(row.reply_tokens)
        self._history = History.of(self.replies[-REMEMBERED:])


def _credit_error(rate: Rate, row: LogRow, likely: float) -> float:
    """Of the whole send: the input is paid too, and known."""
    sent = row.context_tokens + row.hints.prompt_tokens
    actual = rate.price(Usage(input=sent, output=row.reply_tokens))
    guessed = rate.price(Usage(input=sent, output=round(likely)))
    return abs(guessed - actual) / max(actual, 1)


def _pinball(tokens: int, guess: float, quantile: float) -> float:
    gap = tokens - guess
    return max(quantile * gap, (quantile - 1) * gap)


def _flat(tokens: float) -> Guess:
    return tokens, tokens, tokens


def _mean(values: Sequence[int], without: float) -> float:
    return sum(values) / len(values) if values else without


def _at(ordered: Sequence[int], quantile: float) -> float:
    return float(ordered[min(math.floor(quantile * len(ordered)), len(ordered) - 1)])


def _middle(values: Sequence[float]) -> float:
    ordered = sorted(values)
    return ordered[len(ordered) // 2] if ordered else 0.0


def _seen_name(span: tuple[int, int]) -> str:
    low, high = span
    if high > 10**6:
        return f"{low} and more"
    return str(low) if low == high else f"{low} to {high}"
