"""The chat view: what the presenter tells it and what the rows ask for. It decides nothing about money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from threading import Thread

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QTimer, Signal
from PySide6.QtGui import QColor, QPalette, QShowEvent
from PySide6.QtWidgets import QWidget

from nexu_desktop.domain.chat import Message
from nexu_desktop.domain.events import Event, ReasoningDelta, TextDelta, TurnFinished, TurnStarted
from nexu_desktop.markup.parsing import warm
from nexu_desktop.ui import buttons, icons, theme
from nexu_desktop.ui.chat_view import scroll_bars
from nexu_desktop.ui.chat_view.announcing import announcer_for
from nexu_desktop.ui.chat_view.arithmetic_sheet import ArithmeticSheet
from nexu_desktop.ui.chat_view.code_saving import save_code
from nexu_desktop.ui.chat_view.formats import Formats
from nexu_desktop.ui.chat_view.link_sheet import LinkSheet
from nexu_desktop.ui.chat_view.reading import Reading
from nexu_desktop.ui.chat_view.row import Row
from nexu_desktop.ui.chat_view.stream import StreamBuffer
from nexu_desktop.ui.chat_view.strip import MARGIN
from nexu_desktop.ui.chat_view.welcome import Welcome

WARM_AFTER_MS = 300


class ChatView(Reading):
    """Shows one conversation. Message ids in `retry_requested` and `copy_requested`, attempt ids in
    `arithmetic_wanted`; the answer to the latter comes back through `show_arithmetic`. `drop_wanted`: a
    message id, and whether to leave it out of further sends or to send it again.

    `trouble(title, hint)`: something asked for here did not work. For others who add to messages:
    `row_shown(row)` when a Row shows another message than before, see Row.put; and `menu_opening`.
    """

    retry_requested = Signal(str)
    copy_requested = Signal(str)
    arithmetic_wanted = Signal(str)
    example_chosen = Signal(str)
    drop_wanted = Signal(str, bool)
    step_wanted = Signal(str, str)
    accuracy_wanted = Signal()
    wished = Signal(object)
    trouble = Signal(str, str)
    row_shown = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("chat")
        self.setAccessibleName("Conversation")
        self.welcome = Welcome(self.viewport())
        self._stream = StreamBuffer(self.transcript, self)
        self._announcer = announcer_for(self)
        self._arriving = ""  # the answer that is being announced
        self._warming: Thread | None = None
        self._known: set[Row] = set()
        self._jump = buttons.plain("Jump to latest")
        self._jump.setParent(
            self.viewport()
        )  # beside the viewport it would keep Qt from moving pictures of rows
        self._jump.hide()
        self._connect()
        self.apply_theme(self._formats.colours)

    def _connect(self) -> None:
        self.transcript.modelReset.connect(self._on_reset)
        self.transcript.rowsInserted.connect(self._on_inserted)
        self.transcript.dataChanged.connect(self._on_changed)
        self._rows.row_shown.connect(self._on_row)
        self.welcome.example_chosen.connect(self.example_chosen)
        self._jump.clicked.connect(self.jump_to_latest)
        self.link_wanted.connect(self.confirm_link)
        self._pool.save_wanted.connect(self._save_code)

    # --- what the presenter calls ---------------------------------------------------------------------

    @property
    def streaming(self) -> bool:
        """Whether an answer of this conversation is still arriving."""
        return self.transcript.streaming

    def show_conversation(self, messages: Sequence[Message]) -> None:
        """Replace everything, and show the end; who reads further up in the same conversation stays there."""
        self._stream.drop()
        before, (row, line) = self.transcript.messages, self._anchor
        same = bool(before and messages) and before[0].conversation == messages[0].conversation
        stays = before[row].id if same and not self._follow else ""
        self.transcript.set_messages(messages)
        if stays:
            place = self.transcript.place(stays)
            self.go_to(min(row, len(messages) - 1) if place is None else place, line, margin=0)

    def take_events(self, events: Sequence[Event]) -> None:
        """Events of the shown conversation, in order; turns that are not in it are ignored."""
        for event in events:
            match event:
                case TurnStarted(_, asked, answer):
                    self._begin_turn(asked, answer)
                case TextDelta() | ReasoningDelta():
                    self._stream.add(event)
                case TurnFinished(_, answer, _, title, hint):
                    self._stream.flush()
                    self.transcript.finish(answer, title, hint)
                    self._set_busy()
                case _:
                    pass  # balances, lists and notices are shown elsewhere

    def show_arithmetic(self, attempt: str, lines: Sequence[str], reasons: Sequence[str] = ()) -> None:
        """Open the sum of that receipt under its line, and above it why it was not as estimated."""
        for row in self._rows.rows:
            receipt = row.entry.message.receipt if row.entry else None
            if receipt is not None and receipt.attempt == attempt:
                sheet = ArithmeticSheet(self, lines, self._formats.colours, reasons)
                sheet.accuracy_wanted.connect(self.accuracy_wanted)
                sheet.open_at(row.line_place())
                return

    def show_unsent(self, messages: Mapping[str, str], files: Mapping[str, str] | None = None) -> None:
        """Mark by message id what is not sent again and why, and files that their message goes without."""
        self.transcript.set_unsent(messages, files or {})

    def jump_to(self, message_id: str, offset: int = theme.GAP_S) -> None:
        """Scroll until its row begins `offset` pixels below the top; an id that is not shown changes nothing."""
        place = self.transcript.place(message_id)
        if place is not None:
            self.go_to(place, margin=offset)

    def row_of(self, message_id: str) -> Row | None:
        """Its widget, None where it is not near the viewport."""
        place = self.transcript.place(message_id)
        return None if place is None else self.row_at(place)

    def offset_of(self, message_id: str) -> int:
        """Where its row begins, in pixels below the top of the view."""
        place = self.transcript.place(message_id)
        return MARGIN if place is None else self.top_in_viewport(place)

    def apply_theme(self, c: theme.Colours) -> None:
        self._formats = Formats(c)
        self._background = QColor(c.background)
        self._pool.restyle(self._formats)
        around = self.palette()
        around.setColor(QPalette.ColorRole.Window, self._background)
        self.setPalette(around)
        self.verticalScrollBar().setStyleSheet(scroll_bars.style(c))
        self._jump.setStyleSheet(buttons.plain_style(c))
        self._jump.setIcon(icons.icon("arrow-down", c.muted))
        self.welcome.restyle(self._formats)
        self.restyle_reading(c)
        self._rows.restyle(self._formats)
        self.viewport().update()
        self.settle()

    # --- rows -----------------------------------------------------------------------------------------

    def _begin_turn(self, asked: Message | None, answer: Message) -> None:
        """Who has just sent something wants to see it."""
        self._stream.flush()
        self._follow = True
        if asked is not None:
            self.transcript.append(asked)
        self.transcript.append(answer)
        self._set_busy()

    def _on_reset(self) -> None:
        self.restart()
        self.forget_reading()
        self._set_busy()

    def _on_inserted(self, parent: QModelIndex | QPersistentModelIndex, first: int, last: int) -> None:
        for place in range(first, last + 1):
            self._rows.append(place)
        self.search.grew()
        self.settle()

    def _on_changed(self, top: QModelIndex, bottom: QModelIndex) -> None:
        for place in range(top.row(), bottom.row() + 1):
            self._rows.refresh(place)
        self.settle()
        last = self.transcript.messages[bottom.row()]
        if last.streaming or last.id == self._arriving:
            self._announcer.take(last)
            self._arriving = last.id if last.streaming else ""

    def _on_row(self, row: Row) -> None:
        if row not in self._known:
            self._known.add(row)
            self._jump.raise_()  # a new row would lie over it
            row.destroyed.connect(lambda: self._known.discard(row))
            row.retry_wanted.connect(self.retry_requested)
            row.arithmetic_wanted.connect(self.arithmetic_wanted)
            row.copied.connect(self.copy_requested)
            row.drop_wanted.connect(self.drop_wanted)
            row.wished.connect(self.wished)
            row.step_wanted.connect(self.step_wanted)
        row.set_busy(self.streaming)
        self.row_shown.emit(row)

    def _set_busy(self) -> None:
        for row in self._rows.rows:
            row.set_busy(self.streaming)

    def overlays(self) -> list[QWidget]:
        return [self.welcome, self._jump, *super().overlays()]

    # --- beside the rows ------------------------------------------------------------------------------

    def placed(self) -> None:
        super().placed()
        self._place_welcome()
        at_end = self.at_end
        if at_end and self._jump.hasFocus():
            self.setFocus()
        wanted = not at_end and len(self.transcript) > 0
        if wanted:
            self._jump.adjustSize()
            left = (self.viewport().width() - self._jump.width()) // 2
            self._jump.move(left, self.page - self._jump.height() - theme.GAP_M)
        if wanted == self._jump.isHidden():
            self._jump.setVisible(wanted)
            self._jump.raise_()

    def _place_welcome(self) -> None:
        empty = not len(self.transcript)
        if empty:
            needed = self.welcome.fit(self._rows.column)
            left = max((self.viewport().width() - self._rows.column) // 2, 0)
            self.welcome.move(left, max((self.page - needed) // 3, 0))
        if self.welcome.isHidden() == empty:
            self.welcome.setVisible(empty)

    # --- what Qt asks ---------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        QTimer.singleShot(WARM_AFTER_MS, self, self._warm)

    def _warm(self) -> None:
        """On a worker, so that no key waits for it."""
        if self._warming is None:
            self._warming = Thread(target=warm, name="warm", daemon=True)
            self._warming.start()

    # --- sheets ---------------------------------------------------------------------------------------

    def confirm_link(self, address: str, label: str) -> None:
        """Show where it leads; only the button in there opens it."""
        LinkSheet(self, address, label, self._formats.colours).open()

    def _save_code(self, language: str, code: str) -> None:
        why = save_code(self, language, code)
        if why:
            self.trouble.emit(
                "The code could not be saved.", f"{why}. Choose another place; Copy works as well."
            )
