"""Import: choose a file, see what is in it, store what is ticked, and take it back again if wanted."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from nexu_desktop.domain.errors import NexuError
from nexu_desktop.domain.transfer import TransferStopped
from nexu_desktop.services.imports import Imported, Imports, Preview
from nexu_desktop.ui import buttons, theme
from nexu_desktop.ui.bridge import Bridge
from nexu_desktop.ui.transfer import look
from nexu_desktop.ui.transfer.drop_area import DropArea
from nexu_desktop.ui.transfer.job import Job
from nexu_desktop.ui.transfer.look import bar, count, label
from nexu_desktop.ui.transfer.preview_page import PreviewPage

SIZE = QSize(820, 600)
CHOOSE, WORK, PREVIEW, DONE = range(4)


class ImportDialog(QDialog):
    """`changed` when conversations have come or gone."""

    changed = Signal()

    def __init__(self, imports: Imports, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("transfer")
        self.setWindowTitle("Import conversations")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._imports, self._bridge = imports, bridge
        self._job: Job | None = None
        self._preview: Preview | None = None
        self._done = Imported()
        self.drop = DropArea()
        self.preview = PreviewPage()
        self.pages = QStackedWidget()
        self._make_work_page()
        self._make_done_page()
        self._make_foot()
        self._arrange()
        self.resize(look.fitting(SIZE, parent))
        self.drop.chosen.connect(self.read)
        self.preview.rows.chosen_changed.connect(self._show_button)
        self._show(CHOOSE)

    def apply_theme(self, c: theme.Colours) -> None:
        self.setStyleSheet(look.style(c))

    def read(self, path: Path) -> None:
        """Look into a file; nothing is stored."""
        self.drop.say("")
        self._begin(f"Reading {path.name}")
        assert self._job is not None
        self._job.start(lambda *heard: self._imports.preview(path, *heard), self._show_preview, self._failed)

    def store(self) -> None:
        """What is ticked."""
        preview, chosen = self._preview, frozenset(self.preview.rows.chosen)
        if preview is None or not chosen:
            return
        self._begin(f"Importing {count(len(chosen), 'conversation')}")
        assert self._job is not None
        self._job.start(
            lambda *heard: self._imports.run(preview, chosen, *heard), self._show_done, self._failed
        )

    def undo(self) -> None:
        done = self._done
        self._begin("Undoing the import")
        assert self._job is not None
        self._job.start(lambda *_: self._imports.undo(done), self._show_undone, self._failed)

    def done(self, result: int) -> None:
        if self._job is not None:
            self._job.forget()
            self._job = None
            self.changed.emit()  # a stopped import has stored what it had
        super().done(result)

    # --- what happens ---------------------------------------------------------------------------------

    def _begin(self, what: str) -> None:
        self.doing.setText(what)
        self.progress.setValue(0)
        self._job = Job(self._bridge)
        self._job.progressed.connect(self.progress.setValue)
        self._show(WORK)

    def _show_preview(self, preview: Preview) -> None:
        self._job, self._preview = None, preview
        self.preview.show_preview(preview)
        self._show(PREVIEW)

    def _show_done(self, done: Imported) -> None:
        self._job, self._done = None, done
        stopped = "Stopped. " if done.stopped else ""
        self.outcome.setText(
            f"{stopped}{count(done.conversations, 'conversation')} imported, {count(done.messages, 'message')}."
        )
        self.hint.setText(
            "They keep their dates, so they stand in the list where they belong. Nothing was charged."
        )
        self.undo_button.setVisible(done.conversations > 0)
        self._show(DONE)
        self.changed.emit()

    def _show_undone(self, number: int) -> None:
        self._job = None
        kept = self._done.conversations - number
        self.outcome.setText(f"Undone: {count(number, 'conversation')} as before.")
        self.hint.setText(f"{count(kept, 'conversation')} went on here and stayed." if kept else "")
        self.undo_button.hide()
        self._show(DONE)
        self.changed.emit()

    def _failed(self, error: BaseException) -> None:
        """What a file or the disk refused; anything else is a fault of ours and is shown as one."""
        self._job = None
        self._show(CHOOSE)
        if isinstance(error, NexuError):
            self.drop.say("" if isinstance(error, TransferStopped) else error.sentence)
            return
        self.drop.say(
            f"Something in this program went wrong ({type(error).__name__}). The log has the details."
        )
        raise error

    def _stop(self) -> None:
        if self._job is not None:
            self._job.stop()

    # --- what it looks like ---------------------------------------------------------------------------

    def _show(self, page: int) -> None:
        self.pages.setCurrentIndex(page)
        self.other_button.setVisible(page in (PREVIEW, DONE))
        self.main_button.setVisible(page == PREVIEW)
        self.stop_button.setVisible(page == WORK)
        self.close_button.setText("Close" if page == DONE else "Cancel")
        self.close_button.setVisible(page != WORK)
        self._show_button()
        first = {CHOOSE: self.drop.button, WORK: self.stop_button, PREVIEW: self.preview.table}
        first.get(page, self.close_button).setFocus()

    def _show_button(self) -> None:
        chosen = len(self.preview.rows.chosen)
        self.main_button.setText(f"Import {count(chosen, 'conversation')}" if chosen else "Import")
        self.main_button.setEnabled(bool(chosen))

    def _make_work_page(self) -> None:
        self.doing = label("", theme.SIZE_TITLE, bold=True)
        self.progress = bar("Progress")
        self.work_page = _column(self.doing, self.progress)

    def _make_done_page(self) -> None:
        self.outcome = label("", theme.SIZE_TITLE, bold=True)
        self.hint = label("", name="quiet")
        self.undo_button = buttons.plain("Undo import")
        self.undo_button.clicked.connect(self.undo)
        row = QHBoxLayout()
        row.addWidget(self.undo_button)
        row.addStretch(1)
        self.done_page = _column(self.outcome, self.hint, row)

    def _make_foot(self) -> None:
        self.other_button = buttons.plain("Another file…")
        self.stop_button = buttons.plain("Stop")
        self.close_button = buttons.plain("Cancel")
        self.main_button = buttons.plain("Import")
        self.main_button.setObjectName("main")
        for button, act in (
            (self.other_button, lambda: self._show(CHOOSE)),
            (self.stop_button, self._stop),
            (self.close_button, self.reject),
            (self.main_button, self.store),
        ):
            button.setAutoDefault(False)
            button.clicked.connect(act)

    def _arrange(self) -> None:
        for page in (self.drop, self.work_page, self.preview, self.done_page):
            self.pages.addWidget(page)
        foot = QHBoxLayout()
        foot.setSpacing(theme.GAP_S)
        foot.addWidget(self.other_button)
        foot.addStretch(1)
        for button in (self.stop_button, self.close_button, self.main_button):
            foot.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP_XL, theme.GAP_L, theme.GAP_XL, theme.GAP_L)
        column.setSpacing(theme.GAP_L)
        column.addWidget(self.pages, 1)
        column.addLayout(foot)


def _column(*parts: QWidget | QHBoxLayout) -> QWidget:
    page = QWidget()
    column = QVBoxLayout(page)
    column.setSpacing(theme.GAP_M)
    column.addStretch(1)
    for part in parts:
        if isinstance(part, QWidget):
            column.addWidget(part)
        else:
            column.addLayout(part)
    column.addStretch(1)
    return page
