"""The messages of the shown conversation as a list model; the one place that knows what each row says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from nexu_desktop.domain.branches import Place
from nexu_desktop.domain.chat import Message


class Roles(IntEnum):
    MESSAGE = Qt.ItemDataRole.UserRole + 1
    TEXT = Qt.ItemDataRole.UserRole + 2
    REASONING = Qt.ItemDataRole.UserRole + 3
    RECEIPT = Qt.ItemDataRole.UserRole + 4
    STREAMING = Qt.ItemDataRole.UserRole + 5
    TITLE = Qt.ItemDataRole.UserRole + 6
    HINT = Qt.ItemDataRole.UserRole + 7


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: the message and, where its answer failed, what happened and the next step.

    `unsent` says why it is not sent again, `files` which of its files are not; '' where they are.
    `branch` is set where the conversation could go another way, `edited` is the text of an open edit box.
    """

    message: Message
    title: str = ""
    hint: str = ""
    unsent: str = ""
    files: str = ""
    branch: Place | None = None
    edited: str | None = None


class Transcript(QAbstractListModel):
    """Rows change only through the methods below; an unknown turn id changes nothing."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._messages: list[Message] = []
        self._ends: dict[str, tuple[str, str]] = {}  # title and hint of answers that went wrong here
        self._places: dict[str, int] = {}
        self._unsent: dict[str, str] = {}
        self._files: dict[str, str] = {}
        self._branches: dict[str, Place] = {}
        self._edited: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self._messages)

    @property
    def messages(self) -> Sequence[Message]:
        """All of them, oldest first; do not change it."""
        return self._messages

    def entry(self, row: int) -> Entry:
        message = self._messages[row]
        name = message.id
        title, hint = self._ends.get(name, ("", ""))
        unsent, files = self._unsent.get(name, ""), self._files.get(name, "")
        return Entry(message, title, hint, unsent, files, self._branches.get(name), self._edited.get(name))

    def set_unsent(self, messages: Mapping[str, str], files: Mapping[str, str]) -> None:
        """Mark what is not sent again, by message id; what is not named is sent."""
        changed = messages.items() ^ self._unsent.items() | files.items() ^ self._files.items()
        self._unsent, self._files = dict(messages), dict(files)
        self._tell(name for name, _ in changed)

    def set_branches(self, branches: Mapping[str, Place]) -> None:
        """Mark, by message id, where the conversation could go another way."""
        changed = {name for name, _ in branches.items() ^ self._branches.items()}
        self._branches = dict(branches)
        self._tell(changed)

    def set_edited(self, message_id: str, text: str | None) -> None:
        """Open the edit box of a question, or remember what it says now; None closes it."""
        opens_or_closes = (text is None) is (message_id in self._edited)
        if text is None:
            self._edited.pop(message_id, None)
        else:
            self._edited[message_id] = text
        if opens_or_closes:
            self._tell([message_id])

    def edited(self) -> Mapping[str, str]:
        """What every open edit box says, by message id."""
        return self._edited

    def _tell(self, names: Iterable[str]) -> None:
        places = [self._places[name] for name in names if name in self._places]
        if places:
            self.dataChanged.emit(self.index(min(places)), self.index(max(places)))

    def place(self, message_id: str) -> int | None:
        return self._places.get(message_id)

    @property
    def streaming(self) -> bool:
        return any(message.streaming for message in self._messages[-4:])

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008  # Qt's own signature; the value is immutable
        return 0 if parent.isValid() else len(self._messages)

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if not index.isValid() or not 0 <= index.row() < len(self._messages):
            return None
        return _value(self.entry(index.row()), role)

    def set_messages(self, messages: Sequence[Message]) -> None:
        self.beginResetModel()
        self._messages = list(messages)
        self._ends = {}
        self._places = {message.id: row for row, message in enumerate(messages)}
        self.endResetModel()

    def append(self, message: Message) -> None:
        """A message that is there already is replaced where it stands."""
        place = self._places.get(message.id)
        if place is not None:
            self._set(place, message)
            return
        row = len(self._messages)
        self.beginInsertRows(QModelIndex(), row, row)
        self._messages.append(message)
        self._places[message.id] = row
        self.endInsertRows()

    def append_text(self, turn_id: str, text: str) -> None:
        place = self._places.get(turn_id)
        if place is not None and text:
            message = self._messages[place]
            self._set(place, replace(message, text=message.text + text))

    def append_reasoning(self, turn_id: str, text: str) -> None:
        place = self._places.get(turn_id)
        if place is not None and text:
            message = self._messages[place]
            self._set(place, replace(message, reasoning=message.reasoning + text))

    def finish(self, message: Message, title: str = "", hint: str = "") -> None:
        """The answer is final; `title` and `hint` say what went wrong, if anything did."""
        place = self._places.get(message.id)
        if place is not None:
            self._set(place, message, title, hint)

    def _set(self, row: int, message: Message, title: str = "", hint: str = "") -> None:
        self._messages[row] = message
        self._ends.pop(message.id, None)
        if title or hint:
            self._ends[message.id] = (title, hint)
        index = self.index(row)
        self.dataChanged.emit(index, index)


def _value(entry: Entry, role: int) -> Any:
    message = entry.message
    match role:
        case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole | Roles.TEXT:
            return message.text
        case Roles.MESSAGE:
            return message
        case Roles.REASONING:
            return message.reasoning
        case Roles.RECEIPT:
            return message.receipt
        case Roles.STREAMING:
            return message.streaming
        case Roles.TITLE:
            return entry.title
        case Roles.HINT:
            return entry.hint
        case _:
            return None
