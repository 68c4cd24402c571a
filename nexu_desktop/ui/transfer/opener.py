"""Opens import and export, and prints, by their keys and for whoever else wants them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QPageLayout
from PySide6.QtWidgets import QDialog

from nexu_desktop.domain.export import Export, ExportOptions
from nexu_desktop.services.desk import Desk
from nexu_desktop.services.exports import Exports
from nexu_desktop.services.imports import Imports
from nexu_desktop.ui import theme
from nexu_desktop.ui.bridge import Bridge
from nexu_desktop.ui.main_window import MainWindow

if TYPE_CHECKING:
    from nexu_desktop.ui.transfer.export_dialog import ExportDialog
    from nexu_desktop.ui.transfer.import_dialog import ImportDialog


class TransferOpener(QObject):
    """`cid` tells the open conversation. `changed` when an import has brought or taken conversations."""

    changed = Signal()

    def __init__(
        self,
        window: MainWindow,
        desk: Desk,
        imports: Imports,
        exports: Exports,
        bridge: Bridge,
        cid: Callable[[], str],
    ) -> None:
        super().__init__(window)
        self._window, self._desk, self._bridge, self._cid = window, desk, bridge, cid
        self._imports, self._exports = imports, exports
        self.dialog: ExportDialog | ImportDialog | None = None
        header = window.header
        for name, wanted, act in (
            ("export", header.export_wanted, self.export),
            ("import", header.import_wanted, self.import_),
            ("print", header.print_wanted, self.print_),
        ):
            window.commands.bind(name, act)
            wanted.connect(act)
        window.sidebar.import_wanted.connect(self.import_)
        window.sidebar.export_wanted.connect(self.export_these)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._apply_theme)

    def export(self) -> None:
        """The open conversation, or all."""
        with self._window.notice.told():
            cid = self._cid()
            self._open_export(cid if self._desk.messages(cid) else "", self._everything())

    def export_these(self, ids: Sequence[str]) -> None:
        """Chosen conversations: one, several, or none for all of them."""
        with self._window.notice.told():
            if len(ids) > 1:
                self._open_export("", ids, chosen=True)
            else:
                self._open_export("".join(ids), self._everything())

    def _everything(self) -> list[str]:
        return [one.id for one in self._desk.conversations()]

    def _open_export(self, cid: str, several: Sequence[str], *, chosen: bool = False) -> None:
        """Imported when first opened: a start does not pay for it."""
        from nexu_desktop.ui.transfer.export_dialog import ExportDialog

        if self.dialog is not None:
            self.dialog.raise_()
            return
        settings = self._desk.settings
        self._show(
            ExportDialog(self._exports, settings, self._bridge, cid, several, self._window, chosen=chosen)
        )

    def import_(self) -> None:
        from nexu_desktop.ui.transfer.import_dialog import ImportDialog

        if self.dialog is not None:
            self.dialog.raise_()
            return
        dialog = ImportDialog(self._imports, self._bridge, self._window)
        dialog.changed.connect(self.changed)
        self._show(dialog)

    def print_(self) -> None:
        """The branch that is shown of the open conversation."""
        with self._window.notice.told():
            self._print(self._exports.export(self._cid(), ExportOptions()))

    def _print(self, export: Export) -> None:
        """With the system's own dialog."""
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        from nexu_desktop.ui.transfer import paper

        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setDocName(export.title)
        printer.setPageMargins(paper.margins(), QPageLayout.Unit.Millimeter)
        if QPrintDialog(printer, self._window).exec() == QDialog.DialogCode.Accepted:
            some = printer.printRange() == QPrinter.PrintRange.PageRange
            pages = (printer.fromPage(), printer.toPage()) if some else (1, None)
            QGuiApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
            try:
                paper.put_on(printer, export, paper.formats(), *pages)
            finally:
                QGuiApplication.restoreOverrideCursor()

    def _show(self, dialog: ExportDialog | ImportDialog) -> None:
        self.dialog = dialog
        dialog.finished.connect(self._closed)
        self._apply_theme()
        dialog.show()

    def _apply_theme(self) -> None:
        if self.dialog is not None:
            self.dialog.apply_theme(theme.colours(self._desk.settings.current.theme))

    def _closed(self) -> None:
        self.dialog = None
