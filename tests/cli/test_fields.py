"""What scripts rely on: the names, the types and the sums of what --json prints."""

from __future__ import annotations

from typing import Any

from nexu_desktop.domain.credits import NANO_PER_CREDIT, Usage
from tests.cli.conftest import Gateway
from tests.cli.program import Program
from tests.sandbox.doubles import Script, card

MODEL_FIELDS = {
    "id": str, "lane": str, "rate": str, "credits_per_conversation": str,
    "conversations_per_100_credits": str, "input_credits_per_mtok": str, "cached_credits_per_mtok": str,
    "output_credits_per_mtok": str, "context_tokens": int, "max_output_tokens": int, "capabilities": list,
    "source": str, "confidence": str,
}  # fmt: skip
BAND = ("low", "likely", "high", "most")
KEY = ("--key-stdin", "--link-url")


def amount(nano: int, shown: str) -> dict[str, Any]:
    return {"credits": shown, "nanocredits": nano}


def test_models_have_the_documented_fields(program: Program) -> None:
    """Nine rows; every field of the type that is documented, and no other field. One price may be unknown."""
    rows = program.run("models", "--json").json()
    assert [model.id for model in card().models] == [row["id"] for row in rows]
    for row in rows:
        kinds = {name: type(value) for name, value in row.items()}
        if row["cached_credits_per_mtok"] is None:
            kinds["cached_credits_per_mtok"] = str
        assert kinds == MODEL_FIELDS


def test_models_show_the_card(program: Program) -> None:
    """The figures are those of the card, as decimal strings."""
    row = next(
        row for row in program.here("models", "--json").json() if row["id"] == "gemini-3-flash-preview"
    )
    names = ("rate", "credits_per_conversation", "conversations_per_100_credits", "input_credits_per_mtok",
             "output_credits_per_mtok", "lane")  # fmt: skip
    assert [row[name] for name in names] == ["1.00", "0.70", "142", "50", "300", "sandbox"]


def test_estimate_has_the_documented_fields(program: Program) -> None:
    """Costs in their order, what is left is the balance less each cost, to the nano-credit."""
    told = program.run("estimate", "--model", "glm-5", "--sandbox", "--json", "Hello there").json()
    assert {
        "model", "lane", "card", "input_tokens", "output_tokens", "cost", "balance", "balance_after", "basis",
        "output_limit", "lowered", "shortfall", "over_context_tokens", "lowered_by", "reasoning_tokens",
        "cached_tokens", "mean_cost", "over_budget", "made_of", "calibration", "learned_from_answers", "budgets",
        "provider", "refused", "sees_images", "cheaper",
    } == set(told)  # fmt: skip
    assert (told["model"], told["lane"], told["card"]) == ("glm-5", "sandbox", card().id)
    assert amount(100 * NANO_PER_CREDIT, "100") == told["balance"]
    costs = [told["cost"][name]["nanocredits"] for name in BAND]
    left = [told["balance_after"][name]["nanocredits"] for name in BAND]
    assert sorted(costs) == costs
    assert [100 * NANO_PER_CREDIT - cost for cost in costs] == left
    assert [type(told["output_tokens"][name]) for name in BAND] == [int] * 4


def test_an_answer_that_its_limit_ended(program: Program) -> None:
    """Exit 0, the text that came, and the limit in words and as a field."""
    options = ("ask", "--sandbox", "--prepared-answers", "--model", "glm-5", "--max-tokens", "256")
    result = program.run(*options, "--json", "Write a long text about every river of Europe. " * 12)
    assert (result.code, result.json()["answer_limit_reached"]) == (0, 256), result.err
    assert "Reached the answer limit of 256 tokens." in result.err


def test_ask_has_the_documented_fields(program: Program, gateway: Gateway) -> None:
    """5 tokens in and 4 out as the gateway counts them, at the rates of the card; the wallet paid just that."""
    server = gateway()
    options = ("ask", "--model", "glm-5", *KEY, server.address.url, "--json", "Hello")
    result = program.run(*options, stdin=server.address.token.encode())
    told = result.json()
    charge = card().model("glm-5").rate.cost(Usage(input=5, output=5))  # it is on it
    assert (result.code, told["outcome"], told["basis"], told["error"]) == (0, "complete", "provider", None)
    assert {
        "attempt", "model", "lane", "outcome", "reply", "error", "usage", "basis", "estimate", "charged",
        "balance", "unconfirmed", "dollars", "answer_limit_reached",
    } == set(told)  # fmt: skip
    assert told["usage"] == {"input": 5, "cached_input": 0, "cache_write": 0, "output": 5, "reasoning": 0}
    assert (told["reply"], told["lane"], told["charged"]["nanocredits"]) == (
        "Hello there, you.", "credits", charge,
    )  # fmt: skip
    assert set(told["estimate"]) >= {"credits", "nanocredits", "cost"}
    left = {name: told["balance"][name]["nanocredits"] for name in told["balance"]}
    full = 100 * NANO_PER_CREDIT
    assert {"settled": full - charge, "held": 0, "available": full - charge} == left == program.balance()


def test_ask_streams_and_prints_a_receipt(program: Program, gateway: Gateway) -> None:
    """The answer on stdout, the receipt on stderr, nothing else on either."""
    server = gateway()
    options = ("ask", "--model", "glm-5", *KEY, server.address.url, "-")
    result = program.run(*options, stdin=f"{server.address.token}\nHello".encode())
    assert (result.code, result.out) == (0, "Hello there, you.\n")
    assert result.err.startswith("charged <0.01 credits · estimated ")
    assert result.err.endswith("· 5 in, 5 out · the provider's count · balance 99.99\n")
    assert len(result.err.splitlines()) == 1


def test_the_key_is_not_part_of_the_text(program: Program, gateway: Gateway) -> None:
    """The first line of stdin is the key, the rest the message."""
    says = Script("Yes.")
    server = gateway(says)
    options = ("ask", "--model", "glm-5", *KEY, server.address.url, "--system", "Be brief.")
    program.here(*options, stdin=f"{server.address.token}\none\ntwo\n".encode())
    assert says.asked == [(("system", "Be brief."), ("user", "one\ntwo\n"))]


def test_grant_books_what_the_person_says(program: Program) -> None:
    """The credits are there afterwards, and in the journal with their note."""
    told = program.run("ledger", "grant", "--credits", "12.5", "--note", "my plan", "--json").json()
    assert (told["lane"], told["granted"]) == ("credits", amount(12_500_000_000, "12.5"))
    assert program.balance() == {"settled": 12_500_000_000, "held": 0, "available": 12_500_000_000}
    entry = program.here("ledger", "show", "--json").json()[0]
    assert (entry["kind"], entry["amount"], entry["note"]) == (
        "grant",
        amount(12_500_000_000, "12.5"),
        "my plan",
    )


def test_ledgers_are_apart(program: Program) -> None:
    """Play credits never mix with those a person states."""
    program.here("ledger", "grant", "--credits", "1")
    assert program.balance()["settled"] == NANO_PER_CREDIT
    assert program.balance("--sandbox")["settled"] == 100 * NANO_PER_CREDIT


def test_doctor_tells_what_is_here(program: Program) -> None:
    """Versions, places, keyring, both ledgers, and what is missing."""
    told = program.run("doctor", "--json").json()
    assert {
        "version", "python", "system", "packages", "sqlite", "paths", "keyring", "databases", "missing",
    } == set(told)  # fmt: skip
    assert told["databases"] == {"credits": "sound", "sandbox": "sound"}
    assert {"data": str(program.data_dir), "log": str(program.data_dir / "logs")} == told["paths"]
    assert [row for row in told["missing"] if set(row) != {"what", "install"}] == []


def test_help_documents_the_exit_codes(program: Program) -> None:
    """Each number with its meaning, in the help of each command."""
    for command in (("ask",), ("ledger", "verify")):
        help_text = " ".join(program.run(*command, "--help").out.split())
        assert "Exit codes: 0 done, 1 the service" in help_text
        assert "130 stopped" in help_text
