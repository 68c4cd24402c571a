"""A bar above the composer that takes back the last thing done to a branch, for a while."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from nexu_desktop.domain.errors import NexuError
from nexu_desktop.services.desk import Desk
from nexu_desktop.ui import theme
from nexu_desktop.ui.main_window import MainWindow
from nexu_desktop.ui.sidebar.undo_bar import UndoBar


class BranchUndo(QObject):
    """`undone`: it was taken back. The bar is made when it is first offered."""

    undone = Signal()

    def __init__(self, window: MainWindow, desk: Desk) -> None:
        super().__init__(window)
        self._window = window
        self._desk = desk
        self._back: Callable[[], object] | None = None
        self.bar: UndoBar | None = None

    def offer(self, text: str, back: Callable[[], object]) -> None:
        bar = self.bar
        if bar is None:
            bar = self.bar = UndoBar(theme.READING_WIDTH)
            bar.undo_wanted.connect(lambda _: self._take_back())
            self._window.above_composer(bar)
        bar.apply_theme(theme.colours(self._desk.settings.current.theme))
        self._back = back
        bar.offer("", text)

    def _take_back(self) -> None:
        back, self._back = self._back, None
        if back is None:
            return
        try:
            back()
        except NexuError as error:
            self._back = back
            self._window.notice.say(error.title, error.hint)
            if self.bar is not None:
                self.bar.show()
            return
        self.undone.emit()
