"""What a question remembers: cached input, past answers, calibration; what refuses a send; the meter learning."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nexu_desktop.domain.budgets import Scope
from nexu_desktop.domain.chat import Message, ModelRef, Role
from nexu_desktop.domain.credits import Usage
from nexu_desktop.domain.errors import StreamCut
from nexu_desktop.domain.estimate import Estimate
from nexu_desktop.services.ports import Chunk, Ended, TextChunk, UsageReport
from tests.services.house import FULL, GLM, MODEL, OWN, OWN_KEY, PLAY, House, past

WORDS = "word " * 300


def estimated(house: House, cid: str, draft: str = "next", ref: ModelRef | None = None) -> Estimate:
    estimate = house.desk.estimate(cid, draft, ref)
    assert estimate is not None
    return estimate


def reporting(cached: int, *, seen: int = 300) -> tuple[Chunk, ...]:
    usage = Usage(input=seen - cached, cached_input=cached, output=40)
    return (TextChunk("x"), UsageReport("{}", usage), Ended("stop"))


# --- cached input ---


def test_what_the_provider_cached_is_priced_so(house: House) -> None:
    """In low and likely; high and most do not count on it."""
    cid = house.talk(WORDS)
    plain = estimated(house, cid)
    house.script = reporting(200, seen=310)
    house.send(cid, "two")
    now = estimated(house, cid)
    last = house.desk.messages(cid)[-1].id
    house.chats.add(Message("x", cid, Role.ASSISTANT, "", 1, parent=last))  # changes nothing that is sent
    rate = house.catalog.need(PLAY).rate
    assert rate is not None
    assert now.cost is not None
    assert (plain.cached, now.cached) == (0, 200)
    tokens, out = now.input.tokens, now.output
    assert now.cost.low == rate.cost(Usage(tokens - 200, 200, 0, out.low))
    assert now.cost.likely == rate.cost(Usage(tokens - 200, 200, 0, out.likely))
    assert now.cost.high == rate.cost(Usage(tokens, 0, 0, out.high))
    assert now.cost.most == rate.most(now.input.most, out.most)


def test_only_the_last_answer_by_this_very_model_counts(house: House) -> None:
    """Not another model, nor this one after another's answer, nor the same name on another lane."""
    house.keys = (OWN_KEY,)
    cid = house.talk(WORDS)
    house.script = reporting(200)
    house.send(cid, "two")
    assert [estimated(house, cid, ref=ref).cached for ref in (PLAY, GLM, OWN)] == [200, 0, 0]
    house.desk.choose_model(cid, GLM)
    house.script = reporting(0)
    house.send(cid, "three")
    assert estimated(house, cid, ref=PLAY).cached == 0


def test_our_own_count_knows_no_cache(house: House) -> None:
    """An answer that broke off after its report was counted here."""
    cid = house.talk(WORDS)
    early = UsageReport("{}", Usage(input=100, cached_input=200))
    house.script = (early, TextChunk("half an answer"), StreamCut("Cut."))
    receipt = house.send(cid, "two")
    assert receipt is not None
    assert (receipt.usage.cached_input, estimated(house, cid).cached) == (200, 0)


def test_another_conversation_has_its_own_cache(house: House) -> None:
    """What was read there is not here."""
    house.script = reporting(200)
    house.talk(WORDS)
    assert estimated(house, house.talk()).cached == 0


def test_a_draft_is_never_cached(house: House) -> None:
    """Once the context is dropped there is nothing left that the provider could know."""
    house.script = reporting(200)
    cid = house.talk(WORDS)
    house.desk.context.keep_last(cid, 0)
    assert estimated(house, cid, WORDS).cached == 0


# --- learning ---


def answers(house: House, cid: str, tokens: int, count: int) -> None:
    house.script = (TextChunk("word " * tokens), Ended("stop"))
    for number in range(count):
        assert house.send(cid, f"question {number}") is not None


@pytest.mark.parametrize("tokens", [60, 350, 2_500])
def test_twelve_answers_of_one_length_are_learned(house: House, tokens: int) -> None:
    """The band contains it and narrows with every few, on this conversation and on a new one."""
    cid = house.talk()
    bands = [estimated(house, cid).output]
    for _ in range(3):
        answers(house, cid, tokens, 4)
        bands.append(estimated(house, cid).output)
    new = estimated(house, house.talk()).output
    ratios = [band.high / band.low for band in bands]
    assert ratios == sorted(ratios, reverse=True)
    assert bands[-1].low <= tokens <= bands[-1].high
    assert new.low <= tokens <= new.high


def test_what_was_foretold_teaches_too(house: House) -> None:
    """The band shown with an answer comes back with it: a band that was always too low is moved up."""
    low, high = (PLAY, replace(PLAY, model="glm-5"))
    for number in range(40):
        usage = Usage(input=10, output=500)
        hit = past(low, f"hit-{number}", usage=usage, at_ms=number)
        house.chats.add_receipt(hit)
        missed = replace(hit.expected, low=50, likely=100, high=200) if hit.expected else None
        house.chats.add_receipt(replace(hit, attempt=f"missed-{number}", ref=high, expected=missed))
    cid = house.desk.new_conversation().id
    assert estimated(house, cid, ref=high).output.high > 1.2 * estimated(house, cid, ref=low).output.high
    (reply, *_) = house.chats.replies(high, "", limit=1)
    assert (reply.low, reply.predicted, reply.high) == (50, 100, 200)


def test_what_a_receipt_expected_is_what_the_next_history_reads(house: House) -> None:
    """The very band that was on screen."""
    cid = house.talk()
    shown = estimated(house, cid, "one").output
    answers(house, cid, 350, 1)
    house.send(cid, "one")
    replies = house.chats.replies(PLAY, "", limit=9)
    assert replies[0].tokens == 350
    assert (replies[0].low, replies[0].predicted, replies[0].high) == (
        house.chats.receipts(PLAY, limit=9)[0].expected.low,
        house.chats.receipts(PLAY, limit=9)[0].expected.likely,
        house.chats.receipts(PLAY, limit=9)[0].expected.high,
    )
    assert shown.low <= shown.likely <= shown.high


def test_efforts_are_learned_apart(house: House) -> None:
    """Long answers at high effort leave the estimate at low effort as it was."""
    cid = house.talk()
    house.desk.context.set_effort(cid, "low")
    before = estimated(house, cid).output
    other = house.talk()
    house.desk.context.set_effort(other, "high")
    answers(house, other, 4_000, 6)
    high = estimated(house, house.talk())
    assert estimated(house, cid).output == before
    assert high.forecast is not None
    assert high.forecast.replies == 0


def test_reasoning_is_expected_where_it_was_seen(house: House) -> None:
    """Its share of the likely length, apart from the words."""
    report = UsageReport("{}", Usage(output=50, reasoning=400))
    house.script = (TextChunk("x"), report, Ended("stop"))
    cid = house.talk(*["one"] * 8)
    forecast = estimated(house, cid).forecast
    assert forecast is not None
    assert forecast.reasoning == 400


# --- remembering ---


def test_nothing_is_read_twice_while_typing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the first key every other one is answered from memory, budgets included."""
    house.budget(Scope.DAY, colour=FULL)
    cid = house.talk("one")
    first = estimated(house, cid, "a")
    for name in (
        "messages",
        "replies",
        "conversation_replies",
        "samples",
        "draft_attachments",
        "conversation",
    ):
        monkeypatch.setattr(house.chats, name, None)
    monkeypatch.setattr(house.chats, "spent", None)
    later = estimated(house, cid, "a b")
    assert later.input.tokens == first.input.tokens + 1


def test_an_answer_is_remembered_at_once(house: House) -> None:
    """Context, length and money of it are in the next estimate."""
    cid = house.talk("one")
    before = estimated(house, cid)
    house.send(cid, "two words")
    after = estimated(house, cid)
    assert before.balance is not None
    assert after.balance is not None
    assert after.input.tokens - before.input.tokens == 4
    assert after.balance.available == before.balance.available - (house.last(cid).charged or 0)
    assert after.forecast is not None
    assert after.forecast.replies == 2


def test_what_goes_before_the_draft_has_no_draft_in_it(house: House) -> None:
    """Nor the files of the draft."""
    cid = house.talk("one")
    before = house.desk.context_tokens(cid)
    house.desk.files.attach(cid, "a.txt", b"many words in a file")
    assert (before, house.desk.context_tokens(cid)) == ((7, 350_000), (7, 350_000))
    assert estimated(house, cid, "").input.tokens > 7


def test_the_same_draft_elsewhere_has_the_whole_context(house: House) -> None:
    """As many tokens on every model, for the words are counted alike here."""
    cid = house.talk("one", "two")
    house.desk.files.attach(cid, "a.txt", b"many words in a file")
    refs = [offer.ref for offer in house.catalog.offers()]
    assert MODEL in {ref.model for ref in refs}
    assert len({estimated(house, cid, ref=ref).input.tokens for ref in refs}) == 1
