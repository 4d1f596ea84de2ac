"""The risk score as it is served: which model answers, with which history and lists, and what a bad row gets.

The model comes from ``MAILDUTY_RISK_MODEL`` (a model folder), else from the package. Names are hashed with the
operator's salt: ``MAILDUTY_SALT``, else one made once and kept in the home folder.
"""

from __future__ import annotations

import gc
import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from data.declarations import OUTCOMES
from data.errors import MailDutyError
from data.law import Law
from data.schedule import Schedule
from data.screening import read_folder
from data.unit_values import read_unit_values
from models.artifact import CONTENTS, SHIPPED, load
from models.risk.artifact import scorer_of
from models.risk.bands import Bands
from models.risk.history import History
from models.risk.parcel import RiskParcel, read_parcel
from models.risk.reference import limits_on, rates_on
from models.risk.scorer import Scorer
from models.risk.screening import Screener
from serving.settings import home, tariff

LEAST_OWN = 2000  # parcels of history from which the operator's own bands take the place of the samples
SALT = "salt"


def risk_folder() -> Path | None:
    """The folder of the model in use; None where none is shipped and none is set."""
    named = os.environ.get("MAILDUTY_RISK_MODEL")
    folder = Path(named).expanduser() if named else SHIPPED / "risk"
    return folder if named or (folder / CONTENTS).exists() else None


@lru_cache(maxsize=4)
def _rates(schedule: Schedule, revision: str, on: date) -> dict[str, float]:
    return rates_on(schedule, on)


def scorer_on(schedule: Schedule, law: Law, on: date, bands: Bands | None = None) -> Scorer:
    """The scorer with tariff and limits of a day. Raises MODEL_MISSING where no model is there to answer."""
    folder = risk_folder()
    if folder is None:
        raise MailDutyError(
            "MODEL_MISSING",
            "no risk model is shipped or set",
            "scores come from a trained model",
            "train one with `mailduty train risk`, or set MAILDUTY_RISK_MODEL",
        )
    revision = schedule.revision(on)
    shipped = _scorer(
        folder, schedule, revision, tuple(limits_on(law, on)), str(law.version), _first(revision, on)
    )
    if bands is None:
        return shipped
    both = bands.over(shipped.reading.bands)  # the samples fill in where nothing better is known
    return Scorer(
        shipped.models, replace(shipped.reading, bands=both), {**shipped.versions, "bands": both.source}
    )


_first_days: dict[str, date] = {}


def _first(revision: str, on: date) -> date:
    """One day for each revision, so that the days of a revision share what is read from it."""
    return _first_days.setdefault(revision, on)


@lru_cache(maxsize=6)
def _scorer(
    folder: Path, schedule: Schedule, revision: str, limits: tuple[float, ...], law: str, on: date
) -> Scorer:
    rates = _rates(schedule, revision, on)
    return scorer_of(load(folder), rates, limits, schedule=revision, law=law)


def salt() -> bytes:
    """The operator's salt. One that is made here is readable by its owner only."""
    if named := os.environ.get("MAILDUTY_SALT"):
        return named.encode()
    path = home() / SALT
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_hex(16).encode())
    return path.read_bytes()


def history_of(rows: Sequence[Any], today: date) -> tuple[History, Bands | None]:
    """Past parcels, some with an ``outcome``, as history; and own bands where there are enough of them."""
    past: list[RiskParcel] = []
    known: list[tuple[RiskParcel, bool]] = []
    for number, row in enumerate(rows, 1):
        if isinstance(row, MailDutyError):
            raise row
        fields = {k: v for k, v in row.items() if k not in ("outcome", "typology")}
        try:
            parcel = read_parcel(fields, today)
            outcome = row.get("outcome")
            if outcome is not None:
                known.append((parcel, OUTCOMES[outcome]))
        except KeyError as why:
            raise MailDutyError(
                "OUTCOME_UNREADABLE",
                f"history, row {number}: {row['outcome']!r} is no outcome",
                f"an outcome is one of {', '.join(OUTCOMES)}",
                "correct it",
                field="outcome",
            ) from why
        past.append(parcel)
    history = History(salt())
    history.add(sorted(past, key=lambda p: p.posted_on))
    history.settle(known)
    bands = Bands(source=f"own history of {len(past)} parcels").fit(past) if len(past) >= LEAST_OWN else None
    return history, bands


class RiskDesk:
    """Holds scorer, history and lists; ``score`` answers rows in order, a bad one with its error."""

    def __init__(
        self, scorer: Scorer, history: History | None = None, screener: Screener | None = None
    ) -> None:
        self.scorer, self.history, self.screener = scorer, history, screener

    @classmethod
    def shipped(
        cls,
        on: date,
        history: Sequence[Any] | None = None,
        lists: Path | None = None,
        unit_values: Path | None = None,
    ) -> RiskDesk:
        """The model in use, with past parcels, the lists of a folder and reference unit values where given."""
        past, bands = history_of(history, on) if history is not None else (History(salt()), None)
        if unit_values is not None:
            reference = Bands(source=f"unit values of {unit_values.name}")
            reference.fit_unit_values(read_unit_values(unit_values))
            bands = bands.over(reference) if bands else reference
        screener = Screener(read_folder(lists)) if lists is not None else None
        return cls(scorer_on(tariff(), Law.load(), on, bands), past, screener)

    def score(self, rows: Sequence[Any], today: date) -> list[dict[str, Any]]:
        """``{"id","risk",...}`` for each row, or ``{"id","error"}``; the others go on."""
        with _undisturbed():
            return self._score(rows, today)

    def _score(self, rows: Sequence[Any], today: date) -> list[dict[str, Any]]:
        answers: list[dict[str, Any]] = [{} for _ in rows]
        asked: list[RiskParcel] = []
        places: list[int] = []
        for place, row in enumerate(rows):
            try:
                asked.append(read_parcel(row, today))
                places.append(place)
            except MailDutyError as error:
                given = row.get("id") if isinstance(row, Mapping) else None
                answers[place] = {"id": given, "error": error.as_dict()}
        scores = self.scorer.score(asked, self.history, screen=self.screener)
        for place, score in zip(places, scores, strict=True):
            answers[place] = score.as_json()
        return answers


@contextmanager
def _undisturbed() -> Iterator[None]:
    """No garbage collection while a batch is scored: it looks at every object made, and none of them is garbage yet."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()
