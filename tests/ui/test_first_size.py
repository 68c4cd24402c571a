"""How large the window is when it opens: as it was left, else what is comfortable and fits the screen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, QSize
from pytestqt.qtbot import QtBot

from nexu_desktop.adapters.resources import resource_path
from nexu_desktop.ui import icons
from nexu_desktop.ui.main_window import MainWindow


class Screen:
    """Stands where Qt's own would be."""

    def __init__(self, width: int, height: int) -> None:
        self._area = QRect(0, 0, width, height)

    def availableGeometry(self) -> QRect:
        return self._area


@pytest.fixture
def window(qtbot: QtBot) -> MainWindow:
    icons.use(resource_path("icons"))
    made = MainWindow()
    qtbot.addWidget(made)
    return made


@pytest.mark.parametrize("saved", ["", "nonsense"])
@pytest.mark.parametrize(
    ("screen", "size"),
    [((1366, 768), (1280, 720)), ((1280, 800), (1264, 752)), ((2560, 1440), (1280, 800))],
)
def test_the_first_window_fits_the_screen(
    window: MainWindow,
    monkeypatch: pytest.MonkeyPatch,
    screen: tuple[int, int],
    size: tuple[int, int],
    saved: str,
) -> None:
    """With its frame, so that what the meter says at the bottom is in sight on a small laptop too."""
    monkeypatch.setattr(window, "screen", lambda: Screen(*screen))
    window.restore_geometry(saved)
    assert window.size() == QSize(*size)


def test_a_saved_size_is_kept(window: MainWindow) -> None:
    """It is the person's."""
    window.resize(700, 500)
    saved = window.geometry_text()
    window.resize(900, 600)
    window.restore_geometry(saved)
    assert window.size() == QSize(700, 500)
