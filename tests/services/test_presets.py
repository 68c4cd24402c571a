"""Assistants: put on a conversation, kept, found again, and as they reach the wire."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nexu_desktop.domain.errors import BadInput
from nexu_desktop.domain.presets import PLAIN, SYSTEM_CHARS, Manner, Preset
from tests.services.house import OWN_KEY, PLAY, UNPRICED, House

BRIEF = Manner("Be brief and plain.", 30, 500, "low")


def test_a_manner_reaches_the_wire(house: House) -> None:
    """System prompt, temperature, answer limit and effort, in a conversation that was never on disk before."""
    cid = house.desk.new_conversation().id
    assert house.desk.presets.put_on(cid, BRIEF) == PLAIN
    assert house.desk.conversations() == ()
    assert house.send(cid, "Hi") is not None
    [request] = house.asked
    assert (request.temperature, request.max_output_tokens, request.effort) == (30, 500, "low")
    assert [said.text for said in request.messages] == ["Be brief and plain.", "Hi"]


def test_a_stored_conversation_gets_another(house: House) -> None:
    """From the next send on; what was before comes back with undo."""
    cid = house.talk("Hi")
    before = house.desk.presets.put_on(cid, BRIEF)
    house.send(cid, "again")
    house.desk.presets.put_on(cid, before)
    house.send(cid, "last")
    assert [one.temperature for one in house.asked] == [None, 30, None]
    assert [one.messages[0].role for one in house.asked] == ["user", "system", "user"]
    assert house.asked[0].max_output_tokens == house.asked[2].max_output_tokens > 500


def test_the_estimate_follows_at_once(house: House) -> None:
    """The most it can cost falls with the limit, the input grows with the system prompt."""
    cid = house.talk("Hi")
    house.desk.warm(cid, "x")
    first = house.desk.estimate(cid, "x")
    house.desk.presets.put_on(cid, Manner(output_limit=300))
    limited = house.desk.estimate(cid, "x")
    house.desk.presets.put_on(cid, Manner("one two three four", output_limit=300))
    longer = house.desk.estimate(cid, "x")
    assert first is not None
    assert limited is not None
    assert longer is not None
    assert (limited.output_limit, limited.hold < first.hold) == (300, True)
    assert longer.input.tokens > limited.input.tokens


def test_an_assistant_is_known_by_what_it_says(house: House) -> None:
    """A conversation that was changed since has none."""
    presets = house.desk.presets
    cid = house.desk.new_conversation().id
    kept = presets.save(Preset("", " Brief\n", BRIEF))
    assert (kept.name, presets.of(cid)) == ("Brief", None)
    presets.put_on(cid, BRIEF)
    known = presets.of(cid)
    presets.put_on(cid, replace(BRIEF, temperature=0))
    assert (known, presets.of(cid)) == (kept, None)


def test_a_new_conversation_has_the_default(house: House) -> None:
    """At most one is; without it a new conversation is plain. Earlier conversations stay as they are."""
    presets = house.desk.presets
    earlier = house.desk.new_conversation().id
    first = presets.save(Preset("", "A", BRIEF, default=True))
    second = presets.save(Preset("", "B", Manner("Be long."), default=True))
    assert [one.default for one in presets.all()] == [False, True]
    new = house.desk.new_conversation().id
    assert (presets.manner(earlier), presets.manner(new)) == (PLAIN, Manner("Be long."))
    presets.delete(second)
    assert (presets.manner(house.desk.new_conversation().id), presets.manner(new)) == (
        PLAIN,
        Manner("Be long."),
    )
    presets.save(second)
    presets.save(replace(first, default=False))
    assert presets.all() == (replace(first, default=False), second)


def test_what_a_system_prompt_costs(house: House) -> None:
    """On each send, by the model's rate; unknown where there is none, pending until it can be counted."""
    house.keys = (OWN_KEY,)
    house.desk.catalog.refresh()
    presets = house.desk.presets
    found, unpriced = presets.cost("one two three", PLAY), presets.cost("one two three", UNPRICED)
    assert found is not None
    assert unpriced is not None
    assert (found.tokens, (found.cost or 0) > 0) == (3, True)
    assert (unpriced.tokens, unpriced.cost) == (3, None)
    house.counter.loaded = False
    assert presets.cost("one two three four", PLAY) is None


@pytest.mark.parametrize(
    "manner",
    [
        Manner(temperature=-1),
        Manner(temperature=201),
        Manner(output_limit=0),
        Manner(output_limit=262_145),
        Manner(effort="enormous"),
        Manner("x" * (SYSTEM_CHARS + 1)),
    ],
)
def test_what_no_model_takes_is_refused(house: House, manner: Manner) -> None:
    """With a reason and a next step; the conversation stays as it was, and nothing is kept."""
    cid = house.talk("Hi")
    with pytest.raises(BadInput) as refused:
        house.desk.presets.put_on(cid, manner)
    with pytest.raises(BadInput):
        house.desk.presets.save(Preset("", "x", manner))
    assert refused.value.hint
    assert (house.desk.presets.manner(cid), house.desk.presets.all()) == (PLAIN, ())


@pytest.mark.parametrize("name", [" ", "n" * 81])
def test_an_assistant_needs_a_name(house: House, name: str) -> None:
    """Of one to eighty characters."""
    with pytest.raises(BadInput):
        house.desk.presets.save(Preset("", name, BRIEF))


def test_a_conversation_not_on_disk_is_priced_anew(house: House) -> None:
    """Though it was priced a moment before without the system prompt."""
    cid = house.desk.new_conversation().id
    house.desk.warm(cid, "x")
    before = house.desk.estimate(cid, "x")
    house.desk.presets.put_on(cid, Manner("one two three four", output_limit=300))
    after = house.desk.estimate(cid, "x")
    assert before is not None
    assert after is not None
    assert (after.input.tokens > before.input.tokens, after.output_limit) == (True, 300)
