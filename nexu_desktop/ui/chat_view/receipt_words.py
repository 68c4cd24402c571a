"""A receipt in words: the pieces of its line, the sentence a screen reader says, what a retry means."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from nexu_desktop.domain.chat import Basis, Lane, Outcome, Receipt
from nexu_desktop.domain.credits import show_cost, show_dollars
from nexu_desktop.domain.explain import amounts, inside_band


class Tone(Enum):
    QUIET = auto()
    ACCENT = auto()
    WARNING = auto()


@dataclass(frozen=True, slots=True)
class Piece:
    """`strong` is set in bold before `text`.

    Where the line is too long, pieces of one `fold` say `short` instead or go, in the line's order; 0 stays.
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
    elif receipt.limited is not None:
        result.append(Piece("Ended by its limit", tone=Tone.WARNING))
    result.append(_paid(receipt))
    result += _estimated(receipt)
    cached = f" ({usage.cached_input:,} cached)" if usage.cached_input else ""
    thought = f" ({usage.reasoning:,} reasoning)" if usage.reasoning else ""
    taken, given = f"{usage.total_input:,} in", f"{usage.total_output:,} out"
    result.append(Piece(taken + cached, short=taken, fold=3))
    result.append(Piece(given + thought, short=given, fold=3))
    result.append(Piece(receipt.ref.model, fold=1))
    basis = _BASES[receipt.basis]
    result.append(Piece(basis, short=basis.split("’")[0], tone=Tone.ACCENT, fold=4))
    took = duration(receipt.elapsed_ms)
    result.append(Piece(", ".join(filter(None, (took, clock))), short=took or clock, fold=5))
    return tuple(result)


def duration(elapsed_ms: int) -> str:
    """'3.2 s', '32 s', '2 min 5 s'; '' where it is not known."""
    seconds = elapsed_ms // 1_000
    if seconds >= 60:
        return f"{seconds // 60} min {seconds % 60} s"
    if seconds >= 10:
        return f"{seconds} s"
    return f"{seconds}.{elapsed_ms % 1_000 // 100} s" if elapsed_ms > 0 else ""


def sentence(receipt: Receipt, clock: str) -> str:
    return ", ".join(piece.words for piece in pieces(receipt, clock))


def retry_line(receipt: Receipt) -> str:
    """What asking again means for the bill of the first try."""
    amount = _amount(receipt)
    if receipt.ref.lane is Lane.LOCAL:
        return "The first try cost nothing."
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
    if receipt.ref.lane is Lane.LOCAL:
        return Piece("free, 0 credits")
    charged = receipt.charged or 0
    words = [*(["play"] if receipt.ref.lane is Lane.SANDBOX else []), *(["unconfirmed"] if doubt else [])]
    return Piece(
        f"charged ({', '.join(words)})" if words else "charged", strong=show_cost(charged) if charged else "0"
    )


def _estimated(receipt: Receipt) -> list[Piece]:
    """What had been said before the send, with its band; and whether the charge fell out of it."""
    charged, estimated = amounts(receipt)
    if estimated is None or receipt.ref.lane is Lane.LOCAL:
        return []
    show = show_cost if receipt.ref.lane.spends_credits else show_dollars
    said, expected = f"{show(estimated)} estimated", receipt.expected
    if expected is None or expected.cost_low is None or expected.cost_high is None:
        return [Piece(said, fold=2)]
    band = f"{said} ({show(expected.cost_low)} to {show(expected.cost_high)})"
    result = [Piece(band, short=said, fold=2)]
    if charged is not None and inside_band(receipt) is False:
        above = charged > expected.cost_high
        where, tone = ("above", Tone.WARNING) if above else ("below", Tone.QUIET)
        result.append(Piece(f"{where} the band", short=where, tone=tone, fold=2 if above else 6))
    return result


def _amount(receipt: Receipt) -> str:
    if receipt.dollars is not None:
        return show_dollars(receipt.dollars)
    return f"{show_cost(receipt.charged)} credits" if receipt.charged is not None else ""
