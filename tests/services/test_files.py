"""What may go with a message, decided by content; and whose draft it then is."""

from __future__ import annotations

import asyncio

import pytest

from nexu_desktop.adapters.image_header import read_image
from nexu_desktop.adapters.pdf_text import read_pdf
from nexu_desktop.domain.chat import Attachment, AttachmentKind, Lane, ModelRef
from nexu_desktop.domain.context import Image
from nexu_desktop.domain.errors import BadInput
from nexu_desktop.services.catalog import Offer
from nexu_desktop.services.files import (
    FILES_MAX,
    IMAGE_MAX_BYTES,
    TEXT_MAX_BYTES,
    read_file,
    refuse_images,
    refuse_size,
    sees,
    shown_name,
)
from tests.services.house import House
from tests.services.image_bytes import png

MEGABYTE = 1_048_576
TEXTS = {
    "UTF-8": ("Grüße, 世界 👍\n".encode(), "Grüße, 世界 👍\n"),
    "UTF-8 with a mark": (b"\xef\xbb\xbfhello", "hello"),
    "UTF-16, little end first": ("\ufeff世界".encode("utf-16-le"), "世界"),
    "UTF-16, big end first": ("\ufeff世界".encode("utf-16-be"), "世界"),
    "Windows line ends": (b"a\r\nb\r\n", "a\nb\n"),
    "as long as can be": (b"x" * TEXT_MAX_BYTES, "x" * TEXT_MAX_BYTES),
}
REFUSALS = {
    "nothing": (b"", "x.bin is empty."),
    "blank": (b" \r\n\t", "x.bin is empty."),
    "a mark alone": (b"\xef\xbb\xbf", "x.bin is empty."),
    "a broken PDF": (b"%PDF-1.7\n%\xe2\xe3", "x.bin is damaged, or no PDF that can be read."),
    "a zero byte": (b"text\0text", "x.bin is neither text, PDF nor an image."),
    "a zero byte far on": (b"x" * 10_000 + b"\0", "x.bin is neither text, PDF nor an image."),
    "not UTF-8": (b"caf\xe9", "x.bin is neither text, PDF nor an image."),
    "half a UTF-16 character": (b"\xff\xfeA", "x.bin is neither text, PDF nor an image."),
    "UTF-32": ("hello".encode("utf-32"), "x.bin is neither text, PDF nor an image."),
    "a long text": (b"x" * (TEXT_MAX_BYTES + 1), "x.bin has 2.0 MB. A text may have at most 2 MB."),
    "a large archive": (b"PK\x03\x04\0" + b"x" * 3 * MEGABYTE, "x.bin is neither text, PDF nor an image."),
    "a large image": (png(9, 9) + bytes(IMAGE_MAX_BYTES), "x.bin has 20.0 MB. An image may have at most 20 MB."),
}  # fmt: skip


def read(name: str, data: bytes) -> Attachment:
    return read_file(name, data, read_image, read_pdf, "id")


@pytest.mark.parametrize(("data", "text"), TEXTS.values(), ids=TEXTS.keys())
def test_a_text_is_read(data: bytes, text: str) -> None:
    """Whatever its name; the size is that of the file."""
    assert read("photo.png", data) == Attachment(
        "id", AttachmentKind.TEXT, "photo.png", "text/plain", len(data), text
    )


def test_an_image_is_measured() -> None:
    """By its first bytes, not by its name; the bytes are not in the value."""
    data = png(640, 480)
    assert read("notes.txt", data) == Attachment(
        "id", AttachmentKind.IMAGE, "notes.txt", "image/png", len(data), "", 640, 480
    )


@pytest.mark.parametrize(("data", "said"), REFUSALS.values(), ids=REFUSALS.keys())
def test_anything_else_is_refused(data: bytes, said: str) -> None:
    """With the reason, the figures, and a next step."""
    with pytest.raises(BadInput) as refused:
        read("x.bin", data)
    assert refused.value.sentence.startswith(said)
    assert refused.value.hint


def test_a_size_is_refused_before_reading() -> None:
    """What is larger than any file may be."""
    refuse_size("x", IMAGE_MAX_BYTES)
    with pytest.raises(BadInput, match=r"film\.mkv has 700\.0 MB"):
        refuse_size("film.mkv", 700 * MEGABYTE)


def test_a_name_is_one_line_without_its_folder() -> None:
    """It goes to the model before the text."""
    names = {"a/b/c.txt": "c.txt", "two\nlines\t.md": "two lines .md", "": "file", "x\udcff": "x?"}
    assert names == {name: shown_name(name) for name in names}
    assert len(shown_name("n" * 300)) == 120


def test_attaching_stores_the_conversation(house: House) -> None:
    """A new one has nowhere to keep a file before; refused ones leave no trace."""
    cid = house.desk.new_conversation().id
    with pytest.raises(BadInput):
        house.desk.files.attach(cid, "x", b"\0")
    assert house.desk.conversations() == ()
    notes = house.desk.files.attach(cid, "notes.md", b"# Notes")
    photo = house.desk.files.attach(cid, "photo.png", png(4, 3))
    assert [found.id for found in house.desk.conversations()] == [cid]
    assert house.desk.files.of_draft(cid) == (notes, photo)
    assert house.chats.attachment_data(photo.id) == png(4, 3)


def test_files_count_in_the_estimate_at_once(house: House) -> None:
    """Attached or taken out again."""
    cid = house.desk.new_conversation().id

    def tokens() -> int:
        estimate = house.desk.estimate(cid, "one two")
        assert estimate is not None
        return estimate.input.counted

    before = tokens()
    text = house.desk.files.attach(cid, "n.md", b"three words here")
    photo = house.desk.files.attach(cid, "photo.png", png(4, 3))
    with_both = tokens()
    house.desk.files.detach(cid, text.id)
    without_text = tokens()
    house.desk.files.detach(cid, photo.id)
    assert (without_text - before, tokens()) == (100, before)
    assert with_both - without_text == len(["File", "n.md:", "```", "three", "words", "here", "```"])


def test_a_message_takes_only_so_many(house: House) -> None:
    """20 files, and 40 MB of images; what is there stays."""
    cid = house.desk.new_conversation().id
    for number in range(FILES_MAX):
        house.desk.files.attach(cid, f"{number}.txt", b"x")
    with pytest.raises(BadInput, match="at most 20 files"):
        house.desk.files.attach(cid, "one.txt", b"x")
    assert len(house.desk.files.of_draft(cid)) == FILES_MAX
    other = house.desk.new_conversation().id
    large = png(9, 9) + bytes(15 * MEGABYTE)
    house.desk.files.attach(other, "a.png", large)
    house.desk.files.attach(other, "b.png", large)
    with pytest.raises(BadInput, match="40 MB together"):
        house.desk.files.attach(other, "c.png", large)


def test_sent_files_go_along_and_leave_the_draft(house: House) -> None:
    """The text before the words, the image with its bytes; the message keeps both."""
    cid = house.desk.new_conversation().id
    house.desk.files.attach(cid, "n.md", b"# Notes")
    photo = house.desk.files.attach(cid, "photo.png", png(4, 3))
    asyncio.run(house.desk.send(cid, "What is it?", house.events.append))
    [request] = house.asked
    assert request.messages[-1].text == "File n.md:\n```\n# Notes\n```\n\nWhat is it?"
    assert (request.messages[-1].images, request.images) == (
        (Image(photo.id, "image/png", 4, 3),),
        {photo.id: png(4, 3)},
    )
    assert house.desk.files.of_draft(cid) == ()
    assert [one.name for one in house.desk.messages(cid)[0].attachments] == ["n.md", "photo.png"]


def test_a_model_that_does_not_see_refuses_images() -> None:
    """Only where it is known not to: an own server's model gets the chance."""
    ref = ModelRef(Lane.CREDITS, "nexu", "glm-5")
    images = (Image("i", "image/png", 4, 3),)
    blind, seeing, unknown = (
        Offer(ref, None, capabilities=what) for what in (("tools",), ("tools", "vision"), ())
    )
    assert [sees(offer) for offer in (blind, seeing, unknown)] == [False, True, True]
    refuse_images(blind, ())
    refuse_images(seeing, images)
    refuse_images(unknown, images)
    with pytest.raises(BadInput, match="glm-5 does not see images"):
        refuse_images(blind, images)


def test_the_card_knows_who_sees(house: House) -> None:
    """The capability is named there as it is asked for here."""
    known = {offer.ref.model: sees(offer) for offer in house.catalog.card_offers()}
    assert (known["gemini-3-flash-preview"], known["glm-5"]) == (True, False)
