"""Before a send: does a budget ask or stop? The draft stays in the composer until the person has answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from nexu_desktop.domain.breakdown import Way
from nexu_desktop.domain.budgets import Level
from nexu_desktop.domain.estimate import Estimate
from nexu_desktop.services.desk import Desk
from nexu_desktop.ui.main_window import MainWindow


class Asking(QObject):
    """`confirmed` is true while what the person has just confirmed is being sent."""

    way_chosen = Signal(object)
    budgets_wanted = Signal()

    def __init__(self, window: MainWindow, desk: Desk, cid: Callable[[], str]) -> None:
        super().__init__(window)
        self._window = window
        self._desk = desk
        self._cid = cid
        self._go: Callable[[], object] = window.composer.submit
        self._connected = False
        self._unpriced = ""
        self.confirmed = False
        window.composer.may_leave = self.may_send

    def may_send(self, draft: str) -> bool:
        """False: the question is shown. With what the strip shows, so that no figure is new to the person."""
        estimate = self._window.composer.estimate()
        self._unpriced = self._cid() if estimate is None else ""
        if estimate is None or not _asks(estimate):
            return True  # what is still being counted is refused by the core, which asks all the same
        self._ask(estimate, self._desk.ways(self._cid(), draft), self._window.composer.submit)
        return False

    def may_go(self, estimate: Estimate | None, go: Callable[[], object]) -> bool:
        """The same for what is asked again: `go` once it is confirmed. What makes a new message cheaper is no help."""
        if self.confirmed or estimate is None or not _asks(estimate):
            return True
        self._ask(estimate, (), go)
        return False

    def given_back(self, cid: str, draft: str) -> None:
        """What was sent before it was counted and is refused now: perhaps by a budget, which can be answered."""
        if self._unpriced == cid:
            self.may_send(draft)

    def close(self) -> None:
        """Another conversation, draft, model or context: the question is no longer about it."""
        if self._connected:
            self._window.question.hide()

    def _ask(self, estimate: Estimate, ways: Sequence[Way], go: Callable[[], object]) -> None:
        if not self._connected:
            self._connect()
        self._go = go
        self._window.question.ask(estimate, ways)

    def _confirm(self) -> None:
        self._back()
        self.confirmed = True
        try:
            self._go()
        finally:
            self.confirmed = False

    def _back(self) -> None:
        self.close()
        self._window.composer.focus_input()

    def _choose(self, way: Way) -> None:
        """The draft stays: with the change done, Enter sends it, or asks again with the new figures."""
        self._back()
        self.way_chosen.emit(way)

    def _connect(self) -> None:
        self._connected = True
        question = self._window.question
        question.send_confirmed.connect(self._confirm)
        question.back.connect(self._back)
        question.way_chosen.connect(self._choose)
        question.budgets_wanted.connect(self.budgets_wanted)


def _asks(estimate: Estimate) -> bool:
    return estimate.over_budget is not None or any(one.level >= Level.ASK for one in estimate.findings)
