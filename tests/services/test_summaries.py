"""Summaries of earlier messages: above the threshold alone, in their place on the wire, undone at will."""

from __future__ import annotations

import asyncio

import pytest

from nexu_desktop.domain.chat import Lane, Outcome, Purpose, Role
from nexu_desktop.domain.context import SYSTEM_ID, ItemKind, said
from nexu_desktop.domain.credits import Usage
from nexu_desktop.domain.errors import KeyMissing, RateLimited, StreamCut
from nexu_desktop.domain.events import ConversationChanged
from nexu_desktop.services.hidden_calls import SUMMARY_REQUEST
from nexu_desktop.services.ports import Ended, TextChunk, UsageReport
from tests.services.house import FULL, GLM, House

SUMMARY = (TextChunk("All was said."), Ended("stop"))


def long_talk(house: House, answers: int = 4, *, above: int = 2_000) -> str:
    """Answers of 600 words to short questions."""
    house.settings.update(summary_above_tokens=above)
    house.script = (TextChunk("word " * 600), Ended("stop"))
    return house.talk(*[f"question {number}" for number in range(answers)])


def test_below_the_threshold_nothing_is_summarised(house: House) -> None:
    """2,408 tokens are said: at 2,408 not, one less and it is."""
    cid = long_talk(house, above=2_408)
    house.after_answer(cid)
    assert len(house.asked) == 4
    house.settings.update(summary_above_tokens=2_407)
    house.script = SUMMARY
    house.after_answer(cid)
    assert len(house.asked) == 5


def test_a_summary_takes_the_place_of_what_is_older(house: House) -> None:
    """The last four messages stay; the summary joins the prompt in front; the transcript keeps everything."""
    cid = long_talk(house)
    house.desk.context.set_system(cid, "Be brief.")
    before = house.desk.messages(cid)
    house.script = SUMMARY
    heard = house.after_answer(cid)
    assert house.asked[-1].messages[-1] == said("user", SUMMARY_REQUEST)
    assert [one.text.split()[0] for one in house.asked[-1].messages[:-1]] == ["question", "word"] * 2
    assert ConversationChanged(cid) in heard
    house.send(cid, "next")
    system, *rest = house.asked[-1].messages
    assert (system.role, system.text) == (
        "system", "Be brief.\n\nSummary of the conversation so far:\n\nAll was said.",
    )  # fmt: skip
    assert [one.text for one in rest] == [*(row.text for row in before[-4:]), "next"]
    after_it = house.desk.messages(cid)
    assert [row.text for row in after_it[:4] + after_it[5:9]] == [row.text for row in before]
    assert [row.dropped for row in after_it[:9]] == [True] * 4 + [False] * 5
    assert after_it[4].role is Role.SYSTEM


def test_a_summary_has_a_receipt_of_its_own(house: House) -> None:
    """Its purpose is known wherever the charge is shown; it teaches no length and is no answer of the model."""
    cid = long_talk(house)
    house.script = (TextChunk("All."), UsageReport("{}", Usage(5, 1_200, 0, 9)), Ended("stop"))
    house.after_answer(cid)
    row = house.desk.messages(cid)[4]
    (hidden,) = house.desk.records.hidden()
    assert row.receipt is not None
    assert (row.role, row.receipt.purpose, row.receipt.attempt) == (
        Role.SYSTEM,
        Purpose.SUMMARY,
        hidden.attempt,
    )
    conversation = house.desk.conversation(cid)
    assert conversation is not None
    assert conversation.spent == FULL - house.account.balance(Lane.SANDBOX).settled
    assert len(house.chats.conversation_replies(cid, limit=99)) == 4
    estimate = house.desk.estimate(cid, "next")
    assert estimate is not None
    assert estimate.cached == 0  # its own request had cached tokens, the next message's has none


def test_what_was_summarised_can_be_restored(house: House) -> None:
    """Each message of it, and the summary left out instead."""
    cid = long_talk(house)
    house.script = SUMMARY
    house.after_answer(cid)
    items = house.desk.context.items(cid)
    (summary,) = (item.id for item in items if item.kind is ItemKind.SUMMARY)
    house.desk.context.set_dropped(cid, [item.id for item in items], False)
    house.desk.context.set_dropped(cid, [summary], True)
    house.send(cid, "next")
    assert [one.role for one in house.asked[-1].messages] == ["user", "assistant"] * 4 + ["user"]


@pytest.mark.parametrize(
    "script",
    [
        (TextChunk("All was"), StreamCut("Cut.")),
        (RateLimited("Too many.", "Wait."),),
        (TextChunk("All was"), UsageReport("{}", Usage(input=9, output=2_048)), Ended("length")),
        (TextChunk(" \n"), Ended("stop")),
    ],
    ids=["cut", "refused", "too long", "blank"],
)
def test_half_a_summary_changes_nothing(house: House, script: tuple[object, ...]) -> None:
    """Every message is sent on as before; what it cost is booked all the same."""
    cid = long_talk(house)
    before = house.desk.messages(cid)
    house.script = script
    house.after_answer(cid)
    assert (house.desk.messages(cid), len(house.desk.records.hidden())) == (before, 1)


def test_a_stopped_summary_changes_nothing(house: House) -> None:
    """Closing the window cancels it: settled, and nothing dropped."""
    cid = long_talk(house)
    before = house.desk.messages(cid)
    house.script = (TextChunk("All was"), None)

    async def stopped() -> None:
        asked = asyncio.create_task(house.desk.hidden.after_answer(cid, house.last(cid), house.events.append))
        while len(house.asked) < 5:
            await asyncio.sleep(0)
        for _ in range(5):
            await asyncio.sleep(0)
        asked.cancel()
        await asyncio.gather(asked, return_exceptions=True)

    asyncio.run(stopped())
    (hidden,) = house.desk.records.hidden()
    assert (house.desk.messages(cid), hidden.outcome) == (before, Outcome.STOPPED)
    assert house.account.balance(Lane.SANDBOX).held == 0


def test_the_next_summary_takes_in_the_first(house: House) -> None:
    """One summary is sent, four messages stay word for word, however often it is done."""
    cid = long_talk(house)
    house.script = SUMMARY
    house.after_answer(cid)
    house.script = (TextChunk("word " * 1_300), Ended("stop"))
    house.send(cid, "fifth")
    house.send(cid, "sixth")
    house.script = (TextChunk("And more."), Ended("stop"))
    house.after_answer(cid)
    assert "All was said." in house.asked[-1].messages[0].text
    house.send(cid, "next")
    system, *rest = house.asked[-1].messages
    assert ("All was said." in system.text, system.text.endswith("And more.")) == (False, True)
    assert [one.text.split()[0] for one in rest] == ["fifth", "word", "sixth", "word", "next"]


def test_long_last_messages_are_not_summarised_again_and_again(house: House) -> None:
    """With too little before the last four a summary would save nothing, and cost something after each answer."""
    house.settings.update(summary_above_tokens=2_000)
    house.script = (TextChunk("word " * 1_500), Ended("stop"))
    cid = house.talk("one", "two")
    house.after_answer(cid)
    house.script = (TextChunk("short"), Ended("stop"))
    other = house.talk("a few words", "word " * 2_000, "two")
    house.after_answer(other)
    assert (len(house.asked), house.desk.records.hidden()) == (5, ())


def test_another_answer_is_not_sent_in_place_of_the_summarised_one(house: House) -> None:
    """Of two answers to one question neither goes on the wire once a summary stands for the question."""
    cid = house.talk("first")
    long_answer = (TextChunk("better " * 600), Ended("stop"))
    house.settings.update(summary_above_tokens=2_000)
    house.script = long_answer
    house.retry(house.desk.messages(cid)[1])
    for number in range(3):
        house.send(cid, f"new {number}")
    house.script = SUMMARY
    house.after_answer(cid)
    house.send(cid, "next")
    assert [one.text.split()[0] for one in house.asked[-1].messages] == [
        "Summary", "new", "better", "new", "better", "next",
    ]  # fmt: skip


def test_a_branch_before_the_summary_is_sent_whole(house: House) -> None:
    """What it stands for is said in full where the summary is not; there it is not sent itself."""
    cid = long_talk(house)
    house.script = SUMMARY
    house.after_answer(cid)
    second = house.desk.messages(cid)[3]
    house.retry(second)
    house.send(cid, "next")
    assert [one.text.split()[0] for one in house.asked[-1].messages] == [
        "question", "word", "question", "All", "next",
    ]  # fmt: skip


def test_a_title_left_out_does_not_keep_a_summary_from_being_made(house: House) -> None:
    """Each is tried by itself."""
    house.settings.update(title_model=str(GLM), summary_above_tokens=2_000)
    house.script = (TextChunk("half"), StreamCut("Cut."))
    cid = house.talk("word " * 500, "word " * 600, "word " * 700)
    house.script = (TextChunk("word " * 600), Ended("stop"))
    house.send(cid, "first complete answer")
    connect = house.desk.hidden._connect

    async def no_glm(offer: object) -> object:
        if getattr(offer, "ref", None) == GLM:
            raise KeyMissing("There is no key.", "Add one.")
        return await connect(offer)

    house.desk.hidden._connect = no_glm
    house.script = SUMMARY
    house.after_answer(cid)
    assert [one.purpose for one in house.desk.records.hidden()] == [Purpose.SUMMARY]


def test_the_prompt_is_never_summarised(house: House) -> None:
    """It is sent as it is, before and after."""
    cid = long_talk(house)
    house.desk.context.set_system(cid, "Be brief.")
    house.script = SUMMARY
    house.after_answer(cid)
    assert "Be brief." not in "".join(one.text for one in house.asked[-1].messages)
    assert {item.id: item.unsent for item in house.desk.context.items(cid)}[SYSTEM_ID] is None
