"""What the process exits with; scripts rely on these numbers."""

from __future__ import annotations

from nexu_desktop.domain.errors import (
    BadInput,
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
REFUSED = 3  # not enough credits, or no rate
KEY = 4  # no key, a rejected key, no keyring
STORAGE = 5
UNSOUND = 6  # `ledger verify` found a broken invariant
NO_DISPLAY = 7
STOPPED = 130  # Ctrl+C

_BY_ERROR: tuple[tuple[type[NexuError], int], ...] = (
    (BadInput, BAD_INPUT),
    (InsufficientCredits, REFUSED),
    (RateUnknown, REFUSED),
    (KeyMissing, KEY),
    (KeyRejected, KEY),
    (KeyringUnavailable, KEY),
    (StorageFailed, STORAGE),
)


def for_error(error: NexuError) -> int:
    return next((code for kind, code in _BY_ERROR if isinstance(error, kind)), FAILED)
