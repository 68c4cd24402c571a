"""Joins the context inspector with the desk, and marks in the transcript what is not sent again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from nexu_desktop.services.desk import Desk
from nexu_desktop.ui.main_window import MainWindow


class ContextControl(QObject):
    """`changed`: what the person did here changes the estimate. The panel is made when it is first opened."""

    changed = Signal()

    def __init__(self, window: MainWindow, desk: Desk, cid: Callable[[], str]) -> None:
        super().__init__(window)
        self._window = window
        self._desk = desk
        self._cid = cid
        self._connected = False
        self._opening = False
        window.context_wanted.connect(self.toggle)
        window.chat.drop_wanted.connect(lambda message, off: self._drop([message], off))

    def toggle(self) -> None:
        place = self._window.context_place
        if not self._connected:
            self._connect()
        place.toggle()

    def leave(self) -> None:
        """Before another conversation opens: what is being edited belongs to this one."""
        if self._connected:
            self._window.context_place.panel.leave()

    def refresh(self) -> None:
        """After a turn, a drop, another conversation, or counts that have come in."""
        cid = self._cid()
        if not cid:
            return
        from nexu_desktop.ui.context_panel import wording  # not before the first paint

        items, rules = self._desk.context.items(cid), self._desk.context.rules(cid)
        self._window.chat.show_unsent(*wording.marks(items, rules))
        self.fill()

    def fill(self) -> None:
        """The panel alone, where it is open."""
        if self._connected and (self._opening or self._window.context_place.is_open):
            self._fill(self._cid())

    def _fill(self, cid: str) -> None:
        context, draft = self._desk.context, self._window.composer.draft()
        estimate = self._desk.estimate(cid, draft)
        self._window.context_place.panel.show_context(
            context.costs(cid),
            context.rules(cid),
            context.system(cid),
            context.effort(cid),
            context.advice(cid, draft),
            self._desk.ref(cid).lane,
            items=context.items(cid),
            cached=estimate.cached if estimate else 0,
        )

    def _drop(self, ids: list[str], dropped: bool) -> None:
        self._do(self._desk.context.set_dropped, ids, dropped)

    def _do(self, change: Callable[..., None], *values: Any) -> None:
        with self._window.notice.told():
            change(self._cid(), *values)
        self.refresh()
        self.changed.emit()

    def _opened(self) -> None:
        """Said before it shows, so that it never shows the figures of another conversation."""
        self._opening = True
        self.refresh()
        self._opening = False

    def _connect(self) -> None:
        self._connected = True
        place, context = self._window.context_place, self._desk.context
        panel = place.panel
        panel.dropped.connect(self._drop)
        panel.keep_last_changed.connect(lambda count: self._do(context.keep_last, count))
        panel.drop_files_changed.connect(lambda on: self._do(context.drop_files, on))
        panel.system_changed.connect(lambda text: self._do(context.set_system, text))
        panel.effort_changed.connect(lambda effort: self._do(context.set_effort, effort))
        panel.jump_wanted.connect(self._window.chat.jump_to)
        place.opened.connect(self._opened)
