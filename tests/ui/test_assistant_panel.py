"""The card of the assistant with the keyboard alone, and what it says."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from nexu_desktop.domain.presets import PLAIN, Manner, Preset
from nexu_desktop.ui import theme
from nexu_desktop.ui.assistant.panel import AssistantPanel

BRIEF = Preset("b", "Brief", Manner("Be brief.", 30, 500, "low"), default=True)
LONG = Preset("l", "Long", Manner("Be long."))


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show()
    qtbot.waitActive(made)
    return made


@pytest.fixture
def panel(window: QWidget) -> AssistantPanel:
    made = AssistantPanel(window)
    made.apply_theme(theme.LIGHT)
    return made


def test_tab_reaches_every_field(panel: AssistantPanel, window: QWidget, qtbot: QtBot) -> None:
    """And leaves each, the numbers too; it stays inside the card."""
    panel.show_for((BRIEF,), PLAIN, window)
    panel.name.setText("x")
    reached = []
    for _ in range(8):
        reached.append(QApplication.focusWidget())
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    form = panel.form
    fields = {
        panel.names,
        form.system,
        form.temperature,
        form.limit,
        form.effort,
        panel.name,
        panel.save,
        panel.manage,
    }
    assert set(reached) == fields


def test_it_says_which_assistant_it_is(panel: AssistantPanel, window: QWidget) -> None:
    """None, one by its name, or settings of one's own."""
    shown = []
    for manner in (PLAIN, BRIEF.manner, Manner("Mine.")):
        panel.show_for((BRIEF, LONG), manner, window)
        shown.append((panel.names.currentText(), panel.form.manner() == manner))
    assert shown == [("None", True), ("Brief (default)", True), ("Own settings", True)]


def test_an_edit_can_be_kept_in_the_assistant_it_began_with(
    panel: AssistantPanel, window: QWidget, qtbot: QtBot
) -> None:
    """Its name stands on the button; it stays the default."""
    panel.show_for((BRIEF, LONG), BRIEF.manner, window)
    assert panel.update_button.isHidden()
    panel.form.temperature.setValue(90)
    with qtbot.waitSignal(panel.changed) as changed:
        panel.form.flush()
    panel.fill((BRIEF, LONG), changed.args[0])
    assert (panel.update_button.isVisible(), panel.update_button.text()) == (True, "Update “Brief”")
    with qtbot.waitSignal(panel.updated) as updated:
        panel.update_button.click()
    assert updated.args == [Preset("b", "Brief", Manner("Be brief.", 90, 500, "low"), default=True)]


def test_what_was_typed_last_is_not_lost(panel: AssistantPanel, window: QWidget, qtbot: QtBot) -> None:
    """Escape closes the card and keeps it; showing it again announces nothing."""
    panel.show_for((), PLAIN, window)
    qtbot.keyClicks(panel.form.system, "Mine")
    with qtbot.waitSignal(panel.changed) as changed:
        qtbot.keyClick(panel.form.system, Qt.Key.Key_Escape)
    assert (panel.isHidden(), changed.args) == (True, [Manner("Mine")])
    with qtbot.assertNotEmitted(panel.changed, wait=350):
        panel.show_for((), Manner("Mine"), window)


def test_numbers_can_be_read(panel: AssistantPanel, window: QWidget) -> None:
    """The style sheet leaves them room."""
    panel.show_for((), Manner("", 70, 1_500), window)
    QApplication.processEvents()
    for box in (panel.form.temperature, panel.form.limit):
        assert box.lineEdit().width() > 80
    assert (panel.form.temperature.text(), panel.form.limit.text()) == ("0.70", "1,500 tokens")
