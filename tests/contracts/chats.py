"""What every implementation of ports.Chats does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from nexu_desktop.domain.chat import (
    Basis,
    Conversation,
    Expected,
    Lane,
    Message,
    ModelRef,
    Outcome,
    Receipt,
    Role,
)
from nexu_desktop.domain.credits import Nanocredits, Nanodollars, Usage
from nexu_desktop.domain.errors import BadInput
from nexu_desktop.domain.forecast import Reply
from nexu_desktop.services.ports import Chats

REF = ModelRef(Lane.CREDITS, "nexu", "glm-5")
OWN = ModelRef(Lane.BYOK, "openrouter", "z-ai/glm-5:free")
NOON = 1_775_736_000_000


def conversation(identity: str = "c1", title: str = "First", **changes: Any) -> Conversation:
    plain = Conversation(identity, title, REF, NOON, NOON)
    return replace(plain, **changes)


def question(identity: str = "q1", text: str = "Why?", where: str = "c1", parent: str = "") -> Message:
    return Message(identity, where, Role.USER, text, NOON, parent=parent)


def answer(identity: str = "a1", where: str = "c1", parent: str = "q1") -> Message:
    return Message(identity, where, Role.ASSISTANT, "", NOON, ref=REF, streaming=True, parent=parent)


def expected(likely: int, counted: int = 60) -> Expected:
    return Expected(counted, counted + 1, likely // 2, likely, likely * 2, 3, 1_000, 9_000)


def receipt(attempt: str = "a1", output: int = 120, **changes: Any) -> Receipt:
    plain = Receipt(
        attempt=attempt,
        ref=REF,
        outcome=Outcome.COMPLETE,
        usage=Usage(10, 20, 30, output, 0),
        basis=Basis.PROVIDER,
        charged=Nanocredits(350_000_000),
        estimated=Nanocredits(400_000_001),
        card="card",
        finished_ms=NOON + 5,
        elapsed_ms=1_234,
    )
    return replace(plain, **changes)


class ChatsContract:
    """Subclass it with a fixture `chats` that gives an empty implementation."""

    def test_keeps_a_conversation(self, chats: Chats) -> None:
        """Every field comes back; nothing has been spent."""
        made = conversation(
            title="Größe 字", draft="draft\n", system="You are brief.", temperature=0, output_limit=512
        )
        chats.create(made)
        chats.create(conversation("c2", ref=None))
        assert chats.conversation("c1") == made
        assert chats.conversations() == (conversation("c2", ref=None), made)
        assert chats.conversation("c3") is None

    def test_changes_of_a_conversation(self, chats: Chats) -> None:
        """Title, model and draft change alone, and do not move it in the list."""
        chats.create(conversation())
        chats.rename("c1", "Other")
        chats.set_model("c1", OWN)
        chats.set_draft("c1", "so far")
        chats.set_temperature("c1", 70)
        chats.set_output_limit("c1", 1)
        changed = conversation(title="Other", ref=OWN, draft="so far", temperature=70, output_limit=1)
        assert chats.conversation("c1") == changed
        chats.set_temperature("c1", None)
        chats.set_output_limit("c1", None)
        assert chats.conversation("c1") == replace(changed, temperature=None, output_limit=None)

    def test_changes_of_what_is_gone_do_nothing(self, chats: Chats) -> None:
        """A draft that is saved a moment too late is no failure; a message without a place is."""
        chats.rename("c1", "Other")
        chats.set_draft("c1", "x")
        chats.save_answer("a1", "x", "")
        chats.hide("c1", ["a1"], "")
        with pytest.raises(BadInput):
            chats.add(question())
        assert (chats.conversations(), chats.message("q1")) == ((), None)

    def test_finds_titles(self, chats: Chats) -> None:
        """Any part, any case, any script; the signs of a pattern are plain letters."""
        titles = ["100% sure", "1000 ideas", "Über_Größe", "关于积分的问题", "ＦＵＬＬ ẞ", "Back\\slash"]
        for number, title in enumerate(titles):
            chats.create(conversation(f"c{number}", title))
        found = {
            search: sorted(one.id for one in chats.conversations(search))
            for search in (
                "%",
                "_",
                "\\",
                "ÜBER",
                "über",
                "积分",
                "full ss",
                "1000 IDEAS",
                " sure ",
                "积*",
                "zzz",
            )
        }
        assert found == {
            "%": ["c0"],
            "_": ["c2"],
            "\\": ["c5"],
            "ÜBER": ["c2"],
            "über": ["c2"],
            "积分": ["c3"],
            "full ss": ["c4"],
            "1000 IDEAS": ["c1"],
            " sure ": ["c0"],
            "积*": [],
            "zzz": [],
        }

    def test_a_renamed_conversation_is_found_by_its_new_title_only(self, chats: Chats) -> None:
        """The search key follows the title."""
        chats.create(conversation(title="Alpha"))
        chats.rename("c1", "Beta")
        assert [len(chats.conversations(search)) for search in ("alpha", "BETA")] == [0, 1]

    def test_deletes_with_undo(self, chats: Chats) -> None:
        """Hidden at once, back on restore, with its messages."""
        chats.create(conversation())
        chats.add(question())
        chats.delete("c1")
        hidden = (chats.conversations(), chats.conversation("c1"))
        chats.library.bin(["c1"], None)
        assert hidden == ((), None)
        assert [one.id for one in chats.conversations()] == ["c1"]
        assert chats.messages("c1") == (question(),)

    def test_purges_what_is_deleted(self, chats: Chats) -> None:
        """The text goes for good, other conversations stay, and the lengths of replies are still known."""
        for identity in ("c1", "c2"):
            chats.create(conversation(identity))
            asked = question("q" + identity, where=identity)
            chats.add(asked, answer("a" + identity, where=identity, parent=asked.id))
            chats.finish("a" + identity, "Because.", "", receipt("a" + identity))
        chats.delete("c1")
        assert (chats.purge_deleted(), chats.purge_deleted()) == (1, 0)
        chats.library.bin(["c1"], None)
        assert [one.id for one in chats.conversations()] == ["c2"]
        assert (chats.messages("c1"), len(chats.messages("c2"))) == ((), 2)
        assert chats.replies(REF, "", limit=9) == (Reply(120), Reply(120))

    def test_messages_keep_their_order_and_fields(self, chats: Chats) -> None:
        """In the order they were added, whatever their times and ids."""
        chats.create(conversation())
        chats.create(conversation("c2"))
        note = Message("n1", "c1", Role.NOTE, "now with glm-5", NOON - 99, ref=REF, parent="b")
        chats.add(question("z"), answer("b", parent="z"))
        chats.add(question("other", where="c2"))
        chats.add(note)
        assert chats.messages("c1") == chats.tree("c1") == (question("z"), answer("b", parent="z"), note)
        assert (chats.message("n1"), chats.message("none")) == (note, None)

    def test_an_answer_streams_and_is_finished(self, chats: Chats) -> None:
        """Checkpoints replace its text until the receipt ends it; a late one changes nothing."""
        chats.create(conversation())
        chats.add(question(), answer())
        chats.save_answer("a1", "Bec", "hm")
        half = chats.streaming_messages()
        chats.finish("a1", "Because.", "hmm", receipt())
        chats.save_answer("a1", "Beca", "late")
        whole = replace(answer(), text="Because.", reasoning="hmm", receipt=receipt(), streaming=False)
        assert half == (replace(answer(), text="Bec", reasoning="hm"),)
        assert (chats.message("a1"), chats.streaming_messages()) == (whole, ())
        assert chats.messages("c1") == (question(), whole)

    def test_receipts_keep_every_field(self, chats: Chats) -> None:
        """Unknown stays None and is not zero; an own key is paid in dollars."""
        own = receipt(
            "a2",
            ref=OWN,
            outcome=Outcome.CUT,
            basis=Basis.COUNTED,
            usage=Usage(1, 2, 3, 4, 5),
            charged=None,
            estimated=None,
            card=None,
            dollars=Nanodollars(0),
            dollars_estimated=Nanodollars(7),
            unconfirmed=True,
            error="The line broke. 😀",
        )
        chats.create(conversation())
        chats.add(replace(answer("m1"), streaming=False, receipt=receipt("a1", charged=Nanocredits(0))))
        chats.add(replace(answer("m2"), ref=OWN, streaming=False, receipt=own))
        found = [message.receipt for message in chats.tree("c1")]
        assert found == [receipt("a1", charged=Nanocredits(0)), own]

    def test_spent_is_the_sum_of_the_charges(self, chats: Chats) -> None:
        """Also of hidden messages, for good; what an own key paid is no credit, and play credits are a sum apart."""
        chats.create(conversation())
        for number, charged in enumerate((1, 20, None, 300)):
            chats.add(answer(f"a{number}"))
            chats.finish(f"a{number}", "x", "", receipt(f"a{number}", charged=charged))
        play = replace(REF, lane=Lane.SANDBOX, provider="sandbox")
        chats.add_receipt(receipt("a4", ref=play, charged=Nanocredits(4_000)), "c1")
        chats.hide("c1", ["a3"], "")
        chats.purge_deleted()
        found = chats.conversation("c1")
        assert found is not None
        assert (found.spent, found.spent_play, chats.conversations()[0].spent) == (321, 4_000, 321)
        assert (len(chats.tree("c1")), chats.message("a3")) == (3, None)

    def test_a_message_hidden_while_it_streams_is_still_paid(self, chats: Chats) -> None:
        """Its text does not come back; its cost is counted once."""
        chats.create(conversation())
        chats.add(question(), answer())
        chats.hide("c1", ["a1"], "q1")
        chats.save_answer("a1", "Bec", "")
        chats.finish("a1", "Because.", "", receipt())
        chats.finish("a1", "Because.", "", receipt())
        found = chats.conversation("c1")
        assert found is not None
        assert (found.spent, chats.messages("c1")) == (350_000_000, (question(),))

    def test_replies_of_a_model(self, chats: Chats) -> None:
        """Complete ones only, visible and hidden tokens together, newest last, with the band shown before."""
        times = {"a": 30, "b": 10, "c": 20, "d": 40}
        for attempt, at in times.items():
            given = receipt(attempt, usage=Usage(output=at, reasoning=1), finished_ms=NOON + at)
            chats.add_receipt(replace(given, expected=expected(500 + at)))
        chats.add_receipt(replace(receipt("e", outcome=Outcome.STOPPED), expected=expected(1)))
        chats.add_receipt(replace(receipt("f", output=0), expected=expected(1)))
        chats.add_receipt(replace(receipt("g", ref=OWN), expected=expected(1)))
        assert chats.replies(REF, "", limit=3) == (
            Reply(21, 520, 1, low=260, high=1_040),
            Reply(31, 530, 1, low=265, high=1_060),
            Reply(41, 540, 1, low=270, high=1_080),
        )
        assert chats.replies(OWN, "", limit=3) == (Reply(120, 1, low=0, high=2),)
        assert chats.replies(ModelRef(Lane.SANDBOX, "sandbox", "glm-5"), "", limit=3) == ()

    def test_replies_of_a_conversation(self, chats: Chats) -> None:
        """Those of other conversations and of the command line are not among them."""
        for identity in ("c1", "c2"):
            chats.create(conversation(identity))
            for number in range(3):
                name = f"{identity}-{number}"
                chats.add(answer(name, where=identity))
                given = receipt(name, output=100 + number, finished_ms=NOON + number)
                chats.finish(name, "x", "", given)
        chats.add_receipt(receipt("cli"))
        assert chats.conversation_replies("c1", limit=2) == (Reply(101), Reply(102))
        assert chats.conversation_replies("none", limit=2) == ()

    def test_a_prediction_can_be_added_to_a_finished_answer(self, chats: Chats) -> None:
        """One attempt stays one reply of its conversation."""
        chats.create(conversation())
        chats.add(answer())
        chats.finish("a1", "x", "", receipt())
        chats.add_receipt(receipt(expected=expected(77)))
        known = (Reply(120, 77, low=38, high=154),)
        assert chats.conversation_replies("c1", limit=9) == chats.replies(REF, "", limit=9) == known

    def test_questions_are_remembered_newest_first(self, chats: Chats) -> None:
        """Of one conversation or of all; not answers, not removed ones, not those of deleted conversations."""
        for where in ("c1", "c2"):
            chats.create(conversation(where))
        chats.add(question("q1", "first"), answer())
        chats.add(question("q2", "other", "c2"), question("q3", "second"), question("q4", "removed"))
        chats.hide("c1", ["q4"], "q3")
        assert chats.questions(limit=9) == ("second", "other", "first")
        assert chats.questions(limit=9, conversation="c1") == ("second", "first")
        assert chats.questions(limit=1) == ("second",)
        chats.delete("c1")
        assert chats.questions(limit=9) == ("other",)
