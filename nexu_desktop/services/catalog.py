"""Which models can be picked, on which lane, at what rate: the rate card joined with what each key may use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from nexu_desktop.domain.chat import Lane, ModelRef
from nexu_desktop.domain.credits import Rate, Tier
from nexu_desktop.domain.errors import BadInput, RateUnknown
from nexu_desktop.domain.ratecard import CardModel, Published
from nexu_desktop.domain.settings import SavedKey
from nexu_desktop.services.ports import CardSource, Prices, SettingsStore

NEXU = "nexu"
SANDBOX = "sandbox"
FREE = Rate((Tier(input=0, output=0),))
LOCAL = "local"
LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Offer:
    """One row of the picker. `rate` is in pico-credits per token, on an own key in pico-dollars.

    `rate` None means unknown: not sendable on credits, and without a price on an own key.
    """

    ref: ModelRef
    rate: Rate | None
    card: str | None = None
    published: Published | None = None
    context_tokens: int | None = None
    max_output_tokens: int | None = None
    capabilities: tuple[str, ...] = ()
    source: str = ""
    confidence: str = "unknown"

    @property
    def sendable(self) -> bool:
        return self.rate is not None or not self.ref.lane.spends_credits


class Catalog:
    """Answers from memory; `refresh` after keys or settings changed."""

    def __init__(
        self,
        cards: CardSource,
        prices: Prices,
        settings: SettingsStore,
        saved_keys: Callable[[], tuple[SavedKey, ...]],
    ) -> None:
        self._cards = cards
        self._prices = prices
        self._settings = settings
        self._saved_keys = saved_keys
        self._offers: dict[ModelRef, Offer] | None = None

    def refresh(self) -> None:
        self._offers = None

    def offers(self) -> tuple[Offer, ...]:
        """Credits first, then own keys, the sandbox last; each in the order of its source."""
        if self._offers is None:
            rows = (*self._on_credits(), *self._on_own_keys(), *self._in_sandbox())
            self._offers = {offer.ref: offer for offer in rows}
        return tuple(self._offers.values())

    def offer(self, ref: ModelRef) -> Offer | None:
        self.offers()
        return (self._offers or {}).get(ref)

    def need(self, ref: ModelRef) -> Offer:
        """Raises BadInput for a model that is not offered, RateUnknown for one without a rate on credits."""
        offer = self.offer(ref)
        if offer is None:
            raise BadInput(f"{ref.model} is not available here.", "Pick another model.")
        if not offer.sendable:
            raise RateUnknown(
                f"The rate of {ref.model} is unknown, so it can't be sent on credits.",
                "Pick a model with a rate, or use your own key.",
            )
        return offer

    def default_ref(self) -> ModelRef:
        """The last model used, else the card's default on the lane that is open."""
        remembered = self._remembered()
        if remembered is not None:
            return remembered
        lane = Lane.CREDITS if self._nexu_key() else Lane.SANDBOX
        return ModelRef(lane, NEXU if lane is Lane.CREDITS else SANDBOX, self._cards.card().default_model)

    @property
    def card_date(self) -> str:
        """'2026-04-09': when the rates were published."""
        return self._cards.card().as_of

    @property
    def default_model(self) -> str:
        return self._cards.card().default_model

    def card_offers(self) -> tuple[Offer, ...]:
        """The models of the card on the credits lane, whether or not a key is saved."""
        models = self._cards.card().models
        return tuple(self.card_offer(ModelRef(Lane.CREDITS, NEXU, model.id)) for model in models)

    def need_on_card(self, ref: ModelRef) -> Offer:
        """Raises RateUnknown for a model that is not on the card."""
        offer = self.card_offer(ref)
        if not offer.sendable:
            raise RateUnknown(
                f"The rate of {ref.model} is unknown, so it can't be sent on credits.",
                "See `nexu-desktop models` for those with a rate.",
            )
        return offer

    def card_offer(self, ref: ModelRef) -> Offer:
        """The offer of a model by the rate card, whether or not a key for it is saved."""
        card = self._cards.card()
        return _offer(ref, card.model(ref.model), card.id)

    def _nexu_key(self) -> SavedKey | None:
        return next((key for key in self._saved_keys() if key.provider == NEXU), None)

    def _remembered(self) -> ModelRef | None:
        if not self._settings.current.last_model:
            return None
        try:
            ref = ModelRef.parse(self._settings.current.last_model)
        except BadInput:
            return None
        return ref if self.offer(ref) else None

    def _on_credits(self) -> list[Offer]:
        key = self._nexu_key()
        if key is None:
            return []
        ids = key.models or tuple(model.id for model in self._cards.card().models)
        return [self.card_offer(ModelRef(Lane.CREDITS, NEXU, model)) for model in ids]

    def _in_sandbox(self) -> list[Offer]:
        models = self._cards.card().models
        return [self.card_offer(ModelRef(Lane.SANDBOX, SANDBOX, model.id)) for model in models]

    def _on_own_keys(self) -> list[Offer]:
        keys = [key for key in self._saved_keys() if key.provider != NEXU]
        refs = (
            ModelRef(own_lane(key.provider, key), key.provider, model) for key in keys for model in key.models
        )
        return [self.own_offer(ref) for ref in refs]

    def own_offer(self, ref: ModelRef) -> Offer:
        """A model on an own key, saved or not: only its price belongs to the key's provider."""
        known = self._cards.card().model(ref.model.rsplit("/", 1)[-1])
        local = ref.lane is Lane.LOCAL
        rate = FREE if local else self._prices.dollars(ref.provider, ref.model)
        return Offer(
            ref=ref,
            rate=rate,
            context_tokens=known.context_tokens if known else None,
            max_output_tokens=known.max_output_tokens if known else None,
            capabilities=known.capabilities if known else (),
            source="this machine" if local else "genai-prices" if rate else "",
            confidence="free" if local else "list price" if rate else "unknown",
        )


def own_lane(provider: str, key: SavedKey | None) -> Lane:
    """A server on this very machine is paid by nobody; what is called local but lies elsewhere is no such."""
    here = provider == LOCAL and (key is None or urlsplit(key.base_url).hostname in LOOPBACK)
    return Lane.LOCAL if here else Lane.BYOK


def _offer(ref: ModelRef, known: CardModel | None, card: str) -> Offer:
    if known is None:
        return Offer(ref=ref, rate=None)
    return Offer(
        ref=ref,
        rate=known.rate,
        card=card,
        published=known.published,
        context_tokens=known.context_tokens,
        max_output_tokens=known.max_output_tokens,
        capabilities=known.capabilities,
        source=known.source,
        confidence=known.confidence,
    )
