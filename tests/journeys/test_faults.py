"""Whatever the service does wrong: one clear sentence, the next step, no hold left, nothing charged twice."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from nexu_desktop.domain.chat import Basis, Outcome
from nexu_desktop.domain.credits import NANO_PER_CREDIT
from nexu_desktop.sandbox.faults import Faults
from nexu_desktop.sandbox.refusals import STATUS
from tests.journeys.house import House

OPENING = 100 * NANO_PER_CREDIT
QUESTION = "Compare tea and coffee."
FREE = "The first try cost nothing."
MAYBE = "The first try may have been billed."


@dataclass(frozen=True, slots=True)
class Case:
    """What is planned, and what a person must be able to read for it."""

    faults: Faults
    title: str
    step: str
    bill: str = FREE


CODES = {
    "missing_api_key": Case(Faults(code="missing_api_key"), "received no key", "Add your Nexu key"),
    "invalid_api_key": Case(Faults(code="invalid_api_key"), "does not know this key", "Copy the key again"),
    "forbidden_api_key": Case(Faults(code="forbidden_api_key"), "has expired", "Create a new key"),
    "insufficient_credits": Case(Faults(code="insufficient_credits"), "balance is too low", "Add credits"),
    "usage_limit_exceeded": Case(Faults(code="usage_limit_exceeded"), "usage limit", "Try again later"),
    "invalid_json": Case(Faults(code="invalid_json"), "could not read the request", "Send it again"),
    "invalid_model": Case(Faults(code="invalid_model"), "No model was named", "Pick a model"),
    "invalid_request": Case(
        Faults(code="invalid_request"), "did not accept the settings", "Lower the answer"
    ),
    "model_not_found": Case(
        Faults(code="model_not_found"), "does not offer this model", "Pick another model"
    ),
    "request_too_large": Case(Faults(code="request_too_large"), "too large to send", "Shorten the message"),
    "internal_error": Case(Faults(code="internal_error"), "a fault of its own", "Wait a minute", MAYBE),
    "streaming_unsupported": Case(
        Faults(code="streaming_unsupported"), "cannot stream the answer", "Pick another model"
    ),
    "upstream_error": Case(Faults(code="upstream_error"), "does not answer Nexu", "in a minute", MAYBE),
}
STATUSES = {
    "401": Case(Faults(status=401), "did not accept the key", "Check the key in Settings"),
    "402": Case(Faults(status=402), "out of money", "Top up that account"),
    "429": Case(Faults(status=429), "accepts no more requests", "Wait a minute"),
    "429 in 20 s": Case(Faults(status=429, retry_after="20"), "accepts no more", "Try again in 20 s."),
    "429 in 10 min": Case(Faults(status=429, retry_after="600"), "accepts no more", "in 10 minutes."),
    "500 HTML": Case(Faults(status=500, html=True), "a fault of its own (HTTP 500)", "in a minute", MAYBE),
    "cut at once": Case(Faults(cut_at_byte=0), "broke off", "Try again", MAYBE),
    "cut in the first event": Case(Faults(cut_at_byte=60), "broke off", "Try again", MAYBE),
    "error before a word": Case(Faults(error_after=0), "does not answer Nexu", "in a minute", MAYBE),
    "damaged before a word": Case(Faults(malformed_after=0), "damaged", "Try again", MAYBE),
}
CUTS = {
    "cut in mid-stream": Case(Faults(cut_at_byte=9_000), "broke off", "What arrived is kept", "counted here"),
    "clean cut": Case(Faults(cut_at_byte=9_000, clean_cut=True), "broke off", "is kept", "counted here"),
    "cut in a character": Case(Faults(cut_at_byte=9_001), "broke off", "is kept", "counted here"),
    "error in mid-stream": Case(Faults(error_after=20), "does not answer Nexu", "minute", "counted here"),
    "credits run out": Case(
        Faults(error_after=20, error_code="insufficient_credits"), "too low", "Add credits", "counted here"
    ),
    "malformed": Case(Faults(malformed_after=20), "damaged", "Try again", "counted here"),
}


def test_all_thirteen_codes_are_tried() -> None:
    """A new code of the gateway needs its own sentence."""
    assert set(CODES) == set(STATUS)


@pytest.mark.parametrize("cases", [CODES, STATUSES], ids=["codes", "statuses"])
def test_a_refusal_costs_nothing_and_can_be_tried_again(house: House, cases: dict[str, Case]) -> None:
    """What happened and the next step stand where the answer would be; Retry then answers and is charged."""
    spent = 0
    for name, case in cases.items():
        house.presenter.new()
        house.server.faults.set(case.faults)
        house.ask(QUESTION)
        receipt = house.receipt_of()
        assert (name, receipt.outcome, receipt.charged) in (
            (name, Outcome.FAILED, 0),
            (name, Outcome.CUT, 0),
        )
        assert [name, *_unsaid(house, case)] == [name]
        assert house.rows[-1].trouble.retry.isVisible()
        assert (name, OPENING - house.balance().settled) == (name, spent)
        house.retry()
        second = house.receipt_of(2)
        assert (name, second.outcome) == (name, Outcome.COMPLETE)
        spent += second.charged or 0
        assert (name, OPENING - house.balance().settled) == (name, spent)
        assert [row.text for row in house.messages].count(QUESTION) == 1
        house.sound()


def test_a_broken_answer_is_kept_and_paid_once(house: House) -> None:
    """The text that came stays readable and is charged by our count; Retry says so and is a charge of its own."""
    spent = 0
    for name, case in CUTS.items():
        house.presenter.new()
        house.server.faults.set(case.faults)
        house.ask(QUESTION)
        receipt = house.receipt_of()
        assert (name, receipt.outcome, receipt.basis) == (name, Outcome.CUT, Basis.COUNTED)
        assert [name, *_unsaid(house, case)] == [name]
        assert "The first try may have been billed" in house.trouble()
        assert (name, len(house.answers[0].text) > 20) == (name, True)
        assert house.rows[-1].body.text == house.answers[0].text
        assert (receipt.charged or 0) > 0
        house.retry()
        second = house.receipt_of(2)
        assert (name, second.outcome) == (name, Outcome.COMPLETE)
        spent += (receipt.charged or 0) + (second.charged or 0)
        assert (name, OPENING - house.balance().settled) == (name, spent)
        house.sound()


def _unsaid(house: House, case: Case) -> list[str]:
    """What should stand there and does not; then also what does."""
    said = house.trouble()
    missing = [part for part in (case.title, case.step, case.bill) if part not in said]
    return [*missing, said] if missing else []


@pytest.mark.parametrize(
    ("usage", "basis", "said"),
    [
        ("none", Basis.COUNTED, "counted here"),
        ("double", Basis.PROVIDER, "provider’s count"),
        ("last_chunk", Basis.PROVIDER, "provider’s count"),
    ],
)
def test_usage_is_booked_once_wherever_it_comes(house: House, usage: str, basis: Basis, said: str) -> None:
    """None: we count, and say so. Twice: charged once. On the last chunk: found there."""
    house.server.faults.set(Faults(usage=usage))
    house.ask(QUESTION)
    receipt = house.receipt_of()
    assert (receipt.outcome, receipt.basis, said in house.receipt()) == (Outcome.COMPLETE, basis, True)
    assert [entry.amount for entry in house.entries() if entry.kind == "charge"] == [receipt.charged]
    assert 0 < (receipt.charged or 0) == OPENING - house.balance().settled
    house.sound()


def test_retrying_an_answer_that_was_stopped_asks_first(house: House) -> None:
    """What was counted here may be billed by the service as well: a second payment needs a yes."""
    house.server.faults.set(Faults(delay_chunk_ms=10))
    house.ask(QUESTION)
    house.streams()
    house.window.composer.send_button.click()
    house.answered()
    row = house.rows[-1]
    row.receipt.retry.click()
    assert (row.question.isVisible(), len(house.answers)) == (True, 1)
    assert row.question._words.accessibleName().startswith("The first try may have been billed: ")
    row.question.yes.click()
    assert house.receipt_of(2).outcome is Outcome.COMPLETE
    house.sound()


def test_an_answer_beyond_the_limit_ends_there(house: House) -> None:
    """An endless service is cut at the limit that was asked for and held for; nobody pays more."""
    house.core.settings.update(answer_limit_tokens=256)
    house.ask("Write a long text about every river of Europe. " * 12)
    receipt = house.receipt_of()
    attempt = house.core.ledgers[receipt.ref.lane].attempt(receipt.attempt)
    assert attempt is not None
    assert 0 < (receipt.charged or 0) <= attempt.held
    assert receipt.limited == 256
    assert house.trouble().startswith("Reached the answer limit of 256 tokens. Send “Go on” for the rest.")
    assert house.receipt().startswith("Receipt: Ended by its limit, ")
    house.sound()
