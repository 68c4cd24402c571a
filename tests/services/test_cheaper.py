"""What an estimate is made of, to the token and the nano-credit; ways that really cost what they say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from nexu_desktop.domain.breakdown import PartKind, Way, WayKind
from nexu_desktop.domain.chat import Message, ModelRef, Role
from nexu_desktop.domain.credits import Usage
from nexu_desktop.domain.estimate import Estimate
from nexu_desktop.services.ports import Ended, TextChunk, UsageReport
from tests.services.house import GLM, HERE, LOCAL, OWN, OWN_KEY, PLAY, PNG, UNPRICED, House, past

LONG = "word " * 700
MIMO = replace(PLAY, model="mimo-v2-pro")  # dearer above 256,000 tokens
INPUT = (
    PartKind.SYSTEM,
    PartKind.MESSAGES,
    PartKind.FILES,
    PartKind.SUMMARY,
    PartKind.DRAFT,
    PartKind.TEMPLATE,
)
Make = Callable[[House], str]


def priced(house: House, cid: str, draft: str = "the draft") -> tuple[Estimate, int]:
    """The estimate and its likely cost."""
    estimate = house.desk.estimate(cid, draft)
    assert estimate is not None
    assert estimate.cost is not None
    return estimate, estimate.cost.likely


# --- what it is made of ---


def plain(house: House) -> str:
    return house.desk.new_conversation().id


def full(house: House, ref: ModelRef = PLAY) -> str:
    """Every kind of part: prompt, messages, an earlier file and image, a summary, a file of the draft."""
    cid = house.desk.new_conversation().id
    house.desk.choose_model(cid, ref)
    house.desk.context.set_system(cid, "Be very brief.")
    house.desk.files.attach(cid, "a.txt", b"words of a file")
    house.desk.files.attach(cid, "b.png", PNG)
    house.send(cid, "one question")
    parent = house.desk.messages(cid)[-1].id
    text = "The summary: all is well."
    house.chats.add(Message("s", cid, Role.SYSTEM, text, house.clock.now_ms(), parent=parent))
    house.send(cid, "two")
    house.desk.files.attach(cid, "c.txt", b"more words")
    return cid


def reasoning(house: House) -> str:
    report = UsageReport("{}", Usage(input=9, output=30, reasoning=70))
    house.script = (TextChunk("x"), report, Ended("stop"))
    return house.talk("one", "two", "three")


def calibrated(house: House) -> str:
    for number in range(30):
        usage = Usage(input=1_137, output=10)
        house.chats.add_receipt(past(PLAY, f"past-{number}", usage=usage, counted=1_000, at_ms=number))
    cid = full(house)
    assert priced(house, cid)[0].input.tokens > 1.05 * (priced(house, cid)[0].input.counted or 0)
    return cid


def cached(house: House) -> str:
    house.script = (TextChunk("x " * 40), UsageReport("{}", Usage(100, 23, 0, 40)), Ended("stop"))
    cid = full(house)
    assert priced(house, cid)[0].cached == 23
    return cid


def dear_tier(house: House) -> str:
    house.desk.choose_model(plain(house), MIMO)
    cid = house.talk("word " * 260_000, ref=MIMO)
    assert priced(house, cid)[0].input.tokens > 256_000
    return cid


def own_key(house: House) -> str:
    house.keys = (OWN_KEY,)
    return full(house, OWN)


@pytest.mark.parametrize("make", [plain, full, reasoning, calibrated, cached, dear_tier, own_key])
def test_the_parts_are_the_whole(house: House, make: Make) -> None:
    """Tokens in and out sum to the estimate's. Costs sum to the likely cost, less than a nano-unit a part over it."""
    cid = make(house)
    estimate, likely = priced(house, cid)
    made = house.desk.breakdown(cid, "the draft")
    assert made is not None
    tokens = {kind: sum(part.tokens for part in made.parts if part.kind is kind) for kind in PartKind}
    assert sum(tokens[kind] for kind in INPUT) == estimate.input.tokens
    assert tokens[PartKind.VISIBLE] + tokens[PartKind.REASONING] == estimate.output.likely
    assert min(part.tokens for part in made.parts) >= 0
    over = sum(part.cost or 0 for part in made.parts) - likely
    assert 0 <= over < len(made.parts)
    assert (made.input_cost or 0) + (made.output_cost or 0) == likely
    ins = sum(part.cost or 0 for part in made.parts if part.kind in INPUT)
    assert abs(ins - (made.input_cost or 0)) <= len(made.parts)
    assert (made.cached, made.mean_cost) == (estimate.cached, estimate.mean_cost)


def test_each_kind_has_its_part(house: House) -> None:
    """Words of each as they were counted; files of the draft with the earlier ones, an image as a hundred."""
    made = house.desk.breakdown(full(house), "the draft")
    assert made is not None
    file, mine = 8, 6  # “File a.txt: ``` words of a file ```”, “File c.txt: ``` more words ```”
    assert [(part.kind, part.tokens) for part in made.parts[:-1]] == [
        (PartKind.SYSTEM, 3),
        (PartKind.FILES, file + 100 + mine),
        (PartKind.MESSAGES, 2 + 2 + 1 + 2),
        (PartKind.SUMMARY, 5),
        (PartKind.DRAFT, 2),
        (PartKind.TEMPLATE, 4),
    ]


def test_what_was_cached_is_cheap_in_front(house: House) -> None:
    """The beginning of the input was read from the cache: 23 tokens of prompt and file, none of the draft."""
    cid = cached(house)
    made = house.desk.breakdown(cid, "the draft")
    offer = house.catalog.need(PLAY)
    assert made is not None
    assert offer.rate is not None
    parts = {part.kind: part for part in made.parts}
    files = parts[PartKind.FILES].tokens
    assert parts[PartKind.SYSTEM].cost == offer.rate.cost(Usage(cached_input=3))
    assert parts[PartKind.FILES].cost == offer.rate.cost(Usage(input=files - 20, cached_input=20))
    assert parts[PartKind.DRAFT].cost == offer.rate.cost(Usage(input=2))


def test_no_price_no_costs(house: House) -> None:
    """Tokens alone; and nothing at all while counts are pending."""
    house.keys = (OWN_KEY,)
    cid = house.talk("one", ref=UNPRICED)
    made = house.desk.breakdown(cid, "the draft")
    assert made is not None
    assert {part.cost for part in made.parts} == {None}
    assert (made.input_cost, made.output_cost) == (None, None)
    house.counter.loaded = False
    assert house.desk.breakdown(cid, "the draft") is None


# --- ways ---


def talk_with_files(house: House, ref: ModelRef = PLAY) -> str:
    """Long answers with reasoning, so that every kind of way saves something; low effort is known without."""
    cid = house.desk.new_conversation().id
    house.desk.choose_model(cid, ref)
    house.desk.files.attach(cid, "a.txt", b"word " * 500)
    report = UsageReport("{}", Usage(output=700, reasoning=500))
    house.script = (TextChunk(LONG), report, Ended("stop"))
    for number in range(5):
        house.send(cid, f"question {number}")
    for number in range(20):
        usage = Usage(input=10, output=30)
        house.chats.add_receipt(past(ref, f"low-{number}", usage=usage, at_ms=number, effort="low"))
    return cid


def done(house: House, cid: str, way: Way) -> int:
    """The likely cost once the way is gone; of a limit, what the send with it estimates."""
    if way.limit is not None:
        receipt = house.send(cid, "the draft", limit=way.limit)
        assert receipt is not None
        estimated = receipt.estimated if receipt.ref.lane.spends_credits else receipt.dollars_estimated
        assert estimated is not None
        return estimated
    if way.ref is not None:
        house.desk.choose_model(cid, way.ref)
    elif way.kind is WayKind.CONTEXT:
        house.desk.context.keep_last(cid, way.keep_last)
    elif way.kind is WayKind.FILES:
        house.desk.context.drop_files(cid, True)
    else:
        house.desk.context.set_effort(cid, "low")
    return priced(house, cid)[1]


def undone(house: House, cid: str, ref: ModelRef) -> None:
    house.desk.choose_model(cid, ref)
    house.desk.context.keep_last(cid, None)
    house.desk.context.drop_files(cid, False)
    house.desk.context.set_effort(cid, "")


@pytest.mark.parametrize("ref", [PLAY, OWN], ids=str)
def test_each_way_costs_what_it_says(house: House, ref: ModelRef) -> None:
    """Done, the estimate is what was promised; savings are positive, the cheapest stands first."""
    house.keys = (OWN_KEY,)
    cid = talk_with_files(house, ref)
    now = priced(house, cid)[1]
    ways = house.desk.ways(cid, "the draft")
    kinds = {way.kind for way in ways}
    assert kinds >= {WayKind.CONTEXT, WayKind.FILES, WayKind.LIMIT, WayKind.EFFORT}
    assert (WayKind.MODEL in kinds) is (ref is PLAY)
    assert [way.cost for way in ways] == sorted(way.cost for way in ways)
    assert {way.ref.lane for way in ways if way.ref} <= {ref.lane}
    for way in sorted(ways, key=lambda one: one.limit is not None):  # a send changes everything after it
        assert (way.saves, way.saves > 0) == (now - way.cost, True)
        assert done(house, cid, way) == way.cost
        if way.limit is None:
            undone(house, cid, ref)


@pytest.mark.parametrize("kind", list(WayKind))
def test_what_is_in_force_is_no_way(house: House, kind: WayKind) -> None:
    """Once done it is not offered again; the cheapest model has none cheaper."""
    cid = talk_with_files(house)
    best = next(way for way in house.desk.ways(cid, "the draft") if way.kind is kind)
    if kind is WayKind.LIMIT:
        house.settings.update(answer_limit_tokens=best.limit)
    else:
        done(house, cid, best)
    left = [way for way in house.desk.ways(cid, "the draft") if way.kind is kind]
    assert [
        way for way in left if (way.ref, way.keep_last, way.limit) == (best.ref, best.keep_last, best.limit)
    ] == []
    assert {way.saves > 0 for way in left} <= {True}


def test_minimal_effort_is_lower_than_low(house: House) -> None:
    """It is not offered to go up."""
    cid = talk_with_files(house)
    house.desk.context.set_effort(cid, "minimal")
    assert WayKind.EFFORT not in {way.kind for way in house.desk.ways(cid, "the draft")}


@pytest.mark.parametrize("ref", [UNPRICED, LOCAL], ids=str)
def test_nothing_is_cheaper_than_no_price(house: House, ref: ModelRef) -> None:
    """A price unknown, or a server of one's own."""
    house.keys = (OWN_KEY, HERE)
    cid = talk_with_files(house, ref)
    assert house.desk.ways(cid, "the draft") == ()


def test_a_model_that_would_be_refused_is_no_way(house: House) -> None:
    """With an image only models that see; with a huge context only those that hold it."""
    cid = plain(house)
    house.desk.choose_model(cid, MIMO)
    blind = {way.ref for way in house.desk.ways(cid, "the draft")}
    house.desk.files.attach(cid, "b.png", PNG)
    seeing = [way.ref for way in house.desk.ways(cid, "the draft") if way.ref]
    assert (GLM.model in {one.model for one in blind if one}, bool(seeing)) == (False, True)
    capable = [offer.ref for offer in house.catalog.offers() if "vision" in offer.capabilities]
    assert set(seeing) <= set(capable)
    assert not {one for one in blind if one} <= set(capable)


def test_no_ways_while_counts_are_pending(house: House) -> None:
    """Nothing is better than something wrong."""
    cid = talk_with_files(house)
    house.counter.loaded = False
    assert house.desk.ways(cid, "the draft") == ()
