"""Files of the draft: what is chosen, dropped or pasted is read off the GUI thread, then kept with the draft."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog

from nexu_desktop.domain.chat import Attachment
from nexu_desktop.domain.errors import BadInput, NexuError
from nexu_desktop.services.desk import Desk
from nexu_desktop.services.files import IMAGE_MAX_BYTES, Files, refuse_size, shown_name
from nexu_desktop.ui.bridge import Bridge
from nexu_desktop.ui.main_window import MainWindow

PASTED = "Pasted image"
Read = tuple[Attachment, bytes]


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
        self._reading: Counter[str] = Counter()
        self._folder = Path.home()
        self._row = window.composer.attachments
        window.composer.attach_requested.connect(self.choose)
        self._row.files_dropped.connect(self.attach)
        self._row.image_pasted.connect(self.attach_image)
        self._row.removed.connect(self.remove)

    def show(self) -> None:
        """Those of the open conversation; call it when that changes, and when a turn began or was refused."""
        cid = self._cid()
        self._row.show_files(self._desk.files.of_draft(cid))
        self._row.set_reading(self._reading[cid])

    def choose(self) -> None:
        dialog = QFileDialog(self._window, "Attach files", str(self._folder))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(self._chosen)
        dialog.open()

    def attach(self, paths: Sequence[str]) -> None:
        self._read([partial(read_path, self._desk.files, Path(path)) for path in paths])

    def attach_image(self, data: bytes) -> None:
        """One without a path, from the clipboard."""
        self._read([partial(read_pasted, self._desk.files, data)])

    def remove(self, attachment: str) -> None:
        try:
            self._desk.files.detach(self._cid(), attachment)
        except NexuError as error:
            self._window.notice.say(error.title, error.hint)
        self._changed()

    def _chosen(self, paths: Sequence[str]) -> None:
        if paths:
            self._folder = Path(paths[0]).parent
        self.attach(paths)

    def _read(self, reads: Sequence[Callable[[], Read]]) -> None:
        cid = self._cid()
        self._reading[cid] += len(reads)
        self._row.set_reading(self._reading[cid])
        self._bridge.submit(
            _each(reads),
            on_done=lambda found: self._keep(cid, found),
            on_error=lambda error: self._lost(cid, len(reads), error),
        )

    def _keep(self, cid: str, found: Sequence[Read | NexuError]) -> None:
        """One that is refused does not keep the others out."""
        troubles: list[NexuError] = []
        for one in found:
            try:
                if isinstance(one, NexuError):
                    raise one
                self._desk.files.keep(cid, *one)
            except NexuError as error:
                troubles.append(error)
        self._reading[cid] -= len(found)
        if troubles:
            rest = len(troubles) - 1
            more = f"{rest} more could not be attached." if rest else ""
            self._window.notice.say(troubles[0].title, f"{troubles[0].hint} {more}".strip())
        self._changed()

    def _lost(self, cid: str, count: int, error: BaseException) -> None:
        self._reading[cid] -= count
        self._changed()
        self._complain(error)

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


async def _each(reads: Sequence[Callable[[], Read]]) -> list[Read | NexuError]:
    """One after another on a worker thread: twenty large images at once would need much memory."""
    import asyncio  # 50 ms that a start need not pay

    return [await asyncio.to_thread(_refused, read) for read in reads]


def _refused(read: Callable[[], Read]) -> Read | NexuError:
    try:
        return read()
    except NexuError as error:
        return error
