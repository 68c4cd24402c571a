"""Edited questions, answers made again, branches switched and deleted: what is sent, shown, charged and kept."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from nexu_desktop.domain.budgets import Scope
from nexu_desktop.domain.chat import Lane, Message, Receipt, Role
from nexu_desktop.domain.context import said
from nexu_desktop.domain.credits import Usage
from nexu_desktop.domain.errors import BadInput
from nexu_desktop.domain.events import TurnRefused, TurnStarted
from nexu_desktop.services.ports import Ended, TextChunk, UsageReport
from tests.services.house import FULL, GLM, PLAY, PNG, House

BETTER = (TextChunk("Better"), Ended("stop"))


def edit(house: House, message: Message, text: str, **options: Any) -> Receipt | None:
    going = house.desk.branches.edit_and_resend(message.id, text, house.events.append, **options)
    return asyncio.run(going)


def regenerate(house: House, message: Message, **options: Any) -> Receipt | None:
    return asyncio.run(house.desk.branches.regenerate(message.id, house.events.append, **options))


def texts(house: House, cid: str) -> list[str]:
    return [row.text for row in house.desk.messages(cid)]


def spent(house: House, cid: str) -> int:
    conversation = house.desk.conversation(cid)
    assert conversation is not None
    return conversation.spent


# --- edit and resend ---


def test_an_edited_question_begins_a_branch(house: House) -> None:
    """Only what came before it is sent with it; the old branch stays, and what follows goes on the new one."""
    cid = house.talk("one", "two", "three")
    second = house.desk.messages(cid)[2]
    house.script = BETTER
    assert edit(house, second, "two, but shorter") is not None
    assert house.asked[-1].messages == (
        said("user", "one"),
        said("assistant", "Hi there"),
        said("user", "two, but shorter"),
    )
    assert texts(house, cid) == ["one", "Hi there", "two, but shorter", "Better"]
    house.send(cid, "next")
    assert [one.text for one in house.asked[-1].messages][2:] == ["two, but shorter", "Better", "next"]
    assert len(house.chats.tree(cid)) == 10


def test_the_first_question_can_be_edited(house: House) -> None:
    """Two beginnings; the title stays that of the first."""
    cid = house.talk("one")
    edit(house, house.desk.messages(cid)[0], "another")
    conversation = house.desk.conversation(cid)
    assert conversation is not None
    assert (texts(house, cid), conversation.title) == (["another", "Hi there"], "one")


def test_files_go_along_with_an_edited_question(house: House) -> None:
    """Those that were sent, as files of its own; the draft keeps its files and its words."""
    cid = house.desk.new_conversation().id
    house.desk.files.attach(cid, "a.txt", b"first file")
    house.desk.files.attach(cid, "b.png", PNG)
    dropped = house.desk.files.attach(cid, "c.txt", b"third")
    house.send(cid, "one")
    house.desk.context.set_dropped(cid, [dropped.id], True)
    later = house.desk.files.attach(cid, "d.txt", b"of the draft")
    house.desk.set_draft(cid, "half written")
    first = house.desk.messages(cid)[0]
    assert edit(house, first, "other words") is not None
    (sent,) = house.asked[-1].messages
    assert ("first file" in sent.text, "third" in sent.text, len(sent.images)) == (True, False, 1)
    assert list(house.asked[-1].images.values()) == [PNG]
    copies = house.desk.messages(cid)[0].attachments
    assert [one.name for one in copies] == ["a.txt", "b.png"]
    assert not {one.id for one in copies} & {one.id for one in first.attachments}
    assert house.chats.attachment_data(copies[1].id) == PNG
    kept = house.desk.conversation(cid)
    assert kept is not None
    assert (kept.draft, house.desk.files.of_draft(cid)) == ("half written", (later,))


def test_what_an_edit_would_cost_is_known_before(house: House) -> None:
    """The estimate of the receipt; it grows with the words; None for what is not there."""
    cid = house.talk("one", "two", "three")
    second = house.desk.messages(cid)[2]
    short = house.desk.branches.edit_estimate(second.id, "two")
    told = house.desk.branches.edit_estimate(second.id, "two words and more")
    receipt = edit(house, second, "two words and more")
    assert told is not None
    assert told.cost is not None
    assert short is not None
    assert receipt is not None
    assert (told.cost.likely, told.input.tokens - short.input.tokens) == (receipt.estimated, 3)
    assert house.desk.branches.edit_estimate("nowhere", "x") is None


@pytest.mark.parametrize("text", ["", " \n"])
def test_an_empty_edit_is_refused(house: House, text: str) -> None:
    """Nothing is asked, stored or held."""
    cid = house.talk("one")
    before = house.desk.messages(cid)
    assert edit(house, before[0], text) is None
    (refused,) = house.heard(TurnRefused)
    assert isinstance(refused, TurnRefused)
    assert (refused.turn, refused.draft, refused.title) == (before[0].id, "", "There is nothing to send.")
    assert (house.chats.tree(cid), len(house.asked)) == (before, 1)


def test_budgets_hold_for_every_way_of_asking_again(house: House) -> None:
    """Asked first above the level, and done once it is confirmed."""
    cid = house.talk("one")
    question, answer = house.desk.messages(cid)
    house.budget(Scope.MESSAGE, ask=1)
    assert edit(house, question, "dear words") is None
    assert regenerate(house, answer) is None
    assert [type(event) for event in house.events].count(TurnRefused) == 2
    assert house.chats.tree(cid) == (question, answer)
    assert edit(house, question, "dear words", confirmed=True) is not None
    assert regenerate(house, answer, confirmed=True) is not None


def test_what_the_wallet_cannot_pay_leaves_no_branch(house: House) -> None:
    """The old branch is still shown."""
    cid = house.talk("one")
    before = house.desk.messages(cid)
    house.spend_elsewhere(FULL - 1_000_000)
    assert edit(house, before[0], "other words") is None
    assert (house.desk.messages(cid), house.chats.tree(cid)) == (before, before)


@pytest.mark.parametrize("way", ["edit", "regenerate"])
def test_what_is_stopped_before_it_began_is_told(house: House, way: str) -> None:
    """Nothing was stored, and who waits for the turn hears that it will not come; a stop later is its own end."""
    cid = house.talk("one")
    question, answer = before = house.desk.messages(cid)
    branches, say = house.desk.branches, house.events.append
    house.script = (TextChunk("Half"), None)

    async def stopped(asked: int) -> None:
        going = (
            branches.edit_and_resend(question.id, "x", say) if way == "edit"
            else branches.regenerate(answer.id, say)
        )  # fmt: skip
        task = asyncio.create_task(going)
        await asyncio.sleep(0)
        while len(house.asked) < asked:
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(stopped(0))
    (refused,) = house.heard(TurnRefused)
    assert isinstance(refused, TurnRefused)
    assert (refused.title, house.chats.tree(cid)) == ("Stopped before anything was sent.", before)
    asyncio.run(stopped(2))
    assert len(house.heard(TurnRefused)) == 1
    assert len(house.chats.tree(cid)) == (4 if way == "edit" else 3)


# --- regenerate ---


def test_another_answer_stands_beside_the_first(house: House) -> None:
    """On the branch that is shown; both are charged."""
    cid = house.talk("one")
    first = house.desk.messages(cid)[1]
    house.script = BETTER
    again = regenerate(house, first)
    assert again is not None
    assert texts(house, cid) == ["one", "Better"]
    assert spent(house, cid) == (first.receipt.charged or 0 if first.receipt else 0) + (again.charged or 0)
    started = house.heard(TurnStarted)[-1]
    assert isinstance(started, TurnStarted)
    assert (started.asked, started.answer.parent) == (None, first.parent)


def test_another_model_can_answer_once(house: House) -> None:
    """The conversation keeps its own, without a note; the receipt names the one that answered."""
    cid = house.talk("one")
    house.script = BETTER
    again = regenerate(house, house.desk.messages(cid)[1], ref=GLM)
    assert again is not None
    assert (again.ref, house.desk.ref(cid)) == (GLM, PLAY)
    assert [row.ref for row in house.desk.messages(cid)] == [None, GLM]
    assert house.asked[-1].model == GLM.model
    conversation = house.desk.conversation(cid)
    assert conversation is not None
    assert conversation.ref == PLAY


def test_the_price_of_another_model_is_known_before(house: House) -> None:
    """By its own rate; pending until it is counted with its own vocabulary."""
    cid = house.talk("one")
    answer = house.desk.messages(cid)[1]
    house.counter.loaded = False
    assert house.desk.branches.regenerate_estimate(answer.id, GLM) is None
    asyncio.run(house.desk.branches.warm(answer.id, refs=[GLM]))
    mine, other = (house.desk.branches.regenerate_estimate(answer.id, ref) for ref in (None, GLM))
    receipt = regenerate(house, answer, ref=GLM)
    assert mine is not None
    assert other is not None
    assert other.cost is not None
    assert receipt is not None
    assert (other.ref, other.cost.likely, mine.ref) == (GLM, receipt.estimated, PLAY)


def test_a_question_without_an_answer_can_be_answered(house: House) -> None:
    """Its first answer was deleted: the next one follows it."""
    cid = house.talk("one")
    question, answer = house.desk.messages(cid)
    house.desk.branches.delete(answer.id)
    assert regenerate(house, question) is not None
    assert house.desk.messages(cid)[1].parent == question.id


# --- switching ---


def test_branches_are_switched_where_they_were_left(house: House) -> None:
    """The draft goes where the shown branch goes; at either end there is nothing further."""
    cid = house.talk("one", "two")
    first = house.desk.messages(cid)[1]
    house.script = BETTER
    regenerate(house, first)
    better = house.desk.messages(cid)[1]
    assert house.desk.branches.switch(better.id, -1) == house.chats.tree(cid)[3].id
    assert texts(house, cid) == ["one", "Hi there", "two", "Hi there"]
    regenerate(house, house.desk.messages(cid)[3])
    left = house.desk.messages(cid)[3]
    house.desk.branches.switch(left.id, -1)
    house.desk.branches.switch(first.id, 1)
    assert texts(house, cid) == ["one", "Better"]
    house.desk.branches.switch(better.id, -1)
    assert house.desk.messages(cid)[3].id == house.chats.tree(cid)[3].id
    house.send(cid, "next")
    assert [one.text for one in house.asked[-1].messages] == ["one", "Hi there", "two", "Hi there", "next"]
    assert house.desk.branches.switch(better.id, 1) == ""
    assert house.desk.branches.switch("nowhere", 1) == ""


def test_the_estimate_follows_the_branch(house: House) -> None:
    """Switching changes what the next message sends, at once."""
    cid = house.talk("one")
    house.script = (TextChunk("word " * 500), Ended("stop"))
    regenerate(house, house.desk.messages(cid)[1])
    long = house.desk.estimate(cid, "next")
    house.desk.branches.switch(house.desk.messages(cid)[1].id, -1)
    short = house.desk.estimate(cid, "next")
    assert long is not None
    assert short is not None
    assert long.input.tokens - short.input.tokens == 498


def test_places_count_and_cost_the_branches(house: House) -> None:
    """At each message that has siblings: its number, this branch and all of them together."""
    cid = house.talk("one", "two")
    answer = house.desk.messages(cid)[1]
    assert house.desk.branches.places(cid) == {}
    house.script = (TextChunk("x"), UsageReport("{}", Usage(5, 0, 0, 900)), Ended("stop"))
    again = regenerate(house, answer)
    assert again is not None
    ((name, place),) = house.desk.branches.places(cid).items()
    assert (name, place.number, place.count) == (again.attempt, 2, 2)
    assert (place.credits.here, place.credits.all) == (again.charged, spent(house, cid))


# --- delete and undo ---


def test_a_deleted_question_takes_what_follows_along(house: House) -> None:
    """And comes back whole, with the branch that was shown; what was spent never changes."""
    cid = house.talk("one", "two", "three")
    before, paid = house.desk.messages(cid), spent(house, cid)
    balance = house.account.balance(Lane.SANDBOX)
    deleted = house.desk.branches.delete(before[2].id)
    assert deleted is not None
    assert (texts(house, cid), len(deleted.messages)) == (["one", "Hi there"], 4)
    assert (spent(house, cid), house.account.balance(Lane.SANDBOX)) == (paid, balance)
    house.desk.branches.undo(deleted)
    assert (house.desk.messages(cid), spent(house, cid)) == (before, paid)


def test_after_a_deleted_answer_its_neighbour_is_shown(house: House) -> None:
    """Another branch is not touched, and a deleted one that is not shown leaves the shown one alone."""
    cid = house.talk("one", "two")
    first = house.desk.messages(cid)[1]
    house.script = BETTER
    regenerate(house, first)
    better = house.desk.messages(cid)[1]
    house.desk.branches.delete(better.id)
    assert texts(house, cid) == ["one", "Hi there", "two", "Hi there"]
    regenerate(house, first)
    house.desk.branches.delete(first.id)
    assert texts(house, cid) == ["one", "Better"]
    assert house.desk.branches.places(cid) == {}


def test_what_deleted_branches_have_cost_is_not_forgotten(house: House) -> None:
    """The cost of all branches is what was paid on them, before and after the next start."""
    cid = house.talk("one")
    for _ in range(2):
        regenerate(house, house.desk.messages(cid)[1])
    (before,) = house.desk.branches.places(cid).values()
    house.desk.branches.delete(house.desk.messages(cid)[1].id)
    (after,) = house.desk.branches.places(cid).values()
    house.chats.purge_deleted()
    (later,) = house.desk.branches.places(cid).values()
    assert (before.count, after.count) == (3, 2)
    assert before.credits.all == after.credits.all == later.credits.all == spent(house, cid)


def test_what_was_deleted_is_not_sent(house: House) -> None:
    """At once, and the next question follows what is left."""
    cid = house.talk("one", "two")
    house.desk.branches.delete(house.desk.messages(cid)[2].id)
    house.send(cid, "next")
    assert [one.text for one in house.asked[-1].messages] == ["one", "Hi there", "next"]


def test_all_can_be_deleted(house: House) -> None:
    """The conversation is empty then, can be asked again, and still has cost what it cost."""
    cid = house.talk("one")
    paid = spent(house, cid)
    house.desk.branches.delete(house.desk.messages(cid)[0].id)
    assert (house.desk.messages(cid), spent(house, cid)) == ((), paid)
    house.send(cid, "anew")
    assert house.desk.messages(cid)[0].parent == ""


def test_notes_are_not_deleted(house: House) -> None:
    """A whole branch would go with them; what is gone already is no failure."""
    cid = house.talk("one")
    note = house.desk.choose_model(cid, GLM)
    assert note is not None
    with pytest.raises(BadInput):
        house.desk.branches.delete(note.id)
    assert house.desk.messages(cid)[-1].role is Role.NOTE
    assert house.desk.branches.delete("nowhere") is None


# --- while an answer arrives ---


def test_nothing_changes_while_an_answer_arrives(house: House) -> None:
    """Its branch would vanish under it; what is refused says so, and afterwards it works."""
    cid = house.talk("one", "two")
    rows = house.desk.messages(cid)
    deleted = house.desk.branches.delete(rows[2].id)
    assert deleted is not None
    house.script = (TextChunk("Half"), None)
    branches, refusals = house.desk.branches, []

    async def meanwhile() -> None:
        answering = asyncio.create_task(house.desk.send(cid, "three", house.events.append))
        while house.asked[-1].messages[-1].text != "three":
            await asyncio.sleep(0)
        for change in (
            lambda: branches.switch(rows[1].id, 1),
            lambda: branches.delete(rows[0].id),
            lambda: branches.undo(deleted),
        ):
            with pytest.raises(BadInput) as refused:
                change()
            refusals.append(refused.value.title)
        assert await branches.regenerate(rows[1].id, house.events.append) is None
        assert await branches.edit_and_resend(rows[0].id, "x", house.events.append) is None
        answering.cancel()
        await asyncio.gather(answering, return_exceptions=True)

    asyncio.run(meanwhile())
    assert set(refusals) == {event.title for event in house.heard(TurnRefused)}
    assert texts(house, cid)[:3] == ["one", "Hi there", "three"]
    branches.undo(deleted)
    assert house.desk.messages(cid) == rows
