"""What a window asks of the services: sending, refusing, trying again, changing the model, telling the sum."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from nexu_desktop.domain.chat import Lane, Message, ModelRef, Outcome, Receipt, Role
from nexu_desktop.domain.credits import NANO_PER_CREDIT, Nanocredits, Usage, exact, parse_credits
from nexu_desktop.domain.errors import BadInput, KeyMissing, StreamCut
from nexu_desktop.domain.events import (
    BalanceChanged,
    ConversationChanged,
    NoticeRaised,
    SandboxReady,
    TurnFinished,
    TurnRefused,
    TurnStarted,
)
from nexu_desktop.domain.settings import Settings
from nexu_desktop.services.ports import Ended, NewAttempt, TextChunk, UsageReport
from tests.sandbox.doubles import card
from tests.services.house import MODEL, OWN_KEY, PLAY, House

GLM = ModelRef(Lane.SANDBOX, "sandbox", "glm-5")
FULL = 100 * NANO_PER_CREDIT


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    yield made
    made.close()


def send(house: House, cid: str, draft: str) -> Receipt | None:
    return asyncio.run(house.desk.send(cid, draft, house.events.append))


def retry(house: House, message: Message) -> Receipt | None:
    return asyncio.run(house.desk.retry(message.id, house.events.append))


def spend_almost_all(house: House) -> None:
    """Leave 0.001 play credits, as another process might."""
    amount = Nanocredits(FULL - 1_000_000)
    house.ledgers[Lane.SANDBOX].hold(
        NewAttempt("other", "other", PLAY, card().id, amount, Nanocredits(1), 1, 1)
    )


def rows(house: House, cid: str) -> list[tuple[Role, str]]:
    return [(message.role, message.text) for message in house.desk.messages(cid)]


# --- sending ---


def test_the_first_message_makes_the_conversation(house: House) -> None:
    """Stored with its title, both rows in order, and its model."""
    cid = house.desk.new_conversation().id
    assert house.desk.conversations() == ()
    receipt = send(house, cid, "# Why is the sky blue?\nExplain.")
    assert receipt is not None
    (stored,) = house.desk.conversations()
    assert (stored.id, stored.title, stored.spent) == (cid, "Why is the sky blue?", receipt.charged)
    assert rows(house, cid) == [
        (Role.USER, "# Why is the sky blue?\nExplain."),
        (Role.ASSISTANT, "Hi there"),
    ]
    assert house.providers[0].closed == 1


def test_what_is_sent_is_the_conversation_and_the_draft(house: House) -> None:
    """Everything before, in order, then the draft, with the limit that was priced."""
    cid = house.desk.new_conversation().id
    send(house, cid, "one")
    send(house, cid, "two")
    assert house.asked[1].messages == (("user", "one"), ("assistant", "Hi there"), ("user", "two"))
    assert house.asked[1].max_output_tokens == Settings().answer_limit_tokens


def test_a_title_is_given_once(house: House) -> None:
    """A second message, or a title of the person's own, leaves it as it is."""
    cid = house.desk.new_conversation().id
    send(house, cid, "one")
    house.desk.rename(cid, " My\n title ")
    send(house, cid, "two")
    assert [conversation.title for conversation in house.desk.conversations()] == ["My title"]
    with pytest.raises(BadInput, match="at least one character"):
        house.desk.rename(cid, " \n")


def test_the_last_event_says_that_the_conversation_changed(house: House) -> None:
    """After the receipt, so that sums in the sidebar are read when they are there."""
    send(house, house.desk.new_conversation().id, "one")
    assert isinstance(house.events[-1], ConversationChanged)
    assert [len(house.heard(kind)) for kind in (TurnStarted, TurnFinished, TurnRefused)] == [1, 1, 0]


@pytest.mark.parametrize("draft", ["", "  \n"])
def test_an_empty_draft_is_refused(house: House, draft: str) -> None:
    """Nothing is sent or stored, and the draft comes back as it was."""
    cid = house.desk.new_conversation().id
    assert send(house, cid, draft) is None
    (refused,) = house.heard(TurnRefused)
    assert isinstance(refused, TurnRefused)
    assert (refused.conversation, refused.draft, refused.title) == (cid, draft, "There is nothing to send.")
    assert (house.asked, house.desk.conversations()) == ([], ())


def test_a_missing_key_gives_the_draft_back(house: House) -> None:
    """What keeps the provider from being reached is told, with its next step."""
    house.refusal = KeyMissing("There is no key.", "Add one.")
    cid = house.desk.new_conversation().id
    assert send(house, cid, "my words") is None
    (refused,) = house.heard(TurnRefused)
    assert isinstance(refused, TurnRefused)
    assert (refused.draft, refused.title, refused.hint) == ("my words", "There is no key.", "Add one.")


def test_too_little_left_gives_the_draft_back(house: House) -> None:
    """The balance is looked up again before the send, so that what others spent is seen."""
    cid = house.desk.new_conversation().id
    assert house.account.last_seen(Lane.SANDBOX).available == FULL
    spend_almost_all(house)
    assert send(house, cid, "my words") is None
    (refused,) = house.heard(TurnRefused)
    assert isinstance(refused, TurnRefused)
    assert (refused.draft, "credits short" in refused.title) == ("my words", True)
    assert (house.asked, rows(house, cid)) == ([], [])


def test_too_long_gives_the_draft_back(house: House) -> None:
    """More than the context holds is refused before anything is held."""
    cid = house.desk.new_conversation().id
    house.desk.choose_model(cid, GLM)
    context = card().model("glm-5")
    assert context is not None
    assert send(house, cid, "w " * context.context_tokens) is None
    (refused,) = house.heard(TurnRefused)
    assert isinstance(refused, TurnRefused)
    assert "tokens too long for glm-5" in refused.title
    assert house.account.balance(Lane.SANDBOX).settled == FULL


def test_a_failed_answer_is_a_row_with_a_receipt(house: House) -> None:
    """What was sent is not refused any more: it stands in the transcript with what went wrong."""
    house.script = (TextChunk("half an"), StreamCut("It broke off.", "Try again."))
    cid = house.desk.new_conversation().id
    receipt = send(house, cid, "one")
    assert receipt is not None
    assert (receipt.outcome, house.heard(TurnRefused)) == (Outcome.CUT, [])
    assert rows(house, cid)[-1] == (Role.ASSISTANT, "half an")
    (finished,) = house.heard(TurnFinished)
    assert isinstance(finished, TurnFinished)
    assert (finished.title, finished.code) == ("It broke off.", "stream_cut")


def test_an_own_key_moves_no_credit(house: House) -> None:
    """No entry in either ledger, a price in dollars."""
    house.keys = (OWN_KEY,)
    cid = house.desk.new_conversation().id
    house.desk.choose_model(cid, ModelRef(Lane.BYOK, "openai", "gpt-5.4-mini"))
    before = [ledger.entries(limit=10) for ledger in house.ledgers.values()]
    receipt = send(house, cid, "one")
    assert receipt is not None
    assert (receipt.charged, (receipt.dollars or 0) > 0) == (None, True)
    assert [ledger.entries(limit=10) for ledger in house.ledgers.values()] == before
    assert house.heard(BalanceChanged) == []


# --- trying again ---


def test_retry_asks_the_same_with_what_came_before_it(house: House) -> None:
    """Neither the first answer nor anything later is sent; the question is not stored twice."""
    cid = house.desk.new_conversation().id
    send(house, cid, "one")
    send(house, cid, "two")
    send(house, cid, "three")
    second_answer = house.desk.messages(cid)[3]
    house.script = (TextChunk("Better"), Ended("stop"))
    assert retry(house, second_answer) is not None
    assert house.asked[-1].messages == (("user", "one"), ("assistant", "Hi there"), ("user", "two"))
    assert [text for role, text in rows(house, cid) if role is Role.USER] == ["one", "two", "three"]


def test_retry_is_an_attempt_of_its_own(house: House) -> None:
    """Both are charged, both receipts stay."""
    cid = house.desk.new_conversation().id
    first = send(house, cid, "one")
    again = retry(house, house.desk.messages(cid)[1])
    assert first is not None
    assert again is not None
    assert first.attempt != again.attempt
    assert house.account.balance(Lane.SANDBOX).settled == FULL - (first.charged or 0) - (again.charged or 0)


def test_of_two_answers_the_last_with_text_is_sent_on(house: House) -> None:
    """A retry replaces what it repeats in what the model reads, not in the transcript."""
    cid = house.desk.new_conversation().id
    send(house, cid, "one")
    house.script = (TextChunk("Better"), Ended("stop"))
    retry(house, house.desk.messages(cid)[1])
    house.script = (StreamCut("Cut."),)
    retry(house, house.desk.messages(cid)[2])
    send(house, cid, "two")
    assert house.asked[-1].messages == (("user", "one"), ("assistant", "Better"), ("user", "two"))
    assert len(house.desk.messages(cid)) == 6


def test_a_refused_retry_has_no_draft_to_give_back(house: House) -> None:
    """The question stands in the transcript; the composer is left alone."""
    cid = house.desk.new_conversation().id
    send(house, cid, "one")
    spend_almost_all(house)
    answer = house.desk.messages(cid)[1]
    assert retry(house, answer) is None
    (refused,) = house.heard(TurnRefused)
    assert isinstance(refused, TurnRefused)
    assert (refused.turn, refused.draft) == (answer.id, "")


def test_retry_of_what_is_gone_does_nothing(house: House) -> None:
    """No event, no request."""
    assert asyncio.run(house.desk.retry("nowhere", house.events.append)) is None
    assert (house.events, house.asked) == ([], [])


# --- models and drafts ---


def test_a_switch_in_the_middle_is_noted_and_not_sent(house: House) -> None:
    """The transcript says from where on, the model does not read it."""
    cid = house.desk.new_conversation().id
    assert house.desk.choose_model(cid, PLAY) is None
    send(house, cid, "one")
    note = house.desk.choose_model(cid, GLM)
    assert note is not None
    assert (note.role, note.text) == (Role.NOTE, "From here with glm-5, 0.86x.")
    send(house, cid, "two")
    assert (house.asked[-1].model, len(house.asked[-1].messages)) == ("glm-5", 3)
    assert house.desk.choose_model(cid, GLM) is None


def test_a_conversation_remembers_its_model(house: House) -> None:
    """And a new one begins with the model used last."""
    first = house.desk.new_conversation().id
    send(house, first, "one")
    second = house.desk.new_conversation().id
    house.desk.choose_model(second, GLM)
    assert (house.desk.ref(first).model, house.desk.ref(second).model) == (MODEL, "glm-5")
    assert house.desk.new_conversation().ref == GLM


def test_drafts_are_kept_per_conversation(house: House) -> None:
    """A first draft stores the conversation; an empty one does not."""
    first, second = house.desk.new_conversation().id, house.desk.new_conversation().id
    house.desk.set_draft(first, "")
    assert house.desk.conversations() == ()
    house.desk.set_draft(first, "mine")
    house.desk.set_draft(second, "other")
    drafts = {conversation.id: conversation.draft for conversation in house.desk.conversations()}
    assert drafts == {first: "mine", second: "other"}
    house.desk.set_draft(first, "")
    assert [c.draft for c in house.desk.conversations() if c.id == first] == [""]


def test_delete_and_restore(house: House) -> None:
    """Hidden until undone."""
    cid = house.desk.new_conversation().id
    send(house, cid, "one")
    house.desk.delete(cid)
    assert house.desk.conversations() == ()
    house.desk.restore(cid)
    assert [conversation.id for conversation in house.desk.conversations()] == [cid]


# --- the meter ---


def test_the_estimate_follows_what_was_said(house: House) -> None:
    """After an answer the conversation is longer, the balance lower, and its length is learned from."""
    cid = house.desk.new_conversation().id
    before = house.desk.estimate(cid, "two words")
    house.script = (TextChunk("word " * 50), Ended("stop"))
    receipt = send(house, cid, "one")
    after = house.desk.estimate(cid, "two words")
    assert before is not None
    assert after is not None
    assert receipt is not None
    assert (before.input.tokens, after.input.tokens) == (6, 6 + 1 + 50)
    assert after.balance is not None
    assert after.balance.available == FULL - (receipt.charged or 0)
    assert after.output.likely < before.output.likely


def test_the_same_draft_is_priced_on_another_model(house: House) -> None:
    """As in the picker; what has no rate has no price."""
    house.keys = (OWN_KEY,)
    house.catalog.refresh()
    cid = house.desk.new_conversation().id
    here, there = house.desk.estimate(cid, "a b c"), house.desk.estimate(cid, "a b c", GLM)
    assert here is not None
    assert there is not None
    assert (here.ref, there.ref) == (PLAY, GLM)
    assert here.cost != there.cost
    assert house.desk.estimate(cid, "a b c", ModelRef(Lane.CREDITS, "nexu", "unknown")) is None


def test_what_goes_before_the_draft_has_a_price(house: House) -> None:
    """Tokens of the conversation and what they cost on each send."""
    cid = house.desk.new_conversation().id
    send(house, cid, "one")
    model = card().model(MODEL)
    assert model is not None
    assert house.desk.context_tokens(cid) == (4 + 1 + 2, model.rate.cost(Usage(input=7)))


def test_the_sum_reproduces_the_charge(house: House) -> None:
    """Every line is tokens times price, the lines add up to the total, and that is what was charged."""
    usage = Usage(input=1_000, cached_input=500, output=2_000, reasoning=30)
    house.script = (TextChunk("x"), UsageReport("{}", usage), Ended("stop"))
    cid = house.desk.new_conversation().id
    receipt = send(house, cid, "one")
    assert receipt is not None
    told = house.desk.arithmetic(receipt.attempt)
    row = re.compile(r"\s*([\d,]+) .* x\s+([\d.]+) credits per million = ([\d.]+)")
    sums = [match.groups() for line in told if (match := row.match(line))]
    amounts = [parse_credits(total) for _, _, total in sums]
    for (tokens, price, _), amount in zip(sums, amounts, strict=True):
        assert int(tokens.replace(",", "")) * parse_credits(price) // 1_000_000 == amount
    assert (len(sums), sum(amounts)) == (4, receipt.charged)
    assert parse_credits(told[4].split()[1]) == receipt.charged
    assert told[-1] == f"Attempt {receipt.attempt}"


def test_a_sum_is_never_written_with_the_prices_of_another_card(house: House) -> None:
    """An answer of an older version: what it cost is said, and why the sum is not."""
    cid = house.desk.new_conversation().id
    receipt = send(house, cid, "one")
    assert receipt is not None
    house.chats.add_receipt(replace(receipt, card="an-older-card"), 1)
    told = house.desk.arithmetic(receipt.attempt)
    assert told[0] == f"Charged {exact(receipt.charged or 0)} credits by rate card an-older-car."
    assert "newer card" in told[1]


def test_a_look_while_the_model_changes_does_not_keep_the_old_one(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The price on screen is asked for on another thread while the choice is being stored."""
    cid = house.desk.new_conversation().id
    send(house, cid, "one")
    other = next(offer.ref for offer in house.catalog.offers() if offer.ref != house.desk.ref(cid))
    store = house.chats.set_model

    def looked_at(conversation: str, ref: ModelRef) -> None:
        house.desk.ref(conversation)
        store(conversation, ref)

    monkeypatch.setattr(house.chats, "set_model", looked_at)
    house.desk.choose_model(cid, other)
    assert house.desk.ref(cid) == other


def test_no_receipt_no_sum(house: House) -> None:
    """Said in words."""
    assert house.desk.arithmetic("nowhere") == ("There is no receipt for this answer.",)


# --- the start ---


def test_start_tells_balances_and_who_answers(house: House) -> None:
    """One balance per wallet, then the sandbox."""
    asyncio.run(house.desk.start(house.events.append))
    assert [type(event).__name__ for event in house.events] == ["BalanceChanged"] * 2 + ["SandboxReady"]
    assert house.heard(SandboxReady) == [SandboxReady("prepared")]


def test_a_sandbox_that_does_not_start_is_a_notice(house: House) -> None:
    """The window works on; the sentence says what to do."""
    house.refusal = KeyMissing("The sandbox could not start.", "See doctor.")
    asyncio.run(house.desk.start(house.events.append))
    assert house.heard(NoticeRaised) == [NoticeRaised("The sandbox could not start.", "See doctor.")]
