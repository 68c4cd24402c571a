"""What has arrived since the last frame: deltas piled up per turn and handed on at most once per 33 ms."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, QTimer

from nexu_desktop.domain.events import ReasoningDelta, TextDelta
from nexu_desktop.ui.chat_view.model import Transcript

FRAME_MS = 33
REST = 2  # after a flush that took c, the next one waits 2 c, so that keys and clicks come through
FRAME_MAX_MS = 66  # but no longer: what piles up makes the next flush dearer


@dataclass(slots=True)
class _Pile:
    text: list[str] = field(default_factory=list)
    reasoning: list[str] = field(default_factory=list)


class StreamBuffer(QObject):
    def __init__(self, model: Transcript, parent: QObject) -> None:
        super().__init__(parent)
        self._model = model
        self._piles: dict[str, _Pile] = {}
        self._timer = QTimer(self, singleShot=True, interval=FRAME_MS)
        self._timer.timeout.connect(self.flush)

    def add(self, delta: TextDelta | ReasoningDelta) -> None:
        pile = self._piles.setdefault(delta.turn, _Pile())
        (pile.text if isinstance(delta, TextDelta) else pile.reasoning).append(delta.text)
        if not self._timer.isActive():
            self._timer.start()

    def flush(self) -> None:
        """Everything into the model now; the time it takes sets the pace of the next frames."""
        self._timer.stop()
        piles, self._piles = self._piles, {}
        began = time.perf_counter_ns()
        for turn, pile in piles.items():
            self._model.append_reasoning(turn, "".join(pile.reasoning))
            self._model.append_text(turn, "".join(pile.text))
        took_ms = (time.perf_counter_ns() - began) // 1_000_000
        self._timer.setInterval(min(max(FRAME_MS, REST * took_ms), FRAME_MAX_MS))

    def drop(self) -> None:
        """Another conversation is shown: what was on its way belongs to the one before."""
        self._timer.stop()
        self._piles.clear()
