"""A receipt in words: the pieces of its line, the sentence a screen reader says, what a retry means."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from nexu_desktop.domain.chat import Basis, Lane, Outcome, Receipt
from nexu_desktop.domain.credits import show_cost, show_dollars


class Tone(Enum):
    QUIET = auto()
    ACCENT = auto()
    WARNING = auto()


@dataclass(frozen=True, slots=True)
class Piece:
    """`strong` is set in bold before `text`.

    Where the line is too long, `short` replaces `text`; then the highest `fold` goes first, 0 stays.
    """

    text: str
    strong: str = ""
    short: str = ""
    tone: Tone = Tone.QUIET
    fold: int = 0

    @property
    def words(self) -> str:
        return f"{self.strong} {self.text}".strip()


_OUTCOMES = {
    Outcome.STOPPED: "Stopped",
    Outcome.CUT: "Broke off",
    Outcome.FAILED: "Failed",
    Outcome.REFUSED: "Not sent",
}
_BASES = {
    Basis.PROVIDER: "provider’s count",
    Basis.COUNTED: "counted here",
    Basis.NONE: "no count",
}


def pieces(receipt: Receipt, clock: str) -> tuple[Piece, ...]:
    """The line, left to right. `clock` is the local time of day it finished at."""
    usage, result = receipt.usage, []
    if receipt.outcome in _OUTCOMES:
        result.append(Piece(_OUTCOMES[receipt.outcome], tone=Tone.WARNING))
    result.append(_paid(receipt))
    if estimated := _estimated(receipt):
        result.append(Piece(estimated, fold=2))
    cached = f" ({usage.cached_input:,} cached)" if usage.cached_input else ""
    thought = f" ({usage.reasoning:,} reasoning)" if usage.reasoning else ""
    taken, given = f"{usage.total_input:,} in", f"{usage.total_output:,} out"
    result.append(Piece(taken + cached, short=taken, fold=3))
    result.append(Piece(given + thought, short=given, fold=3))
    result.append(Piece(receipt.ref.model, fold=1))
    result.append(Piece(_BASES[receipt.basis], tone=Tone.ACCENT, fold=4))
    result.append(Piece(clock, fold=5))
    return tuple(result)


def sentence(receipt: Receipt, clock: str) -> str:
    return ", ".join(piece.words for piece in pieces(receipt, clock))


def retry_line(receipt: Receipt) -> str:
    """What asking again means for the bill of the first try."""
    amount = _amount(receipt)
    if receipt.basis is Basis.PROVIDER:
        return f"The first try stays charged: {amount}." if amount else "The first try used your key."
    if receipt.basis is Basis.COUNTED:
        return "The first try may have been billed" + (f": {amount}, counted here." if amount else ".")
    if receipt.unconfirmed:
        return "The first try may have been billed."
    return "The first try cost nothing."


def retry_is_uncertain(receipt: Receipt) -> bool:
    """Whether the question must be asked before the same thing is paid for twice."""
    return receipt.outcome is not Outcome.COMPLETE and (
        receipt.basis is not Basis.NONE or receipt.unconfirmed
    )


def _paid(receipt: Receipt) -> Piece:
    doubt = " (unconfirmed)" if receipt.unconfirmed else ""
    if receipt.ref.lane is Lane.BYOK:
        if receipt.dollars is None:
            return Piece(f"price unknown, 0 credits{doubt}")
        return Piece(f"on your bill{doubt}, 0 credits", strong=show_dollars(receipt.dollars))
    charged = receipt.charged or 0
    return Piece(f"charged{doubt}", strong=show_cost(charged) if charged else "0")


def _estimated(receipt: Receipt) -> str:
    if receipt.dollars_estimated is not None:
        return f"{show_dollars(receipt.dollars_estimated)} estimated"
    return f"{show_cost(receipt.estimated)} estimated" if receipt.estimated is not None else ""


def _amount(receipt: Receipt) -> str:
    if receipt.dollars is not None:
        return show_dollars(receipt.dollars)
    return f"{show_cost(receipt.charged)} credits" if receipt.charged is not None else ""
