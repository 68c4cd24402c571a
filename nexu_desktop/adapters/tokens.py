"""Offline token counting by splintr, which carries the vocabularies inside its wheel."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import Protocol

from nexu_desktop.adapters.tool_schemas import as_json, as_namespace
from nexu_desktop.adapters.vocabularies import Family, Vocabularies
from nexu_desktop.adapters.whole_text import whole_text
from nexu_desktop.domain.estimate import CountBasis, TokenCount

# splintr holds the GIL while it counts and slows down on long texts without a break: 5 MB in one piece
# block the window for 2 to 8 s, in pieces for about 5 ms each.
PIECE_CHARS = 32_000
WARM_UP = (
    "Warm up: def f(x): return x + 1\n你好，世界。 Ünïcode 😀 aaaaaaaaaaaaaaaaaaaa 1234567 {}[];\r\n\t" * 8
)


class _Tokenizer(Protocol):
    def encode_ordinary(self, text: str) -> list[int]: ...


class SplintrCounter:
    """A TokenCounter. Text is always counted as plain text: “<|endoftext|>” is seven tokens, not one.

    Safe from any thread. A vocabulary takes 40-800 ms to load: call `load` off the GUI thread.
    """

    def __init__(self) -> None:
        self._vocabularies = Vocabularies()
        self._loaded: dict[str, _Tokenizer] = {}
        self._lock = threading.Lock()

    def ready(self, model: str) -> bool:
        return self._family(model).vocabulary in self._loaded

    def load(self, model: str) -> None:
        self._tokenizer(self._family(model))

    def count(self, model: str, text: str) -> int:
        """Tokens of `text`; half characters count as U+FFFD."""
        family = self._family(model)
        tokenizer = self._tokenizer(family)
        return sum(
            family.scale(len(tokenizer.encode_ordinary(piece)), piece) for piece in _pieces(whole_text(text))
        )

    def vocabulary(self, model: str) -> str:
        return self._family(model).name

    def basis(self, model: str) -> CountBasis:
        return self._family(model).basis

    def overhead(self, model: str, roles: Sequence[str]) -> int:
        return self._family(model).overhead(roles)

    def image(self, model: str, width: int, height: int) -> TokenCount:
        rule = self._vocabularies.image_rule(model)
        return TokenCount(rule.tokens(width, height), rule.basis)

    def tools(self, model: str, schemas: str) -> TokenCount:
        """OpenAI's models see a TypeScript namespace (their counts come close), others JSON: a guess.

        Raises BadInput for what is no list of tools.
        """
        family = self._family(model)
        text = as_namespace(schemas) if family.tools == "namespace" else as_json(schemas)
        basis = CountBasis.PROXY if family.tools == "namespace" else CountBasis.GUESS
        return TokenCount(self.count(model, text) + family.tools_preamble if text else 0, basis)

    def _family(self, model: str) -> Family:
        return self._vocabularies.family(model)

    def _tokenizer(self, family: Family) -> _Tokenizer:
        name = family.vocabulary
        found = self._loaded.get(name)
        if found is not None:
            return found
        with self._lock:
            if name not in self._loaded:
                self._loaded[name] = _load(name)
            return self._loaded[name]


def _load(name: str) -> _Tokenizer:
    from splintr import Tokenizer  # 40 MB of vocabularies: not before the first count

    tokenizer: _Tokenizer = Tokenizer.from_pretrained(name)
    tokenizer.encode_ordinary(WARM_UP)  # the first varied text costs 70-200 ms
    return tokenizer


def _pieces(text: str) -> Iterator[str]:
    """Cut before a line, else before a word, else anywhere: a cut may cost one token, seldom more."""
    start = 0
    while len(text) - start > PIECE_CHARS:
        end = start + PIECE_CHARS
        line = text.rfind("\n", start + PIECE_CHARS // 2, end) + 1
        word = text.rfind(" ", start + PIECE_CHARS // 2, end)
        cut = line if line > 0 else word if word > 0 else end
        yield text[start:cut]
        start = cut
    yield text[start:]
