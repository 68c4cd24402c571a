"""One question on several models: the sum, what refuses it, exact charges, stops, and the one that is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from nexu_desktop.domain.budgets import Scope, Spent
from nexu_desktop.domain.chat import Lane, ModelRef, Outcome, Receipt, Role
from nexu_desktop.domain.errors import BadInput, StreamCut
from nexu_desktop.domain.events import TextDelta, TurnFinished, TurnRefused, TurnStarted
from nexu_desktop.services.catalog import Offer
from nexu_desktop.services.ports import Chunk, Ended, Provider, TextChunk
from tests.services.fakes import ScriptedProvider
from tests.services.house import ANSWER, FULL, GLM, OWN, OWN_KEY, PLAY, House

BOTH = (PLAY, GLM)


def compare(house: House, cid: str, *refs: ModelRef, confirmed: bool = False) -> tuple[Receipt | None, ...]:
    going = house.desk.comparing.send(cid, "one", refs or BOTH, house.events.append, confirmed=confirmed)
    return asyncio.run(going)


def scripts(house: House, *each: tuple[Chunk | Exception | None, ...]) -> None:
    """What each model in turn says."""
    waiting: Iterator[tuple[Chunk | Exception | None, ...]] = iter(each)

    async def connect(offer: Offer) -> Provider:
        house.providers.append(ScriptedProvider(*next(waiting)))
        return house.providers[-1]

    house.desk.comparing._connect = connect


def refusal(house: House) -> str:
    (refused,) = house.heard(TurnRefused)
    assert isinstance(refused, TurnRefused)
    assert (refused.draft, house.asked, house.account.balance(Lane.SANDBOX).held) == ("one", [], 0)
    return refused.title


def test_one_question_has_an_answer_of_each(house: House) -> None:
    """Stored once, asked of both with the same words, and charged to the last nano-credit."""
    cid = house.desk.new_conversation().id
    receipts = compare(house, cid)
    rows = house.chats.tree(cid)
    assert [row.role for row in rows] == [Role.USER, Role.ASSISTANT, Role.ASSISTANT]
    assert {row.parent for row in rows[1:]} == {rows[0].id}
    assert [one.ref for one in receipts if one] == list(BOTH)
    assert house.asked[0].messages == house.asked[1].messages
    charged = sum(one.charged or 0 for one in receipts if one)
    assert charged > 0
    balance = house.account.balance(Lane.SANDBOX)
    assert (balance.settled, balance.held) == (FULL - charged, 0)
    assert [len(house.heard(kind)) for kind in (TurnStarted, TurnFinished, TurnRefused)] == [2, 2, 0]
    assert [provider.closed for provider in house.providers] == [1, 1]


def test_the_sum_is_that_of_its_estimates(house: House) -> None:
    """Figure by figure, credits and dollars apart."""
    house.keys = (OWN_KEY,)
    cid = house.desk.new_conversation().id
    for ref in (*BOTH, OWN):
        house.desk.warm(cid, "one", ref)
    compared = house.desk.comparing.estimate(cid, "one", (*BOTH, OWN))
    assert compared is not None
    play, dollars = compared.purses
    costs = [one.cost for one in compared.estimates]
    assert all(cost is not None for cost in costs)
    assert play.cost.likely == sum(cost.likely for cost in costs[:2] if cost)
    assert play.cost.most == sum(cost.most for cost in costs[:2] if cost)
    assert dollars.cost == costs[2]
    assert (play.lane, play.models, dollars.lane, dollars.available) == (Lane.SANDBOX, 2, Lane.BYOK, None)


def test_what_pays_one_but_not_both_refuses_both(house: House) -> None:
    """The shortfall of the sum is named; nothing is held, sent or stored."""
    cid = house.desk.new_conversation().id
    for ref in BOTH:
        house.desk.warm(cid, "one", ref)
    house.desk.limit_next(cid, 256)
    compared = house.desk.comparing.estimate(cid, "one", BOTH)
    assert compared is not None
    house.spend_elsewhere(FULL - compared.purses[0].cost.most + 1)
    held = house.account.balance(Lane.SANDBOX).held
    assert compare(house, cid) == ()
    (refused,) = house.heard(TurnRefused)
    assert isinstance(refused, TurnRefused)
    assert "credits short for 2 answers" in refused.title
    assert (house.asked, house.chats.tree(cid)) == ([], ())
    assert house.account.balance(Lane.SANDBOX).held == held


def test_a_wallet_that_pays_shorter_answers_lowers_all(house: House) -> None:
    """One limit for both, whose holds together fit what is left: the longest one that does."""
    cid = house.desk.new_conversation().id
    for ref in BOTH:
        house.desk.warm(cid, "one", ref)
    compared = house.desk.comparing.estimate(cid, "one", BOTH)
    assert compared is not None
    left = compared.purses[0].cost.most // 2
    house.spend_elsewhere(FULL - left)
    assert len(compare(house, cid)) == 2
    first, second = (request.max_output_tokens for request in house.asked)
    assert 256 <= first == second < 8_192
    held = sum(attempt.held for attempt in house.ledgers[Lane.SANDBOX].attempts(limit=2))
    rates = [offer.rate for offer in map(house.catalog.need, BOTH) if offer.rate]
    assert 0 <= left - held < sum(rate.most(0, 2) for rate in rates)


def test_a_budget_counts_the_sum(house: House) -> None:
    """Each alone would pass unasked; both together are asked about first."""
    cid = house.desk.new_conversation().id
    for ref in BOTH:
        house.desk.warm(cid, "one", ref)
    compared = house.desk.comparing.estimate(cid, "one", BOTH)
    assert compared is not None
    house.budget(Scope.DAY, ask=compared.purses[0].cost.likely - 1)
    assert compare(house, cid) == ()
    assert "budget per day" in refusal(house)
    assert len(compare(house, cid, confirmed=True)) == 2


def test_one_that_fails_leaves_the_other_going(house: House) -> None:
    """Its hold is resolved, the other answer is whole."""
    scripts(house, (TextChunk("half"), StreamCut("It broke off.", "Try again.")), ANSWER)
    cid = house.desk.new_conversation().id
    first, second = compare(house, cid)
    assert first is not None
    assert second is not None
    assert (first.outcome, second.outcome) == (Outcome.CUT, Outcome.COMPLETE)
    assert house.account.balance(Lane.SANDBOX).held == 0


def test_one_is_stopped_alone(house: House) -> None:
    """What had arrived of it is charged; the other, still on its way, goes on to its end."""
    scripts(house, (TextChunk("half an answer"), None), (*[TextChunk("x ")] * 500, Ended("stop")))
    cid = house.desk.new_conversation().id

    async def run() -> tuple[Receipt | None, ...]:
        going = asyncio.create_task(house.desk.comparing.send(cid, "one", BOTH, house.events.append))
        while len({event.turn for event in house.heard(TextDelta) if isinstance(event, TextDelta)}) < 2:
            await asyncio.sleep(0)
        assert house.heard(TurnFinished) == []
        house.desk.comparing.stop(house.chats.tree(cid)[1].id)
        return await going

    stopped, whole = asyncio.run(run())
    assert whole is not None
    assert (stopped, whole.outcome) == (None, Outcome.COMPLETE)
    _, kept, other = house.chats.tree(cid)
    assert kept.receipt is not None
    assert (kept.receipt.outcome, kept.text) == (Outcome.STOPPED, "half an answer")
    assert other.text == "x " * 500
    assert house.account.balance(Lane.SANDBOX).held == 0


def test_all_are_stopped_at_once(house: House) -> None:
    """Even before any has taken its first step: no hold is left."""
    scripts(house, (None,), (None,))
    cid = house.desk.new_conversation().id

    async def run() -> None:
        going = asyncio.create_task(house.desk.comparing.send(cid, "one", BOTH, house.events.append))
        while house.account.balance(Lane.SANDBOX).held == 0:
            await asyncio.sleep(0)
        going.cancel()
        with pytest.raises(asyncio.CancelledError):
            await going

    asyncio.run(run())
    outcomes = [row.receipt.outcome for row in house.chats.tree(cid)[1:] if row.receipt]
    assert outcomes == [Outcome.STOPPED, Outcome.STOPPED]
    assert house.account.balance(Lane.SANDBOX).held == 0


def test_what_is_compared_counts_while_it_runs(house: House) -> None:
    """At the most it can cost: an own key has no ledger that holds it; afterwards what it did cost counts."""
    house.keys = (OWN_KEY,)
    cid = house.desk.new_conversation().id
    for ref in (OWN, PLAY):
        house.desk.warm(cid, "one", ref)
    compared = house.desk.comparing.estimate(cid, "one", (OWN, PLAY))
    assert compared is not None
    dollars = compared.purses[0].cost
    scripts(house, (TextChunk("half"), None), (TextChunk("half"), None))

    async def run() -> Spent:
        going = asyncio.create_task(house.desk.comparing.send(cid, "one", (OWN, PLAY), house.events.append))
        while len(house.heard(TurnStarted)) < 2:
            await asyncio.sleep(0)
        meanwhile = house.desk.budgets.spent(Lane.BYOK, cid)
        going.cancel()
        await asyncio.gather(going, return_exceptions=True)
        return meanwhile

    assert asyncio.run(run()) == Spent(dollars.most, dollars.most, dollars.most)
    assert house.desk.budgets.spent(Lane.BYOK, cid).day == house.chats.spent((Lane.BYOK,)) < dollars.most


def test_the_one_that_is_kept_is_sent_on(house: House) -> None:
    """The next message follows it; the other stays beside it."""
    cid = house.desk.new_conversation().id
    compare(house, cid)
    first = house.chats.tree(cid)[1].id
    house.desk.comparing.keep(first)
    assert [row.id for row in house.desk.messages(cid)][-1] == first
    assert house.desk.branches.places(cid)[first].count == 2


@pytest.mark.parametrize("refs", [(PLAY,), (PLAY, PLAY)])
def test_fewer_than_two_models_are_no_comparison(house: House, refs: tuple[ModelRef, ...]) -> None:
    """Said with the next step; nothing is sent."""
    assert compare(house, house.desk.new_conversation().id, *refs) == ()
    assert "2 to 4 different models" in refusal(house)


def test_nothing_is_kept_while_an_answer_arrives(house: House) -> None:
    """Its branch must stay where it is."""
    cid = house.desk.new_conversation().id
    compare(house, cid)
    answer = house.chats.tree(cid)[1].id
    with (
        house.desk._sending.occupied(cid, house.events.append),
        pytest.raises(BadInput, match="still arriving"),
    ):
        house.desk.comparing.keep(answer)
