"""`mailduty train risk`: from made-up parcels, or an operator's outcomes, to calibrated scores in one run.

Read the stream day by day, report which keys give labels away and stop on one, train a model for each typology and
one over all on senders apart from those that calibrate, write the folder, hold it against the rules on the shifted
generator, log all of it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from data.catalogue import Catalogue
from data.catalogue_generate import describe
from data.declarations import Outcome
from data.label_purity import KeyPurity, purity, refuse_leaks
from data.law import Law
from data.parcel_generator import Generator, parcels
from data.parcel_typologies import TYPOLOGIES
from data.schedule import Schedule
from data.splits import place
from models.artifact import Artifact, Draft
from models.calibration import Knots
from models.risk import artifact as folder_of
from models.risk.bands import Bands
from models.risk.features import directions_for
from models.risk.parcel import RiskParcel, read_parcel
from models.risk.reference import limits_on, rates_on
from models.risk.scorer import OVERALL, Model, columns_of
from models.risk.wording import Wording
from training.parcel_stream import Labelled, Past, Read, read_stream
from training.parcel_words import DAY, Tables, wording_rows

FAR = date(2027, 12, 31)  # made-up parcels may be posted on any day before it
KEYS = (
    ("sender",),
    ("recipient",),
    ("hts",),
    ("sender", "hts"),
    ("description",),
    ("value_usd",),
    ("origin",),
)
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Trained:
    """The folder that was written, what was read, and the purity of every key that was looked at."""

    artifact: Artifact
    read: Read
    purities: Sequence[KeyPurity]


def sample_bands(catalogue: Catalogue, each: int, seed: int) -> Bands:
    """Bands from the catalogue's own price and weight ranges, until the operator has a history."""
    goods = [g for g in catalogue if g.travels.usd and g.travels.kg]
    rows = []
    for kind in goods:
        for n in range(each):
            made = describe(kind, random.Random(f"bands:{seed}:{kind.id}:{n}"), goods)
            value, weight = made["value_usd"], max(made["weight_kg"], 0.001)
            rows.append((made["hts"], None, (value, value / weight, weight)))
    return Bands(source="built-in samples").fit_measures(rows)


def generated(
    settings: Generator, catalogue: Catalogue, count: int, rates: Mapping[str, float]
) -> list[Labelled]:
    """Made-up parcels, read as any others are."""
    return [
        Labelled(read_parcel(m.row, FAR), m.typology is not None, m.typology, m.hard)
        for m in parcels(settings, list(catalogue), count, rates)
    ]


def from_outcomes(outcomes: Sequence[Outcome], today: date) -> list[Labelled]:
    """An operator's outcomes as labelled parcels; a row that cannot be read raises and says why."""
    return [Labelled(read_parcel(o.parcel, today), o.wrong, o.typology) for o in outcomes]


def shuffled(rows: Sequence[Labelled], seed: int) -> list[Labelled]:
    """The same parcels with each other's truths, as a control: whatever is still detected then is a leak of ours."""
    truths = [(r.wrong, r.typology, r.hard) for r in rows]
    random.Random(seed).shuffle(truths)
    return [Labelled(r.parcel, *truth) for r, truth in zip(rows, truths, strict=True)]


def purities(rows: Sequence[Labelled]) -> list[KeyPurity]:
    """How far each of ``KEYS`` gives the label away in the rows to be trained on."""
    wrong = np.array([float(r.wrong) for r in rows])
    return [purity({n: [_part(r.parcel, n) for r in rows] for n in key}, wrong, key) for key in KEYS]


def _part(parcel: RiskParcel, name: str) -> str:
    if name in ("sender", "recipient"):
        party = getattr(parcel, name)
        return f"{party.name}|{party.postal_code}"
    return str(getattr(parcel, name))


def train(
    rows: Sequence[Labelled],
    catalogue: Catalogue,
    asked: Mapping[str, Any],
    out: Path,
    progress: Progress = lambda _: None,
    tables: Tables | None = None,
) -> Trained:
    """Trains on labelled parcels and writes the model folder. Raises ``LABEL_LEAK`` before anything is learned.

    ``tables``: what the rows' texts are looked up in; without them the word table that goes into the folder, alone.
    """
    found = purities(rows)
    refuse_leaks(found, asked.get("admitted_leaks") or ())
    rates, limits = rates_on(Schedule.load(), DAY), limits_on(Law.load(), DAY)
    told = wording_rows(catalogue, int(asked["wording_rows"]), int(asked["seed"]))
    draft = Draft({"name": folder_of.NAME, "settings": dict(asked), "rows": len(rows)})
    draft.about["source"] = str(asked.get("source", "labelled parcels"))
    words, numbers, counts, met = Wording.count(told)
    folder_of.put_wording(draft, words, numbers, counts, met)
    folder_of.put_bands(draft, sample_bands(catalogue, int(asked["band_rows"]), int(asked["seed"])))
    tables = tables or Tables(Wording.from_counts(words, numbers, counts, met), None, "none")
    draft.about["suggester"] = tables.suggester
    progress(f"reading {len(rows)} parcels day by day, suggester: {tables.suggester}")
    past, seed = Past(**asked["past"]), int(asked["seed"])
    read = read_stream(rows, past, tables, rates, limits, seed, float(asked["unasked"]))
    models = {name: _fit(name, read, asked, progress) for name in (*TYPOLOGIES, OVERALL)}
    folder_of.put_models(draft, models)
    return Trained(draft.save(out), read, found)


def _fit(name: str, read: Read, asked: Mapping[str, Any], progress: Progress) -> Model:
    import lightgbm as lgb

    progress(f"training {name}")
    columns, wrong = columns_of(name), read.labels[name]
    apart = np.array(
        [place(str(r), int(asked["seed"])) < float(asked["calibrated_on"]) for r in read.relatives]
    )
    how = {**asked["booster"], "objective": "binary", "verbose": -1, "seed": int(asked["seed"])}
    how |= {"num_threads": int(asked["threads"]), "deterministic": True, "force_row_wise": True}
    if name != OVERALL:
        how |= {"monotone_constraints": directions_for(name)}
    values = read.values[:, columns]
    rows = lgb.Dataset(values[~apart], wrong[~apart])
    booster = lgb.train(how, rows, int(asked["trees"]))
    model = Model(booster, columns, Knots((0.0, 1.0), (0.0, 1.0)))
    raw = model.raw(read.values[apart])
    knots = Knots.fit(list(1 / (1 + np.exp(-raw))), [bool(w) for w in wrong[apart]], int(asked["knots"]))
    return Model(booster, columns, knots)
