"""Started by bench_start: the real window; prints the monotonic time at which a typed letter was painted."""

from __future__ import annotations

import sys
import time
from argparse import Namespace
from pathlib import Path

# isort: split
import nexu_desktop.composition  # noqa: F401  # before Qt, as __main__ does it

# isort: split
from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from nexu_desktop import app
from nexu_desktop.ui.main_window import MainWindow


class Probe(QObject):
    """Types when the field has been painted, and ends when it has been painted with the letter in it."""

    typed = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            QTimer.singleShot(0, self._painted)
        return False

    def _painted(self) -> None:
        window = next(w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow))
        if not self.typed:
            self.typed = True
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                key = QKeyEvent(kind, Qt.Key.Key_X, Qt.KeyboardModifier.NoModifier, "x")
                QApplication.sendEvent(window.composer.field, key)
        elif window.composer.draft().endswith("x"):
            print(time.monotonic(), flush=True)
            window.composer.set_draft("")
            QApplication.exit(0)


def main() -> None:
    probe = Probe()
    original = MainWindow.show

    def show(window: MainWindow) -> None:
        window.composer.field.viewport().installEventFilter(probe)
        original(window)

    MainWindow.show = show  # the probe sits where the window appears
    app.run(Namespace(data_dir=Path(sys.argv[1]), quit_after_start=False))


if __name__ == "__main__":
    main()
