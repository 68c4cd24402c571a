"""The window as a process of its own that a test can kill: sends one message and says how far it has come."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from nexu_desktop.adapters.resources import resource_path
from nexu_desktop.composition import build
from nexu_desktop.domain.chat import Lane
from nexu_desktop.engine import Engine
from nexu_desktop.sandbox.address import SandboxAddress
from nexu_desktop.ui import icons
from nexu_desktop.ui.bridge import Bridge
from nexu_desktop.ui.main_window import MainWindow
from nexu_desktop.ui.presenter import Presenter
from tests.journeys.house import Running

POLL_MS = 5
STAGES = ("sent", "begun", "text", "saved")


def main(directory: Path, address: SandboxAddress, question: str) -> None:
    application = QApplication([])
    icons.use(resource_path("icons"))
    core, engine = build(directory), Engine()
    core.connections._sandbox = Running(address)  # same two methods
    window = MainWindow()
    presenter = Presenter(window, core.desk, Bridge(engine, window))
    presenter.start()
    window.show()
    presenter.start_core()
    presenter.new()
    window.composer.field.insertPlainText(question)

    told: list[str] = []

    def watch() -> None:
        """Say each stage once, in order."""
        stage = STAGES[len(told)]
        if reached(stage):
            told.append(stage)
            sys.stdout.write(f"{stage}\n")
            sys.stdout.flush()
        if len(told) < len(STAGES):
            QTimer.singleShot(POLL_MS, watch)

    def reached(stage: str) -> bool:
        live = list(presenter.turns._live.values())
        if stage == "sent":
            if window.composer._estimate is None:
                return False
            window.composer._send()
            return True
        if stage == "saved":
            return core.ledgers[Lane.SANDBOX].attempts(limit=1)[0].checkpoint > 0
        return bool(live) and (stage == "begun" or bool(live[0].text))

    watch()
    application.exec()


if __name__ == "__main__":
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    main(Path(sys.argv[1]), SandboxAddress(sys.argv[2], sys.argv[3]), sys.argv[4])
