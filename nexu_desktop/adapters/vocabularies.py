"""Which vocabulary counts for which model, by how much to scale it, and what its chat template adds."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from nexu_desktop.adapters.image_rules import ImageRule
from nexu_desktop.adapters.resources import read_text
from nexu_desktop.domain.estimate import CountBasis

THOUSAND = 1_000
CJK = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]+")
CODE_MARKS = re.compile(r"[{}\[\]()=;<>_]")
# Prose has up to about 15 such marks in 1,000 characters, Python and C from about 45.
PROSE_MARKS, CODE_SPAN = 15, 30
CJK_WEIGHT = 3  # a CJK character is about three times as many tokens as a Latin one


@dataclass(frozen=True, slots=True)
class Family:
    """Models that count alike. Ratios in thousandths, overheads in tokens (the system's may be negative).

    `images` names their rule for images, `tools` how tool schemas are shown to them ('json', 'namespace'),
    `tools_preamble` the tokens of the words before those.
    """

    vocabulary: str
    basis: CountBasis
    latin: int
    cjk: int
    code: int
    first: int
    pair: int
    system: int
    images: str = "guess"
    tools: str = "json"
    tools_preamble: int = 0

    @property
    def scaled(self) -> bool:
        return (self.latin, self.cjk, self.code) != (THOUSAND, THOUSAND, THOUSAND)

    @property
    def name(self) -> str:
        """Names the figures that `scale` gives: equal names, equal counts."""
        return f"{self.vocabulary}*{self.latin}/{self.cjk}/{self.code}" if self.scaled else self.vocabulary

    def scale(self, tokens: int, text: str) -> int:
        """Tokens of `text` by the named vocabulary -> tokens of the model, rounded up."""
        if not self.scaled or not text:
            return tokens
        cjk = 0 if text.isascii() else sum(map(len, CJK.findall(text)))
        other = len(text) - cjk
        marks = len(CODE_MARKS.findall(text)) * THOUSAND // len(text)
        code_share = min(max((marks - PROSE_MARKS) * THOUSAND // CODE_SPAN, 0), THOUSAND)
        # Thousandths of thousandths from here on.
        plain = self.latin * (THOUSAND - code_share) + self.code * code_share
        weighted = CJK_WEIGHT * cjk * self.cjk * THOUSAND + other * plain
        return -(-tokens * weighted // ((CJK_WEIGHT * cjk + other) * THOUSAND * THOUSAND))

    def overhead(self, roles: Sequence[str]) -> int:
        """Tokens around messages of these roles, reply header included; 0 for no message."""
        turns = sum(role != "system" for role in roles)
        if not turns:
            return 0
        system = self.system if "system" in roles else 0
        return max(self.first + -(-self.pair * (turns - 1) // 2) + system, 0)


class Vocabularies:
    """The table of `tokenizers.json`, read once when first asked."""

    def family(self, model: str) -> Family:
        """By id, then by the start of the id; 'vendor/model' counts like 'model'. Unknown models get a guess."""
        families, models, prefixes, default = self._table
        name = _plain(model)
        if name in models:
            return families[models[name]]
        return families[next((family for start, family in prefixes if name.startswith(start)), default)]

    def image_rule(self, model: str) -> ImageRule:
        """The rule of the longest known start of the id, else that of the family."""
        rules, prefixes = self._image_rules
        name = _plain(model)
        start = max((start for start in prefixes if name.startswith(start)), key=len, default="")
        return rules[prefixes[start] if start else self.family(model).images]

    @cached_property
    def _raw(self) -> dict[str, Any]:
        raw: dict[str, Any] = json.loads(read_text("tokenizers.json"))
        return raw

    @cached_property
    def _image_rules(self) -> tuple[dict[str, ImageRule], dict[str, str]]:
        images = self._raw["images"]
        return {name: ImageRule.of(rule) for name, rule in images["rules"].items()}, images["prefixes"]

    @cached_property
    def _table(self) -> tuple[dict[str, Family], dict[str, str], list[tuple[str, str]], str]:
        raw = self._raw
        families = {name: _family(entry) for name, entry in raw["families"].items()}
        prefixes = [(start, family) for start, family in raw["prefixes"]]
        return families, raw["models"], prefixes, raw["default"]


def _plain(model: str) -> str:
    return model.lower().rsplit("/", 1)[-1].partition(":")[0]


def _family(entry: dict[str, Any]) -> Family:
    ratios = entry.get("ratios", {})
    return Family(
        vocabulary=entry["vocabulary"],
        basis=CountBasis(entry["basis"]),
        latin=ratios.get("latin", THOUSAND),
        cjk=ratios.get("cjk", THOUSAND),
        code=ratios.get("code", THOUSAND),
        **entry["overhead"],
        images=entry.get("images", "guess"),
        tools=entry.get("tools", "json"),
        tools_preamble=entry.get("tools_preamble", 0),
    )
