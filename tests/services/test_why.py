"""Why an answer cost more than the one before it, told from what is stored."""

from __future__ import annotations

from dataclasses import replace

from nexu_desktop.domain.chat import Outcome, Receipt
from nexu_desktop.domain.credits import Usage
from nexu_desktop.services.ports import Ended, TextChunk, UsageReport
from tests.services.house import House


def answered(house: House, cid: str, tokens_in: int) -> Receipt:
    usage = Usage(input=tokens_in, output=10)
    house.script = (TextChunk("x"), UsageReport("{}", usage), Ended("stop"))
    receipt = house.send(cid, "word")
    assert receipt is not None
    return receipt


def test_the_last_whole_answer_is_compared(house: House) -> None:
    """What was sent grew from 3,000 to 8,000 tokens; a stopped answer in between is passed over."""
    cid = house.desk.new_conversation().id
    answered(house, cid, 1_000)
    answered(house, cid, 3_000)
    between = answered(house, cid, 2_000)
    house.chats.finish(between.attempt, "x", "", replace(between, outcome=Outcome.STOPPED))
    told = house.desk.records.why(answered(house, cid, 8_000).attempt)
    assert [line for line in told if line.endswith(" more than the last answer.")]
    assert [line for line in told if "context grew by 5,000 tokens" in line]


def test_the_first_answer_has_none_before_it(house: House) -> None:
    """Other conversations do not count."""
    answered(house, house.desk.new_conversation().id, 1_000)
    told = house.desk.records.why(answered(house, house.desk.new_conversation().id, 6_000).attempt)
    assert told
    assert not [line for line in told if "last answer" in line]
