"""Files of the draft: what is chosen, dropped or pasted is read off the GUI thread, then kept with the draft."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog

from nexu_desktop.domain.errors import BadInput, NexuError
from nexu_desktop.markup.characters import visible_code
from nexu_desktop.services.desk import Desk
from nexu_desktop.services.files import IMAGE_MAX_BYTES, TEXT_MAX_BYTES, Files, refuse_size, shown_name
from nexu_desktop.ui.bridge import Bridge
from nexu_desktop.ui.main_window import MainWindow
from nexu_desktop.ui.reading_queue import Job, Read, ReadingQueue

PASTED, PASTED_TEXT = "Pasted image", "Pasted text.txt"


class Attaching(QObject):
    """`changed`: the draft has other files now. `complain` is told of what should not happen."""

    changed = Signal()

    def __init__(
        self,
        window: MainWindow,
        desk: Desk,
        bridge: Bridge,
        cid: Callable[[], str],
        complain: Callable[[BaseException], None],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._desk = desk
        self._bridge = bridge
        self._cid = cid
        self._complain = complain
        self._queue = ReadingQueue()
        self._folder = Path.home()
        self._row = window.composer.attachments
        window.composer.attach_requested.connect(self.choose)
        window.composer.field.file_text_pasted.connect(self.attach_text)
        self._row.files_dropped.connect(self.attach)
        self._row.image_pasted.connect(self.attach_image)
        self._row.removed.connect(self.remove)
        self._row.stop_wanted.connect(self.stop)

    def show(self) -> None:
        """Those of the open conversation; call it when that changes, and when a turn began or was refused."""
        cid = self._cid()
        self._row.show_files(self._desk.files.of_draft(cid))
        self._row.set_reading(self._queue.words(cid))
        self.show_tokens()

    def show_tokens(self) -> None:
        """What each file adds, as far as it is counted."""
        if self._row.chips:
            self._row.set_tokens(self._desk.file_tokens(self._cid(), self._row.files))

    def choose(self) -> None:
        dialog = QFileDialog(self._window, "Attach files", str(self._folder))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(self._chosen)
        dialog.open()

    def attach(self, paths: Sequence[str]) -> None:
        files = self._desk.files
        self._add([(shown_name(path), partial(read_path, files, Path(path))) for path in paths])

    def attach_image(self, data: bytes) -> None:
        """One without a path, from the clipboard."""
        self._add([(PASTED, partial(read_pasted, self._desk.files, data))])

    def attach_text(self, text: str) -> None:
        """A long paste, at once; where it can't be a file it is a text like any other."""
        data = text.encode("utf-8", "replace")
        try:
            if len(data) > TEXT_MAX_BYTES:
                raise BadInput("This text is too long for a file.")
            kept = self._desk.files.attach(self._cid(), PASTED_TEXT, data)
        except NexuError:
            self._window.composer.written.paste(text)
            return
        self._changed()
        self._window.composer.offer_line.offer(
            f"The pasted text of {len(text):,} characters is a file of this message.",
            "Paste as text instead",
            partial(self._as_text, self._cid(), kept.id, text),
        )

    def remove(self, attachment: str) -> None:
        cid = self._cid()
        removed: Read | None = None
        with self._window.notice.told():
            removed = self._desk.files.detach(cid, attachment)
        self._changed()
        if removed is not None:
            name = visible_code(removed[0].name)
            self._window.composer.offer_line.offer(
                f"{name} was removed.", "Undo", partial(self._put_back, cid, removed)
            )

    def stop(self) -> None:
        """Leave what is not read yet; what is there already stays."""
        self._queue.stop(self._cid())
        self._changed()
        self._window.composer.focus_input()

    def _as_text(self, cid: str, attachment: str, text: str) -> None:
        self._desk.files.detach(cid, attachment)
        self._window.composer.written.paste(text)
        self._window.composer.focus_input()
        self._changed()

    def _put_back(self, cid: str, removed: Read) -> None:
        with self._window.notice.told():
            self._desk.files.keep(cid, *removed)
        self._window.composer.focus_input()
        self._changed()

    def _chosen(self, paths: Sequence[str]) -> None:
        if paths:
            self._folder = Path(paths[0]).parent
        self.attach(paths)

    def _add(self, reads: Sequence[tuple[str, Callable[[], Read]]]) -> None:
        cid = self._cid()
        self._queue.add([Job(cid, visible_code(name), read) for name, read in reads])
        self._row.set_reading(self._queue.words(cid))
        self._go_on()

    def _go_on(self) -> None:
        job = self._queue.next()
        if job is not None:
            self._bridge.submit(_read(job.read), partial(self._keep, job), partial(self._lost, job))
            self._row.set_reading(self._queue.words(self._cid()))

    def _keep(self, job: Job, found: Read | NexuError) -> None:
        """One that is refused does not keep the others out."""
        if self._queue.end(job):
            try:
                if isinstance(found, NexuError):
                    raise found
                self._desk.files.keep(job.cid, *found)
            except NexuError as error:
                self._queue.tell(job.cid, error)
        self._ended(job.cid)

    def _lost(self, job: Job, error: BaseException) -> None:
        self._queue.end(job)
        self._ended(job.cid)
        self._complain(error)

    def _ended(self, cid: str) -> None:
        troubles = self._queue.troubles(cid)
        self._go_on()
        if troubles:
            rest = len(troubles) - 1
            more = f"{rest} more could not be attached." if rest else ""
            self._window.notice.say(troubles[0].title, f"{troubles[0].hint} {more}".strip())
        self._changed()

    def _changed(self) -> None:
        self.show()
        self.changed.emit()


def read_path(files: Files, path: Path) -> Read:
    """Never more than the largest file that could be sent. Raises BadInput."""
    name = shown_name(path.name)
    if path.is_dir():
        raise BadInput(f"{name} is a folder.", "Attach the files in it instead.")
    try:
        if not path.is_file():
            raise BadInput(f"{name} is not there, or not a file.", "Pick another one.")
        refuse_size(name, path.stat().st_size)
        with path.open("rb") as file:
            data = file.read(IMAGE_MAX_BYTES + 1)
    except OSError as error:
        raise BadInput(f"{name} can't be read: {error.strerror}.", "Pick another one.") from error
    return files.read(name, data), data


def read_pasted(files: Files, data: bytes) -> Read:
    """Named by what it is. Raises BadInput."""
    attachment = files.read(PASTED, data)
    return replace(attachment, name=f"{PASTED}.{attachment.media_type.rpartition('/')[2]}"), data


async def _read(read: Callable[[], Read]) -> Read | NexuError:
    import asyncio  # 50 ms that a start need not pay

    return await asyncio.to_thread(_refused, read)


def _refused(read: Callable[[], Read]) -> Read | NexuError:
    try:
        return read()
    except NexuError as error:
        return error
