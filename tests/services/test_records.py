"""What has been answered and what it cost: by model, hidden calls apart, the count forgotten, the reasons."""

from __future__ import annotations

from dataclasses import replace

from nexu_desktop.domain.calibration import UNCALIBRATED
from nexu_desktop.domain.chat import Basis, Purpose
from nexu_desktop.domain.credits import Usage
from nexu_desktop.services.ports import Ended, TextChunk, UsageReport
from tests.services.house import GLM, OWN, OWN_KEY, PLAY, UNPRICED, House, past


def test_models_are_those_that_answered_messages(house: House) -> None:
    """The latest first; one that only made titles has answered nobody."""
    house.keys = (OWN_KEY,)
    for number, ref in enumerate((PLAY, OWN, PLAY, UNPRICED)):
        house.chats.add_receipt(past(ref, f"r{number}", at_ms=number))
    house.chats.add_receipt(past(GLM, "title", at_ms=9, purpose=Purpose.TITLE))
    assert house.desk.records.models() == (UNPRICED, PLAY, OWN)


def test_receipts_are_of_messages_newest_last(house: House) -> None:
    """The last so many; titles and summaries have a list of their own, of every model."""
    for number in range(5):
        house.chats.add_receipt(past(PLAY, f"r{number}", at_ms=number))
    house.chats.add_receipt(past(PLAY, "summary", at_ms=8, purpose=Purpose.SUMMARY))
    house.chats.add_receipt(past(GLM, "title", at_ms=7, purpose=Purpose.TITLE))
    records = house.desk.records
    assert [one.attempt for one in records.receipts(PLAY, limit=3)] == ["r2", "r3", "r4"]
    assert [one.attempt for one in records.hidden()] == ["title", "summary"]
    assert [one.attempt for one in records.hidden(limit=1)] == ["summary"]


def test_the_count_is_learned_and_forgotten(house: House) -> None:
    """What the provider reports moves the next estimate; forgotten, it is as shipped, and receipts stay."""
    cid = house.talk("one")
    before = house.desk.estimate(cid, "next")
    for number in range(30):
        usage = Usage(input=1_200, output=10)
        house.chats.add_receipt(past(PLAY, f"r{number}", usage=usage, counted=1_000, at_ms=number + 1))
    house.send(cid, "two")
    learned = house.desk.records.calibration(PLAY)
    estimate = house.desk.estimate(cid, "next " * 1_000)
    assert estimate is not None
    assert (learned.answers, estimate.input.counted) == (30, 4 + 6 + 1_000)
    assert estimate.input.tokens == learned.apply(estimate.input.counted or 0) > 1_150
    house.desk.records.forget_calibration(PLAY)
    again = house.desk.estimate(cid, "next " * 1_000)
    assert again is not None
    assert before is not None
    assert house.desk.records.calibration(PLAY) == UNCALIBRATED
    assert (again.input.tokens, again.input.most) == (1_010, 1_010)
    assert len(house.desk.records.receipts(PLAY)) == 32


def test_doubt_in_the_count_is_held(house: House) -> None:
    """Reports that scatter by a tenth make the hold larger than the likely cost with the whole limit."""
    for number in range(30):
        usage = Usage(input=1_000 + 100 * (-1) ** number, output=10)
        house.chats.add_receipt(past(PLAY, f"r{number}", usage=usage, counted=1_000, at_ms=number))
    cid = house.desk.new_conversation().id
    estimate = house.desk.estimate(cid, "word " * 1_000)
    assert estimate is not None
    spread = house.desk.records.calibration(PLAY).spread_permille
    assert spread is not None
    assert spread >= 80
    assert estimate.input.most >= estimate.input.tokens * (1_000 + 2 * spread) // 1_000


def test_why_it_cost_more(house: House) -> None:
    """In words, for an answer that was estimated; () for one that was not, or that nobody knows."""
    report = UsageReport("{}", Usage(input=5, output=9_000))
    house.script = (TextChunk("x"), report, Ended("stop"))
    cid = house.talk("one")
    told = house.desk.records.why(house.last(cid).attempt)
    assert [line for line in told if "tokens longer than likely" in line]
    assert "outside the band" in told[-1]
    house.chats.add_receipt(past(PLAY, "old", expected=None))
    assert (house.desk.records.why("old"), house.desk.records.why("nowhere")) == ((), ())


def test_the_sum_of_a_hidden_call_is_told_too(house: House) -> None:
    """It has no row in the transcript, but it was paid."""
    title = past(PLAY, "title", amount=4_000, purpose=Purpose.TITLE, usage=Usage(input=20, output=10))
    house.chats.add_receipt(replace(title, card=house.catalog.need(PLAY).card))
    told = house.desk.records.arithmetic("title")
    assert told[-1] == "Attempt title"
    assert told[0].split()[:3] == ["20", "tokens", "in"]


def test_an_answer_counted_here_teaches_no_count(house: House) -> None:
    """Only what the provider reported does."""
    house.chats.add_receipt(past(PLAY, "counted", usage=Usage(900), counted=100, basis=Basis.COUNTED))
    assert house.desk.records.calibration(PLAY) == UNCALIBRATED
