"""The four plots. What draws them takes a second to load: that happens beside the window, not in it."""

from __future__ import annotations

from threading import Thread
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from nexu_desktop.domain.accuracy import Accuracy
from nexu_desktop.domain.chat import ModelRef
from nexu_desktop.ui import theme
from nexu_desktop.ui.accuracy.cards import label
from nexu_desktop.ui.accuracy.curves import curves

if TYPE_CHECKING:
    from nexu_desktop.ui.accuracy.plot import Plot

COUNT, COLUMNS = 4, 2


class _Loading(QObject):
    done = Signal()

    def run(self) -> None:
        import pyqtgraph  # noqa: F401  loading it is the purpose

        self.done.emit()


class PlotsPage(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.plots: list[Plot] = []
        self._colours = theme.LIGHT
        self._shown: tuple[Accuracy, ModelRef] | None = None
        self._waiting = label(theme.SIZE_CONTROL, text="Drawing…")
        self._waiting.setObjectName("quiet")
        self._waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, theme.GAP_S, 0, 0)
        self._grid.setSpacing(theme.GAP_S)
        self._grid.addWidget(self._waiting, 0, 0, 1, COLUMNS)
        self._loading = _Loading()
        self._loading.done.connect(self._make, Qt.ConnectionType.QueuedConnection)
        # Not a daemon: Python ends its threads before Qt goes, and this one lasts a second or two.
        Thread(target=self._loading.run, name="plots").start()

    def show_figures(self, figures: Accuracy, ref: ModelRef) -> None:
        self._shown = (figures, ref)
        for plot, curve in zip(self.plots, curves(figures, ref) if self.plots else (), strict=True):
            plot.show_curve(curve)

    def apply_theme(self, c: theme.Colours) -> None:
        self._colours = c
        for plot in self.plots:
            plot.apply_theme(c)

    def _make(self) -> None:
        from nexu_desktop.ui.accuracy.plot import Plot  # its library is loaded by now

        self._waiting.hide()
        self.plots = [Plot(self) for _ in range(COUNT)]
        for number, plot in enumerate(self.plots):
            self._grid.addWidget(plot, number // COLUMNS, number % COLUMNS)
        self.apply_theme(self._colours)
        if self._shown is not None:
            self.show_figures(*self._shown)
