"""Opens the page on the estimates from the header's menu, from Ctrl+Shift+E and from a receipt's sum."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from nexu_desktop.services.desk import Desk
from nexu_desktop.ui import theme
from nexu_desktop.ui.main_window import MainWindow

if TYPE_CHECKING:
    from nexu_desktop.ui.accuracy.dialog import AccuracyDialog


class AccuracyOpener(QObject):
    """`cid` tells the open conversation: its model is the one shown first."""

    def __init__(self, window: MainWindow, desk: Desk, cid: Callable[[], str]) -> None:
        super().__init__(window)
        self._window = window
        self._desk = desk
        self._cid = cid
        self.dialog: AccuracyDialog | None = None
        window.header.accuracy_wanted.connect(self.open)
        window.chat.accuracy_wanted.connect(self.open)
        window.commands.bind("accuracy", self.open)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._apply_theme)

    def open(self) -> None:
        """Imported when first opened: a start does not pay for it."""
        from nexu_desktop.ui.accuracy.dialog import AccuracyDialog

        if self.dialog is not None:
            self.dialog.raise_()
            return
        with self._window.notice.told():
            self._show(AccuracyDialog(self._desk, self._desk.ref(self._cid()), self._window))

    def _show(self, dialog: AccuracyDialog) -> None:
        self.dialog = dialog
        dialog.finished.connect(self._closed)
        self._apply_theme()
        dialog.show()

    def _apply_theme(self) -> None:
        if self.dialog is not None:
            self.dialog.apply_theme(theme.colours(self._desk.settings.current.theme))

    def _closed(self) -> None:
        self.dialog = None
