"""Fits the forecast of answer lengths on a log of counts: what is shipped, and one fit for each fold to judge it by.

    pip install 'lightgbm>=4.6,<5'     needed by nothing else
    python scripts/fit_forecast.py tests/data/reply_lengths.csv.gz

Writes the forecast into resources/ and, beside the log, forests that were each fitted without one fifth of
the conversations: `meter evaluate` predicts every answer by the one that has not seen its conversation.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np

from nexu_desktop.adapters.forecast_file import SHIPPED, folds_beside
from nexu_desktop.adapters.reply_log import read_log
from nexu_desktop.services.evaluation import FOLDS, SEED, LogRow, fold_of, training_rows

ROOT = Path(__file__).resolve().parent.parent
QUANTILES = {"low": 0.1, "likely": 0.5, "high": 0.9}
# Chosen on the part "tune" of the log, its answers predicted by folds: of 150 to 600 trees with 7 to 31 leaves, with
# and without random thresholds, these had the least pinball loss there for the likely length.
SIZES = {"low": (300, 0.04), "likely": (500, 0.04), "high": (300, 0.04)}
OPTIONS: dict[str, Any] = {
    "num_leaves": 15,
    "min_child_samples": 40,
    "subsample": 0.8,
    "subsample_freq": 1,
    "colsample_bytree": 0.5,
    "reg_lambda": 5,
    "extra_trees": True,
    "random_state": 1,
    "n_jobs": 2,
    "deterministic": True,
    "verbose": -1,
}


def fit(features: np.ndarray, lengths: np.ndarray) -> dict[str, list[Any]]:
    """Trees for each quantile; `lengths` in natural logs relative to the level."""
    found = {}
    for name, quantile in QUANTILES.items():
        trees, rate = SIZES[name]
        model = lightgbm.LGBMRegressor(
            objective="quantile", alpha=quantile, n_estimators=trees, learning_rate=rate, **OPTIONS
        )
        model.fit(features, lengths)
        dumped = model.booster_.dump_model()["tree_info"]
        found[name] = [_node(tree["tree_structure"]) for tree in dumped]
        _check(found[name], model, features[:200])
    return found


def _node(node: dict[str, Any]) -> Any:
    if "leaf_value" in node:
        return round(node["leaf_value"], 5)
    if node["decision_type"] != "<=":
        raise ValueError(node["decision_type"])
    below, above = _node(node["left_child"]), _node(node["right_child"])
    return [node["split_feature"], node["threshold"], below, above]


def _check(trees: list[Any], model: Any, rows: np.ndarray) -> None:
    """What is written predicts what was fitted, but for rounding."""
    for row, wanted in zip(rows, model.predict(rows), strict=True):
        total = 0.0
        for node in trees:
            while isinstance(node, list):
                node = node[2] if row[node[0]] <= node[1] else node[3]
            total += node
        if abs(total - wanted) > 0.005:
            raise ValueError(f"{total} written, {wanted} fitted")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("log", type=Path)
    log: Path = parser.parse_args(arguments).log
    rows: list[LogRow] = read_log(log)
    table = training_rows(rows)
    features = np.array([row for row, _ in table])
    lengths = np.array([length for _, length in table])
    folds = np.array([fold_of(row.conversation) for row in rows if row.reply_tokens > 0])
    about = {
        "made_with": f"lightgbm {lightgbm.__version__}, scripts/fit_forecast.py",
        "answers": len(table),
        "seed": SEED,
        "log_sha256": hashlib.sha256(log.read_bytes()).hexdigest(),
    }
    whole = {**about, **fit(features, lengths)}
    _write(ROOT / "resources" / SHIPPED, whole)
    parts = [fit(features[folds != fold], lengths[folds != fold]) for fold in range(FOLDS)]
    _write(folds_beside(log), {**about, "folds": parts})


def _write(path: Path, content: dict[str, Any]) -> None:
    path.write_bytes(gzip.compress(json.dumps(content, separators=(",", ":")).encode(), mtime=0))


if __name__ == "__main__":
    main()
