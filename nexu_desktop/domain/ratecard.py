"""The rate card: published figures beside credits per million tokens, immutable and named by a hash."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from nexu_desktop.domain.credits import NANO_PER_CREDIT, Rate, Tier, Usage
from nexu_desktop.domain.errors import BadInput

MICRO = 1_000_000

_PRICE = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,6}))?")


@dataclass(frozen=True, slots=True)
class Published:
    """The three figures of the public page, as decimal strings: 0.18 / 0.13 / 769."""

    rate: str
    credits_per_conversation: str
    conversations_per_100_credits: str


@dataclass(frozen=True, slots=True)
class CardModel:
    """One model of the card. Prices in `rate`, pico-credits per token; limits in tokens."""

    id: str
    published: Published
    rate: Rate
    context_tokens: int
    max_output_tokens: int
    capabilities: tuple[str, ...]
    confidence: str
    source: str
    as_of: str


@dataclass(frozen=True, slots=True)
class RateCard:
    """`id` is the SHA-256 of the canonical content: every charge names the card that priced it."""

    id: str
    as_of: str
    default_model: str
    reference: Usage
    models: tuple[CardModel, ...]

    def model(self, model_id: str) -> CardModel | None:
        return next((model for model in self.models if model.id == model_id), None)

    def figures(self, model_id: str) -> Published:
        """The published figures computed from the per-token rates of this card."""
        model, default = self._known(model_id), self._known(self.default_model)
        cost, base = model.rate.cost(self.reference), default.rate.cost(self.reference)
        cents = _half_up(cost * 100, NANO_PER_CREDIT)
        if not cents or not base:
            raise BadInput(f"The prices of {model_id} give less than 0.01 credits per conversation.")
        return Published(
            rate=_hundredths(_half_up(cost * 100, base)),
            credits_per_conversation=_hundredths(cents),
            conversations_per_100_credits=str(100 * 100 // cents),
        )

    def _known(self, model_id: str) -> CardModel:
        model = self.model(model_id)
        if model is None:
            raise BadInput(f"{model_id} is not on the rate card.")
        return model


def parse_card(text: str) -> RateCard:
    """Validate the JSON of a card. Raises BadInput naming the first thing wrong.

    Refused: prices that are negative, not decimal strings, or missing; figures that the prices do not
    reproduce; an unknown default; a model twice.
    """
    raw = _json(text)
    try:
        card = _card(raw)
    except (KeyError, TypeError, AttributeError) as error:
        raise BadInput(f"The rate card is incomplete: {error!r}.") from error
    if len({model.id for model in card.models}) != len(card.models) or not card.models:
        raise BadInput("The rate card names a model twice, or none.")
    for model in card.models:
        if card.figures(model.id) != model.published:
            raise BadInput(
                f"The prices of {model.id} give {card.figures(model.id)}, published is {model.published}."
            )
    return card


def _json(text: str) -> dict[str, Any]:
    def refuse(word: str) -> None:
        raise BadInput(f"The rate card holds {word}.")

    try:
        raw = json.loads(text, parse_constant=refuse)
    except ValueError as error:
        raise BadInput(f"The rate card is not JSON: {error}.") from error
    if not isinstance(raw, dict):
        raise BadInput("The rate card is not a JSON object.")
    return raw


def _card(raw: dict[str, Any]) -> RateCard:
    canonical = json.dumps(raw, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    reference = raw["reference_conversation"]
    return RateCard(
        id=sha256(canonical.encode()).hexdigest(),
        as_of=raw["as_of"],
        default_model=raw["default"],
        reference=Usage(input=reference["input"], output=reference["output"]),
        models=tuple(_model(entry, raw["as_of"]) for entry in raw["models"]),
    )


def _model(entry: dict[str, Any], as_of: str) -> CardModel:
    prices = entry["credits_per_mtok"]
    tiers = [_tier(prices, 0)]
    if "long_context" in entry:
        tiers.append(_tier(entry["long_context"], _positive(entry["long_context"], "above_input_tokens")))
    if not isinstance(entry["id"], str) or not isinstance(entry["capabilities"], list):
        raise BadInput(f"The rate card has a model of the wrong shape: {entry['id']!r}.")
    if entry["confidence"] not in ("published", "list price", "inferred"):
        raise BadInput(f"Unknown confidence {entry['confidence']!r} for {entry['id']}.")
    return CardModel(
        id=entry["id"],
        published=Published(**entry["published"]),
        rate=Rate(tuple(tiers)),
        context_tokens=_positive(entry, "context_tokens"),
        max_output_tokens=_positive(entry, "max_output_tokens"),
        capabilities=tuple(entry["capabilities"]),
        confidence=entry["confidence"],
        source=entry["source"],
        as_of=entry.get("as_of", as_of),
    )


def _tier(prices: dict[str, Any], above: int) -> Tier:
    return Tier(
        input=micro_rate(prices["input"]),
        output=micro_rate(prices["output"]),
        cached_input=None if prices.get("cached") is None else micro_rate(prices["cached"]),
        above_input=above,
    )


def micro_rate(text: object) -> int:
    """'2.5' credits per million tokens -> 2,500,000 pico-credits per token. Raises BadInput."""
    if not isinstance(text, str):
        raise BadInput(f"A price must be a decimal string, not {text!r}.")
    match = _PRICE.fullmatch(text)
    if match is None:
        raise BadInput(f"{text[:40]!r} is not a price per million tokens.")
    whole, fraction = match.groups()
    return int(whole) * MICRO + int((fraction or "").ljust(6, "0"))


def show_micro(rate: int) -> str:
    """2,500,000 -> '2.5' per million tokens."""
    whole, fraction = divmod(rate, MICRO)
    digits = f"{fraction:06d}".rstrip("0")
    return str(whole) + (f".{digits}" if digits else "")


def _positive(entry: dict[str, Any], name: str) -> int:
    value = entry[name]
    if type(value) is not int or value <= 0:
        raise BadInput(f"{name} must be a positive integer, not {value!r}.")
    return value


def _half_up(number: int, divisor: int) -> int:
    return (2 * number + divisor) // (2 * divisor)


def _hundredths(value: int) -> str:
    return f"{value // 100}.{value % 100:02d}"
