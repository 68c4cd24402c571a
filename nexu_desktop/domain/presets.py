"""Assistants: how a conversation is to be answered, kept under a name to be used again."""

from __future__ import annotations

from dataclasses import dataclass, replace

from nexu_desktop.domain.chat import EFFORTS, Conversation
from nexu_desktop.domain.errors import BadInput

NAME_CHARS, SYSTEM_CHARS = 80, 400_000
TEMPERATURE_MAX = 200  # hundredths
LIMIT_MAX = 262_144  # tokens


@dataclass(frozen=True, slots=True)
class Manner:
    """System prompt and parameters of a conversation; '' and None leave each to the model or the settings.

    `temperature` is in hundredths, `output_limit` in tokens.
    """

    system: str = ""
    temperature: int | None = None
    output_limit: int | None = None
    effort: str = ""

    @classmethod
    def of(cls, conversation: Conversation) -> Manner:
        return cls(
            conversation.system, conversation.temperature, conversation.output_limit, conversation.effort
        )

    def on(self, conversation: Conversation) -> Conversation:
        return replace(
            conversation,
            system=self.system,
            temperature=self.temperature,
            output_limit=self.output_limit,
            effort=self.effort,
        )


PLAIN = Manner()


@dataclass(frozen=True, slots=True)
class Preset:
    """An assistant: a `manner` under a name. At most one is `default`, the one of new conversations."""

    id: str
    name: str
    manner: Manner
    default: bool = False


def checked(preset: Preset) -> Preset:
    """With its name on one line. Raises BadInput for a name or a figure that can't be used."""
    name = " ".join(preset.name.split())
    if not name:
        raise BadInput("An assistant needs a name.", "Write a few words to find it by.")
    if len(name) > NAME_CHARS:
        raise BadInput(f"The name has {len(name)} characters.", f"Use at most {NAME_CHARS}.")
    return replace(preset, name=name, manner=checked_manner(preset.manner))


def checked_manner(manner: Manner) -> Manner:
    """Raises BadInput for a figure that no model takes."""
    temperature, limit = manner.temperature, manner.output_limit
    if temperature is not None and not 0 <= temperature <= TEMPERATURE_MAX:
        raise BadInput("The temperature must be 0 to 2.", "Pick one in between, or leave it to the model.")
    if limit is not None and not 1 <= limit <= LIMIT_MAX:
        raise BadInput(
            f"The answer limit must be 1 to {LIMIT_MAX:,} tokens.",
            "Pick one in between, or leave it to the settings.",
        )
    if manner.effort not in EFFORTS:
        raise BadInput(f"“{manner.effort[:20]}” is no reasoning effort.", "Pick one of the list.")
    if len(manner.system) > SYSTEM_CHARS:
        raise BadInput(f"The system prompt has {len(manner.system):,} characters.", "Make it shorter.")
    return replace(manner, system=manner.system.strip())
