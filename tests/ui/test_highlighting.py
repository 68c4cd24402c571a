"""Code is coloured in slices that never grow, once for each text."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject
from PySide6.QtGui import QTextCursor, QTextDocument
from pytestqt.qtbot import QtBot

from nexu_desktop.markup import code_colours
from nexu_desktop.ui import theme
from nexu_desktop.ui.chat_view import highlighting
from nexu_desktop.ui.chat_view.highlighting import LEXED_AT_ONCE, Highlighter

pytestmark = pytest.mark.usefixtures("qapp")


def documented(code: str) -> QTextDocument:
    document = QTextDocument()
    QTextCursor(document).insertText(code)
    return document


def colours(document: QTextDocument) -> dict[str, str]:
    """Each coloured piece of text with its colour."""
    found, block = {}, document.begin()
    while block.isValid():
        for piece in block.layout().formats():
            units = block.text().encode("utf-16-le")[2 * piece.start : 2 * (piece.start + piece.length)]
            found[units.decode("utf-16-le").rstrip("\x00")] = piece.format.foreground().color().name()
        block = block.next()
    return found


def test_pieces_get_their_colours(qtbot: QtBot) -> None:
    """Over lines and beside characters of two units; another theme repaints."""
    code = 's = "😀" # 😀 end\nreturn 12\n"""a\nb"""'
    document, parent = documented(code), QObject()
    highlighter = Highlighter(document, parent)
    highlighter.start(code, "python", theme.LIGHT)
    qtbot.waitUntil(lambda: not highlighter.busy)
    light = colours(document)
    assert light["# 😀 end"] == theme.LIGHT.code_comment
    assert light["return"] == theme.LIGHT.code_keyword
    assert light["12"] == theme.LIGHT.code_number
    assert light['b"""'] == theme.LIGHT.code_string
    highlighter.recolour(theme.DARK)
    assert colours(document)["return"] == theme.DARK.code_keyword


def test_slices_are_small(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """However fast the clock seems to stand, a slice takes only so many runs."""
    monkeypatch.setattr(highlighting, "LEXED_NS", 10**12)
    code = "return 1\n" * 2_000
    document, parent = documented(code), QObject()
    highlighter = Highlighter(document, parent)
    highlighter.start(code, "python", theme.LIGHT)
    highlighter._slice()
    assert len(highlighter._runs) == LEXED_AT_ONCE
    qtbot.waitUntil(lambda: not highlighter.busy)
    assert len(highlighter._runs) == 4_000


def test_plain_stretches_end_a_slice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces without a colour count as work too."""
    monkeypatch.setattr(highlighting, "LEXED_NS", -1)
    code = "a + b\n" * 50
    document, parent = documented(code), QObject()
    highlighter = Highlighter(document, parent)
    highlighter.start(code, "python", theme.LIGHT)
    highlighter._slice()
    assert highlighter.busy
    assert highlighter._runs == []
    highlighter.stop()


def test_the_same_code_is_lexed_once(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Shown again, its runs come from the cache."""
    code, parent = "return 'once'", QObject()
    first = Highlighter(documented(code), parent)
    first.start(code, "python", theme.LIGHT)
    qtbot.waitUntil(lambda: not first.busy)
    monkeypatch.setattr(code_colours, "lexer_for", lambda _: None)
    document = documented(code)
    second = Highlighter(document, parent)
    second.start(code, "python", theme.LIGHT)
    qtbot.waitUntil(lambda: not second.busy)
    assert colours(document)["return"] == theme.LIGHT.code_keyword


@pytest.mark.parametrize("code", ["x" * 2_001, "x\n" * 100_001])
def test_too_much_code_stays_plain(code: str) -> None:
    """Long lines and long texts are not lexed at all."""
    parent = QObject()
    highlighter = Highlighter(documented(""), parent)
    highlighter.start(code, "python", theme.LIGHT)
    assert not highlighter.busy
