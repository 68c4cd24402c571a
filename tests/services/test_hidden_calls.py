"""Titles and summaries: none unless chosen, one at the right moment, paid openly, left out without a word."""

from __future__ import annotations

import pytest

from nexu_desktop.domain.budgets import Scope
from nexu_desktop.domain.chat import Lane, Outcome, Purpose, Receipt
from nexu_desktop.domain.context import said
from nexu_desktop.domain.credits import Usage
from nexu_desktop.domain.errors import KeyMissing, RateLimited, StreamCut
from nexu_desktop.domain.events import BalanceChanged, ConversationChanged
from nexu_desktop.services.hidden_calls import TITLE_REQUEST
from nexu_desktop.services.ports import Ended, TextChunk, UsageReport
from tests.services.house import FULL, GLM, PLAY, House

TITLE = (TextChunk("“The Blue Sky”\n"), Ended("stop"))
DRAFT = "Why is the sky blue?"


def title(house: House, cid: str) -> str:
    conversation = house.desk.conversation(cid)
    assert conversation is not None
    return conversation.title


def titled(house: House) -> str:
    """An answered question, and titles chosen."""
    house.settings.update(title_model="same")
    return house.talk(DRAFT)


# --- titles ---


def test_off_means_no_request(house: House) -> None:
    """The settings as they come: one request for one message, of any length."""
    cid = house.talk("word " * 9_000, "word " * 9_000, "word " * 9_000)
    assert (house.after_answer(cid), house.desk.hidden.wanted) == ([], False)
    assert (len(house.asked), house.desk.records.hidden()) == (3, ())


def test_a_title_is_asked_for_after_the_first_answer(house: House) -> None:
    """With question and answer, at no effort, once; its words are nowhere in the transcript."""
    cid = titled(house)
    house.script = TITLE
    heard = house.after_answer(cid)
    assert house.asked[-1].messages == (
        said("user", DRAFT), said("assistant", "Hi there"), said("user", TITLE_REQUEST),
    )  # fmt: skip
    assert title(house, cid) == "The Blue Sky"
    assert [row.text for row in house.desk.messages(cid)] == [DRAFT, "Hi there"]
    assert {type(event) for event in heard} == {BalanceChanged, ConversationChanged}
    house.send(cid, "two")
    house.after_answer(cid)
    assert len(house.asked) == 3


def test_what_it_costs_is_in_every_book(house: House) -> None:
    """Ledger, conversation, list of hidden calls; never among the answers the meter learns from."""
    cid = titled(house)
    learned = house.chats.replies(PLAY, "", limit=9), house.chats.conversation_replies(cid, limit=9)
    answer = house.last(cid)
    house.script = TITLE
    house.after_answer(cid)
    (hidden,) = house.desk.records.hidden()
    assert (hidden.purpose, hidden.outcome, (hidden.charged or 0) > 0) == (
        Purpose.TITLE,
        Outcome.COMPLETE,
        True,
    )
    paid = (answer.charged or 0) + (hidden.charged or 0)
    conversation = house.desk.conversation(cid)
    assert conversation is not None
    assert (conversation.spent_play, FULL - house.account.balance(Lane.SANDBOX).settled) == (paid, paid)
    attempt = house.ledgers[Lane.SANDBOX].attempt(hidden.attempt)
    assert attempt is not None
    assert attempt.purpose is Purpose.TITLE
    assert learned == (house.chats.replies(PLAY, "", limit=9), house.chats.conversation_replies(cid, limit=9))
    assert house.desk.budgets.spent(Lane.SANDBOX, cid).conversation == paid


def test_only_a_complete_answer_makes_a_title(house: House) -> None:
    """A cut one does not; the retry that is complete does, about its own words."""
    house.settings.update(title_model="same")
    house.script = (TextChunk("half"), StreamCut("Cut."))
    cid = house.talk(DRAFT)
    house.script = TITLE
    assert house.after_answer(cid) == []
    house.script = (TextChunk("Whole."), Ended("stop"))
    house.retry(house.desk.messages(cid)[1])
    house.script = TITLE
    house.after_answer(cid)
    assert (title(house, cid), house.asked[-1].messages[1]) == ("The Blue Sky", said("assistant", "Whole."))
    assert len(house.asked) == 3


def test_a_title_of_the_person_s_own_stays(house: House) -> None:
    """No request for a conversation that has been named."""
    cid = titled(house)
    house.desk.rename(cid, "Mine")
    house.after_answer(cid)
    assert (title(house, cid), len(house.asked)) == ("Mine", 1)


def test_a_title_given_meanwhile_stays(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The person was quicker than the model."""
    cid = titled(house)
    house.script = TITLE
    book = house.chats.add_receipt

    def named_first(receipt: Receipt, conversation: str | None) -> None:
        house.desk.rename(cid, "Mine")
        book(receipt, conversation)

    monkeypatch.setattr(house.chats, "add_receipt", named_first)
    house.after_answer(cid)
    assert (title(house, cid), len(house.asked)) == ("Mine", 2)


def test_another_model_can_make_them(house: House) -> None:
    """The one named in the settings; one that is not offered any more makes none."""
    house.settings.update(title_model=str(GLM))
    cid = house.talk(DRAFT)
    house.script = TITLE
    house.after_answer(cid)
    assert (house.asked[-1].model, house.desk.records.hidden()[0].ref) == ("glm-5", GLM)
    house.settings.update(title_model="credits/nexu/gone")
    other = house.talk(DRAFT)
    house.after_answer(other)
    assert (title(house, other), len(house.asked)) == (DRAFT, 3)


@pytest.mark.parametrize("levels", [{"ask": 1}, {"stop": 1}], ids=str)
@pytest.mark.parametrize("scope", [Scope.MESSAGE, Scope.CONVERSATION, Scope.DAY], ids=str)
def test_a_budget_leaves_it_out(house: House, scope: Scope, levels: dict[str, int]) -> None:
    """Nobody is there to be asked. A colour alone is no reason."""
    cid = titled(house)
    house.settings.update(budgets=())
    house.budget(scope, **levels)
    assert (house.after_answer(cid), title(house, cid), len(house.asked)) == ([], DRAFT, 1)
    house.settings.update(budgets=())
    house.budget(scope, colour=1)
    house.after_answer(cid)
    assert len(house.asked) == 2


@pytest.mark.parametrize(
    "script",
    [
        (RateLimited("Too many.", "Wait."),),
        (TextChunk("Half a ti"), StreamCut("Cut.")),
        (TextChunk("  \n"), Ended("stop")),
        (TextChunk("Thoughts"), UsageReport("{}", Usage(input=9, output=1_024)), Ended("length")),
    ],
    ids=["refused", "cut", "blank", "too long"],
)
def test_a_failure_leaves_the_first_title(house: House, script: tuple[object, ...]) -> None:
    """Nothing is announced but the balance, and nothing is asked again."""
    cid = titled(house)
    house.script = script
    heard = house.after_answer(cid)
    assert (title(house, cid), {type(event) for event in heard}) == (DRAFT, {BalanceChanged})


def test_a_service_out_of_reach_is_not_told(house: House) -> None:
    """No event at all."""
    cid = titled(house)
    house.refusal = KeyMissing("There is no key.", "Add one.")
    assert (house.after_answer(cid), title(house, cid)) == ([], DRAFT)


def test_too_little_money_leaves_it_out(house: House) -> None:
    """The wallet is for messages."""
    cid = titled(house)
    house.spend_elsewhere(house.account.balance(Lane.SANDBOX).available - 1_000)
    assert (house.after_answer(cid), len(house.asked)) == ([], 1)


# --- the settings page ---


def test_estimates_say_what_each_would_cost(house: House) -> None:
    """Nothing chosen, nothing listed; a choice not yet made can be priced too."""
    house.talk(DRAFT)
    assert house.desk.hidden.estimates() == ()
    asked = house.desk.hidden.estimates("same", 4_000)
    offer = house.catalog.need(PLAY)
    assert offer.rate is not None
    assert [(one.purpose, one.ref, one.cost) for one in asked] == [
        (Purpose.TITLE, PLAY, offer.rate.most(600, 12)),
        (Purpose.SUMMARY, PLAY, offer.rate.most(4_000, 450)),
    ]
