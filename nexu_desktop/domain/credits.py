"""Credits: integer amounts, rates, usage in disjoint buckets, cost and rounding; nowhere else.

Amounts are integer nano-credits (1e-9 credit). Rates are integer pico-credits per token, which is the
same number as micro-credits per million tokens. A charge is summed exactly in pico-credits and rounded
up once. The same arithmetic serves US dollars of an own key (nano-dollars, pico-dollars per token).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import NewType

from nexu_desktop.domain.errors import BadInput

Nanocredits = NewType("Nanocredits", int)
Nanodollars = NewType("Nanodollars", int)

NANO_PER_CREDIT = 1_000_000_000
PICO_PER_NANO = 1_000
TOKENS_PER_BUCKET_MAX = 100_000_000
RATE_MAX_PC = 1_000_000 * 1_000_000  # one million credits per million tokens

_DECIMAL = re.compile(r"([+-]?)([0-9]{1,12})(?:\.([0-9]{1,9}))?")


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one answer in disjoint buckets: their sum is what the provider counted.

    `input` is fresh input without cached tokens; `output` is visible output without reasoning.
    Raises BadInput for a bucket that is not an integer in 0..1e8.
    """

    input: int = 0
    cached_input: int = 0
    cache_write: int = 0
    output: int = 0
    reasoning: int = 0

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if type(value) is not int or not 0 <= value <= TOKENS_PER_BUCKET_MAX:
                raise BadInput(f"Token count out of range: {field.name} = {value!r}.")

    @property
    def total_input(self) -> int:
        return self.input + self.cached_input + self.cache_write

    @property
    def total_output(self) -> int:
        return self.output + self.reasoning


@dataclass(frozen=True, slots=True)
class Tier:
    """Pico-units per token, for requests of more than `above_input` input tokens.

    `cached_input` and `cache_write` are None where no price is known: such tokens cost as fresh input.
    Reasoning tokens are billed as output by all nine models.
    """

    input: int
    output: int
    cached_input: int | None = None
    cache_write: int | None = None
    above_input: int = 0

    def __post_init__(self) -> None:
        for name in ("input", "output", "cached_input", "cache_write"):
            rate = getattr(self, name)
            if rate is None and name in ("cached_input", "cache_write"):
                continue
            if type(rate) is not int or not 0 <= rate <= RATE_MAX_PC:
                raise BadInput(f"Rate out of range: {name} = {rate!r} per token.")

    @property
    def dearest_input(self) -> int:
        return max(self.input, self.cached_input or 0, self.cache_write or 0)

    def price(self, usage: Usage) -> int:
        """Exact price of `usage` in pico-units."""
        cached = self.input if self.cached_input is None else self.cached_input
        written = self.input if self.cache_write is None else self.cache_write
        return (
            usage.input * self.input
            + usage.cached_input * cached
            + usage.cache_write * written
            + usage.total_output * self.output
        )

    def cost(self, usage: Usage) -> int:
        """The same in nano-units, rounded up."""
        return ceil_div(self.price(usage), PICO_PER_NANO)


@dataclass(frozen=True, slots=True)
class Rate:
    """Prices of one model: tiers by input size, the lowest threshold first (it is 0)."""

    tiers: tuple[Tier, ...]

    def __post_init__(self) -> None:
        thresholds = [tier.above_input for tier in self.tiers]
        if not thresholds or thresholds[0] != 0 or thresholds != sorted(set(thresholds)):
            raise BadInput("A rate needs tiers with rising thresholds, the first at 0.")

    def tier_for(self, total_input: int) -> Tier:
        """The dearest threshold passed: whole requests above it are priced by it."""
        return self._reachable(total_input)[-1]

    def _reachable(self, total_input: int) -> list[Tier]:
        return [tier for tier in self.tiers if total_input > tier.above_input or not tier.above_input]

    def price(self, usage: Usage) -> int:
        """Exact price in pico-units."""
        return self.tier_for(usage.total_input).price(usage)

    def cost(self, usage: Usage) -> int:
        """Price in nano-units: one ceiling per charge."""
        return self.tier_for(usage.total_input).cost(usage)

    def adds(self, tokens: int, total: int, cached: int = 0) -> int:
        """Nano-units of `tokens` input tokens in a request of `total`, up to `cached` of them read from the cache."""
        cached = min(cached, tokens)
        return self.tier_for(total).cost(Usage(input=tokens - cached, cached_input=cached))

    def most(self, input_tokens: int, output_tokens: int) -> int:
        """The most `input_tokens` in and `output_tokens` out can cost, in nano-units, whatever is cached."""
        return max(
            # Every tier up to here: the count may be too high, and a lower tier need not be the cheaper one.
            ceil_div(input_tokens * tier.dearest_input + output_tokens * tier.output, PICO_PER_NANO)
            for tier in self._reachable(input_tokens)
        )

    def affordable_output(self, input_tokens: int, available: int) -> int:
        """How many output tokens `available` nano-units pay after the dearest price of the input; may be < 0."""
        dearest_output = max(tier.output for tier in self._reachable(input_tokens))
        left_pico = (available - self.most(input_tokens, 0)) * PICO_PER_NANO
        if dearest_output == 0:
            return TOKENS_PER_BUCKET_MAX if left_pico >= 0 else -1
        return left_pico // dearest_output


@dataclass(frozen=True, slots=True)
class Balance:
    """What a wallet holds, in nano-credits. `settled` is negative only when there is debt."""

    settled: Nanocredits
    held: Nanocredits

    @property
    def available(self) -> Nanocredits:
        return Nanocredits(self.settled - self.held)


def ceil_div(number: int, divisor: int) -> int:
    return -(-number // divisor)


def parse_credits(text: str) -> Nanocredits:
    """Read a decimal like '0.35' exactly; raises BadInput for anything else (exponents, NaN, > 9 places)."""
    match = _DECIMAL.fullmatch(text.strip())
    if match is None:
        raise BadInput(f"“{text[:40]}” is not an amount of credits.", "Write a number such as 12 or 0.35.")
    sign, whole, fraction = match.groups()
    nano = int(whole) * NANO_PER_CREDIT + int((fraction or "").ljust(9, "0"))
    return Nanocredits(-nano if sign == "-" else nano)


def exact(nano: int) -> str:
    """Every digit, no trailing zeros: 350000000 -> '0.35'."""
    whole, fraction = divmod(abs(nano), NANO_PER_CREDIT)
    digits = f"{fraction:09d}".rstrip("0")
    return ("-" if nano < 0 else "") + str(whole) + (f".{digits}" if digits else "")


def show_spent(real: int, play: int) -> str:
    """'1.20', '0.02 play', '1.20, 0.02 play': two kinds of money, never one sum; '' for nothing."""
    shown = [show_cost(real)] if real else []
    return ", ".join([*shown, f"{show_cost(play)} play"] if play else shown)


def show_balance(nano: int, places: int = 2) -> str:
    """Rounded down, so that the shown credits are really there; '<0.01' instead of 0.00."""
    unit = NANO_PER_CREDIT // 10**places
    if 0 < nano < unit:
        return "<" + _fixed(1, places)
    return _fixed(nano // unit, places)


def show_cost(nano: int, places: int = 2) -> str:
    """Rounded up, so that nothing costs more than shown; '<0.01' instead of 0.00."""
    unit = NANO_PER_CREDIT // 10**places
    if 0 < nano < unit:
        return "<" + _fixed(1, places)
    return _fixed(ceil_div(nano, unit), places)


def show_dollars(nano: int) -> str:
    """'$0.0040': four places, rounded up."""
    text = show_cost(nano, places=4)
    return "<$" + text[1:] if text.startswith("<") else "$" + text


def _fixed(units: int, places: int) -> str:
    whole, fraction = divmod(abs(units), 10**places)
    return f"{'-' if units < 0 else ''}{whole:,}.{fraction:0{places}d}"
