"""How good a risk score is, measured as inspections are run: of the few that can be opened, how many pay.

Precision at n % is the share of wrong ones among the n % with the highest score, recall the share of all wrong
ones that stand there (Jeong et al., arXiv 2208.02484; Kim et al., KDD 2020).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from models.calibration import expected_calibration_error

RATES = (1, 5, 10)
NAMES = ("auc", "ap", *(f"p_at_{n}" for n in RATES), *(f"r_at_{n}" for n in RATES), "macro_f1", "ece")
Floats = NDArray[np.float64]


def measures(wrong: Floats, score: Floats, probability: Floats, threshold: float) -> dict[str, float]:
    """All of ``NAMES``. ``score`` ranks, ``probability`` is calibrated, ``threshold`` was set on other rows."""
    found = {"auc": auc(wrong, score), "ap": average_precision(wrong, score)}
    order = np.argsort(-score, kind="stable")
    total = max(wrong.sum(), 1.0)
    for n in RATES:
        opened = wrong[order[: max(1, round(len(wrong) * n / 100))]]
        found[f"p_at_{n}"] = float(opened.mean())
        found[f"r_at_{n}"] = float(opened.sum() / total)
    found["macro_f1"] = macro_f1(wrong, probability >= threshold)
    found["ece"] = expected_calibration_error(list(probability), [bool(w) for w in wrong])
    return {name: found[name] for name in NAMES}


def auc(wrong: Floats, score: Floats) -> float:
    """Chance that a wrong one scores above a right one, ties counting half; not a number with one kind only."""
    _, place, count = np.unique(score, return_inverse=True, return_counts=True)
    rank = (np.cumsum(count) - (count - 1) / 2)[place]
    p, n = float(wrong.sum()), float(len(wrong) - wrong.sum())
    return float((rank[wrong > 0.5].sum() - p * (p + 1) / 2) / (p * n)) if p and n else float("nan")


def average_precision(wrong: Floats, score: Floats) -> float:
    """Mean precision over the wrong ones, ties taken together."""
    values, place = np.unique(-score, return_inverse=True)
    hits = np.bincount(place, wrong, len(values))
    seen = np.bincount(place, minlength=len(values))
    share = np.cumsum(hits) / np.cumsum(seen)
    return float((share * hits).sum() / wrong.sum()) if wrong.sum() else float("nan")


def macro_f1(wrong: Floats, said: NDArray[np.bool_]) -> float:
    """Mean of the F1 of both classes."""
    truth = wrong > 0.5
    return float(np.mean([_f1(truth, said), _f1(~truth, ~said)]))


def best_threshold(wrong: Floats, probability: Floats) -> float:
    """The threshold with the best macro-F1 on these rows."""
    tried = np.unique(np.quantile(probability, np.linspace(0.02, 0.995, 196)))
    return float(tried[int(np.argmax([macro_f1(wrong, probability >= t) for t in tried]))])


def mean_and_spread(runs: Sequence[Mapping[str, float]]) -> dict[str, dict[str, float]]:
    """``{name: {"mean","sd"}}`` over runs; ``sd`` is that of the sample (n - 1), zero for one run."""
    found = {}
    for name in runs[0]:
        values = np.array([run[name] for run in runs])
        spread = float(values.std(ddof=1)) if len(values) > 1 else 0.0
        found[name] = {"mean": round(float(values.mean()), 5), "sd": round(spread, 5)}
    return found


def _f1(truth: NDArray[np.bool_], said: NDArray[np.bool_]) -> float:
    both = float((truth & said).sum())
    either = float(truth.sum() + said.sum())
    return 2 * both / either if either else 0.0
