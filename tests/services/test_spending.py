"""Budgets: a stop is never passed, whatever is spent and held; units, lanes, days and months."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexu_desktop.adapters.forecast_file import shipped
from nexu_desktop.domain.budgets import Budget, Level, Scope, Spent, Unit, room
from nexu_desktop.domain.chat import Lane, ModelRef
from nexu_desktop.domain.credits import NANO_PER_CREDIT, Balance, Nanocredits, Rate, Tier
from nexu_desktop.domain.errors import BudgetReached, InsufficientCredits, NexuError
from nexu_desktop.domain.estimate import Estimate
from nexu_desktop.services.catalog import Offer
from nexu_desktop.services.meter import Context, Limits, Meter, Question
from nexu_desktop.services.questions import check
from tests.services.fakes import RATE, WordCounter
from tests.services.house import FULL, HERE, LOCAL, OWN, OWN_KEY, PLAY, House

METER = Meter(WordCounter(), shipped)
REAL = ModelRef(Lane.CREDITS, "nexu", "m")
DAY = 24 * 3_600_000
amounts = st.integers(1, 5 * NANO_PER_CREDIT)
tiers = st.tuples(st.integers(0, 10**9), st.integers(0, 10**9), st.none() | st.integers(0, 10**9))
rates = st.builds(
    lambda first, second, above: Rate(
        (Tier(first[0], first[1], first[2]), Tier(second[0], second[1], above_input=above))
    ),
    tiers,
    tiers,
    st.integers(1, 50),
)


@st.composite
def limits(draw: st.DrawFn, unit: Unit) -> Limits:
    """Stops of any scope in both units, and anything spent of them."""
    budgets = draw(
        st.lists(
            st.builds(Budget, st.sampled_from(Scope), st.sampled_from(Unit), stop=amounts), max_size=4
        ).map(tuple)
    )
    spent = draw(st.builds(Spent, *[st.integers(0, 5 * NANO_PER_CREDIT)] * 3))
    return Limits(unit, budgets, spent)


def refusal(estimate: Estimate) -> type[NexuError] | None:
    try:
        check(estimate)
    except NexuError as error:
        return type(error)
    return None


@given(
    rate=rates,
    words=st.integers(1, 100),
    limit=st.integers(1, 3_000),
    room_left=st.none() | st.integers(5, 3_000),
    own=st.booleans(),
    have=st.integers(0, 10 * NANO_PER_CREDIT),
    data=st.data(),
)
def test_a_stop_is_never_passed(
    rate: Rate, words: int, limit: int, room_left: int | None, own: bool, have: int, data: st.DataObject
) -> None:
    """Either the most a send can cost is left of every stop of its unit, and of the wallet, or it is refused."""
    unit, ref = (Unit.DOLLARS, OWN) if own else (Unit.CREDITS, REAL)
    bounds = data.draw(limits(unit))
    offer = Offer(ref, rate, card="card", context_tokens=None if room_left is None else words + room_left)
    balance = None if own else Balance(Nanocredits(have), Nanocredits(0))
    estimate = METER.estimate_now(Question(offer, Context(), "w " * words, limit, balance, budgets=bounds))
    stops = [budget for budget in bounds.budgets if budget.unit is unit]
    left = [max((budget.stop or 0) - bounds.spent.of(budget.scope), 0) for budget in stops]
    fits = all(estimate.hold <= one for one in left) and (own or estimate.hold <= have)
    refused = bool(estimate.over_budget or estimate.shortfall)
    assert fits or refused
    assert refused is (refusal(estimate) in (BudgetReached, InsufficientCredits)) or bool(
        estimate.over_context
    )
    if estimate.over_budget is not None:
        assert estimate.over_budget in stops
        assert estimate.hold > max(estimate.over_budget.stop - bounds.spent.of(estimate.over_budget.scope), 0)
    assert estimate.output_limit <= limit


@pytest.mark.parametrize("limit", [1, 256])
def test_a_short_limit_of_ones_own_is_refused_too(limit: int) -> None:
    """There is nothing left to lower: then the stop refuses, and so does an empty wallet."""
    offer = Offer(REAL, RATE, card="card")
    stop = Budget(Scope.MESSAGE, Unit.CREDITS, stop=1)
    rich, poor = (Balance(Nanocredits(have), Nanocredits(0)) for have in (FULL, 1))
    bounds = Limits(Unit.CREDITS, (stop,), Spent())
    stopped = METER.estimate_now(Question(offer, Context(), "a b c", limit, rich, budgets=bounds))
    short = METER.estimate_now(Question(offer, Context(), "a b c", limit, poor))
    assert (refusal(stopped), stopped.over_budget, stopped.shortfall) == (BudgetReached, stop, 0)
    assert (refusal(short), short.over_budget, short.shortfall) == (
        InsufficientCredits,
        None,
        RATE.most(7, limit) - 1,
    )


@pytest.mark.parametrize(
    ("have", "stop", "named"), [(30, 40, "balance"), (40, 30, "budget"), (99_999, 99_999, "")]
)
def test_the_answer_is_limited_by_what_is_nearer(have: int, stop: int, named: str) -> None:
    """In hundredths of a credit: the one with less is named, the hold fits both."""
    cent = NANO_PER_CREDIT // 100
    offer = Offer(REAL, RATE, card="card")
    bounds = Limits(Unit.CREDITS, (Budget(Scope.DAY, Unit.CREDITS, stop=stop * cent),), Spent())
    balance = Balance(Nanocredits(have * cent), Nanocredits(0))
    estimate = METER.estimate_now(Question(offer, Context(), "a b c", 8_192, balance, budgets=bounds))
    assert (estimate.lowered_by, estimate.lowered, refusal(estimate)) == (named, bool(named), None)
    assert estimate.hold <= min(have, stop) * cent
    assert (estimate.output_limit < 8_192) is bool(named)


# --- on real receipts ---


def stopped(house: House, cid: str) -> bool:
    estimate = house.desk.estimate(cid, "one")
    assert estimate is not None
    return estimate.over_budget is not None


def on(house: House, ref: ModelRef) -> str:
    cid = house.desk.new_conversation().id
    house.desk.choose_model(cid, ref)
    return cid


@pytest.mark.parametrize(
    ("ref", "unit", "hit"),
    [
        (PLAY, Unit.CREDITS, True),
        (PLAY, Unit.DOLLARS, False),
        (OWN, Unit.CREDITS, False),
        (OWN, Unit.DOLLARS, True),
        (LOCAL, Unit.CREDITS, False),
        (LOCAL, Unit.DOLLARS, False),
    ],
    ids=str,
)
def test_a_budget_touches_its_own_unit_alone(house: House, ref: ModelRef, unit: Unit, hit: bool) -> None:
    """Credits never an own key or this machine, dollars never credits."""
    house.keys = (OWN_KEY, HERE)
    house.budget(Scope.MESSAGE, unit, stop=1)
    cid = on(house, ref)
    assert stopped(house, cid) is hit
    assert (house.send(cid, "one") is None) is hit


def test_play_credits_and_real_ones_are_apart(house: House) -> None:
    """What play has cost leaves the budget of real credits as it was."""
    at = house.clock.now_ms()
    house.charged_before(PLAY, 5, at_ms=at)
    house.charged_before(REAL, 7, at_ms=at)
    house.charged_before(OWN, 9, at_ms=at)
    lanes = (Lane.SANDBOX, Lane.CREDITS, Lane.BYOK, Lane.LOCAL)
    assert [house.desk.budgets.spent(lane, "").day for lane in lanes] == [5, 7, 9, 0]
    assert [house.desk.budgets.unit(lane) for lane in lanes] == [
        Unit.CREDITS, Unit.CREDITS, Unit.DOLLARS, None,
    ]  # fmt: skip


def test_each_scope_counts_its_own(house: House) -> None:
    """A conversation what it has cost ever, day and month what everything has cost then."""
    cid, other = house.talk("one"), house.talk("two")
    now = house.clock.now_ms()
    mine, all_of_it = (house.chats.spent((Lane.SANDBOX,), conversation=one) for one in (cid, None))
    house.charged_before(PLAY, 1_000, at_ms=now - 400 * DAY, cid=cid)
    house.desk.budgets.forget()
    assert house.desk.budgets.spent(Lane.SANDBOX, cid) == Spent(mine + 1_000, all_of_it, all_of_it)
    assert house.desk.budgets.spent(Lane.SANDBOX, other).conversation == all_of_it - mine
    assert house.desk.budgets.spent(Lane.SANDBOX, "").conversation == 0


def test_what_is_held_counts(house: House) -> None:
    """By another process too, once its hold is seen."""
    house.spend_elsewhere(3 * NANO_PER_CREDIT)
    house.budget(Scope.DAY, stop=3 * NANO_PER_CREDIT)
    cid = on(house, PLAY)
    assert house.send(cid, "one") is None
    assert house.asked == []


def test_a_charge_is_seen_at_once_and_others_within_seconds(house: House) -> None:
    """After a turn of this window everything is read again; what others spend, five seconds later."""
    cid = house.talk("one")
    first = house.desk.budgets.spent(Lane.SANDBOX, cid)
    house.send(cid, "two")
    second = house.desk.budgets.spent(Lane.SANDBOX, cid)
    assert second.day > first.day > 0
    house.charged_before(PLAY, 7, at_ms=house.clock.now_ms())
    assert house.desk.budgets.spent(Lane.SANDBOX, cid) == second
    house.clock.ms += 5_000
    assert house.desk.budgets.spent(Lane.SANDBOX, cid).day == second.day + 7


def test_no_budgets_no_reading(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has set none pays no query for them at each key."""
    cid = on(house, PLAY)
    monkeypatch.setattr(house.chats, "spent", None)
    assert house.desk.estimate(cid, "one") is not None


def test_findings_name_the_gravest_first(house: House) -> None:
    """With what was spent and what it would come to."""
    cid = house.talk("one")
    spent = house.desk.budgets.spent(Lane.SANDBOX, cid)
    colour = house.budget(Scope.MESSAGE, colour=1)
    ask = house.budget(Scope.CONVERSATION, colour=1, ask=2)
    house.budget(Scope.MONTH, colour=FULL)
    estimate = house.desk.estimate(cid, "two")
    assert estimate is not None
    assert estimate.cost is not None
    likely = estimate.cost.likely
    assert [(one.budget, one.level, one.spent, one.would_be) for one in estimate.findings] == [
        (ask, Level.ASK, spent.conversation, spent.conversation + likely),
        (colour, Level.COLOUR, 0, likely),
    ]


def test_room_is_what_the_nearest_stop_leaves() -> None:
    """Never less than nothing."""
    day = Budget(Scope.DAY, Unit.CREDITS, stop=10)
    month = Budget(Scope.MONTH, Unit.CREDITS, stop=30)
    assert room((day, month), Unit.CREDITS, Spent(day=4, month=27)) == (3, month)
    assert room((day, month), Unit.CREDITS, Spent(day=40, month=27)) == (0, day)
    assert room((day, month), Unit.DOLLARS, Spent()) is None


# --- days and months ---


@pytest.fixture(params=["UTC", "America/New_York", "Asia/Kolkata", "Pacific/Auckland"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The local time of this process; Windows has no way to set it, so only its own zone is tried there."""
    if hasattr(time, "tzset"):
        monkeypatch.setenv("TZ", request.param)
        time.tzset()
    yield request.param
    monkeypatch.undo()
    if hasattr(time, "tzset"):
        time.tzset()


def at(*when: int) -> int:
    """Local time as Unix milliseconds."""
    return round(datetime(*when).timestamp()) * 1_000


@pytest.mark.usefixtures("zone")
@pytest.mark.parametrize("now", [(2026, 3, 8, 12), (2026, 11, 1, 23, 59), (2026, 1, 1, 0, 1)], ids=str)
def test_the_day_begins_at_local_midnight(house: House, now: tuple[int, ...]) -> None:
    """To the millisecond, on days of 23, 24 and 25 hours; the month on its first."""
    year, month, day = now[:3]
    midnight, first = at(year, month, day), at(year, month, 1)
    house.clock.ms = at(*now)
    for moment, amount in ((midnight - 1, 1), (midnight, 10), (first - 1, 100), (first, 1_000)):
        house.charged_before(PLAY, amount, at_ms=moment)
    spent = house.desk.budgets.spent(Lane.SANDBOX, "")
    since = {moment: amount for moment, amount in ((midnight - 1, 1), (first - 1, 100)) if moment >= first}
    assert spent.day == 10 + (1_000 if day == 1 else 0)
    assert spent.month == 1_010 + sum(since.values())


@pytest.mark.usefixtures("zone")
def test_a_new_day_has_its_whole_budget(house: House) -> None:
    """What stopped before midnight is free after it; the month is not."""
    house.clock.ms = at(2026, 5, 10, 23, 59, 50)
    house.charged_before(PLAY, 3 * NANO_PER_CREDIT, at_ms=house.clock.ms)
    house.budget(Scope.DAY, stop=3 * NANO_PER_CREDIT)
    cid = on(house, PLAY)
    assert stopped(house, cid)
    house.clock.ms = at(2026, 5, 11, 0, 0, 1)
    assert not stopped(house, cid)
    house.budget(Scope.MONTH, stop=3 * NANO_PER_CREDIT)
    assert stopped(house, cid)
