"""After a crash: resolve what a dead process left open, so that no hold stays and nothing is charged twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from nexu_desktop.domain.chat import Basis, Lane, Message, ModelRef, Outcome, Receipt
from nexu_desktop.domain.credits import Nanocredits, Usage
from nexu_desktop.services.catalog import Offer
from nexu_desktop.services.ports import Attempt, AttemptState, Chats, Clock, Ledger, Settlement


@dataclass(frozen=True, slots=True)
class Recovered:
    """Counts of what was found at start; `charged` in nano-credits.

    `finished` are answers of the transcript whose money needed nothing any more: on an own key (`billable`
    if its provider may bill them), or closed in the ledger by another process since.
    """

    released: int = 0
    settled: int = 0
    charged: Nanocredits = Nanocredits(0)
    finished: int = 0
    billable: bool = False

    @property
    def answers(self) -> int:
        return self.released + self.settled + self.finished


class Recovery:
    def __init__(
        self,
        chats: Chats,
        ledgers: Mapping[Lane, Ledger],
        offer: Callable[[ModelRef], Offer],
        clock: Clock,
        others: Callable[[], Sequence[Ledger]] = tuple,
    ) -> None:
        """`others` are further wallets of the credits lane, of accounts that are not in use now."""
        self._chats = chats
        self._ledgers = ledgers
        self._offer = offer
        self._clock = clock
        self._others = others

    def run(self, *, only_window: bool) -> Recovered:
        """`only_window`: this process is the one window, so every unfinished answer belongs to the dead."""
        released, settled, charged = 0, 0, 0
        closed: set[str] = set()
        for ledger in (*self._ledgers.values(), *self._others()):
            for attempt in ledger.open_attempts(dead_only=True):
                amount = self._close(ledger, attempt)
                self._correct(ledger, attempt)
                settled, released = settled + (amount > 0), released + (amount == 0)
                charged += amount
                closed.add(attempt.message)
        rows: list[Receipt] = []
        if only_window:  # a row belongs to the window: another process could overwrite newer text with older
            rows = [row for row in map(self._finish, self._chats.streaming_messages()) if row]
        rows = [row for row in rows if row.attempt not in closed]
        charged += sum(row.charged or 0 for row in rows)
        billable = any(row.ref.lane is Lane.BYOK for row in rows)
        return Recovered(released, settled, Nanocredits(charged), len(rows), billable)

    def _close(self, ledger: Ledger, attempt: Attempt) -> Nanocredits:
        """Not dispatched: nothing left this machine. Dispatched: what the last checkpoint counted."""
        offer = self._offer(attempt.ref)
        rate = offer.rate if offer.card == attempt.card else None  # never by another card than the pinned one
        if attempt.state is AttemptState.HELD:
            ledger.release(attempt.id, Outcome.FAILED, "not sent")
            return Nanocredits(0)
        if attempt.checkpoint == 0 or rate is None:
            ledger.release(attempt.id, Outcome.CUT, "interrupted, unconfirmed 0")
            return Nanocredits(0)
        usage = Usage(input=attempt.counted_input, output=attempt.checkpoint)
        return ledger.settle(Settlement(attempt.id, usage, Basis.COUNTED, Outcome.CUT, rate.price(usage)))

    def _correct(self, ledger: Ledger, attempt: Attempt) -> None:
        """Where only the ledger could not be written, the answer has a receipt that knows no charge yet."""
        message, closed = self._chats.message(attempt.message), ledger.attempt(attempt.id)
        if message is None or message.receipt is None or closed is None:
            return
        receipt = replace(
            message.receipt,
            usage=closed.usage or Usage(),
            basis=closed.basis,
            charged=Nanocredits(closed.charged or 0),
            unconfirmed=closed.basis is Basis.NONE,
        )
        self._chats.add_receipt(receipt, message.conversation)

    def _finish(self, message: Message) -> Receipt | None:
        """The ledger decides; the row in the transcript follows by id."""
        if message.ref is None:
            return None
        attempt = None
        if message.ref.lane.spends_credits:
            attempt = self._attempt(message.ref.lane, message.id)
            if attempt is not None and attempt.state in (AttemptState.HELD, AttemptState.DISPATCHED):
                return None  # its process is still at it
        receipt = self._receipt(message, attempt)
        self._chats.finish(message.id, message.text, message.reasoning, receipt)
        return receipt

    def _attempt(self, lane: Lane, name: str) -> Attempt | None:
        """In whichever wallet of the lane it is."""
        further = self._others() if lane is Lane.CREDITS else ()
        found = (ledger.attempt(name) for ledger in (self._ledgers[lane], *further))
        return next((attempt for attempt in found if attempt is not None), None)

    def _receipt(self, message: Message, attempt: Attempt | None) -> Receipt:
        assert message.ref is not None
        paid = message.ref.lane.spends_credits
        basis = attempt.basis if attempt else Basis.NONE
        return Receipt(
            attempt=message.id,
            ref=message.ref,
            outcome=(attempt.outcome if attempt else None) or Outcome.CUT,
            usage=(attempt.usage if attempt else None) or Usage(),
            basis=basis,
            charged=Nanocredits((attempt.charged if attempt else 0) or 0) if paid else None,
            estimated=attempt.estimated if attempt else None,
            card=attempt.card if attempt else None,
            finished_ms=self._clock.now_ms(),
            elapsed_ms=0,
            unconfirmed=basis is Basis.NONE,
            error="The program ended before the answer did.",
        )
