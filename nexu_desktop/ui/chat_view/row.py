"""The outer face of every row: what it says, its texts on the canvas, its menu, and room for what others put there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from nexu_desktop.domain.chat import Role
from nexu_desktop.domain.context import Unsent
from nexu_desktop.ui.chat_view.body import Body
from nexu_desktop.ui.chat_view.formats import Formats
from nexu_desktop.ui.chat_view.message_menu import extend
from nexu_desktop.ui.chat_view.model import Entry
from nexu_desktop.ui.chat_view.pool import Pool
from nexu_desktop.ui.chat_view.small_parts import UnsentMark
from nexu_desktop.ui.chat_view.stack import Part, Stack, unchain
from nexu_desktop.ui.chat_view.wishes import Want, Wish

RESTORABLE = (Unsent.DROPPED, Unsent.UNANSWERED)
OVER, BODY, UNDER, FOOT = 0, 20, 40, 90  # ranks in a row: over the text, the text, under it, below everything
AnyPart = TypeVar("AnyPart", bound=Part)


class Row(Part):
    """Signals carry the message id (arithmetic: the attempt id).

    `drop_wanted` with true: do not send it again; with false: send it again. A row is used for one message
    after another; parts that others have put in with `put` go with the message. `wished` carries a Wish.
    `step_wanted`: what to open after a failure (a Step), and the provider whose answer failed.
    """

    retry_wanted = Signal(str)
    arithmetic_wanted = Signal(str)
    copied = Signal(str)
    drop_wanted = Signal(str, bool)
    wished = Signal(object)
    step_wanted = Signal(str, str)

    gap = 2  # between its parts, in pixels

    def __init__(self, pool: Pool, parent: QWidget) -> None:
        super().__init__(parent)
        self.entry: Entry | None = None
        self.place = 0
        self.busy = False
        self._pool = pool
        self._stack = Stack(self, gap=self.gap)
        self._stack.grew.connect(self.grew)
        self.setAttribute(Qt.WidgetAttribute.WA_StaticContents)
        self._guests: list[Part] = []
        self.kept = (
            False  # true: stay however far the reader scrolls, for what has been typed here is nowhere else
        )

    # --- what it says ---------------------------------------------------------------------------------

    def show_entry(self, entry: Entry) -> None:
        another = self.entry is None or self.entry.message.id != entry.message.id
        self.entry = entry
        if another:
            self._begin(entry)
        self._fill(entry)

    def _begin(self, entry: Entry) -> None:
        """Another message than before: nothing of the old one may stay."""

    def _fill(self, entry: Entry) -> None:
        """Say what the message says now."""

    def set_place(self, place: int) -> None:
        """Which row of the conversation this is."""
        self.place = place
        for body in self.texts(hidden=True):
            body.place = place

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
        """It goes out of sight and may show another message next."""
        for part in tuple(self._guests):
            self.take_out(part)
        self.kept = False
        self.show_text(True)
        self.entry = None

    def show_text(self, shown: bool) -> None:
        """Hide what the message says while something else stands in its place (an editor, say)."""

    def put(self, part: Part, rank: int = FOOT) -> None:
        """Room for a widget of others in this row, as long as it shows this message."""
        self._guests.append(part)
        self._stack.add(part, rank)
        part.restyle(self._pool.formats)
        unchain(part)
        self.grew.emit()

    def take_out(self, part: Part) -> None:
        self._guests.remove(part)
        self._stack.remove(part)
        part.deleteLater()
        self.grew.emit()

    def _made(self, part: AnyPart, rank: int) -> AnyPart:
        """A part of this row that is made when it is first needed, hidden."""
        self._stack.add(part, rank)
        part.hide()
        part.restyle(self._pool.formats)
        unchain(part)
        return part

    # --- its texts ------------------------------------------------------------------------------------

    def texts(self, *, hidden: bool = False) -> Iterator[Body]:
        """Its bodies in reading order; `hidden`: also those that are folded away."""
        return iter(())

    def body_of(self, part: int) -> Body | None:
        return next((body for body in self.texts() if body.part == part), None)

    def fit(self, width: int) -> int:
        height = self._stack.fit(width)
        self.resize(width, height)
        return height

    @property
    def height_to_be(self) -> int:
        """Its height once it is fitted to what has been laid out of its texts."""
        return self.height() + sum(body.growth for body in self.texts())

    @property
    def outline(self) -> tuple[bool, ...]:
        """Which of its parts show."""
        return tuple(part.isHidden() for part in self._stack.parts)

    def reveal(self, top: int, bottom: int, keep: int, most: int = 1 << 30) -> int:
        """Lay out what shows between two lines; see Body.reveal."""
        shift = 0
        for body in self.texts():
            y = self.offset_of(body)
            shift += body.reveal(top - y, bottom - y, keep - y, most=most)
        return shift

    def offset_of(self, body: Body) -> int:
        return body.mapTo(self, QPoint(0, 0)).y()

    def restyle(self, formats: Formats) -> None:
        self._stack.restyle(formats)

    def line_place(self) -> QPoint:
        """Where a pop-up about the row begins, on the screen."""
        return self.mapToGlobal(QPoint(0, self.height()))

    # --- what can be done with it ---------------------------------------------------------------------

    def copy(self) -> None:
        """The whole message as markdown, to the clipboard."""
        if self.entry is not None:
            QGuiApplication.clipboard().setText(self.entry.message.text)
            self.copied.emit(self.entry.message.id)

    def menu(self, selected: str = "") -> QMenu:
        """What can be done with the whole message, and with what of it is selected."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Copy message", self.copy)
        entry = self.entry
        if entry is not None and entry.message.role is not Role.NOTE and not entry.message.streaming:
            if not entry.unsent:
                menu.addAction("Don’t send this again", self.drop)
            elif entry.unsent in RESTORABLE:
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

    def _arithmetic(self) -> None:
        if self.entry is not None and self.entry.message.receipt is not None:
            self.arithmetic_wanted.emit(self.entry.message.receipt.attempt)

    def _show_mark(self, mark: UnsentMark, entry: Entry) -> None:
        why = entry.unsent or entry.files
        mark.setVisible(bool(why))
        mark.say(f"Not sent again: {why}", restorable=entry.unsent in RESTORABLE)
