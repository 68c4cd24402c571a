"""The whole window offscreen, against the sandbox's own server on loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from nexu_desktop.adapters.rate_card_file import RateCardFile
from nexu_desktop.adapters.resources import resource_path
from nexu_desktop.adapters.tokens import SplintrCounter
from nexu_desktop.sandbox.server import SandboxServer
from nexu_desktop.ui import icons
from tests.adapters.secret_service import secret_service, shared_keyring
from tests.journeys.house import House, open_house

__all__ = ["secret_service", "shared_keyring"]

Opener = Callable[[], House]
COUNTER = SplintrCounter()  # vocabularies are loaded once for all tests


@pytest.fixture
def server() -> Iterator[SandboxServer]:
    with SandboxServer(RateCardFile().card(), COUNTER) as running:
        yield running


@pytest.fixture
def open_window(qtbot: QtBot, tmp_path: Path, server: SandboxServer) -> Iterator[Opener]:
    """Opens the window on one data directory; after `close()` it may be opened again."""
    icons.use(resource_path("icons"))
    opened: list[House] = []

    def opener() -> House:
        opened.append(open_house(qtbot, tmp_path / "data", server))
        return opened[-1]

    yield opener
    for house in opened:
        house.close()


@pytest.fixture
def house(open_window: Opener) -> House:
    return open_window()
