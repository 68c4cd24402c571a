"""Which models are offered, by whom they are paid, and what can't be sent."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nexu_desktop.domain.chat import Lane, ModelRef
from nexu_desktop.domain.errors import BadInput, RateUnknown
from nexu_desktop.domain.settings import Settings
from nexu_desktop.services.catalog import Catalog
from tests.sandbox.doubles import card
from tests.services.fakes import MemorySettings
from tests.services.house import MODEL, NEXU_KEY, OWN_KEY, PLAY, CardInHand, PriceList, catalog


def test_a_fresh_machine_has_the_sandbox_alone() -> None:
    """All models of the card, on play credits; the card's default is the first choice."""
    offers = catalog().offers()
    assert {offer.ref.lane for offer in offers} == {Lane.SANDBOX}
    assert [offer.ref.model for offer in offers] == [model.id for model in card().models]
    assert catalog().default_ref() == ModelRef(Lane.SANDBOX, "sandbox", card().default_model)


def test_credits_first_then_own_keys_then_the_sandbox() -> None:
    """Each in the order of its source."""
    lanes = [offer.ref.lane for offer in catalog(OWN_KEY, NEXU_KEY).offers()]
    assert lanes == [Lane.CREDITS] * 2 + [Lane.BYOK] * 2 + [Lane.SANDBOX] * len(card().models)


def test_a_nexu_key_makes_credits_the_default() -> None:
    """With a key, the default model is paid by the Nexu wallet."""
    assert catalog(NEXU_KEY).default_ref() == ModelRef(Lane.CREDITS, "nexu", card().default_model)


def test_a_key_that_lists_no_models_offers_the_card() -> None:
    """Nothing fetched yet is not nothing offered."""
    offers = catalog(replace(NEXU_KEY, models=())).offers()
    assert [o.ref.model for o in offers if o.ref.lane is Lane.CREDITS] == [m.id for m in card().models]


def test_a_model_without_a_rate_cannot_be_sent_on_credits() -> None:
    """It is shown, as “rate unknown”, and refused."""
    known = catalog(NEXU_KEY)
    ref = ModelRef(Lane.CREDITS, "nexu", "not-on-the-card")
    offer = known.offer(ref)
    assert offer is not None
    assert (offer.rate, offer.sendable, offer.confidence) == (None, False, "unknown")
    for need in (known.need, known.need_on_card):
        with pytest.raises(RateUnknown, match="not-on-the-card"):
            need(ref)


def test_a_model_that_is_not_offered_is_refused() -> None:
    """Named, with what to do."""
    with pytest.raises(BadInput, match=r"gpt-5\.4-mini is not available here"):
        catalog().need(ModelRef(Lane.BYOK, "openai", "gpt-5.4-mini"))


def test_own_keys_carry_dollars_and_the_facts_of_the_model() -> None:
    """The price is the provider's, the limits are those of the model; an unknown price does not forbid sending."""
    priced, unpriced = (offer for offer in catalog(OWN_KEY).offers() if offer.ref.lane is Lane.BYOK)
    known = card().model("gpt-5.4-mini")
    assert known is not None
    assert (priced.rate, priced.context_tokens) == (known.rate, known.context_tokens)
    assert (priced.card, priced.published, priced.confidence) == (None, None, "list price")
    assert (unpriced.rate, unpriced.sendable, unpriced.confidence) == (None, True, "unknown")


def test_an_own_key_need_not_be_saved_to_be_priced() -> None:
    """For a key that is given for one call; a maker's prefix does not hide the model."""
    offer = catalog().own_offer(ModelRef(Lane.BYOK, "openrouter", "openai/gpt-5.4-mini"))
    known = card().model("gpt-5.4-mini")
    assert known is not None
    assert (offer.rate, offer.max_output_tokens) == (None, known.max_output_tokens)


@pytest.mark.parametrize(
    ("remembered", "expected"),
    [
        (str(PLAY), PLAY),
        ("sandbox/sandbox/glm-5", ModelRef(Lane.SANDBOX, "sandbox", "glm-5")),
        ("byok/openai/gone", ModelRef(Lane.SANDBOX, "sandbox", card().default_model)),
        ("nonsense", ModelRef(Lane.SANDBOX, "sandbox", card().default_model)),
    ],
)
def test_the_last_model_is_remembered_while_it_is_offered(remembered: str, expected: ModelRef) -> None:
    """What is gone, or was never a model, falls back to the default."""
    assert catalog(settings=Settings(last_model=remembered)).default_ref() == expected


def test_refresh_sees_new_keys() -> None:
    """Offers are kept until told that something changed."""
    keys = [NEXU_KEY]
    known = Catalog(CardInHand(), PriceList(), MemorySettings(), lambda: tuple(keys))
    ref = ModelRef(Lane.CREDITS, "nexu", MODEL)
    before = known.offer(ref)
    keys.clear()
    assert known.offer(ref) is before is not None
    known.refresh()
    assert known.offer(ref) is None
