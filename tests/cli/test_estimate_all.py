"""`estimate` on one model and on all, with everything that can be handed in; `ask` under a budget."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from nexu_desktop.adapters.paths import DataPaths
from nexu_desktop.adapters.settings_file import SettingsFile
from nexu_desktop.domain.budgets import Budget, Scope, Unit
from nexu_desktop.domain.credits import NANO_PER_CREDIT
from nexu_desktop.domain.settings import SavedKey
from tests.cli.conftest import Gateway
from tests.cli.program import Program
from tests.cli.test_bad_input import one_sentence
from tests.sandbox.doubles import card
from tests.services.house import PNG

ASK = ("ask", "--model", "glm-5", "--key-stdin", "--link-url")
TOOLS = [
    {"type": "function", "function": {"name": "look", "parameters": {"type": "object", "properties": {}}}}
]
DATA_URL = "data:image/png;base64," + base64.b64encode(PNG).decode()
WITH_PARTS = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": [
        {"type": "text", "text": "What is on it?"}, {"type": "image_url", "image_url": {"url": DATA_URL}},
    ]},
    {"role": "assistant", "content": "A blue square."},
]  # fmt: skip


@pytest.fixture
def handed(tmp_path: Path) -> tuple[str, ...]:
    """Options for a history with an image, a file, an image and tools."""
    paths = {
        "--history": "history.json",
        "--file": "notes.md",
        "--image": "photo.png",
        "--tools": "tools.json",
    }
    (tmp_path / "history.json").write_text(json.dumps({"messages": WITH_PARTS}), "utf-8")
    (tmp_path / "notes.md").write_text("Notes of some words. " * 20, "utf-8")
    (tmp_path / "photo.png").write_bytes(PNG)
    (tmp_path / "tools.json").write_text(json.dumps(TOOLS), "utf-8")
    return tuple(part for option, name in paths.items() for part in (option, str(tmp_path / name)))


def settings(program: Program) -> SettingsFile:
    return SettingsFile(DataPaths.from_option(program.data_dir).settings)


def told(program: Program, *arguments: str) -> Any:
    result = program.here("estimate", "--json", *arguments)
    assert result.code == 0, result.err
    return result.json()


# --- on all models ---


def test_all_models_are_sorted_by_cost(program: Program) -> None:
    """All of the card, the cheapest first, each beside the default, whose share is 1.00."""
    answer = told(program, "--all-models", "--sandbox", "Hello there")
    rows = answer["models"]
    costs = [row["cost"]["likely"]["nanocredits"] for row in rows]
    assert (costs, sorted(row["model"] for row in rows)) == (
        sorted(costs),
        sorted(model.id for model in card().models),
    )
    shares = {row["model"]: row["of_reference"] for row in rows}
    assert (answer["reference"], shares[answer["reference"]]) == (card().default_model, "1.00")
    base = next(row for row in rows if row["model"] == answer["reference"])["cost"]["likely"]["nanocredits"]
    for row, cost in zip(rows, costs, strict=True):
        assert abs(float(row["of_reference"]) - cost / base) <= 0.005 + 1e-9


def test_each_row_is_the_estimate_of_that_model(program: Program, handed: tuple[str, ...]) -> None:
    """The same input, asked for one by one, gives the very same figures."""
    given = ("--sandbox", "--effort", "low", "--max-tokens", "4000", *handed, "Hello there")
    rows = told(program, "--all-models", "--model", "glm-5", *given)["models"]
    assert {row["model"]: row["of_reference"] for row in rows}["glm-5"] == "1.00"
    for row in (rows[0], rows[-1]):
        alone = told(program, "--model", row["model"], *given)
        assert {name: alone.get(name) for name in row} == {**row, "of_reference": None}
        assert row["output_tokens"]["most"] == 4_000


def test_own_keys_and_this_machine_are_among_them(program: Program) -> None:
    """Free first, dollars between the credits by what they are worth, unknown prices last; no share across lanes."""
    keys = (
        SavedKey("openai", "https://api.openai.com/v1", "••••", models=("gpt-5.4-mini", "no-price-known")),
        SavedKey("local", "http://localhost:11434/v1", "••••", models=("llama",)),
    )
    settings(program).update(keys=keys)
    rows = told(program, "--all-models", "--model", "gpt-5.4-mini", "--provider", "openai", "Hello there")[
        "models"
    ]
    lanes = [(row["model"], row["lane"]) for row in rows]
    assert (lanes[0], lanes[-1]) == (("llama", "local"), ("no-price-known", "byok"))
    assert rows[-1]["cost"] is None
    worth = [
        cost["nanocredits"] if "nanocredits" in cost else cost["nanodollars"] * 100
        for cost in (row["cost"]["likely"] for row in rows[:-1])
    ]
    assert worth == sorted(worth)
    shares = {(row["model"], row["lane"]): row["of_reference"] for row in rows if row["of_reference"]}
    assert shares == {("gpt-5.4-mini", "byok"): "1.00"}
    shown = program.here("estimate", "--all-models", "Hello there").out.splitlines()
    assert (shown[0].split(), shown[-1].split()) == (
        ["llama", "free"],
        ["no-price-known", "price", "unknown"],
    )
    assert "1.00x" in next(line for line in shown if line.startswith(card().default_model))


# --- what can be handed in ---


def test_everything_handed_in_is_counted(program: Program, handed: tuple[str, ...]) -> None:
    """Each option adds its part; parts are the whole, and history is priced message by message."""
    base = ("--model", "gpt-5.4-mini", "--sandbox", "Hello there")
    bare = told(program, *base)
    tokens = [bare["input_tokens"]]
    for number in range(0, len(handed), 2):
        full = told(program, *handed[: number + 2], *base)
        tokens.append(full["input_tokens"])
    assert tokens == sorted(set(tokens))
    made = full["made_of"]
    messages = made["messages"]
    parts = sum(one["tokens"] for one in messages)
    assert parts + made["files"] + made["draft"] + made["template_and_tools"] == made["counted"] == tokens[-1]
    assert [one["role"] for one in messages] == ["system", "user", "assistant"]
    for one in messages:
        assert one["adds_to_each_send"]["nanocredits"] == one["tokens"] * 75_000  # 75 credits per million
    assert (bare["made_of"]["messages"], bare["made_of"]["files"], made["files"] > 80) == ([], 0, True)
    assert made["template_and_tools"] > bare["made_of"]["template_and_tools"]


def test_parts_of_a_history_are_those_of_its_words(program: Program, tmp_path: Path) -> None:
    """A content in parts counts as the same words in one; a file beginning with a mark is read too."""
    whole, parts = tmp_path / "whole.json", tmp_path / "parts.json"
    whole.write_text(json.dumps([{"role": "user", "content": "one two three"}]), "utf-8-sig")
    texts = [{"type": "text", "text": "one two"}, " three"]
    parts.write_text(json.dumps([{"role": "user", "content": texts}]), "utf-8")
    base = ("--model", "glm-5", "--sandbox", "Hello")
    found = [told(program, "--history", str(path), *base)["input_tokens"] for path in (whole, parts)]
    assert found[0] == found[1]


CASES = {
    "no model": ((), "There is no model."),
    "a model that is not there": (("--all-models", "--model", "gpt-99"), "“gpt-99” is not among the models."),
    "of another provider": (
        ("--all-models", "--model", "glm-5", "--provider", "openai"),
        "“glm-5” is not among the models of openai.",
    ),
    "no such file": (("--model", "glm-5", "--file", "nowhere.md"), "nowhere.md can't be read"),
    "no such image": (("--model", "glm-5", "--image", "nowhere.png"), "nowhere.png can't be read"),
    "no such tools": (("--model", "glm-5", "--tools", "nowhere.json"), "nowhere.json can't be read"),
    "an unknown effort": (("--model", "glm-5", "--effort", "huge"), "--effort: invalid choice: 'huge'"),
}


@pytest.mark.parametrize(("arguments", "said"), CASES.values(), ids=CASES.keys())
def test_bad_options_get_a_sentence(program: Program, arguments: tuple[str, ...], said: str) -> None:
    """One line that names it, exit code 2, nothing on stdout."""
    result = program.here("estimate", *arguments, "Hello")
    assert (result.code, said in result.err, one_sentence(result.err), result.out) == (2, True, True, ""), (
        result.err
    )


FILES = {
    "tools that are no JSON": ("--tools", b"{", "JSON"),
    "tools that are no list": ("--tools", b'{"a": 1}', "tools"),
    "binary tools": ("--tools", b"\xff\xfe\xfa", "can't be read"),
    "an empty file": ("--file", b"", "is empty"),
    "a binary file": ("--file", b"\0\1\2", "neither text, PDF nor an image"),
    "a PDF": ("--file", b"%PDF-1.7", "is damaged, or no PDF that can be read"),
    "a broken image": ("--image", PNG[:12], "damaged"),
    "an image by address": (
        "--history",
        b'[{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://x.test/a.png"}}]}]',
        "names an image by its address",
    ),
    "an image of no kind": (
        "--history",
        b'[{"role": "user", "content": [{"image_url": {"url": "data:image/png;base64,QUJD"}}]}]',
        "an image of no known kind",
    ),
    "an image cut off": (
        "--history",
        b'[{"role": "user", "content": [{"image_url": {"url": "data:image/png;base64,QUJ"}}]}]',
        "a damaged image",
    ),
}


@pytest.mark.parametrize(("option", "content", "said"), FILES.values(), ids=FILES.keys())
def test_bad_files_get_a_sentence(
    program: Program, tmp_path: Path, option: str, content: bytes, said: str
) -> None:
    """What is wrong with the file, and exit code 2."""
    path = tmp_path / "handed.bin"
    path.write_bytes(content)
    result = program.here("estimate", "--model", "glm-5", option, str(path), "Hello")
    assert (result.code, said in result.err, one_sentence(result.err), result.out) == (2, True, True, ""), (
        result.err
    )


# --- budgets ---


def budget(program: Program, **levels: int) -> None:
    settings(program).update(budgets=(Budget(Scope.DAY, Unit.CREDITS, **levels),))


def test_an_estimate_names_the_budgets_it_reaches(program: Program) -> None:
    """With the sums, in JSON and in words."""
    budget(program, colour=1, ask=2)
    (found,) = told(program, "--model", "glm-5", "--sandbox", "Hello")["budgets"]
    assert (found["scope"], found["level"], found["spent"]["nanocredits"]) == ("day", "ask", 0)
    shown = program.here("estimate", "--model", "glm-5", "--sandbox", "Hello").out
    assert shown.splitlines()[-1].startswith("the day comes to 0.")


def test_ask_wants_a_yes(program: Program, gateway: Gateway) -> None:
    """Exit code 3 and how to say yes; with --yes it is sent and paid."""
    budget(program, ask=1)
    server = gateway()
    options, key = (*ASK, server.address.url, "Hello"), server.address.token.encode()
    refused = program.here(*options, stdin=key)
    assert (refused.code, one_sentence(refused.err), refused.out) == (3, True, "")
    assert refused.err.startswith("This message brings the day to 0.")
    assert refused.err.endswith("Add --yes to send it all the same.\n")
    assert program.balance()["settled"] == 100 * NANO_PER_CREDIT
    sent = program.here(*options, "--yes", "--json", stdin=key)
    assert (sent.code, sent.json()["outcome"]) == (0, "complete")
    paid = sent.json()["charged"]["nanocredits"]
    assert program.balance()["settled"] == 100 * NANO_PER_CREDIT - paid < 100 * NANO_PER_CREDIT


def test_a_stop_takes_no_yes(program: Program, gateway: Gateway) -> None:
    """Refused either way, with what can be done; a stop with some room limits the answer, and says who did."""
    budget(program, stop=1_000)
    server = gateway()
    options, key = (*ASK, server.address.url, "Hello"), server.address.token.encode()
    refused = program.here(*options, "--yes", stdin=key)
    assert (refused.code, "--yes" in refused.err) == (3, False)
    assert refused.err.startswith("Your budget per day leaves no room for this message.")
    budget(program, stop=NANO_PER_CREDIT // 5)
    sent = program.here(*options, stdin=key)
    assert (sent.code, sent.err.splitlines()[0].startswith("Your budget limits this answer to ")) == (0, True)
