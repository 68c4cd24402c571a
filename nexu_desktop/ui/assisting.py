"""Joins the assistant card with the desk: what is set there holds from the next send on, and the meter follows."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from nexu_desktop.domain.errors import NexuError
from nexu_desktop.domain.presets import PLAIN, Manner, Preset
from nexu_desktop.markup.characters import visible_code
from nexu_desktop.services.desk import Desk
from nexu_desktop.ui import theme
from nexu_desktop.ui.assistant.cost_words import cost_words
from nexu_desktop.ui.main_window import MainWindow

if TYPE_CHECKING:
    from nexu_desktop.ui.assistant.panel import AssistantPanel


class Assisting(QObject):
    """`changed`: the next send is another now. The card is made when it is first opened."""

    changed = Signal()
    manage_wanted = Signal()

    def __init__(self, window: MainWindow, desk: Desk, cid: Callable[[], str]) -> None:
        super().__init__(window)
        self._window = window
        self._desk = desk
        self._cid = cid
        self._panel: AssistantPanel | None = None
        self._colours = theme.LIGHT
        window.composer.assistant_button.clicked.connect(self.open)
        window.commands.bind("assistant", self.open)

    @property
    def panel(self) -> AssistantPanel:
        if self._panel is None:
            from nexu_desktop.ui.assistant.panel import AssistantPanel

            panel = self._panel = AssistantPanel(self._window)
            panel.apply_theme(self._colours)
            panel.chosen.connect(self._choose)
            panel.changed.connect(self._put_on)
            panel.saved.connect(self._save)
            panel.updated.connect(self._update)
            panel.manage_wanted.connect(self.manage_wanted)
        return self._panel

    def open(self) -> None:
        cid = self._cid()
        presets, manner = self._desk.presets.all(), self._desk.presets.manner(cid)
        self.panel.show_for(presets, manner, self._window.composer)
        self._show_cost()

    def show(self) -> None:
        """Another conversation, or another assistant: the name at the composer."""
        cid = self._cid()
        known, manner = self._desk.presets.of(cid), self._desk.presets.manner(cid)
        own = known is None and manner != PLAIN
        self._window.composer.assistant_button.show_assistant(known.name if known else "", own=own)
        self._show_cost()

    def apply_theme(self, c: theme.Colours) -> None:
        self._colours = c
        if self._panel is not None:
            self._panel.apply_theme(c)

    def _choose(self, manner: Manner) -> None:
        """As a whole, so that what was set by hand can be lost: it is offered back."""
        had_name = self._desk.presets.of(self._cid()) is not None
        before = self._put_on(manner)
        if before is not None and before not in (PLAIN, manner) and not had_name:
            self._window.composer.offer_line.offer(
                "The settings of this conversation were replaced.",
                "Undo",
                partial(self._put_back, self._cid(), before),
            )

    def _put_back(self, cid: str, before: Manner) -> None:
        if cid == self._cid():
            self._put_on(before)

    def _put_on(self, manner: Manner) -> Manner | None:
        before = None
        try:
            before = self._desk.presets.put_on(self._cid(), manner)
        except NexuError as error:
            self._tell(error)
        self._again()
        self.changed.emit()
        return before

    def _save(self, name: str) -> None:
        try:
            kept = self._desk.presets.save(Preset("", name, self._desk.presets.manner(self._cid())))
        except NexuError as error:
            self._tell(error)
            return
        self.panel.name.clear()
        self._again()
        self.panel.tell(f"Saved as “{visible_code(kept.name)}”.")

    def _update(self, preset: Preset | None) -> None:
        if preset is None:
            return
        try:
            self._desk.presets.save(preset)
        except NexuError as error:
            self._tell(error)
            return
        self._again()
        self.panel.tell(f"“{visible_code(preset.name)}” has these settings now.")

    def _again(self) -> None:
        if self._panel is not None and self._panel.isVisible():
            presets = self._desk.presets
            self._panel.fill(presets.all(), presets.manner(self._cid()))
        self.show()

    def _tell(self, error: NexuError) -> None:
        if self._panel is not None and self._panel.isVisible():
            self._panel.tell(error.sentence)
        else:
            self._window.notice.say(error.title, error.hint)

    def _show_cost(self) -> None:
        if self._panel is not None and self._panel.isVisible():
            ref = self._desk.ref(self._cid())
            system = self._desk.presets.manner(self._cid()).system
            self._panel.show_cost(cost_words(self._desk.presets.cost(system, ref), ref) if system else "")
