"""Offline counting: literal counts, scaled proxies, hostile text, template overheads."""

from __future__ import annotations

import json
import subprocess
import sys
import threading

import pytest

from nexu_desktop.adapters.resources import read_text
from nexu_desktop.adapters.tokens import PIECE_CHARS, SplintrCounter
from nexu_desktop.adapters.vocabularies import Family, Vocabularies
from nexu_desktop.domain.errors import BadInput
from nexu_desktop.domain.estimate import CountBasis, TokenCount

ENGLISH = "The quick brown fox jumps over the lazy dog. It costs 0.35 credits, doesn't it?"
CHINESE = "今天天气很好，我们去公园散步吧。每次对话大约花费零点三五个积分。"
CODE = "def total(rows: list[int]) -> int:\n    return sum(row for row in rows if row >= 0)\n"
MIXED = "Bitte übersetze „Größe“ → 大小 🙂\r\n\r\n- a\n- b\n\tend"
SPECIAL = "<|endoftext|><|im_start|>user"
NINE = ("deepseek-v3.2", "minimax-m2.7", "gemini-3.1-flash-lite-preview", "kimi-k2.5", "glm-5",
        "gemini-3-flash-preview", "mimo-v2-pro", "glm-5-turbo", "gpt-5.4-mini")  # fmt: skip


@pytest.fixture(scope="module")
def counter() -> SplintrCounter:
    return SplintrCounter()


@pytest.mark.parametrize(
    ("text", "tokens"), [("", 0), (ENGLISH, 21), (CHINESE, 27), (CODE, 24), (MIXED, 19), (SPECIAL, 13)]
)
def test_o200k_counts(counter: SplintrCounter, text: str, tokens: int) -> None:
    """The counts of o200k_base; an independent implementation (puretiktoken 0.2.1) gives the same."""
    assert counter.count("gpt-5.4-mini", text) == tokens


@pytest.mark.parametrize(
    ("model", "tokens"),
    [  # English, Chinese, code, mixed
        ("kimi-k2.5", (21, 18, 24, 23)),
        ("deepseek-v3.2", (22, 18, 25, 25)),
        ("glm-5", (22, 19, 24, 20)),
        ("mimo-v2-pro", (23, 20, 24, 22)),
        ("minimax-m2.7", (21, 20, 25, 19)),
        ("gemini-3-flash-preview", (24, 21, 29, 24)),
    ],
)
def test_counts_of_the_other_vocabularies(
    counter: SplintrCounter, model: str, tokens: tuple[int, ...]
) -> None:
    """Fixed examples: a new release of the tokenizer that counts otherwise is noticed."""
    assert tuple(counter.count(model, text) for text in (ENGLISH, CHINESE, CODE, MIXED)) == tokens


def test_ratio_depends_on_the_kind_of_text() -> None:
    """1,000 tokens each: prose by the Latin ratio, Chinese by the CJK one, code by its own."""
    family = Family("o200k_base", CountBasis.PROXY, 996, 731, 1_012, 0, 0, 0)
    prose, chinese, code = "A plain sentence. " * 9, "每次对话大约花费" * 9, "x[i] = (y_z);" * 9
    assert [family.scale(1_000, text) for text in (prose, chinese, code)] == [996, 731, 1_012]


def test_mixed_text_lies_between_the_ratios() -> None:
    """A CJK character weighs as three Latin ones; the result is rounded up."""
    family = Family("o200k_base", CountBasis.PROXY, 2_000, 1_000, 9_000, 0, 0, 0)
    assert [family.scale(tokens, "字字" + "abcdef") for tokens in (1_000, 1)] == [1_500, 2]


@pytest.mark.parametrize(
    ("model", "basis"),
    [
        ("gpt-5.4-mini", CountBasis.EXACT),
        ("openai/gpt-4o-2024-11-20", CountBasis.EXACT),
        ("deepseek/deepseek-chat:free", CountBasis.EXACT),
        ("KIMI-K2.5", CountBasis.EXACT),
        ("glm-5-turbo", CountBasis.PROXY),
        ("mimo-v2-pro", CountBasis.PROXY),
        ("google/gemini-2.5-pro", CountBasis.PROXY),
        ("claude-sonnet-4-5", CountBasis.GUESS),
        ("my-own-model", CountBasis.GUESS),
        ("", CountBasis.GUESS),
    ],
)
def test_basis_says_how_far_a_count_can_be_trusted(
    counter: SplintrCounter, model: str, basis: CountBasis
) -> None:
    """Vendor prefixes and variants do not matter; what is not known is a guess."""
    assert counter.basis(model) == basis


def test_counts_are_cached_under_one_name_only_where_they_agree(counter: SplintrCounter) -> None:
    """Two models of one vocabulary share; one whose counts are scaled does not."""
    names = [counter.vocabulary(model) for model in ("gpt-5.4-mini", "my-own-model", "glm-5", "glm-5-turbo")]
    assert names == ["o200k_base", "o200k_base", "glm4", "glm4"]
    assert counter.vocabulary("minimax-m2.7") == "o200k_base*996/731/1012"


def test_gemini_is_counted_by_the_vocabulary_of_google(counter: SplintrCounter) -> None:
    """Gemma 3 (independent implementation of its published file) counts the same; nothing is scaled."""
    assert counter.vocabulary("gemini-3-flash-preview") == "gemma4"
    assert counter.basis("gemini-3-flash-preview") == CountBasis.PROXY


@pytest.mark.parametrize("model", NINE)
@pytest.mark.parametrize(
    "text", [SPECIAL, "[INST]<s></s><｜begin▁of▁sentence｜>[gMASK]<sop>", "\x00\ufffe\u200b"]
)
def test_special_looking_text_is_plain_text(counter: SplintrCounter, model: str, text: str) -> None:
    """Nobody can write a control token: each mark is several tokens."""
    assert counter.count(model, text) >= 3


@pytest.mark.parametrize("model", NINE)
def test_half_characters_are_counted(counter: SplintrCounter, model: str) -> None:
    """A lone surrogate, which a paste can contain, counts as U+FFFD; a split pair is joined."""
    assert counter.count(model, "a\ud83d\ude00b\ud800") == counter.count(model, "a😀b\ufffd")


@pytest.mark.parametrize("unit", ["a", "段落", " ", "!?", "0123456789abcdef"])
def test_five_megabytes_without_a_break_are_counted(counter: SplintrCounter, unit: str) -> None:
    """Counted in pieces: linear, with at most two tokens lost or won at each cut."""
    piece = counter.count("gpt-5.4-mini", (unit * PIECE_CHARS)[:PIECE_CHARS])
    pieces = 5_000_000 // PIECE_CHARS
    whole = counter.count("gpt-5.4-mini", (unit * 5_000_000)[: pieces * PIECE_CHARS])
    assert abs(whole - piece * pieces) <= 2 * pieces


def test_cutting_at_lines_changes_nothing(counter: SplintrCounter) -> None:
    """A long text of lines counts as the sum of its lines."""
    assert counter.count("gpt-5.4-mini", (ENGLISH + "\n") * 5_000) == 5_000 * counter.count(
        "gpt-5.4-mini", ENGLISH + "\n"
    )


def test_ready_after_load() -> None:
    """Loading one model readies all models of its vocabulary, and no other."""
    counter = SplintrCounter()
    before = counter.ready("glm-5")
    counter.load("glm-5")
    models = ("glm-5", "glm-5-turbo", "kimi-k2.5")
    assert (before, [counter.ready(model) for model in models]) == (False, [True, True, False])


def test_threads_count_alike() -> None:
    """Eight threads that all load and count at once agree."""
    counter, found = SplintrCounter(), []
    texts = (ENGLISH, CHINESE, CODE, MIXED) * 25

    def work() -> None:
        found.append(sum(counter.count("glm-5", text) for text in texts))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [25 * (22 + 19 + 24 + 20)] * 8


@pytest.mark.parametrize(
    ("model", "roles", "tokens"),
    [
        ("glm-5", [], 0),
        ("glm-5", ["system"], 0),
        ("glm-5", ["user"], 5),
        ("glm-5", ["user", "assistant", "user"], 8),
        ("glm-5", ["system", "user", "assistant", "user", "assistant", "user"], 12),
        ("glm-5", ["user", "user"], 7),
        ("minimax-m2.7", ["user"], 38),
        ("minimax-m2.7", ["system", "user"], 16),
        ("deepseek-v3.2", ["system", "user", "assistant", "user"], 8),
        ("mimo-v2-pro", ["system", "user"], 12),
        ("my-own-model", ["user"], 8),
    ],
)
def test_overhead_of_the_chat_template(
    counter: SplintrCounter, model: str, roles: list[str], tokens: int
) -> None:
    """First message, further pairs (half a pair rounded up), and a system message that may replace a default."""
    assert counter.overhead(model, roles) == tokens


TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Get the weather of a place",
        "parameters": {
            "type": "object",
            "properties": {
                "place": {"type": "string", "description": "City and country"},
                "unit": {"type": "string", "enum": ["C", "F"]},
                "days": {"type": ["integer", "null"]},
            },
            "required": ["place"],
        },
    },
}


def test_tools_of_openai_are_counted_as_a_namespace(counter: SplintrCounter) -> None:
    """The text OpenAI's models are shown; close, so a proxy."""
    text = (
        "# Tools\n## functions\nnamespace functions {\n// Get the weather of a place\n"
        "type get_weather = (_: {\n// City and country\nplace: string,\n"
        'unit?: "C" | "F",\ndays?: number | null,\n}) => any;\n} // namespace functions'
    )
    expected = TokenCount(counter.count("gpt-5.4-mini", text), CountBasis.PROXY)
    assert counter.tools("gpt-5.4-mini", json.dumps([TOOL])) == expected


def test_tools_of_others_are_json_and_a_preamble(counter: SplintrCounter) -> None:
    """GLM-5's template says 96 tokens before one JSON text per tool; a guess."""
    expected = 96 + counter.count("glm-5", json.dumps(TOOL))
    assert counter.tools("glm-5", json.dumps([TOOL])) == TokenCount(expected, CountBasis.GUESS)


@pytest.mark.parametrize("model", NINE)
def test_no_tools_no_tokens(counter: SplintrCounter, model: str) -> None:
    """An empty list adds nothing, its preamble neither."""
    assert counter.tools(model, "[]").tokens == 0


@pytest.mark.parametrize(
    ("schemas", "title"),
    [
        ("", "The tool schemas are not JSON."),
        ("[" * 100_000, "The tool schemas are not JSON."),
        ("{}", "The tool schemas are no list."),
        ("[" * 200 + "]" * 200, "The tool schemas are nested too deep."),
        ("[1]", "Tool 1 has no name."),
        ('[{"name": "a"}, {"type": "function"}]', "Tool 2 has no name."),
        ('[{"function": {"name": 5}}]', "Tool 1 has no name."),
        (" " * 4_000_001, "The tool schemas are larger than 4 MB."),
    ],
)
@pytest.mark.parametrize("model", ["gpt-5.4-mini", "glm-5"])
def test_what_are_no_tools(counter: SplintrCounter, model: str, schemas: str, title: str) -> None:
    """Said in a sentence, for either way of counting."""
    with pytest.raises(BadInput) as refused:
        counter.tools(model, schemas)
    assert refused.value.title == title


@pytest.mark.parametrize(
    "parameters",
    [
        [],
        {"properties": []},
        {"properties": {"a": 1}},
        {"properties": {"a": {"type": "array"}}},
        {"properties": {"a": {"type": [], "enum": "x"}}, "required": 3},
        {"properties": {"a": {"type": "object", "properties": {"b": {}}}}},
    ],
)
@pytest.mark.parametrize("model", ["gpt-5.4-mini", "glm-5"])
def test_odd_parameters_are_counted(counter: SplintrCounter, model: str, parameters: object) -> None:
    """A schema that is odd inside is still counted: the service decides on it."""
    assert counter.tools(model, json.dumps([{"name": "f", "parameters": parameters}])).tokens > 5


def test_every_official_model_has_a_row() -> None:
    """No model of the rate card is counted by the guess for strangers."""
    models = [entry["id"] for entry in json.loads(read_text("ratecard-2026-04-09.json"))["models"]]
    table = Vocabularies()
    assert [model for model in models if table.family(model).basis is CountBasis.GUESS] == []


def test_assumed_overheads_are_flagged() -> None:
    """Each family says where its overhead comes from."""
    families = json.loads(read_text("tokenizers.json"))["families"]
    assumed = {name for name, entry in families.items() if entry["overhead_source"].startswith("assumed: ")}
    assert set(families) - assumed == {"glm", "minimax", "qwen"}


def test_vocabularies_are_loaded_late() -> None:
    """Making the counter and asking for a basis does not import the tokenizer."""
    code = (
        "import sys; from nexu_desktop.adapters.tokens import SplintrCounter; c = SplintrCounter();"
        "c.basis('glm-5'); c.ready('glm-5'); print('splintr' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
