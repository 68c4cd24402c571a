"""The estimate: what is counted, what is cached, what is lowered or refused."""

from __future__ import annotations

from nexu_desktop.adapters.forecast_file import shipped
from nexu_desktop.domain.chat import Lane, ModelRef
from nexu_desktop.domain.context import said
from nexu_desktop.domain.credits import NANO_PER_CREDIT, Balance, Nanocredits
from nexu_desktop.services.catalog import Offer
from nexu_desktop.services.meter import COUNT_AT_ONCE_CHARS, Context, Meter, Question
from tests.services.fakes import RATE, WordCounter

OFFER = Offer(ModelRef(Lane.CREDITS, "nexu", "m"), RATE, card="card", context_tokens=10_000)


def balance(credits_text: str) -> Balance:
    return Balance(Nanocredits(int(float(credits_text) * NANO_PER_CREDIT)), Nanocredits(0))


def ask(draft: str, *, have: str = "100", limit: int = 8_192, context: Context | None = None) -> Question:
    return Question(OFFER, context or Context(), draft, limit, balance(have))


def test_counts_context_draft_and_template() -> None:
    """Two words before, three in the draft, four of the template."""
    context = Context((said("user", "one two"),))
    estimate = Meter(WordCounter(), shipped).estimate(ask("a b c", context=context))
    assert estimate is not None
    assert estimate.input.tokens == 9


def test_only_the_changed_paragraph_is_counted_again() -> None:
    """Typing in the last paragraph leaves context and earlier paragraphs alone."""
    counter = WordCounter()
    meter = Meter(counter, shipped)
    context = Context((said("user", "long history"),))
    meter.estimate(ask("first paragraph\n\nsecond", context=context))
    counter.counted.clear()
    meter.estimate(ask("first paragraph\n\nsecond w", context=context))
    assert counter.counted == ["second w"]


def test_pending_until_the_vocabulary_is_loaded() -> None:
    """No figure is better than a wrong one; after warm it is there."""
    meter = Meter(WordCounter(loaded=False), shipped)
    assert meter.estimate(ask("hi")) is None
    meter.warm(ask("hi"))
    assert meter.estimate(ask("hi")) is not None


def test_a_huge_paste_is_not_counted_on_the_spot() -> None:
    """Beyond the limit the estimate is pending until a worker has counted."""
    counter = WordCounter()
    meter = Meter(counter, shipped)
    paste = "word " * COUNT_AT_ONCE_CHARS
    assert meter.estimate(ask(paste)) is None
    assert counter.counted == []
    meter.warm(ask(paste))
    assert meter.estimate(ask(paste)) is not None


def test_the_hold_is_the_most_it_can_cost() -> None:
    """Input with its margin plus the whole answer limit, at the card's rates."""
    estimate = Meter(WordCounter(), shipped).estimate_now(ask("a b c", limit=1_000))
    assert estimate.hold == RATE.most(7, 1_000)
    assert estimate.cost is not None
    assert estimate.cost.low <= estimate.cost.likely <= estimate.cost.high <= estimate.cost.most


def test_what_is_left_is_balance_less_cost() -> None:
    """Each figure of `after` is the available balance less the same figure of the cost."""
    estimate = Meter(WordCounter(), shipped).estimate_now(ask("a b c"))
    assert estimate.after is not None
    assert estimate.cost is not None
    assert estimate.after.likely == 100 * NANO_PER_CREDIT - estimate.cost.likely


def test_a_small_balance_lowers_the_answer_limit() -> None:
    """0.3 credits pay about 1,000 tokens out: that becomes the request's own limit, and the hold fits."""
    estimate = Meter(WordCounter(), shipped).estimate_now(ask("a b c", have="0.3"))
    assert estimate.lowered
    assert 900 < estimate.output_limit < 1_000
    assert estimate.hold <= balance("0.3").available


def test_below_the_floor_the_shortfall_is_named() -> None:
    """256 tokens out cost 0.0768 and the input 0.00035: 0.01 credits are that much short."""
    estimate = Meter(WordCounter(), shipped).estimate_now(ask("a b c", have="0.01"))
    assert (estimate.lowered, estimate.shortfall) == (False, RATE.most(7, 256) - 10_000_000)


def test_too_long_for_the_context_is_named() -> None:
    """9,900 words in a context of 10,000 leave no room for an answer of 256."""
    estimate = Meter(WordCounter(), shipped).estimate_now(ask("w " * 9_900))
    assert estimate.over_context == 256 - (10_000 - 9_904)


def test_own_key_has_no_balance_and_dollars() -> None:
    """No wallet, no shortfall, a price in dollars."""
    offer = Offer(ModelRef(Lane.BYOK, "openai", "m"), RATE)
    estimate = Meter(WordCounter(), shipped).estimate_now(Question(offer, Context(), "a b c", 100, None))
    assert (estimate.balance, estimate.after, estimate.shortfall) == (None, None, 0)
    assert estimate.dollars == estimate.cost.likely if estimate.cost else False
