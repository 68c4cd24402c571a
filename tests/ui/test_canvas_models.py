"""The models under the canvas, without widgets: sums, selections, matches, tables, guesses."""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from nexu_desktop.ui.chat_view.announcing import Announcer
from nexu_desktop.ui.chat_view.finding import Finder, Hit
from nexu_desktop.ui.chat_view.heights import heights_of, message_height
from nexu_desktop.ui.chat_view.spots import END, Selection, Spot, changed_rows, whole_rows
from nexu_desktop.ui.chat_view.sums import Sums
from tests.ui.chat_values import answer, asked

heights = st.lists(st.integers(0, 500), max_size=60)
spots = st.builds(Spot, st.integers(0, 4), st.integers(0, 1), st.integers(0, 3), st.integers(0, 9))
LINES = (
    "| a | b |",
    "|---|---|",
    "| 1 | 2 |",
    "",
    "prose",
    "- item",
    "```py",
    "x = 1",
    "```",
    "> quote",
    "# head",
)
texts = st.lists(st.sampled_from(LINES), max_size=30).map("\n".join)


@given(heights, st.data())
def test_sums_are_those_of_a_list(values: list[int], data: st.DataObject) -> None:
    """However a list of numbers came about, its sums are those of the plain list."""
    sums, plain = Sums(values[:10]), values[:10]
    for value in values[10:]:
        sums.append(value)
        plain.append(value)
    for place in data.draw(st.lists(st.integers(0, len(plain) - 1), max_size=9)) if plain else ():
        plain[place] = sums[place] = data.draw(st.integers(0, 500))
    if plain and data.draw(st.booleans()):
        sums.pop()
        plain.pop()
    assert [sums.before(place) for place in range(len(plain) + 1)] == [0, *accumulate(plain)]
    assert sums.total == sum(plain)
    assert [sums[place] for place in range(len(sums))] == plain


@given(heights.filter(bool), st.integers(-50, 30_000))
def test_the_place_at_an_amount_covers_it(values: list[int], amount: int) -> None:
    """Inside of the whole the place found covers the amount; outside it is an end."""
    place, inside = Sums(values).at(amount)
    assert sum(values[:place]) + inside == amount
    if 0 <= amount < sum(values):
        assert 0 <= inside < values[place]
    else:
        assert place in (0, len(values) - 1) or not any(values[: place + 1])


@given(spots, spots, spots)
def test_a_selection_holds_what_lies_between(anchor: Spot, cursor: Spot, other: Spot) -> None:
    """A position is selected exactly when it lies between both ends, whichever was first."""
    selection = Selection(anchor, cursor)
    inside = selection.inside(other.row, other.part, other.piece)
    held = inside is not None and inside[0] <= other.at < inside[1]
    assert held == (min(anchor, cursor) <= other < max(anchor, cursor))


@given(spots, spots, spots)
def test_rows_that_stay_as_they_are_are_not_painted(anchor: Spot, before: Spot, after: Spot) -> None:
    """Every row that looks different is named when a selection is drawn on."""
    first, second = Selection(anchor, before), Selection(anchor, after)
    named = set(changed_rows(first, second))
    for row in range(5):
        for part in range(2):
            for piece in range(4):
                if first.inside(row, part, piece) != second.inside(row, part, piece):
                    assert row in named


def test_whole_rows_are_selected_from_either_end() -> None:
    """Every piece of every row between, to its end."""
    for selection in (whole_rows(2, 4), whole_rows(4, 2)):
        assert selection.rows == range(2, 5)
        assert selection.inside(3, 1, 7) == (0, END)
        assert selection.inside(1, 1, 0) is None


@given(st.lists(st.text("abAB ", max_size=12), max_size=12), st.text("abA", min_size=1, max_size=2))
def test_going_through_matches_meets_each_once(rows: list[str], query: str) -> None:
    """In order, from the first to the last, and then the first again; searched at once or in slices."""
    expected = [
        Hit(row, number)
        for row, text in enumerate(rows)
        for number in range(text.lower().count(query.lower()))
    ]
    finder = Finder()
    finder.begin(query, rows)
    while finder.search(chars=1):
        pass
    assert finder.total == len(expected)
    found = [finder.step(1) for _ in expected]
    assert found == expected
    assert finder.place == len(expected)
    if expected:
        assert finder.step(1) == expected[0]
        assert finder.step(-1) == expected[-1]


def test_a_corrected_count_moves_the_current_match() -> None:
    """What turns out not to be there is left; numbers of later matches follow."""
    finder, rows = Finder(), ["a a", "a a a", "a"]
    finder.begin("a", rows)
    finder.search()
    assert finder.start_at(1) == Hit(1, 0)
    assert finder.place == 3
    assert finder.correct(0, 1)
    assert finder.place == 2
    assert not finder.correct(0, 1)
    assert finder.correct(1, 0)
    assert finder.current is None
    assert finder.step(-1) == Hit(2, 0)
    rows.append("b a")
    assert not finder.search()
    assert finder.total == 3


def test_guesses_grow_with_the_text() -> None:
    """Longer is higher, narrower is higher, and a paste is no higher than what of it is shown."""
    short, long = (message_height(answer("word " * count), 760, 9_000) for count in (10, 1_000))
    assert short < long < message_height(answer("word " * 1_000), 400, 9_000)
    assert message_height(asked("x" * 99_999), 760, 8_000) == message_height(asked("x" * 8_000), 760, 8_000)
    assert heights_of([answer("a"), asked("b")], 760, 9, 24)[1] == message_height(asked("b"), 760, 9) + 24


def test_paragraphs_are_announced_once() -> None:
    """Each when it is complete, the last one with the answer; nothing while nobody listens."""
    said: list[str] = []
    listening = Announcer(lambda: True, said.append)
    Announcer(lambda: False, said.append).take(answer("not\n\nheard"))
    arriving = answer("", streaming=True)
    for text in ("One **bo", "One **bold**.\n\nTw", "One **bold**.\n\nTwo."):
        listening.take(replace(arriving, text=text))
    assert said == ["One bold."]
    listening.take(answer("One **bold**.\n\nTwo."))
    assert said == ["One bold.", "Two."]
