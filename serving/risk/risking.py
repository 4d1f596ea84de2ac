"""The risk score as it is served: which model answers, with which bands, tariff and limits.

The model comes from where ``settings.model_place`` says. Names are hashed with the operator's salt: ``MAILDUTY_SALT``,
else one made once and kept in the home folder.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path

from data.errors import MailDutyError
from data.law import Law
from data.schedule import Schedule
from data.unit_values import read_unit_values
from models.artifact import load
from models.risk.artifact import scorer_of
from models.risk.bands import Bands
from models.risk.reference import limits_on, rates_on
from models.risk.scorer import Scorer
from serving.settings import home, model_place

SALT = "salt"


def risk_folder() -> Path | None:
    """The folder of the model in use; None where there is none, or where ``none`` is set."""
    return model_place("risk").folder


def rates_of(schedule: Schedule, on: date) -> dict[str, float]:
    """General duty in percent by eight digits; days of a revision share it."""
    revision = schedule.revision(on)
    return _rates(schedule, revision, _first(revision, on))


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
    bands = bands or reference_bands()
    shipped = _scorer(
        folder, schedule, revision, tuple(limits_on(law, on)), str(law.version), _first(revision, on)
    )
    if bands is None:
        return shipped
    both = bands.over(shipped.reading.bands)  # the samples fill in where nothing better is known
    return Scorer(
        shipped.models, replace(shipped.reading, bands=both), {**shipped.versions, "bands": both.source}
    )


def reference_bands() -> Bands | None:
    """Usual values of the trade statistics that are set (``MAILDUTY_UNIT_VALUES``, a file); None where none are."""
    named = os.environ.get("MAILDUTY_UNIT_VALUES")
    return _reference(Path(named).expanduser()) if named else None


@lru_cache(maxsize=1)
def _reference(file: Path) -> Bands:
    return Bands(source=f"unit values of {file.name}").fit_unit_values(read_unit_values(file))


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
