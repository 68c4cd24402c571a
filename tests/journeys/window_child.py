"""The window as a process of its own that a test can kill: sends one message and says so on its output."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from nexu_desktop.adapters.resources import resource_path
from nexu_desktop.composition import build
from nexu_desktop.engine import Engine
from nexu_desktop.sandbox.address import SandboxAddress
from nexu_desktop.ui import icons
from nexu_desktop.ui.bridge import Bridge
from nexu_desktop.ui.main_window import MainWindow
from nexu_desktop.ui.presenter import Presenter
from tests.journeys.house import Running

POLL_MS = 5


def main(directory: Path, address: SandboxAddress, question: str) -> None:
    application = QApplication([])
    icons.use(resource_path("icons"))
    core, engine = build(directory), Engine()
    core.connections._sandbox = Running(address)  # type: ignore[assignment]  # same two methods
    window = MainWindow()
    presenter = Presenter(window, core.desk, Bridge(engine, window))
    presenter.start()
    window.show()
    presenter.start_core()
    presenter.new()
    window.composer.field.insertPlainText(question)

    def press_enter() -> None:
        if window.composer.refusal() or window.composer._estimate is None:
            QTimer.singleShot(POLL_MS, press_enter)
            return
        window.composer._send()
        sys.stdout.write("sent\n")
        sys.stdout.flush()

    press_enter()
    application.exec()


if __name__ == "__main__":
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    main(Path(sys.argv[1]), SandboxAddress(sys.argv[2], sys.argv[3]), sys.argv[4])
