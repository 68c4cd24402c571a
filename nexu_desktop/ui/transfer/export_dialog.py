"""Export: which conversations, in what format, where to; what was chosen last is chosen again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QSize, QStandardPaths, Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from nexu_desktop.domain.errors import NexuError
from nexu_desktop.domain.export import Export, ExportOptions, Format
from nexu_desktop.domain.transfer import TransferStopped
from nexu_desktop.services.exports import Exported, Exports
from nexu_desktop.services.ports import SettingsStore
from nexu_desktop.ui import buttons, theme
from nexu_desktop.ui.bridge import Bridge
from nexu_desktop.ui.transfer import look
from nexu_desktop.ui.transfer.job import Job
from nexu_desktop.ui.transfer.look import bar, count, label

SIZE = QSize(520, 400)
NOTES = {
    Format.MARKDOWN: "Text that every editor reads. The branch that is shown.",
    Format.HTML: "One page for any browser, without scripts. The branch that is shown.",
    Format.PDF: "A4 pages with numbers. The branch that is shown.",
    Format.JSON: "Everything: all branches, files and receipts. It can be imported again.",
}
RECEIPTS, REASONING, ZIP = "receipts", "reasoning", "zip"


class ExportDialog(QDialog):
    """`cid` is one conversation, '' where there is none to export; `several` are all, or those `chosen`."""

    def __init__(
        self,
        exports: Exports,
        settings: SettingsStore,
        bridge: Bridge,
        cid: str,
        several: Sequence[str],
        parent: QWidget | None = None,
        *,
        chosen: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("transfer")
        self.setWindowTitle("Export")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._exports, self._settings, self._bridge = exports, settings, bridge
        self._cid, self._several = cid, tuple(several)
        self._job: Job | None = None
        self._which = "These" if chosen else "All"
        self._make()
        self._arrange()
        self._remember_back()
        self._show_choice()
        self.resize(look.fitting(SIZE, parent))

    def apply_theme(self, c: theme.Colours) -> None:
        self.setStyleSheet(look.style(c))

    @property
    def format(self) -> Format:
        return next(one for one, button in self.formats.items() if button.isChecked())

    @property
    def options(self) -> ExportOptions:
        return ExportOptions(self.receipts.isChecked(), self.reasoning.isChecked())

    def ask_where(self) -> None:
        """The system's own dialog asks before it names a file that is there already."""
        many, folder = self.all.isChecked(), self._folder()
        if many and not self.as_zip.isChecked():
            name = QFileDialog.getExistingDirectory(self, "Export into this folder", str(folder))
        else:
            suggested = "Conversations.zip" if many else self._exports.suggested_name(self._cid, self.format)
            ending = "zip" if many else self.format.value
            name, _ = QFileDialog.getSaveFileName(
                self, "Export as", str(folder / suggested), f"{ending.upper()} (*.{ending})"
            )
            if name and not Path(name).suffix:
                name = f"{name}.{ending}"
        if name:
            self.write(Path(name))

    def write(self, target: Path) -> None:
        """To a file, which may be replaced, a folder or a zip."""
        self._keep(target)
        ids = self._several if self.all.isChecked() else (self._cid,)
        format_, options, make = self.format, self.options, self._maker()
        self.progress.setRange(0, 1000 if len(ids) > 1 else 0)  # of one there are no parts to count
        self.progress.setValue(0)
        self._say("")
        self._working(True)
        self._job = Job(self._bridge)
        self._job.progressed.connect(self.progress.setValue)
        self._job.start(
            lambda *heard: self._exports.run(
                ids, format_, options, target, *heard, overwrite=True, make=make
            ),
            self._written,
            self._failed,
        )

    def done(self, result: int) -> None:
        if self._job is not None:
            self._job.forget()
        super().done(result)

    # --- what happens ---------------------------------------------------------------------------------

    def _maker(self) -> Callable[[Export], bytes] | None:
        """Pages are made by the window's own builder, with looks made on this thread."""
        if self.format is not Format.PDF:
            return None
        from nexu_desktop.ui.transfer import paper

        looks = paper.formats()
        return lambda export: paper.pdf_of(export, looks)

    def _written(self, done: Exported) -> None:
        self._job = None
        self._working(False)
        what = "Written to" if done.files == 1 else f"{count(done.files, 'conversation')} written to"
        self._say(f"{what} {done.path}")
        self.close_button.setText("Close")
        self.close_button.setFocus()

    def _failed(self, error: BaseException) -> None:
        self._job = None
        self._working(False)
        if isinstance(error, NexuError):
            self._say("" if isinstance(error, TransferStopped) else error.sentence, bad=True)
            return
        self._say("Something in this program went wrong. The log has the details.", bad=True)
        raise error

    def _stop(self) -> None:
        if self._job is not None:
            self._job.stop()

    def _keep(self, target: Path) -> None:
        chosen = [self.format.value]
        for name, box in ((RECEIPTS, self.receipts), (REASONING, self.reasoning), (ZIP, self.as_zip)):
            chosen += [name] if box.isChecked() else []
        folder = target if target.is_dir() else target.parent
        try:
            self._settings.update(export_choices=" ".join(chosen), export_folder=str(folder))
        except NexuError as error:
            self._say(error.sentence, bad=True)

    def _remember_back(self) -> None:
        chosen = self._settings.current.export_choices.split()
        self.formats[next((one for one in Format if one.value in chosen), Format.MARKDOWN)].setChecked(True)
        self.receipts.setChecked(RECEIPTS in chosen)
        self.reasoning.setChecked(REASONING in chosen)
        (self.as_zip if ZIP in chosen else self.as_files).setChecked(True)
        (self.this if self._cid else self.all).setChecked(True)

    def _folder(self) -> Path:
        """The last one, else the documents, else home: whichever is there."""
        kept = self._settings.current.export_folder
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        return next((Path(one) for one in (kept, documents) if one and Path(one).is_dir()), Path.home())

    # --- what it looks like ---------------------------------------------------------------------------

    def _show_choice(self) -> None:
        whole = self.format is Format.JSON
        self.note.setText(NOTES[self.format])
        for box in (self.receipts, self.reasoning):
            box.setEnabled(not whole)
        for button in (self.as_files, self.as_zip):
            button.setVisible(self.all.isChecked())

    def _working(self, on: bool) -> None:
        self.choices.setEnabled(not on)
        self.progress.setVisible(on)
        self.stop_button.setVisible(on)
        self.main_button.setVisible(not on)
        self.close_button.setVisible(not on)

    def _say(self, text: str, *, bad: bool = False) -> None:
        self.state.setObjectName("bad" if bad else "quiet")
        self.state.setText(text)
        self.state.style().unpolish(self.state)
        self.state.style().polish(self.state)
        self.state.setVisible(bool(text))

    def _make(self) -> None:
        self.this = _radio("This conversation")
        self.all = _radio(f"{self._which} {count(len(self._several), 'conversation')}")
        self.this.setEnabled(bool(self._cid))
        self.all.setEnabled(bool(self._several))
        self.as_files = _radio("A file for each, in a folder")
        self.as_zip = _radio("One .zip")
        self.formats = {one: _radio(one.shown) for one in Format}
        self.receipts = _box("What each answer has cost")
        self.reasoning = _box("What models thought before they answered")
        self.note = label("", theme.SIZE_CAPTION, name="quiet")
        self.progress = bar("Progress of the export")
        self.progress.hide()
        self.state = label("", theme.SIZE_CAPTION, name="quiet")
        self.state.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.state.hide()
        self.stop_button = buttons.plain("Stop")
        self.stop_button.hide()
        self.close_button = buttons.plain("Cancel")
        self.main_button = buttons.plain("Export…")
        self.main_button.setObjectName("main")
        self.main_button.setEnabled(bool(self._cid or self._several))
        self.main_button.setDefault(True)
        for button, act in (
            (self.stop_button, self._stop),
            (self.close_button, self.reject),
            (self.main_button, self.ask_where),
        ):
            button.setAutoDefault(False)
            button.clicked.connect(act)

    def _arrange(self) -> None:
        self.choices = QWidget()
        self._groups = [QButtonGroup(self), QButtonGroup(self), QButtonGroup(self)]
        inner = QVBoxLayout(self.choices)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(theme.GAP_S)
        for group, title, row in (
            (self._groups[0], "What", (self.this, self.all)),
            (self._groups[1], "", (self.as_files, self.as_zip)),
            (self._groups[2], "Format", tuple(self.formats.values())),
        ):
            if title:
                inner.addWidget(label(title, theme.SIZE_CAPTION, bold=True))
            line = QHBoxLayout()
            line.setSpacing(theme.GAP_L)
            for choice in row:
                group.addButton(choice)
                choice.toggled.connect(lambda _: self._show_choice())
                line.addWidget(choice)
            line.addStretch(1)
            inner.addLayout(line)
        inner.addWidget(self.note)
        inner.addSpacing(theme.GAP_S)
        inner.addWidget(label("With", theme.SIZE_CAPTION, bold=True))
        inner.addWidget(self.receipts)
        inner.addWidget(self.reasoning)
        foot = QHBoxLayout()
        foot.setSpacing(theme.GAP_S)
        foot.addStretch(1)
        for button in (self.stop_button, self.close_button, self.main_button):
            foot.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP_XL, theme.GAP_L, theme.GAP_XL, theme.GAP_L)
        column.setSpacing(theme.GAP_M)
        column.addWidget(self.choices)
        column.addStretch(1)
        column.addWidget(self.progress)
        column.addWidget(self.state)
        column.addLayout(foot)


def _radio(text: str) -> QRadioButton:
    button = QRadioButton(text)
    button.setFont(theme.font(theme.SIZE_CONTROL))
    button.setAccessibleName(text)
    return button


def _box(text: str) -> QCheckBox:
    box = QCheckBox(text)
    box.setFont(theme.font(theme.SIZE_CONTROL))
    box.setAccessibleName(text)
    return box
