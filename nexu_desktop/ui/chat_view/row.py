"""The outer face of every row: copying it, its menu, and the mark of what is not sent again."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from nexu_desktop.domain.chat import Role
from nexu_desktop.domain.context import Unsent
from nexu_desktop.ui.chat_view.message_menu import extend
from nexu_desktop.ui.chat_view.model import Entry
from nexu_desktop.ui.chat_view.small_parts import UnsentMark
from nexu_desktop.ui.chat_view.stack import Part
from nexu_desktop.ui.chat_view.wishes import Want, Wish


class Row(Part):
    """Signals carry the message id (arithmetic: the attempt id).

    `drop_wanted` with true: do not send it again; with false: send it again. `wished` carries a Wish.
    """

    retry_wanted = Signal(str)
    arithmetic_wanted = Signal(str)
    copied = Signal(str)
    drop_wanted = Signal(str, bool)
    wished = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.entry: Entry | None = None
        self.busy = False

    def show_entry(self, entry: Entry) -> None:
        self.entry = entry

    def set_busy(self, busy: bool) -> None:
        """While an answer arrives nothing can be asked again."""
        self.busy = busy

    def wish(self, wish: Wish) -> None:
        self.wished.emit(wish)

    def want(self, want: Want, text: str = "", say: Callable[[str], None] | None = None) -> None:
        """The same of this message; `say` takes the answer as long as this row shows it."""
        if self.entry is None:
            return
        name = self.entry.message.id

        def answer(words: str) -> None:
            if say is not None and self.entry is not None and self.entry.message.id == name:
                say(words)

        self.wish(Wish(want, name, text, self, answer if say else None))

    def release(self) -> None:
        """Give shared widgets back before the row goes."""

    def selected(self) -> str:
        return ""

    def copy(self) -> None:
        """The whole message as markdown, to the clipboard."""
        if self.entry is not None:
            QGuiApplication.clipboard().setText(self.entry.message.text)
            self.copied.emit(self.entry.message.id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu().popup(event.globalPos())

    def menu(self) -> QMenu:
        """Copy what is selected, or all of it."""
        menu, selected = QMenu(self), self.selected()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        part = menu.addAction("Copy selection", lambda: QGuiApplication.clipboard().setText(selected))
        part.setEnabled(bool(selected))
        menu.addAction("Copy message", self.copy)
        entry = self.entry
        if entry is not None and entry.message.role is not Role.NOTE and not entry.message.streaming:
            if not entry.unsent:
                menu.addAction("Don’t send this again", self.drop)
            elif entry.unsent == Unsent.DROPPED:
                menu.addAction("Send this again", self.restore)
            extend(menu, self, entry.message, selected)
        return menu

    def drop(self) -> None:
        """Leave it out of every further send."""
        if self.entry is not None:
            self.drop_wanted.emit(self.entry.message.id, True)

    def restore(self) -> None:
        if self.entry is not None:
            self.drop_wanted.emit(self.entry.message.id, False)

    def _show_mark(self, mark: UnsentMark, entry: Entry) -> None:
        why = entry.unsent or entry.files
        mark.setVisible(bool(why))
        mark.say(f"Not sent again: {why}", restorable=entry.unsent == Unsent.DROPPED)
