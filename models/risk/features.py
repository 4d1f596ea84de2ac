"""A batch of parcels as one table of numbers: parcel signals, what the suggester makes of the declared number, history
as of the day, and the rule scores on top.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.parcel_typologies import TYPOLOGIES
from models.risk import history, signals, suggested
from models.risk.bands import Bands
from models.risk.history import History
from models.risk.parcel import RiskParcel
from models.risk.rules import Ruled, apply_rules
from models.risk.suggested import NOTHING, Suggested
from models.risk.wording import NO_OPINION, Opinion, Wording

Floats = NDArray[np.float64]
RULE_NAMES = tuple(f"rule_{t}" for t in TYPOLOGIES)
NAMES = (*signals.NAMES, *suggested.NAMES, *history.NAMES, *RULE_NAMES)
FEATURES_VERSION = "3"


@dataclass(frozen=True)
class Reading:
    """What is needed to read parcels: bands, wording, duty percent by eight digits, the law's limits in dollars."""

    bands: Bands
    wording: Wording | None
    rates: Mapping[str, float]
    limits: Sequence[float] = ()

    def table(
        self,
        parcels: Sequence[RiskParcel],
        past: History | None = None,
        answers: Sequence[Suggested | None] | None = None,
    ) -> Table:
        """One row for each parcel, in order. ``answers``: the suggester's on the declared number, where it was asked."""
        said = self._opinions(parcels)
        known = past.features(parcels) if past is not None else [history.UNKNOWN] * len(parcels)
        asked = [a or NOTHING for a in answers] if answers is not None else [NOTHING] * len(parcels)
        rows = [
            signals.parcel_signals(p, self.bands, o, self.rates.get((p.hts or "")[:8], math.nan), self.limits)
            + a[:-1]
            + h
            for p, o, a, h in zip(parcels, said, asked, known, strict=True)
        ]
        width = len(NAMES) - len(RULE_NAMES)
        plain = np.array(rows, dtype=float).reshape(len(parcels), width)
        named = dict(zip(NAMES, plain.T, strict=False))
        ruled = apply_rules(named)
        scores = np.column_stack([ruled.scores[t] for t in TYPOLOGIES])
        return Table(np.hstack([plain, scores]), ruled, said, asked)

    def _opinions(self, parcels: Sequence[RiskParcel]) -> list[Opinion]:
        if self.wording is None:
            return [NO_OPINION] * len(parcels)
        return self.wording.opinions([p.description for p in parcels], [p.hts for p in parcels], self.rates)


@dataclass(frozen=True)
class Table:
    """``values``: parcels x ``NAMES``; the rules behind its last columns; what the words were taken to mean, and what
    the suggester said."""

    values: Floats
    ruled: Ruled
    opinions: Sequence[Opinion]
    answers: Sequence[Suggested]

    def column(self, name: str) -> Floats:
        return self.values[:, NAMES.index(name)]


def columns_for(typology: str) -> list[int]:
    """Columns a typology's model reads. That of undervaluation leaves out what does not move with the value in order."""
    left_out = signals.UNORDERED_IN_VALUE if typology == "undervaluation" else frozenset()
    return [n for n, name in enumerate(NAMES) if name not in left_out]


def directions_for(typology: str) -> list[int]:
    """LightGBM's monotone constraints for ``columns_for``: a lower declared value never lowers undervaluation."""
    names = [NAMES[n] for n in columns_for(typology)]
    if typology != "undervaluation":
        one_way = signals.ONE_WAY.get(typology, {})
        return [one_way.get(name, 0) for name in names]
    return [
        -1 if name in signals.FALL_WITH_VALUE else 1 if name in signals.RISE_AS_VALUE_FALLS else 0
        for name in names
    ]
