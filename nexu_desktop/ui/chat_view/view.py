"""The chat view: scrolling, following the end, and what the rows ask for. It decides nothing about money."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Thread

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPalette, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from nexu_desktop.domain.chat import Message
from nexu_desktop.domain.events import Event, ReasoningDelta, TextDelta, TurnFinished, TurnStarted
from nexu_desktop.ui import buttons, icons, theme
from nexu_desktop.ui.chat_view import scroll_bars
from nexu_desktop.ui.chat_view.arithmetic_sheet import ArithmeticSheet
from nexu_desktop.ui.chat_view.formats import Formats
from nexu_desktop.ui.chat_view.link_sheet import LinkSheet
from nexu_desktop.ui.chat_view.model import Transcript
from nexu_desktop.ui.chat_view.parsing import warm
from nexu_desktop.ui.chat_view.pool import Pool
from nexu_desktop.ui.chat_view.row import Row
from nexu_desktop.ui.chat_view.rows import AnswerRow
from nexu_desktop.ui.chat_view.stream import StreamBuffer
from nexu_desktop.ui.chat_view.summary_row import SummaryRow
from nexu_desktop.ui.chat_view.window import MARGIN, ROWS_MAX, RowWindow

SCREENS_AHEAD = 1  # built beyond the edge in sight
SCREENS_KEPT = 4
END_SLACK = 24  # pixels from the end that still count as reading the end
WARM_AFTER_MS = 300
WARM_PAUSE_MS = 40


class ChatView(QScrollArea):
    """Shows one conversation. Message ids in `retry_requested` and `copy_requested`, attempt ids in
    `arithmetic_wanted`; the answer to the latter comes back through `show_arithmetic`. `drop_wanted`: a
    message id, and whether to leave it out of further sends or to send it again. `wished` carries a Wish.
    """

    retry_requested = Signal(str)
    copy_requested = Signal(str)
    arithmetic_wanted = Signal(str)
    example_chosen = Signal(str)
    drop_wanted = Signal(str, bool)
    accuracy_wanted = Signal()
    wished = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.transcript = Transcript(self)
        self._formats = Formats(theme.colours())
        self._pool = Pool(self._formats, QWidget(self))
        self._rows = RowWindow(self.transcript, self._pool)
        self._stream = StreamBuffer(self.transcript, self)
        self._follow = True
        self._arranging = False
        self._warming: Thread | None = None
        self._jump = buttons.plain("Jump to latest")
        self._jump.setParent(self)
        self._jump.hide()
        self._prepare()
        self._connect()
        self.apply_theme(self._formats.colours)

    def _prepare(self) -> None:
        self.setObjectName("chat")
        self.setAccessibleName("Conversation")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(self._rows)
        self.verticalScrollBar().setSingleStep(40)

    def _connect(self) -> None:
        self.transcript.modelReset.connect(self._on_reset)
        self.transcript.rowsInserted.connect(self._on_inserted)
        self.transcript.dataChanged.connect(self._on_changed)
        self._rows.changed.connect(self._settle)
        self._rows.row_built.connect(self._on_row)
        self._rows.welcome.example_chosen.connect(self.example_chosen)
        self._pool.link_wanted.connect(self._confirm_link)
        self._jump.clicked.connect(self.jump_to_latest)
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)

    # --- what the presenter calls ---------------------------------------------------------------------

    @property
    def streaming(self) -> bool:
        """Whether an answer of this conversation is still arriving."""
        return self.transcript.streaming

    def show_conversation(self, messages: Sequence[Message]) -> None:
        """Replace everything, and show the end."""
        self._stream.drop()
        self._follow = True
        self.transcript.set_messages(messages)

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
            if isinstance(row, AnswerRow | SummaryRow) and receipt is not None and receipt.attempt == attempt:
                sheet = ArithmeticSheet(self, lines, self._formats.colours, reasons)
                sheet.accuracy_wanted.connect(self.accuracy_wanted)
                sheet.open_at(row.line_place())
                return

    def show_unsent(self, messages: Mapping[str, str], files: Mapping[str, str] | None = None) -> None:
        """Mark by message id what is not sent again and why, and files that their message goes without."""
        self.transcript.set_unsent(messages, files or {})

    def jump_to(self, message_id: str) -> None:
        """Bring the message to the top; an id that is not shown changes nothing."""
        place = self.transcript.place(message_id)
        if place is None:
            return
        if self._rows.row_at(place) is None:
            with self._steady():
                self._rows.begin_at(place)
                self._fill_below(self.viewport().height() * (1 + SCREENS_AHEAD))
                self._fill_above(self.viewport().height() * SCREENS_AHEAD)
        row = self._rows.row_at(place)
        if row is not None:
            self.verticalScrollBar().setValue(row.y() - MARGIN)

    def row_of(self, message_id: str) -> Row | None:
        """Its widget, None where it is not near the viewport."""
        place = self.transcript.place(message_id)
        return None if place is None else self._rows.row_at(place)

    def offset_of(self, message_id: str) -> int:
        """Where its row begins, in pixels below the top of the view."""
        row = self.row_of(message_id)
        return MARGIN if row is None else row.y() - self.verticalScrollBar().value()

    def show_at(self, message_id: str, offset: int) -> None:
        """Scroll so that its row begins there, as far as that goes."""
        self.jump_to(message_id)
        row = self.row_of(message_id)
        if row is not None:
            self.verticalScrollBar().setValue(row.y() - offset)

    def apply_theme(self, c: theme.Colours) -> None:
        self._formats = self._pool.formats = Formats(c)
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Window, QColor(c.background))
        self.setPalette(palette)
        self.viewport().setAutoFillBackground(True)
        self.verticalScrollBar().setStyleSheet(scroll_bars.style(c))
        self._jump.setStyleSheet(buttons.plain_style(c))
        self._jump.setIcon(icons.icon("arrow-down", c.muted))
        self._rows.restyle(self._formats)
        self._settle()

    def jump_to_latest(self) -> None:
        self._follow = True
        if self._rows.covers_end:
            self._settle()
        else:
            self._on_reset()

    # --- rows -----------------------------------------------------------------------------------------

    def _begin_turn(self, asked: Message | None, answer: Message) -> None:
        """Who has just sent something wants to see it."""
        self._stream.flush()
        if not self._rows.covers_end:
            self.jump_to_latest()
        self._follow = True
        if asked is not None:
            self.transcript.append(asked)
        self.transcript.append(answer)
        self._set_busy()

    def _on_reset(self) -> None:
        """Build from the end until there is more than a screen."""
        with self._steady():
            self._rows.begin_at(len(self.transcript))
            self._fill_above(self.viewport().height() * (1 + SCREENS_AHEAD))
        self._set_busy()

    def _on_inserted(self, parent: QModelIndex | QPersistentModelIndex, first: int, last: int) -> None:
        if self._rows.end == first:
            with self._steady():
                for _ in range(first, last + 1):
                    self._rows.add_below()

    def _on_changed(self, top: QModelIndex, bottom: QModelIndex) -> None:
        with self._steady():
            for place in range(top.row(), bottom.row() + 1):
                self._rows.refresh(place)

    def _on_row(self, row: Row) -> None:
        row.retry_wanted.connect(self.retry_requested)
        row.arithmetic_wanted.connect(self.arithmetic_wanted)
        row.copied.connect(self.copy_requested)
        row.drop_wanted.connect(self.drop_wanted)
        row.wished.connect(self.wished)
        row.set_busy(self.streaming)

    def _set_busy(self) -> None:
        for row in self._rows.rows:
            row.set_busy(self.streaming)

    def _fill_above(self, wanted: int) -> None:
        """Rows above what is built, until `wanted` pixels (or as many rows as may live) are there."""
        self._arrange()
        before, added = self._rows.rows_height(), 0
        while self._rows.first > 0 and added < ROWS_MAX and self._rows.rows_height() - before < wanted:
            self._rows.add_above()
            self._arrange()
            added += 1

    def _fill_below(self, wanted: int) -> None:
        before, added = self._rows.rows_height(), 0
        while not self._rows.covers_end and added < ROWS_MAX and self._rows.rows_height() - before < wanted:
            self._rows.add_below()
            self._arrange()
            added += 1

    # --- scrolling ------------------------------------------------------------------------------------

    def _arrange(self) -> None:
        self._rows.arrange(self.viewport().width(), self.viewport().height())

    def _settle(self) -> None:
        with self._steady():
            pass

    @contextmanager
    def _steady(self) -> Iterator[None]:
        """Change rows inside: afterwards the reader sees the end, or the line that was on top before."""
        if self._arranging:
            yield
            return
        self._arranging = True
        bar = self.verticalScrollBar()
        anchor = next(self._rows.visible_from(bar.value()), None)
        offset = anchor.y() - bar.value() if anchor is not None else 0
        try:
            yield
            self._arrange()
        finally:
            self._arranging = False
        if self._follow:
            self._scroll_to(bar.maximum())
        elif anchor is not None and anchor in self._rows.rows:
            self._scroll_to(anchor.y() - offset)
        self._show_jump()

    def _scroll_to(self, value: int) -> None:
        self._arranging = True
        self.verticalScrollBar().setValue(value)
        self._arranging = False

    def _on_scrolled(self, value: int) -> None:
        """The reader moved: follow only at the end, and build what comes into sight."""
        if self._arranging:
            return
        bar = self.verticalScrollBar()
        self._follow = self._rows.covers_end and value >= bar.maximum() - END_SLACK
        screen = self.viewport().height()
        if value < screen // 2 and self._rows.first > 0:
            self._extend(lambda: self._fill_above(screen * SCREENS_AHEAD))
        elif bar.maximum() - value < screen // 2 and not self._rows.covers_end:
            self._extend(lambda: self._fill_below(screen * SCREENS_AHEAD))
        self._show_jump()

    def _extend(self, fill: Callable[[], None]) -> None:
        with self._steady():
            fill()
        top = self.verticalScrollBar().value()
        room = SCREENS_KEPT * self.viewport().height()
        with self._steady():
            self._rows.trim(top - room, top + room)

    def _show_jump(self) -> None:
        bar = self.verticalScrollBar()
        at_end = self._rows.covers_end and bar.value() >= bar.maximum() - END_SLACK
        if at_end and self._jump.hasFocus():
            self.setFocus()  # else Qt hands the focus to the first row and scrolls there
        self._jump.setVisible(not at_end and len(self.transcript) > 0)
        if not at_end:
            self._jump.adjustSize()
            left = (self.viewport().width() - self._jump.width()) // 2
            self._jump.move(left, self.height() - self._jump.height() - theme.GAP_M)
            self._jump.raise_()

    # --- what Qt asks ---------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._settle()
        if self._follow and self._rows.first > 0 and self._rows.rows_height() < self.viewport().height():
            self._on_reset()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        QTimer.singleShot(WARM_AFTER_MS, self, self._warm)

    def _warm(self) -> None:
        """On a worker, so that no key waits for it; the widgets follow on this thread."""
        if self._warming is None:
            self._warming = Thread(target=warm, name="warm", daemon=True)
            self._warming.start()
        if self._warming.is_alive():
            QTimer.singleShot(WARM_PAUSE_MS, self, self._warm)
        else:
            self._pool.stock()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        bar = self.verticalScrollBar()
        if event.key() == Qt.Key.Key_End:
            self.jump_to_latest()
        elif event.key() == Qt.Key.Key_Home:
            bar.setValue(bar.minimum())
        else:
            super().keyPressEvent(event)

    # --- sheets ---------------------------------------------------------------------------------------

    def _confirm_link(self, address: str, label: str) -> None:
        sheet = LinkSheet(self, address, label, self._formats.colours)
        sheet.open()
