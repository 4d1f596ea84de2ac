"""Track B, the honest one: the same declarations in five folds that keep relatives together.

Grouped by the tuple that gives the label away, or by the ten-digit code (goods not met before). What scores them is
in ``grouped_blend.py``; rows of large tuples weigh less.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.declarations import Declarations, leaking_tuples
from models.calibration import Knots
from training.declaration_columns import LINEAR, keys, pairs, plain_columns
from training.grouped_blend import Blend, blended
from training.measures_risk import measures

Rows = NDArray[np.int64]
GROUPINGS = ("tuple", "hs10")


def pooled(files: Sequence[Declarations]) -> Declarations:
    """Several files as one; the published split by time plays no part here."""
    table = pd.concat([f.table for f in files], ignore_index=True)
    return Declarations(table, "+".join(f.sha256[:12] for f in files))


def folds(declarations: Declarations, grouping: str, seed: int = 1) -> list[tuple[Rows, Rows]]:
    """Five pairs of row numbers (learned from, held out); no group stands in both."""
    from sklearn.model_selection import GroupKFold, StratifiedGroupKFold

    wrong = declarations.wrong
    if grouping == "hs10":
        group = pd.factorize(declarations.table["hs10"])[0]
        return list(GroupKFold(5).split(wrong, wrong, group))
    group = pd.factorize(leaking_tuples(declarations))[0]
    return list(StratifiedGroupKFold(5, shuffle=True, random_state=seed).split(wrong, wrong, group))


def grouped(
    declarations: Declarations, grouping: str, settings: Mapping[str, Any], shuffled: bool = False
) -> dict[str, float]:
    """Out-of-fold measures over all rows. ``shuffled`` gives tuples random labels: AUC must then be one half."""
    wrong, tuples = declarations.wrong, pd.factorize(leaking_tuples(declarations))[0]
    if shuffled:
        wrong = np.random.default_rng(int(settings["seed"])).permutation(wrong)
    shares: Mapping[str, float] = settings["shares"]
    met = np.bincount(tuples)[tuples].astype(float)
    weights = {name: met ** -float(settings["duplicates_weigh"][name]) for name in shares}
    few, more = keys(declarations.table), pairs(declarations.table)
    linear = [*few.values(), *(more[name] for name in LINEAR)]
    named = {"few": list(few.values()), "many": [*few.values(), *more.values()], "linear": linear}
    blend = Blend(plain_columns(declarations.table), named, tuples, settings)
    scores, parts = {name: np.zeros(len(wrong)) for name in shares}, folds(declarations, grouping)
    for learned, held in parts:
        for name, score in blend.scores(wrong, weights, learned, held).items():
            scores[name][held] = score
    score = blended(scores, shares)
    probability = np.zeros(len(wrong))
    for learned, held in parts:  # calibrated on the other folds
        squeezed = 1 / (1 + np.exp(-score))
        knots = Knots.fit(list(squeezed[learned]), [bool(w) for w in wrong[learned]], 20)
        probability[held] = knots(squeezed[held])
    return measures(wrong, score, probability, float(np.quantile(probability, 1 - wrong.mean())))
