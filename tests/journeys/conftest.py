"""The whole window offscreen, against the sandbox's own server on loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from nexu_desktop.adapters.rate_card_file import RateCardFile
from nexu_desktop.adapters.resources import resource_path
from nexu_desktop.adapters.tokens import SplintrCounter
from nexu_desktop.composition import Core, build
from nexu_desktop.domain.chat import Message, Role
from nexu_desktop.engine import Engine
from nexu_desktop.sandbox.address import SandboxAddress
from nexu_desktop.sandbox.server import SandboxServer
from nexu_desktop.ui import icons
from nexu_desktop.ui.bridge import Bridge
from nexu_desktop.ui.main_window import MainWindow
from nexu_desktop.ui.presenter import Presenter

WAIT_MS = 20_000
Opener = Callable[[], "House"]


class Running:
    """Stands where the child process would: the server runs in this process, so faults can be planned."""

    def __init__(self, address: SandboxAddress) -> None:
        self._address = address

    def start(self, command: Sequence[str]) -> SandboxAddress:
        return self._address

    def stop(self) -> None:
        return None


@dataclass
class House:
    qtbot: QtBot
    core: Core
    window: MainWindow
    presenter: Presenter
    server: SandboxServer

    def type(self, text: str) -> None:
        self.window.composer.focus_input()
        self.qtbot.keyClicks(self.window.composer.field, text)

    def press_enter(self) -> None:
        self.qtbot.keyClick(self.window.composer.field, Qt.Key.Key_Return)

    def ask(self, text: str) -> None:
        """As a person does: wait for the price, press Enter."""
        self.type(text)
        self.wait(lambda: self.core.desk.estimate(self.presenter.cid, text) is not None)
        self.press_enter()

    def wait(self, true: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(true, timeout=WAIT_MS)

    @property
    def messages(self) -> tuple[Message, ...]:
        return self.core.desk.messages(self.presenter.cid)

    @property
    def answers(self) -> tuple[Message, ...]:
        return tuple(row for row in self.messages if row.role is Role.ASSISTANT)

    def answered(self, number: int = 1) -> Message:
        """Wait for the receipt of the `number`-th answer."""
        self.wait(lambda: len(self.answers) >= number and self.answers[number - 1].receipt is not None)
        self.wait(lambda: not self.presenter.turns.runs(self.presenter.cid))
        return self.answers[number - 1]


@pytest.fixture
def server() -> Iterator[SandboxServer]:
    with SandboxServer(RateCardFile().card(), SplintrCounter()) as running:
        yield running


@pytest.fixture
def open_window(qtbot: QtBot, tmp_path: Path, server: SandboxServer) -> Iterator[Opener]:
    """Opens the window on one data directory; may be called again after `close_house`."""
    icons.use(resource_path("icons"))
    opened: list[tuple[House, Engine]] = []

    def opener() -> House:
        house, engine = _open(qtbot, tmp_path / "data", server)
        opened.append((house, engine))
        return house

    yield opener
    for house, engine in opened:
        close_house(house, engine)


def close_house(house: House, engine: Engine) -> None:
    house.presenter._balance_timer.stop()
    house.window.close()
    engine.close()
    house.core.close()


def _open(qtbot: QtBot, directory: Path, server: SandboxServer) -> tuple[House, Engine]:
    core, engine = build(directory), Engine()
    core.connections._sandbox = Running(server.address)  # type: ignore[assignment]  # same two methods
    window = MainWindow()
    qtbot.addWidget(window)
    presenter = Presenter(window, core.desk, Bridge(engine, window))
    presenter.start()
    window.show()
    presenter.start_core()
    return House(qtbot, core, window, presenter, server), engine


@pytest.fixture
def house(open_window: Opener) -> House:
    return open_window()


@contextmanager
def slow(server: SandboxServer) -> Iterator[None]:
    """Pace the answers so that a person could press Stop."""
    yield
