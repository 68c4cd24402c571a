"""What past answers have cost beside what had been said of them; what was called without being asked."""

from __future__ import annotations

from itertools import takewhile

from nexu_desktop.domain.calibration import Calibration
from nexu_desktop.domain.chat import ModelRef, Purpose, Receipt
from nexu_desktop.domain.explain import compare, why
from nexu_desktop.services.arithmetic import lines
from nexu_desktop.services.catalog import Catalog, Offer
from nexu_desktop.services.ports import Chats
from nexu_desktop.services.questions import Questions

HIDDEN = (Purpose.TITLE, Purpose.SUMMARY)
RECENT = 2_000


class Records:
    def __init__(self, chats: Chats, catalog: Catalog, questions: Questions) -> None:
        self._chats = chats
        self._catalog = catalog
        self._questions = questions

    def models(self) -> tuple[ModelRef, ...]:
        """Those that have answered messages, the latest first."""
        rows = self._chats.receipts(purposes=(Purpose.MESSAGE,), limit=RECENT)
        return tuple(dict.fromkeys(row.ref for row in reversed(rows)))

    def receipts(self, ref: ModelRef, limit: int = 500) -> tuple[Receipt, ...]:
        """Answers to messages, newest last."""
        return self._chats.receipts(ref, purposes=(Purpose.MESSAGE,), limit=limit)

    def hidden(self, limit: int = 200) -> tuple[Receipt, ...]:
        """Calls that no message asked for, newest last."""
        return self._chats.receipts(purposes=HIDDEN, limit=limit)

    def calibration(self, ref: ModelRef) -> Calibration:
        return self._questions.calibration(ref)

    def forget_calibration(self, ref: ModelRef) -> None:
        """Start again from the shipped figures; receipts stay."""
        self._chats.forget_samples(ref.provider, ref.model)
        self._questions.forget_calibration(ref)

    def arithmetic(self, attempt: str) -> tuple[str, ...]:
        """The sum of a receipt written out, so that a person can redo it."""
        receipt = self._receipt(attempt)
        if receipt is None:
            return ("There is no receipt for this answer.",)
        offer = self._offer(receipt.ref)
        return lines(receipt, offer)

    def why(self, attempt: str) -> tuple[str, ...]:
        """In words, the weightiest reason first: beside the estimate, then beside the last answer.

        () where nothing had been estimated.
        """
        receipt = self._receipt(attempt)
        if receipt is None or receipt.expected is None:
            return ()
        offer = self._offer(receipt.ref)
        rate = offer.rate if receipt.card is None or receipt.card == offer.card else None
        before = self._before(attempt)
        last = compare(before, receipt, rate).sentences if before else ()
        return why(receipt, rate).sentences + last

    def _before(self, attempt: str) -> Receipt | None:
        """Of the last whole answer before it on the same branch."""
        message = self._chats.message(attempt)
        if message is None:
            return None
        rows = self._chats.messages(message.conversation, attempt)
        earlier = [row.receipt for row in takewhile(lambda row: row.id != attempt, rows) if row.whole_answer]
        return earlier[-1] if earlier else None

    def _receipt(self, attempt: str) -> Receipt | None:
        message = self._chats.message(attempt)
        if message is not None:
            return message.receipt
        return next((row for row in self.hidden() if row.attempt == attempt), None)

    def _offer(self, ref: ModelRef) -> Offer:
        return self._catalog.offer(ref) or self._catalog.card_offer(ref)
