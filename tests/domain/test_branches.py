"""The tree of a conversation: which branch is shown, what stands beside a message, what each branch has cost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexu_desktop.domain.branches import BranchCost, Link, Place, Tree, places
from nexu_desktop.domain.credits import Nanocredits, Nanodollars

#   q1 ─ a1 ─ q2 ─ a2
#      └ b1 ─ q3 ─ a3
#             └ (q3 has a sibling q4)
FORKED = [
    ("q1", ""), ("a1", "q1"), ("q2", "a1"), ("a2", "q2"),
    ("b1", "q1"), ("q3", "b1"), ("a3", "q3"), ("q4", "b1"),
]  # fmt: skip


def test_the_path_ends_with_the_leaf() -> None:
    """The newest without one, and for one that is not there; a leaf may have rows after it."""
    tree = Tree(FORKED)
    assert tree.path("a2") == ("q1", "a1", "q2", "a2")
    assert tree.path() == tree.path("none") == ("q1", "b1", "q4")
    assert tree.path("b1") == ("q1", "b1")
    assert Tree([]).path() == ()


def test_siblings_follow_the_same_message() -> None:
    """In the order added; beginnings are siblings too, and a row whose parent is gone is a beginning."""
    tree = Tree([*FORKED, ("p1", ""), ("lost", "gone")])
    assert tree.siblings("b1") == tree.siblings("a1") == ("a1", "b1")
    assert tree.siblings("q1") == ("q1", "p1", "lost")
    assert tree.siblings("none") == ()
    assert (tree.parent("q3"), tree.parent("lost"), tree.path("lost")) == ("b1", "", ("lost",))


def test_what_was_shown_last_is_shown_again() -> None:
    """Else the newest of the branch; '' where there is no further sibling."""
    tree = Tree(FORKED)
    assert tree.beside("a1", 1) == "q4"
    assert tree.beside("a1", 1, ["a3", "a2"]) == "a3"
    assert tree.beside("a1", 1, ["a3", "q4", "a2"]) == "q4"
    assert tree.beside("a1", 1, ["q3"]) == "a3"
    assert tree.beside("b1", -1) == "a2"
    assert tree.beside("a1", -1) == tree.beside("b1", 1) == tree.beside("none", 1) == ""


def test_without_a_message_its_neighbour_is_shown() -> None:
    """The sibling before it, else after it, else what it followed."""
    tree = Tree(FORKED)
    assert tree.without("b1") == "a2"
    assert tree.without("a1") == "q4"
    assert tree.without("a1", ["a3"]) == "a3"
    assert tree.without("a2") == "q2"
    assert tree.without("q1") == ""


def test_places_say_what_branches_have_cost() -> None:
    """From here to the end that is shown, and on every branch beside it; credits and dollars apart."""
    costs = {"a1": 1, "a2": 20, "b1": 300, "a3": 4_000}
    links = [Link(name, parent, Nanocredits(costs.get(name, 0))) for name, parent in FORKED]
    links.append(Link("c1", "q1", None, Nanodollars(7)))
    assert places(links, "a3") == {
        "b1": Place(2, 3, BranchCost(4_300, 4_321), BranchCost(0, 7)),
        "q3": Place(1, 2, BranchCost(4_000, 4_000)),
    }
    assert places(links[:4], "") == {}
    deleted = [replace(one, hidden=one.id in ("b1", "q3", "a3", "q4")) for one in links]
    assert places(deleted, "")["c1"] == Place(2, 2, BranchCost(0, 4_321), BranchCost(7, 7))


def test_a_circle_ends() -> None:
    """A damaged file cannot hang the window."""
    tree = Tree([("a", "b"), ("b", "a"), ("c", "c"), ("d", "")])
    assert tree.path("a") == ("b", "a")
    assert set(tree.under("a")) == {"a", "b"}
    assert tree.path("c") == ("c",)
    assert tree.sums({"a": 1, "d": 2}) == {"d": 2}
    assert (tree.beside("a", 1), tree.without("c")) == ("", "c")


@st.composite
def trees(draw: st.DrawFn) -> list[Link]:
    """Each message follows an earlier one or begins anew, at a price or none."""
    found: list[Link] = []
    for number in range(draw(st.integers(1, 14))):
        parent = draw(st.sampled_from(["", *(one.id for one in found)]))
        price = draw(st.one_of(st.none(), st.integers(0, 9)))
        found.append(Link(f"m{number}", parent, None if price is None else Nanocredits(price)))
    return found


@given(trees(), st.data())
def test_a_path_is_a_chain(links: list[Link], data: st.DataObject) -> None:
    """From a beginning, each row following the one before it, to the leaf."""
    leaf = data.draw(st.sampled_from([one.id for one in links]))
    parents = {one.id: one.parent for one in links}
    path = Tree(parents.items()).path(leaf)
    assert path[-1] == leaf
    assert ["", *path[:-1]] == [parents[name] for name in path]


@given(trees(), st.data())
def test_going_there_and_back_shows_the_same(links: list[Link], data: st.DataObject) -> None:
    """Whichever leaf was shown and wherever one turned off."""
    tree = Tree((one.id, one.parent) for one in links)
    leaf = tree.newest(data.draw(st.sampled_from([one.id for one in links])))
    turn = data.draw(st.sampled_from(tree.path(leaf)))
    step = data.draw(st.sampled_from([-1, 1]))
    other = tree.beside(turn, step, [leaf])
    if other:
        there = tree.siblings(turn)[tree.siblings(turn).index(turn) + step]
        assert there in tree.path(other)
        assert tree.beside(there, -step, [leaf, other]) == leaf


@given(trees())
def test_sums_lose_nothing(links: list[Link]) -> None:
    """The beginnings together have cost what all messages have; no branch costs more than all."""
    tree = Tree((one.id, one.parent) for one in links)
    charges = {one.id: one.charged or 0 for one in links}
    sums = tree.sums(charges)
    assert sum(sums[one.id] for one in links if not one.parent) == sum(charges.values())
    assert all(sums[one.id] == sum(charges[name] for name in tree.under(one.id)) for one in links)
    for leaf in charges:
        for place in places(links, leaf).values():
            assert 0 <= place.credits.here <= place.credits.all
            assert 1 <= place.number <= place.count


@given(trees(), st.data())
def test_what_is_left_can_be_shown(links: list[Link], data: st.DataObject) -> None:
    """After a message went with all that follows it, the leaf to show is among the rest."""
    tree = Tree((one.id, one.parent) for one in links)
    name = data.draw(st.sampled_from([one.id for one in links]))
    gone = set(tree.under(name))
    shown = tree.without(name)
    assert shown not in gone
    assert shown in tree or (shown == "" and not tree.parent(name))


@pytest.mark.parametrize("count", [1_000, 2_000])
def test_a_long_chain_is_no_deep_recursion(count: int) -> None:
    """Every answer made twice: places of all of them, in one walk over the rows."""
    links = []
    for number in range(count):
        before = f"a{number - 1}" if number else ""
        links += [Link(f"a{number}", before, Nanocredits(1)), Link(f"b{number}", before, Nanocredits(1))]
    found = places(links, f"a{count - 1}")
    assert len(found) == count
    assert found["a0"].credits == BranchCost(count, 2 * count)
