"""When an answer that came whole is not the whole answer: what to say of one that its length has ended."""

from __future__ import annotations

from nexu_desktop.domain.chat import Basis, Receipt


def ended_by_limit(receipt: Receipt) -> tuple[str, str]:
    """What happened and the next step, both empty where the answer came to its own end.

    A service that says it stopped for the length, well before the limit it was given, has one of its own.
    """
    if receipt.limited is None:
        return "", ""
    tokens = receipt.usage.total_output
    if receipt.basis is Basis.PROVIDER and 0 < tokens < receipt.limited:
        return (
            f"The model reached its own length limit after {tokens:,} tokens.",
            "Send “Go on” for the rest.",
        )
    return (
        f"Reached the answer limit of {receipt.limited:,} tokens.",
        "Send “Go on” for the rest. Settings hold the longest answer; a low balance or a budget lowers it.",
    )
