"""What the process exits with; scripts rely on these numbers."""

from __future__ import annotations

from nexu_desktop.domain.chat import Outcome
from nexu_desktop.domain.errors import (
    BadInput,
    BudgetReached,
    InsufficientCredits,
    KeyMissing,
    KeyRejected,
    KeyringUnavailable,
    NexuError,
    RateUnknown,
    StorageFailed,
)

OK = 0
FAILED = 1  # the service, or the way to it
BAD_INPUT = 2  # the same number argparse uses
REFUSED = 3  # not enough credits, no rate, or a budget
KEY = 4  # no key, a rejected key, no keyring
STORAGE = 5
UNSOUND = 6  # `ledger verify` found a broken invariant
NO_DISPLAY = 7
BUG = 70  # a fault of this program; the number of sysexits.h
STOPPED = 130  # Ctrl+C

_BY_ERROR: tuple[tuple[type[NexuError], int], ...] = (
    (BadInput, BAD_INPUT),
    (InsufficientCredits, REFUSED),
    (BudgetReached, REFUSED),
    (RateUnknown, REFUSED),
    (KeyMissing, KEY),
    (KeyRejected, KEY),
    (KeyringUnavailable, KEY),
    (StorageFailed, STORAGE),
)
_BY_OUTCOME = {
    Outcome.COMPLETE: OK,
    Outcome.STOPPED: STOPPED,
    Outcome.CUT: FAILED,
    Outcome.FAILED: FAILED,
    Outcome.REFUSED: REFUSED,
}
_BY_CODE = {  # what a service said of the key or the account
    "insufficient_credits": REFUSED,
    "insufficient_quota": REFUSED,
    "insufficient_balance": REFUSED,
    "missing_api_key": KEY,
    "invalid_api_key": KEY,
    "forbidden_api_key": KEY,
    "authentication_error": KEY,
    "permission_error": KEY,
    "key_rejected": KEY,
    "storage_failed": STORAGE,
    "storage_read_only": STORAGE,
    "disk_full": STORAGE,
}


def for_error(error: NexuError) -> int:
    return next((code for kind, code in _BY_ERROR if isinstance(error, kind)), FAILED)


def for_answer(outcome: Outcome, code: str) -> int:
    """`code` is that of the error that ended the answer, '' for none."""
    return _BY_CODE.get(code, _BY_OUTCOME[outcome]) if outcome is not Outcome.STOPPED else STOPPED
