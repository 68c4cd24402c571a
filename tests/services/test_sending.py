"""Sending: what goes on the wire, what refuses it, what a receipt remembers; trying again; budgets."""

from __future__ import annotations

import asyncio
import re

import pytest

from nexu_desktop.domain.budgets import Scope, Unit
from nexu_desktop.domain.chat import Expected, Lane, Message, ModelRef, Outcome, Purpose, Receipt, Role
from nexu_desktop.domain.context import said
from nexu_desktop.domain.errors import BadInput, KeyMissing, StreamCut
from nexu_desktop.domain.events import (
    BalanceChanged,
    ConversationChanged,
    TurnFinished,
    TurnRefused,
    TurnStarted,
)
from nexu_desktop.domain.settings import Settings
from nexu_desktop.services.ports import Ended, TextChunk
from tests.sandbox.doubles import card
from tests.services.house import FULL, GLM, OWN, OWN_KEY, PLAY, PNG, House


def rows(house: House, cid: str) -> list[tuple[Role, str]]:
    return [(message.role, message.text) for message in house.desk.messages(cid)]


# --- sending ---


def test_the_first_message_makes_the_conversation(house: House) -> None:
    """Stored with its title, both rows in order, and its model."""
    cid = house.desk.new_conversation().id
    assert house.desk.conversations() == ()
    receipt = house.send(cid, "# Why is the sky blue?\nExplain.")
    assert receipt is not None
    (stored,) = house.desk.conversations()
    assert (stored.id, stored.title, stored.spent_play) == (cid, "Why is the sky blue?", receipt.charged)
    assert rows(house, cid) == [
        (Role.USER, "# Why is the sky blue?\nExplain."),
        (Role.ASSISTANT, "Hi there"),
    ]
    assert house.providers[0].closed == 1


def test_what_is_sent_is_the_conversation_and_the_draft(house: House) -> None:
    """Everything before, in order, then the draft, with the limit that was priced."""
    cid = house.desk.new_conversation().id
    house.send(cid, "one")
    house.send(cid, "two")
    assert house.asked[1].messages == (
        said("user", "one"),
        said("assistant", "Hi there"),
        said("user", "two"),
    )
    assert house.asked[1].max_output_tokens == Settings().answer_limit_tokens


def test_a_title_is_given_once(house: House) -> None:
    """A second message, or a title of the person's own, leaves it as it is."""
    cid = house.desk.new_conversation().id
    house.send(cid, "one")
    house.desk.rename(cid, " My\n title ")
    house.send(cid, "two")
    assert [conversation.title for conversation in house.desk.conversations()] == ["My title"]
    with pytest.raises(BadInput, match="at least one character"):
        house.desk.rename(cid, " \n")


def test_the_last_event_says_that_the_conversation_changed(house: House) -> None:
    """After the receipt, so that sums in the sidebar are read when they are there."""
    house.send(house.desk.new_conversation().id, "one")
    assert isinstance(house.events[-1], ConversationChanged)
    assert [len(house.heard(kind)) for kind in (TurnStarted, TurnFinished, TurnRefused)] == [1, 1, 0]


@pytest.mark.parametrize("draft", ["", "  \n"])
def test_an_empty_draft_is_refused(house: House, draft: str) -> None:
    """Nothing is sent or stored, and the draft comes back as it was."""
    cid = house.desk.new_conversation().id
    assert house.send(cid, draft) is None
    (refused,) = house.heard(TurnRefused)
    assert isinstance(refused, TurnRefused)
    assert (refused.conversation, refused.draft, refused.title) == (cid, draft, "There is nothing to send.")
    assert (house.asked, house.desk.conversations()) == ([], ())


def test_a_missing_key_gives_the_draft_back(house: House) -> None:
    """What keeps the provider from being reached is told, with its next step."""
    house.refusal = KeyMissing("There is no key.", "Add one.")
    cid = house.desk.new_conversation().id
    assert house.send(cid, "my words") is None
    (refused,) = house.heard(TurnRefused)
    assert isinstance(refused, TurnRefused)
    assert (refused.draft, refused.title, refused.hint) == ("my words", "There is no key.", "Add one.")


def test_too_little_left_gives_the_draft_back(house: House) -> None:
    """The balance is looked up again before the send, so that what others spent is seen."""
    cid = house.desk.new_conversation().id
    assert house.account.last_seen(Lane.SANDBOX).available == FULL
    house.spend_elsewhere(FULL - 1_000_000)
    assert house.send(cid, "my words") is None
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
    assert house.send(cid, "w " * context.context_tokens) is None
    (refused,) = house.heard(TurnRefused)
    assert isinstance(refused, TurnRefused)
    assert "tokens too long for glm-5" in refused.title
    assert house.account.balance(Lane.SANDBOX).settled == FULL


def test_a_failed_answer_is_a_row_with_a_receipt(house: House) -> None:
    """What was sent is not refused any more: it stands in the transcript with what went wrong."""
    house.script = (TextChunk("half an"), StreamCut("It broke off.", "Try again."))
    cid = house.desk.new_conversation().id
    receipt = house.send(cid, "one")
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
    house.desk.choose_model(cid, OWN)
    before = [ledger.entries(limit=10) for ledger in house.ledgers.values()]
    receipt = house.send(cid, "one")
    assert receipt is not None
    assert (receipt.charged, (receipt.dollars or 0) > 0) == (None, True)
    assert [ledger.entries(limit=10) for ledger in house.ledgers.values()] == before
    assert house.heard(BalanceChanged) == []


# --- trying again ---


def test_retry_asks_the_same_with_what_came_before_it(house: House) -> None:
    """Neither the first answer nor anything later is sent; the question is not stored twice."""
    cid = house.desk.new_conversation().id
    house.send(cid, "one")
    house.send(cid, "two")
    house.send(cid, "three")
    second_answer = house.desk.messages(cid)[3]
    house.script = (TextChunk("Better"), Ended("stop"))
    assert house.retry(second_answer) is not None
    assert house.asked[-1].messages == (
        said("user", "one"),
        said("assistant", "Hi there"),
        said("user", "two"),
    )
    assert [row.text for row in house.chats.tree(cid) if row.role is Role.USER] == ["one", "two", "three"]
    assert [text for _, text in rows(house, cid)] == ["one", "Hi there", "two", "Better"]


def test_retry_is_an_attempt_of_its_own(house: House) -> None:
    """Both are charged, both receipts stay."""
    cid = house.desk.new_conversation().id
    first = house.send(cid, "one")
    again = house.retry(house.desk.messages(cid)[1])
    assert first is not None
    assert again is not None
    assert first.attempt != again.attempt
    assert house.account.balance(Lane.SANDBOX).settled == FULL - (first.charged or 0) - (again.charged or 0)


def test_of_two_answers_the_one_that_is_shown_is_sent_on(house: House) -> None:
    """A retry stands beside what it repeats; nothing of the other branches goes on the wire."""
    cid = house.desk.new_conversation().id
    house.send(cid, "one")
    house.script = (TextChunk("Better"), Ended("stop"))
    house.retry(house.desk.messages(cid)[1])
    house.script = (StreamCut("Cut."),)
    house.retry(house.desk.messages(cid)[1])
    house.chats.show_branch(cid, house.chats.tree(cid)[2].id)
    house.script = (TextChunk("Fine"), Ended("stop"))
    house.send(cid, "two")
    assert house.asked[-1].messages == (said("user", "one"), said("assistant", "Better"), said("user", "two"))
    assert (len(house.desk.messages(cid)), len(house.chats.tree(cid))) == (4, 6)


def test_a_refused_retry_has_no_draft_to_give_back(house: House) -> None:
    """The question stands in the transcript; the composer is left alone."""
    cid = house.desk.new_conversation().id
    house.send(cid, "one")
    house.spend_elsewhere(FULL - 1_000_000)
    answer = house.desk.messages(cid)[1]
    assert house.retry(answer) is None
    (refused,) = house.heard(TurnRefused)
    assert isinstance(refused, TurnRefused)
    assert (refused.turn, refused.draft) == (answer.id, "")


def test_retry_of_what_is_gone_does_nothing(house: House) -> None:
    """No event, no request."""
    assert asyncio.run(house.desk.branches.regenerate("nowhere", house.events.append)) is None
    assert (house.events, house.asked) == ([], [])


def test_a_retry_has_its_own_files_and_not_those_of_the_draft(house: House) -> None:
    """The question as it was, and what a later draft has attached stays with that draft."""
    cid = house.desk.new_conversation().id
    house.desk.files.attach(cid, "a.txt", b"first file")
    house.send(cid, "one")
    house.send(cid, "two")
    later = house.desk.files.attach(cid, "b.txt", b"of the draft")
    answer = house.desk.messages(cid)[1]
    assert house.retry(answer) is not None
    (said_again,) = house.asked[-1].messages
    assert (said_again, "first file" in said_again.text) == (house.asked[0].messages[0], True)
    assert house.desk.files.of_draft(cid) == (later,)


def test_a_retry_knows_the_summary_before_its_question(house: House) -> None:
    """It stands for what came before; a question it stands for itself is asked as it was, with what came before."""
    cid = house.talk("one", "two", "three")
    before = house.desk.messages(cid)
    made = Message("s", cid, Role.SYSTEM, "Summary: one, two.", house.clock.now_ms(), parent=before[3].id)
    house.chats.summarise(made, [row.id for row in before[:4]])
    house.retry(before[5])
    assert house.asked[-1].messages == (said("system", made.text), said("user", "three"))
    house.retry(before[3])
    assert [one.text for one in house.asked[-1].messages] == ["one", "Hi there", "two"]


def test_what_trying_again_would_cost_is_known_before(house: House) -> None:
    """The same figure the receipt then shows as the estimate; None for what is not there."""
    cid = house.talk("one", "two words", "three")
    answer = house.desk.messages(cid)[3]
    told = house.desk.branches.regenerate_estimate(answer.id)
    receipt = house.retry(answer)
    assert told is not None
    assert told.cost is not None
    assert receipt is not None
    assert (told.cost.likely, told.input.tokens) == (receipt.estimated, 4 + 1 + 2 + 2)
    assert house.desk.branches.regenerate_estimate("nowhere") is None


# --- what a receipt remembers ---


def test_a_receipt_says_what_was_expected(house: House) -> None:
    """Count, band and cost as the estimate had them, the effort, and whether it was the first answer."""
    cid = house.desk.new_conversation().id
    house.desk.context.set_effort(cid, "low")
    before = house.desk.estimate(cid, "two words")
    first = house.send(cid, "two words")
    second = house.send(cid, "more")
    assert before is not None
    assert before.cost is not None
    assert before.forecast is not None
    assert first is not None
    assert second is not None
    assert first.expected == Expected(
        counted=before.input.counted or 0,
        input=before.input.tokens,
        low=before.output.low,
        likely=before.output.likely,
        high=before.output.high,
        reasoning=before.forecast.reasoning,
        cost_low=before.cost.low,
        cost_high=before.cost.high,
    )
    assert [(one.effort, one.first, one.purpose) for one in (first, second)] == [
        ("low", True, Purpose.MESSAGE),
        ("low", False, Purpose.MESSAGE),
    ]
    assert [request.effort for request in house.asked] == ["low", "low"]


# --- budgets ---


def test_a_question_of_a_budget_is_answered_before_anything_is_sent(house: House) -> None:
    """Unconfirmed it is refused with both sums and the draft; confirmed it is sent."""
    house.budget(Scope.DAY, ask=1_000)
    cid = house.desk.new_conversation().id
    assert house.send(cid, "my words") is None
    (refused,) = house.heard(TurnRefused)
    assert isinstance(refused, TurnRefused)
    assert (refused.draft, house.asked, house.desk.conversations()) == ("my words", [], ())
    assert re.fullmatch(
        r"This message brings the day to \d\.\d\d credits; you want to be asked above <0\.01 credits\.",
        refused.title,
    )
    assert house.send(cid, "my words", confirmed=True) is not None


def test_trying_again_asks_too(house: House) -> None:
    """A retry is a send like any other."""
    cid = house.talk("one")
    house.budget(Scope.MESSAGE, ask=1)
    answer = house.desk.messages(cid)[1]
    assert house.retry(answer) is None
    (refused,) = house.heard(TurnRefused)
    assert isinstance(refused, TurnRefused)
    assert refused.title.startswith("This message is likely to cost ")
    assert house.retry(answer, confirmed=True) is not None


def test_a_stop_gives_the_draft_back(house: House) -> None:
    """Named by its scope, whatever was confirmed; files of the draft stay where they are."""
    house.budget(Scope.MONTH, stop=1_000)
    cid = house.desk.new_conversation().id
    file = house.desk.files.attach(cid, "a.txt", b"words of a file")
    assert house.send(cid, "my words", confirmed=True) is None
    (refused,) = house.heard(TurnRefused)
    assert isinstance(refused, TurnRefused)
    assert (refused.draft, refused.title) == (
        "my words",
        "Your budget per month leaves no room for this message.",
    )
    assert (house.asked, rows(house, cid), house.desk.files.of_draft(cid)) == ([], [], (file,))


@pytest.mark.parametrize("ref", [PLAY, OWN], ids=str)
def test_two_sends_at_once_share_what_is_left(house: House, ref: ModelRef) -> None:
    """Room for one: the other is refused, though neither has been charged yet; afterwards there is room again."""
    house.keys = (OWN_KEY,)
    cids = [house.desk.new_conversation().id for _ in range(2)]
    for cid in cids:
        house.desk.choose_model(cid, ref)
    estimate = house.desk.estimate(cids[0], "one")
    assert estimate is not None
    unit = Unit.CREDITS if ref is PLAY else Unit.DOLLARS
    house.budget(Scope.DAY, unit, stop=estimate.hold + 1_000)
    house.script = (TextChunk("on and on"), None)

    async def at_once() -> list[Receipt | None]:
        """What the first to end returned, while the other's answer still runs; then that one is stopped."""
        sends = [asyncio.create_task(house.desk.send(cid, "one", house.events.append)) for cid in cids]
        while len(house.asked) < 2 and not any(task.done() for task in sends):
            await asyncio.sleep(0)
        ended = [task.result() for task in sends if task.done()]
        for task in sends:
            task.cancel()
        await asyncio.gather(*sends, return_exceptions=True)
        return ended

    assert asyncio.run(at_once()) == [None]
    assert len(house.asked) == 1
    assert house.desk.budgets.spent(ref.lane, cids[0]).day == house.chats.spent((ref.lane,))


def test_a_limit_given_with_the_send_goes_on_the_wire(house: House) -> None:
    """For this message alone."""
    cid = house.talk("one")
    house.send(cid, "two", limit=512)
    house.send(cid, "three")
    usual = Settings().answer_limit_tokens
    assert [request.max_output_tokens for request in house.asked] == [usual, 512, usual]


def test_a_limit_chosen_for_the_next_message_is_for_that_one(house: House) -> None:
    """It stays until something is sent, a refused draft uses none of it, and the one after has the usual limit."""
    cid = house.talk("one")
    house.desk.limit_next(cid, 512)
    assert house.send(cid, "") is None
    house.send(cid, "two")
    house.send(cid, "three")
    usual = Settings().answer_limit_tokens
    assert [request.max_output_tokens for request in house.asked] == [usual, 512, usual]


# --- images ---


def test_an_image_is_not_sent_to_a_model_that_does_not_see(house: House) -> None:
    """Neither one of the draft nor one sent earlier to another model; dropped, it is in nobody's way."""
    cid = house.desk.new_conversation().id
    image = house.desk.files.attach(cid, "a.png", PNG)
    house.desk.choose_model(cid, GLM)
    assert house.send(cid, "one") is None
    house.desk.choose_model(cid, PLAY)
    house.send(cid, "one")
    assert dict(house.asked[0].images) == {image.id: PNG}
    house.desk.choose_model(cid, GLM)
    assert house.send(cid, "two") is None
    titles = [event.title for event in house.heard(TurnRefused) if isinstance(event, TurnRefused)]
    assert (titles, len(house.asked)) == (["glm-5 does not see images."] * 2, 1)
    house.desk.context.set_dropped(cid, [image.id], True)
    assert house.send(cid, "two") is not None
    assert dict(house.asked[1].images) == {}
