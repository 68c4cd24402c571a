"""Files of the draft as chips, and all the ways in which files come to the composer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QImage
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from nexu_desktop.domain.chat import Attachment, AttachmentKind
from nexu_desktop.ui import theme
from nexu_desktop.ui.attachment_chip import HEIGHT, AttachmentChip, details, size_words
from nexu_desktop.ui.chat_view.rows import UserRow
from nexu_desktop.ui.chat_view.view import ChatView
from nexu_desktop.ui.chip_flow import GAP
from nexu_desktop.ui.composer.composer import Composer
from nexu_desktop.ui.text_sheet import SHOWN_CHARS, TextSheet
from tests.services.image_bytes import png
from tests.ui.chat_values import asked
from tests.ui.offers import offer

Key, Action = Qt.Key, Qt.DropAction
TEXT = Attachment("t", AttachmentKind.TEXT, "report.csv", "text/plain", 12_345, "a;b\n1;2\n")
PHOTO = Attachment("p", AttachmentKind.IMAGE, "photo.png", "image/png", 1_300_000, "", 2_560, 1_440)
OFFER = offer()
BLIND = offer("glm-5", capabilities=("tools",))


@pytest.fixture
def composer(composer: Composer) -> Composer:
    """With words in it."""
    composer.set_draft("What is it?")
    return composer


def many(count: int) -> list[Attachment]:
    return [replace(TEXT, id=f"t{n}") for n in range(count)]


def files(*paths: str) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(path) for path in paths])
    return data


def caught(composer: Composer) -> tuple[list[list[str]], list[bytes]]:
    paths: list[list[str]] = []
    images: list[bytes] = []
    composer.attachments.files_dropped.connect(paths.append)
    composer.attachments.image_pasted.connect(images.append)
    return paths, images


def drop(target: QWidget, data: QMimeData) -> bool:
    """What a person sees on the way: whether it would be taken. Then it is let go."""
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(5, 5), Action.CopyAction, data, buttons, keys)
    QApplication.sendEvent(target, enter)
    QApplication.sendEvent(target, QDropEvent(QPointF(5, 5), Action.CopyAction, data, buttons, keys))
    return enter.isAccepted()


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (1_023, "1023 bytes"),
        (1_024, "1 KB"),
        (12_345, "12 KB"),
        (1_023_487, "999 KB"),
        (1_023_488, "1.0 MB"),
        (20 * 1_048_576, "20.0 MB"),
    ],
)
def test_sizes_have_units(size: int, words: str) -> None:
    """Of 1,024 each, as the limits are."""
    assert words == size_words(size)


def test_details_say_what_is_known() -> None:
    """Pixels of an image, tokens once they are counted."""
    assert details(TEXT, None) == "12 KB"
    assert details(TEXT, 1_290) == "12 KB, ~1,290 tokens"
    assert details(PHOTO, 1_120) == "2,560 × 1,440, 1.2 MB, ~1,120 tokens"


def test_chips_stand_above_the_field(composer: Composer) -> None:
    """Shown with the first file, gone with the last; each has a name for ears."""
    assert composer.attachments.isHidden()
    composer.attachments.show_files([TEXT, PHOTO])
    composer.attachments.set_tokens({"t": 1_290})
    assert composer.attachments.geometry().bottom() < composer.field.y()
    assert [chip.accessibleName() for chip in composer.attachments.chips] == [
        "report.csv, 12 KB, ~1,290 tokens",
        "photo.png, 2,560 × 1,440, 1.2 MB",
    ]
    composer.attachments.show_files([])
    assert composer.attachments.isHidden()


def test_names_are_shown_as_they_are(composer: Composer) -> None:
    """No markup in the tooltip, nothing that turns the reading direction."""
    composer.attachments.show_files([replace(TEXT, name="<b>x\u202egpj.exe")])
    [chip] = composer.attachments.chips
    assert chip.toolTip() == "<qt>&lt;b&gt;x⟨U+202E⟩gpj.exe<br>12 KB</qt>"


def test_a_long_name_gives_way_in_its_middle(composer: Composer) -> None:
    """And the chip never grows past the row."""
    composer.attachments.show_files(
        [replace(TEXT, name="a" * 300 + ".csv"), replace(TEXT, id="s", name="b.py")]
    )
    long, short = composer.attachments.chips
    assert short.width() < long.width() < 320
    assert "a" * 300 + ".csv" in long.accessibleName()


def test_a_count_that_changes_moves_nothing(composer: Composer) -> None:
    """Figures of as many digits are as wide."""
    composer.attachments.show_files([TEXT, PHOTO])
    places = []
    for tokens in (1_111, 8_888):
        composer.attachments.set_tokens({"t": tokens, "p": tokens})
        places.append([chip.geometry() for chip in composer.attachments.chips])
    assert places[0] == places[1]


def test_two_rows_at_most(composer: Composer) -> None:
    """Then they scroll; the field stays where it can be seen."""
    heights = []
    for count in (1, 6, 20):
        composer.attachments.show_files(many(count))
        QApplication.processEvents()
        heights.append(composer.attachments._scroll.height())
    assert heights == [HEIGHT, 2 * HEIGHT + GAP, 2 * HEIGHT + GAP]
    assert composer.attachments._box.height() > 2 * HEIGHT + GAP
    assert composer.attachments._box.width() <= composer.attachments._scroll.viewport().width()


def test_keys_reach_and_remove_them(composer: Composer, qtbot: QtBot) -> None:
    """Shift+Tab from the field comes to the last one, Delete removes, the focus stays near, then in the field."""
    row = composer.attachments
    row.show_files([TEXT, PHOTO])
    qtbot.keyClick(composer.field, Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert QApplication.focusWidget() is row.chips[1]
    qtbot.keyClick(row.chips[1], Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert QApplication.focusWidget() is row.chips[0]
    with qtbot.waitSignal(row.removed) as gone:
        qtbot.keyClick(row.chips[0], Key.Key_Delete)
    assert gone.args == ["t"]
    row.show_files([PHOTO])
    assert QApplication.focusWidget() is row.chips[0]
    with qtbot.waitSignal(row.removed) as gone:
        qtbot.keyClick(row.chips[0], Key.Key_Backspace)
    assert gone.args == ["p"]
    row.show_files([])
    assert composer.field.hasFocus()


def test_the_focus_stays_among_the_files(composer: Composer) -> None:
    """After the last of three the second has it, not the field."""
    row = composer.attachments
    row.show_files([TEXT, *many(2)])
    row.chips[2].setFocus()
    row.show_files([TEXT, *many(1)])
    assert QApplication.focusWidget() is row.chips[1]


def test_tab_goes_from_left_to_right(composer: Composer, qtbot: QtBot) -> None:
    """Whenever they were added; after the last comes the field."""
    row = composer.attachments
    row.show_files([TEXT])
    row.show_files([PHOTO, TEXT, *many(1)])
    row.chips[0].setFocus()
    stops = []
    for _ in range(4):
        stops.append(QApplication.focusWidget())
        qtbot.keyClick(QApplication.focusWidget(), Key.Key_Tab)
    assert stops == [*row.chips, composer.field]


def test_the_cross_removes(composer: Composer, qtbot: QtBot) -> None:
    """With the mouse; it is named after its file."""
    composer.attachments.show_files([TEXT, PHOTO])
    cross = composer.attachments.chips[1].remove_button
    assert cross.accessibleName() == "Remove photo.png"
    with qtbot.waitSignal(composer.attachments.removed) as gone:
        qtbot.mouseClick(cross, Qt.MouseButton.LeftButton)
    assert gone.args == ["p"]


def test_a_text_opens_in_a_sheet(composer: Composer, qtbot: QtBot) -> None:
    """As plain text; its Copy takes all of it. An image has nothing to open."""
    text = "<b>x</b>\n" * 20_000
    composer.attachments.show_files([replace(TEXT, text=text), PHOTO])
    chip, photo = composer.attachments.chips
    qtbot.keyClick(chip, Key.Key_Return)
    sheet = composer.window().findChild(TextSheet)
    assert isinstance(sheet, TextSheet)
    assert sheet.field.toPlainText() == text[:SHOWN_CHARS]
    sheet._copy()
    assert QApplication.clipboard().text() == text
    sheet.close()
    with qtbot.assertNotEmitted(photo.opened):
        qtbot.keyClick(photo, Key.Key_Return)
        qtbot.mouseClick(photo, Qt.MouseButton.LeftButton)


def test_a_model_that_does_not_see_refuses(composer: Composer) -> None:
    """It is said beside the images and at Send, until the image is out or the model another."""
    sends: list[str] = []
    composer.send_requested.connect(sends.append)
    composer.attachments.show_files([TEXT, PHOTO])
    assert composer.refusal() == ""
    composer.set_offer(BLIND)
    said = "glm-5 does not see images. Take the image out, or pick a model that does."
    assert (composer.refusal(), composer.attachments.note.text()) == (said, said)
    assert composer.attachments.chips[1].accessibleName().endswith(said)
    assert composer.attachments.chips[0].accessibleName() == "report.csv, 12 KB"
    composer._send()
    assert sends == []
    composer.attachments.show_files([TEXT])
    assert (composer.refusal(), composer.attachments.note.isVisible()) == ("", False)
    composer._send()
    assert sends == ["What is it?"]


def test_nothing_is_sent_while_a_file_is_read(composer: Composer) -> None:
    """Else the message would go without it."""
    composer.attachments.set_reading("Reading a.txt (1 of 2)…")
    assert composer.attachments.note.text() == "Reading a.txt (1 of 2)…"
    assert composer.refusal() == "A file is still being read."
    composer.attachments.set_reading("")
    assert composer.refusal() == ""
    assert composer.attachments.isHidden()


def test_the_paperclip_asks_for_files(composer: Composer, qtbot: QtBot) -> None:
    """A button with a name."""
    assert composer.attach_button.accessibleName() == "Attach files"
    with qtbot.waitSignal(composer.attach_requested):
        qtbot.mouseClick(composer.attach_button, Qt.MouseButton.LeftButton)


def test_files_can_be_dropped_anywhere_on_the_card(composer: Composer) -> None:
    """On the field too, which writes none of their paths."""
    paths, _ = caught(composer)
    for target in (composer, composer.field.viewport()):
        assert drop(target, files("a.txt", "b c.png"))
    assert paths == [["a.txt", "b c.png"]] * 2
    assert composer.draft() == "What is it?"


@pytest.mark.parametrize("over_field", [False, True])
def test_the_card_shows_where_files_can_be_dropped(composer: Composer, over_field: bool) -> None:
    """While they hover, and not after."""
    data, shades = files("a.txt"), []
    target = composer.field.viewport() if over_field else composer
    enter = QDragEnterEvent(
        QPoint(5, 5), Action.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    for event in (enter, QDragLeaveEvent()):
        QApplication.sendEvent(target, event)
        shades.append(composer.grab().toImage().pixelColor(20, 4))
    assert shades == [QColor(theme.LIGHT.accent_soft), QColor(theme.LIGHT.card)]


def test_a_text_is_dropped_as_text(composer: Composer) -> None:
    """It goes its usual way, into the field."""
    paths, images = caught(composer)
    data = QMimeData()
    data.setText(" And that?")
    assert drop(composer.field.viewport(), data)
    assert not drop(composer, data)
    assert "And that?" in composer.draft()
    assert (paths, images) == ([], [])


def test_copied_files_are_attached(composer: Composer) -> None:
    """A file manager offers their paths as text as well."""
    paths, _ = caught(composer)
    data = files("a.txt")
    data.setText("file:///a.txt")
    composer.field.insertFromMimeData(data)
    assert (paths, composer.draft()) == ([["a.txt"]], "What is it?")


def test_an_address_is_pasted_as_text(composer: Composer) -> None:
    """A link is not a file."""
    paths, _ = caught(composer)
    data = QMimeData()
    data.setUrls([QUrl("https://example.com/x.png")])
    data.setText("https://example.com/x.png")
    composer.set_draft("")
    composer.field.insertFromMimeData(data)
    assert (paths, composer.draft()) == ([], "https://example.com/x.png")


def test_an_image_is_pasted_as_its_bytes(composer: Composer) -> None:
    """As it was offered where that can be sent; pixels alone become a PNG."""
    _, images = caught(composer)
    offered = QMimeData()
    offered.setData("image/png", png(4, 3))
    offered.setImageData(QImage(1, 1, QImage.Format.Format_RGB32))
    pixels = QMimeData()
    pixels.setImageData(QImage(5, 4, QImage.Format.Format_RGB32))
    for data in (offered, pixels):
        assert composer.field.canInsertFromMimeData(data)
        composer.field.insertFromMimeData(data)
    assert images[0] == png(4, 3)
    assert (images[1][:8], QImage.fromData(images[1]).width()) == (b"\x89PNG\r\n\x1a\n", 5)


def test_cells_of_a_table_are_pasted_as_text(composer: Composer) -> None:
    """Offices offer a picture of what was copied beside it."""
    _, images = caught(composer)
    data = QMimeData()
    data.setText("1\t2")
    data.setImageData(QImage(5, 4, QImage.Format.Format_RGB32))
    composer.set_draft("")
    composer.field.insertFromMimeData(data)
    assert (images, composer.draft()) == ([], "1\t2")


def test_a_sent_message_shows_its_files(qtbot: QtBot) -> None:
    """Above its words, without a cross; a text can be read."""
    view = ChatView()
    qtbot.addWidget(view)
    view.resize(800, 600)
    view.show()
    plain = replace(asked("Look", "u0"))
    view.show_conversation([plain, replace(asked("Look", "u1"), attachments=(TEXT, PHOTO))])
    without, row = view._rows.rows
    assert isinstance(row, UserRow)
    assert isinstance(without, UserRow)
    assert row.height() == without.height() + HEIGHT + theme.GAP_S
    assert row.files.chips[-1].geometry().right() == row.width() - 1
    assert row.files.geometry().bottom() < row.card.y()
    assert not any(chip.remove_button.isVisible() for chip in row.files.chips)
    qtbot.mouseClick(row.files.chips[0], Qt.MouseButton.LeftButton)
    sheet = view.window().findChild(TextSheet)
    assert isinstance(sheet, TextSheet)
    assert sheet.windowTitle() == "report.csv"
    sheet.close()


def test_a_sent_file_cannot_be_removed(qtbot: QtBot) -> None:
    """Delete does nothing there."""
    chip = AttachmentChip(TEXT, removable=False)
    qtbot.addWidget(chip)
    with qtbot.assertNotEmitted(chip.removed):
        qtbot.keyClick(chip, Key.Key_Delete)
