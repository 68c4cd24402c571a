"""The context inspector: what it shows and what its buttons ask for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from nexu_desktop.domain.chat import (
    ContextRules,
    Lane,
    Message,
)
from nexu_desktop.domain.context import SYSTEM_ID
from nexu_desktop.domain.estimate import CountBasis, TokenCount
from nexu_desktop.services.contexts import Advice
from nexu_desktop.ui import theme
from nexu_desktop.ui.context_panel.model import ItemModel
from nexu_desktop.ui.context_panel.panel import ContextPanel
from nexu_desktop.ui.context_panel.rows import Shown, rows_of, sums
from tests.ui.chat_values import asked
from tests.ui.context_values import FILE, NO_RULES, SIX, listed, priced


@pytest.fixture
def panel(qtbot: QtBot) -> ContextPanel:
    widget = ContextPanel()
    qtbot.addWidget(widget)
    widget.apply_theme(theme.LIGHT)
    widget.resize(400, 900)
    widget.show()
    return widget


def show(
    panel: ContextPanel,
    rules: ContextRules = NO_RULES,
    rows: tuple[Message, ...] = SIX,
    lane: Lane = Lane.CREDITS,
    advice: Advice | None = None,
) -> None:
    costs = priced(listed(rules, rows))
    panel.show_context(costs, rules, "Be brief.", "", advice, lane)


def press_button(qtbot: QtBot, panel: ContextPanel, item_id: str) -> None:
    """Click the Drop or Restore of that row."""
    index = panel.model.index(panel.model.position(item_id))
    panel.list.scrollTo(index)
    spot = panel.list.painter_of_rows.button_rect(panel.list.visualRect(index)).center()
    qtbot.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=spot)


def select(panel: ContextPanel, *item_ids: str) -> None:
    """The last one becomes the current row."""
    chosen = panel.list.selectionModel()
    chosen.clear()
    for item_id in item_ids:
        index = panel.model.index(panel.model.position(item_id))
        chosen.setCurrentIndex(index, chosen.SelectionFlag.Select)


# --- figures and words ---


def test_top_sums_what_is_sent(panel: ContextPanel) -> None:
    """Unsent items are not in the sum, which is in the lane's unit."""
    show(panel, ContextRules(drop_files=True))
    assert panel.summary.tokens.text() == "3,300 tokens"  # all 4,500 but both files and the other answer
    assert panel.summary.cost.text() == "3.30 credits per send"
    assert panel.summary.bar.accessibleName() == "System 100, Messages 3,200"
    assert panel.state.text() == "9 items, 3 not sent"


@pytest.mark.parametrize(
    ("lane", "expected", "row"),
    [
        (Lane.CREDITS, "3.80 credits per send", "0.10"),
        (Lane.SANDBOX, "3.80 play credits per send", "0.10"),
        (Lane.BYOK, "$3.8000 per send", "$0.1000"),
        (Lane.LOCAL, "free on this lane", ""),
    ],
)
def test_each_lane_has_its_unit(panel: ContextPanel, lane: Lane, expected: str, row: str) -> None:
    """Credits, play credits, dollars, or nothing to pay."""
    show(panel, lane=lane)
    first = panel.model.row(0)
    assert first is not None
    assert (panel.summary.cost.text(), first.price) == (expected, row)


def test_a_price_that_is_not_known_is_not_zero(panel: ContextPanel) -> None:
    """It is said in words, and rows leave their place empty."""
    costs = tuple(replace(one, cost=None) for one in priced(listed()))
    panel.show_context(costs, ContextRules(), "", "", None, Lane.BYOK)
    assert panel.summary.cost.text() == "price unknown"
    assert [row.price for row in panel.model.rows] == [""] * 9


def test_a_guess_wears_its_mark(panel: ContextPanel) -> None:
    """'~' where the count is a proxy or a guess, in the row and in the sum."""
    panel.show_context(
        priced(listed(), CountBasis.PROXY), ContextRules(), "Be brief.", "", None, Lane.CREDITS
    )
    assert panel.summary.tokens.text() == "~3,800 tokens"
    assert panel.model.rows[0].caption == "System prompt, ~100 tokens"


def test_pending_counts_are_said(panel: ContextPanel) -> None:
    """The items are there already, their figures follow."""
    panel.show_context(None, ContextRules(), "Be brief.", "", None, Lane.CREDITS, items=listed())
    assert (panel.summary.tokens.text(), panel.summary.cost.text()) == ("~ tokens", "")
    assert (panel.model.rowCount(), panel.model.rows[0].price) == (9, "~")
    assert panel.state.text() == "Tokens are being counted…"
    show(panel)
    assert panel.summary.tokens.text() == "3,800 tokens"


def test_empty_conversation_says_so(panel: ContextPanel) -> None:
    """One sentence in the place of the list."""
    panel.show_context((), ContextRules(), "", "", None, Lane.CREDITS)
    assert panel.empty.isVisible()
    assert not panel.list.isVisible()
    assert (panel.summary.tokens.text(), panel.summary.cost.text()) == ("0 tokens", "")


def test_screen_reader_hears_the_row(panel: ContextPanel) -> None:
    """Who, what, how much, and whether it is sent."""
    show(panel)
    spoken = [
        panel.model.index(panel.model.position(name)).data(Qt.ItemDataRole.AccessibleTextRole)
        for name in ("p", "a2")
    ]
    assert spoken == [
        "Image: 图.png. 640 x 480, 300 tokens, 0.30 credits per send.",
        "Answer: One answer.. not sent, dropped, 700 tokens, 0.70 credits per send.",
    ]


def test_cached_input_is_mentioned_only_where_reported(panel: ContextPanel) -> None:
    """Prices are those of fresh input; nothing is promised that no provider said."""
    costs = priced(listed())
    panel.show_context(costs, ContextRules(), "", "", None, Lane.CREDITS, cached=8_192)
    assert panel.summary.note.isVisible()
    assert "8,192 tokens" in panel.summary.note.text()
    panel.show_context(costs, ContextRules(), "", "", None, Lane.CREDITS)
    assert not panel.summary.note.isVisible()


# --- what is asked for ---


@pytest.mark.parametrize(
    ("item_id", "expected"),
    [("u2", [["u2"], True]), (SYSTEM_ID, [[SYSTEM_ID], True]), ("a2", [["a2"], False]), ("f", [["f"], True])],
)
def test_one_click_is_enough(qtbot: QtBot, panel: ContextPanel, item_id: str, expected: list[object]) -> None:
    """The button of a row asks for that row, to be dropped or to be sent again."""
    show(panel)
    with qtbot.waitSignal(panel.dropped) as asked_for:
        press_button(qtbot, panel, item_id)
    assert expected == asked_for.args


def test_the_same_button_takes_it_back(qtbot: QtBot, panel: ContextPanel) -> None:
    """After the drop the row stands where it stood, also with the dearest first."""
    panel.sort.click()
    show(panel)
    place = panel.model.position("u2")
    rows = tuple(replace(row, dropped=row.id == "u2") for row in SIX)
    costs = tuple(
        one if one.item.id != "u2" else replace(one, count=TokenCount(1, CountBasis.EXACT))
        for one in priced(listed(rows=rows))
    )
    panel.show_context(costs, ContextRules(), "Be brief.", "", None, Lane.CREDITS)
    assert panel.model.position("u2") == place
    with qtbot.waitSignal(panel.dropped) as asked_for:
        press_button(qtbot, panel, "u2")
    assert asked_for.args == [["u2"], False]


def test_a_file_comes_back_with_its_message(qtbot: QtBot, panel: ContextPanel) -> None:
    """A file of a dropped message can't be sent alone."""
    show(panel, rows=(replace(SIX[0], dropped=True), *SIX[1:]))
    with qtbot.waitSignal(panel.dropped) as asked_for:
        press_button(qtbot, panel, "f")
    assert asked_for.args == [["f", "u1"], False]
    show(panel, rows=(replace(SIX[0], attachments=(replace(FILE, dropped=True),)), *SIX[1:]))
    with qtbot.waitSignal(panel.dropped) as alone:
        press_button(qtbot, panel, "f")
    assert alone.args == [["f"], False]


def test_old_and_used_ask_for_another_rule(qtbot: QtBot, panel: ContextPanel) -> None:
    """What a rule leaves behind comes back by the rule."""
    show(panel, ContextRules(keep_last=2))
    with qtbot.waitSignal(panel.keep_last_changed) as kept:
        press_button(qtbot, panel, "u2")
    assert kept.args == [3]
    show(panel, ContextRules(drop_files=True))
    with qtbot.waitSignal(panel.drop_files_changed) as files:
        press_button(qtbot, panel, "f")
    assert files.args == [False]


def test_keys_drop_restore_and_open(qtbot: QtBot, panel: ContextPanel) -> None:
    """Space is the button, Delete drops, Enter goes to the message."""
    show(panel)
    select(panel, "u2")
    with qtbot.waitSignal(panel.dropped) as space:
        qtbot.keyClick(panel.list, Qt.Key.Key_Space)
    with qtbot.waitSignal(panel.dropped) as delete:
        qtbot.keyClick(panel.list, Qt.Key.Key_Delete)
    with qtbot.waitSignal(panel.jump_wanted) as jump:
        qtbot.keyClick(panel.list, Qt.Key.Key_Return)
    assert (space.args, delete.args, jump.args) == ([["u2"], True], [["u2"], True], ["u2"])


def test_several_are_dropped_at_once(qtbot: QtBot, panel: ContextPanel) -> None:
    """By key, by the button of one of them, or by the one above the list; unsent ones are left out."""
    show(panel)
    select(panel, "u1", "a2", "u2")
    assert panel.drop_chosen.text() == "Drop 2"
    for act in (
        lambda: qtbot.keyClick(panel.list, Qt.Key.Key_Delete),
        lambda: press_button(qtbot, panel, "u2"),
        panel.drop_chosen.click,
    ):
        with qtbot.waitSignal(panel.dropped) as asked_for:
            act()
        assert asked_for.args == [["u1", "u2"], True]


def test_a_button_outside_of_the_selection_is_alone(qtbot: QtBot, panel: ContextPanel) -> None:
    """Nothing far away is dropped with it."""
    show(panel)
    select(panel, "u1", "u2")
    with qtbot.waitSignal(panel.dropped) as asked_for:
        press_button(qtbot, panel, "a1")
    assert asked_for.args == [["a1"], True]


def test_click_on_a_row_goes_to_its_message(qtbot: QtBot, panel: ContextPanel) -> None:
    """A file leads to the message that brought it."""
    show(panel)
    spot = panel.list.visualRect(panel.model.index(panel.model.position("f"))).topLeft() + QPoint(60, 12)
    with qtbot.waitSignal(panel.jump_wanted) as jump, qtbot.assertNotEmitted(panel.dropped):
        qtbot.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert jump.args == ["u1"]


def test_suggestion_is_taken_with_one_click(qtbot: QtBot, panel: ContextPanel) -> None:
    """It says what it saves; none is shown where nothing is saved."""
    show(panel, advice=Advice(91, 410_000_000, 6))
    expected = "Context is 91 % of the cost. Keeping the last 6 messages saves 0.41 per send."
    assert panel.advice.text.text() == expected
    with qtbot.waitSignal(panel.keep_last_changed) as kept:
        panel.advice.button.click()
    assert kept.args == [6]
    show(panel, advice=Advice(91, 0, 6))
    assert not panel.advice.isVisible()


def test_rules_are_asked_for(qtbot: QtBot, panel: ContextPanel) -> None:
    """Ticking keeps the number beside it, unticking all; showing a rule asks for nothing."""
    asks: list[object] = []
    for signal in (panel.keep_last_changed, panel.drop_files_changed, panel.effort_changed):
        signal.connect(asks.append)
    panel.show_context((), ContextRules(12, True), "", "low", None, Lane.CREDITS)
    assert (asks, panel.rules.count.value(), panel.rules.effort.currentText()) == ([], 12, "Low")
    panel.rules.count.setValue(8)
    panel.rules.keep.click()
    panel.rules.files.click()
    panel.rules.effort.setCurrentIndex(4)
    panel.rules.effort.activated.emit(4)
    assert asks == [8, None, False, "high"]
    assert not panel.rules.count.isEnabled()


# --- the system prompt ---


def test_system_prompt_is_kept_when_the_focus_goes(qtbot: QtBot, panel: ContextPanel) -> None:
    """And with Ctrl+Enter; an unchanged one announces nothing."""
    show(panel)
    assert panel.system._cost.text() == "100 tokens, 0.10 per send"
    panel.system.edit.click()
    panel.system.field.setPlainText("Be long.\n")
    with qtbot.waitSignal(panel.system_changed) as changed:
        qtbot.keyClick(panel.system.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert (changed.args, panel.system.field.isVisible()) == (["Be long."], False)
    panel.activateWindow()
    panel.system.edit.click()
    qtbot.waitUntil(panel.system.field.hasFocus)
    panel.system.field.setPlainText("Be kind.")
    with qtbot.waitSignal(panel.system_changed) as blurred:
        panel.list.setFocus()
    assert blurred.args == ["Be kind."]
    panel.system.edit.click()
    with qtbot.assertNotEmitted(panel.system_changed):
        panel.system.edit.click()


def test_escape_puts_the_old_prompt_back(qtbot: QtBot, panel: ContextPanel) -> None:
    """The first Escape ends the editing, the next closes the panel."""
    show(panel)
    panel.system.edit.click()
    panel.system.field.setPlainText("No.")
    with qtbot.assertNotEmitted(panel.system_changed), qtbot.assertNotEmitted(panel.closed):
        qtbot.keyClick(panel.system.field, Qt.Key.Key_Escape)
    assert not panel.system.field.isVisible()
    with qtbot.waitSignal(panel.closed):
        qtbot.keyClick(panel.list, Qt.Key.Key_Escape)


def test_what_is_typed_survives_new_figures(panel: ContextPanel) -> None:
    """A count that comes in meanwhile does not touch the field; leaving the conversation keeps the text."""
    show(panel)
    said: list[str] = []
    panel.system_changed.connect(said.append)
    panel.system.edit.click()
    panel.system.field.setPlainText("Half a sent")
    show(panel)
    assert panel.system.field.toPlainText() == "Half a sent"
    panel.leave()
    assert (said, panel.model.rowCount()) == (["Half a sent"], 0)


# --- many ---


def test_ten_thousand_items(panel: ContextPanel) -> None:
    """All are listed, few are asked for: only what is in sight is painted."""
    rows = tuple(asked(f"message {n}", str(n)) for n in range(10_000))
    looked: list[int] = []
    inner = ItemModel.data

    class Watched(ItemModel):
        def data(self, index: object, role: int = Qt.ItemDataRole.DisplayRole) -> object:
            looked.append(role)
            return inner(self, index, role)

    model = Watched(panel)
    panel.list.setModel(model)
    costs = priced(listed(rows=rows))
    model.fill(rows_of(costs, (), Shown(ContextRules(), Lane.CREDITS)))
    panel.list.grab()
    assert model.rowCount() == 10_001
    assert len(looked) < 500
    assert sums(costs).total == 100 * 10_001 * 10_002 // 2


def test_dearest_first_and_back(panel: ContextPanel) -> None:
    """One press each way."""
    show(panel)
    panel.sort.click()
    assert [panel.model.row(place).item.id for place in range(3)] == ["u3", "a3", "a2"]
    panel.sort.click()
    assert [panel.model.row(place).item.id for place in range(3)] == [SYSTEM_ID, "f", "p"]
