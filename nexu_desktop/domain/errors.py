"""Everything that can go wrong and that a person can act on.

NexuError
├── BadInput                 a value the person gave is not usable
├── RateUnknown              the model is not on the rate card, so credits cannot be charged
├── InsufficientCredits      the wallet cannot pay even the smallest allowed answer
├── BudgetReached            a budget the person set leaves no room, or asks first
├── LedgerConflict           one id came twice with different contents (our bug or a damaged file)
├── StorageFailed            a file could not be read or written
│   ├── StorageReadOnly
│   ├── DiskFull
│   └── NewerFile            the file was written by a newer version
├── KeyMissing               no key for this lane
├── KeyRejected              the service refused the key
├── KeyringUnavailable       the OS keyring is missing, locked or denies access
└── ServiceError             the far side, or the way to it
    ├── Offline              nothing left this machine
    ├── RateLimited          wait (`retry_after_s`)
    ├── ProviderDown         5xx or an unreadable answer
    ├── RequestRefused       4xx that repeating does not help
    └── StreamCut            the answer ended without its end

Anything that is not a NexuError is our own bug.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nexu_desktop.domain.credits import Nanocredits


class Billed(StrEnum):
    """What a failure says about the bill."""

    UNSENT = "unsent"  # no request byte left this machine
    REJECTED = "rejected"  # the service refused before any output
    UNKNOWN = "unknown"  # the service may have worked, and may bill


class Step(StrEnum):
    """Where in this program the next step can be taken, for a button beside the hint."""

    NONE = ""
    KEYS = "keys"
    CREDITS = "credits"
    MODEL = "model"


class NexuError(Exception):
    """`title` says what happened, `hint` the next step; both are plain text for a person."""

    step: Step = Step.NONE

    def __init__(self, title: str, hint: str = "", *, code: str = "") -> None:
        super().__init__(title)
        self.title = title
        self.hint = hint
        self.code = code or _snake(type(self).__name__)

    @property
    def sentence(self) -> str:
        return f"{self.title} {self.hint}".strip()


class BadInput(NexuError):
    pass


class RateUnknown(NexuError):
    pass


class LedgerConflict(NexuError):
    pass


class InsufficientCredits(NexuError):
    """`shortfall` and `available` are nano-credits."""

    def __init__(self, title: str, hint: str = "", *, shortfall: Nanocredits, available: Nanocredits) -> None:
        super().__init__(title, hint)
        self.shortfall = shortfall
        self.available = available


class BudgetReached(NexuError):
    pass


class StorageFailed(NexuError):
    pass


class StorageReadOnly(StorageFailed):
    pass


class DiskFull(StorageFailed):
    pass


class NewerFile(StorageFailed):
    pass


class KeyMissing(NexuError):
    step = Step.KEYS


class KeyringUnavailable(NexuError):
    pass


class ServiceError(NexuError):
    """Far-side failures; `billed` decides whether the hold is released or settled."""

    def __init__(
        self, title: str, hint: str = "", *, code: str = "", billed: Billed = Billed.UNKNOWN
    ) -> None:
        super().__init__(title, hint, code=code)
        self.billed = billed


class KeyRejected(ServiceError):
    step = Step.KEYS


class Offline(ServiceError):
    pass


class RateLimited(ServiceError):
    """`retry_after_s` is None where the service did not say."""

    step = Step.MODEL

    def __init__(
        self,
        title: str,
        hint: str = "",
        *,
        code: str = "",
        billed: Billed = Billed.REJECTED,
        retry_after_s: int | None = None,
    ) -> None:
        super().__init__(title, hint, code=code, billed=billed)
        self.retry_after_s = retry_after_s


class ProviderDown(ServiceError):
    step = Step.MODEL


class RequestRefused(ServiceError):
    pass


class StreamCut(ServiceError):
    pass


def _snake(name: str) -> str:
    return "".join("_" + c.lower() if c.isupper() else c for c in name).lstrip("_")
