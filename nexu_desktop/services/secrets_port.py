"""What the stories need of the OS keyring; apart, because a locked one is not an empty one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class KeyringState(StrEnum):
    WORKING = "working"
    LOCKED = "locked"
    MISSING = "missing"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class SecretRef:
    """Where a key may be sent: `origin` is scheme://host[:port], from one parser, IDNA-encoded."""

    provider: str
    origin: str


@dataclass(frozen=True, slots=True)
class SecretsStatus:
    """`backend` is the name a person knows ('GNOME Keyring', 'Windows Credential Manager')."""

    state: KeyringState
    backend: str
    detail: str = ""


class Secrets(Protocol):
    """The OS keyring. Blocking: call in a worker thread. All raise KeyringUnavailable."""

    def status(self) -> SecretsStatus: ...

    def get(self, ref: SecretRef) -> str | None: ...

    def set(self, ref: SecretRef, secret: str) -> None:
        """Store and read back."""
        ...

    def set_for_session(self, ref: SecretRef, secret: str) -> None:
        """Keep in memory only, until the program ends."""
        ...

    def session_only(self, ref: SecretRef) -> bool: ...

    def delete(self, ref: SecretRef) -> None:
        """No error if there is none."""
        ...
