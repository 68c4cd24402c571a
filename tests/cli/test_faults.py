"""What `ask` says, exits with and charges for each way the gateway can fail; the ledger is sound after each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from nexu_desktop.domain.credits import NANO_PER_CREDIT, Usage
from nexu_desktop.sandbox.faults import Faults
from nexu_desktop.sandbox.server import SandboxServer
from tests.cli.conftest import Gateway
from tests.cli.program import Program, Result
from tests.sandbox.doubles import card

FULL = 100 * NANO_PER_CREDIT


@dataclass(frozen=True)
class Case:
    """A fault, and how `ask` must end. `counted` is the reply that is charged for by our own count."""

    faults: dict[str, Any]
    code: int
    outcome: str
    basis: str
    error: str = ""
    reply: str = ""
    unconfirmed: bool = False
    said: str = field(default="", kw_only=True)


WHOLE = "Hello there, you."
CASES = {
    "no usage": Case({"usage": "none"}, 0, "complete", "counted", reply=WHOLE),
    "double usage": Case({"usage": "double"}, 0, "complete", "provider", reply=WHOLE),
    "usage in the last chunk": Case({"usage": "last_chunk"}, 0, "complete", "provider", reply=WHOLE),
    "an error in mid-stream": Case({"error_after": 1}, 1, "cut", "counted", "upstream_error", "Hello "),
    "clean cut": Case(
        {"cut_at_byte": 420, "clean_cut": True}, 1, "cut", "none", "stream_cut", unconfirmed=True
    ),
    "429": Case({"status": 429, "retry_after": "7"}, 1, "failed", "none", "rate_limited", said="in 7 s"),
    "429 for ever": Case({"status": 429}, 1, "failed", "none", "rate_limited", said="Wait a minute"),
    "no credits": Case(
        {"code": "insufficient_credits"}, 3, "failed", "none", "insufficient_credits", said="Add credits"
    ),
    "bad key": Case({"code": "invalid_api_key"}, 4, "failed", "none", "invalid_api_key", said="replace it"),
    "500 with HTML": Case(
        {"status": 500, "html": True}, 1, "failed", "none", "provider_down", unconfirmed=True, said="HTTP 500"
    ),
    "402": Case({"status": 402}, 1, "failed", "none", "request_refused"),
}


def ask(program: Program, server: SandboxServer, *options: str, whole: bool = False) -> Result:
    run = program.run if whole else program.here
    link = ("--key-stdin", "--link-url", server.address.url)
    return run(
        "ask", "--model", "glm-5", "--json", *link, *options, stdin=f"{server.address.token}\nHello".encode()
    )


def charge(told: dict[str, Any]) -> int:
    """By the card, of the tokens on the receipt."""
    model = card().model("glm-5")
    assert model is not None
    return model.rate.cost(Usage(**told["usage"]))


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_fault(program: Program, gateway: Gateway, case: Case) -> None:
    """The outcome is named, the text that came is kept, and exactly what is on the receipt has been paid."""
    server = gateway()
    server.faults.set(Faults(**case.faults))
    result = ask(program, server)
    told = result.json()
    assert (result.code, told["outcome"], told["basis"]) == (case.code, case.outcome, case.basis), told[
        "error"
    ]
    assert ((told["error"] or {"code": ""})["code"], told["unconfirmed"]) == (case.error, case.unconfirmed)
    assert told["reply"] == case.reply
    assert case.said in result.err
    assert told["charged"]["nanocredits"] == (0 if case.basis == "none" else charge(told))
    left = FULL - told["charged"]["nanocredits"]
    assert program.balance() == {"settled": left, "held": 0, "available": left}


def test_a_broken_chunk_loses_no_credit(program: Program, gateway: Gateway) -> None:
    """Half a chunk in the stream: whatever it ends as, the receipt and the ledger agree."""
    server = gateway()
    server.faults.set(Faults(malformed_after=1))
    told = ask(program, server, whole=True).json()
    assert told["reply"].startswith("Hello ")
    assert told["charged"]["nanocredits"] == charge(told) > 0
    assert program.balance()["settled"] == FULL - charge(told)


def test_cut_at_every_tenth_byte(program: Program, gateway: Gateway) -> None:
    """Wherever the connection breaks, each try costs what its receipt says, and nothing stays held."""
    server = gateway()
    left = FULL
    for byte in range(0, 1_200, 100):
        server.faults.set(Faults(cut_at_byte=byte))
        told = ask(program, server).json()
        assert told["outcome"] in ("cut", "failed", "complete")
        left -= told["charged"]["nanocredits"]
        assert (told["balance"]["settled"]["nanocredits"], told["balance"]["held"]["nanocredits"]) == (
            left,
            0,
        )
    assert program.balance()["settled"] == left


def test_a_closed_port_is_named(program: Program, gateway: Gateway) -> None:
    """Nothing was sent, nothing is charged, and the sentence says where it did not get through."""
    server = gateway()
    program.here("ledger", "grant", "--credits", "1")
    server.stop()
    result = ask(program, server)
    assert (result.code, result.json()["outcome"], result.json()["unconfirmed"]) == (1, "failed", False)
    assert "127.0.0.1" in result.err
    assert program.balance()["available"] == NANO_PER_CREDIT


def test_a_wrong_key_is_not_taken_for_an_empty_wallet(program: Program, gateway: Gateway) -> None:
    """With an untouched wallet the key is looked at first."""
    server = gateway()
    options = ("ask", "--model", "glm-5", "--json", "--key-stdin", "--link-url", server.address.url, "Hello")
    result = program.here(*options, stdin=b"nxk_wrong")
    assert (result.code, result.json()["outcome"]) == (4, "refused")
    assert result.json()["error"]["code"] == "invalid_api_key"


def test_without_a_stated_balance_the_way_out_is_named(program: Program, gateway: Gateway) -> None:
    """The gateway works but states no balance: the person can state it."""
    server = gateway()
    server.faults.set(Faults(on="account", status=404))
    result = ask(program, server)
    assert (result.code, result.json()["error"]["code"]) == (3, "insufficient_credits")
    assert "nexu-desktop ledger grant --credits N" in result.err
    program.here("ledger", "grant", "--credits", "5", "--note", "stated")
    assert ask(program, server).json()["outcome"] == "complete"


def test_a_small_wallet_lowers_the_answer_and_says_so(program: Program, gateway: Gateway) -> None:
    """0.2 credits do not pay 8,192 tokens: the request's own limit is lowered, and the person is told."""
    program.here("ledger", "grant", "--credits", "0.2")
    result = ask(program, gateway())
    told = result.json()
    assert (result.code, told["estimate"]["lowered"]) == (0, True)
    assert f"Your balance limits this answer to {told['estimate']['output_limit']:,} tokens." in result.err


def test_an_empty_wallet_is_refused_with_the_shortfall(program: Program, gateway: Gateway) -> None:
    """Nothing is sent, and what is missing is named."""
    program.here("ledger", "grant", "--credits", "0.001")
    server = gateway()
    result = ask(program, server)
    told = result.json()
    assert (result.code, told["outcome"], told["charged"]["nanocredits"]) == (3, "refused", 0)
    assert "credits short" in told["error"]["title"]
    assert program.balance() == {"settled": 1_000_000, "held": 0, "available": 1_000_000}


def test_two_at_once_cost_twice_and_no_more(program: Program, gateway: Gateway) -> None:
    """Four processes share one wallet: the sum of their receipts is what is gone."""
    server = gateway()
    program.here("ledger", "grant", "--credits", "50")
    link = ("--key-stdin", "--link-url", server.address.url)
    key = server.address.token.encode()
    running = [
        program.start("ask", "--model", "glm-5", "--json", *link, "Hello", stdin=key) for _ in range(4)
    ]
    outputs = [process.communicate(timeout=60) for process in running]
    assert [process.returncode for process in running] == [0] * 4, outputs
    assert program.balance()["settled"] == 50 * NANO_PER_CREDIT - 4 * charge(
        {"usage": {"input": 5, "output": 5}}
    )


def test_own_key_spends_no_credit(program: Program, gateway: Gateway) -> None:
    """With --provider the journal gets no entry, and the bill is in dollars where a price is known."""
    server = gateway()
    link = ("--provider", "custom", "--key-stdin", "--link-url", f"{server.address.url}/v1")
    result = program.here(
        "ask", "--model", "glm-5", "--json", *link, "Hello", stdin=server.address.token.encode()
    )
    told = result.json()
    assert (result.code, told["outcome"], told["lane"]) == (0, "complete", "byok")
    assert (told["charged"], told["balance"]) == (None, None)
    assert program.here("ledger", "show", "--json").json()[0]["grant"] == "g:sandbox:opening"
