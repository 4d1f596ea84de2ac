"""Track A: the customs declarations benchmark on its published split, beside a table look-up.

Trained on the first file, stopped and thresholded on the second, scored once on the third, for every seed. The
labels travel with a tuple of columns, so the figures say how much of a table a model remembers: the look-up row
and the split into seen and unseen tuples stand beside them, always.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.declarations import LEAKING, Declarations, leaking_tuples
from data.label_purity import KeyPurity, purity
from models.calibration import Knots
from training.declaration_columns import Numbering, columns
from training.measures_risk import RATES, best_threshold, mean_and_spread, measures

Floats = NDArray[np.float64]
Measured = dict[str, dict[str, float | None]]
ROWS = ("model", "lookup", "seen", "unseen")


@dataclass(frozen=True)
class PublishedSplit:
    """``model lookup seen unseen``, each measured; how many test rows had a tuple seen in training; the leak itself."""

    rows: Mapping[str, Measured]
    seen: int
    tested: int
    leak: KeyPurity
    sums: Mapping[str, str]

    def as_json(self) -> dict[str, Measured]:
        return {name: self.rows[name] for name in ROWS}


def published_split(
    train: Declarations,
    valid: Declarations,
    test: Declarations,
    settings: Mapping[str, Any],
    progress: Callable[[str], None] = lambda _: None,
) -> PublishedSplit:
    """Runs every seed of the settings; ``lookup`` and the split into seen and unseen come from the same rows."""
    numbering = Numbering.of(train.table)
    inputs = [columns(d.table, numbering) for d in (train, valid, test)]
    labels = [d.wrong for d in (train, valid, test)]
    known = set(leaking_tuples(train))
    seen = np.array([t in known for t in leaking_tuples(test)])
    runs: dict[str, list[dict[str, float]]] = {"model": [], "seen": [], "unseen": []}
    for seed in settings["seeds"]:
        chosen, scored = _fit_and_score(inputs, labels, settings, int(seed))
        knots = Knots.fit(list(chosen), [bool(w) for w in labels[1]])
        threshold = best_threshold(labels[1], knots(chosen))
        for name, rows in (("model", np.ones_like(seen)), ("seen", seen), ("unseen", ~seen)):
            if rows.any():
                runs[name].append(measures(labels[2][rows], scored[rows], knots(scored[rows]), threshold))
        progress(f"seed {seed}: precision at 5% {runs['model'][-1]['p_at_5']:.4f}")
    runs["lookup"] = [lookup(train, valid, test)]
    sums = {"train": train.sha256, "valid": valid.sha256, "test": test.sha256}
    measured = {name: _plain(mean_and_spread(found)) for name, found in runs.items() if found}
    measured |= {name: {} for name in ROWS if name not in measured}
    return PublishedSplit(
        measured, int(seen.sum()), len(seen), purity(train.table, train.wrong, LEAKING), sums
    )


def lookup(train: Declarations, valid: Declarations, test: Declarations) -> dict[str, float]:
    """No learning at all: the share of wrong rows among training rows with the same tuple, else the base rate."""
    wrong, base = train.wrong, float(train.wrong.mean())
    table: dict[str, list[float]] = {}
    for key, w in zip(leaking_tuples(train), wrong, strict=True):
        entry = table.setdefault(key, [0.0, 0.0])
        entry[0] += w
        entry[1] += 1
    answers = [np.array([_share(table.get(key), base) for key in leaking_tuples(d)]) for d in (valid, test)]
    return measures(test.wrong, answers[1], answers[1], best_threshold(valid.wrong, answers[0]))


def _share(entry: Sequence[float] | None, base: float) -> float:
    # one row in ten of prior: a tuple met often and always wrong stands above one met once
    return base if entry is None else (entry[0] + 0.1 * base) / (entry[1] + 0.1)


def _fit_and_score(
    inputs: Sequence[Floats], labels: Sequence[Floats], settings: Mapping[str, Any], seed: int
) -> tuple[Floats, Floats]:
    import lightgbm as lgb

    asked = {**settings["booster"], "seed": seed, "objective": "binary", "metric": "average_precision"}
    asked |= {"verbose": -1, "deterministic": True, "force_row_wise": True}
    asked["num_threads"] = int(settings["threads"])
    rows = lgb.Dataset(inputs[0], labels[0], params=asked)
    stop = lgb.Dataset(inputs[1], labels[1], reference=rows, params=asked)
    booster = lgb.train(
        asked,
        rows,
        int(settings["most_trees"]),
        valid_sets=[stop],
        callbacks=[lgb.early_stopping(int(settings["patience"]), verbose=False)],
    )
    return np.asarray(booster.predict(inputs[1])), np.asarray(booster.predict(inputs[2]))


def _plain(found: Mapping[str, Mapping[str, float]]) -> Measured:
    """JSON has no not-a-number: a measure that does not exist (one kind of label only) is null."""
    return {
        name: {k: None if math.isnan(v) else v for k, v in spread.items()} for name, spread in found.items()
    }


def table_rows(result: PublishedSplit) -> list[tuple[str, ...]]:
    """Rows for a table on the terminal: name, AUC, AP, precision and recall, macro-F1, calibration error."""
    names = ["auc", "ap", *(f"p_at_{n}" for n in RATES), *(f"r_at_{n}" for n in RATES), "macro_f1", "ece"]
    made = []
    for row in ROWS:
        cells = []
        for name in names:
            spread = result.rows[row].get(name)
            mean = spread["mean"] if spread else None
            cells.append("-" if mean is None else f"{mean:.3f}±{spread['sd'] or 0:.3f}" if spread else "-")
        made.append((row, *cells))
    return made
