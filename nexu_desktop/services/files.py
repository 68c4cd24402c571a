"""Files that go with a draft: text and PDF that is read, images sent as they are; anything else is refused."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Sequence
from pathlib import PurePath

from nexu_desktop.domain.chat import Attachment, AttachmentKind
from nexu_desktop.domain.context import Image
from nexu_desktop.domain.errors import BadInput
from nexu_desktop.services.catalog import Offer
from nexu_desktop.services.files_port import PdfReader
from nexu_desktop.services.ports import Chats, ImageReader

TEXT_MAX_BYTES = 2 * 1024 * 1024
IMAGE_MAX_BYTES = 20 * 1024 * 1024
IMAGES_MAX_BYTES = 40 * 1024 * 1024  # of one message: services refuse much larger requests
FILES_MAX = 20
NAME_CHARS = 120
LOOKED_AT_BYTES = 8_192  # for a zero byte, which no UTF-8 text has
IMAGE_CAPABILITY = "vision"
PDF_TYPE = "application/pdf"


class Files:
    """`store` puts the conversation on disk, `changed` tells that its draft has other files now."""

    def __init__(
        self,
        chats: Chats,
        new_id: Callable[[], str],
        read_image: ImageReader,
        read_pdf: PdfReader,
        *,
        store: Callable[[str], None],
        changed: Callable[[str], None],
    ) -> None:
        self._chats = chats
        self._new_id = new_id
        self._read_image = read_image
        self._read_pdf = read_pdf
        self._store = store
        self._changed = changed

    def attach(self, cid: str, name: str, data: bytes) -> Attachment:
        """What it is decides its content, not its name. Raises BadInput for what can't be sent."""
        attachment = self.read(name, data)
        self.keep(cid, attachment, data)
        return attachment

    def read(self, name: str, data: bytes) -> Attachment:
        """The first half, for any thread: stored nowhere yet. Raises BadInput for what can't be sent."""
        return read_file(name, data, self._read_image, self._read_pdf, self._new_id())

    def keep(self, cid: str, attachment: Attachment, data: bytes) -> None:
        """The second half. Raises BadInput where the draft has too many files already, and StorageFailed."""
        no_more_than_fit((*self.of_draft(cid), attachment))
        self._store(cid)
        self._chats.attach(cid, attachment, data if attachment.kind is AttachmentKind.IMAGE else b"")
        self._changed(cid)

    def detach(self, cid: str, attachment: str) -> tuple[Attachment, bytes] | None:
        """Take it out of the draft; returns what `keep` puts back, None where it was not there."""
        found = next((one for one in self.of_draft(cid) if one.id == attachment), None)
        data = self._chats.attachment_data(attachment)
        self._chats.detach(attachment)
        self._changed(cid)
        return None if found is None else (found, data)

    def left(self, cid: str) -> None:
        """The files of the draft have become those of a question."""
        self._changed(cid)

    def of_draft(self, cid: str) -> tuple[Attachment, ...]:
        return self._chats.draft_attachments(cid)


def read_file(
    name: str, data: bytes, read_image: ImageReader, read_pdf: PdfReader, identity: str = ""
) -> Attachment:
    """A value that is stored nowhere yet; of a PDF its text. Raises BadInput for what can't be sent."""
    name = shown_name(name)
    found = read_image(data)
    if found is not None:
        _no_larger(name, len(data), IMAGE_MAX_BYTES, "An image")
        media_type, width, height = found
        return Attachment(identity, AttachmentKind.IMAGE, name, media_type, len(data), "", width, height)
    pdf = read_pdf(name, data)
    text, media_type = (_text(name, data), "text/plain") if pdf is None else (pdf, PDF_TYPE)
    return Attachment(identity, AttachmentKind.TEXT, name, media_type, len(data), text)


def shown_name(name: str) -> str:
    """The last part of a path as one line; it is sent along with the text."""
    whole = PurePath(name).name.encode("utf-8", "replace").decode()
    return " ".join(whole.split())[:NAME_CHARS] or "file"


def refuse_size(name: str, size: int) -> None:
    """Before it is read. Raises BadInput for a file (bytes) that is too large whatever it is."""
    _no_larger(shown_name(name), size, IMAGE_MAX_BYTES, "A file")


def no_more_than_fit(attachments: Sequence[Attachment]) -> None:
    """Raises BadInput for more files, or larger images together, than one message takes."""
    if len(attachments) > FILES_MAX:
        raise BadInput(f"A message takes at most {FILES_MAX} files.", "Send some with the next message.")
    if sum(one.size for one in attachments if one.kind is AttachmentKind.IMAGE) > IMAGES_MAX_BYTES:
        raise BadInput(
            f"The images of a message may have {IMAGES_MAX_BYTES // 1_048_576} MB together.",
            "Send some with the next message.",
        )


def refuse_images(offer: Offer, images: Sequence[Image]) -> None:
    """Raises BadInput for a model that does not see; nothing was sent."""
    if images and not sees(offer):
        raise BadInput(
            f"{offer.ref.model} does not see images.", "Take the image out, or pick a model that does."
        )


def sees(offer: Offer) -> bool:
    """Whether images may be sent; a model of which nothing is known gets the chance."""
    return not offer.capabilities or IMAGE_CAPABILITY in offer.capabilities


def _no_larger(name: str, size: int, most: int, what: str) -> None:
    if size > most:
        raise BadInput(
            f"{name} has {size / 1_048_576:.1f} MB.", f"{what} may have at most {most // 1_048_576} MB."
        )


def _text(name: str, data: bytes) -> str:
    """Decoded strictly: half a file of question marks would be paid for. Raises BadInput."""
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    binary = not wide and b"\0" in data[:LOOKED_AT_BYTES]
    if not binary:
        _no_larger(name, len(data), TEXT_MAX_BYTES, "A text")
    try:
        text = "\0" if binary else data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise BadInput(
            f"{name} is neither text, PDF nor an image.", "Attach UTF-8 text, PDF, PNG, JPEG, WebP or GIF."
        )
    if not text.strip():
        raise BadInput(f"{name} is empty.", "Pick another file.")
    return text.replace("\r\n", "\n")
