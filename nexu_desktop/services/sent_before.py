"""What was sent before, for a person who wants to send it again."""

from __future__ import annotations

from nexu_desktop.services.ports import Chats

REMEMBERED = 200


class SentBefore:
    def __init__(self, chats: Chats) -> None:
        self._chats = chats

    def of(self, cid: str) -> tuple[str, ...]:
        """The newest first: of this conversation, then of all others; each text once."""
        here = self._chats.questions(limit=REMEMBERED, conversation=cid)
        return tuple(dict.fromkeys((*here, *self._chats.questions(limit=REMEMBERED))))
