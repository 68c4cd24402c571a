"""Full garbage collections wait for a pause: on the heap of a whole window they take 20 to 40 ms."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

PAUSE_MS = 1_500
YOUNG, MIDDLE, NEVER = 1_000, 10, 1_000_000_000  # the two small collections stay under a millisecond


def hold_back() -> None:
    """From here on only the small collections run by themselves; a start need not pay for the full ones."""
    gc.set_threshold(YOUNG, MIDDLE, NEVER)


class IdleCollector(QObject):
    """Call `busy` whenever something happens; the first pause sets aside what will stay for good."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._frozen = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self.collect)
        hold_back()
        self.busy()

    def busy(self) -> None:
        """Wait for the next pause."""
        self._timer.start()

    def collect(self) -> None:
        """All generations, except what was there at the first pause: modules, classes, the window."""
        gc.collect()
        if not self._frozen:
            self._frozen = True
            gc.freeze()
