"""What every implementation of ports.Chats does with branches."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nexu_desktop.domain.branches import Link
from nexu_desktop.domain.chat import Message, Role
from nexu_desktop.domain.credits import Nanocredits, Nanodollars
from nexu_desktop.domain.errors import BadInput
from nexu_desktop.services.ports import Chats
from tests.contracts.chats import NOON, OWN, answer, conversation, question, receipt


def names(messages: tuple[Message, ...]) -> list[str]:
    return [one.id for one in messages]


class BranchesContract:
    """Subclass it with a fixture `chats` that gives an empty implementation."""

    @pytest.fixture
    def forked(self, chats: Chats) -> Chats:
        """q1 a1 q2 a2, then a second answer to q1 with a question after it: q1 b1 q3."""
        chats.create(conversation())
        chats.add(question(), answer())
        chats.add(question("q2", parent="a1"), answer("a2", parent="q2"))
        chats.add(answer("b1"))
        chats.add(question("q3", parent="b1"))
        return chats

    def test_the_branch_of_what_was_added_last_is_shown(self, forked: Chats) -> None:
        """Every row of it and no other, each with its parent; the tree has all, in the order added."""
        found = forked.conversation("c1")
        assert found is not None
        assert (found.leaf, names(forked.messages("c1"))) == ("q3", ["q1", "b1", "q3"])
        assert names(forked.tree("c1")) == ["q1", "a1", "q2", "a2", "b1", "q3"]
        assert [one.parent for one in forked.tree("c1")] == ["", "q1", "a1", "q2", "q1", "b1"]

    def test_another_branch_can_be_shown(self, forked: Chats) -> None:
        """Until something is added elsewhere; any branch can be read without being shown."""
        forked.show_branch("c1", "a2")
        assert names(forked.messages("c1")) == ["q1", "a1", "q2", "a2"]
        assert names(forked.messages("c1", "b1")) == ["q1", "b1"]
        assert names(forked.messages("c1")) == ["q1", "a1", "q2", "a2"]

    def test_without_a_leaf_the_newest_is_shown(self, forked: Chats) -> None:
        """Also where the leaf is not there."""
        for leaf in ("", "none"):
            forked.show_branch("c1", leaf)
            assert names(forked.messages("c1")) == ["q1", "b1", "q3"]
        assert forked.messages("none") == forked.tree("none") == forked.links("none") == ()

    def test_a_first_message_can_have_siblings(self, forked: Chats) -> None:
        """Two beginnings of one conversation."""
        forked.add(question("p1"))
        assert names(forked.messages("c1")) == ["p1"]
        assert names(forked.messages("c1", "a1")) == ["q1", "a1"]

    def test_hidden_messages_come_back(self, forked: Chats) -> None:
        """With the branch that was shown; hiding them changes no time of the conversation."""
        before, touched = forked.tree("c1"), forked.conversation("c1")
        forked.hide("c1", ["b1", "q3"], "a2")
        hidden = names(forked.messages("c1")), names(forked.tree("c1")), forked.message("b1")
        forked.unhide("c1", ["b1", "q3"], "q3")
        assert hidden == (["q1", "a1", "q2", "a2"], ["q1", "a1", "q2", "a2"], None)
        assert (forked.tree("c1"), forked.conversation("c1")) == (before, touched)

    def test_purged_messages_do_not_come_back(self, forked: Chats) -> None:
        """`purge_deleted` is the end of undoing."""
        forked.hide("c1", ["b1", "q3"], "a2")
        assert forked.purge_deleted() == 0
        forked.unhide("c1", ["b1", "q3"], "q3")
        assert names(forked.messages("c1")) == ["q1", "a1", "q2", "a2"]

    def test_links_know_what_each_message_has_cost(self, forked: Chats) -> None:
        """Unknown is None; hidden ones are marked and stay when they are purged, in the order added."""
        forked.finish("a1", "x", "", receipt("a1", charged=Nanocredits(7)))
        own = receipt("b1", ref=OWN, charged=None, estimated=None, dollars=Nanodollars(9))
        forked.finish("b1", "x", "", own)
        forked.hide("c1", ["q3"], "b1")
        before = forked.links("c1")
        forked.purge_deleted()
        assert forked.links("c1") == before
        assert before == (
            Link("q1", ""),
            Link("a1", "q1", Nanocredits(7)),
            Link("q2", "a1"),
            Link("a2", "q2"),
            Link("b1", "q1", None, Nanodollars(9)),
            Link("q3", "b1", hidden=True),
        )

    def test_a_summary_slips_in(self, forked: Chats) -> None:
        """Between what it stands for and all that follows; there, and nowhere else, it takes their place."""
        forked.add(question("q4", parent="a1"))
        summary = Message("s1", "c1", Role.SYSTEM, "In short.", NOON, receipt=receipt("s1"), parent="a1")
        forked.summarise(summary, ["q1", "a1"])
        assert names(forked.messages("c1")) == ["q1", "a1", "s1", "q4"]
        assert names(forked.messages("c1", "a2")) == ["q1", "a1", "s1", "q2", "a2"]
        assert forked.message("s1") == summary
        first = forked.message("q1")
        assert first is not None
        assert (first.dropped, first.summaries) == (True, ("s1",))
        assert names(forked.messages("c1", "q3")) == ["q1", "b1", "q3"]

    def test_a_summary_can_be_the_end(self, chats: Chats) -> None:
        """Of a branch whose every message it stands for."""
        chats.create(conversation())
        chats.add(question())
        chats.summarise(replace(question("s1", parent="q1"), role=Role.SYSTEM), ["q1"])
        assert names(chats.messages("c1")) == ["q1", "s1"]
        with pytest.raises(BadInput):
            chats.summarise(question("s2", where="gone"), [])

    def test_two_summaries_can_stand_for_one_message(self, forked: Chats) -> None:
        """Each on its own branch; what the person says of the message holds on both."""
        forked.summarise(replace(question("s1", parent="a1"), role=Role.SYSTEM), ["q1", "a1"])
        forked.summarise(replace(question("s2", parent="b1"), role=Role.SYSTEM), ["q1", "b1"])
        both = forked.message("q1")
        forked.set_dropped(["q1"], False)
        again = forked.message("q1")
        assert both is not None
        assert again is not None
        assert (both.summaries, both.dropped) == (("s1", "s2"), True)
        assert (again.summaries, again.dropped) == ((), False)
