"""From a path to a file of the draft: read off the GUI thread, refused with a sentence, kept with its conversation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from nexu_desktop.domain.chat import AttachmentKind
from nexu_desktop.domain.errors import BadInput
from nexu_desktop.engine import Engine
from nexu_desktop.services.files import FILES_MAX, IMAGE_MAX_BYTES
from nexu_desktop.ui import theme
from nexu_desktop.ui.attaching import Attaching, read_path
from nexu_desktop.ui.bridge import Bridge
from nexu_desktop.ui.main_window import MainWindow
from tests.adapters.pdf_bytes import pdf
from tests.services.house import House
from tests.services.image_bytes import png


@dataclass
class Room:
    """A window over real services; `cid` is the open conversation."""

    house: House
    window: MainWindow
    bridge: Bridge
    cid: str
    complaints: list[BaseException] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.attaching = Attaching(
            self.window, self.house.desk, self.bridge, lambda: self.cid, self.complaints.append
        )

    @property
    def names(self) -> list[str]:
        return [one.name for one in self.house.desk.files.of_draft(self.cid)]

    @property
    def chips(self) -> list[str]:
        return [chip.attachment.name for chip in self.window.composer.attachments.chips]

    @property
    def note(self) -> str:
        return self.window.composer.attachments.note.text()


@pytest.fixture
def room(qtbot: QtBot, tmp_path: Path) -> Iterator[Room]:
    house, engine = House(tmp_path / "data"), Engine()
    window = MainWindow()
    qtbot.addWidget(window)
    window.apply_theme(theme.LIGHT)
    window.show()
    made = Room(house, window, Bridge(engine, window), house.desk.new_conversation().id)
    yield made
    engine.close()
    house.close()


def written(folder: Path, **files: bytes) -> list[str]:
    """Files by name, with '.txt'."""
    for name, data in files.items():
        (folder / f"{name}.txt").write_bytes(data)
    return [str(folder / f"{name}.txt") for name in files]


def attach(qtbot: QtBot, room: Room, paths: list[str]) -> None:
    room.window.composer.attachments.files_dropped.emit(paths)
    rest(qtbot, room)


def rest(qtbot: QtBot, room: Room) -> None:
    """Wait until nothing is being read."""
    qtbot.waitUntil(lambda: room.attaching._queue.current is None, timeout=10_000)


def test_dropped_files_become_chips(qtbot: QtBot, room: Room, tmp_path: Path) -> None:
    """In order; the row says that they are read, and Send waits."""
    attach(qtbot, room, written(tmp_path, a=b"one", b=b"two"))
    assert (room.names, room.chips, room.note) == (["a.txt", "b.txt"],) * 2 + ("",)


def test_it_is_said_that_a_file_is_read(qtbot: QtBot, room: Room, tmp_path: Path) -> None:
    """At once, before any of it is there."""
    with qtbot.waitSignal(room.attaching.changed):
        room.attaching.attach(written(tmp_path, a=b"one", b=b"two"))
        assert (room.note, room.chips) == ("Reading a.txt (1 of 2)…", [])
    assert (room.note, room.chips) == ("Reading b.txt (2 of 2)…", ["a.txt"])
    rest(qtbot, room)
    assert (room.note, room.chips) == ("", ["a.txt", "b.txt"])


def test_one_that_is_refused_does_not_keep_the_others_out(qtbot: QtBot, room: Room, tmp_path: Path) -> None:
    """The first reason is told, the others are counted."""
    paths = written(tmp_path, pdf=b"%PDF-1.7", good=b"text", zero=b"\0", empty=b"")
    attach(qtbot, room, paths)
    assert room.chips == ["good.txt"]
    said = (
        "pdf.txt is damaged, or no PDF that can be read. Save it again and attach that."
        " 2 more could not be attached."
    )
    assert room.window.notice.text() == said
    assert room.complaints == []


def test_too_many_are_refused_one_by_one(qtbot: QtBot, room: Room, tmp_path: Path) -> None:
    """The first twenty stay."""
    attach(qtbot, room, written(tmp_path, x=b"x") * (FILES_MAX + 2))
    assert len(room.chips) == FILES_MAX
    assert "at most 20 files" in room.window.notice.text()
    assert "1 more could not be attached." in room.window.notice.text()


def test_a_pasted_image_gets_a_name(qtbot: QtBot, room: Room) -> None:
    """By what it is."""
    with qtbot.waitSignal(room.attaching.changed):
        room.window.composer.attachments.image_pasted.emit(png(4, 3))
    [photo] = room.house.desk.files.of_draft(room.cid)
    assert (photo.name, photo.kind) == ("Pasted image.png", AttachmentKind.IMAGE)
    assert room.house.chats.attachment_data(photo.id) == png(4, 3)


def test_removing_takes_it_out(qtbot: QtBot, room: Room, tmp_path: Path) -> None:
    """Of the draft and of the row."""
    attach(qtbot, room, written(tmp_path, a=b"one", b=b"two"))
    with qtbot.waitSignal(room.attaching.changed):
        room.window.composer.attachments.chips[0].remove_button.click()
    assert (room.names, room.chips) == (["b.txt"], ["b.txt"])


def test_a_file_stays_with_its_conversation(qtbot: QtBot, room: Room, tmp_path: Path) -> None:
    """Whoever opens another one while it is read finds it where it was dropped."""
    first, second = room.cid, room.house.desk.new_conversation().id
    with qtbot.waitSignal(room.attaching.changed):
        room.attaching.attach(written(tmp_path, a=b"one"))
        room.cid = second
        room.attaching.show()
        assert room.note == ""
    assert (room.names, room.chips) == ([], [])
    room.cid = first
    room.attaching.show()
    assert (room.names, room.chips, room.note) == (["a.txt"], ["a.txt"], "")


def test_a_conversation_deleted_meanwhile(qtbot: QtBot, room: Room, tmp_path: Path) -> None:
    """The file comes to nobody's draft; nothing breaks."""
    room.house.desk.set_draft(room.cid, "x")
    with qtbot.waitSignal(room.attaching.changed):
        room.attaching.attach(written(tmp_path, a=b"one"))
        room.house.desk.library.delete([room.cid])
        room.house.chats.purge_deleted()
    assert room.chips == []
    assert room.window.notice.text().startswith("This conversation no longer exists.")


def test_the_dialog_takes_several(qtbot: QtBot, room: Room, tmp_path: Path) -> None:
    """And opens next time where the last files lay."""
    folder = tmp_path / "there"
    folder.mkdir()
    room.window.composer.attach_requested.emit()
    dialog = room.window.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    assert dialog.fileMode() == QFileDialog.FileMode.ExistingFiles
    dialog.filesSelected.emit(written(folder, a=b"one", b=b"two"))
    rest(qtbot, room)
    dialog.close()
    assert (room.chips, room.attaching._folder) == (["a.txt", "b.txt"], folder)


def test_our_own_fault_is_complained_of(
    qtbot: QtBot, room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Send is not held up for ever."""

    def broken(name: str, data: bytes) -> None:
        raise KeyError(name)

    monkeypatch.setattr(room.house.desk.files, "read", broken)
    attach(qtbot, room, written(tmp_path, a=b"one"))
    assert ([type(one) for one in room.complaints], room.note) == ([KeyError], "")


def test_paths_of_no_use(room: Room, tmp_path: Path) -> None:
    """A folder, nothing, and what is larger than anything that can be sent: without reading it."""
    large = tmp_path / "film.mkv"
    with large.open("wb") as file:
        file.truncate(IMAGE_MAX_BYTES * 1_000)
    said = {
        tmp_path: f"{tmp_path.name} is a folder. Attach the files in it instead.",
        tmp_path / "none.txt": "none.txt is not there, or not a file. Pick another one.",
        large: "film.mkv has 20000.0 MB. A file may have at most 20 MB.",
    }
    for path, sentence in said.items():
        with pytest.raises(BadInput) as refused:
            read_path(room.house.desk.files, path)
        assert refused.value.sentence == sentence


def test_removing_can_be_undone(qtbot: QtBot, room: Room, tmp_path: Path) -> None:
    """An image comes back with its bytes; undone once, the offer is gone."""
    (tmp_path / "p.png").write_bytes(png(4, 3))
    attach(qtbot, room, [str(tmp_path / "p.png"), *written(tmp_path, a=b"one")])
    room.window.composer.attachments.chips[0].remove_button.click()
    line = room.window.composer.offer_line
    assert (room.names, line.label.text(), line.isVisible()) == (["a.txt"], "p.png was removed.", True)
    line.button.click()
    assert (room.names, room.chips, line.isVisible()) == (["a.txt", "p.png"], ["a.txt", "p.png"], False)
    photo = room.house.desk.files.of_draft(room.cid)[1]
    assert room.house.chats.attachment_data(photo.id) == png(4, 3)


def test_reading_can_be_stopped(qtbot: QtBot, room: Room, tmp_path: Path) -> None:
    """What is there stays, what is not read yet is left, and Send is free at once."""
    room.attaching.attach(written(tmp_path, a=b"one", b=b"two", c=b"three"))
    with qtbot.waitSignal(room.attaching.changed):
        pass
    room.window.composer.attachments.stop.click()
    assert (room.note, room.window.composer.attachments.refusal()) == ("", "")
    rest(qtbot, room)
    assert room.chips == ["a.txt"]
    attach(qtbot, room, written(tmp_path, d=b"four"))
    assert room.chips == ["a.txt", "d.txt"]


def test_a_long_text_becomes_a_file(qtbot: QtBot, room: Room) -> None:
    """Above the limit of the settings; one button brings it into the draft instead, once."""
    room.window.composer.field.file_from = 8_000
    long = "The river carries sand.\n" * 400
    room.window.composer.set_draft("Sum up: ")
    room.window.composer.field.insertFromMimeData(text(long))
    [kept] = room.house.desk.files.of_draft(room.cid)
    assert (kept.name, kept.text) == ("Pasted text.txt", long)
    assert (room.window.composer.draft(), room.chips) == ("Sum up: ", ["Pasted text.txt"])
    line = room.window.composer.offer_line
    assert (line.button.text(), "9,600 characters" in line.label.text()) == ("Paste as text instead", True)
    line.button.click()
    assert (room.window.composer.draft(), room.chips) == (f"Sum up: {long}", [])
    room.window.composer.field.undo()
    assert room.window.composer.draft() == "Sum up: "


@pytest.mark.parametrize("text_of", [lambda: "x" * 8_000, lambda: " \n" * 6_000], ids=["short", "blank"])
def test_what_makes_no_file_is_pasted_as_text(room: Room, text_of: Callable[[], str]) -> None:
    """A short text, and one without a word in it."""
    room.window.composer.field.file_from = 8_000
    room.window.composer.field.insertFromMimeData(text(text_of()))
    assert (room.window.composer.draft(), room.chips) == (text_of(), [])


def test_a_long_text_can_be_pasted_as_text_at_once(qtbot: QtBot, room: Room) -> None:
    """Ctrl+Shift+V; and everything is text where the setting is off."""
    field, long = room.window.composer.field, "word " * 1_800
    field.file_from = 8_000
    QApplication.clipboard().setText(long)
    held = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(field, Qt.Key.Key_V, held)
    assert (room.window.composer.draft(), room.chips) == (long, [])
    room.window.composer.set_draft("")
    field.file_from = 0
    field.paste()
    assert (room.window.composer.draft(), room.chips) == (long, [])


def test_what_a_file_adds_is_shown(qtbot: QtBot, room: Room, tmp_path: Path) -> None:
    """In tokens, as it goes on the wire with its name; in a PDF those of its text."""
    (tmp_path / "doc.pdf").write_bytes(pdf("one two three"))
    attach(qtbot, room, [str(tmp_path / "doc.pdf")])
    [chip] = room.window.composer.attachments.chips
    assert "tokens" in chip.accessibleName()
    [doc] = room.house.desk.files.of_draft(room.cid)
    assert (doc.text, doc.media_type) == ("one two three", "application/pdf")


def text(words: str) -> QMimeData:
    data = QMimeData()
    data.setText(words)
    return data
