"""An estimate: low / likely / high / most, what it is made of, what is known and what is guessed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from nexu_desktop.domain.budgets import Budget, Finding
from nexu_desktop.domain.chat import ModelRef
from nexu_desktop.domain.credits import Balance, Nanocredits, Nanodollars, Rate, Usage, ceil_div
from nexu_desktop.domain.forecast import Forecast

ANSWER_LIMIT_TOKENS = 8_192
ANSWER_FLOOR_TOKENS = 256


class CountBasis(StrEnum):
    """How far a token count can be trusted, and the margin a hold adds for it."""

    EXACT = "exact"
    PROXY = "proxy"
    GUESS = "guess"

    def with_margin(self, tokens: int) -> int:
        """Exact 1.00, family match 1.05, guess 1.20."""
        percent = {CountBasis.EXACT: 100, CountBasis.PROXY: 105, CountBasis.GUESS: 120}[self]
        return -(-tokens * percent // 100)


@dataclass(frozen=True, slots=True)
class TokenCount:
    """`tokens` as the provider is expected to report them; `counted` is the same before calibration.

    `margin_permille` is the doubt learned from reports, in thousandths; None: what ships with the basis.
    """

    tokens: int
    basis: CountBasis
    counted: int | None = None
    margin_permille: int | None = None

    @property
    def most(self) -> int:
        """With the margin that a hold adds for the doubt in the count."""
        if self.margin_permille is None:
            return self.basis.with_margin(self.tokens)
        return ceil_div(self.tokens * (1_000 + self.margin_permille), 1_000)


@dataclass(frozen=True, slots=True)
class Band:
    """Four figures of one unit: 10 %, 50 % and 90 % of the answers, and the most that is permitted."""

    low: int
    likely: int
    high: int
    most: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """The price of one send. Costs in nano-credits (or nano-dollars for an own key), lengths in tokens.

    `output_limit` is what goes into the request. `lowered` says that the wallet, not the person, set it.
    `shortfall` is positive when even the shortest allowed answer is not affordable: the send is refused.
    `over_context` is by how many tokens the request is too long for the model: the send is refused.
    `cost` is None where the price is unknown, `balance` None on a lane that spends no credits.
    `cached` tokens of the input are priced as cached in the low and likely cost, because the provider
    reported them so the last time. `mean_cost` is for sums over many sends: the median is too low there.
    `findings` are budgets this send would pass; `over_budget` leaves no room for it: the send is refused.
    """

    ref: ModelRef
    input: TokenCount
    output: Band
    output_limit: int
    cost: Band | None
    balance: Balance | None
    card: str | None
    lowered: bool = False
    shortfall: Nanocredits = Nanocredits(0)
    over_context: int = 0
    forecast: Forecast | None = None
    cached: int = 0
    mean_cost: int | None = None
    lowered_by: str = ""  # 'balance' or 'budget'
    findings: tuple[Finding, ...] = ()
    over_budget: Budget | None = None
    lowered_budget: Budget | None = None  # whose stop lowered the limit

    @property
    def after(self) -> Band | None:
        """What is left after each cost, from the available credits."""
        if self.cost is None or self.balance is None:
            return None
        have, cost = self.balance.available, self.cost
        return Band(have - cost.low, have - cost.likely, have - cost.high, have - cost.most)

    @property
    def hold(self) -> Nanocredits:
        return Nanocredits(self.cost.most if self.cost else 0)

    @property
    def dollars(self) -> Nanodollars | None:
        return Nanodollars(self.cost.likely) if self.cost and self.balance is None else None


def price(rate: Rate, count: TokenCount, output: Band, cached: int = 0) -> Band:
    """Cost of a send in nano-units: the likely figures with the count as it is, the most with its margin.

    `cached` tokens are priced as such in the low and the likely figure; nobody promises them again.
    """
    low, likely = (send_cost(rate, count, tokens, cached) for tokens in (output.low, output.likely))
    high = send_cost(rate, count, output.high, 0)
    most = rate.most(count.most, output.most)
    return Band(min(low, most), min(likely, most), min(high, most), most)


def send_cost(rate: Rate, count: TokenCount, output_tokens: int, cached: int) -> int:
    """Nano-units of one send, `cached` of its input tokens read from the provider's cache."""
    cached = min(cached, count.tokens)
    return rate.cost(Usage(input=count.tokens - cached, cached_input=cached, output=output_tokens))
