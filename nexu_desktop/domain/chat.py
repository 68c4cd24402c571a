"""Conversations and messages as pure values that know nothing of storage, and who may answer them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from nexu_desktop.domain.credits import Nanocredits, Nanodollars, Usage
from nexu_desktop.domain.errors import BadInput, Step

TITLE_CHARS = 60
EFFORTS = ("", "minimal", "low", "medium", "high")  # reasoning effort; '' leaves it to the model


class Lane(StrEnum):
    """Who pays: the Nexu wallet, the person's own key, nobody (a server of one's own), or play credits."""

    CREDITS = "credits"
    BYOK = "byok"
    LOCAL = "local"
    SANDBOX = "sandbox"

    @property
    def spends_credits(self) -> bool:
        return self in (Lane.CREDITS, Lane.SANDBOX)


@dataclass(frozen=True, slots=True)
class ModelRef:
    """One model behind one provider on one lane; its text form is 'lane/provider/model'."""

    lane: Lane
    provider: str
    model: str

    def __str__(self) -> str:
        return f"{self.lane.value}/{self.provider}/{self.model}"

    @classmethod
    def parse(cls, text: str) -> ModelRef:
        """Raises BadInput for a text that `str(ref)` did not make."""
        parts = text.split("/", 2)
        if len(parts) != 3 or parts[0] not in {lane.value for lane in Lane}:
            raise BadInput(f"“{text[:80]}” does not name a model.")
        return cls(Lane(parts[0]), parts[1], parts[2])


class Role(StrEnum):
    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    NOTE = "note"  # said by the program in the transcript ("now with glm-5"); never sent


class Outcome(StrEnum):
    """How an answer ended."""

    COMPLETE = "complete"
    STOPPED = "stopped"
    CUT = "cut"
    FAILED = "failed"
    REFUSED = "refused"  # never sent


class Basis(StrEnum):
    """Where the token counts of a receipt come from."""

    PROVIDER = "provider"
    COUNTED = "counted"
    NONE = "none"


class Purpose(StrEnum):
    """What a request was made for; all but the first are made without a message of the person's."""

    MESSAGE = "message"
    TITLE = "title"
    SUMMARY = "summary"


@dataclass(frozen=True, slots=True)
class Expected:
    """What the meter had said before the send: tokens, and nano-units of the lane (None: price unknown).

    `counted` is the input as counted here, `input` the same after calibration. 80 % of the answers were
    expected between `low` and `high` tokens; `reasoning` is the part of `likely` nobody sees.
    """

    counted: int
    input: int
    low: int
    likely: int
    high: int
    reasoning: int
    cost_low: int | None
    cost_high: int | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What one attempt cost. `charged`, `estimated` in nano-credits, `dollars*` in nano-dollars for an own key.

    `charged` is None on a lane that spends no credits. `card` is the id of the rate card that priced it.
    `unconfirmed` marks a charge of 0 because nothing had arrived when the answer broke off. `limited` is the
    answer limit in tokens where the service ended the answer for its length, None where it came to its own end.
    `step` is where the next step after a failure can be taken.
    """

    attempt: str
    ref: ModelRef
    outcome: Outcome
    usage: Usage
    basis: Basis
    charged: Nanocredits | None
    estimated: Nanocredits | None
    card: str | None
    finished_ms: int
    elapsed_ms: int
    dollars: Nanodollars | None = None
    dollars_estimated: Nanodollars | None = None
    unconfirmed: bool = False
    error: str = ""
    expected: Expected | None = None
    purpose: Purpose = Purpose.MESSAGE
    effort: str = ""
    first: bool = False
    limited: int | None = None
    step: Step = Step.NONE


class AttachmentKind(StrEnum):
    TEXT = "text"
    IMAGE = "image"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a message. `text` is what a text file says; the bytes of an image stay on disk.

    `size` is in bytes, `width` and `height` in pixels. `dropped`: the person took it out of what is sent.
    `copy_of` is set on a file about to be stored, where its bytes are those of another message's file.
    """

    id: str
    kind: AttachmentKind
    name: str
    media_type: str
    size: int
    text: str = ""
    width: int = 0
    height: int = 0
    dropped: bool = False
    copy_of: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """`created_ms` is Unix time in milliseconds. `receipt` is None for what costs nothing by itself.

    `streaming` is true from the hold until the receipt is stored; a dead process can leave it true.
    `dropped`: the person took it out of what is sent again; the transcript keeps it. Where `summaries` are
    named, it is dropped only on a branch with one of them, which stands for it there.
    `parent` is the message it follows, '' for the first: several that follow the same one are branches.
    """

    id: str
    conversation: str
    role: Role
    text: str
    created_ms: int
    reasoning: str = ""
    ref: ModelRef | None = None
    receipt: Receipt | None = None
    streaming: bool = False
    dropped: bool = False
    attachments: tuple[Attachment, ...] = ()
    parent: str = ""
    summaries: tuple[str, ...] = ()

    @property
    def whole_answer(self) -> bool:
        return (
            self.role is Role.ASSISTANT
            and self.receipt is not None
            and self.receipt.outcome is Outcome.COMPLETE
        )


@dataclass(frozen=True, slots=True)
class ContextRules:
    """What of a conversation is sent again: the last N messages (None: all), files once or always."""

    keep_last: int | None = None
    drop_files: bool = False
    drop_system: bool = False

    def __post_init__(self) -> None:
        if self.keep_last is not None and not 0 <= self.keep_last <= 100_000:
            raise BadInput("Keep 0 to 100,000 messages.")


@dataclass(frozen=True, slots=True)
class Conversation:
    """`spent` is the sum of its charges in nano-credits, `spent_play` that of play credits, never added together.

    `draft` is the unsent text of its composer.

    `rules` say which of its messages are sent again; `effort` is the reasoning effort, '' the model's own.
    `leaf` is the last message of the branch that is shown, '' the newest. `temperature` is in hundredths,
    `output_limit` in tokens; None leaves them to the model and to the settings.
    """

    id: str
    title: str
    ref: ModelRef | None
    created_ms: int
    updated_ms: int
    draft: str = ""
    system: str = ""
    spent: Nanocredits = Nanocredits(0)
    rules: ContextRules = ContextRules()
    effort: str = ""
    leaf: str = ""
    temperature: int | None = None
    output_limit: int | None = None
    spent_play: Nanocredits = Nanocredits(0)


def title_from(text: str) -> str:
    """The first line of the first message, cut at a word."""
    line = next((part.strip(" #>*-`\t") for part in text.splitlines() if part.strip(" #>*-`\t")), "")
    line = re.sub(r"\s+", " ", line)
    if len(line) <= TITLE_CHARS:
        return line or "New conversation"
    head = line[:TITLE_CHARS]
    return (head.rsplit(" ", 1)[0] if " " in head[20:] else head) + "…"
