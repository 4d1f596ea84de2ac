"""The ranker's training rows: candidates of labelled descriptions, right or wrong at the level the label has."""

from __future__ import annotations

from collections.abc import Sequence

import lightgbm as lgb
import numpy as np

from data.labelled import Labelled
from models.hts.candidates import FEATURES, Candidate, CandidateFinder
from models.hts.evidence import ItemText

PARAMETERS = {
    "objective": "rank_xendcg",
    "learning_rate": 0.06,
    "num_leaves": 15,
    "min_data_in_leaf": 100,
    "feature_fraction": 0.8,
    "lambda_l2": 2.0,
    "verbosity": -1,
    "deterministic": True,
    "force_row_wise": True,
}
# What must never speak against a candidate, or for it: a ranker that learns otherwise has learnt the training rows.
RISING = (
    "names words category table encoder official blend named_words number_share subheading_vote heading_vote "
    "chapter_vote declared_digits line line_sub line_heading"
).split()
FALLING = "blend_gap kind_place line_gap line_sub_gap".split()
MONOTONE = [(n in RISING) - (n in FALLING) for n in FEATURES]


def as_item(row: Labelled) -> ItemText:
    return ItemText(row.id, row.text, row.category, dict(row.attributes), row.value_usd)


def right(row: Labelled, code: str) -> bool:
    """Whether a candidate is right as far as the label goes: a six-digit label says nothing of the rest."""
    return any(code.startswith(label) or label == code for label in row.codes)


def find(finder: CandidateFinder, rows: Sequence[Labelled], batch: int = 256) -> list[list[Candidate]]:
    found: list[list[Candidate]] = []
    for start in range(0, len(rows), batch):
        found += finder.find([as_item(r) for r in rows[start : start + batch]])
    return found


def fit_ranker(
    rows: Sequence[Labelled],
    lists: Sequence[Sequence[Candidate]],
    weights: Sequence[float],
    trees: int = 150,
    seed: int = 0,
) -> str:
    """Train on the rows among whose candidates a right one is; returns LightGBM's text form."""
    features, labels, groups, each = [], [], [], []
    for row, candidates, weight in zip(rows, lists, weights, strict=True):
        marks = [right(row, c.code) for c in candidates]
        if not any(marks) or all(marks):
            continue
        features += [c.features for c in candidates]
        labels += marks
        groups.append(len(candidates))
        each += [weight] * len(candidates)
    data = lgb.Dataset(
        np.asarray(features),
        label=np.asarray(labels, dtype=int),
        group=groups,
        weight=each,
        feature_name=list(FEATURES),
    )
    booster = lgb.train(
        {**PARAMETERS, "monotone_constraints": MONOTONE, "seed": seed, "num_threads": 1},
        data,
        num_boost_round=trees,
    )
    return str(booster.model_to_string())


def fit_temperature(
    rows: Sequence[Labelled], lists: Sequence[Sequence[Candidate]], scores: Sequence[np.ndarray]
) -> float:
    """The temperature under which right candidates are likeliest (rows with a right candidate only)."""
    best, found = np.inf, 1.0
    for temperature in np.geomspace(0.05, 5.0, 80):
        loss, n = 0.0, 0
        for row, candidates, score in zip(rows, lists, scores, strict=True):
            marks = np.array([right(row, c.code) for c in candidates], dtype=bool)
            if not marks.any():
                continue
            z = score / temperature
            loss += np.logaddexp.reduce(z) - np.logaddexp.reduce(z[marks])
            n += 1
        if n and loss / n < best:
            best, found = loss / n, float(temperature)
    return found
