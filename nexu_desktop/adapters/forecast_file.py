"""The fitted forecast as data: trees written by scripts/fit_forecast.py, validated into values."""

from __future__ import annotations

import gzip
import json
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from nexu_desktop.adapters.resources import resource_path
from nexu_desktop.domain.errors import BadInput, StorageFailed
from nexu_desktop.domain.forecast_features import FEATURES
from nexu_desktop.domain.forest import Forest, Forests, Tree

SHIPPED = "forecast-2026-11-24.json.gz"
DEPTH_MOST = 40


@dataclass(frozen=True, slots=True)
class Fitted:
    """`fitted_on` is the SHA-256 of the log. `folds`: each predicts the conversations it was not fitted on."""

    forests: tuple[Forests, ...]
    fitted_on: str


@lru_cache
def shipped() -> Forests:
    """The forecast of the installed program; 15 ms once. Raises StorageFailed where it is missing or damaged."""
    return _fitted().forests[0]


def shipped_log() -> str:
    """SHA-256 of the log that the shipped forecast was fitted on."""
    return _fitted().fitted_on


@lru_cache
def _fitted() -> Fitted:
    try:
        return read(resource_path(SHIPPED))
    except BadInput as error:
        raise StorageFailed(
            f"A part of this program is damaged: {SHIPPED}.", "Install the program again."
        ) from error


def folds_beside(log: Path) -> Path:
    """Where the fits that judge the forecast on its own log lie."""
    return log.with_name(log.name.split(".")[0] + ".folds.json.gz")


def read(path: Path) -> Fitted:
    """One set of forests, or one for each fold. Raises BadInput for what is no fitted forecast."""
    try:
        data = path.read_bytes()
        raw = json.loads(gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data)
        sets = raw.get("folds", [raw])
        return Fitted(tuple(_forests(one) for one in sets), str(raw["log_sha256"]))
    except (OSError, EOFError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadInput(f"{path.name} holds no fitted forecast.", "Fit it again.") from error


def _forests(raw: dict[str, Any]) -> Forests:
    return Forests(*(Forest(tuple(_tree(one) for one in raw[name])) for name in ("low", "likely", "high")))


def _tree(raw: Any, depth: int = 0) -> Tree:
    if isinstance(raw, int | float) and not isinstance(raw, bool) and math.isfinite(raw):
        return float(raw)
    feature, threshold, below, above = raw
    if type(feature) is not int or not 0 <= feature < FEATURES or depth > DEPTH_MOST:
        raise ValueError(f"no feature {feature!r}")
    if not math.isfinite(threshold):
        raise ValueError("a threshold that is no number")
    return feature, float(threshold), _tree(below, depth + 1), _tree(above, depth + 1)
