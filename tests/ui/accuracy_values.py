"""Answers, and a desk that remembers them, for the tests of the page on estimates."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from nexu_desktop.domain.calibration import Calibration
from nexu_desktop.domain.chat import Basis, Expected, Lane, ModelRef, Outcome, Purpose, Receipt
from nexu_desktop.domain.credits import Nanocredits, Nanodollars, Usage
from nexu_desktop.services.desk import Desk

GLM = ModelRef(Lane.CREDITS, "nexu", "glm-5")
OWN = ModelRef(Lane.BYOK, "openai", "通义千问 <b>")
LOCAL = ModelRef(Lane.LOCAL, "local", "smollm2")
MILLI = 1_000_000  # nano-credits
START = 1_780_000_000_000
HOUR = 3_600_000


def answered(number: int = 0, charged: int = 320, ref: ModelRef = GLM, **more: Any) -> Receipt:
    """Estimated at 0.28 (0.11 to 0.61); `charged` in thousandths of a credit, or of a dollar."""
    priced = ref.lane is not Lane.LOCAL
    expected = Expected(
        counted=1_000,
        input=1_000,
        low=300,
        likely=800,
        high=1_800,
        reasoning=0,
        cost_low=110 * MILLI if priced else None,
        cost_high=610 * MILLI if priced else None,
    )
    amount, said = charged * MILLI, 280 * MILLI
    on_credits, on_key = ref.lane.spends_credits, ref.lane is Lane.BYOK
    return Receipt(
        attempt=f"{ref.model}-{number}",
        ref=ref,
        outcome=Outcome.COMPLETE,
        usage=Usage(input=1_000, output=750, reasoning=250),
        basis=Basis.PROVIDER,
        charged=Nanocredits(amount) if on_credits else None,
        estimated=Nanocredits(said) if on_credits else None,
        card="card",
        finished_ms=START + number * HOUR,
        elapsed_ms=1_000,
        dollars=Nanodollars(amount) if on_key else None,
        dollars_estimated=Nanodollars(said) if on_key else None,
        expected=expected,
        **more,
    )


class FakeRecords:
    """Newest last, as the real ones."""

    def __init__(self, *receipts: Receipt) -> None:
        self.rows = receipts
        self.forgotten: list[ModelRef] = []

    def models(self) -> tuple[ModelRef, ...]:
        return tuple(dict.fromkeys(row.ref for row in reversed(self.rows)))

    def receipts(self, ref: ModelRef, limit: int = 500) -> tuple[Receipt, ...]:
        mine = [row for row in self.rows if row.ref == ref and row.purpose is Purpose.MESSAGE]
        return tuple(mine[-limit:])

    def hidden(self, limit: int = 200) -> tuple[Receipt, ...]:
        return tuple(row for row in self.rows if row.purpose is not Purpose.MESSAGE)[-limit:]

    def calibration(self, ref: ModelRef) -> Calibration:
        if ref in self.forgotten:
            return Calibration()
        return Calibration(1_020_000, 4, 37, 18)

    def forget_calibration(self, ref: ModelRef) -> None:
        self.forgotten.append(ref)


def desk_with(records: FakeRecords) -> Desk:
    """Only its records are looked at."""
    return cast(Desk, SimpleNamespace(records=records))
