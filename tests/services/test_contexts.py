"""What goes before the draft: rules and drops as they reach the wire, what each item costs, the advice."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from nexu_desktop.domain.budgets import Scope
from nexu_desktop.domain.chat import Message
from nexu_desktop.domain.context import SYSTEM_ID, Said, Unsent, as_text, said
from nexu_desktop.domain.credits import PICO_PER_NANO, Rate, Usage, ceil_div
from nexu_desktop.domain.errors import BadInput, Billed, RequestRefused
from nexu_desktop.domain.estimate import CountBasis
from nexu_desktop.services.ports import Ended, TextChunk, UsageReport
from tests.sandbox.doubles import card
from tests.services.house import ANSWER, MODEL, OWN_KEY, PLAY, PNG, UNPRICED, House, past

Do = Callable[[House, str], None]


def rate() -> Rate:
    known = card().model(MODEL)
    assert known is not None
    return known.rate


def wire(house: House, cid: str) -> tuple[Said, ...]:
    """What goes before the words of the next message."""
    assert house.send(cid, "next") is not None
    return house.asked[-1].messages[:-1]


def full(house: House) -> str:
    """A prompt, two answered questions, a file and an image with the first."""
    cid = house.desk.new_conversation().id
    house.desk.context.set_system(cid, " Be very brief. ")
    house.desk.files.attach(cid, "a.txt", b"seven words lie in this small file")
    house.desk.files.attach(cid, "b.png", PNG)
    house.send(cid, "one question")
    house.send(cid, "two questions here")
    return cid


def learned(house: House, reported: int, counted: int = 1_000) -> None:
    """The provider reports more or less than we count, for long enough to be sure."""
    for number in range(30):
        usage = Usage(input=reported, output=10)
        house.chats.add_receipt(past(PLAY, f"learned-{number}", usage=usage, counted=counted, at_ms=number))


# --- what is sent ---


def test_everything_is_sent_at_first(house: House) -> None:
    """Prompt, files before their words, answers; in order."""
    cid = full(house)
    text, image = house.desk.messages(cid)[0].attachments
    assert wire(house, cid) == (
        said("system", "Be very brief."),
        Said("user", (as_text(text), "one question"), house.asked[0].messages[1].images),
        said("assistant", "Hi there"),
        said("user", "two questions here"),
        said("assistant", "Hi there"),
    )
    assert [one.attachment for one in house.asked[0].messages[1].images] == [image.id]


def drop_first_question(house: House, cid: str) -> None:
    house.desk.context.set_dropped(cid, [house.desk.messages(cid)[0].id], True)


def drop_text_file(house: House, cid: str) -> None:
    house.desk.context.set_dropped(cid, [house.desk.messages(cid)[0].attachments[0].id], True)


def drop_system(house: House, cid: str) -> None:
    house.desk.context.set_dropped(cid, [SYSTEM_ID], True)


def keep_last_two(house: House, cid: str) -> None:
    house.desk.context.keep_last(cid, 2)


def keep_none(house: House, cid: str) -> None:
    house.desk.context.keep_last(cid, 0)


def files_once(house: House, cid: str) -> None:
    house.desk.context.drop_files(cid, True)


RULES: dict[str, tuple[Do, tuple[tuple[str, str, int], ...]]] = {
    "a message": (
        drop_first_question,
        (("system", "Be", 0), ("assistant", "Hi", 0), ("user", "two", 0), ("assistant", "Hi", 0)),
    ),
    "a file": (
        drop_text_file,
        (("system", "Be", 0), ("user", "one", 1), ("assistant", "Hi", 0), ("user", "two", 0), ("assistant", "Hi", 0)),
    ),
    "the prompt": (
        drop_system,
        (("user", "File", 1), ("assistant", "Hi", 0), ("user", "two", 0), ("assistant", "Hi", 0)),
    ),
    "keep the last two": (keep_last_two, (("system", "Be", 0), ("user", "two", 0), ("assistant", "Hi", 0))),
    "keep none": (keep_none, (("system", "Be", 0),)),
    "files once": (
        files_once,
        (("system", "Be", 0), ("user", "one", 0), ("assistant", "Hi", 0), ("user", "two", 0), ("assistant", "Hi", 0)),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("do", "expected"), RULES.values(), ids=RULES.keys())
def test_what_is_taken_out_stays_off_the_wire(
    house: House, do: Do, expected: tuple[tuple[str, str, int], ...]
) -> None:
    """Role, first word and number of images of each message sent; the transcript keeps every word and file."""
    cid = full(house)
    before = [(row.text, len(row.attachments)) for row in house.desk.messages(cid)]
    do(house, cid)
    assert tuple((one.role, one.text.split()[0], len(one.images)) for one in wire(house, cid)) == expected
    kept = [(row.text, len(row.attachments)) for row in house.desk.messages(cid)]
    assert kept[: len(before)] == before


def test_a_file_is_sent_once_and_no_more(house: House) -> None:
    """With “drop files after use” the question it comes with has it, the next one does not."""
    cid = house.desk.new_conversation().id
    house.desk.context.drop_files(cid, True)
    house.desk.files.attach(cid, "a.txt", b"the words")
    house.send(cid, "one")
    house.send(cid, "two")
    assert ["the words" in request.messages[0].text for request in house.asked] == [True, False]


def test_what_was_dropped_comes_back(house: House) -> None:
    """One click each way, the prompt included."""
    cid = full(house)
    ids = [item.id for item in house.desk.context.items(cid)]
    house.desk.context.set_dropped(cid, ids, True)
    assert {item.unsent for item in house.desk.context.items(cid)} == {Unsent.DROPPED}
    house.desk.context.set_dropped(cid, ids, False)
    assert {item.unsent for item in house.desk.context.items(cid)} == {None}
    assert len(wire(house, cid)) == 5


@pytest.mark.parametrize("count", [-1, 100_001])
def test_a_senseless_number_is_refused(house: House, count: int) -> None:
    """The rule stays as it was."""
    cid = house.talk("one")
    with pytest.raises(BadInput, match="0 to 100,000"):
        house.desk.context.keep_last(cid, count)
    assert house.desk.context.rules(cid).keep_last is None


def test_an_unknown_effort_is_refused(house: House) -> None:
    """Named, and nothing is stored."""
    cid = house.desk.new_conversation().id
    with pytest.raises(BadInput, match="“huge” is no reasoning effort"):
        house.desk.context.set_effort(cid, "huge")
    assert (house.desk.context.effort(cid), house.desk.conversations()) == ("", ())


# --- what it costs ---


@pytest.mark.parametrize("reported", [1_000, 1_130, 880], ids=["as counted", "more", "less"])
def test_an_item_costs_what_the_estimate_loses_without_it(house: House, reported: int) -> None:
    """To one token, calibrated or not, image or text; and its price is that of so many fresh tokens."""
    cid = full(house)
    learned(house, reported)
    costs = house.desk.context.costs(cid)
    assert costs is not None
    assert [one.count.basis for one in costs].count(CountBasis.GUESS) == 1
    whole = house.desk.estimate(cid, "next")
    assert whole is not None
    assert (whole.input.tokens - (whole.input.counted or 0)) * (reported - 1_000) >= 0
    assert (whole.input.tokens == whole.input.counted) is (reported == 1_000)
    for one in costs:
        house.desk.context.set_dropped(cid, [one.item.id], True)
        left = house.desk.estimate(cid, "next")
        assert left is not None
        lost = whole.input.tokens - left.input.tokens
        gone = [other for other in costs if other.item.message == one.item.message and other is not one]
        also = sum(other.count.tokens for other in gone) if one.item.id == one.item.message else 0
        assert abs(lost - one.count.tokens - also) <= 1 + len(gone)
        assert one.cost == ceil_div(rate().tier_for(0).input * one.count.tokens, PICO_PER_NANO)
        house.desk.context.set_dropped(cid, [one.item.id], False)


def test_no_price_no_cost(house: House) -> None:
    """Tokens are known all the same; while the vocabulary is not there, nothing is."""
    house.keys = (OWN_KEY,)
    cid = house.talk("one", ref=UNPRICED)
    costs = house.desk.context.costs(cid)
    assert costs is not None
    assert [(one.count.tokens, one.cost) for one in costs] == [(1, None), (2, None)]
    house.counter.loaded = False
    assert house.desk.context.costs(cid) is None


# --- the advice ---


def long_talk(house: House, answers: int) -> str:
    house.script = (TextChunk("word " * 400), Ended("stop"))
    return house.talk(*["word " * 5_000] * answers)


def test_a_dear_context_is_advised_against(house: House) -> None:
    """Share and saving are those of the figures on screen; done, the estimate is that much lower."""
    cid = long_talk(house, 6)
    before, advice = house.desk.estimate(cid, "next"), house.desk.context.advice(cid, "next")
    assert advice is not None
    assert before is not None
    assert before.cost is not None
    house.desk.context.keep_last(cid, advice.keep_last)
    after = house.desk.estimate(cid, "next")
    assert after is not None
    assert after.cost is not None
    assert (advice.keep_last, advice.saves) == (6, before.cost.likely - after.cost.likely)
    assert 80 < advice.share_percent <= 100
    assert house.desk.context.advice(cid, "next") is None


def test_a_stricter_rule_gets_no_advice(house: House) -> None:
    """Keeping the last six would send more than is sent now, however dear the prompt is."""
    cid = long_talk(house, 6)
    house.desk.context.set_system(cid, "word " * 90_000)
    for number in range(6):
        house.desk.files.attach(cid, f"{number}.txt", b"word")
    house.send(cid, "more")
    house.desk.context.keep_last(cid, 2)
    assert house.desk.context.advice(cid, "next") is None


def test_cached_context_is_not_called_dear(house: House) -> None:
    """Of what the provider read from its cache only the cheap price counts."""
    cid = long_talk(house, 6)
    whole = house.desk.estimate(cid, "next")
    assert whole is not None
    seen = whole.input.tokens
    report = UsageReport("{}", Usage(input=10, cached_input=seen, output=4_000))
    house.script = (TextChunk("x"), report, Ended("stop"))
    house.send(cid, "next")
    assert house.desk.context.advice(cid, "next") is None


def test_a_budget_is_told_of_the_context(house: House) -> None:
    """Dropping the context takes the finding away."""
    cid = long_talk(house, 6)
    whole = house.desk.estimate(cid, "next")
    assert whole is not None
    assert whole.cost is not None
    house.budget(Scope.MESSAGE, colour=whole.cost.likely - 1)
    assert len((house.desk.estimate(cid, "next") or whole).findings) == 1
    house.desk.context.keep_last(cid, 0)
    assert (house.desk.estimate(cid, "next") or whole).findings == ()


def test_a_question_of_the_transcript_is_a_message(house: House) -> None:
    """What the inspector lists is what the transcript holds, file by file."""
    cid = full(house)
    rows: tuple[Message, ...] = house.desk.messages(cid)
    expected = [SYSTEM_ID, *(one.id for one in rows[0].attachments), *(row.id for row in rows)]
    assert sorted(item.id for item in house.desk.context.items(cid)) == sorted(expected)


def test_what_only_failed_is_not_paid_for_again(house: House) -> None:
    """Refused messages stay in the transcript and off the wire, until they are restored by hand."""
    cid = house.desk.new_conversation().id
    house.script = (RequestRefused("No credits.", "Add credits.", billed=Billed.REJECTED),)
    house.send(cid, "one")
    house.send(cid, "two")
    house.script = ANSWER
    house.send(cid, "three")
    assert house.asked[-1].messages == (said("user", "three"),)
    question = house.desk.messages(cid)[0]
    house.desk.context.set_dropped(cid, [question.id], False)
    house.send(cid, "four")
    assert [one.text for one in house.asked[-1].messages] == ["one", "three", "Hi there", "four"]
    house.desk.context.set_dropped(cid, [question.id], True)
    house.desk.context.set_dropped(cid, [question.id], False)
    house.send(cid, "five")
    assert house.asked[-1].messages[0] == said("user", "one")
