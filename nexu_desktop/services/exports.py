"""Export: conversations to one file, a folder or a zip, in a format of the person's choice."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nexu_desktop.domain.errors import BadInput
from nexu_desktop.domain.export import Export, ExportOptions, Format
from nexu_desktop.domain.file_names import FreeNames, file_name
from nexu_desktop.domain.transfer import TransferStopped
from nexu_desktop.services.ports import Chats
from nexu_desktop.services.transfer_port import Cancelled, Place, Progress, Writer

OpenPlace = Callable[[Path, bool, bool], Place]
"""(path, overwrite, many): a .zip is a zip, a folder a folder; anything else one file, or a folder for many."""
Make = Callable[[Export], bytes]


@dataclass(frozen=True, slots=True)
class Exported:
    """`path` is the file, folder or zip; `files` how many conversations it got."""

    path: Path
    files: int


class Exports:
    """Every method is blocking. PDF has no writer here: the window gives its own `make` to `run`."""

    def __init__(self, chats: Chats, writers: Mapping[Format, Writer], open_place: OpenPlace) -> None:
        self._chats = chats
        self._writers = writers
        self._open_place = open_place

    def export(self, cid: str, options: ExportOptions, *, files: bool = False) -> Export:
        """What of a conversation is exported; `files` with the bytes of attachments. Raises BadInput."""
        conversation = self._chats.conversation(cid)
        if conversation is None:
            raise BadInput("There is nothing to export or print yet.", "Send a message first.")
        whole = tuple(one for one in self._chats.tree(cid) if not one.streaming)
        shown = tuple(one for one in self._chats.messages(cid) if not one.streaming)
        kept = {
            one.id: self._chats.attachment_data(one.id) for row in whole for one in row.attachments if files
        }
        return Export(conversation, shown, whole, options, kept)

    def make(self, cid: str, format_: Format, options: ExportOptions) -> bytes:
        """The content of one file. Raises BadInput for a format without a writer."""
        writer = self._writers.get(format_)
        if writer is None:
            raise BadInput(f"{format_.shown} is made by the window alone.", "Choose md, html or json.")
        return writer(self.export(cid, options, files=format_ is Format.JSON)).encode("utf-8", "replace")

    def suggested_name(self, cid: str, format_: Format) -> str:
        conversation = self._chats.conversation(cid)
        return file_name(conversation.title if conversation else "") + format_.ending

    def run(
        self,
        ids: Sequence[str],
        format_: Format,
        options: ExportOptions,
        target: Path,
        progress: Progress,
        cancelled: Cancelled,
        *,
        overwrite: bool = False,
        make: Make | None = None,
    ) -> Exported:
        """Raises BadInput where a file is there and `overwrite` is false, StorageFailed, TransferStopped.

        In a folder nothing is ever overwritten: a name that is taken gets a number.
        """
        batch = self.begin(ids, format_, target, overwrite=overwrite)
        try:
            for number, cid in enumerate(ids, 1):
                content = make(self.export(cid, options)) if make else self.make(cid, format_, options)
                if cancelled():  # after the long part: what was stopped is not written
                    raise TransferStopped
                batch.add(self._title(cid), content)
                progress(number, len(ids))
            return batch.finish()
        except BaseException:
            batch.abandon()
            raise

    def begin(self, ids: Sequence[str], format_: Format, target: Path, *, overwrite: bool) -> Batch:
        """Files are then added one by one. Raises BadInput, StorageFailed."""
        if not ids:
            raise BadInput("No conversation is chosen.", "Choose at least one.")
        return Batch(self._open_place(target, overwrite, len(ids) > 1), format_)

    def _title(self, cid: str) -> str:
        conversation = self._chats.conversation(cid)
        return conversation.title if conversation else ""


class Batch:
    """Files of one export, named after their conversations."""

    def __init__(self, place: Place, format_: Format) -> None:
        self._place = place
        self._names = FreeNames(place.names())
        self._ending = format_.ending
        self._count = 0

    def add(self, title: str, content: bytes) -> None:
        self._place.write(self._names.take(title, self._ending), content)
        self._count += 1

    def finish(self) -> Exported:
        return Exported(self._place.finish(), self._count)

    def abandon(self) -> None:
        self._place.abandon()
