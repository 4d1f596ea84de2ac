"""From candidates to probabilities: a LightGBM ranker's scores, a softmax with a learned temperature.

Part of the probability is kept back for "none of these", learned from how often the right number is not among
the candidates at all; so confidences do not add up to one, and they should not.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import lightgbm as lgb
import numpy as np

from models.hts.candidates import FEATURES, Candidate

LEVELS = (2, 4, 6, 8, 10)
UNLEARNED = 0.5  # weight of the views' own log-odds beside the ranker's
LEAST_SHARE = 1e-4
BLENDED, SHARED = FEATURES.index("blend"), FEATURES.index("number_share")


class Ranker:
    """``booster_text`` is LightGBM's own text form; ``temperature`` divides its scores."""

    def __init__(self, booster_text: str, temperature: float = 1.0) -> None:
        self.booster = lgb.Booster(model_str=booster_text)
        self.temperature = temperature
        names = self.booster.feature_name()
        if list(names) != list(FEATURES):
            raise ValueError("the ranker was trained on other features: train it again")

    def scores(self, lists: Sequence[Sequence[Candidate]]) -> list[np.ndarray]:
        """Raw scores of each item's candidates."""
        rows = [c.features for candidates in lists for c in candidates]
        if not rows:
            return [np.zeros(0) for _ in lists]
        flat = np.asarray(self.booster.predict(np.asarray(rows, dtype=np.float64), num_threads=1))
        cuts = np.cumsum([len(c) for c in lists])[:-1]
        return [np.asarray(part) for part in np.split(flat, cuts)]

    def probabilities(self, lists: Sequence[Sequence[Candidate]]) -> list[dict[str, float]]:
        """For each item: number -> probability, in the order of ``in_order``."""
        found = []
        for candidates, scores in zip(lists, self.scores(lists), strict=True):
            p = softmax(mixed(candidates, scores, self.temperature))
            found.append(in_order({c.code: float(share) for c, share in zip(candidates, p, strict=True)}))
        return found


def mixed(candidates: Sequence[Candidate], scores: np.ndarray, temperature: float) -> np.ndarray:
    """Log-odds of candidates: half what the ranker learned, half what the views and the stated facts say unlearned.

    The ranker alone orders as well and is surer than it should be of texts unlike those it learned from.
    """
    if not len(candidates):
        return scores
    plain = [c.features[BLENDED] + math.log(max(c.features[SHARED], LEAST_SHARE)) for c in candidates]
    return np.asarray((1 - UNLEARNED) * scores / temperature + UNLEARNED * np.asarray(plain))


def softmax(scores: np.ndarray) -> np.ndarray:
    if not len(scores):
        return scores
    raised = np.exp(scores - scores.max())
    return np.asarray(raised / raised.sum())


def roll_up(probabilities: Mapping[str, float], level: int) -> dict[str, float]:
    """Probability of each prefix: the sum over its leaves (log-sum-exp of their log-probabilities)."""
    found: dict[str, float] = {}
    for code, p in probabilities.items():
        if len(code) >= level:
            found[code[:level]] = found.get(code[:level], 0.0) + p
    return dict(sorted(found.items(), key=lambda x: (-x[1], x[0])))


def in_order(probabilities: Mapping[str, float]) -> dict[str, float]:
    """Numbers, best first: by their own probability, and half as much by those of their heading and subheading.

    Goods whose number depends on a fact that nobody stated share their probability among several leaves; a
    lone leaf of unlikelier goods must not pass them all.
    """
    heading, sub = roll_up(probabilities, 4), roll_up(probabilities, 6)

    def weight(code: str) -> float:
        return probabilities[code] * math.sqrt(heading.get(code[:4], 0.0) * sub.get(code[:6], 0.0))

    return {code: probabilities[code] for code in sorted(probabilities, key=lambda c: (-weight(c), c))}
