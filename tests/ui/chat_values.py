"""Messages, receipts and rows for the tests of the chat view."""

from __future__ import annotations

from dataclasses import replace

from nexu_desktop.domain.chat import Basis, Lane, Message, ModelRef, Outcome, Receipt, Role
from nexu_desktop.domain.credits import Nanocredits, Usage
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
