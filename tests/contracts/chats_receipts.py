"""What every implementation of ports.Chats knows of what was spent, expected and counted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nexu_desktop.domain.calibration import Sample
from nexu_desktop.domain.chat import Basis, Lane, ModelRef, Outcome, Purpose
from nexu_desktop.domain.credits import Nanocredits, Nanodollars, Usage
from nexu_desktop.domain.errors import Step
from nexu_desktop.domain.forecast import Reply
from nexu_desktop.services.ports import Chats
from tests.contracts.chats import NOON, OWN, REF, answer, conversation, expected, receipt

PLAY = ModelRef(Lane.SANDBOX, "nexu", "glm-5")
HOME = ModelRef(Lane.LOCAL, "here", "glm-5")
HIDDEN = (Purpose.TITLE, Purpose.SUMMARY)


class ReceiptsContract:
    """Subclass it with a fixture `chats` that gives an empty implementation."""

    def test_what_was_expected_is_kept(self, chats: Chats) -> None:
        """Every figure, purpose and effort comes back, with an unknown price as None."""
        whole = receipt("a", expected=expected(9), effort="low", first=True)
        unpriced = receipt(
            "b", expected=replace(expected(0), cost_low=None, cost_high=None), purpose=Purpose.TITLE
        )
        chats.create(conversation())
        chats.add(replace(answer("a"), streaming=False, receipt=whole))
        chats.add_receipt(unpriced, "c1")
        assert [one.receipt for one in chats.messages("c1")] == [whole]
        assert chats.receipts(limit=9) == (whole, unpriced)

    def test_a_second_saving_forgets_nothing(self, chats: Chats) -> None:
        """What recovery does not know stays as the first saving said; how it ended is the newer word."""
        full = receipt(expected=expected(9), effort="high", first=True, purpose=Purpose.SUMMARY)
        chats.create(conversation())
        chats.add_receipt(full, "c1")
        chats.add_receipt(receipt(outcome=Outcome.CUT, charged=Nanocredits(7)))
        now = replace(full, outcome=Outcome.CUT, charged=Nanocredits(7))
        assert chats.receipts(limit=9) == (now,)
        assert chats.spent([Lane.CREDITS], conversation="c1") == 7

    def test_receipts_of_a_model_and_a_purpose(self, chats: Chats) -> None:
        """Newest last, the oldest left out; those of other models and purposes are not among them."""
        given = [
            receipt(name, ref=ref, purpose=purpose, finished_ms=NOON + at)
            for name, ref, purpose, at in (
                ("a", REF, Purpose.MESSAGE, 30),
                ("b", REF, Purpose.TITLE, 10),
                ("c", REF, Purpose.SUMMARY, 20),
                ("d", OWN, Purpose.MESSAGE, 15),
                ("e", OWN, Purpose.TITLE, 40),
            )
        ]
        for one in given:
            chats.add_receipt(one)
        found = {
            "all": chats.receipts(limit=3),
            "model": chats.receipts(REF, limit=9),
            "both": chats.receipts(REF, purposes=HIDDEN, limit=9),
            "purpose": chats.receipts(purposes=[Purpose.TITLE], limit=1),
            "messages": chats.receipts(purposes=[Purpose.MESSAGE], limit=9),
            "some": chats.receipts(purposes=[Purpose.MESSAGE, Purpose.TITLE], limit=2),
        }
        assert {name: "".join(one.attempt for one in rows) for name, rows in found.items()} == {
            "all": "cae",
            "model": "bca",
            "both": "bc",
            "purpose": "e",
            "messages": "da",
            "some": "ae",
        }

    def test_an_answer_that_its_limit_ended(self, chats: Chats) -> None:
        """The limit comes back, and a later saving that knows less leaves it; so does the next step."""
        chats.add_receipt(receipt("a", limited=256))
        chats.add_receipt(receipt("a"))
        chats.add_receipt(receipt("b", step=Step.KEYS))
        assert [(one.limited, one.step) for one in chats.receipts(limit=2)] == [(256, ""), (None, "keys")]

    def test_an_answer_that_its_limit_ended_teaches_no_length(self, chats: Chats) -> None:
        """How long it would have been nobody knows."""
        chats.create(conversation())
        for name, limited in (("a", 256), ("b", None)):
            one = receipt(name, usage=Usage(output=256), limited=limited)
            chats.add(answer(name))
            chats.finish(name, "x", "", one)
        assert [one.tokens for one in chats.replies(REF, "", limit=9)] == [256]
        assert [one.tokens for one in chats.conversation_replies("c1", limit=9)] == [256]

    def test_replies_are_of_one_effort_and_answer_messages(self, chats: Chats) -> None:
        """Titles and summaries teach no length; reasoning and place in the conversation come along."""
        used = Usage(output=20, reasoning=5)
        chats.add_receipt(receipt("a", usage=used, effort="low", first=True, expected=expected(9)))
        chats.add_receipt(receipt("b", usage=used))
        chats.add_receipt(receipt("c", usage=used, effort="low", purpose=Purpose.TITLE))
        chats.add_receipt(receipt("d", usage=used, effort="low", outcome=Outcome.CUT))
        assert chats.replies(REF, "low", limit=9) == (Reply(25, 9, 5, True, 4, 18),)
        assert (chats.replies(REF, "", limit=9), chats.replies(REF, "high", limit=9)) == (
            (Reply(25, None, 5),),
            (),
        )

    def test_replies_of_a_conversation_answer_messages(self, chats: Chats) -> None:
        """Its title is not one; any effort is."""
        chats.create(conversation())
        chats.add_receipt(receipt("a", output=1, effort="low"), "c1")
        chats.add_receipt(receipt("b", output=2, purpose=Purpose.TITLE), "c1")
        assert chats.conversation_replies("c1", limit=9) == (Reply(1),)

    def test_samples_are_what_the_provider_reported(self, chats: Chats) -> None:
        """Of one model of one provider on any lane, whatever the purpose; all input together, newest last."""
        counted = {"a": (REF, 30), "b": (PLAY, 10), "c": (REF, 20)}
        for number, (name, (ref, at)) in enumerate(counted.items()):
            given = receipt(name, ref=ref, finished_ms=NOON + at, purpose=Purpose.TITLE, outcome=Outcome.CUT)
            chats.add_receipt(replace(given, usage=Usage(number, 20, 30, 9, 9), expected=expected(9, at)))
        chats.add_receipt(receipt("d", basis=Basis.COUNTED, expected=expected(9)))
        chats.add_receipt(receipt("e"))
        chats.add_receipt(receipt("f", expected=expected(9, counted=0)))
        chats.add_receipt(receipt("g", ref=OWN, expected=expected(9)))
        chats.add_receipt(receipt("h", ref=replace(REF, model="glm-5-air"), expected=expected(9)))
        chats.add_receipt(receipt("i", usage=Usage(output=3), expected=expected(9)))
        assert chats.samples("nexu", "glm-5", limit=9) == (Sample(10, 51), Sample(20, 52), Sample(30, 50))
        assert chats.samples("nexu", "glm-5", limit=2) == (Sample(20, 52), Sample(30, 50))
        assert chats.samples("nexu", "none", limit=2) == ()

    def test_spent_is_the_sum_of_a_lane(self, chats: Chats) -> None:
        """Charges on lanes of credits, dollars on the others; hidden calls and failed answers cost too."""
        chats.create(conversation())
        for number, (ref, charged, dollars) in enumerate(
            [(REF, 1, None), (REF, 20, 4_000), (PLAY, 300, None), (OWN, None, 5_000), (HOME, None, None)]
        ):
            chats.add_receipt(
                receipt(
                    str(number),
                    ref=ref,
                    charged=None if charged is None else Nanocredits(charged),
                    dollars=None if dollars is None else Nanodollars(dollars),
                    purpose=Purpose.SUMMARY if number else Purpose.MESSAGE,
                    outcome=Outcome.FAILED if number else Outcome.COMPLETE,
                ),
                "c1" if number else None,
            )
        assert {lane: chats.spent([lane]) for lane in Lane} == {
            Lane.CREDITS: 21,
            Lane.BYOK: 5_000,
            Lane.LOCAL: 0,
            Lane.SANDBOX: 300,
        }
        assert chats.spent([Lane.CREDITS, Lane.SANDBOX]) == 321
        assert (chats.spent([]), chats.spent([Lane.CREDITS], conversation="c1")) == (0, 20)

    @pytest.mark.parametrize(("since", "sums"), [(0, (7, 3)), (10, (7, 3)), (11, (6, 2)), (13, (0, 0))])
    def test_spent_since(self, chats: Chats, since: int, sums: tuple[int, int]) -> None:
        """From that moment on, the moment itself included; all conversations or one."""
        chats.create(conversation())
        for name, at, charged, where in (("a", 10, 1, "c1"), ("b", 11, 2, "c1"), ("c", 12, 4, None)):
            chats.add_receipt(receipt(name, finished_ms=NOON + at, charged=Nanocredits(charged)), where)
        lanes, since_ms = [Lane.CREDITS], NOON + since
        found = (
            chats.spent(lanes, since_ms=since_ms),
            chats.spent(lanes, since_ms=since_ms, conversation="c1"),
        )
        assert found == sums
