"""The ways to the page on the estimates."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QShortcut
from pytestqt.qtbot import QtBot

from nexu_desktop.domain.errors import NexuError
from nexu_desktop.ui.accuracy.opener import AccuracyOpener
from nexu_desktop.ui.actions import action
from nexu_desktop.ui.main_window import MainWindow
from tests.services.house import GLM, PLAY, House

(KEYS,) = action("accuracy").keys


@pytest.fixture
def window(qtbot: QtBot) -> MainWindow:
    made = MainWindow()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def opener(window: MainWindow, house: House) -> AccuracyOpener:
    cid = house.talk("one", ref=GLM)
    house.talk("two", ref=PLAY)
    return AccuracyOpener(window, house.desk, lambda: cid)


def shown(opener: AccuracyOpener) -> bool:
    return opener.dialog is not None and opener.dialog.isVisible()


def test_the_menu_of_the_header_opens_it(window: MainWindow, opener: AccuracyOpener) -> None:
    """By its name, which says the keys too."""
    (action,) = [one for one in window.header.more.menu().actions() if one.text().startswith("How good")]
    assert action.text() == f"How good are the estimates?\t{KEYS}"
    action.trigger()
    assert shown(opener)


def test_keys_open_it(window: MainWindow, opener: AccuracyOpener) -> None:
    """Ctrl+Shift+E, anywhere in the window."""
    (keys,) = [one for one in window.findChildren(QShortcut) if one.key().toString() == KEYS]
    keys.activated.emit()
    assert shown(opener)


def test_the_sum_of_a_receipt_leads_to_it(window: MainWindow, opener: AccuracyOpener) -> None:
    """By way of the transcript."""
    window.chat.accuracy_wanted.emit()
    assert shown(opener)


def test_the_model_of_the_open_conversation_comes_first(opener: AccuracyOpener) -> None:
    """Though another one answered later."""
    opener.open()
    assert opener.dialog is not None
    assert opener.dialog.models.ref == GLM


def test_it_is_open_once_and_opens_again(opener: AccuracyOpener, qtbot: QtBot) -> None:
    """A second call keeps what is open; after Escape there is a new one."""
    opener.open()
    first = opener.dialog
    opener.open()
    assert opener.dialog is first
    assert first is not None
    qtbot.keyClick(first, Qt.Key.Key_Escape)
    assert opener.dialog is None
    opener.open()
    assert shown(opener)


def test_figures_that_cannot_be_read_are_said(
    window: MainWindow, opener: AccuracyOpener, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the window's notice, without a dialog."""

    def broken() -> None:
        raise NexuError("The conversations can’t be read.", "Look at the disk.")

    monkeypatch.setattr(house.desk.records, "models", broken)
    opener.open()
    assert opener.dialog is None
    assert window.notice.isVisible()
