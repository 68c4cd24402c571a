"""The unsent text of each conversation, so that no path between typing and the transcript can lose it."""

from __future__ import annotations

from nexu_desktop.services.desk import Desk


class Drafts:
    """A sent message stays part of the saved draft until its turn has begun and the transcript holds it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._sent: dict[str, str] = {}
        self._unsaved: dict[str, str] = {}  # what the disk did not take

    def of(self, cid: str) -> str:
        """What belongs into the composer."""
        known = self._desk.conversation(cid)
        text = self._unsaved.get(cid, known.draft if known else "")
        sent = self._sent.get(cid)
        return text if sent is None else text.removeprefix(sent).lstrip("\n")

    def save(self, cid: str, typed: str) -> None:
        """Raises StorageFailed; the text is kept in memory then."""
        whole = "\n\n".join(part for part in (self._sent.get(cid, ""), typed) if part)
        self._unsaved[cid] = whole
        self._desk.set_draft(cid, whole)
        del self._unsaved[cid]

    def send(self, cid: str, draft: str) -> None:
        """It has left the composer. Raises StorageFailed."""
        self._sent[cid] = draft
        self.save(cid, "")

    def begun(self, cid: str, typed: str) -> None:
        """The transcript holds the message now. Raises StorageFailed."""
        if self._sent.pop(cid, None) is not None:
            self.save(cid, typed)

    def take_back(self, cid: str) -> str:
        """The message that was not sent after all; empty where none was waiting."""
        return self._sent.pop(cid, "")
