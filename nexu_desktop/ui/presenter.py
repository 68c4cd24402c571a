"""Joins the panes with the desk: what a person does goes down, what happened comes up."""

from __future__ import annotations

import logging

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from nexu_desktop.domain.chat import Lane, Message, ModelRef
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
from nexu_desktop.ui.asking import Asking
from nexu_desktop.ui.branching import Branching
from nexu_desktop.ui.bridge import Bridge
from nexu_desktop.ui.composing import Composing
from nexu_desktop.ui.context_control import ContextControl
from nexu_desktop.ui.cost_details import CostDetails
from nexu_desktop.ui.drafts import Drafts
from nexu_desktop.ui.library_control import LibraryControl
from nexu_desktop.ui.live_turns import LiveTurns
from nexu_desktop.ui.main_window import MainWindow
from nexu_desktop.ui.palette.opener import PaletteOpener
from nexu_desktop.ui.pricing import Pricing

log = logging.getLogger(__name__)

DRAFT_SAVED_MS = 400
BALANCE_READ_MS = 5_000  # another process may spend from the same wallet


class Presenter(QObject):
    def __init__(self, window: MainWindow, desk: Desk, bridge: Bridge) -> None:
        super().__init__(window)
        self.window = window
        self.desk = desk
        self.bridge = bridge
        self.cid = ""
        self.drafts = Drafts(desk)
        self.turns = LiveTurns(desk, bridge, on_end=self._ended, on_error=self.complain)
        self.pricing = Pricing(window, desk, bridge)
        self.context = ContextControl(window, desk, lambda: self.cid)
        self.asking = Asking(window, desk, bridge, lambda: self.cid)
        self.branching = Branching(window, desk, bridge, self.turns, self.asking)
        self.composing = Composing(window, desk, bridge, lambda: self.cid, self.complain)
        self.details = CostDetails(window, desk, bridge, lambda: self.cid)
        self.palette = PaletteOpener(window, desk, self.open)
        self.library = LibraryControl(window, desk, bridge, lambda: self.cid)
        self._draft_timer = _timer(self, DRAFT_SAVED_MS, self.save_draft)
        self._balance_timer = _timer(self, BALANCE_READ_MS, self.show_money)
        self._balance_timer.setSingleShot(False)
        self._connect()

    def start(self) -> None:
        """Show what was open last; the slow things follow after the first paint."""
        self.apply_theme()
        self.library.refresh()
        self._open_newest()
        self.window.composer.focus_input()
        self._balance_timer.start()

    def start_core(self) -> None:
        self.bridge.submit(self.desk.start(self.bridge.emit_from_core), on_error=self.complain)
        self.pricing.begin()
        self.library.searching.read_old()

    # --- conversations ---

    def open(self, cid: str) -> None:
        self.save_draft()
        self.context.leave()
        self.asking.close()
        messages, draft = self.desk.messages(cid), self.drafts.of(cid)
        left, self.cid = self.cid, cid
        known = self.desk.conversation(cid)
        window = self.window
        self.branching.show(cid, self.turns.with_live(messages))
        window.composer.show_draft(cid, draft)
        self.composing.opened()
        window.composer.set_streaming(self.turns.runs(cid))
        window.header.show_title(known.title if known else "")
        self.pricing.open(cid)
        self.context.refresh()
        self.show_money()
        self.library.changed(left)
        self.library.opened(cid)

    def open_hit(self, cid: str, message: str) -> None:
        """A conversation that is open already is not drawn anew."""
        if cid != self.cid:
            self.open(cid)
        self.window.chat.jump_to(message)

    def new(self) -> None:
        self.open(self.desk.new_conversation().id)
        self.window.composer.focus_input()

    def rename(self, cid: str, title: str) -> None:
        with self.window.notice.told():
            self.desk.rename(cid, title)
        self._changed(cid)

    def _leaving(self, ids: list[str]) -> None:
        self.save_draft()
        for cid in ids:
            self.turns.stop(cid)

    def _gone(self, ids: list[str]) -> None:
        if self.cid in ids:
            self.cid = ""
            self._open_newest()

    def _open_newest(self) -> None:
        self.open(self.library.newest() or self.desk.new_conversation().id)

    def imported(self) -> None:
        """All of it is listed and can be found; what is open may have more messages, or be in the trash again."""
        self.library.refresh()
        self.library.searching.read_old()
        if self.desk.conversation(self.cid) is not None:
            self.open(self.cid)
        else:
            self._open_newest()

    # --- writing and sending ---

    def draft_changed(self, _: str) -> None:
        self._draft_timer.start()
        self.asking.close()
        self.pricing.refresh()

    def save_draft(self) -> None:
        self._draft_timer.stop()
        if self.cid:
            with self.window.notice.told():
                self.drafts.save(self.cid, self.window.composer.draft())

    def send(self, draft: str) -> None:
        if self.turns.runs(self.cid):
            return
        self.window.notice.say("")
        self._draft_timer.stop()
        with self.window.notice.told():
            self.drafts.send(self.cid, draft)
        self.window.composer.set_draft("")
        self.window.composer.set_streaming(True)
        self.turns.send(self.cid, draft, confirmed=self.asking.confirmed)

    def stop(self) -> None:
        self.turns.stop(self.cid)

    def pick(self, ref: ModelRef) -> None:
        if self.branching.takes(ref):
            return
        self.asking.close()
        note = None
        with self.window.notice.told():
            note = self.desk.choose_model(self.cid, ref)
        if note is not None:
            self._show_messages()
        self.pricing.open(self.cid)
        self.show_money()
        self.window.composer.focus_input()

    # --- what happened ---

    def take(self, events: list[Event]) -> None:
        """Only rows of the open conversation reach the view; everything else is remembered."""
        mine = self.turns.take(events, self.cid)
        if self.branching.moved(mine):
            self._show_messages()
        elif mine:
            self.window.chat.take_events(mine)
        for event in events:
            match event:
                case TurnStarted():
                    self._begun(event.answer.conversation)
                    self._turn_changed(event.answer)
                    self._changed(event.answer.conversation)
                case TurnFinished():
                    self._turn_changed(event.answer)
                    self._hidden_calls(event)
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
                    self._show_messages()
                    self.library.refresh()
                case SandboxReady(answers_from):
                    self.window.banner.show_source(answers_from)
                case _:
                    pass

    def complain(self, error: BaseException) -> None:
        """A failure that belongs to no message."""
        if isinstance(error, NexuError):
            self.window.notice.say(error.title, error.hint)
        else:
            log.error("unexpected", exc_info=error)
            hint = f"What you wrote is kept; details are in the log ({type(error).__name__})."
            self.window.notice.say("Something in this program went wrong.", hint)

    def show_money(self) -> None:
        """The balance in its two places, and the lane that pays."""
        if not self.cid:
            return
        with self.window.notice.told():
            lane, balance = self.desk.lane_balance(self.cid)
            self.window.header.show_balance(lane, balance)
            shown = lane if lane.spends_credits else self.desk.account.active_lane()
            self.window.sidebar.wallet.show_balance(shown, balance or self.desk.account.balance(shown))
            self.window.banner.setVisible(lane is Lane.SANDBOX)
            self.pricing.refresh()

    def pick_up_settings(self) -> None:
        """Keys or options changed: the list of models, the lane and every figure may be others now."""
        had_credits = self._on_credits()
        self.desk.catalog.refresh()
        self.composing.pick_up_settings()
        real, current = self._on_credits(), self.desk.ref(self.cid)
        if real and not had_credits and current.lane is Lane.SANDBOX:
            # Who adds a Nexu key wants to leave the play credits now.
            self.pick(next((ref for ref in real if ref.model == current.model), real[0]))
        self.pricing.open(self.cid)
        self.show_money()

    def _on_credits(self) -> list[ModelRef]:
        offers = self.desk.catalog.offers()
        return [offer.ref for offer in offers if offer.ref.lane is Lane.CREDITS and offer.sendable]

    def apply_theme(self) -> None:
        colours = theme.colours(self.desk.settings.current.theme)
        self.window.apply_theme(colours)
        self.composing.apply_theme(colours)

    def choose_theme(self, name: str) -> None:
        with self.window.notice.told():
            self.desk.settings.update(theme=name)
        self.apply_theme()

    def close(self) -> None:
        """Before the window goes: keep the draft and the place; the engine settles what still runs."""
        self._balance_timer.stop()
        self.save_draft()
        try:
            self.desk.settings.update(window_geometry=self.window.geometry_text())
        except NexuError:
            return  # a read-only directory was said at start; it must not keep the window open

    def _turn_changed(self, answer: Message) -> None:
        if answer.conversation == self.cid:
            self.window.composer.set_streaming(self.turns.runs(self.cid))
            self.pricing.refresh()

    def _hidden_calls(self, event: TurnFinished) -> None:
        """A title or a summary must not keep the next message waiting, so it is a task of its own."""
        if self.desk.hidden.wanted:
            emit = self.bridge.emit_from_core
            self.bridge.submit(
                self.desk.hidden.after_answer(event.answer.conversation, event.receipt, emit),
                on_done=lambda _: self._show_messages(),
                on_error=self.complain,
            )

    def _begun(self, cid: str) -> None:
        self.branching.begun(cid)
        typed = self.window.composer.draft() if cid == self.cid else self.drafts.of(cid)
        with self.window.notice.told():
            self.drafts.begun(cid, typed)
        if cid == self.cid:
            self.composing.begun()

    def _refused(self, event: TurnRefused) -> None:
        """Before the turn had begun the draft comes back; after that its answer ends where it is."""
        broken = self.turns.broke(event.conversation)
        if broken is None:
            self.window.notice.say(event.title, event.hint)
        elif broken.conversation == self.cid:
            self.window.chat.transcript.finish(broken, event.title, event.hint)
        self._ended(event.conversation)

    def _ended(self, cid: str) -> None:
        """No turn runs there any more; what was never sent is a draft again."""
        if self.turns.runs(cid):
            return
        self.branching.ended(cid)
        unsent = self.drafts.take_back(cid)
        if cid != self.cid:
            return
        if unsent:
            self.window.composer.restore(unsent)
        self.window.composer.set_streaming(False)
        self.pricing.refresh()
        if unsent:
            self.asking.given_back(cid, unsent)

    def _show_messages(self) -> None:
        with self.window.notice.told():
            self.branching.show(self.cid, self.turns.with_live(self.desk.messages(self.cid)))

    def _changed(self, cid: str) -> None:
        self.library.changed(cid)
        if cid == self.cid:
            known = self.desk.conversation(cid)
            self.window.header.show_title(known.title if known else "")
            self.window.composer.set_streaming(self.turns.runs(cid))
            self._context_changed()

    def _context_changed(self) -> None:
        self.asking.close()
        self.pricing.refresh()
        self.context.refresh()
        self.branching.refresh()

    def _branch_changed(self) -> None:
        self._show_messages()
        self._changed(self.cid)

    def _arithmetic(self, attempt: str) -> None:
        records = self.desk.records
        self.window.chat.show_arithmetic(attempt, records.arithmetic(attempt), records.why(attempt))

    def _example(self, text: str) -> None:
        self.window.composer.set_draft(text)
        self.window.composer.focus_input()
        self.draft_changed(text)

    def _connect(self) -> None:
        window, sidebar = self.window, self.window.sidebar
        self.bridge.events.connect(self.take)
        sidebar.new_wanted.connect(self.new)
        window.new_wanted.connect(self.new)
        sidebar.rename_wanted.connect(self.rename)
        self.library.open_wanted.connect(self.open)
        self.library.hit_wanted.connect(self.open_hit)
        self.library.leaving.connect(self._leaving)
        self.library.gone.connect(self._gone)
        window.composer.draft_changed.connect(self.draft_changed)
        window.composer.send_requested.connect(self.send)
        window.composer.stop_requested.connect(self.stop)
        window.chat.retry_requested.connect(self.branching.regenerate)
        window.chat.arithmetic_wanted.connect(self._arithmetic)
        window.chat.example_chosen.connect(self._example)
        window.model_picked.connect(self.pick)
        self.details.model_chosen.connect(self.pick)
        self.details.context_changed.connect(self._context_changed)
        self.branching.changed.connect(self._branch_changed)
        self.asking.way_chosen.connect(self.details.take)
        self.context.changed.connect(self._context_changed)
        self.composing.changed.connect(self._context_changed)
        self.pricing.warmed.connect(self.context.fill)
        self.pricing.warmed.connect(self.composing.counted)
        window.theme_wanted.connect(self.choose_theme)
        window.closing.connect(self.close)
        QApplication.styleHints().colorSchemeChanged.connect(lambda _: self.apply_theme())
        theme.on_contrast_change(self.apply_theme)


def _timer(parent: QObject, interval_ms: int, call: object) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(interval_ms)
    timer.timeout.connect(call)
    return timer
