"""Temperature and answer limit of a conversation: on the wire, in the estimate, refused out of range."""

from __future__ import annotations

import asyncio

import pytest

from nexu_desktop.domain.errors import BadInput
from tests.services.house import House


def test_temperature_and_limit_go_with_every_answer(house: House) -> None:
    """Until they are taken back; the limit lowers what a send may cost at most."""
    cid = house.talk("one")
    before = house.desk.estimate(cid, "two")
    house.desk.context.set_temperature(cid, 70)
    house.desk.context.set_output_limit(cid, 512)
    after = house.desk.estimate(cid, "two")
    house.send(cid, "two")
    again = house.desk.messages(cid)[3].id
    asyncio.run(house.desk.branches.regenerate(again, house.events.append))
    assert [(one.temperature, one.max_output_tokens) for one in house.asked[1:]] == [(70, 512)] * 2
    assert before is not None
    assert after is not None
    assert after.output_limit == 512 < before.output_limit
    house.desk.context.set_temperature(cid, None)
    house.desk.context.set_output_limit(cid, None)
    house.send(cid, "three")
    assert (house.asked[-1].temperature, house.asked[-1].max_output_tokens) == (None, before.output_limit)


@pytest.mark.parametrize("value", [0, 200])
def test_temperatures_at_the_edge(house: House, value: int) -> None:
    """A new conversation is stored with its first parameter."""
    cid = house.desk.new_conversation().id
    house.desk.context.set_temperature(cid, value)
    stored = house.chats.conversation(cid)
    assert stored is not None
    assert stored.temperature == value


@pytest.mark.parametrize("value", [-1, 201])
def test_other_temperatures_are_refused(house: House, value: int) -> None:
    """Nothing is stored for them."""
    cid = house.desk.new_conversation().id
    with pytest.raises(BadInput):
        house.desk.context.set_temperature(cid, value)
    assert house.chats.conversation(cid) is None


@pytest.mark.parametrize("value", [0, -1, 262_145])
def test_other_limits_are_refused(house: House, value: int) -> None:
    """The most is what a service may take."""
    cid = house.desk.new_conversation().id
    house.desk.context.set_output_limit(cid, 262_144)
    with pytest.raises(BadInput):
        house.desk.context.set_output_limit(cid, value)
    stored = house.chats.conversation(cid)
    assert stored is not None
    assert stored.output_limit == 262_144
