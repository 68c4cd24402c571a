"""The field that says whose answers are shown."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QSizePolicy

from nexu_desktop.domain.chat import ModelRef
from nexu_desktop.ui.accuracy import words
from nexu_desktop.ui.choice import Choice


class ModelChoice(Choice):
    def __init__(self, refs: Sequence[ModelRef], first: ModelRef | None) -> None:
        super().__init__("Model")
        self._refs = tuple(refs)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.addItems([words.model_name(ref) for ref in self._refs])
        if first in self._refs:
            self.setCurrentIndex(self._refs.index(first))

    @property
    def ref(self) -> ModelRef | None:
        here = self.currentIndex()
        return self._refs[here] if 0 <= here < len(self._refs) else None
