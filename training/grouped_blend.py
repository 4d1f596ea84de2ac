"""What scores goods not met before: two boosters on rates of keys, few keys and many, and a linear model on the keys.

Rates are learned on other groups than the rows they describe, inside the training folds too. The three see the same
rows differently; each is brought to one scale before they are weighed, and no label of a held-out row is looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.declaration_columns import Rates

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]


class Blend:
    """Members over one table of declarations: ``plain`` numbers, and the keys of each member as group numbers."""

    def __init__(
        self,
        plain: Floats,
        keys: Mapping[str, Sequence[Rows]],
        relatives: Rows,
        settings: Mapping[str, Any],
    ) -> None:
        self.plain, self.keys, self.relatives = plain, keys, relatives
        self.settings = settings

    def scores(
        self, wrong: Floats, weights: Mapping[str, Floats], learned: Rows, held: Rows
    ) -> dict[str, Floats]:
        """Log odds of the held-out rows by member (``few``, ``many``, ``linear``), of those that ``weights`` names rows for."""
        rare = {"feature_fraction": float(self.settings["many_fraction"])}
        found = {}
        for name, weight in weights.items():
            if name == "linear":
                found[name] = self._linear(wrong, weight, learned, held)
            else:
                more = rare if name == "many" else {}
                found[name] = self._boosted(self.keys[name], more, wrong, weight, learned, held)
        return found

    def _boosted(
        self,
        keys: Sequence[Rows],
        more: Mapping[str, Any],
        wrong: Floats,
        weight: Floats,
        learned: Rows,
        held: Rows,
    ) -> Floats:
        import lightgbm as lgb

        rates, total = Rates(float(self.settings["smoothing"])), np.zeros(len(held))
        inner, bags = int(self.settings["inner_folds"]), int(self.settings["bags"])
        for bag in range(bags):
            side = np.random.default_rng(bag).integers(0, inner, int(self.relatives.max()) + 1)
            apart = side[self.relatives[learned]]
            encoded = np.zeros((len(learned), 2 * len(keys)))
            for n in range(inner):
                encoded[apart == n] = rates(keys, wrong, weight, learned[apart != n], learned[apart == n])
            asked = {**self.settings["booster"], **more, "objective": "binary", "verbose": -1, "seed": bag}
            asked |= {
                "deterministic": True,
                "num_threads": int(self.settings["threads"]),
                "force_row_wise": True,
            }
            rows = lgb.Dataset(
                np.column_stack([self.plain[learned], encoded]), wrong[learned], weight=weight[learned]
            )
            booster = lgb.train(asked, rows, int(self.settings["trees"]))
            asks = np.column_stack([self.plain[held], rates(keys, wrong, weight, learned, held)])
            total += np.asarray(booster.predict(asks, raw_score=True))
        return total / bags

    def _linear(self, wrong: Floats, weight: Floats, learned: Rows, held: Rows) -> Floats:
        from sklearn.linear_model import LogisticRegression
        from sklearn.preprocessing import OneHotEncoder

        table = np.column_stack(self.keys["linear"])
        encoder = OneHotEncoder(handle_unknown="ignore", min_frequency=3).fit(table[learned])
        model = LogisticRegression(C=float(self.settings["linear_c"]), max_iter=300)
        model.fit(encoder.transform(table[learned]), wrong[learned], sample_weight=weight[learned])
        return np.asarray(model.decision_function(encoder.transform(table[held])))


def blended(scores: Mapping[str, Floats], shares: Mapping[str, float]) -> Floats:
    """The members' scores over all held-out rows as one: each with mean 0 and spread 1, then weighed."""
    total = np.zeros(len(next(iter(scores.values()))))
    for name, share in shares.items():
        score = scores[name]
        total += float(share) * (score - score.mean()) / max(float(score.std()), 1e-9)
    return total
