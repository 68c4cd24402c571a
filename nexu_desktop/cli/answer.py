"""What one `ask` has heard so far, and how it is told: streamed text, a receipt, or one JSON object."""

from __future__ import annotations

import asyncio
from typing import Any

from nexu_desktop.cli import exit_codes, output, terminal
from nexu_desktop.domain.chat import Basis, Lane, Outcome, Receipt
from nexu_desktop.domain.credits import Balance, Usage
from nexu_desktop.domain.ended import ended_by_limit
from nexu_desktop.domain.errors import NexuError
from nexu_desktop.domain.estimate import Estimate
from nexu_desktop.domain.events import BalanceChanged, Event, TextDelta, TurnFinished, TurnStarted
from nexu_desktop.services.account import Account
from nexu_desktop.services.catalog import Offer


class Answer:
    """Called with each event of the turn. `error` is what refused or broke it outside the turn."""

    def __init__(self, attempt: str, model: str, *, as_json: bool) -> None:
        self.attempt = attempt
        self.model = model
        self.lane: Lane | None = None
        self.balance: Balance | None = None
        self.estimate: Estimate | None = None
        self.finished: TurnFinished | None = None
        self.error: NexuError | None = None
        self.interrupted = False
        self._started = False
        self._text: list[str] = []
        self._as_json = as_json

    def begin(self, chosen: Offer, account: Account) -> None:
        """Which lane pays is known now."""
        self.lane = chosen.ref.lane
        if self.lane.spends_credits:
            self.balance = account.balance(self.lane)

    def __call__(self, event: Event) -> None:
        match event:
            case TurnStarted():
                self._started = True
                self._say_limit()
            case TextDelta(_, text):
                self._text.append(text)
                if not self._as_json and not terminal.write_foreign(text):
                    self._stop()
            case BalanceChanged(_, balance):
                self.balance = balance
            case TurnFinished():
                self.finished = event
            case _:
                pass

    @property
    def outcome(self) -> Outcome:
        if self.finished is not None:
            return self.finished.receipt.outcome
        if self.interrupted:
            return Outcome.STOPPED
        return Outcome.FAILED if self._started else Outcome.REFUSED

    @property
    def exit_code(self) -> int:
        if self.finished is None and self.error is not None:
            return exit_codes.for_error(self.error)
        return exit_codes.for_answer(self.outcome, self.finished.code if self.finished else "")

    def tell(self) -> None:
        if self._as_json:
            output.show(self.as_json())
        elif self.finished is not None:
            terminal.write("\n")
        if self.error is not None:
            terminal.say(self.error.sentence)
        elif self.finished is None:
            terminal.say("Stopped before anything was sent; nothing was charged.")
        else:
            self._tell_receipt(self.finished)

    def as_json(self) -> dict[str, Any]:
        """The documented fields of `ask --json`, the same ones however it ended."""
        receipt = self.finished.receipt if self.finished else None
        dollars = receipt.dollars if receipt else None
        return {
            "attempt": self.attempt,
            "model": self.model,
            "lane": self.lane.value if self.lane else None,
            "outcome": self.outcome.value,
            "reply": self.finished.answer.text if self.finished else "".join(self._text),
            "error": self._error(),
            "usage": output.usage(receipt.usage if receipt else Usage()),
            "basis": (receipt.basis if receipt else Basis.NONE).value,
            "estimate": None if self.estimate is None else output.asked_estimate(self.estimate),
            "charged": self._charged(receipt),
            "balance": None if self.balance is None else output.balance(self.balance),
            "unconfirmed": receipt.unconfirmed if receipt else False,
            "dollars": None if dollars is None else output.dollars(dollars),
            "answer_limit_reached": receipt.limited if receipt else None,
        }

    def _charged(self, receipt: Receipt | None) -> dict[str, Any] | None:
        if self.lane is None or not self.lane.spends_credits:
            return None
        return output.amount((receipt.charged or 0) if receipt else 0)

    def _error(self) -> dict[str, str] | None:
        if self.finished is None:
            return None if self.error is None else output.error(self.error)
        told = self.finished
        return {"code": told.code, "title": told.title, "hint": told.hint} if told.title else None

    def _tell_receipt(self, told: TurnFinished) -> None:
        if told.title:
            terminal.say(f"{told.title} {told.hint}".strip())
        limited = " ".join(ended_by_limit(told.receipt)).strip()
        if limited:
            terminal.say(limited)
        if not self._as_json:
            terminal.say(output.receipt_line(told.receipt, self.balance))

    def _say_limit(self) -> None:
        if self.estimate is not None and self.estimate.lowered:
            limit = f"{self.estimate.output_limit:,}"
            terminal.say(f"Your {self.estimate.lowered_by} limits this answer to {limit} tokens.")

    def _stop(self) -> None:
        """Nobody reads any more: the rest of the answer would be paid for nothing."""
        task = asyncio.current_task()
        if task is not None:
            task.cancel()
