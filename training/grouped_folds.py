"""Track B, the honest one: the same declarations in five folds that keep relatives together.

Grouped by the tuple that gives the label away, or by the ten-digit code (goods not met before). Rates of keys are
learned on other groups than the rows they describe, inside the training folds too; rows of large tuples weigh less.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.declarations import Declarations, leaking_tuples
from training.declaration_columns import Rates, keys, plain_columns
from training.measures_risk import measures

Floats = NDArray[np.float64]
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
    score = np.zeros(len(wrong))
    weight = np.bincount(tuples)[tuples].astype(float) ** -float(settings["duplicates_weigh"])
    plain, found = plain_columns(declarations.table), list(keys(declarations.table).values())
    for learned, held in folds(declarations, grouping):
        for bag in range(int(settings["bags"])):
            score[held] += _one(plain, found, wrong, weight, tuples, learned, held, settings, bag)
    score /= int(settings["bags"])
    return measures(wrong, score, score, float(np.quantile(score, 1 - wrong.mean())))


def _one(
    plain: Floats,
    found: Sequence[Rows],
    wrong: Floats,
    weight: Floats,
    tuples: Rows,
    learned: Rows,
    held: Rows,
    settings: Mapping[str, Any],
    bag: int,
) -> Floats:
    import lightgbm as lgb

    rates = Rates(float(settings["smoothing"]))
    side = np.random.default_rng(bag).integers(0, int(settings["inner_folds"]), int(tuples.max()) + 1)
    inner = side[tuples[learned]]
    encoded = np.zeros((len(learned), 2 * len(found)))
    for n in range(int(settings["inner_folds"])):
        encoded[inner == n] = rates(found, wrong, weight, learned[inner != n], learned[inner == n])
    asked = {**settings["booster"], "objective": "binary", "verbose": -1, "seed": bag, "deterministic": True}
    asked |= {"num_threads": int(settings["threads"]), "force_row_wise": True}
    rows = lgb.Dataset(np.column_stack([plain[learned], encoded]), wrong[learned], weight=weight[learned])
    booster = lgb.train(asked, rows, int(settings["trees"]))
    asks = np.column_stack([plain[held], rates(found, wrong, weight, learned, held)])
    return np.asarray(booster.predict(asks))
