"""Says an answer aloud while it arrives, one finished paragraph after another, for those who listen."""

from __future__ import annotations

import re
from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

from nexu_desktop.domain.chat import Message

_MARKUP = re.compile(r"[*`#>|]+")


class Announcer:
    """`active` tells whether anybody listens; `say` is given each paragraph once."""

    def __init__(self, active: Callable[[], bool], say: Callable[[str], None]) -> None:
        self._active, self._say = active, say
        self._message = ""
        self._said = 0  # characters of its text

    def take(self, message: Message) -> None:
        """The answer as it is now. What was there when somebody began to listen is not said."""
        if not self._active():
            return
        if message.id != self._message:
            self._message, self._said = message.id, 0 if len(message.text) < 2_000 else len(message.text)
        end = message.text.rfind("\n\n", self._said) if message.streaming else len(message.text)
        words = _MARKUP.sub("", message.text[self._said : max(end, self._said)]).strip()
        if words:
            self._say(words)
        self._said = max(end, self._said)


def announcer_for(thing: QObject) -> Announcer:
    """Speaks through the screen reader that is connected, if one is."""

    def say(words: str) -> None:
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(thing, words))

    return Announcer(QAccessible.isActive, say)
