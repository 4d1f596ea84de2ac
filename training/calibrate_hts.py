"""Temperature and calibration of the suggester, from scores of rows that the ranker has not seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from data.labelled import Labelled
from data.splits import family, place
from models.calibration import Knots
from models.hts.candidates import Candidate
from models.hts.confidence import step
from models.hts.ranker import LEVELS, Ranker, mixed, roll_up, softmax
from training.ranker_hts import fit_ranker, fit_temperature

LEAST_ROWS = 50  # from outside; under it all generated rows calibrate a level too
FEW_ROWS = 500  # from outside; under it as many generated rows stand beside them


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
        """Rows from outside with a label of that depth; beside few of them as many generated ones.

        Short phrases of people are harder than generated titles. Only rulings carry labels below six digits, and
        there are few; what splits a subheading is facts, which generated rows show as people do.
        """
        outside = [i for i in range(generated, len(rows)) if any(len(c) >= level for c in rows[i].codes)]
        beside = generated if len(outside) < LEAST_ROWS else len(outside) if len(outside) < FEW_ROWS else 0
        return [*range(min(generated, beside)), *outside]

    six = chosen(6)
    temperature = fit_temperature([rows[i] for i in six], [lists[i] for i in six], [scores[i] for i in six])
    knots = {}
    above = 0
    for level in LEVELS:
        shares, right = [], []
        for i in chosen(level):
            labels = [c for c in rows[i].codes if len(c) >= level]
            if not labels or not lists[i]:
                continue
            p = softmax(mixed(lists[i], scores[i], temperature))
            codes = {c.code: float(x) for c, x in zip(lists[i], p, strict=True)}
            rolled = {n: roll_up(codes, n) for n in LEVELS if n <= level}
            best = next(iter(rolled[level]), "")
            if not best or not any(c[:above] == best[:above] for c in labels):
                continue  # a step is calibrated where the levels above are right
            shares.append(step(rolled, best, level))
            right.append(any(c[:level] == best for c in labels))
        if len(shares) >= 50:
            knots[level] = Knots.fit(shares, right)
        above = level
    return temperature, knots
