"""What an export shows: one conversation with its messages, and how much of it the person wants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from nexu_desktop.domain.chat import Conversation, Lane, Message, Receipt, Role
from nexu_desktop.domain.credits import show_cost, show_dollars, show_spent


class Format(StrEnum):
    MARKDOWN = "md"
    HTML = "html"
    PDF = "pdf"
    JSON = "json"

    @property
    def ending(self) -> str:
        return f".{self.value}"

    @property
    def shown(self) -> str:
        return {"md": "Markdown", "html": "HTML", "pdf": "PDF", "json": "JSON"}[self.value]


WRITTEN = (Format.MARKDOWN, Format.HTML, Format.JSON)  # as text, without a window


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """`receipts`: what each answer has cost; `reasoning`: what a model thought before it answered.

    JSON has both in any case.
    """

    receipts: bool = False
    reasoning: bool = False


@dataclass(frozen=True, slots=True)
class Export:
    """`shown` is the branch on screen, `whole` every message; `files` are bytes by attachment, for JSON."""

    conversation: Conversation
    shown: tuple[Message, ...]
    whole: tuple[Message, ...]
    options: ExportOptions = ExportOptions()
    files: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return " ".join(self.conversation.title.split()) or "Conversation"

    @property
    def said(self) -> tuple[Message, ...]:
        """What a reader wants to see: no empty rows."""
        return tuple(one for one in self.shown if one.text.strip() or one.attachments)


def moment(ms: int) -> str:
    """'2026-11-24 15:04', in the time zone of this machine."""
    return datetime.fromtimestamp(ms // 1000).strftime("%Y-%m-%d %H:%M")


def speaker(message: Message) -> str:
    """'You', the model, or what else a message is."""
    match message.role:
        case Role.USER:
            return "You"
        case Role.ASSISTANT:
            return message.ref.model if message.ref else "Assistant"
        case Role.SYSTEM:
            return "Summary"
        case _:
            return "Note"


def cost_line(receipt: Receipt) -> str:
    """'charged 0.35 credits, estimated 0.31 · 1,212 tokens in, 840 out'; play credits are called so."""
    tokens = f"{receipt.usage.total_input:,} tokens in, {receipt.usage.total_output:,} out"
    if receipt.charged is not None:
        guess = "" if receipt.estimated is None else f", estimated {show_cost(receipt.estimated)}"
        play = "play " if receipt.ref.lane is Lane.SANDBOX else ""
        return f"charged {show_cost(receipt.charged)} {play}credits{guess} · {tokens}"
    if receipt.dollars is not None:
        return f"{show_dollars(receipt.dollars)} on your own key · {tokens}"
    return f"{'no charge' if receipt.ref.lane is Lane.LOCAL else 'price unknown'} · {tokens}"


def total_line(conversation: Conversation) -> str:
    """'' where nothing was charged."""
    spent = show_spent(conversation.spent, conversation.spent_play)
    return f"charged {spent} credits in all" if spent else ""
