"""The small Protocols that the stories need; adapters implement them, composition.py joins them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from nexu_desktop.domain.chat import Conversation, Lane, Message, ModelRef, Receipt
from nexu_desktop.domain.credits import Nanocredits, Rate, Usage
from nexu_desktop.domain.estimate import CountBasis, Reply, TokenCount
from nexu_desktop.domain.events import Event
from nexu_desktop.domain.ratecard import RateCard
from nexu_desktop.domain.settings import Settings
from nexu_desktop.services.ledger_port import (
    Attempt,
    AttemptState,
    Entry,
    Grant,
    GrantCategory,
    Ledger,
    NewAttempt,
    Settlement,
    Violation,
)

Emit = Callable[[Event], None]


class Clock(Protocol):
    def now_ms(self) -> int:
        """Unix time in milliseconds."""
        ...

    def monotonic_ms(self) -> int: ...


# --- Provider ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """`attempt` is sent along so that a later statement can be matched; limits in tokens."""

    attempt: str
    model: str
    messages: tuple[tuple[str, str], ...]  # (role, text), system first
    max_output_tokens: int


@dataclass(frozen=True, slots=True)
class TextChunk:
    text: str


@dataclass(frozen=True, slots=True)
class ReasoningChunk:
    text: str


@dataclass(frozen=True, slots=True)
class UsageReport:
    """One usage block as it came: `raw` JSON (capped 64 KiB); `usage` None where it made no sense."""

    raw: str
    usage: Usage | None


@dataclass(frozen=True, slots=True)
class Ended:
    """The answer came to its natural end ('stop', 'length', …). Without it the stream was cut."""

    reason: str


Chunk = TextChunk | ReasoningChunk | UsageReport | Ended


@dataclass(frozen=True, slots=True)
class RemoteModel:
    """A model as the service lists it; limits None where it does not say."""

    id: str
    owner: str = ""
    context_tokens: int | None = None
    max_output_tokens: int | None = None


class Provider(Protocol):
    """One service, one key, one origin. Raises children of ServiceError; `billed` says what failure means."""

    def stream(self, request: ChatRequest) -> AsyncIterator[Chunk]: ...

    async def models(self) -> tuple[RemoteModel, ...]: ...

    async def verify(self) -> tuple[RemoteModel, ...]:
        """Prove that the key is accepted, spending nothing. Raises KeyRejected or another ServiceError."""
        ...

    async def stated_balance(self) -> Nanocredits | None:
        """The balance the service states, None where it states none."""
        ...

    async def close(self) -> None: ...


# --- Chats, receipts, settings, secrets -------------------------------------------------------------------


class Chats(Protocol):
    """Conversations on disk. Money is only copied here inside receipts; the ledger decides."""

    def conversations(self, search: str = "") -> tuple[Conversation, ...]:
        """Newest first, by title contains (case-insensitive)."""
        ...

    def conversation(self, conversation: str) -> Conversation | None: ...

    def create(self, conversation: Conversation) -> None: ...

    def rename(self, conversation: str, title: str) -> None: ...

    def set_model(self, conversation: str, ref: ModelRef) -> None: ...

    def set_draft(self, conversation: str, draft: str) -> None: ...

    def delete(self, conversation: str) -> None:
        """Hide it; `restore` brings it back until `purge_deleted`."""
        ...

    def restore(self, conversation: str) -> None: ...

    def purge_deleted(self) -> int: ...

    def messages(self, conversation: str) -> tuple[Message, ...]:
        """Oldest first."""
        ...

    def message(self, message: str) -> Message | None: ...

    def add(self, *messages: Message) -> None:
        """Append in one transaction; touches `updated_ms`."""
        ...

    def save_answer(self, message: str, text: str, reasoning: str) -> None:
        """Checkpoint a streaming answer."""
        ...

    def finish(
        self,
        message: str,
        text: str,
        reasoning: str,
        receipt: Receipt,
        predicted_output: int | None = None,
    ) -> None:
        """The final row; `predicted_output` tokens were expected, so that the next band is narrower."""
        ...

    def remove_message(self, message: str) -> None: ...

    def add_receipt(self, receipt: Receipt, predicted_output: int) -> None:
        """Remember a reply length that belongs to no conversation (command line)."""
        ...

    def streaming_messages(self) -> tuple[Message, ...]:
        """Answers never finished: candidates for recovery."""
        ...

    def replies(self, ref: ModelRef, *, limit: int) -> tuple[Reply, ...]:
        """Output tokens of complete answers of one model on one lane, newest last."""
        ...

    def conversation_replies(self, conversation: str, *, limit: int) -> tuple[Reply, ...]: ...

    def close(self) -> None: ...


class SettingsStore(Protocol):
    @property
    def current(self) -> Settings: ...

    def update(self, **changes: object) -> Settings:
        """Validate, then save atomically. Raises BadInput, StorageFailed."""
        ...


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


# --- Counting and prices ----------------------------------------------------------------------------------


class TokenCounter(Protocol):
    def ready(self, model: str) -> bool:
        """True once the vocabulary of the model is loaded."""
        ...

    def load(self, model: str) -> None:
        """Blocking (20-100 ms); safe from any thread."""
        ...

    def count(self, model: str, text: str) -> int:
        """Tokens of plain text by the vocabulary of the model (exact or scaled proxy); loads it if need be."""
        ...

    def vocabulary(self, model: str) -> str:
        """Name under which counts may be cached; models may share one."""
        ...

    def basis(self, model: str) -> CountBasis: ...

    def overhead(self, model: str, roles: Sequence[str]) -> int:
        """Tokens the chat template adds around messages of these roles, reply header included."""
        ...


class Prices(Protocol):
    def dollars(self, provider: str, model: str) -> Rate | None:
        """List price in pico-dollars per token for an own key, None where unknown."""
        ...


class CardSource(Protocol):
    def card(self) -> RateCard: ...


__all__ = [
    "Attempt",
    "AttemptState",
    "CardSource",
    "ChatRequest",
    "Chats",
    "Chunk",
    "Clock",
    "Emit",
    "Ended",
    "Entry",
    "Grant",
    "GrantCategory",
    "KeyringState",
    "Lane",
    "Ledger",
    "NewAttempt",
    "Prices",
    "Provider",
    "ReasoningChunk",
    "RemoteModel",
    "SecretRef",
    "Secrets",
    "SecretsStatus",
    "SettingsStore",
    "Settlement",
    "TextChunk",
    "TokenCount",
    "TokenCounter",
    "UsageReport",
    "Violation",
]
