"""All that the core may announce: immutable facts in the past tense, in the order they happened."""

from __future__ import annotations

from dataclasses import dataclass

from nexu_desktop.domain.chat import Lane, Message, Receipt
from nexu_desktop.domain.credits import Balance


@dataclass(frozen=True, slots=True)
class TurnStarted:
    """The hold and the empty answer are stored; `asked` and `answer` are the new rows of the transcript."""

    turn: str
    asked: Message | None
    answer: Message


@dataclass(frozen=True, slots=True)
class TextDelta:
    turn: str
    text: str


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    turn: str
    text: str


@dataclass(frozen=True, slots=True)
class TurnFinished:
    """`answer` is final. `title` and `hint` are plain text of what went wrong, empty after a complete answer.

    `code` is the short name of that, for scripts.
    """

    turn: str
    answer: Message
    receipt: Receipt
    title: str = ""
    hint: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class TurnRefused:
    """Nothing was sent, nothing stored; the draft must come back."""

    turn: str
    conversation: str
    draft: str
    title: str
    hint: str


@dataclass(frozen=True, slots=True)
class BalanceChanged:
    lane: Lane
    balance: Balance


@dataclass(frozen=True, slots=True)
class ConversationChanged:
    """Title, model, order or figures of a conversation are no longer what they were."""

    conversation: str


@dataclass(frozen=True, slots=True)
class CatalogChanged:
    """The list of models has changed."""


@dataclass(frozen=True, slots=True)
class NoticeRaised:
    """One sentence for the person that belongs to no message, with the next step."""

    title: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class SandboxReady:
    """The sandbox answers; `answers_from` names the model, or says that answers are prepared."""

    answers_from: str


Event = (
    TurnStarted
    | TextDelta
    | ReasoningDelta
    | TurnFinished
    | TurnRefused
    | BalanceChanged
    | ConversationChanged
    | CatalogChanged
    | NoticeRaised
    | SandboxReady
)
