"""Tokens of images: the vendors' own worked examples, the limits, and hostile sizes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from nexu_desktop.adapters.image_rules import ImageRule
from nexu_desktop.adapters.resources import read_text
from nexu_desktop.adapters.tokens import SplintrCounter
from nexu_desktop.adapters.vocabularies import Vocabularies
from nexu_desktop.domain.estimate import CountBasis, TokenCount

IMAGES: dict[str, Any] = json.loads(read_text("tokenizers.json"))["images"]
RULES: dict[str, Any] = IMAGES["rules"]


def _patches(width: int, height: int) -> int:
    rule = {"kind": "patches", "basis": "proxy", "patch": 32, "cap": 1_536}
    return ImageRule.of(rule).tokens(width, height)


@pytest.mark.parametrize(
    ("width", "height", "patches"),
    [(1_024, 1_024, 1_024), (1_800, 2_400, 1_452), (1_248, 1_248, 1_521), (1_600, 1_600, 1_521)],
)
def test_patches_as_openai_counts_them(width: int, height: int, patches: int) -> None:
    """The worked examples of its page: 32 x 32, and 33 x 44 after shrinking."""
    assert _patches(width, height) == patches


@pytest.mark.parametrize(
    ("model", "width", "height", "tokens"),
    [
        ("gpt-5.4-mini", 1_800, 2_400, 2_353),  # 1,452 x 1.62
        ("gpt-4.1-nano", 1_024, 1_024, 2_520),  # 1,024 x 2.46
        ("o4-mini-2025-04-16", 1_024, 1_024, 1_762),  # 1,024 x 1.72
        ("gpt-4o-2024-11-20", 1_024, 1_024, 765),  # 85 + 4 x 170
        ("openai/gpt-4o", 2_048, 4_096, 1_105),  # 85 + 6 x 170
        ("gpt-4o", 512, 512, 255),
        ("gpt-4o-mini", 512, 512, 8_500),
        ("gpt-5", 1_024, 1_024, 630),  # 70 + 4 x 140
        ("o3", 1_024, 1_024, 675),  # 75 + 4 x 150
        ("claude-sonnet-4-5", 224, 224, 64),
        ("claude-sonnet-4-5", 1_075, 1_520, 1_551),  # 924 x 1,307
        ("claude-sonnet-4-5", 3_840, 2_160, 1_560),  # 1,456 x 819
        ("claude-opus-4-8", 3_840, 2_160, 4_784),  # 2,576 x 1,449
        ("claude-opus-4-8", 1_920, 1_080, 2_691),
        ("gemini-3-flash-preview", 64, 64, 1_120),
        ("gemini-3.1-flash-lite-preview", 9_000, 9_000, 1_120),
        ("gemini-2.5-flash", 384, 384, 258),
        ("gemini-2.5-flash", 1_536, 769, 1_032),
        ("kimi-k2.5", 1_024, 768, 1_040),  # 37 x 28 and 4 marks
    ],
)
def test_images_by_the_documented_rules(model: str, width: int, height: int, tokens: int) -> None:
    """Fixed examples, taken from the vendors' pages where they give any."""
    assert SplintrCounter().image(model, width, height).tokens == tokens


@pytest.mark.parametrize(
    ("model", "basis"),
    [
        ("gpt-4o", CountBasis.PROXY),
        ("gpt-5.4-mini", CountBasis.GUESS),  # bills are said to differ from the page
        ("gemini-3-flash-preview", CountBasis.PROXY),
        ("kimi-k2.5", CountBasis.PROXY),
        ("claude-sonnet-4-5", CountBasis.PROXY),
        ("qwen3.5-plus", CountBasis.GUESS),
        ("glm-5", CountBasis.GUESS),
        ("my-own-model", CountBasis.GUESS),
    ],
)
def test_each_count_knows_its_basis(model: str, basis: CountBasis) -> None:
    """No documented rule, or one that bills contradict, is a guess; a model without vision gets one too."""
    assert SplintrCounter().image(model, 800, 600).basis == basis


def test_without_vision_the_guess_is_given() -> None:
    """Refusing the image is not the counter's business."""
    assert SplintrCounter().image("glm-5", 1_024, 1_024) == TokenCount(765, CountBasis.GUESS)


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("size", [(1, 1), (0, -5), (1, 99_999), (99_999, 1), (20_000, 20_000), (31, 33)])
def test_any_size_has_a_bounded_price(name: str, size: tuple[int, int]) -> None:
    """At least one token, and no rule lets a large image grow without end (258 x 27 x 27 tiles at most)."""
    tokens = ImageRule.of(RULES[name]).tokens(*size)
    assert 1 <= tokens <= 190_000


@pytest.mark.parametrize(
    "name", [name for name, rule in RULES.items() if rule["kind"] in ("patches", "fitted")]
)
def test_limits_are_kept(name: str) -> None:
    """However an image is shaped, patches stay within the cap of the rule."""
    rule = RULES[name]
    most = -(-rule["cap"] * rule.get("permille", 1_000) // 1_000)
    sizes = [(width, height) for width in range(1, 6_000, 371) for height in range(1, 6_000, 413)]
    assert max(ImageRule.of(rule).tokens(*size) for size in sizes) <= most


def test_every_rule_says_where_it_comes_from() -> None:
    """Data with a source; what is assumed says so and is a guess; every name that is used exists."""
    assert [name for name, rule in RULES.items() if not rule["source"]] == []
    assumed = [rule["basis"] for rule in RULES.values() if rule["source"].startswith(("assumed", "measured"))]
    assert set(assumed) == {"guess"}
    families = json.loads(read_text("tokenizers.json"))["families"].values()
    used = {*IMAGES["prefixes"].values(), *(family.get("images", "guess") for family in families)}
    assert used == set(RULES)


def test_the_longest_start_decides() -> None:
    """gpt-5.4-mini is not counted as gpt-5."""
    table = Vocabularies()
    models = ("gpt-5", "gpt-5-mini", "gpt-5.4", "gpt-5.4-mini")
    rules = [table.image_rule(model).numbers.get("permille") for model in models]
    assert rules == [None, 1_620, 1_200, 1_620]
