"""Messages, receipts and rows for the tests of the chat view."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from nexu_desktop.domain.chat import Basis, Lane, Message, ModelRef, Outcome, Receipt, Role
from nexu_desktop.domain.credits import Nanocredits, Usage
from nexu_desktop.ui.chat_view.code_piece import CodePiece
from nexu_desktop.ui.chat_view.rows import AnswerRow
from nexu_desktop.ui.chat_view.view import ChatView

REF = ModelRef(Lane.CREDITS, "nexu", "glm-5")
OWN = ModelRef(Lane.BYOK, "openai", "gpt-5-mini")
RECEIPT = Receipt(
    attempt="a",
    ref=REF,
    outcome=Outcome.COMPLETE,
    usage=Usage(input=1_012, cached_input=200, output=700, reasoning=140),
    basis=Basis.PROVIDER,
    charged=Nanocredits(320_000_000),
    estimated=Nanocredits(280_000_000),
    card="card",
    finished_ms=0,
    elapsed_ms=1_000,
)


def asked(text: str, name: str = "q") -> Message:
    return Message(name, "c", Role.USER, text, 0)


def answer(text: str, name: str = "a", receipt: Receipt | None = RECEIPT, **more: object) -> Message:
    return replace(
        Message(name, "c", Role.ASSISTANT, text, 0, ref=REF, receipt=receipt), **more
    )  # a short way to say it


def last_answer(view: ChatView) -> AnswerRow:
    return view._rows.rows[-1]  # the test knows which row it made


def codes(row: AnswerRow) -> list[CodePiece]:
    return [piece for piece in row.body.pieces if isinstance(piece, CodePiece)]


def long_conversation(count: int) -> list[Message]:
    """Short questions named by their number."""
    return [asked(f"message {number}\n" * 4, str(number)) for number in range(count)]


def point_of(view: ChatView, word: str) -> QPoint:
    """The middle of the first place in sight where `word` stands, in the viewport."""
    for row in view.rows:
        for body in row.texts():
            for number, piece in enumerate(body.pieces):
                for at in piece.positions(word) if piece.laid else ():
                    box = body.show_position(number, at + 1)
                    return body.mapTo(row, box.center()) + row.pos()
    raise LookupError(word)


def click_text(qtbot: QtBot, view: ChatView, word: str) -> None:
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=point_of(view, word))
