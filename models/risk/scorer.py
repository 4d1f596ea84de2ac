"""How risky is it: rules first, a LightGBM model for each typology and one over all, calibrated, with reasons.

``Scorer.score`` takes a batch of parcels and answers each. It reads no clock, no file and no name: models, bands,
history and lists are handed to it. A name on a screening list is a hold beside the score, never a score.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from data.parcel_typologies import TYPOLOGIES
from models.calibration import Knots
from models.risk.features import NAMES, Reading, Table, columns_for
from models.risk.history import History
from models.risk.parcel import RiskParcel
from models.risk.reasons import Reason, reasons_of
from models.risk.stake import Owes, Stake, stakes
from models.risk.suggested import Suggested

Floats = NDArray[np.float64]
OVERALL = "overall"
# Overall probability from which the model's own weights are worked out (SHAP); the rules always speak.
EXPLAINED = 0.3
MOST_REASONS = 6


class Screens(Protocol):
    """Looks names up on lists: the holds of each parcel, in order."""

    def screen(self, parcels: Sequence[RiskParcel]) -> list[tuple[Reason, ...]]: ...


@dataclass(frozen=True, slots=True)
class RiskScore:
    """The answer for one parcel. ``hold`` says that a list matched. ``tie_break`` (log odds) orders what looks equal."""

    id: str
    risk: float
    typologies: Mapping[str, float]
    reasons: tuple[Reason, ...]
    stake: Stake | None
    hold: bool
    tie_break: float
    versions: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "risk": self.risk,
            "typologies": dict(self.typologies),
            "reasons": [reason.as_json() for reason in self.reasons],
            "duty_at_stake_usd": None if self.stake is None else f"{self.stake.usd:.2f}",
            "duty_at_stake_basis": None if self.stake is None else self.stake.basis,
            "hold": self.hold,
            "tie_break": self.tie_break,
            "versions": dict(self.versions),
        }


@dataclass(frozen=True)
class Model:
    """One learned score: its booster, the columns of the table it reads, its calibration."""

    booster: Any
    columns: Sequence[int]
    knots: Knots

    def raw(self, values: Floats) -> Floats:
        """Log odds, before calibration."""
        return np.asarray(
            self.booster.predict(
                values[:, self.columns], raw_score=True, num_threads=1, validate_features=False
            )
        )

    def probability(self, raw: Floats) -> Floats:
        return self.knots(1 / (1 + np.exp(-raw)))

    def weights(self, values: Floats) -> Floats:
        """SHAP values in log odds, parcels x ``NAMES``; columns that are not read weigh nothing."""
        said = self.booster.predict(
            values[:, self.columns], pred_contrib=True, num_threads=1, validate_features=False
        )
        spread = np.zeros((len(values), len(NAMES)))
        spread[:, self.columns] = np.asarray(said)[:, :-1]
        return spread


class Scorer:
    """Holds what was learned: ``models`` by typology and ``overall``, and how parcels are read."""

    def __init__(
        self, models: Mapping[str, Model], reading: Reading, versions: Mapping[str, str] | None = None
    ) -> None:
        self.models = models
        self.reading = reading
        self.versions = dict(versions or {})

    def score(
        self,
        parcels: Sequence[RiskParcel],
        past: History | None = None,
        answers: Sequence[Suggested | None] | None = None,
        screen: Screens | None = None,
        owes: Owes | None = None,
        explain: bool = True,
    ) -> list[RiskScore]:
        """One answer per parcel, in order. ``answers`` are the suggester's on the declared numbers where it was asked,
        ``past`` is the operator's history, ``owes`` the whole duty of some facts; without it general rates are used.
        """
        if not parcels:
            return []
        table = self.reading.table(parcels, past, answers)
        raw = {name: model.raw(table.values) for name, model in self.models.items()}
        p = {name: np.round(self.models[name].probability(raw[name]), 5) for name in raw}
        plain = {name: column.tolist() for name, column in p.items()}
        ties = np.round(raw[OVERALL], 6).tolist()
        weights = self._weights(table, p[OVERALL]) if explain else {}
        holds = screen.screen(parcels) if screen is not None else [()] * len(parcels)
        named = [
            dict(zip(TYPOLOGIES, row, strict=True))
            for row in zip(*(plain[t] for t in TYPOLOGIES), strict=True)
        ]
        at_stake = stakes(parcels, table, named, self.reading, owes)
        made = []
        for row, parcel in enumerate(parcels):
            reasons = (
                *holds[row],
                *reasons_of(row, table, weights.get(row), parcel.hts)[:MOST_REASONS],
            )
            made.append(
                RiskScore(
                    parcel.id,
                    plain[OVERALL][row],
                    named[row],
                    reasons,
                    at_stake[row],
                    bool(holds[row]),
                    ties[row],
                    self.versions,
                )
            )
        return made

    def probabilities(self, table: Table) -> dict[str, Floats]:
        """Calibrated probabilities by model for a table that is already read; what evaluation uses."""
        return {name: model.probability(model.raw(table.values)) for name, model in self.models.items()}

    def margins(self, table: Table) -> dict[str, Floats]:
        """Log odds by model: what parcels are ranked by."""
        return {name: model.raw(table.values) for name, model in self.models.items()}

    def _weights(self, table: Table, overall: Floats) -> dict[int, Floats]:
        rows = np.flatnonzero(overall >= EXPLAINED)
        if not len(rows):
            return {}
        return dict(zip(rows.tolist(), self.models[OVERALL].weights(table.values[rows]), strict=True))


def columns_of(name: str) -> list[int]:
    """Columns a model reads, by its name; ``overall`` reads all."""
    return columns_for(name) if name != OVERALL else list(range(len(NAMES)))
