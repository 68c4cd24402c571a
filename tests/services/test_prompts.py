"""The prompts library: shipped and own ones together, found, hidden, moved in and out."""

from __future__ import annotations

import json

import pytest

from nexu_desktop.adapters.forecast_file import shipped
from nexu_desktop.domain.errors import BadInput
from nexu_desktop.domain.prompts import NAME_CHARS, Prompt
from nexu_desktop.services.meter import Meter
from nexu_desktop.services.prompts import FILE_CHARS, FILE_PROMPTS, Prompts
from tests.services.fake_prompts import MemoryPrompts
from tests.services.fakes import WordCounter, ids

SUM = Prompt("starter:sum", "Summarise", "Sum up {{text}}", shipped=True)
MAIL = Prompt("starter:mail", "Answer a mail", "Answer it.", shipped=True)


@pytest.fixture
def store() -> MemoryPrompts:
    return MemoryPrompts()


@pytest.fixture
def prompts(store: MemoryPrompts) -> Prompts:
    return Prompts(store, lambda: (SUM, MAIL), Meter(WordCounter(), shipped), ids())


def names(prompts: Prompts, words: str = "") -> list[str]:
    return [one.name for one in prompts.find(words)]


def test_shipped_and_own_stand_together(prompts: Prompts) -> None:
    """By name, in any case."""
    prompts.save(Prompt("", "bake", "Bake a cake."))
    assert [one.name for one in prompts.all()] == ["Answer a mail", "bake", "Summarise"]


def test_they_are_found_by_every_word(prompts: Prompts) -> None:
    """In name or text; a name that begins with it comes first, then one that has it, then texts."""
    prompts.save(Prompt("", "To sum", "Add numbers."))
    prompts.save(Prompt("", "Count", "Sum the list."))
    assert names(prompts, "sum") == ["Summarise", "To sum", "Count"]
    assert names(prompts, " ADD numbers") == ["To sum"]
    assert names(prompts, "sum cake") == []
    assert len(names(prompts, " ")) == 4


def test_a_changed_shipped_one_is_shown_changed(prompts: Prompts) -> None:
    """Deleted and restored, it is still the changed one."""
    changed = prompts.save(Prompt(SUM.id, "Sum up", "Shorter.", shipped=True))
    prompts.delete(changed)
    gone = prompts.all()
    prompts.restore(changed)
    assert (gone, prompts.all()) == ((MAIL,), (MAIL, changed))


def test_a_hidden_one_stays_hidden(store: MemoryPrompts, prompts: Prompts) -> None:
    """Also when the program ships another wording; all can be shown again."""
    prompts.delete(SUM)
    later = Prompts(
        store, lambda: (Prompt(SUM.id, "New", "New", True), MAIL), Meter(WordCounter(), shipped), ids()
    )
    assert (later.all(), later.hidden()) == ((MAIL,), 1)
    later.show_hidden()
    assert (len(later.all()), later.hidden()) == (2, 0)


def test_restoring_an_unchanged_shipped_one_keeps_it_shipped(store: MemoryPrompts, prompts: Prompts) -> None:
    """No row is made of it, so that a later wording still reaches the person."""
    prompts.delete(SUM)
    prompts.restore(SUM)
    assert (store.prompts(), SUM in prompts.all()) == ((), True)


def test_deleting_one_of_ones_own_can_be_undone(prompts: Prompts) -> None:
    """As it was."""
    own = prompts.save(Prompt("", "Own", "Text"))
    prompts.delete(own)
    assert own not in prompts.all()
    prompts.restore(own)
    assert own in prompts.all()


def test_a_copy_is_ones_own(prompts: Prompts) -> None:
    """With a name that says so and fits."""
    copy = prompts.duplicate(SUM)
    assert (copy.name, copy.text, copy.shipped) == ("Summarise (copy)", SUM.text, False)
    long = prompts.save(Prompt("", "n" * NAME_CHARS, "x"))
    assert prompts.duplicate(long).name.endswith("n (copy)")


def test_tokens_of_a_prompt(prompts: Prompts) -> None:
    """As it stands; unknown while the vocabulary is not there."""
    waiting = Prompts(MemoryPrompts(), tuple, Meter(WordCounter(loaded=False), shipped), ids())
    assert (prompts.tokens("m", SUM), waiting.tokens("m", SUM)) == (3, None)


def test_what_is_exported_is_imported(prompts: Prompts) -> None:
    """Into another library; a second time nothing is added."""
    prompts.save(Prompt("", "中文 “x”", "Zeile\n{{a=1}} 👍"))
    other = Prompts(MemoryPrompts(), tuple, Meter(WordCounter(), shipped), ids())
    first, second = other.imported(prompts.exported()), other.imported(prompts.exported())
    assert [(one.name, one.text) for one in other.all()] == [(one.name, one.text) for one in prompts.all()]
    assert (len(first.added), first.known, second.added, second.known) == (3, 0, (), 3)
    other.delete(*first.added)
    assert other.all() == ()


def test_lists_of_other_programs_are_read(prompts: Prompts) -> None:
    """A bare list, with the names that they use; what is no prompt is counted."""
    rows = [
        {"title": "A", "content": "a"},
        {"act": "B", "prompt": "b"},
        {"name": "C"},
        7,
        {"name": 1, "text": 2},
    ]
    found = prompts.imported(json.dumps(rows))
    assert ([(one.name, one.text) for one in found.added], found.bad) == ([("A", "a"), ("B", "b")], 3)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("", "This file is not JSON."),
        ("[" * 100_000, "This file is not JSON."),
        ("{}", "There is no prompt in this file."),
        ('[{"name": "x"}]', "There is no prompt in this file."),
        (
            '{"format": "nexu-prompts", "version": 2, "prompts": []}',
            "This file was written by a newer version.",
        ),
        ("x" * (FILE_CHARS + 1), "This file is too large for a list of prompts."),
        (json.dumps([{}] * (FILE_PROMPTS + 1)), "This file has 5,001 prompts."),
    ],
    ids=["empty", "a bomb", "no list", "no text", "newer", "large", "many"],
)
def test_what_is_no_list_is_refused(prompts: Prompts, text: str, title: str) -> None:
    """With a reason; nothing is added."""
    with pytest.raises(BadInput) as refused:
        prompts.imported(text)
    assert (refused.value.title, len(prompts.all())) == (title, 2)


def test_a_prompt_without_a_name_is_not_kept(prompts: Prompts) -> None:
    """The reason is told."""
    with pytest.raises(BadInput, match="needs a name"):
        prompts.save(Prompt("", " ", "x"))
    assert len(prompts.all()) == 2
