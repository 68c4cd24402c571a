"""Edit, regenerate, switch, delete, quote: joins what rows wish for with the desk's branches."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QPlainTextEdit
from shiboken6 import isValid

from nexu_desktop.domain.chat import Message, ModelRef
from nexu_desktop.domain.errors import NexuError
from nexu_desktop.domain.estimate import Estimate
from nexu_desktop.domain.events import Event, TurnStarted
from nexu_desktop.services.desk import Desk
from nexu_desktop.ui.asking import Asking
from nexu_desktop.ui.branch_undo import BranchUndo
from nexu_desktop.ui.bridge import Bridge
from nexu_desktop.ui.chat_view import branch_words
from nexu_desktop.ui.chat_view.branch_strip import BranchStrip
from nexu_desktop.ui.chat_view.wishes import Want, Wish
from nexu_desktop.ui.live_turns import LiveTurns
from nexu_desktop.ui.main_window import MainWindow

PRICED_MS = 150  # a pause in typing, or of the mouse on a button, after which the cost is asked for


class Branching(QObject):
    """`changed`: another branch is shown, so the transcript, the context and the estimate are others."""

    changed = Signal()

    def __init__(
        self, window: MainWindow, desk: Desk, bridge: Bridge, turns: LiveTurns, asking: Asking
    ) -> None:
        super().__init__(window)
        self._window = window
        self._desk = desk
        self._bridge = bridge
        self._turns = turns
        self._asking = asking
        self._cid = ""
        self._resent: dict[str, str] = {}  # by conversation: the question whose edit is on its way
        self._model_for = ""  # the answer that the open model picker is for
        self._choosing = False
        self._priced: Wish | None = None
        self._price_timer = QTimer(self, singleShot=True, interval=PRICED_MS)
        self._price_timer.timeout.connect(self._price)
        self._mark_timer = QTimer(self, singleShot=True, interval=0)
        self._mark_timer.timeout.connect(self._mark)
        self.undo = BranchUndo(window, desk)
        self.undo.undone.connect(self.changed)
        self._closing = False
        window.chat.wished.connect(self.take)
        window.closing.connect(self._close)

    # --- what the presenter tells ---

    def show(self, cid: str, messages: Sequence[Message]) -> None:
        """The shown branch, with its marks and open edit boxes; who is writing in one goes on writing."""
        chat, box = self._window.chat, self._writing() if cid == self._cid else None
        self._cid = cid
        chat.show_conversation(messages)
        self.refresh()
        if box is not None:
            self._go_on(*box)

    def refresh(self) -> None:
        """Mark where the conversation could go another way: after what is going on, once for all of it."""
        self._mark_timer.start()

    def moved(self, events: Sequence[Event]) -> bool:
        """Whether a turn has begun elsewhere than at the end that is shown."""
        begun = (event.asked or event.answer for event in events if isinstance(event, TurnStarted))
        return any(first.parent != self._end() for first in begun)

    def begun(self, cid: str) -> None:
        """The transcript holds the edited question now: its box is done with."""
        edited = self._resent.pop(cid, "")
        if edited:
            self._window.chat.transcript.set_edited(edited, None)

    def ended(self, cid: str) -> None:
        """A question that was refused stays in its box."""
        self._resent.pop(cid, None)

    def takes(self, ref: ModelRef) -> bool:
        """Whether the model was picked for one answer, and not for the conversation."""
        message, self._model_for = self._model_for, ""
        if message:
            self.regenerate(message, ref)
        return bool(message)

    # --- what a row wishes ---

    def take(self, wish: Wish) -> None:
        """What the desk refuses is said in the notice."""
        with self._window.notice.told():
            self._do(wish)

    def _do(self, wish: Wish) -> None:
        match wish.want:
            case Want.EDIT:
                self._edit(wish.message)
            case Want.TYPED | Want.PRICE:
                self._ask_price(wish)
            case Want.RESEND:
                self.resend(wish.message, wish.text)
            case Want.CANCEL:
                self._cancel(wish.message, wish.text)
            case Want.REGENERATE:
                self.regenerate(wish.message)
            case Want.ANOTHER_MODEL:
                self._choose_model(wish.message)
            case Want.PREVIOUS | Want.NEXT:
                self._switch(wish.message, 1 if wish.want is Want.NEXT else -1)
            case Want.DELETE:
                self._delete(wish.message)
            case Want.QUOTE:
                self._quote(wish.text)

    def regenerate(self, message: str, ref: ModelRef | None = None) -> None:
        """Another answer beside it, unless a budget asks first."""
        branches, cid = self._desk.branches, self._cid
        estimate = None if self._asking.confirmed else branches.regenerate_estimate(message, ref)
        if self._may_go(estimate, lambda: self.regenerate(message, ref)):
            going = branches.regenerate(
                message, self._bridge.emit_from_core, ref=ref, confirmed=self._asking.confirmed
            )
            self._window.composer.set_streaming(True)
            self._turns.ask(cid, going)

    def resend(self, message: str, text: str) -> None:
        """The edited question, unless a budget asks first; its box stays open until the turn has begun."""
        branches, cid = self._desk.branches, self._cid
        estimate = None if self._asking.confirmed else branches.edit_estimate(message, text)
        if self._may_go(estimate, lambda: self.resend(message, text)):
            self._resent[cid] = message
            going = branches.edit_and_resend(
                message, text, self._bridge.emit_from_core, confirmed=self._asking.confirmed
            )
            self._window.composer.set_streaming(True)
            self._turns.ask(cid, going)

    # --- inside ---

    def _writing(self) -> tuple[str, int, int] | None:
        """The question whose edit box has the focus, where its row stands, and where in its text the cursor."""
        field = QApplication.focusWidget()
        for message in self._window.chat.transcript.edited():
            row = self._window.chat.row_of(message)
            if row is not None and isinstance(field, QPlainTextEdit) and row.isAncestorOf(field):
                return message, self._window.chat.offset_of(message), field.textCursor().position()
        return None

    def _go_on(self, message: str, offset: int, position: int) -> None:
        self._window.chat.jump_to(message, offset)
        row = self._window.chat.row_of(message)
        field = row.findChild(QPlainTextEdit) if row is not None else None
        if isinstance(field, QPlainTextEdit):
            cursor = field.textCursor()
            cursor.setPosition(min(position, len(field.toPlainText())))
            field.setTextCursor(cursor)
            field.setFocus()

    def _may_go(self, estimate: Estimate | None, go: Callable[[], object]) -> bool:
        return not self._turns.runs(self._cid) and self._asking.may_go(estimate, go)

    def _edit(self, message: str) -> None:
        transcript = self._window.chat.transcript
        place = transcript.place(message)
        if place is not None and message not in transcript.edited():
            self._open_box(message, transcript.entry(place).message.text)

    def _open_box(self, message: str, text: str) -> None:
        """One of another conversation waits there until that is shown."""
        offset = self._window.chat.offset_of(message)
        self._window.chat.transcript.set_edited(message, text)
        self._go_on(message, offset, len(text))

    def _cancel(self, message: str, typed: str) -> None:
        """What was typed can be taken back for a while."""
        transcript = self._window.chat.transcript
        place = transcript.place(message)
        transcript.set_edited(message, None)
        self._window.chat.setFocus()
        if place is not None and typed != transcript.entry(place).message.text:
            self.undo.offer("The edit was left.", lambda: self._open_box(message, typed))

    def _switch(self, message: str, step: int) -> None:
        """The sibling stands where `message` stood, so that one can go on with the same arrow."""
        chat = self._window.chat
        place, offset = chat.transcript.place(message), chat.offset_of(message)
        if self._desk.branches.switch(message, step) and place is not None:
            self.changed.emit()
            self._mark()
            sibling = chat.transcript.entry(place).message.id  # both branches are the same up to there
            chat.jump_to(sibling, offset)
            row = chat.row_of(sibling)
            strip = row.findChild(BranchStrip) if row is not None else None
            if strip is not None:
                strip.take_focus(step)

    def _delete(self, message: str) -> None:
        deleted = self._desk.branches.delete(message)
        if deleted is not None:
            self.changed.emit()
            self._window.chat.setFocus()  # the button that had it is gone
            text = branch_words.deleted(len(deleted.messages))
            self.undo.offer(text, lambda: self._desk.branches.undo(deleted))

    def _quote(self, text: str) -> None:
        """At the end of the draft, as one step that Undo takes back."""
        field = self._window.composer.field
        before = field.toPlainText()
        field.moveCursor(field.textCursor().MoveOperation.End)
        gap = "" if not before or before.endswith("\n\n") else "\n" if before.endswith("\n") else "\n\n"
        field.insertPlainText(gap + branch_words.quoted(text))
        self._window.composer.focus_input()

    def _choose_model(self, message: str) -> None:
        """Every model with what this answer would cost from it; figures still being counted follow."""
        branches, settings = self._desk.branches, self._desk.settings.current
        offers, picker = self._desk.catalog.offers(), self._window.picker
        costs = {
            one.ref: branches.regenerate_estimate(message, one.ref) if one.sendable else None
            for one in offers
        }
        current, anchor = self._desk.ref(self._cid), self._window.composer.model_button
        picker.set_card(self._desk.catalog.card_date, self._desk.catalog.default_model)
        picker.open_for(offers, current, costs, settings.favourites, settings.picker_sort, anchor)
        self._model_for = message
        if not self._choosing:
            self._choosing = True  # `closed` comes before `picked`
            picker.closed.connect(lambda: QTimer.singleShot(0, self, self._forget_choice))
        missing = [one.ref for one in offers if one.sendable and costs[one.ref] is None]

        def fill(_: None) -> None:
            for ref in missing:
                picker.set_cost(ref, branches.regenerate_estimate(message, ref))

        if missing:
            self._bridge.submit(branches.warm(message, refs=missing), on_done=fill)

    def _forget_choice(self) -> None:
        self._model_for = ""

    def _ask_price(self, wish: Wish) -> None:
        if wish.want is Want.TYPED:
            self._window.chat.transcript.set_edited(wish.message, wish.text)
        self._priced = wish
        self._price_timer.start()

    def _price(self) -> None:
        """Off the GUI thread: what came before a message may be long."""
        wish = self._priced
        if wish is None or wish.say is None or self._closing:
            return
        typed, say, asker = wish.want is Want.TYPED, wish.say, wish.asker

        def tell(estimate: Estimate | None) -> None:
            if wish is self._priced and (asker is None or isValid(asker)):
                say(branch_words.resend(estimate) if typed else branch_words.regenerate(estimate))

        self._bridge.submit(_priced(self._desk, wish.message, wish.text if typed else None), on_done=tell)

    def _mark(self) -> None:
        self._mark_timer.stop()
        if self._cid:
            with self._window.notice.told():
                self._window.chat.transcript.set_branches(self._desk.branches.places(self._cid))

    def _close(self) -> None:
        """The engine goes next: nothing more is counted."""
        self._closing = True

    def _end(self) -> str:
        transcript = self._window.chat.transcript
        return transcript.entry(len(transcript) - 1).message.id if len(transcript) else ""


async def _priced(desk: Desk, message: str, text: str | None) -> Estimate | None:
    import asyncio  # 50 ms that a start need not pay

    try:
        await desk.branches.warm(message, text)
        if text is None:
            return await asyncio.to_thread(desk.branches.regenerate_estimate, message)
        return await asyncio.to_thread(desk.branches.edit_estimate, message, text)
    except NexuError:
        return None  # it is said when the answer is asked for
