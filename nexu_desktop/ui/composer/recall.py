"""What was sent before, walked through with the arrow keys; the draft at hand waits at the end of the walk."""

from __future__ import annotations

from collections.abc import Callable, Sequence


class Recall:
    """`entries` gives what was sent, the newest first; it is asked when a walk begins."""

    def __init__(self, entries: Callable[[], Sequence[str]]) -> None:
        self._read = entries
        self._entries: Sequence[str] = ()
        self._place = -1  # -1: at the draft
        self._draft = ""

    def older(self, shown: str) -> str | None:
        """The one before what is shown; None where there is none."""
        if not self.walks(shown):
            self._entries, self._place, self._draft = self._read(), -1, shown
        place = self._place + 1
        while place < len(self._entries) and self._entries[place] == shown:
            place += 1  # a step that shows nothing new would look like a key that does not work
        return self._step(place) if place < len(self._entries) else None

    def newer(self, shown: str) -> str | None:
        """The one after it, the draft at last; None where no walk is under way."""
        return self._step(self._place - 1) if self.walks(shown) else None

    def walks(self, shown: str) -> bool:
        """Whether what is shown came by walking and was not changed since."""
        return self._place >= 0 and shown == self._entries[self._place]

    def forget(self) -> None:
        """Another conversation."""
        self._entries, self._place, self._draft = (), -1, ""

    def _step(self, place: int) -> str:
        self._place = place
        return self._draft if place < 0 else self._entries[place]
