"""Keys for one call alone: credits of one account are never spent with the key of another."""

from __future__ import annotations

from typing import Any

from nexu_desktop.composition import build
from nexu_desktop.domain.chat import Lane
from nexu_desktop.domain.credits import NANO_PER_CREDIT, Nanocredits
from nexu_desktop.sandbox.faults import Faults
from nexu_desktop.sandbox.server import SandboxServer
from nexu_desktop.services.ports import Grant
from tests.cli.conftest import Gateway
from tests.cli.program import Program, Result

FULL = 100 * NANO_PER_CREDIT


def link(server: SandboxServer) -> tuple[str, ...]:
    return ("--key-stdin", "--link-url", server.address.url)


def with_key(program: Program, server: SandboxServer, *command: str) -> Result:
    return program.here(*command, *link(server), "--json", stdin=f"{server.address.token}\nHello".encode())


def ask(program: Program, server: SandboxServer) -> dict[str, Any]:
    told: dict[str, Any] = with_key(program, server, "ask", "--model", "glm-5").json()
    return told


def settled(program: Program, server: SandboxServer) -> int:
    """By `ledger balance` with the key of that account."""
    return int(with_key(program, server, "ledger", "balance").json()["settled"]["nanocredits"])


def test_two_accounts_have_two_wallets(program: Program, gateway: Gateway) -> None:
    """Each opens with what its own service states, and each pays for its own answers alone."""
    one, two = gateway(), gateway()
    paid = [ask(program, server)["charged"]["nanocredits"] for server in (one, two, two)]
    assert min(paid) > 0
    assert (settled(program, one), settled(program, two)) == (FULL - paid[0], FULL - paid[1] - paid[2])
    assert program.balance()["settled"] == FULL - paid[0]  # the first one is the wallet of this folder


def test_another_key_at_the_same_address_is_another_account(program: Program, gateway: Gateway) -> None:
    """Its rejected key is told as such, and nothing of the first wallet moves."""
    server = gateway()
    left = FULL - ask(program, server)["charged"]["nanocredits"]
    result = program.here("ask", "--model", "glm-5", "--json", *link(server), "Hello", stdin=b"nxk_other")
    assert (result.code, result.json()["error"]["code"]) == (4, "invalid_api_key")
    assert result.json()["balance"]["settled"]["nanocredits"] == 0
    assert (program.balance()["settled"], settled(program, server)) == (left, left)


def test_a_wallet_from_before_is_not_opened_by_a_key_for_one_call(program: Program, gateway: Gateway) -> None:
    """What a service had stated before owners were written down waits for the key in the keyring."""
    with build(program.data_dir) as core:
        core.ledgers[Lane.CREDITS].grant(Grant("g:nexu:opening", Nanocredits(5 * FULL), "nexu"))
    server = gateway()
    paid = ask(program, server)["charged"]["nanocredits"]
    assert (program.balance()["settled"], settled(program, server)) == (5 * FULL, FULL - paid)


def test_a_wrong_key_does_not_take_over_what_the_person_has_booked(
    program: Program, gateway: Gateway
) -> None:
    """Only a charge proves that a key is the one the credits were booked for."""
    server = gateway()
    program.here("ledger", "grant", "--credits", "5")
    program.here("ask", "--model", "glm-5", *link(server), "Hello", stdin=b"nxk_wrong")
    told = ask(program, server)
    assert told["balance"]["settled"]["nanocredits"] == 5 * NANO_PER_CREDIT - told["charged"]["nanocredits"]


def test_credits_are_booked_for_another_account_with_its_key(program: Program, gateway: Gateway) -> None:
    """Where its service states none; the refusal says so."""
    first, second = gateway(), gateway()
    ask(program, first)
    second.faults.set(Faults(on="account", status=404))
    refused = ask(program, second)
    assert "--note TEXT with the same --link-url and --key-stdin." in refused["error"]["hint"]
    assert with_key(program, second, "ledger", "grant", "--credits", "5").code == 0
    assert ask(program, second)["outcome"] == "complete"
    assert with_key(program, second, "ledger", "verify").json()["sound"]


def test_no_file_tells_the_key(program: Program, gateway: Gateway) -> None:
    """Wallets are named by a salted fingerprint: two folders name the same account differently."""
    server, other = gateway(), gateway()
    ask(program, other)
    ask(program, server)
    files = [path for path in program.data_dir.rglob("*") if path.is_file()]
    assert [path for path in files if server.address.token.encode() in path.read_bytes()] == []
    [folder] = (program.data_dir / "wallets").iterdir()
    again = Program(program.data_dir.with_name("again"))
    ask(again, other)
    ask(again, server)
    [same] = (again.data_dir / "wallets").iterdir()
    assert folder.name != same.name
