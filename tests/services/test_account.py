"""Wallets: play credits once, the stated balance once, the person's own word whenever it is given."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from nexu_desktop.domain.chat import Lane
from nexu_desktop.domain.credits import NANO_PER_CREDIT, Balance, Nanocredits
from nexu_desktop.domain.errors import BadInput, Offline
from nexu_desktop.services.ports import Grant
from tests.services.fakes import ScriptedProvider
from tests.services.house import NEXU_KEY, House

FIVE = Nanocredits(5 * NANO_PER_CREDIT)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    yield made
    made.close()


def stating(credits_nano: Nanocredits | None) -> ScriptedProvider:
    provider = ScriptedProvider()
    provider.stated = credits_nano
    return provider


def only(settled: int) -> Balance:
    return Balance(Nanocredits(settled), Nanocredits(0))


def test_play_credits_are_given_once(house: House) -> None:
    """However often the program starts, 100."""
    house.account.open_sandbox()
    assert house.account.balance(Lane.SANDBOX) == only(100 * NANO_PER_CREDIT)


def test_the_wallet_opens_with_what_the_service_states(house: House) -> None:
    """Once: a later statement does not overwrite the book."""
    assert asyncio.run(house.account.open_wallet(stating(FIVE))) == only(FIVE)
    assert asyncio.run(house.account.open_wallet(stating(Nanocredits(1)))) == only(FIVE)


@pytest.mark.parametrize("stated", [None, Nanocredits(0)])
def test_without_a_stated_balance_the_wallet_stays_closed(house: House, stated: Nanocredits | None) -> None:
    """Unknown is not zero, and zero is nothing to book."""
    assert asyncio.run(house.account.open_wallet(stating(stated))) is None
    assert house.ledgers[Lane.CREDITS].entries(limit=1) == ()


def test_a_service_that_cannot_be_asked_is_no_failure(house: House) -> None:
    """The person can state the balance instead."""

    class Away(ScriptedProvider):
        async def stated_balance(self) -> Nanocredits | None:
            raise Offline("No way.")

    assert asyncio.run(house.account.open_wallet(Away())) is None


def test_two_processes_open_one_wallet(house: House) -> None:
    """Another one was told another balance a moment before: its entry stands."""

    class Late(ScriptedProvider):
        async def stated_balance(self) -> Nanocredits | None:
            house.ledgers[Lane.CREDITS].grant(
                Grant("g:nexu:opening", FIVE, "nexu", "balance stated by the service")
            )
            return Nanocredits(FIVE + 1)

    assert asyncio.run(house.account.open_wallet(Late())) == only(FIVE)


def test_credits_the_person_states(house: House) -> None:
    """Each statement is booked, and what the next estimate sees is up to date."""
    assert house.account.last_seen(Lane.CREDITS) == only(0)
    house.account.state_credits(Lane.CREDITS, FIVE, "plan", "a")
    assert house.account.state_credits(Lane.CREDITS, FIVE, "plan", "b") == only(2 * FIVE)
    assert house.account.last_seen(Lane.CREDITS) == only(2 * FIVE)


@pytest.mark.parametrize("amount", [0, -1])
def test_a_grant_of_nothing_is_refused(house: House, amount: int) -> None:
    """Nothing is booked."""
    with pytest.raises(BadInput, match="more than 0 credits"):
        house.account.state_credits(Lane.CREDITS, Nanocredits(amount), "", "a")
    assert house.account.balance(Lane.CREDITS) == only(0)


def test_the_lane_that_is_open(house: House) -> None:
    """The sandbox on a fresh machine; real credits once there is an entry or a key."""
    assert house.account.active_lane() is Lane.SANDBOX
    house.keys = (NEXU_KEY,)
    assert house.account.active_lane() is Lane.CREDITS
    house.keys = ()
    house.account.state_credits(Lane.CREDITS, FIVE, "", "a")
    assert house.account.active_lane() is Lane.CREDITS
