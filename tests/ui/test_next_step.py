"""The card of a failed answer: its buttons, and what they open."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from nexu_desktop.adapters.resources import resource_path
from nexu_desktop.domain.chat import Message, Outcome
from nexu_desktop.domain.errors import Step
from nexu_desktop.ui import icons, theme
from nexu_desktop.ui.main_window import MainWindow
from nexu_desktop.ui.next_step import NextStep
from tests.ui.chat_values import OWN, RECEIPT, answer, last_answer


@pytest.fixture
def window(qtbot: QtBot) -> MainWindow:
    icons.use(resource_path("icons"))
    made = MainWindow()
    qtbot.addWidget(made)
    made.apply_theme(theme.LIGHT)
    made.resize(1000, 700)
    made.show()
    return made


def failed(step: Step, text: str = "") -> Message:
    receipt = replace(RECEIPT, ref=OWN, outcome=Outcome.FAILED, error="It failed. Do this.", step=step)
    return replace(answer(text), receipt=receipt)


@pytest.mark.parametrize(
    ("step", "said", "opens"),
    [
        (Step.KEYS, "Open keys", ["page openai"]),
        (Step.CREDITS, "Add credits", ["page nexu"]),
        (Step.MODEL, "Choose another model", ["picker"]),
    ],
)
def test_the_next_step_is_a_button(
    qtbot: QtBot, window: MainWindow, step: Step, said: str, opens: list[str]
) -> None:
    """Beside Retry, by mouse and by keyboard; it opens the page of whoever refused."""
    opened: list[str] = []
    NextStep(window, lambda: ("nexu", "openai"), lambda page: opened.append(f"page {page}"))
    window.composer.pick_model_requested.connect(lambda: opened.append("picker"))
    window.chat.show_conversation((failed(step),))
    trouble = last_answer(window.chat).trouble
    assert (trouble.step.isVisible(), trouble.step.text(), trouble.step.accessibleName()) == (
        True,
        said,
        said,
    )
    assert trouble.step.x() >= trouble.retry.geometry().right()
    qtbot.keyClick(trouble.step, Qt.Key.Key_Space)
    assert opened == opens


def test_a_page_of_nobody_is_that_of_nexu(window: MainWindow) -> None:
    """The sandbox has no key to open."""
    opened: list[str] = []
    NextStep(window, lambda: ("nexu", "openai"), opened.append)
    window.chat.step_wanted.emit("keys", "sandbox")
    assert opened == ["nexu"]


def test_without_a_step_there_is_retry_alone(window: MainWindow) -> None:
    """And nothing to copy where nothing has come."""
    window.chat.show_conversation((failed(Step.NONE),))
    row = last_answer(window.chat)
    assert (row.trouble.step.isVisible(), row.receipt.copy.isVisible()) == (False, False)
    window.chat.show_conversation((failed(Step.NONE, "half an"),))
    assert last_answer(window.chat).receipt.copy.isVisible()
