"""The rate card: all published figures, what is refused, and the hash that names a card."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from nexu_desktop.adapters import rate_card_file, resources
from nexu_desktop.adapters.rate_card_file import RateCardFile
from nexu_desktop.adapters.resources import read_text
from nexu_desktop.domain.credits import NANO_PER_CREDIT, Usage
from nexu_desktop.domain.errors import BadInput, StorageFailed
from nexu_desktop.domain.ratecard import RateCard, micro_rate, parse_card, show_micro

CARD = "ratecard-2026-04-09.json"
PUBLISHED = {  # the public page, 2026-04-09
    "deepseek-v3.2": ("0.18", "0.13", "769"),
    "minimax-m2.7": ("0.43", "0.30", "333"),
    "gemini-3.1-flash-lite-preview": ("0.50", "0.35", "285"),
    "kimi-k2.5": ("0.60", "0.42", "238"),
    "glm-5": ("0.86", "0.60", "166"),
    "gemini-3-flash-preview": ("1.00", "0.70", "142"),
    "mimo-v2-pro": ("1.14", "0.80", "125"),
    "glm-5-turbo": ("1.49", "1.04", "96"),
    "gpt-5.4-mini": ("1.50", "1.05", "95"),
}
FIGURES = ("rate", "credits_per_conversation", "conversations_per_100_credits")
SPLIT = {  # input / cached / output credits per million tokens
    "deepseek-v3.2": ("26", "13", "38"),
    "minimax-m2.7": ("30", "6", "120"),
    "gemini-3.1-flash-lite-preview": ("25", "2.5", "150"),
    "kimi-k2.5": ("38", None, "172"),
    "glm-5": ("72", None, "230"),
    "gemini-3-flash-preview": ("50", "5", "300"),
    "mimo-v2-pro": ("100", "20", "300"),
    "glm-5-turbo": ("120", "24", "400"),
    "gpt-5.4-mini": ("75", "7.5", "450"),
}


@pytest.fixture(scope="module")
def card() -> RateCard:
    return RateCardFile().card()


@pytest.fixture
def raw() -> dict[str, Any]:
    return json.loads(read_text(CARD))


@pytest.mark.parametrize("model", PUBLISHED)
@pytest.mark.parametrize("figure", FIGURES)
def test_published_figure_is_reproduced(card: RateCard, model: str, figure: str) -> None:
    """Each of the 27 figures of the page follows from the prices per token."""
    expected = PUBLISHED[model][FIGURES.index(figure)]
    assert expected == getattr(card.figures(model), figure)


@pytest.mark.parametrize("model", PUBLISHED)
def test_prices_are_those_of_the_sources(card: RateCard, model: str) -> None:
    """The split of input, cached input and output is the documented one."""
    found = card.model(model)
    assert found is not None
    tier = found.rate.tiers[0]
    cached = None if tier.cached_input is None else show_micro(tier.cached_input)
    assert SPLIT[model] == (show_micro(tier.input), cached, show_micro(tier.output))


def test_card_holds_the_nine_models_and_no_other(card: RateCard) -> None:
    """In the order of the page; a stranger is None, not a guess."""
    assert list(PUBLISHED) == [model.id for model in card.models]
    assert card.model("gpt-5.4") is None


def test_every_row_names_source_date_and_confidence(card: RateCard) -> None:
    """What is inferred is said to be inferred."""
    inferred = {model.id for model in card.models if model.confidence == "inferred"}
    assert {"deepseek-v3.2", "kimi-k2.5", "glm-5"} == inferred
    assert all(model.source and model.as_of == "2026-04-09" for model in card.models)


def test_long_context_costs_more(card: RateCard) -> None:
    """mimo-v2-pro doubles above 256,000 input tokens, for the whole request."""
    rate = card.models[6].rate
    below, above = Usage(input=256_000, output=1_000), Usage(input=256_001, output=1_000)
    assert (rate.cost(below), rate.cost(above)) == (25_900_000_000, 51_800_200_000)


def test_figures_of_an_unknown_model_are_refused(card: RateCard) -> None:
    """No figure is made up for a model that is not on the card."""
    with pytest.raises(BadInput, match="not on the rate card"):
        card.figures("gpt-5.4")


def _price(field: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(raw: dict[str, Any]) -> None:
        raw["models"][0]["credits_per_mtok"][field] = value

    return change


def _without(*path: Any) -> Callable[[dict[str, Any]], None]:
    def change(raw: dict[str, Any]) -> None:
        for step in path[:-1]:
            raw = raw[step]
        del raw[path[-1]]

    return change


def _set(value: Any, *path: Any) -> Callable[[dict[str, Any]], None]:
    def change(raw: dict[str, Any]) -> None:
        for step in path[:-1]:
            raw = raw[step]
        raw[path[-1]] = value

    return change


REFUSED = {
    "negative": _price("input", "-26"),
    "negative cached": _price("cached", "-1"),
    "NaN": _price("input", "NaN"),
    "infinite": _price("output", "Infinity"),
    "exponent": _price("input", "2.6e1"),
    "a number, not a string": _price("input", 26),
    "a float": _price("input", 26.0),
    "true": _price("input", True),
    "null output": _price("output", None),
    "empty": _price("input", ""),
    "a dot alone": _price("input", "26."),
    "blanks": _price("input", " 26"),
    "foreign digits": _price("input", "٢٦"),
    "superscript": _price("input", "26.²"),
    "seven places": _price("input", "26.0000001"),
    "too many digits": _price("input", "9" * 5_000),
    "not the published sum": _price("input", "28"),
    "free default": lambda raw: raw["models"][5].update(credits_per_mtok={"input": "0", "output": "0"}),
    "missing output": _without("models", 0, "credits_per_mtok", "output"),
    "missing input": _without("models", 0, "credits_per_mtok", "input"),
    "missing figures": _without("models", 0, "published"),
    "missing source": _without("models", 0, "source"),
    "missing date": _without("as_of"),
    "missing models": _without("models"),
    "no models": _set([], "models"),
    "twice": lambda raw: raw["models"].append(copy.deepcopy(raw["models"][0])),
    "unknown default": _set("gpt-4", "default"),
    "another figure": _set("0.19", "models", 0, "published", "rate"),
    "figure as number": _set(0.18, "models", 0, "published", "rate"),
    "extra figure": _set("1", "models", 0, "published", "more"),
    "unknown confidence": _set("sure", "models", 0, "confidence"),
    "no context": _set(0, "models", 0, "context_tokens"),
    "output limit as text": _set("65536", "models", 0, "max_output_tokens"),
    "id is a list": _set([], "models", 0, "id"),
    "capabilities are a text": _set("vision", "models", 0, "capabilities"),
    "models are a text": _set("all", "models"),
    "threshold as text": _set("256000", "models", 6, "long_context", "above_input_tokens"),
    "threshold negative": _set(-1, "models", 6, "long_context", "above_input_tokens"),
    "NaN in a field nobody reads": _set(float("nan"), "models", 0, "note"),
    "reference as float": _set(2000.0, "reference_conversation", "input"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_wrong_card_is_refused(raw: dict[str, Any], case: str) -> None:
    """A card with one thing wrong is not loaded, and the refusal is one that a person can read."""
    REFUSED[case](raw)
    with pytest.raises(BadInput):
        parse_card(json.dumps(raw))


@pytest.mark.parametrize("text", ["", "[]", "not json", '{"models": NaN}', '{"models": -Infinity}'])
def test_text_that_is_no_card_is_refused(text: str) -> None:
    """Not JSON, not an object, or constants that JSON does not know."""
    with pytest.raises(BadInput, match="rate card"):
        parse_card(text)


def test_hash_names_the_content(raw: dict[str, Any], card: RateCard) -> None:
    """Layout and key order do not matter; any change of content does."""
    reordered = json.dumps(dict(reversed(raw.items())), indent=7)
    assert card.id == parse_card(reordered).id
    raw["models"][3]["credits_per_mtok"].update(input="35", output="175")
    other = parse_card(json.dumps(raw))
    assert (len(other.id), other.id == card.id) == (64, False)


@pytest.mark.parametrize(
    ("text", "rate"), [("0", 0), ("2.5", 2_500_000), ("26", 26_000_000), ("0.000001", 1)]
)
def test_price_text_and_rate_are_the_same(text: str, rate: int) -> None:
    """Credits per million tokens are micro-credits per token, both ways."""
    assert (rate, text) == (micro_rate(text), show_micro(rate))


def test_reference_conversation_is_the_pages(card: RateCard) -> None:
    """2,000 in and 2,000 out on the default model cost exactly 0.70 credits."""
    default = card.model(card.default_model)
    assert default is not None
    assert default.rate.cost(card.reference) == NANO_PER_CREDIT * 7 // 10


def test_newest_card_wins_and_is_read_once(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Among dated files the last date counts; later changes on disk do not change a running program."""
    text = read_text(CARD)
    newer = text.replace(
        '"as_of": "2026-04-09",\n  "published_source"', '"as_of": "2027-01-01",\n  "published_source"'
    )
    (tmp_path / "ratecard-2026-04-09.json").write_text(text, encoding="utf-8")
    (tmp_path / "ratecard-2027-01-01.json").write_text(newer, encoding="utf-8")
    monkeypatch.setattr(resources, "resource_root", lambda: tmp_path)
    monkeypatch.setattr(rate_card_file, "resource_root", lambda: tmp_path)
    source = RateCardFile()
    first = source.card()
    (tmp_path / "ratecard-2027-01-01.json").unlink()
    assert ("2027-01-01", first) == (first.as_of, source.card())


def test_missing_card_is_said(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken installation names what is missing and what to do."""
    monkeypatch.setattr(rate_card_file, "resource_root", lambda: tmp_path)
    with pytest.raises(StorageFailed) as caught:
        RateCardFile().card()
    assert caught.value.sentence == "The rate card is missing. Install the program again."


def test_missing_resource_is_named() -> None:
    """So that a report of it is of use."""
    with pytest.raises(StorageFailed, match=r"missing: icons/none\.svg"):
        resources.resource_path("icons/none.svg")


def test_resources_inside_the_package_come_first(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a wheel the folder beside the package belongs to somebody else."""
    (tmp_path / "package" / "_resources").mkdir(parents=True)
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "package")
    assert tmp_path / "package" / "_resources" == resources.resource_root()
    (tmp_path / "package" / "_resources").rmdir()
    assert tmp_path / "resources" == resources.resource_root()
