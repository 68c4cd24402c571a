"""The whole program in one process, as the window runs it, on a directory of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QApplication

from nexu_desktop.app import the_application, watch
from nexu_desktop.composition import Core, build, new_id
from nexu_desktop.domain.chat import Conversation, Message, Role
from nexu_desktop.engine import Engine
from nexu_desktop.ui.bridge import Bridge
from nexu_desktop.ui.main_window import MainWindow
from nexu_desktop.ui.presenter import Presenter


@dataclass
class House:
    application: QApplication
    core: Core
    window: MainWindow
    presenter: Presenter

    def until(self, true: Callable[[], bool], timeout_s: float = 60.0) -> None:
        """Run the event loop until `true()`. Raises TimeoutError."""
        end = time.monotonic() + timeout_s
        while not true():
            if time.monotonic() > end:
                raise TimeoutError
            self.application.processEvents()
            time.sleep(0.0005)


@contextmanager
def open_house(directory: Path, *, messages: tuple[str, ...] = (), price: bool = True) -> Iterator[House]:
    """A shown window with one conversation of `messages` (question and answer in turn)."""
    application = the_application()
    engine = Engine()
    with build(directory) as core:
        if messages:
            _write(core, messages)
        window = MainWindow()
        window.resize(1280, 800)
        presenter = Presenter(window, core.desk, Bridge(engine, window))
        watch(window, presenter.bridge)
        presenter.start()
        if price:
            presenter.pricing.begin()
        window.show()
        application.processEvents()
        try:
            yield House(application, core, window, presenter)
        finally:
            window.close()
            engine.close()
            presenter.bridge.blockSignals(True)  # what still comes up has no window any more
            window.deleteLater()
            application.processEvents()


def _write(core: Core, messages: tuple[str, ...]) -> None:
    now = core.clock.now_ms()
    cid = new_id()
    core.chats.create(Conversation(cid, "Benchmark", core.catalog.default_ref(), now, now))
    roles = (Role.USER, Role.ASSISTANT)
    names = ["", *(new_id() for _ in messages)]
    rows = [
        Message(names[number + 1], cid, roles[number % 2], text, now + number, parent=names[number])
        for number, text in enumerate(messages)
    ]
    core.chats.add(*rows)
