"""Budgets in the window: the question with every cheaper model, the stop, and lanes that no credits pay."""

from __future__ import annotations

import pytest

from nexu_desktop.domain.budgets import Budget, Scope, Unit
from nexu_desktop.domain.chat import Lane, ModelRef, Outcome, Purpose
from nexu_desktop.domain.credits import NANO_PER_CREDIT
from nexu_desktop.services.hidden_calls import SAME
from tests.cli.program import Program
from tests.journeys.house import House

MODEL = "gemini-3-flash-preview"
DRAFT = "Compare tea and coffee, please."


def allow(house: House, budget: Budget) -> None:
    house.core.settings.update(budgets=(budget,))
    house.presenter.pick_up_settings()


def test_the_question_names_the_cheapest_models(house: House) -> None:
    """Also those for which this draft was never counted: they join the open question."""
    allow(house, Budget(Scope.MESSAGE, Unit.CREDITS, ask=1))
    house.ask(DRAFT)
    question = house.window.question
    assert (question.isVisible(), house.messages, house.draft) == (True, (), DRAFT)
    costs = {}
    for offer in house.core.catalog.offers():
        priced = house.core.meter.estimate_now(
            house.core.desk._question(house.presenter.cid, DRAFT, offer.ref)
        ).cost
        if priced is not None and offer.ref.model != MODEL:
            costs[offer.ref.model] = priced.likely
    cheapest = min(costs, key=lambda name: costs[name])
    house.wait(lambda: f"{cheapest}: " in " ".join(button.text() for button in question.way_buttons))
    named = [button.text().split(":")[0] for button in question.way_buttons]
    models = [name for name in named if name in costs]
    assert models == sorted(costs, key=lambda name: costs[name])[: len(models)]
    assert len(models) >= 2
    question.back_button.click()
    assert (question.isVisible(), house.draft) == (False, DRAFT)


def test_a_stop_keeps_the_draft(house: House) -> None:
    """No Send in the question, nothing held, nothing charged."""
    allow(house, Budget(Scope.DAY, Unit.CREDITS, stop=1_000))
    house.type(DRAFT)
    house.wait(lambda: "no room in your budget per day" in house.meter.lower())
    house.press_enter()
    question = house.window.question
    assert (question.isVisible(), question.send.isVisible()) == (True, False)
    assert (house.messages, house.draft, len(house.entries())) == ((), DRAFT, 1)
    assert house.balance().settled == 100 * NANO_PER_CREDIT
    house.sound()


@pytest.mark.usefixtures("secret_service")
@pytest.mark.parametrize(("provider", "lane"), [("custom", Lane.BYOK), ("local", Lane.LOCAL)])
def test_a_budget_of_credits_does_not_touch_other_lanes(house: House, provider: str, lane: Lane) -> None:
    """An own key and a server of one's own answer, unasked, while every credit is forbidden."""
    house.paste_key(provider, house.server.address.url + "/v1", house.server.address.token).window().close()
    allow(house, Budget(Scope.DAY, Unit.CREDITS, colour=1, ask=2, stop=3))
    house.choose(ModelRef(lane, provider, MODEL))
    house.type(DRAFT)
    house.wait(lambda: house.window.composer.estimate() is not None)
    estimate = house.window.composer.estimate()
    assert estimate is not None
    assert (estimate.findings, estimate.over_budget, estimate.lowered) == ((), None, False)
    assert "budget" not in house.meter
    house.press_enter()
    assert not house.window.question.isVisible()
    receipt = house.receipt_of()
    assert (receipt.ref.lane, receipt.outcome, receipt.charged) == (lane, Outcome.COMPLETE, None)
    house.sound()


def test_a_title_by_a_model_is_itemised(house: House) -> None:
    """In the journal with its purpose, beside the answer; `ledger show` tells it in words and in JSON."""
    house.core.settings.update(title_model=SAME)
    house.ask(DRAFT)
    house.answered()
    house.wait(lambda: any(entry.purpose is Purpose.TITLE for entry in house.entries()))
    house.wait(lambda: house.balance().held == 0)
    told = Program(house.core.paths.root).here("ledger", "show", "--sandbox")
    assert (told.code, "(title)" in told.out) == (0, True), told.out
    rows = Program(house.core.paths.root).here("ledger", "show", "--sandbox", "--json").json()
    assert {row["purpose"] for row in rows} >= {"title", "message"}
    house.sound()
