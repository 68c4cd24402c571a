"""The left pane: groups, cost, keyboard, undo, the wallet in two numbers."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog
from pytestqt.qtbot import QtBot

from nexu_desktop.domain.chat import Conversation, Lane
from nexu_desktop.domain.credits import NANO_PER_CREDIT, Balance, Nanocredits
from nexu_desktop.ui import theme
from nexu_desktop.ui.sidebar.model import CONVERSATION_ROLE, ConversationList
from nexu_desktop.ui.sidebar.sidebar import Sidebar


def conversation(cid: str, title: str, updated: datetime, spent: int = 0) -> Conversation:
    ms = int(updated.timestamp() * 1000)
    return Conversation(cid, title, None, ms, ms, spent=Nanocredits(spent))


NOW = datetime.now()
ROWS = (
    conversation("a", "Merge two sorted lists", NOW, 940_000_000),
    conversation("b", "翻译产品说明", NOW, 310_000_000),
    conversation("c", "<b>Old</b>", datetime(2024, 1, 1, tzinfo=UTC)),
)


@pytest.fixture
def sidebar(qtbot: QtBot) -> Sidebar:
    pane = Sidebar()
    qtbot.addWidget(pane)
    pane.apply_theme(theme.LIGHT)
    pane.show_conversations(ROWS, "a")
    pane.show()
    return pane


def test_rows_are_grouped_by_day() -> None:
    """A title for each group, its conversations under it, newest first."""
    model = ConversationList()
    model.show(ROWS, date.today())
    shown = [model.index(row).data() for row in range(model.rowCount())]
    assert shown == ["Today", "Merge two sorted lists", "翻译产品说明", "Earlier", "<b>Old</b>"]


def test_choosing_announces_the_conversation(qtbot: QtBot, sidebar: Sidebar) -> None:
    """Arrow down skips group titles."""
    sidebar.list.setFocus()
    with qtbot.waitSignal(sidebar.chosen) as chosen:
        qtbot.keyClick(sidebar.list, Qt.Key.Key_Down)
    assert chosen.args == ["b"]


def test_showing_rows_again_announces_nothing(qtbot: QtBot, sidebar: Sidebar) -> None:
    """A refresh after each answer must not reopen the conversation."""
    with qtbot.assertNotEmitted(sidebar.chosen):
        sidebar.show_conversations(ROWS, "b")
    assert sidebar.list.currentIndex().data(CONVERSATION_ROLE).id == "b"


def test_delete_by_key_and_undo(qtbot: QtBot, sidebar: Sidebar) -> None:
    """Delete asks for it, the bar brings it back."""
    sidebar.list.setFocus()
    with qtbot.waitSignal(sidebar.delete_wanted) as deleted:
        qtbot.keyClick(sidebar.list, Qt.Key.Key_Delete)
    sidebar.offer_undo(ROWS[0])
    assert sidebar.undo.isVisible()
    with qtbot.waitSignal(sidebar.restore_wanted) as restored:
        sidebar.undo.button.click()
    assert (deleted.args, restored.args, sidebar.undo.isVisible()) == (["a"], ["a"], False)


def test_rename_by_f2(qtbot: QtBot, sidebar: Sidebar, monkeypatch: pytest.MonkeyPatch) -> None:
    """F2 asks for a title."""
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: ("New title", True))
    sidebar.list.setFocus()
    with qtbot.waitSignal(sidebar.rename_wanted) as renamed:
        qtbot.keyClick(sidebar.list, Qt.Key.Key_F2)
    assert renamed.args == ["a", "New title"]


def test_wallet_shows_two_numbers_when_something_is_held(sidebar: Sidebar) -> None:
    """Settled rounded down, held rounded up, and whose credits they are."""
    balance = Balance(Nanocredits(99_046_999_999), Nanocredits(412_000_001))
    sidebar.wallet.show_balance(Lane.SANDBOX, balance)
    assert sidebar.wallet.accessibleName() == "Balance 99.04 credits, 0.42 held. Play credits"


def test_wallet_of_nothing_is_no_division_by_zero(sidebar: Sidebar) -> None:
    """An empty and an indebted wallet can be painted."""
    for settled in (0, -3 * NANO_PER_CREDIT):
        sidebar.wallet.show_balance(Lane.CREDITS, Balance(Nanocredits(settled), Nanocredits(0)))
        assert not sidebar.wallet.grab().isNull()


def test_10000_conversations_are_shown(sidebar: Sidebar) -> None:
    """The list paints only what is seen."""
    now = time.time()
    many = tuple(
        conversation(str(n), f"Conversation {n}", datetime.fromtimestamp(now - n)) for n in range(10_000)
    )
    sidebar.show_conversations(many, "9999")
    assert sidebar.list.currentIndex().data(CONVERSATION_ROLE).id == "9999"
    assert not sidebar.grab().isNull()


def test_every_control_has_a_name(sidebar: Sidebar) -> None:
    """What a screen reader says for each."""
    names = [sidebar.new_button, sidebar.search, sidebar.list, sidebar.undo.button]
    assert all(control.accessibleName() for control in names)


def test_play_credits_are_marked_and_not_added(qtbot: QtBot) -> None:
    """What a row says of a conversation that was paid with both."""
    both = replace(conversation("c", "Both", NOW, 1_200_000_000), spent_play=Nanocredits(20_000_000))
    model = ConversationList()
    model.show((both, replace(both, spent=Nanocredits(0))), NOW.date())
    said = [model.index(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in (1, 2)]
    assert said == ["Both, 1.20, 0.02 play credits charged", "Both, 0.02 play credits charged"]
