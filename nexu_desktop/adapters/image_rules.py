"""How many tokens an image is, by the rules the vendors document; which rule a model follows is data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, sqrt
from typing import Any

from nexu_desktop.domain.estimate import CountBasis

ALMOST = 1e-9  # 33.000000001 patches are 33


@dataclass(frozen=True, slots=True)
class ImageRule:
    """`kind` names the way of counting, `numbers` its figures (pixels, tokens, thousandths)."""

    kind: str
    basis: CountBasis
    numbers: Mapping[str, int]

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> ImageRule:
        figures = {name: value for name, value in raw.items() if type(value) is int}
        return cls(raw["kind"], CountBasis(raw["basis"]), figures)

    def tokens(self, width: int, height: int) -> int:
        """Tokens of an image of this size in pixels, at least 1."""
        return max(_WAYS[self.kind](max(width, 1), max(height, 1), self.numbers), 1)


def _flat(_width: int, _height: int, n: Mapping[str, int]) -> int:
    return n["tokens"]


def _patches(width: int, height: int, n: Mapping[str, int]) -> int:
    """Squares of `patch` pixels. More than `cap`: shrunk until one side is whole patches; times a factor."""
    across, down = width / n["patch"], height / n["patch"]
    if ceil(across) * ceil(down) > n["cap"]:
        shrink = sqrt(n["cap"] / (across * down))
        across, down = across * shrink, down * shrink
        whole = min(max(int(side), 1) / side for side in (across, down))
        across, down = across * whole, down * whole
    patches = min(ceil(across - ALMOST) * ceil(down - ALMOST), n["cap"])
    return _ceil(patches * n.get("permille", 1_000), 1_000)


def _merged(width: int, height: int, n: Mapping[str, int]) -> int:
    """Patches merged two by two, the image first shrunk to `limit` patches and `side` of them a side."""
    patch = n["patch"]
    patches = max(width // patch, 1) * max(height // patch, 1)
    shrink = min(1.0, sqrt(n["limit"] / patches), n["side"] * patch / max(width, height))
    across, down = (max(int(side * shrink), 1) for side in (width, height))
    return n.get("frame", 0) + _ceil(across, 2 * patch) * _ceil(down, 2 * patch)


def _fitted(width: int, height: int, n: Mapping[str, int]) -> int:
    """Patches of the largest image of this shape within both a long side and a number of patches."""
    long, short = max(width, height), min(width, height)

    def tokens(side: int) -> int:
        return _ceil(side, n["patch"]) * _ceil(max(side * short // long, 1), n["patch"])

    fits, too_large = 1, min(long, n["long_side"]) + 1
    while too_large - fits > 1:
        middle = (fits + too_large) // 2
        fits, too_large = (middle, too_large) if tokens(middle) <= n["cap"] else (fits, middle)
    return tokens(fits)


def _tiles(width: int, height: int, n: Mapping[str, int]) -> int:
    """Fit into a square, then the short side down to its length, then tiles and a base."""
    shrink = min(1.0, n["square"] / max(width, height))
    shrink *= min(1.0, n["short_side"] / (min(width, height) * shrink))
    across, down = (ceil(side * shrink / n["tile"] - ALMOST) for side in (width, height))
    return n["base"] + n["each"] * across * down


def _small_or_tiles(width: int, height: int, n: Mapping[str, int]) -> int:
    """One price for a small image, else one per tile."""
    if max(width, height) <= n["small"]:
        return n["each"]
    return n["each"] * _ceil(width, n["tile"]) * _ceil(height, n["tile"])


def _ceil(length: int, step: int) -> int:
    return -(-length // step)


_WAYS = {
    "flat": _flat,
    "patches": _patches,
    "merged": _merged,
    "fitted": _fitted,
    "tiles": _tiles,
    "small or tiles": _small_or_tiles,
}
