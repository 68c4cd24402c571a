"""What the ledger will not do, in words for a person."""

from __future__ import annotations

from nexu_desktop.domain.credits import Nanocredits, show_balance, show_cost
from nexu_desktop.domain.errors import BadInput, InsufficientCredits, LedgerConflict
from nexu_desktop.services.ports import Grant, NewAttempt

AMOUNT_MAX = 10**18  # nano-credits: a billion credits
REPORT = "Sending on credits is not safe now: run “nexu-desktop ledger verify” and report what it says."


def check_grant(grant: Grant) -> None:
    """Raises BadInput for what no journal may hold."""
    if type(grant.amount) is not int or not 0 < grant.amount <= AMOUNT_MAX:
        raise BadInput("A grant must be more than 0 credits.", "Write an amount such as 12 or 0.35.")
    prefix, _, rest = grant.id.partition(":")
    source, _, ref = rest.partition(":")
    if prefix != "g" or not source or not ref:
        raise BadInput(f"“{grant.id[:80]}” is not the id of a grant.", "Write it as g:<source>:<reference>.")
    if type(grant.priority) is not int or not 0 <= grant.priority <= 100:
        raise BadInput("The priority of a grant is a number from 0 to 100.")
    if grant.expires_ms is not None and grant.expires_ms <= grant.effective_ms:
        raise BadInput("A grant cannot expire before it begins.")


def conflict(name: str) -> LedgerConflict:
    return LedgerConflict(f"The ledger already knows {name} with other contents.", REPORT)


def other_account() -> LedgerConflict:
    return LedgerConflict(
        "These credits belong to another account.", "Nothing was sent; send the message again."
    )


def unknown(attempt: str) -> LedgerConflict:
    return LedgerConflict(f"The ledger knows no attempt {attempt}.", REPORT)


def never_held(attempt: str) -> LedgerConflict:
    return LedgerConflict(f"Attempt {attempt} was refused, so nothing can be charged for it.", REPORT)


def not_open(attempt: str) -> LedgerConflict:
    return LedgerConflict(f"Attempt {attempt} is already closed.", "Send the message again as a new attempt.")


def insufficient(attempt: NewAttempt, shortfall: int, available: int) -> InsufficientCredits:
    """Amounts in nano-credits; `available` is negative while credits are owed."""
    if available < 0:
        title = f"{show_cost(-available)} credits are owed from an earlier answer."
    else:
        title = (
            f"This message can cost up to {show_cost(attempt.amount)} credits; "
            f"{show_balance(available)} are available."
        )
    return InsufficientCredits(
        title,
        f"Add {show_cost(shortfall)} credits, or choose a model with a lower rate.",
        shortfall=Nanocredits(shortfall),
        available=Nanocredits(available),
    )
