"""Scores rows of parcels: with history, lists, the suggester and the whole duty where they are there; what a bad row gets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from data.errors import MailDutyError
from data.law import Law
from data.schedule import Schedule
from data.screening import read_folder
from data.undisturbed import undisturbed
from data.unit_values import read_unit_values
from models.risk.bands import Bands
from models.risk.history import History
from models.risk.parcel import RiskParcel, read_parcel
from models.risk.scorer import Scorer
from models.risk.screening import Screener
from models.risk.stake import Owes
from models.risk.suggested import Asked
from serving.risk.risk_duty import owes_on
from serving.risk.risk_past import history_of
from serving.risk.risking import salt, scorer_on
from serving.risk.second_opinion import asked_on
from serving.settings import tariff


class RiskDesk:
    """Holds scorer, history, lists and suggester; ``score`` answers rows in order, a bad one with its error.

    ``owes`` gives, for some parcels, the whole duty of facts; without it the stake takes general rates.
    """

    def __init__(
        self,
        scorer: Scorer,
        history: History | None = None,
        screener: Screener | None = None,
        asked: Asked | None = None,
        owes: Callable[[Sequence[RiskParcel]], Owes] | None = None,
    ) -> None:
        self.scorer, self.history, self.screener = scorer, history, screener
        self.asked, self.owes = asked, owes

    @classmethod
    def shipped(
        cls,
        on: date,
        history: Sequence[Any] | None = None,
        lists: Path | None = None,
        unit_values: Path | None = None,
        suggester: bool = True,
    ) -> RiskDesk:
        """The model in use, with past parcels, the lists of a folder and reference unit values where given.

        ``suggester``: whether it is asked about declared numbers; a score then takes milliseconds, not microseconds.
        """
        past, bands = history_of(history, on) if history is not None else (History(salt()), None)
        if unit_values is not None:
            reference = Bands(source=f"unit values of {unit_values.name}")
            reference.fit_unit_values(read_unit_values(unit_values))
            bands = bands.over(reference) if bands else reference
        screener = Screener(read_folder(lists)) if lists is not None else None
        return cls.over(tariff(), Law.load(), on, past, screener, suggester, bands)

    @classmethod
    def over(
        cls,
        schedule: Schedule,
        law: Law,
        on: date,
        past: History | None = None,
        screener: Screener | None = None,
        suggester: bool = True,
        bands: Bands | None = None,
    ) -> RiskDesk:
        """The model in use over a tariff and a law of a day; without ``past`` a batch counts for itself alone."""
        scorer = scorer_on(schedule, law, on, bands)
        asked = asked_on(schedule, on) if suggester else None
        known = past if past is not None else History(salt())
        return cls(scorer, known, screener, asked, lambda parcels: owes_on(law, schedule, on, parcels))

    def score(self, rows: Sequence[Any], today: date) -> list[dict[str, Any]]:
        """``{"id","risk",...}`` for each row, or ``{"id","error"}``; the others go on."""
        with undisturbed():
            return self._score(rows, today)

    def _score(self, rows: Sequence[Any], today: date) -> list[dict[str, Any]]:
        answers: list[dict[str, Any]] = [{} for _ in rows]
        parcels: list[RiskParcel] = []
        places: list[int] = []
        for place, row in enumerate(rows):
            try:
                parcels.append(read_parcel(row, today))
                places.append(place)
            except MailDutyError as error:
                given = row.get("id") if isinstance(row, Mapping) else None
                answers[place] = {"id": given, "error": error.as_dict()}
        said = self.asked(parcels) if self.asked is not None else None
        owes = self.owes(parcels) if self.owes is not None else None
        scores = self.scorer.score(parcels, self.history, said, self.screener, owes)
        for place, score in zip(places, scores, strict=True):
            answers[place] = score.as_json()
        return answers
