"""Finding and picking a model with the keyboard alone, and the order of the rows."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from nexu_desktop.domain.chat import Lane, ModelRef
from nexu_desktop.domain.credits import Rate, Tier
from nexu_desktop.domain.estimate import Estimate
from nexu_desktop.services.catalog import Offer
from nexu_desktop.ui import theme
from nexu_desktop.ui.model_picker.delegate import ROW_HEIGHT
from nexu_desktop.ui.model_picker.model import CAN, DRAFT, MODEL, RATE, TYPICAL, PickerModel
from nexu_desktop.ui.model_picker.picker import ModelPicker
from nexu_desktop.ui.model_picker.rows import Row, arranged, matches
from tests.ui.offers import DEFAULT, estimate, offer

Key = Qt.Key


def priced(rate: int) -> Rate:
    return Rate((Tier(input=rate, output=rate),))


CHEAP = offer(
    "deepseek-v3.2", rate=priced(10), published="0.18", context_tokens=163_840, capabilities=("tools",)
)
USUAL = offer(DEFAULT, rate=priced(50))
DEAR = offer("gpt-5.4-mini", rate=priced(90), published="1.50", context_tokens=400_000)
UNKNOWN = offer("mystery", rate=None, context_tokens=None, capabilities=())
OWN = offer("gpt-5.4-mini", Lane.BYOK, rate=priced(1))
PLAY = offer(DEFAULT, Lane.SANDBOX, rate=priced(200))
OFFERS = (UNKNOWN, PLAY, OWN, DEAR, USUAL, CHEAP)


def cost(of: Offer, likely: str) -> Estimate:
    return estimate(
        of, cost=("0", likely, likely, likely), available="9" if of.ref.lane.spends_credits else None
    )


COSTS: dict[ModelRef, Estimate | None] = {
    CHEAP.ref: cost(CHEAP, "0.08"),
    USUAL.ref: cost(USUAL, "0.42"),
    DEAR.ref: cost(DEAR, "0.64"),
    OWN.ref: cost(OWN, "0.0080"),
    PLAY.ref: cost(PLAY, "0.90"),
}


class Desk:
    """A window with a button, its picker, and what the picker announced."""

    def __init__(self, width: int = 1_000, height: int = 700) -> None:
        self.window = QWidget()
        self.window.resize(width, height)
        self.button = QPushButton("model", self.window)
        self.button.move(300, height - 80)
        self.picker = ModelPicker(self.window)
        self.picker.apply_theme(theme.DARK)
        self.picker.set_card("2026-04-09", DEFAULT)
        self.heard: list[object] = []
        self.picker.picked.connect(self.heard.append)
        self.picker.favourites_changed.connect(self.heard.append)
        self.picker.sort_changed.connect(self.heard.append)
        self.picker.closed.connect(lambda: self.heard.append("closed"))

    def open(self, favourites: tuple[str, ...] = (), sort: str = "draft") -> None:
        self.picker.open_for(OFFERS, USUAL.ref, COSTS, favourites, sort, self.button)

    def keys(self) -> list[str]:
        return [row.key for row in self.picker.model.rows()]

    def current(self) -> str:
        row = self.picker.model.row(self.picker.table.currentIndex().row())
        return row.key if row else ""


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    made = Desk()
    qtbot.addWidget(made.window)
    made.window.show()
    qtbot.waitActive(made.window)
    made.button.setFocus()
    return made


def refs(*offers: Offer) -> list[str]:
    return [str(of.ref) for of in offers]


def press(qtbot: QtBot, *keys: Qt.Key) -> None:
    for key in keys:
        qtbot.keyClick(QApplication.focusWidget(), key)


def test_rows_are_sorted_by_what_the_draft_costs_whoever_pays(desk: Desk) -> None:
    """A credit is a cent, so $0.0080 stands between 0.64 and 0.90; a model that can't be sent comes last."""
    desk.open()
    assert desk.keys() == refs(CHEAP, USUAL, DEAR, OWN, PLAY, UNKNOWN)


def test_free_comes_first_unknown_prices_last() -> None:
    """What runs on this machine is free, not $0.0000; too long comes after all that would answer."""
    free, unpriced = offer("llama", Lane.LOCAL, "local", rate=priced(0)), offer("acme", Lane.BYOK, rate=None)
    long = Row(CHEAP, estimate(CHEAP, over_context=9))
    rows = [long, Row(DEAR, COSTS[DEAR.ref]), Row(OWN, cost(OWN, "0.0063"))]
    rows += [Row(unpriced, estimate(unpriced, cost=None, available=None)), Row(free, cost(free, "0"))]
    shown = arranged(rows, "draft")
    assert [row.offer for row in shown] == [free, OWN, DEAR, unpriced, CHEAP]
    assert [row.draft for row in shown] == ["free", "$0.0063", "0.64", "unknown", "too long"]
    assert (shown[0].typical, [row.offer for row in arranged(rows, "rate")][-1]) == ("free", unpriced)


def test_favourites_stay_on_top_in_every_order(desk: Desk) -> None:
    """Whatever they cost."""
    tops = []
    for sort in ("draft", "rate", "name"):
        desk.open((str(DEAR.ref),), sort)
        tops.append(desk.keys()[0])
    assert tops == refs(DEAR) * 3


def test_orders_by_rate_and_by_name() -> None:
    """Both across lanes."""
    rows = [Row(of, COSTS.get(of.ref)) for of in OFFERS]
    by_rate = [row.key for row in arranged(rows, "rate")]
    by_name = [row.key for row in arranged(rows, "name")]
    assert (by_rate, by_name) == (
        refs(CHEAP, USUAL, DEAR, OWN, PLAY, UNKNOWN),
        refs(CHEAP, USUAL, PLAY, DEAR, OWN, UNKNOWN),
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("deep", [CHEAP]),
        ("SEES", [USUAL, DEAR, OWN, PLAY]),
        ("vision 1M", [USUAL, OWN, PLAY]),
        ("400k credits", [USUAL, DEAR]),
        ("164k", [CHEAP, USUAL, DEAR, OWN, PLAY]),
        ("cheap credits", [CHEAP, USUAL]),
        ("sandbox", [PLAY]),
        ("key", [OWN]),
        ("openai", [OWN]),
        ("reasons gpt", [DEAR, OWN]),
        ("nonsense", []),
    ],
)
def test_search_by_name_ability_size_and_lane(
    desk: Desk, qtbot: QtBot, query: str, found: list[Offer]
) -> None:
    """Every word must fit."""
    desk.open()
    qtbot.keyClicks(desk.picker.search, query)
    assert desk.keys() == refs(*found)


def test_an_unknown_context_fits_no_size() -> None:
    """Unknown is not large."""
    assert matches(Row(UNKNOWN), "1k") is False


def test_down_and_enter_pick(desk: Desk, qtbot: QtBot) -> None:
    """From the search field, which keeps the focus; then the focus goes back."""
    desk.open()
    press(qtbot, Key.Key_Down, Key.Key_Return)
    assert (desk.heard, QApplication.focusWidget()) == (["closed", DEAR.ref], desk.button)


def test_type_and_enter_pick_the_first_that_fits(desk: Desk, qtbot: QtBot) -> None:
    """The whole journey without a mouse."""
    desk.open()
    qtbot.keyClicks(QApplication.focusWidget(), "deep")
    press(qtbot, Key.Key_Enter)
    assert desk.heard == ["closed", CHEAP.ref]


def test_the_current_model_is_current_at_first(desk: Desk) -> None:
    """Enter at once changes nothing but closes."""
    desk.open()
    assert desk.current() == str(USUAL.ref)


def test_escape_closes_and_picks_nothing(desk: Desk, qtbot: QtBot) -> None:
    """From the search and from the table."""
    for steps in ((Key.Key_Escape,), (Key.Key_Tab, Key.Key_Escape)):
        desk.open()
        press(qtbot, *steps)
        assert (desk.heard, desk.picker.isVisible()) == (["closed"], False)
        desk.heard.clear()


def test_an_unknown_rate_on_credits_cannot_be_picked(desk: Desk, qtbot: QtBot) -> None:
    """The row says so, and the foot says why."""
    desk.open()
    desk.picker.search.setText("mystery")
    press(qtbot, Key.Key_Return)
    shown = desk.picker.model.index(0, DRAFT).data()
    reason = "mystery: the rate is unknown, so it can't be sent on credits."
    assert (desk.heard, shown, desk.picker.basis.text()) == ([], "rate unknown", reason)


@pytest.mark.parametrize("by_space", [False, True])
def test_a_star_by_key_moves_the_row_up_and_keeps_it_current(
    desk: Desk, qtbot: QtBot, by_space: bool
) -> None:
    """F2 in the search, Space in the table; a favourite that is not offered now is kept."""
    gone = "byok/openai/gone"
    desk.open((gone,))
    press(qtbot, *((Key.Key_Tab, Key.Key_Space) if by_space else (Key.Key_F2,)))
    top, current = desk.keys()[0], desk.current()
    press(qtbot, Key.Key_Space if by_space else Key.Key_F2)
    usual = str(USUAL.ref)
    assert (top, current, desk.heard) == (usual, usual, [(gone, usual), (gone,)])


def test_the_mouse_stars_and_picks(desk: Desk, qtbot: QtBot) -> None:
    """On the star it marks, beside it it picks, outside the card it closes."""
    desk.open()
    table = desk.picker.table.viewport()
    left = Qt.MouseButton.LeftButton
    qtbot.mouseClick(table, left, pos=QPoint(14, ROW_HEIGHT // 2))
    qtbot.mouseClick(table, left, pos=QPoint(80, 2 * ROW_HEIGHT + 5))
    desk.open()
    qtbot.mouseClick(desk.picker, left, pos=QPoint(2, desk.window.height() - 2))
    assert desk.heard == [(str(CHEAP.ref),), "closed", DEAR.ref, "closed"]


def test_headers_and_f3_change_the_order(desk: Desk, qtbot: QtBot) -> None:
    """Columns without an order of their own do nothing."""
    desk.open()
    head = desk.picker.table.horizontalHeader()
    for column in (MODEL, CAN, RATE, DRAFT):
        spot = QPoint(head.sectionViewportPosition(column) + 20, 10)
        qtbot.mouseClick(head.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    press(qtbot, Key.Key_F3)
    assert desk.heard == ["name", "rate", "draft", "name"]
    assert desk.picker.model.headerData(MODEL, Qt.Orientation.Horizontal) == "Model ▾"


def test_late_figures_change_in_place_then_order_once(desk: Desk, qtbot: QtBot) -> None:
    """Rows do not run away under a pointer; the current row stays current."""
    desk.open()
    desk.picker.set_cost(CHEAP.ref, cost(CHEAP, "0.70"))
    in_place = (desk.keys()[0], desk.picker.model.index(0, DRAFT).data())
    qtbot.waitUntil(lambda: desk.keys()[:3] == refs(USUAL, DEAR, CHEAP))
    assert (in_place, desk.current()) == ((str(CHEAP.ref), "0.70"), str(USUAL.ref))


@pytest.mark.parametrize(
    ("row", "text"),
    [
        (Row(USUAL, COSTS[USUAL.ref]), "0.42"),
        (Row(USUAL), "~"),
        (Row(OWN, COSTS[OWN.ref]), "$0.0080"),
        (Row(offer("acme", Lane.BYOK, rate=None)), "unknown"),
        (Row(USUAL, estimate(USUAL, over_context=5)), "too long"),
    ],
)
def test_the_draft_column(row: Row, text: str) -> None:
    """Credits, pending, dollars, unknown, too long."""
    assert row.draft == text


@pytest.mark.parametrize(
    ("tokens", "text"), [(163_840, "164k"), (1_048_576, "1M"), (2_048, "2k"), (None, "")]
)
def test_the_context_column(tokens: int | None, text: str) -> None:
    """Rounded as people say it."""
    assert Row(offer(context_tokens=tokens)).context == text


def test_a_row_is_read_as_one_sentence(desk: Desk) -> None:
    """With everything the columns show."""
    desk.open((str(USUAL.ref),))
    spoken = desk.picker.model.index(0, MODEL).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == (
        "gemini-3-flash-preview, favourite, default, rate 1.00x, typical chat 0.70, this draft 0.42, "
        "context 1M, sees, reasons, tools, paid by Credits"
    )


def test_the_foot_says_where_the_rates_come_from(desk: Desk) -> None:
    """The date of the card in words, and the source of the current row."""
    desk.open()
    assert (desk.picker.notes.text(), desk.picker.basis.text()) == (
        "Rates as of 9 April 2026. Typical chat: 2,000 tokens in, 2,000 out. "
        "This draft includes the whole conversation.",
        "gemini-3-flash-preview: list price, price list.",
    )


def test_names_from_outside_stay_text(desk: Desk) -> None:
    """In tooltips and labels alike."""
    evil = offer("<img src=x><b>x</b>", Lane.BYOK)
    desk.picker.open_for((evil,), evil.ref, {}, (), "draft", desk.button)
    tip = desk.picker.model.index(0, MODEL).data(Qt.ItemDataRole.ToolTipRole)
    formats = {label.textFormat() for label in desk.picker.findChildren(QLabel)}
    assert ("<img" in tip, formats) == (False, {Qt.TextFormat.PlainText})


def test_shortcuts_of_the_window_wait(desk: Desk, qtbot: QtBot) -> None:
    """A new conversation cannot start under an open picker."""
    fired: list[bool] = []
    QShortcut(QKeySequence("Ctrl+N"), desk.window).activated.connect(lambda: fired.append(True))
    desk.open()
    qtbot.keyClick(QApplication.focusWidget(), Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    desk.picker.close_layer()
    qtbot.keyClick(QApplication.focusWidget(), Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert fired == [True]


@pytest.mark.parametrize("size", [(1_600, 1_000), (900, 600), (640, 480)])
def test_it_stays_inside_the_window(qtbot: QtBot, size: tuple[int, int]) -> None:
    """With all rows' columns inside the card; the columns fold before the name gets short."""
    made = Desk(*size)
    qtbot.addWidget(made.window)
    made.window.show()
    made.open()
    table = made.picker.table
    inside = made.window.rect().contains(made.picker.card.geometry())
    fits = table.horizontalHeader().length() <= table.viewport().width()
    assert (inside, fits, table.columnWidth(MODEL) >= 200) == (True, True, True)
    assert table.isColumnHidden(TYPICAL) is (size[0] == 640)


def test_controls_have_names(desk: Desk) -> None:
    """Search and table; Tab goes between them and nowhere else."""
    desk.open()
    names = [desk.picker.search.accessibleName(), desk.picker.table.accessibleName()]
    assert (names, isinstance(QApplication.focusWidget(), QLineEdit)) == (["Search models", "Models"], True)


def test_letters_typed_in_the_table_search(desk: Desk, qtbot: QtBot) -> None:
    """Tab and type again without going back."""
    desk.open()
    press(qtbot, Key.Key_Tab)
    qtbot.keyClicks(QApplication.focusWidget(), "d")
    assert (desk.picker.search.text(), QApplication.focusWidget()) == ("d", desk.picker.search)


def test_four_hundred_rows(desk: Desk, qtbot: QtBot) -> None:
    """Every one can be reached; the last by the End of the list."""
    many = tuple(offer(f"model-{number:03}", Lane.BYOK) for number in range(400))
    desk.picker.open_for(many, many[399].ref, {}, (), "name", desk.button)
    assert (desk.current(), len(desk.keys())) == (str(many[399].ref), 400)


def test_the_model_keeps_qt_rules(qtmodeltester: ModelTester) -> None:
    """Checked by Qt's own tester while rows come, go and change."""
    model = PickerModel()
    qtmodeltester.check(model)
    model.fill(OFFERS, COSTS, (), "draft", DEFAULT)
    model.set_query("sees")
    model.set_cost(USUAL.ref, None)
    assert model.rowCount() == 4
