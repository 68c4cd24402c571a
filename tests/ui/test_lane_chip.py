"""Who pays, in the picker and on the command line: two own keys are told apart."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from nexu_desktop.cli.models import _row
from nexu_desktop.domain.chat import Lane
from nexu_desktop.ui.lane_chip import PROVIDERS, chip_size, chip_text, widest_chip
from nexu_desktop.ui.model_picker.model import texts
from nexu_desktop.ui.model_picker.rows import Row
from tests.ui.offers import offer

ONE = offer("gpt-4o-mini", Lane.BYOK)
TWO = offer("gpt-4o-mini", Lane.BYOK, "custom")


def test_the_same_model_on_two_keys() -> None:
    """In the picker, for a screen reader, and in `models`."""
    assert [texts(Row(one))[-1] for one in (ONE, TWO)] == ["OpenAI key", "custom key"]
    assert ["OpenAI key" in Row(ONE).spoken, "custom key" in Row(TWO).spoken] == [True, True]
    assert [_row(one).rsplit("  ", 1)[1] for one in (ONE, TWO)] == ["byok openai", "byok custom"]
    assert chip_text(offer(lane=Lane.SANDBOX).ref) == "Sandbox"


def test_every_known_chip_has_room(qtbot: QtBot) -> None:
    """No name is cut in its column."""
    assert QGuiApplication.instance() is not None
    offers = (offer("m", Lane.BYOK, name) for name in (*PROVIDERS, "custom"))
    assert max(chip_size(chip_text(one.ref)).width() for one in offers) == widest_chip()
