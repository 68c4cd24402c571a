"""List prices for own keys."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from genai_prices.types import ModelPrice, TieredPrices
from genai_prices.types import Tier as PriceTier

from nexu_desktop.adapters.prices_genai import PROVIDERS, GenaiPrices, _rate
from nexu_desktop.domain.credits import Rate, Tier, Usage, show_dollars


class FixedClock:
    def __init__(self, *when: int) -> None:
        self._now_ms = int(datetime(*when, tzinfo=UTC).timestamp()) * 1_000

    def now_ms(self) -> int:
        return self._now_ms

    def monotonic_ms(self) -> int:
        return 0


@pytest.fixture
def prices() -> GenaiPrices:
    return GenaiPrices(FixedClock(2026, 4, 9, 12))


def test_price_in_pico_dollars(prices: GenaiPrices) -> None:
    """gpt-5.4-mini lists $0.75, $0.075 cached, $4.50: exact integers per token."""
    expected = Rate((Tier(input=750_000, output=4_500_000, cached_input=75_000),))
    assert prices.dollars("openai", "gpt-5.4-mini") == expected


def test_a_reply_in_dollars(prices: GenaiPrices) -> None:
    """2,000 tokens in and 500 out on gpt-5.4-mini cost $0.00375, shown rounded up."""
    rate = prices.dollars("openai", "gpt-5.4-mini")
    assert rate is not None
    assert show_dollars(rate.cost(Usage(input=2_000, output=500))) == "$0.0038"


def test_tiers_are_kept(prices: GenaiPrices) -> None:
    """gpt-5.4 doubles above 272,000 tokens of input."""
    expected = Rate(
        (
            Tier(input=2_500_000, output=15_000_000, cached_input=250_000),
            Tier(input=5_000_000, output=22_500_000, cached_input=500_000, above_input=272_000),
        )
    )
    assert prices.dollars("openai", "gpt-5.4") == expected


def test_price_by_the_hour() -> None:
    """DeepSeek's low hours are known: the clock decides."""
    day, night = GenaiPrices(FixedClock(2026, 4, 9, 12)), GenaiPrices(FixedClock(2026, 4, 9, 20))
    found = [prices.dollars("deepseek", "deepseek-chat") for prices in (day, night)]
    assert [rate.tiers[0].output if rate else None for rate in found] == [1_100_000, 550_000]


def test_openrouter_price_of_the_day() -> None:
    """Vendor and model are one name there, and a price that changed is the one of the day of the request."""
    days = (FixedClock(2026, 4, 9), FixedClock(2026, 11, 20))
    found = [GenaiPrices(day).dollars("openrouter", "openai/gpt-4o") for day in days]
    april, november = Tier(input=2_500_000, output=10_000_000), Tier(2_500_000, 10_000_000, 1_250_000)
    assert found == [Rate((april,)), Rate((november,))]


@pytest.mark.parametrize(
    ("provider", "model"),
    [
        ("openai", "no-such-model"),
        ("openai", ""),
        ("openai", "tts-1"),
        ("openai", "gpt-transcribe"),
        ("my server", "gpt-5.4-mini"),
        ("anthropic", "claude-sonnet-4-5"),
        ("nexu", "gpt-5.4-mini"),
    ],
)
def test_unknown_is_none(prices: GenaiPrices, provider: str, model: str) -> None:
    """Unknown models, prices that are not per token, and providers of another name have no price."""
    assert prices.dollars(provider, model) is None


@pytest.mark.parametrize(
    "price",
    [
        ModelPrice(input_mtok=Decimal(1)),
        ModelPrice(output_mtok=Decimal(1)),
        ModelPrice(input_mtok=Decimal(-1), output_mtok=Decimal(1)),
        ModelPrice(input_mtok=Decimal(1), output_mtok=Decimal(1), cache_read_mtok=Decimal(-1)),
    ],
)
def test_half_a_price_is_none(price: ModelPrice) -> None:
    """A missing side is unknown, not free; a negative price is nobody's."""
    assert _rate(price) is None


def test_free_is_zero_and_odd_digits_are_rounded_up() -> None:
    """Zero means zero; a price with endless digits costs the next pico-dollar."""
    free = ModelPrice(input_mtok=Decimal(0), output_mtok=Decimal(0))
    odd = ModelPrice(input_mtok=Decimal("0.0833333333333333"), output_mtok=Decimal(1))
    assert _rate(free) == Rate((Tier(input=0, output=0),))
    assert _rate(odd) == Rate((Tier(input=83_334, output=1_000_000),))


def test_tiers_of_different_buckets_are_merged() -> None:
    """Each threshold of any bucket starts a tier; the others keep their price there."""
    price = ModelPrice(
        input_mtok=TieredPrices(base=Decimal(1), tiers=[PriceTier(200, Decimal(2))]),
        output_mtok=TieredPrices(base=Decimal(3), tiers=[PriceTier(100, Decimal(4))]),
    )
    tiers = [(0, 1, 3), (100, 1, 4), (200, 2, 4)]
    expected = tuple(Tier(input=i * 10**6, output=o * 10**6, above_input=above) for above, i, o in tiers)
    assert _rate(price) == Rate(expected)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_listed_model_is_priced_or_unknown(provider: str, prices: GenaiPrices) -> None:
    """No entry of the bundled data makes the lookup fail, and most have a price."""
    from genai_prices.data_snapshot import get_snapshot

    listed = next(entry for entry in get_snapshot().providers if entry.id == provider).models
    found = [prices.dollars(provider, model.id) for model in listed]
    assert sum(rate is not None for rate in found) > len(found) // 2


def test_data_is_imported_late() -> None:
    """Making the object and asking for a stranger costs no import."""
    code = (
        "import sys; from nexu_desktop.adapters.clock import SystemClock;"
        "from nexu_desktop.adapters.prices_genai import GenaiPrices;"
        "GenaiPrices(SystemClock()).dollars('mine', 'm'); print('genai_prices' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
