"""The 13 codes of the Nexu gateway give 13 clear texts, however the code arrives."""

from __future__ import annotations

import json

import pytest

from nexu_desktop.adapters.http_errors import FarSide, Told, sorted_out, told_in_answer, told_in_value
from nexu_desktop.adapters.nexu_errors import NEXU_ADVICE, NEXU_PHRASES
from nexu_desktop.adapters.providers import NEXU
from nexu_desktop.domain.errors import (
    Billed,
    KeyRejected,
    ProviderDown,
    RateLimited,
    RequestRefused,
    ServiceError,
    Step,
)

FAR = FarSide("Nexu", "link.nexu.io", NEXU, "nxk_secret")

CODES = [
    (401, "missing_api_key", KeyRejected, Billed.REJECTED),
    (401, "invalid_api_key", KeyRejected, Billed.REJECTED),
    (403, "forbidden_api_key", KeyRejected, Billed.REJECTED),
    (429, "insufficient_credits", RequestRefused, Billed.REJECTED),
    (429, "usage_limit_exceeded", RateLimited, Billed.REJECTED),
    (400, "invalid_json", RequestRefused, Billed.REJECTED),
    (400, "invalid_model", RequestRefused, Billed.REJECTED),
    (400, "invalid_request", RequestRefused, Billed.REJECTED),
    (404, "model_not_found", RequestRefused, Billed.REJECTED),
    (413, "request_too_large", RequestRefused, Billed.REJECTED),
    (500, "internal_error", ProviderDown, Billed.UNKNOWN),
    (500, "streaming_unsupported", ProviderDown, Billed.REJECTED),
    (502, "upstream_error", ProviderDown, Billed.UNKNOWN),
]


def of_body(status: int, body: object) -> ServiceError:
    return sorted_out(FAR, told_in_answer(status, {}, json.dumps(body).encode()))


def test_the_table_is_complete() -> None:
    """13 codes, 13 different titles, each with a next step."""
    assert {code for _, code, _, _ in CODES} == set(NEXU_ADVICE)
    assert len({advice.title for advice in NEXU_ADVICE.values()}) == 13
    assert all(advice.hint.endswith(".") for advice in NEXU_ADVICE.values())


@pytest.mark.parametrize(("status", "code", "kind", "billed"), CODES)
def test_each_code(status: int, code: str, kind: type[ServiceError], billed: Billed) -> None:
    """The same error comes of error.code, of the prefix in the message, and of either in mid-stream."""
    bodies = [
        {"error": {"code": code, "message": f"[code={code}] words", "type": code}},
        {"error": {"message": f"[code={code}] words"}},
        {"error": {"code": None, "message": f"[code={code}] words", "type": "error"}},
        {"error": {"code": status, "message": f"[code={code}] words"}},
        {"error": {"code": str(status), "message": f"[code={code}] words"}},
        {"error": f"[code={code}] words"},
        f"[code={code}] words",
    ]
    errors = [of_body(status, body) for body in bodies] + [sorted_out(FAR, told_in_value(b)) for b in bodies]
    assert {(kind, code, billed)} == {(type(error), error.code, error.billed) for error in errors}
    assert {True} == {error.hint.endswith("Nexu said: “words”") for error in errors}


@pytest.mark.parametrize(("phrase", "code"), NEXU_PHRASES)
def test_each_phrase(phrase: str, code: str) -> None:
    """A text without a code is known by its words."""
    assert code == of_body(429, {"message": f"Sorry: {phrase.upper()}!"}).code


@pytest.mark.parametrize(
    ("status", "code", "step"),
    [
        (401, "invalid_api_key", Step.KEYS),
        (429, "insufficient_credits", Step.CREDITS),
        (404, "model_not_found", Step.MODEL),
        (429, "usage_limit_exceeded", Step.MODEL),
        (413, "request_too_large", Step.NONE),
    ],
)
def test_where_the_next_step_is(status: int, code: str, step: Step) -> None:
    """For the button beside the hint."""
    assert of_body(status, {"error": {"code": code, "message": "words"}}).step is step


def test_code_before_phrase() -> None:
    """A known code beats the words beside it."""
    body = {"error": {"code": "upstream_error", "message": "upstream: too many requests"}}
    assert of_body(502, body).code == "upstream_error"


def test_unknown_code_falls_back_to_the_status() -> None:
    """A 14th code is sorted by its HTTP status and keeps its name."""
    error = of_body(404, {"error": {"code": "model_retired", "message": "gone"}})
    assert (RequestRefused, "model_retired") == (type(error), error.code)


def test_error_pages_are_not_searched_for_phrases() -> None:
    """A gateway's HTML page that speaks of limits proves nothing about the bill."""
    error = sorted_out(FAR, told_in_answer(502, {}, b"<html>too many requests?</html>"))
    assert (ProviderDown, Billed.UNKNOWN) == (type(error), error.billed)


def test_the_key_is_not_repeated() -> None:
    """A service that echoes the key shows “[key]” to the person."""
    error = sorted_out(FAR, Told(401, "invalid_api_key", "bad key nxk_secret, nxk_\x00secret"))
    assert "Nexu said: “bad key [key], nxk_ secret”" in error.hint


@pytest.mark.parametrize(
    ("seconds", "said"), [("1", "Try again in 1 s, or"), ("600", "Try again in 10 minutes, or")]
)
def test_a_service_that_names_its_pause_is_believed(seconds: str, said: str) -> None:
    """Not in a minute where it said a second."""
    error = sorted_out(FAR, told_in_answer(503, {"retry-after": seconds}, b"{}"))
    assert error.hint.startswith(said)
