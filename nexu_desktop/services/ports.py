"""The small Protocols that the stories need; adapters implement them, composition.py joins them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from nexu_desktop.domain.branches import Link
from nexu_desktop.domain.calibration import Sample
from nexu_desktop.domain.chat import (
    Attachment,
    ContextRules,
    Conversation,
    Lane,
    Message,
    ModelRef,
    Purpose,
    Receipt,
)
from nexu_desktop.domain.context import Said
from nexu_desktop.domain.credits import Nanocredits, Rate, Usage
from nexu_desktop.domain.estimate import CountBasis, TokenCount
from nexu_desktop.domain.events import Event
from nexu_desktop.domain.forecast import Reply
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
from nexu_desktop.services.library_port import LibraryStore
from nexu_desktop.services.secrets_port import KeyringState, SecretRef, Secrets, SecretsStatus

Emit = Callable[[Event], None]


class Clock(Protocol):
    def now_ms(self) -> int:
        """Unix time in milliseconds."""
        ...

    def monotonic_ms(self) -> int: ...


# --- Provider ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """`attempt` is sent along so that a later statement can be matched; limits in tokens.

    `images` are the bytes of the images in `messages`, by attachment; `effort` '' leaves it to the model,
    `temperature` (hundredths) None too.
    """

    attempt: str
    model: str
    messages: tuple[Said, ...]
    max_output_tokens: int
    effort: str = ""
    images: Mapping[str, bytes] = field(default_factory=dict)
    temperature: int | None = None


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

    @property
    def library(self) -> LibraryStore:
        """Folders, tags, archive, trash and search over the same conversations."""
        ...

    def conversations(self, search: str = "") -> tuple[Conversation, ...]:
        """Newest first, by title contains (case-insensitive)."""
        ...

    def conversation(self, conversation: str) -> Conversation | None: ...

    def create(self, conversation: Conversation) -> None: ...

    def rename(self, conversation: str, title: str) -> None: ...

    def set_model(self, conversation: str, ref: ModelRef) -> None: ...

    def set_draft(self, conversation: str, draft: str) -> None: ...

    def set_system(self, conversation: str, system: str) -> None: ...

    def set_rules(self, conversation: str, rules: ContextRules) -> None: ...

    def set_effort(self, conversation: str, effort: str) -> None: ...

    def set_temperature(self, conversation: str, hundredths: int | None) -> None: ...

    def set_output_limit(self, conversation: str, tokens: int | None) -> None: ...

    def set_dropped(self, ids: Sequence[str], dropped: bool) -> None:
        """Messages and attachments, by id, in one transaction: whether they are sent again, on every branch."""
        ...

    def summarise(self, summary: Message, messages: Sequence[str]) -> None:
        """Slip it in between its parent and all that follows that; where it stands, `messages` are dropped."""
        ...

    def attach(self, conversation: str, attachment: Attachment, data: bytes) -> None:
        """A file of the draft; `add` of the question that names it makes it that question's."""
        ...

    def detach(self, attachment: str) -> None:
        """Take a file out of a draft; one of a sent message stays."""
        ...

    def draft_attachments(self, conversation: str) -> tuple[Attachment, ...]: ...

    def attachment_data(self, attachment: str) -> bytes:
        """The bytes as they were attached, empty for one that is not there."""
        ...

    def delete(self, conversation: str) -> None:
        """Into the trash, from which `library` brings it back until `purge_deleted`."""
        ...

    def purge_deleted(self, before_ms: int | None = None) -> int:
        """All that was deleted, or what was before then."""
        ...

    def messages(self, conversation: str, leaf: str = "") -> tuple[Message, ...]:
        """The branch that ends with `leaf`, '' the one that is shown; oldest first."""
        ...

    def tree(self, conversation: str) -> tuple[Message, ...]:
        """Every branch, in the order added."""
        ...

    def links(self, conversation: str) -> tuple[Link, ...]:
        """The same without texts, and what each has cost; deleted ones are among them, as hidden."""
        ...

    def show_branch(self, conversation: str, leaf: str) -> None: ...

    def hide(self, conversation: str, messages: Sequence[str], leaf: str) -> None:
        """Until `unhide`, or for good at `purge_deleted`; `leaf` is shown from now on. What they cost stays."""
        ...

    def unhide(self, conversation: str, messages: Sequence[str], leaf: str) -> None: ...

    def message(self, message: str) -> Message | None: ...

    def questions(self, *, limit: int, conversation: str | None = None) -> tuple[str, ...]:
        """Texts of what was asked, the newest first, of one conversation or of all that are not deleted."""
        ...

    def add(self, *messages: Message) -> None:
        """Each after its `parent`, in one transaction; the last is the leaf from now on. Touches `updated_ms`."""
        ...

    def save_answer(self, message: str, text: str, reasoning: str) -> None:
        """Checkpoint a streaming answer."""
        ...

    def finish(self, message: str, text: str, reasoning: str, receipt: Receipt) -> None:
        """The final row with its receipt."""
        ...

    def add_receipt(self, receipt: Receipt, conversation: str | None = None) -> None:
        """Keep what a request without a message of its own has cost (command line, titles, summaries)."""
        ...

    def streaming_messages(self) -> tuple[Message, ...]:
        """Answers never finished: candidates for recovery."""
        ...

    def replies(self, ref: ModelRef, effort: str, *, limit: int) -> tuple[Reply, ...]:
        """Complete answers of one model on one lane at one reasoning effort, newest last; messages only."""
        ...

    def conversation_replies(self, conversation: str, *, limit: int) -> tuple[Reply, ...]: ...

    def receipts(
        self, ref: ModelRef | None = None, *, purposes: Sequence[Purpose] = (), limit: int
    ) -> tuple[Receipt, ...]:
        """Of one model or all, for some purposes or all; newest last."""
        ...

    def samples(self, provider: str, model: str, *, limit: int) -> tuple[Sample, ...]:
        """Input as counted and as the provider reported it, since the last `forget_samples`; newest last."""
        ...

    def forget_samples(self, provider: str, model: str) -> None: ...

    def spent(self, lanes: Sequence[Lane], *, since_ms: int = 0, conversation: str | None = None) -> int:
        """Sum of the charges (nano-credits) or, on lanes without credits, of the dollars (nano-dollars)."""
        ...

    def close(self) -> None: ...


class SettingsStore(Protocol):
    @property
    def current(self) -> Settings: ...

    def update(self, **changes: object) -> Settings:
        """Validate, then save atomically. Raises BadInput, StorageFailed."""
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

    def image(self, model: str, width: int, height: int) -> TokenCount:
        """Tokens of one image of this size in pixels, by the vendor's documented rule."""
        ...

    def tools(self, model: str, schemas: str) -> TokenCount:
        """Tokens of tool schemas given as a JSON list in OpenAI's format. Raises BadInput for anything else."""
        ...

    def overhead(self, model: str, roles: Sequence[str]) -> int:
        """Tokens the chat template adds around messages of these roles, reply header included."""
        ...


class Prices(Protocol):
    def dollars(self, provider: str, model: str) -> Rate | None:
        """List price in pico-dollars per token for an own key, None where unknown."""
        ...


class ImageReader(Protocol):
    def __call__(self, data: bytes) -> tuple[str, int, int] | None:
        """(media type, width, height in pixels) of a PNG, JPEG, WebP or GIF; None for anything else.

        Raises BadInput for a broken image.
        """
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
    "ImageReader",
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
