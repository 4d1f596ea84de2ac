"""Temperature and calibration of the suggester, from scores of rows that the ranker has not seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from data.labelled import Labelled
from data.splits import family, place
from models.calibration import Knots
from models.hts.candidates import Candidate
from models.hts.ranker import LEVELS, Ranker, roll_up, softmax
from training.ranker_hts import fit_ranker, fit_temperature

GENERATED_SHARE = 0.3  # generated rows for each row from outside
LEAST_ROWS = 50  # from outside; under it generated rows alone calibrate a level


def calibrate(
    rows: Sequence[Labelled],
    lists: Sequence[Sequence[Candidate]],
    weights: Sequence[float],
    generated: int,
    asked: Mapping[str, Any],
) -> tuple[float, dict[int, Knots]]:
    """Temperature and per-level knots from out-of-fold scores; no family stands in two folds."""
    folds = int(asked["ranker"]["folds"])
    fold = [int(place(family(r), int(asked["seed"])) * folds) for r in rows]
    scores: list[np.ndarray] = [np.zeros(0)] * len(rows)
    for held in range(folds):
        inside = [i for i in range(len(rows)) if fold[i] != held]
        booster = fit_ranker(
            [rows[i] for i in inside],
            [lists[i] for i in inside],
            [weights[i] for i in inside],
            int(asked["ranker"]["trees"]),
            int(asked["seed"]),
        )
        apart = [i for i in range(len(rows)) if fold[i] == held]
        for i, found in zip(apart, Ranker(booster).scores([lists[i] for i in apart]), strict=True):
            scores[i] = found

    def chosen(level: int) -> list[int]:
        """Rows from outside with a label of that depth, and a share of generated ones beside them.

        Short phrases of people are harder than marketplace titles, generated titles are easier; mail has both.
        """
        outside = [i for i in range(generated, len(rows)) if any(len(c) >= level for c in rows[i].codes)]
        if len(outside) < LEAST_ROWS:
            return list(range(generated)) + outside
        return list(range(min(generated, int(GENERATED_SHARE * len(outside))))) + outside

    temperature = fit_temperature(
        [rows[i] for i in chosen(6)], [lists[i] for i in chosen(6)], [scores[i] for i in chosen(6)]
    )
    knots = {}
    for level in LEVELS:
        confidence, right = [], []
        for i in chosen(level):
            labels = [c for c in rows[i].codes if len(c) >= level]
            if not labels or not lists[i]:
                continue
            p = softmax(scores[i] / temperature)
            rolled = roll_up({c.code: float(x) for c, x in zip(lists[i], p, strict=True)}, level)
            best, share = next(iter(rolled.items()))
            confidence.append(share)
            right.append(any(c[:level] == best for c in labels))
        if len(confidence) >= 50:
            knots[level] = Knots.fit(confidence, right)
    return temperature, knots
