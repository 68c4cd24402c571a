"""How much work texts of any size make: what nobody sees is not laid out, what stands there is not done again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from nexu_desktop.domain.events import TextDelta, TurnStarted
from nexu_desktop.ui import theme
from nexu_desktop.ui.chat_view.formats import Formats
from nexu_desktop.ui.chat_view.paper import LINE_SHOWN, Paper, Papers
from nexu_desktop.ui.chat_view.view import ChatView
from tests.ui.chat_values import answer, asked, last_answer

SCREEN_CHARS = 40_000  # more than any screen shows
FLUSH_CHARS = 12_000  # a segment at its largest, and what has come since
BOMBS = {
    "line": "".join(map(str, range(900_000))),  # no two pieces alike: those would share their document
    "words": " ".join(map(str, range(300_000))),
    "quotes": "> " * 2_000 + "deep",
    "tables": "".join(f"| a | b |\n|---|---|\n| {n} | 2 |\n\n" for n in range(2_000)),
    "wide table": ("|" + "a|" * 200 + "\n|" + "-|" * 200 + "\n") + ("|" + "b|" * 200 + "\n") * 500,
    "empty lines": "\n" * 2_000 + "end",
    "paragraphs": "".join(f"paragraph {n}\n\n" for n in range(20_000)),
}


def rendered(view: ChatView) -> int:
    return view._pool.papers.rendered_chars


@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS)
def test_only_what_is_seen_is_laid_out(view: ChatView, text: str) -> None:
    """Opening a message of any size renders a screen of it, at its end and at its beginning."""
    view.show_conversation([answer(text)])
    assert 0 < rendered(view) <= SCREEN_CHARS
    view.verticalScrollBar().setValue(0)
    assert rendered(view) <= 2 * SCREEN_CHARS


@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS)
def test_a_flush_renders_only_what_is_open(view: ChatView, text: str) -> None:
    """While an answer arrives, finished pieces are left alone, however long it has become."""
    view.take_events([TurnStarted("a", None, answer("", receipt=None, streaming=True))])
    for start in range(0, min(len(text), 150_000), 3_000):
        before = rendered(view)
        view.take_events([TextDelta("a", text[start : start + 3_000])])
        view._stream.flush()
        assert rendered(view) - before <= FLUSH_CHARS


@pytest.mark.parametrize("line", ["y" * 60_000, "x = 1  # some code\n" * 3_000], ids=["line", "lines"])
def test_code_grows_at_its_end(view: ChatView, line: str) -> None:
    """Each character of a code block is put into its document once."""
    text = f"```py\n{line}"
    view.take_events([TurnStarted("a", None, answer("", receipt=None, streaming=True))])
    for start in range(0, len(text), 3_000):
        view.take_events([TextDelta("a", text[start : start + 3_000])])
        view._stream.flush()
    assert rendered(view) <= len(text)
    assert last_answer(view).body.pieces[0].document.toPlainText().replace("\n", "") == line.replace("\n", "")


def test_a_long_conversation_costs_a_screen(view: ChatView) -> None:
    """Ten thousand messages render what one screen shows of them."""
    view.show_conversation([asked("word " * 200, str(n)) for n in range(10_000)])
    assert rendered(view) <= SCREEN_CHARS


def test_what_was_seen_is_not_rendered_again(view: ChatView, qtbot: QtBot) -> None:
    """Going back to where one was costs nothing."""
    view.show_conversation([answer(f"{n} " + "word " * 100, str(n)) for n in range(60)])
    bar = view.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    qtbot.waitUntil(lambda: not view._ahead.isActive())
    before = rendered(view)
    view.jump_to_latest()
    view.jump_to("30")
    assert rendered(view) == before


@given(
    st.lists(st.sampled_from(["a", "\n", "\u202e", "🌊", "b" * 3_999, "c" * 4_001, "d" * 9_000]), max_size=9)
)
def test_code_is_the_same_however_it_came(chunks: list[str]) -> None:
    """Put in bit by bit or at once, the document says the same, and no line is too long for it."""
    papers, grown, whole, text = Papers(Formats(theme.LIGHT)), Paper(), Paper(), ""
    for chunk in chunks:
        papers.fill_code(grown, text + chunk, text)
        text += chunk
    papers.fill_code(whole, text)
    assert grown.toPlainText() == whole.toPlainText()
    assert max(map(len, whole.toPlainText().split("\n"))) <= LINE_SHOWN
