"""Icons are found, and a fake desk's data is at hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from nexu_desktop.adapters.resources import resource_path
from nexu_desktop.composition import build
from nexu_desktop.engine import Engine
from nexu_desktop.ui import icons, theme
from nexu_desktop.ui.bridge import Bridge
from nexu_desktop.ui.chat_view.view import ChatView
from nexu_desktop.ui.composer.composer import Composer
from nexu_desktop.ui.sidebar.sidebar import Sidebar
from tests.services.conftest import exports, house, imports
from tests.ui.library_values import FOLDERS, rows
from tests.ui.offers import estimate, offer
from tests.ui.settings_world import World

__all__ = ["exports", "house", "imports"]  # the services' own, over real files

OFFER = offer()


@pytest.fixture(autouse=True)
def icon_directory() -> None:
    icons.use(resource_path("icons"))


@pytest.fixture
def composer(qtbot: QtBot) -> Iterator[Composer]:
    """At the foot of a window, with a model and its price, and the focus."""
    window = QWidget()
    qtbot.addWidget(window)
    rows = QVBoxLayout(window)
    rows.addStretch(1)
    made = Composer(window)
    rows.addWidget(made)
    made.apply_theme(theme.LIGHT)
    made.set_offer(OFFER)
    made.set_estimate(estimate(OFFER))
    window.resize(800, 600)
    window.show()
    qtbot.waitActive(window)
    made.focus_input()
    yield made
    del window  # only now: it owns the composer


@pytest.fixture
def view(qtbot: QtBot) -> ChatView:
    """The transcript, empty."""
    widget = ChatView()
    qtbot.addWidget(widget)
    widget.resize(900, 600)
    widget.show()
    return widget


@pytest.fixture
def sidebar(qtbot: QtBot) -> Sidebar:
    pane = Sidebar()
    qtbot.addWidget(pane)
    pane.apply_theme(theme.LIGHT)
    pane.resize(264, 700)
    pane.show_rows(rows(), FOLDERS, "a")
    pane.show()
    qtbot.waitExposed(pane)
    return pane


@pytest.fixture
def world(qtbot: QtBot, tmp_path: Path) -> Iterator[World]:
    engine = Engine()
    with build(tmp_path / "data") as core:
        yield World(qtbot, core, Bridge(engine))
        engine.close()
