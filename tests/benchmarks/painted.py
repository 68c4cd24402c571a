"""When the figures on screen are those of the draft on screen: the clock of a key press stops there."""

from __future__ import annotations

import time

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from nexu_desktop.ui.composer.wording import words
from tests.benchmarks.house import House

GIVE_UP_S = 20.0


class Painted(QObject):
    """Watches the draft and the fields of the strip; `shown` is what each field held when it was painted last."""

    def __init__(self, house: House) -> None:
        super().__init__()
        composer, strip = house.window.composer, house.window.composer.strip
        self._house = house
        self._fields = (strip.figure, strip.span, strip.tokens, strip.leaves)
        self._draft = composer.field.viewport()
        self._painted: dict[QWidget, str] = {}
        self._new_draft = False
        self.busy: list[float] = []  # ms of each key in which this thread ran: what a free machine would show
        for widget in (self._draft, *self._fields):
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            if watched is self._draft:
                self._new_draft = True
            else:
                self._painted[watched] = watched.text()
        return False

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> float:
        """Milliseconds from the key to draft and figures painted."""
        self._new_draft = False
        field = self._house.window.composer.field
        began, ran = time.perf_counter(), time.thread_time()
        QTest.keyClick(field, key, modifier)
        while True:
            self._house.application.processEvents()
            ended, busy = time.perf_counter(), time.thread_time() - ran
            if self._new_draft and self._in_step():
                self.busy.append(busy * 1000)
                return (ended - began) * 1000
            if ended - began > GIVE_UP_S:
                raise TimeoutError

    def key_pending(self, key: Qt.Key) -> float:
        """The same while a paste is counted: the draft is painted, the figures may say '~'."""
        self._new_draft = False
        began = time.perf_counter()
        QTest.keyClick(self._house.window.composer.field, key)
        while not self._new_draft:
            self._house.application.processEvents()
        return (time.perf_counter() - began) * 1000

    def _in_step(self) -> bool:
        """Whether what was painted is the estimate of the draft as it is, asked for anew."""
        house, composer = self._house, self._house.window.composer
        estimate = house.core.desk.estimate(house.presenter.cid, composer.draft())
        said = words(composer._offer, estimate, empty=not composer.draft().strip())
        wanted = (said.figure, said.span, said.tokens, said.leaves)
        return estimate is not None and all(
            not field.isVisible() or self._painted.get(field, text) == text
            for field, text in zip(self._fields, wanted, strict=True)
        )
