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
    """Free first, dollars between the credits by what they are worth, unknown prices last; who is paid is named."""
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
    shares = {(row["provider"], row["model"]): row["of_reference"] for row in rows}
    assert shares["openai", "gpt-5.4-mini"] == "1.00"
    assert (shares["local", "llama"], shares["openai", "no-price-known"]) == ("0.00", None)
    base = next(row for row in rows if row["provider"] == "openai" and row["cost"])["cost"]["likely"]
    for row in rows[1:-1]:  # a credit is a cent
        cost = row["cost"]["likely"]
        cents = cost["nanocredits"] if "nanocredits" in cost else cost["nanodollars"] * 100
        assert abs(float(row["of_reference"]) - cents / base["nanodollars"] / 100) <= 0.005 + 1e-9
    shown = program.here("estimate", "--all-models", "Hello there").out.splitlines()
    assert (shown[0].split(), shown[-1].split()) == (
        ["llama", "local", "free", "0.00x"],
        ["no-price-known", "openai", "key", "price", "unknown"],
    )
    assert "1.00x" in next(line for line in shown if line.startswith(card().default_model))


def test_what_could_not_be_sent_comes_last_and_says_why(program: Program, tmp_path: Path) -> None:
    """Too long or blind: no ranking among those that would answer; alone, the reason is a line."""
    (tmp_path / "photo.png").write_bytes(PNG)
    (tmp_path / "long.txt").write_text("word " * 200_000, "utf-8")
    given = ("--sandbox", "--image", str(tmp_path / "photo.png"), "--file", str(tmp_path / "long.txt"), "Hi")
    rows = told(program, "--all-models", *given)["models"]
    reasons = [row["refused"] for row in rows]
    assert set(reasons) == {None, "context", "images"}
    sent = reasons.count(None)
    assert (reasons[:sent], None in reasons[sent:]) == ([None] * sent, False)
    for row in rows:
        assert (row["refused"] == "context") == (row["over_context_tokens"] > 0)
        assert row["sees_images"] or row["refused"]
    shown = program.here("estimate", "--all-models", *given).out.splitlines()
    for row, line in zip(rows, shown, strict=True):
        words = {None: "at most", "context": "tokens too long", "images": "can't see images"}
        assert words[row["refused"]] in line
        alone = program.here("estimate", "--model", row["model"], *given).out
        assert ("\ncan't be sent: " in alone) == bool(row["refused"])


def test_without_a_model_it_is_the_default(program: Program) -> None:
    """The card's, named in the first line."""
    assert told(program, "Hello there")["model"] == card().default_model
    shown = program.here("estimate", "Hello there").out
    assert shown.startswith(f"{card().default_model}, sandbox: ")


def test_cheaper_ways_cost_what_they_say(program: Program, tmp_path: Path) -> None:
    """Other models, a shorter history, a lower limit; each done gives its figure."""
    history = [{"role": ("user", "assistant")[n % 2], "content": "words " * 2_000} for n in range(10)]
    (tmp_path / "h.json").write_text(json.dumps(history), "utf-8")
    (tmp_path / "none.json").write_text("[]", "utf-8")
    given = ("--sandbox", "--history", str(tmp_path / "h.json"), "--model", "gpt-5.4-mini", "Hello there")
    ways = told(program, *given)["cheaper"]
    kinds = {way["kind"] for way in ways}
    assert kinds == {"model", "context", "limit"}
    costs = [way["likely"]["nanocredits"] for way in ways]
    assert costs == sorted(costs)
    for way in ways:
        options = list(given)
        if way["model"]:
            options[4] = way["model"]
        elif way["limit_tokens"]:
            options[:0] = ["--max-tokens", str(way["limit_tokens"])]
            assert "may be cut off" in way["words"]
        else:
            (tmp_path / "kept.json").write_text(json.dumps(history[10 - way["keep_last"] :]), "utf-8")
            options[2] = str(tmp_path / "kept.json")
        assert told(program, *options)["cost"]["likely"] == way["likely"]
    shown = program.here("estimate", *given).out
    assert f"cheaper: {ways[0]['words']}: " in shown


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
    assert bare["made_of"]["basis"] == dict.fromkeys(("files", "draft", "template_and_tools"), "exact")
    assert {**made["basis"], "files": ""} == {"files": "", "draft": "exact", "template_and_tools": "proxy"}


def test_parts_of_a_history_are_those_of_its_words(program: Program, tmp_path: Path) -> None:
    """A content in parts counts as the same words in one; a file beginning with a mark is read too."""
    whole, parts = tmp_path / "whole.json", tmp_path / "parts.json"
    whole.write_text(json.dumps([{"role": "user", "content": "one two three"}]), "utf-8-sig")
    texts = [{"type": "text", "text": "one two"}, " three"]
    parts.write_text(json.dumps([{"role": "user", "content": texts}]), "utf-8")
    base = ("--model", "glm-5", "--sandbox", "Hello")
    found = [told(program, "--history", str(path), *base)["input_tokens"] for path in (whole, parts)]
    assert found[0] == found[1]


CALLS = [
    {"role": "developer", "content": "Use the tools."},
    {"role": "user", "content": "What is the weather in Oslo?"},
    {"role": "assistant", "content": None, "tool_calls": [
        {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Oslo"}'}},
    ]},
    {"role": "tool", "tool_call_id": "call_1", "content": "Rain, 4 degrees, wind from the west."},
    {"role": "assistant", "content": "Bring an umbrella."},
]  # fmt: skip


def test_tool_calls_of_a_history_are_counted(program: Program, tmp_path: Path) -> None:
    """Name, arguments and what the tool said are input like all else."""
    path = tmp_path / "calls.json"
    path.write_text(json.dumps(CALLS), "utf-8")
    base = ("--model", "gpt-5.4-mini", "--sandbox", "--history", str(path), "Hello")
    messages = told(program, *base)["made_of"]["messages"]
    assert [one["role"] for one in messages] == ["developer", "user", "assistant", "tool", "assistant"]
    assert min(one["tokens"] for one in messages) >= 3
    whole = messages[2]["tokens"]
    path.write_text(json.dumps(CALLS).replace('{\\"city\\": \\"Oslo\\"}', ""), "utf-8")
    assert 1 <= told(program, *base)["made_of"]["messages"][2]["tokens"] < whole


def test_tool_calls_are_not_sent_as_text(program: Program, tmp_path: Path) -> None:
    """`ask` could not send them as what they are, so it says so before anything leaves."""
    path = tmp_path / "calls.json"
    path.write_text(json.dumps(CALLS), "utf-8")
    result = program.here("ask", "--model", "glm-5", "--sandbox", "--history", str(path), "Hello")
    assert (result.code, one_sentence(result.err)) == (2, True), result.err
    assert "calls a tool" in result.err


CASES = {
    "a key of one's own without a model": (("--provider", "openai"), "There is no model."),
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
    assert "\nthe day comes to 0." in shown


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
