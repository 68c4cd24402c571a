"""The next step after a failed answer, opened from its card: keys, credits, or another model."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from nexu_desktop.domain.errors import Step
from nexu_desktop.ui.main_window import MainWindow


class NextStep(QObject):
    """`open_settings` takes the page: a provider that a key can be given to."""

    def __init__(
        self,
        window: MainWindow,
        providers: Callable[[], tuple[str, ...]],
        open_settings: Callable[[str], None],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._providers = providers
        self._open_settings = open_settings
        window.chat.step_wanted.connect(self._take)

    def _take(self, step: str, provider: str) -> None:
        if step == Step.MODEL:
            self._window.composer.pick_model_requested.emit()
        elif step == Step.CREDITS or provider not in self._providers():
            self._open_settings("nexu")
        else:
            self._open_settings(provider)
