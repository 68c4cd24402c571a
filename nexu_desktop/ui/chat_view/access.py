"""The canvas for screen readers: a list of all messages, each with its text, whether or not it has widgets.

Qt asks for these objects through a factory and drops them when their widget goes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import shiboken6
from PySide6.QtCore import QObject, QPoint, QRect
from PySide6.QtGui import QAccessible, QAccessibleInterface, QAccessibleTextInterface
from PySide6.QtWidgets import QAccessibleWidget, QWidget

from nexu_desktop.ui.chat_view.model import Entry
from nexu_desktop.ui.chat_view.row import Row
from nexu_desktop.ui.chat_view.rows import name_of

if TYPE_CHECKING:
    from nexu_desktop.ui.chat_view.reading import Reading

_NOTHING = shiboken6.Shiboken.VoidPtr(0)  # anything else for "no such interface" ends the process
_ROLE = QAccessible.Role
_alive: dict[int, list[object]] = {}  # Qt holds these without owning the Python side
_installed: list[Callable[..., Any]] = []


def install() -> None:
    """Tell Qt how to describe the canvas; once per process."""
    if not _installed:
        _installed.append(_make)
        QAccessible.installFactory(_make)


def _make(_: str, thing: QObject) -> QAccessibleInterface | None:
    if isinstance(thing, Row):
        return _kept(thing, RowInterface(thing))
    if isinstance(thing, QWidget) and thing.property(LIST):
        return _kept(thing, ListInterface(thing))  # type: ignore[arg-type]  # only the view carries that mark
    return None


LIST = "accessible_list"


def _kept(thing: QObject, made: QAccessibleInterface) -> QAccessibleInterface:
    key = id(thing)
    if key not in _alive:
        thing.destroyed.connect(lambda: _alive.pop(key, None))
    _alive.setdefault(key, []).append(made)
    return made


def spoken(entry: Entry) -> str:
    """What a message says, as it came; its receipt is a child of its own."""
    return entry.message.text or f"{entry.title} {entry.hint}".strip()


class TextOf(QAccessibleTextInterface):
    """The text of a message that cannot be changed; positions count UTF-16 units."""

    def __init__(self, entry: Callable[[], Entry | None]) -> None:
        super().__init__()
        self._entry = entry

    def _units(self) -> bytes:
        entry = self._entry()
        return spoken(entry).encode("utf-16-le", "replace") if entry is not None else b""

    def text(self, start: int, end: int) -> str:
        last = self.characterCount() if end < 0 else end
        return self._units()[2 * max(start, 0) : 2 * max(last, 0)].decode("utf-16-le", "replace")

    def characterCount(self) -> int:
        return len(self._units()) // 2

    def selectionCount(self) -> int:
        return 0

    def selection(self, index: int) -> tuple[int, int]:
        return 0, 0

    def addSelection(self, start: int, end: int) -> None:
        """The selection of the view goes across messages; it is made there."""

    def removeSelection(self, index: int) -> None:
        """See addSelection."""

    def setSelection(self, index: int, start: int, end: int) -> None:
        """See addSelection."""

    def cursorPosition(self) -> int:
        return 0

    def setCursorPosition(self, position: int) -> None:
        """There is no cursor in a text that is only read."""

    def characterRect(self, offset: int) -> QRect:
        return QRect()

    def offsetAtPoint(self, point: QPoint) -> int:
        return -1

    def scrollToSubstring(self, start: int, end: int) -> None:
        """The message is scrolled to as a whole, by the focus."""

    def attributes(self, offset: int) -> Any:
        return "", 0, self.characterCount()


class RowInterface(QAccessibleWidget):
    """A message that has widgets; those are its children."""

    def __init__(self, row: Row) -> None:
        super().__init__(row, _ROLE.ListItem)
        self._row = row
        self._text = TextOf(lambda: row.entry)

    def parent(self) -> Any:
        view = self._row.parentWidget()
        view = view.parentWidget() if view is not None else None
        return QAccessible.queryAccessibleInterface(view) if view is not None else super().parent()

    def text(self, kind: QAccessible.Text) -> str:
        if kind is QAccessible.Text.Name:
            return self._row.accessibleName()
        return super().text(kind)

    def interface_cast(self, kind: QAccessible.InterfaceType) -> Any:
        if kind is QAccessible.InterfaceType.TextInterface:
            return self._text
        return _NOTHING


class MessageInterface(QAccessibleInterface):
    """A message far from what is in sight: it can be read, and has no widgets."""

    def __init__(self, view: Reading, place: int) -> None:
        super().__init__()
        self._view, self._place = view, place
        self._text = TextOf(self._entry)

    def _entry(self) -> Entry | None:
        return self._view.transcript.entry(self._place) if self.isValid() else None

    def isValid(self) -> bool:
        return shiboken6.isValid(self._view) and self._place < len(self._view.transcript)

    def object(self) -> Any:
        return None

    def parent(self) -> Any:
        return QAccessible.queryAccessibleInterface(self._view)

    def role(self) -> QAccessible.Role:
        return _ROLE.ListItem

    def state(self) -> QAccessible.State:
        state = QAccessible.State()
        state.offscreen = state.readOnly = True
        return state

    def text(self, kind: QAccessible.Text) -> str:
        entry = self._entry()
        return name_of(entry.message) if entry is not None and kind is QAccessible.Text.Name else ""

    def setText(self, kind: QAccessible.Text, text: str) -> None:
        """Nothing here can be renamed."""

    def rect(self) -> QRect:
        return QRect()

    def childCount(self) -> int:
        return 0

    def child(self, index: int) -> Any:
        return None

    def childAt(self, x: int, y: int) -> Any:
        return None

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return -1

    def interface_cast(self, kind: QAccessible.InterfaceType) -> Any:
        if kind is QAccessible.InterfaceType.TextInterface:
            return self._text
        return _NOTHING


class ListInterface(QAccessibleWidget):
    """The conversation: first all messages in order, then what lies over them."""

    def __init__(self, view: Reading) -> None:
        super().__init__(view, _ROLE.List)
        self._view = view
        self._far: dict[int, MessageInterface] = {}

    def _others(self) -> list[QWidget]:
        return [widget for widget in self._view.overlays() if not widget.isHidden()]

    def childCount(self) -> int:
        return len(self._view.transcript) + len(self._others())

    def child(self, index: int) -> Any:
        count = len(self._view.transcript)
        if not 0 <= index < self.childCount():
            return None
        if index >= count:
            return QAccessible.queryAccessibleInterface(self._others()[index - count])
        row = self._view.row_at(index)
        return QAccessible.queryAccessibleInterface(row) if row is not None else self._message(index)

    def _message(self, place: int) -> MessageInterface:
        if place not in self._far:
            made = self._far[place] = MessageInterface(self._view, place)
            QAccessible.registerAccessibleInterface(made)
        return self._far[place]

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        thing = child.object() if child is not None else None
        if isinstance(thing, Row):
            return thing.place
        if isinstance(child, MessageInterface):
            return child._place
        others = self._others()
        return len(self._view.transcript) + others.index(thing) if thing in others else -1

    def childAt(self, x: int, y: int) -> Any:
        point = self._view.viewport().mapFromGlobal(QPoint(x, y))
        for widget in (*self._others(), *self._view.rows):
            if widget.rect().contains(widget.mapFromGlobal(QPoint(x, y))):
                return QAccessible.queryAccessibleInterface(widget)
        return self if self._view.viewport().rect().contains(point) else None

    def text(self, kind: QAccessible.Text) -> str:
        if kind is QAccessible.Text.Name:
            return self._view.accessibleName()
        return super().text(kind)

    def interface_cast(self, kind: QAccessible.InterfaceType) -> Any:
        return _NOTHING
