"""What a window asks of the services: models, drafts, figures, the sum of a receipt, the start."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace

import pytest

from nexu_desktop.domain.chat import Conversation, Lane, Message, ModelRef, Role
from nexu_desktop.domain.credits import Usage, exact, parse_credits
from nexu_desktop.domain.errors import KeyMissing
from nexu_desktop.domain.events import NoticeRaised, SandboxReady
from nexu_desktop.services.ports import Ended, TextChunk, UsageReport
from tests.sandbox.doubles import card
from tests.services.house import FULL, GLM, HERE, LOCAL, MODEL, NEXU_KEY, OWN, OWN_KEY, PLAY, House

# --- models and drafts ---


def test_a_switch_in_the_middle_is_noted_and_not_sent(house: House) -> None:
    """The transcript says from where on, the model does not read it."""
    cid = house.desk.new_conversation().id
    assert house.desk.choose_model(cid, PLAY) is None
    house.send(cid, "one")
    note = house.desk.choose_model(cid, GLM)
    assert note is not None
    assert (note.role, note.text) == (Role.NOTE, "From here with glm-5, 0.86x.")
    house.send(cid, "two")
    assert (house.asked[-1].model, len(house.asked[-1].messages)) == ("glm-5", 3)
    assert house.desk.choose_model(cid, GLM) is None


@pytest.mark.parametrize(
    ("ref", "said"),
    [
        (ModelRef(Lane.CREDITS, "nexu", MODEL), "gemini-3-flash-preview, 1.00x, paid with credits."),
        (OWN, "gpt-5.4-mini, paid with your openai key."),
        (LOCAL, "llama, free, on your own server."),
    ],
)
def test_a_switch_says_who_pays_from_here(house: House, ref: ModelRef, said: str) -> None:
    """Where that changes: from play credits to real ones above all, and back."""
    house.keys = (NEXU_KEY, OWN_KEY, HERE)
    cid = house.talk("one")
    there, back = house.desk.choose_model(cid, ref), house.desk.choose_model(cid, PLAY)
    assert there is not None
    assert back is not None
    assert there.text == f"From here with {said}"
    assert back.text == "From here with gemini-3-flash-preview, 1.00x, paid with play credits."


def test_a_conversation_remembers_its_model(house: House) -> None:
    """And a new one begins with the model used last."""
    first = house.desk.new_conversation().id
    house.send(first, "one")
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
    house.send(cid, "one")
    house.desk.library.delete([cid])
    assert house.desk.conversations() == ()
    house.desk.library.restore([cid])
    assert [conversation.id for conversation in house.desk.conversations()] == [cid]


# --- the meter ---


def test_the_estimate_follows_what_was_said(house: House) -> None:
    """After an answer the conversation is longer, the balance lower, and its length is learned from."""
    cid = house.desk.new_conversation().id
    before = house.desk.estimate(cid, "two words")
    house.script = (TextChunk("word " * 50), Ended("stop"))
    receipt = house.send(cid, "one")
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
    """Tokens of the items and what they cost on each send: just what the inspector sums up."""
    cid = house.desk.new_conversation().id
    house.send(cid, "one")
    model = card().model(MODEL)
    assert model is not None
    items = house.desk.context.costs(cid) or ()
    tokens, cost = sum(one.count.tokens for one in items), sum(one.cost or 0 for one in items)
    assert house.desk.context_tokens(cid) == (tokens, cost)
    assert (tokens, cost > 0) == (1 + 2, True)
    assert house.desk.context_tokens(house.desk.new_conversation().id) == (0, 0)


def test_the_sum_reproduces_the_charge(house: House) -> None:
    """Every line is tokens times price, the lines add up to the total, and that is what was charged."""
    usage = Usage(input=1_000, cached_input=500, output=2_000, reasoning=30)
    house.script = (TextChunk("x"), UsageReport("{}", usage), Ended("stop"))
    cid = house.desk.new_conversation().id
    receipt = house.send(cid, "one")
    assert receipt is not None
    told = house.desk.records.arithmetic(receipt.attempt)
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
    receipt = house.send(cid, "one")
    assert receipt is not None
    house.chats.add_receipt(replace(receipt, card="an-older-card"))
    told = house.desk.records.arithmetic(receipt.attempt)
    assert told[0] == f"Charged {exact(receipt.charged or 0)} credits by rate card an-older-car."
    assert "newer card" in told[1]


def test_a_look_while_the_model_changes_does_not_keep_the_old_one(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The price on screen is asked for on another thread while the choice is being stored."""
    cid = house.desk.new_conversation().id
    house.send(cid, "one")
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
    assert house.desk.records.arithmetic("nowhere") == ("There is no receipt for this answer.",)


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


@pytest.mark.parametrize(
    ("ref", "hint"),
    [
        (OWN, "No credit was charged; your provider may bill what had arrived."),
        (PLAY, "Nothing was charged for it."),
    ],
)
def test_an_answer_without_a_hold_that_was_interrupted_is_told(
    house: House, ref: ModelRef, hint: str
) -> None:
    """On an own key, or closed by the command line since: the rows have changed, so a window must hear it."""
    house.chats.create(Conversation("c", "", ref, 1, 1))
    house.chats.add(Message("a", "c", Role.ASSISTANT, "so far", 1, ref=ref, streaming=True))
    asyncio.run(house.desk.start(house.events.append))
    assert house.heard(NoticeRaised) == [
        NoticeRaised("An answer was interrupted when the program ended.", hint)
    ]
