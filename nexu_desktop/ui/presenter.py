"""Joins the panes with the desk: what a person does goes down, what happened comes up."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from nexu_desktop.domain.chat import Message, ModelRef
from nexu_desktop.domain.errors import NexuError
from nexu_desktop.domain.events import (
    BalanceChanged,
    CatalogChanged,
    ConversationChanged,
    Event,
    NoticeRaised,
    SandboxReady,
    TurnFinished,
    TurnRefused,
    TurnStarted,
)
from nexu_desktop.services.desk import Desk
from nexu_desktop.ui import theme
from nexu_desktop.ui.bridge import Bridge
from nexu_desktop.ui.live_turns import LiveTurns
from nexu_desktop.ui.main_window import MainWindow
from nexu_desktop.ui.pricing import Pricing

DRAFT_SAVED_MS = 400
BALANCE_READ_MS = 5_000  # another process may spend from the same wallet


class Presenter(QObject):
    def __init__(self, window: MainWindow, desk: Desk, bridge: Bridge) -> None:
        super().__init__(window)
        self.window = window
        self.desk = desk
        self.bridge = bridge
        self.cid = ""
        self.turns = LiveTurns(desk, bridge)
        self.pricing = Pricing(window, desk, bridge)
        self._draft_timer = _timer(self, DRAFT_SAVED_MS, self.save_draft)
        self._balance_timer = _timer(self, BALANCE_READ_MS, self.show_money)
        self._balance_timer.setSingleShot(False)
        self._connect()

    def start(self) -> None:
        """Show what was open last; the slow things follow after the first paint."""
        self.apply_theme()
        conversations = self.desk.conversations()
        self.open(conversations[0].id if conversations else self.desk.new_conversation().id)
        self.window.composer.focus_input()
        self._balance_timer.start()

    def start_core(self) -> None:
        self.bridge.submit(self.desk.start(self.bridge.emit_from_core), on_error=self.complain)
        self.pricing.refresh()

    # --- conversations ---

    def open(self, cid: str) -> None:
        self.save_draft()
        self.cid = cid
        known = self.desk.conversation(cid)
        window = self.window
        window.chat.show_conversation(self.turns.with_live(self.desk.messages(cid)))
        window.composer.set_draft(known.draft if known else "")
        window.composer.set_streaming(self.turns.runs(cid))
        window.header.show_title(known.title if known else "")
        self.pricing.open(cid)
        self.show_money()
        self.list_conversations()

    def new(self) -> None:
        self.open(self.desk.new_conversation().id)
        self.window.composer.focus_input()

    def list_conversations(self) -> None:
        search = self.window.sidebar.search.text().strip()
        self.window.sidebar.show_conversations(self.desk.conversations(search), self.cid)

    def rename(self, cid: str, title: str) -> None:
        try:
            self.desk.rename(cid, title)
        except NexuError as error:
            self.window.notice.say(error.title, error.hint)
        self._changed(cid)

    def delete(self, cid: str) -> None:
        gone = self.desk.conversation(cid)
        self.turns.stop(cid)
        self.desk.delete(cid)
        if gone is not None:
            self.window.sidebar.offer_undo(gone)
        if cid == self.cid:
            self.cid = ""
            rest = self.desk.conversations()
            self.open(rest[0].id if rest else self.desk.new_conversation().id)
        else:
            self.list_conversations()

    def restore(self, cid: str) -> None:
        self.desk.restore(cid)
        self.open(cid)

    # --- writing and sending ---

    def draft_changed(self, _: str) -> None:
        self._draft_timer.start()
        self.pricing.refresh()

    def save_draft(self) -> None:
        self._draft_timer.stop()
        if not self.cid:
            return
        try:
            self.desk.set_draft(self.cid, self.window.composer.draft())
        except NexuError as error:
            self.window.notice.say(error.title, error.hint)

    def send(self, draft: str) -> None:
        if self.turns.runs(self.cid):
            return
        self.window.notice.say("")
        self.window.composer.set_draft("")
        self.window.composer.set_streaming(True)
        self.turns.send(self.cid, draft, self.complain)
        self.save_draft()

    def retry(self, message: str) -> None:
        if not self.turns.runs(self.cid):
            self.window.composer.set_streaming(True)
            self.turns.retry(self.cid, message, self.complain)

    def stop(self) -> None:
        self.turns.stop(self.cid)

    def pick(self, ref: ModelRef) -> None:
        try:
            note = self.desk.choose_model(self.cid, ref)
        except NexuError as error:
            self.window.notice.say(error.title, error.hint)
            return
        if note is not None:
            self.window.chat.show_conversation(self.turns.with_live(self.desk.messages(self.cid)))
        self.pricing.open(self.cid)
        self.show_money()
        self.window.composer.focus_input()

    # --- what happened ---

    def take(self, events: list[Event]) -> None:
        """Only rows of the open conversation reach the view; everything else is remembered."""
        mine = self.turns.take(events, self.cid)
        if mine:
            self.window.chat.take_events(mine)
        for event in events:
            match event:
                case TurnStarted() | TurnFinished():
                    self._turn_changed(event.answer)
                case TurnRefused():
                    self._refused(event)
                case BalanceChanged():
                    self.show_money()
                case ConversationChanged(cid):
                    self._changed(cid)
                case CatalogChanged():
                    self.pricing.open(self.cid)
                case NoticeRaised(title, hint):
                    self.window.notice.say(title, hint)
                    self.open(self.cid)
                case SandboxReady(answers_from):
                    self.window.banner.show_source(answers_from)
                case _:
                    pass

    def complain(self, error: BaseException) -> None:
        """A failure that belongs to no message."""
        known = isinstance(error, NexuError)
        title = error.title if isinstance(error, NexuError) else "Something in this program went wrong."
        hint = error.hint if known and isinstance(error, NexuError) else f"({type(error).__name__})"
        self.window.notice.say(title, hint)
        self.window.composer.set_streaming(self.turns.runs(self.cid))

    def show_money(self) -> None:
        """The balance in its two places, and the lane that pays."""
        if not self.cid:
            return
        lane, balance = self.desk.lane_balance(self.cid)
        self.window.header.show_balance(lane, balance)
        shown = lane if lane.spends_credits else self.desk.account.active_lane()
        self.window.sidebar.wallet.show_balance(shown, balance or self.desk.account.balance(shown))
        self.window.banner.setVisible(lane.value == "sandbox")
        self.pricing.refresh()

    def pick_up_settings(self) -> None:
        """Keys or options changed: the list of models, the lane and every figure may be others now."""
        self.desk.catalog.refresh()
        self.pricing.open(self.cid)
        self.show_money()

    def apply_theme(self) -> None:
        self.window.apply_theme(theme.colours(self.desk.settings.current.theme))

    def choose_theme(self, name: str) -> None:
        self.desk.settings.update(theme=name)
        self.apply_theme()

    def close(self) -> None:
        """Before the window goes: keep the draft and the place; the engine settles what still runs."""
        self.save_draft()
        try:
            self.desk.settings.update(window_geometry=self.window.geometry_text())
        except NexuError:
            return  # a read-only directory was said at start; it must not keep the window open

    def _turn_changed(self, answer: Message) -> None:
        if answer.conversation == self.cid:
            self.window.composer.set_streaming(self.turns.runs(self.cid))
            self.pricing.refresh()

    def _refused(self, event: TurnRefused) -> None:
        self.window.notice.say(event.title, event.hint)
        if event.conversation != self.cid:
            self.desk.set_draft(event.conversation, event.draft)
            return
        self.window.composer.set_streaming(False)
        if event.draft:
            self.window.composer.set_draft(event.draft)
        self.pricing.refresh()

    def _changed(self, cid: str) -> None:
        self.list_conversations()
        if cid == self.cid:
            known = self.desk.conversation(cid)
            self.window.header.show_title(known.title if known else "")
            self.window.composer.set_streaming(self.turns.runs(cid))
            self.pricing.refresh()

    def _arithmetic(self, attempt: str) -> None:
        self.window.chat.show_arithmetic(attempt, self.desk.arithmetic(attempt))

    def _example(self, text: str) -> None:
        self.window.composer.set_draft(text)
        self.window.composer.focus_input()
        self.draft_changed(text)

    def _connect(self) -> None:
        window, sidebar = self.window, self.window.sidebar
        self.bridge.events.connect(self.take)
        sidebar.new_wanted.connect(self.new)
        window.new_wanted.connect(self.new)
        sidebar.chosen.connect(self.open)
        sidebar.rename_wanted.connect(self.rename)
        sidebar.delete_wanted.connect(self.delete)
        sidebar.restore_wanted.connect(self.restore)
        sidebar.search_changed.connect(lambda _: self.list_conversations())
        window.composer.draft_changed.connect(self.draft_changed)
        window.composer.send_requested.connect(self.send)
        window.composer.stop_requested.connect(self.stop)
        window.chat.retry_requested.connect(self.retry)
        window.chat.arithmetic_wanted.connect(self._arithmetic)
        window.chat.example_chosen.connect(self._example)
        window.picker.picked.connect(self.pick)
        window.theme_wanted.connect(self.choose_theme)
        window.closing.connect(self.close)
        QApplication.styleHints().colorSchemeChanged.connect(lambda _: self.apply_theme())


def _timer(parent: QObject, interval_ms: int, call: object) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(interval_ms)
    timer.timeout.connect(call)
    return timer
