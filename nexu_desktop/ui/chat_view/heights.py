"""How high a message will be before anything of it is laid out: from its length and its lines; no Qt here."""

from __future__ import annotations

from collections.abc import Sequence

from nexu_desktop.domain.chat import Message, Role

CHAR_PX = 7.4  # mean advance of the text face at 14 px; Chinese is wider, but has fewer characters
LINE_PX = 25
LINE_SHARE = 0.5  # how much of a last line of a paragraph stays empty
ANSWER_PX, QUESTION_PX, NOTE_PX = 34, 20, 20  # what stands around the text
SAMPLE = 1_000  # characters of a text whose line breaks stand for those of the rest
QUESTION_SHARE = 0.66  # of the column: a question is a card at the right


def text_height(chars: int, breaks: int, width: int) -> int:
    """Pixels of `chars` characters with `breaks` line breaks in a column of `width` pixels."""
    return int((1 + chars * CHAR_PX / max(width, 1) + breaks * LINE_SHARE) * LINE_PX)


def message_height(message: Message, column: int, most: int) -> int:
    """Pixels of the row of `message`, of whose text at most `most` characters are shown at first."""
    text, role = message.text, message.role
    if role is Role.NOTE or role is Role.SYSTEM:
        return NOTE_PX
    chars = min(len(text), most)
    breaks = text.count("\n", 0, SAMPLE)
    if chars > SAMPLE:
        breaks = breaks * chars // SAMPLE
    if role is Role.USER:
        return text_height(chars, breaks, int(column * QUESTION_SHARE)) + QUESTION_PX
    return text_height(chars, breaks, column) + ANSWER_PX


def heights_of(messages: Sequence[Message], column: int, most: int, gap: int) -> list[int]:
    """The same for each, with the gap below it."""
    return [message_height(message, column, most) + gap for message in messages]
