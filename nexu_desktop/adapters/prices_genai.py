"""List prices for own keys, from the data that the package genai-prices carries; nothing is fetched."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING

from nexu_desktop.domain.credits import Rate, Tier
from nexu_desktop.domain.errors import BadInput
from nexu_desktop.services.ports import Clock

if TYPE_CHECKING:
    from genai_prices.types import ModelPrice, TieredPrices

PROVIDERS = ("openai", "openrouter", "deepseek")
PICO_PER_MTOK = 1_000_000  # one dollar per million tokens, in pico-dollars per token

_NAMES = {
    "input": "input_mtok",
    "output": "output_mtok",
    "cached_input": "cache_read_mtok",
    "cache_write": "cache_write_mtok",
}


class GenaiPrices:
    """A Prices. Some prices hold for hours of the day only, hence the clock.

    The first lookup imports the data (0.3-0.5 s): make it off the GUI thread.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def dollars(self, provider: str, model: str) -> Rate | None:
        """Pico-dollars per token; None for other providers, unknown models and what is not priced by token."""
        if provider not in PROVIDERS or not model:
            return None
        found = self._find(provider, model)
        return None if found is None else _rate(found)

    def _find(self, provider: str, model: str) -> ModelPrice | None:
        from genai_prices.data_snapshot import get_snapshot  # imports slowly

        try:
            _, info = get_snapshot().find_provider_model(model, None, provider, None)
        except LookupError:
            return None
        now = datetime.fromtimestamp(self._clock.now_ms() // 1_000, UTC)
        return info.get_prices(now)


def _rate(price: ModelPrice) -> Rate | None:
    known = {field: value for field, name in _NAMES.items() if (value := getattr(price, name)) is not None}
    if "input" not in known or "output" not in known:
        return None
    starts = {
        tier.start for value in known.values() if not isinstance(value, Decimal) for tier in value.tiers
    }
    try:
        return Rate(tuple(_tier(known, start) for start in sorted({0, *starts})))
    except BadInput:
        return None  # a negative or absurd price: unknown, never a gift


def _tier(known: dict[str, Decimal | TieredPrices], start: int) -> Tier:
    prices = {field: _pico(_at(value, start)) for field, value in known.items()}
    return Tier(
        input=prices["input"],
        output=prices["output"],
        cached_input=prices.get("cached_input"),
        cache_write=prices.get("cache_write"),
        above_input=start,
    )


def _at(value: Decimal | TieredPrices, start: int) -> Decimal:
    """The price of a request of more than `start` input tokens."""
    if isinstance(value, Decimal):
        return value
    passed = [tier.price for tier in value.tiers if tier.start <= start]
    return passed[-1] if passed else value.base


def _pico(dollars_per_mtok: Decimal) -> int:
    """Rounded up: some listed prices have more digits than anyone bills."""
    return int((dollars_per_mtok * PICO_PER_MTOK).to_integral_value(ROUND_CEILING))
