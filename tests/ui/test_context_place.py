"""Where the context inspector lies, and how it is closed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from nexu_desktop.domain.chat import (
    ContextRules,
    Lane,
)
from nexu_desktop.ui import theme
from nexu_desktop.ui.context_panel.panel import ContextPanel
from nexu_desktop.ui.context_panel.place import WIDTH, ContextPlace
from tests.ui.context_values import listed, priced


class House(QWidget):
    """A window with a chat column, a field to come from, and the panel."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.resize(width, 600)
        self.column, self.panel = QWidget(), ContextPanel()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.column, 1)
        self.field = QLineEdit(self.column)
        self.panel.apply_theme(theme.DARK)
        self.place = ContextPlace(self.panel, self, self.column, row)
        self.show()
        self.field.setFocus()


@pytest.mark.parametrize(("width", "floats"), [(1280, False), (900, True), (640, True)])
def test_it_floats_where_there_is_no_room(qtbot: QtBot, width: int, floats: bool) -> None:
    """Beside the chat in a wide window, over it in a narrow one, always inside."""
    house = House(width)
    qtbot.addWidget(house)
    qtbot.waitExposed(house)
    house.place.toggle()
    qtbot.waitUntil(lambda: house.panel.isVisible())
    corner = house.panel.mapTo(house, QPoint(0, 0))
    assert house.place.floating is floats
    assert corner.x() >= 0
    assert corner.x() + house.panel.width() <= width
    assert (house.column.width() == width) is floats


def test_it_moves_when_the_window_changes(qtbot: QtBot) -> None:
    """Open all the while."""
    house = House(1280)
    qtbot.addWidget(house)
    house.place.open()
    qtbot.waitUntil(lambda: house.panel.width() == WIDTH)
    house.resize(800, 600)
    qtbot.waitUntil(lambda: house.place.floating)
    house.resize(1280, 600)
    qtbot.waitUntil(lambda: not house.place.floating)
    assert house.panel.isVisible()


@pytest.mark.parametrize("width", [1280, 800])
def test_escape_gives_the_focus_back(qtbot: QtBot, width: int) -> None:
    """To where the person was typing."""
    house = House(width)
    qtbot.addWidget(house)
    house.activateWindow()
    qtbot.waitUntil(house.field.hasFocus)
    house.panel.show_context(priced(listed()), ContextRules(), "", "", None, Lane.CREDITS)
    house.place.open()
    qtbot.waitUntil(house.panel.list.hasFocus)
    qtbot.keyClick(house.panel.list, Qt.Key.Key_Escape)
    qtbot.waitUntil(house.field.hasFocus)
    assert not house.place.is_open


def test_click_beside_closes_it(qtbot: QtBot) -> None:
    """As with every other layer."""
    house = House(800)
    qtbot.addWidget(house)
    house.place.open()
    qtbot.mouseClick(house.place._ground, Qt.MouseButton.LeftButton, pos=QPoint(40, 300))
    assert not house.panel.isVisible()


def test_tab_stays_inside_while_it_floats(qtbot: QtBot) -> None:
    """What lies under it can't be reached by accident."""
    house = House(800)
    qtbot.addWidget(house)
    house.activateWindow()
    house.panel.show_context(priced(listed()), ContextRules(), "", "", None, Lane.CREDITS)
    house.place.open()
    qtbot.waitUntil(house.panel.list.hasFocus)
    for _ in range(12):
        qtbot.keyClick(house.focusWidget(), Qt.Key.Key_Tab)
        assert house.panel.isAncestorOf(house.focusWidget())
