"""A stream of parcels read as an operator would meet it: day by day, with what was known on that day.

The first days are the operator's past: bands are learned from them and nothing is scored. Then each day's parcels
are read with the history up to that day. Of a share, drawn at random, the outcome becomes known some days later.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.errors import MailDutyError
from data.parcel_typologies import TYPOLOGIES
from models.risk.bands import Bands
from models.risk.features import Reading
from models.risk.history import History
from models.risk.parcel import RiskParcel
from models.risk.scorer import OVERALL
from models.risk.suggested import Suggested
from training.parcel_words import Tables

Floats = NDArray[np.float64]
SALT = b"made-up parcels hold no personal data"


@dataclass(frozen=True)
class Past:
    """How an operator learns: days before anything is scored, share inspected, days until an outcome is known."""

    days: int
    inspected: float
    known_after: int


@dataclass(frozen=True)
class Read:
    """Scored parcels in the order of their days: ``values`` as the models read them, labels (0 or 1) by model name."""

    values: Floats
    labels: Mapping[str, Floats]
    parcels: Sequence[RiskParcel]
    hard: Sequence[str | None]
    relatives: NDArray[np.int64]  # parcels of one sender
    reading: Reading


@dataclass(frozen=True)
class Labelled:
    """A parcel with its truth."""

    parcel: RiskParcel
    wrong: bool
    typology: str | None
    hard: str | None = None


def read_stream(
    rows: Sequence[Labelled],
    past: Past,
    tables: Tables,
    rates: Mapping[str, float],
    limits: Sequence[float],
    seed: int = 0,
    unasked: float = 0.0,
) -> Read:
    """Reads a stream once. A parcel's own outcome never reaches its own features, nor those of an earlier day.
    Raises ``OUTCOMES_EMPTY`` where no parcel lies after the days of the past.

    ``unasked``: share of the parcels for which the suggester is not asked, as where there is none.
    """
    rows = sorted(rows, key=lambda r: (r.parcel.posted_on, r.parcel.id))
    if not rows or rows[-1].parcel.posted_on < rows[0].parcel.posted_on + timedelta(past.days):
        raise MailDutyError(
            "OUTCOMES_EMPTY",
            f"no parcel lies after the first {past.days} days",
            "The first days are the past that history and usual values come from; what follows is scored",
            "Give parcels of more days, or set past.days in the settings",
        )
    start = rows[0].parcel.posted_on + timedelta(past.days)
    before = [r for r in rows if r.parcel.posted_on < start]
    reading = Reading(Bands().fit([r.parcel for r in before]), tables.wording, rates, limits)
    said = _said([r.parcel for r in rows if r.parcel.posted_on >= start], tables, unasked, seed)
    history, chance = History(SALT), random.Random(seed)
    due: dict[date, list[Labelled]] = {}
    values: list[Any] = []
    scored: list[Labelled] = []
    for day, todays in _by_day(rows).items():
        for known in sorted(d for d in due if d <= day):
            history.settle(((r.parcel, r.wrong) for r in due.pop(known)), known)
        parcels = [r.parcel for r in todays]
        if day >= start:
            answers = said[len(scored) : len(scored) + len(todays)]
            values.append(reading.table(parcels, history, answers).values)
            scored += todays
        history.add(parcels)
        opened = [r for r in todays if chance.random() < past.inspected]
        due.setdefault(day + timedelta(past.known_after), []).extend(opened)
    labels: dict[str, Any] = {OVERALL: np.array([float(r.wrong) for r in scored])}
    labels |= {t: np.array([float(r.typology == t) for r in scored]) for t in TYPOLOGIES}
    names: dict[str | None, int] = {}
    relatives = np.array([names.setdefault(r.parcel.sender.name, len(names)) for r in scored])
    return Read(
        np.vstack(values), labels, [r.parcel for r in scored], [r.hard for r in scored], relatives, reading
    )


def _said(
    parcels: Sequence[RiskParcel], tables: Tables, unasked: float, seed: int
) -> Sequence[Suggested | None]:
    """What the suggester says of each; which parcels it is not asked for is drawn from the seed."""
    if tables.asked is None:
        return [None] * len(parcels)
    chance = random.Random(f"unasked:{seed}")
    left_out = [chance.random() < unasked for _ in parcels]
    answers = iter(tables.asked([p for p, out in zip(parcels, left_out, strict=True) if not out]))
    return [None if out else next(answers) for out in left_out]


def _by_day(rows: Sequence[Labelled]) -> dict[date, list[Labelled]]:
    found: dict[date, list[Labelled]] = {}
    for row in rows:
        found.setdefault(row.parcel.posted_on, []).append(row)
    return found
