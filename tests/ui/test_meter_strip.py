"""What the strip says about an estimate, and how it folds."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from pytestqt.qtbot import QtBot

from nexu_desktop.domain.budgets import Budget, Scope, Spent, Unit, findings
from nexu_desktop.domain.chat import Lane
from nexu_desktop.domain.credits import Rate, Tier
from nexu_desktop.domain.estimate import Estimate
from nexu_desktop.services.catalog import Offer
from nexu_desktop.ui import theme
from nexu_desktop.ui.composer.cost_bar import MARK, ends
from nexu_desktop.ui.composer.meter_strip import Field, MeterStrip
from nexu_desktop.ui.composer.wording import Words, words
from tests.ui.offers import estimate, nano, offer

CREDITS, OWN = offer(), offer("gpt-5.4-mini", Lane.BYOK)
IN_DOLLARS = ("0.001", "0.004", "0.0095", "0.03")


@pytest.fixture
def strip(qtbot: QtBot) -> MeterStrip:
    made = MeterStrip()
    qtbot.addWidget(made)
    made.apply_theme(theme.LIGHT)
    made.resize(760, 40)
    made.show()
    return made


def said(words: Words) -> tuple[str, ...]:
    return tuple(part for part in (words.figure, words.unit, words.span, words.tokens, words.leaves) if part)


def shown(strip: MeterStrip) -> list[str]:
    return [field.text() for field in strip.findChildren(Field) if field.isVisible()]


def test_an_estimate_on_credits_says_cost_range_tokens_and_what_is_left() -> None:
    """The five fields of the strip."""
    assert said(words(CREDITS, estimate(CREDITS), empty=False)) == (
        "0.42",
        "credits likely",
        "0.18 to 0.95, at most 2.60",
        "2,140 in, about 900 out",
        "leaves 98.62",
    )


def test_costs_are_rounded_up_and_what_is_left_down() -> None:
    """Nothing costs more than shown, and the shown credits are there."""
    tiny = estimate(CREDITS, cost=("0.000000001", "0.010000001", "0.02", "0.03"), available="1")
    assert said(words(CREDITS, tiny, empty=False))[0::2] == (
        "0.02",
        "<0.01 to 0.02, at most 0.03",
        "leaves 0.98",
    )


def test_an_empty_draft_says_what_the_context_costs_each_time() -> None:
    """2,140 tokens at 50 credits a million are 0.107."""
    assert said(words(CREDITS, estimate(CREDITS), empty=True)) == (
        "0.11",
        "credits each send before you type",
        "2,140 in",
        "99.04 left",
    )


def test_a_pending_count_is_a_tilde() -> None:
    """No figure is shown that is not known."""
    assert said(words(CREDITS, None, empty=False)) == ("~", "credits likely", "~", "~", "leaves ~")


def test_an_answer_limited_by_the_balance_is_said_in_warning_colour() -> None:
    """The limit stands where the range was."""
    limited = words(CREDITS, estimate(CREDITS, lowered=True, limit=1_234), empty=False)
    assert (limited.span, limited.warning) == ("answer limited to 1,234 tokens by your balance", True)


@pytest.mark.parametrize("empty", [False, True])
def test_too_few_credits_offer_a_cheaper_model(empty: bool) -> None:
    """The shortfall, and the way out."""
    short = words(CREDITS, estimate(CREDITS, shortfall="0.35"), empty=empty)
    assert (short.figure, short.link, short.wants) == ("0.35 credits short", "A cheaper model", "cheaper")


def test_a_draft_too_long_for_the_model_says_by_how_much() -> None:
    """In tokens, with the way out."""
    long = words(CREDITS, estimate(CREDITS, over_context=3_200), empty=False)
    assert (long.figure, long.wants) == ("3,200 tokens too long for this model", "pick")


def test_an_own_key_costs_dollars_and_no_credits() -> None:
    """Never a balance, never a credit."""
    own = words(OWN, estimate(OWN, cost=IN_DOLLARS, available=None), empty=False)
    assert said(own) == (
        "$0.0040",
        "on your OpenAI key, 0 credits",
        "$0.0010 to $0.0095, at most $0.0300",
        "2,140 in, about 900 out",
    )


def test_an_own_key_without_a_price_still_says_no_credits() -> None:
    """Unknown is not zero dollars."""
    unpriced = offer("acme", Lane.BYOK, rate=None)
    assert said(words(unpriced, estimate(unpriced, cost=None, available=None), empty=False))[:2] == (
        "price unknown,",
        "0 credits",
    )


def test_credits_without_a_known_balance_are_not_dollars() -> None:
    """Before the wallet is read, the cost is in credits and nothing is said of what is left."""
    early = words(CREDITS, estimate(CREDITS, available=None), empty=False)
    assert (early.unit, early.leaves) == ("credits likely", "")


def test_an_unknown_rate_cannot_be_sent_on_credits() -> None:
    """Whatever estimate is passed."""
    assert words(offer(rate=None), None, empty=True).figure == "rate unknown: can't be sent on credits"


def test_the_tooltip_has_every_digit() -> None:
    """Down to a nano-credit."""
    odd = estimate(CREDITS, cost=("0.1", "0.123456789", "0.2", "0.3"))
    assert "Likely: 0.123456789 credits" in words(CREDITS, odd, empty=False).exactly.splitlines()


def test_ears_get_the_whole_estimate_as_one_sentence(strip: MeterStrip) -> None:
    """Cost, range, tokens, rest."""
    strip.show_estimate(CREDITS, estimate(CREDITS), empty=False)
    assert (strip.accessibleName(), strip.accessibleDescription()) == (
        "Estimate",
        "Estimated 0.42 credits, 0.18 to 0.95, at most 2.60; 2,140 in, about 900 out; leaves 98.62.",
    )


def test_the_tokens_are_the_first_to_give_way(strip: MeterStrip) -> None:
    """From the widest to the narrowest, and no field is ever cut."""
    strip.show_estimate(CREDITS, estimate(CREDITS), empty=False)
    wide = shown(strip)
    strip.resize(556, 40)
    middle = shown(strip)
    strip.resize(300, 40)
    assert [wide[3:], middle[3:], shown(strip)] == [
        ["2,140 in, about 900 out", "leaves 98.62"],
        ["leaves 98.62"],
        ["0.42", "credits likely", "leaves 98.62"],
    ]


@pytest.mark.parametrize("width", [378, 420, 556, 600, 728, 760])
@pytest.mark.parametrize(
    ("of", "kept"),
    [
        (CREDITS, estimate(CREDITS)),
        (CREDITS, estimate(CREDITS, cost=("12", "34", "100", "260"), available="12345")),
        (CREDITS, estimate(CREDITS, lowered=True, limit=1_234)),
        (CREDITS, estimate(CREDITS, shortfall="0.35")),
        (OWN, estimate(OWN, cost=IN_DOLLARS, available=None)),
    ],
)
def test_no_shown_field_is_clipped_or_covered(
    strip: MeterStrip, width: int, of: Offer, kept: Estimate
) -> None:
    """Each has room for its text, and they stand side by side."""
    strip.resize(width, 40)
    strip.show_estimate(of, kept, empty=False)
    fields = sorted((f for f in strip.findChildren(Field) if f.isVisible()), key=lambda f: f.x())
    clipped = [f.text() for f in fields if f.fontMetrics().horizontalAdvance(f.text()) > f.width()]
    covered = [a.text() for a, b in pairwise(fields) if a.geometry().right() >= b.x()]
    assert (clipped, covered) == ([], [])


def test_nothing_moves_when_the_figures_change(strip: MeterStrip) -> None:
    """Pending, small and usual figures put every field at the same place."""
    places = []
    for known in (estimate(CREDITS), None, estimate(CREDITS, cost=("0", "0.01", "0.02", "0.1"))):
        strip.show_estimate(CREDITS, known, empty=False)
        places.append([strip.unit.x(), strip.bar.geometry(), strip.span.x(), strip.leaves.x()])
    assert places[1:] == [places[0], places[0]]


def test_the_bar_places_low_likely_and_most_in_order(strip: MeterStrip) -> None:
    """Linear from nothing to the most."""
    strip.show_estimate(CREDITS, estimate(CREDITS, cost=("0", "1", "2", "4")), empty=False)
    bar = strip.bar
    bar.resize(111, 16)
    assert [bar.place(nano(figure)) for figure in ("0", "1", "2", "4")] == [5, 30, 55, 105]


def test_the_links_lead_out(strip: MeterStrip, qtbot: QtBot) -> None:
    """A cheaper model when credits are short, any model when it is too long."""
    strip.show_estimate(CREDITS, estimate(CREDITS, shortfall="0.35"), empty=False)
    with qtbot.waitSignal(strip.cheaper_requested):
        strip.link.click()
    strip.show_estimate(CREDITS, estimate(CREDITS, over_context=10), empty=False)
    with qtbot.waitSignal(strip.pick_requested):
        strip.link.click()


@pytest.mark.parametrize(
    ("likely", "said"),
    [
        ("0.07", "message: 0.07 over 0.05"),
        ("0.19", "message: 0.19 over 0.10"),
        ("6", "message: 6.00 over 5.00"),
    ],
)
def test_the_level_that_is_passed_is_the_one_that_is_named(likely: str, said: str) -> None:
    """Not the last one that is set; the most stands beside it, as nothing else says it in a narrow window."""
    budget = Budget(Scope.MESSAGE, Unit.CREDITS, nano("0.05"), nano("0.1"), nano("5"))
    found = findings((budget,), Unit.CREDITS, Spent(), nano(likely))
    known = replace(estimate(offer(), cost=("0.01", likely, likely, "9.5")), findings=found)
    shown = words(offer(), known, empty=False)
    assert (shown.span, shown.reached) == (f"{said}, at most 9.50", True)
    assert f"Your budget is reached: {said}." in shown.sentence


def test_an_empty_draft_says_what_the_sheet_says() -> None:
    """The input alone, with what the provider has cached priced as such."""
    rate = Rate((Tier(input=50_000_000, output=300_000_000, cached_input=5_000_000),))
    priced = offer(rate=rate)
    known = replace(estimate(priced, tokens_in=10_000), cached=8_000)
    assert words(priced, known, empty=True).figure == "0.14"  # 2,000 fresh and 8,000 cached tokens


def test_a_short_band_is_seen_on_both_sides_of_its_mark() -> None:
    """At either end of the bar, and where low and high are almost one."""
    for low, high in ((5, 6), (5, 9), (60, 61), (100, 105), (104, 105)):
        left, right = ends(low, high, 111)
        assert (left >= 1, right <= 110, right - left >= 3 * MARK) == (True, True, True)
    assert ends(20, 90, 111) == (20, 90)
