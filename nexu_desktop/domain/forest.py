"""Decision trees as values: what a fitted forecast consists of, and how a row of features falls through it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# A leaf is its value; a branch is (feature, threshold, where a feature up to the threshold goes, where others go).
Tree = float | tuple[int, float, "Tree", "Tree"]


@dataclass(frozen=True, slots=True)
class Forest:
    """The sum of its trees, in natural logs of tokens relative to the level of the model."""

    trees: tuple[Tree, ...]

    def value(self, row: Sequence[float]) -> float:
        total = 0.0
        for node in self.trees:
            while isinstance(node, tuple):
                feature, threshold, below, above = node
                node = below if row[feature] <= threshold else above
            total += node
        return total


@dataclass(frozen=True, slots=True)
class Forests:
    """One forest for each quantile of the length of an answer: 10, 50 and 90 %."""

    low: Forest
    likely: Forest
    high: Forest
