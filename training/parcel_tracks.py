"""Track C: a model trained on one generator of made-up parcels, held against another, beside the rules alone.

Of every typology: recall with 5% opened and precision at 1%, ranked by its own score; rules ranked by theirs. Hard
negatives: the share of them among the 5% opened. None of this is a measure of detection in real mail.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.catalogue import load
from data.declarations import read_outcomes
from data.errors import MailDutyError
from data.law import Law
from data.parcel_generator import SHIFTED
from data.parcel_typologies import TYPOLOGIES
from data.schedule import Schedule
from models.artifact import SHIPPED, Artifact
from models.artifact import load as load_artifact
from models.calibration import expected_calibration_error
from models.risk.artifact import scorer_of, wording_of
from models.risk.features import NAMES
from models.risk.reference import limits_on, rates_on
from models.risk.scorer import OVERALL, Scorer
from training.measures_risk import auc, average_precision
from training.parcel_stream import Past, Read, read_stream
from training.parcel_words import DAY, WordsApart, whole_tables, words_apart
from training.train_risk import FAR, from_outcomes, generated, shuffled

Floats = NDArray[np.float64]
MADE_UP = "made-up parcels of the shifted generator; no measure of detection in real mail"


@dataclass(frozen=True)
class TrackC:
    """Measures by typology for model and rules, alarm rates of hard negatives, calibration over all."""

    typologies: Mapping[str, Mapping[str, float]]
    overall: Mapping[str, float]
    hard: Mapping[str, float]
    parcels: int

    @property
    def beats_rules(self) -> bool:
        return all(
            row[f"{m}"] >= row[f"rules_{m}"] and row["r_at_5"] > row["rules_r_at_5"]
            for row in self.typologies.values()
            for m in ("r_at_5", "p_at_1")
        )

    def measures(self) -> dict[str, float]:
        found = {f"{t}.{k}": v for t, row in self.typologies.items() for k, v in row.items()}
        found |= {f"overall.{k}": v for k, v in self.overall.items()}
        return found | {f"hard.{k}": v for k, v in self.hard.items()}

    def as_json(self) -> dict[str, Any]:
        return {
            "parcels": self.parcels,
            "typologies": {t: {k: round(v, 4) for k, v in row.items()} for t, row in self.typologies.items()},
            "overall": {k: round(v, 4) for k, v in self.overall.items()},
            "hard_negatives_opened": {k: round(v, 4) for k, v in self.hard.items()},
            "beats_rules": self.beats_rules,
        }


def shifted(words: WordsApart, asked: Mapping[str, Any], shuffle: bool = False, unasked: float = 0.0) -> Read:
    """The shifted generator's parcels as an operator would read them, in words that the tables do not have.

    ``shuffle`` gives parcels each other's truths, as a control; ``unasked`` leaves the suggester out for a share.
    """
    rates, limits = rates_on(Schedule.load(), DAY), limits_on(Law.load(), DAY)
    rows = generated(SHIFTED, words.written_from, int(asked["shifted_parcels"]), rates)
    if shuffle:
        rows = shuffled(rows, int(asked["seed"]) + 2)
    past, seed = Past(**asked["past"]), int(asked["seed"]) + 1
    return read_stream(rows, past, words.tables, rates, limits, seed, unasked)


def hold_against(artifact: Artifact, read: Read) -> TrackC:
    """Scores a read stream with a model folder and with the rules alone."""
    scorer: Scorer = scorer_of(artifact, read.reading.rates, read.reading.limits, read.reading.bands)
    raw = {n: m.raw(read.values) for n, m in scorer.models.items()}
    p = {n: scorer.models[n].probability(raw[n]) for n in raw}
    rules = {t: read.values[:, NAMES.index(f"rule_{t}")] for t in TYPOLOGIES}
    rules[OVERALL] = 1 - np.prod([1 - rules[t] for t in TYPOLOGIES], axis=0)
    rows = {}
    for name in (*TYPOLOGIES, OVERALL):
        wrong = read.labels[name]
        if not wrong.any() and name != OVERALL:
            continue  # an operator's outcomes need not name every typology
        row = {**_at(wrong, raw[name]), "ece": expected_calibration_error(list(p[name]), list(wrong > 0.5))}
        row |= {f"rules_{k}": v for k, v in _at(wrong, rules[name]).items()}
        rows[name] = {**row, "share": float(wrong.mean())}
    opened = np.zeros(len(read.values), dtype=bool)
    opened[_top(raw[OVERALL], 5)] = True
    by_rules = np.zeros_like(opened)
    by_rules[_top(rules[OVERALL], 5)] = True
    kinds = sorted({h for h in read.hard if h})
    hard = {}
    for kind in ("all", *kinds) if kinds else ():
        inside = np.array([h is not None and kind in ("all", h) for h in read.hard])
        hard[kind], hard[f"rules_{kind}"] = float(opened[inside].mean()), float(by_rules[inside].mean())
    return TrackC({t: rows[t] for t in TYPOLOGIES if t in rows}, rows[OVERALL], hard, len(read.values))


def evaluate_made_up(asked: Mapping[str, Any], as_json: bool, model: Path | None = None) -> dict[str, Any]:
    """`mailduty evaluate risk --benchmark parcels`: a model folder (the shipped one) on the shifted generator."""
    artifact = load_artifact(model or SHIPPED / "risk")
    return show(hold_against(artifact, shifted(words_apart(load(), asked), asked)), as_json)


def evaluate_outcomes(
    file: Path, asked: Mapping[str, Any], as_json: bool, model: Path | None = None
) -> dict[str, Any]:
    """Track D: a model folder on an operator's outcomes, read day by day as it would have been used.

    Raises ``OUTCOMES_EMPTY`` where no row reads, or none lies after the days of ``past``.
    """
    artifact = load_artifact(model or SHIPPED / "risk")
    outcomes, errors = read_outcomes(file)
    for error in errors:
        print(f"{error.code}: {error}", file=sys.stderr)
    if not outcomes:
        raise MailDutyError(
            "OUTCOMES_EMPTY", f"{file.name} holds no outcome that reads", "", "give JSON lines"
        )
    rates, limits = rates_on(Schedule.load(), DAY), limits_on(Law.load(), DAY)
    rows = from_outcomes(outcomes, FAR)
    tables = whole_tables(load(), wording_of(artifact), asked)
    past = Past(**all_inspected(asked["past"]))
    read = read_stream(rows, past, tables, rates, limits, int(asked["seed"]))
    return show(hold_against(artifact, read), as_json, "parcels with outcomes")


def all_inspected(past: Mapping[str, Any]) -> dict[str, Any]:
    """The past of a file of outcomes: whatever is in it was looked at."""
    return {**past, "inspected": 1.0}


def show(found: TrackC, as_json: bool, what: str = MADE_UP) -> dict[str, Any]:
    body = found.as_json()
    if as_json:
        print(json.dumps(body))
        return body
    print(f"{found.parcels} {what}")
    for name, row in (*found.typologies.items(), (OVERALL, found.overall)):
        print(
            f"{name:18} R@5 {row['r_at_5']:.3f} (rules {row['rules_r_at_5']:.3f})  "
            f"P@1 {row['p_at_1']:.3f} (rules {row['rules_p_at_1']:.3f})  AUC {row['auc']:.3f}  ECE {row['ece']:.4f}"
        )
    print("hard negatives among the 5% opened: " + ", ".join(f"{k} {v:.3f}" for k, v in found.hard.items()))
    return body


def _at(wrong: Floats, score: Floats) -> dict[str, float]:
    # ties are broken at random, the same way every time: a rule that gives many parcels one score earns no luck
    mixed = score + np.random.default_rng(0).random(len(score)) * 1e-9
    order = np.argsort(-mixed, kind="stable")
    five, one = order[: round(len(order) * 0.05)], order[: max(1, round(len(order) * 0.01))]
    return {
        "r_at_5": float(wrong[five].sum() / max(wrong.sum(), 1)),
        "p_at_1": float(wrong[one].mean()),
        "auc": auc(wrong, score),
        "ap": average_precision(wrong, score),
    }


def _top(score: Floats, percent: float) -> NDArray[np.int64]:
    mixed = score + np.random.default_rng(0).random(len(score)) * 1e-9
    return np.argsort(-mixed, kind="stable")[: round(len(score) * percent / 100)]
