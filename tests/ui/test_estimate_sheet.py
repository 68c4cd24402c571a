"""The draft on every model: order, shares across credits and dollars, names that tell two keys apart."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from nexu_desktop.domain.breakdown import Breakdown, Part, PartKind
from nexu_desktop.domain.chat import Lane
from nexu_desktop.domain.estimate import CountBasis, Estimate
from nexu_desktop.services.catalog import Offer
from nexu_desktop.ui.estimate_sheet.other_models import (
    LIKELY,
    PADDING,
    OtherModelsTable,
    PricedModel,
    font_of,
    texts,
)
from nexu_desktop.ui.estimate_sheet.sheet import EstimateSheet
from tests.ui.offers import estimate, nano, offer

USUAL = offer()
DEAR = offer("gpt-5.4-mini")
KEY = offer("gpt-5.4-mini", Lane.BYOK)
OTHER_KEY = offer("gpt-5.4-mini", Lane.BYOK, "custom")
UNPRICED = offer("acme", Lane.BYOK, rate=None)
FREE = offer("llama", Lane.LOCAL, "local")
LONG = offer("deepseek-v3.2")


def priced(of: Offer, likely: str | None, **more: int) -> PricedModel:
    available = "9" if of.ref.lane.spends_credits else None
    cost = None if likely is None else (likely, likely, likely, "9")
    return PricedModel(of.ref, estimate(of, cost=cost, available=available, **more))


ROWS = (
    priced(UNPRICED, None),
    priced(DEAR, "0.56"),
    priced(LONG, "0.01", over_context=1_234),
    priced(OTHER_KEY, "0.0091"),
    priced(KEY, "0.0028"),
    priced(USUAL, "0.28"),
    priced(FREE, "0"),
)


def current() -> Estimate | None:
    return next(row.estimate for row in ROWS if row.ref == USUAL.ref)


@pytest.fixture
def table(qtbot: QtBot) -> OtherModelsTable:
    made = OtherModelsTable()
    qtbot.addWidget(made)
    made.resize(680, 320)
    made.fill(ROWS, USUAL.ref)
    return made


def test_the_cheapest_comes_first_whoever_pays(table: OtherModelsTable) -> None:
    """Free, cents and credits by what they are worth, unknown prices, then what is too long."""
    assert [row.ref for row in table.rows()] == [
        of.ref for of in (FREE, USUAL, KEY, DEAR, OTHER_KEY, UNPRICED, LONG)
    ]


def test_each_row_says_its_share_of_this(table: OtherModelsTable) -> None:
    """A credit is a cent: $0.0028 is 0.28 credits."""
    told = {row.ref: texts(row, current()) for row in table.rows()}
    shares = {of: told[of.ref][2] for of in (FREE, USUAL, KEY, DEAR, OTHER_KEY, UNPRICED)}
    assert list(shares.values()) == ["0.00x", "this", "1.00x", "2.00x", "3.25x", ""]
    assert (told[FREE.ref][1], told[FREE.ref][3], told[LONG.ref][3]) == ("free", "", "1,234 tokens too long")


def test_two_keys_for_one_model_are_told_apart(table: OtherModelsTable) -> None:
    """By the chip, which says whose key it is."""
    told = {row.ref: texts(row, current()) for row in table.rows()}
    assert told[KEY.ref][0] == told[OTHER_KEY.ref][0] == "gpt-5.4-mini"
    assert {told[KEY.ref][4], told[OTHER_KEY.ref][4]} == {"OpenAI key", "custom key"}


def test_no_figure_is_cut(table: OtherModelsTable) -> None:
    """'unknown' is wider than most prices."""
    table.fit(560)
    metrics = QFontMetrics(font_of(LIKELY))
    widest = max(metrics.horizontalAdvance(texts(row, current())[1]) for row in table.rows())
    assert table.columnWidth(LIKELY) - 2 * PADDING >= widest


@pytest.mark.parametrize(
    ("draft_tokens", "said"),
    [
        (0, "Before you type, each send costs 0.04; with a likely answer 0.16."),
        (9, "In 0.04, out 0.12; over many such messages 0.18 each."),
    ],
)
def test_without_a_draft_the_sheet_says_what_the_strip_says(
    qtbot: QtBot, draft_tokens: int, said: str
) -> None:
    """Two figures would contradict each other without a word: the context alone, and an answer with it."""
    window = QWidget()
    qtbot.addWidget(window)
    sheet = EstimateSheet(window)
    draft = Part(PartKind.DRAFT, draft_tokens, CountBasis.EXACT, nano("0.01"))
    made = Breakdown((draft,), nano("0.04"), nano("0.12"), mean_cost=nano("0.18"))
    sheet.show_for(made, (), ROWS, USUAL.ref, window)
    assert sheet._total.text() == said
