"""The benchmark's declarations as numbers, and as the keys whose past rates say something of goods not yet seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
LINEAR = (  # pairs that the linear model reads beside the single keys: those met often enough for a weight each
    "hs10 x origin", "hs6 x origin", "departure x origin", "origin x tax_type", "hs4 x tax_type", "rate x tax_type",
    "mass", "origin x mass", "hs2 x mass", "hs2 x departure", "hs2 x tax_type",
)  # fmt: skip
_CATEGORIES = ("departure", "origin", "tax_type", "origin_mark")


@dataclass(frozen=True)
class Numbering:
    """Which number stands for which category and how often each was met: learned on training rows alone."""

    place: Mapping[str, Mapping[str, int]]
    met: Mapping[str, Mapping[str, int]]

    @classmethod
    def of(cls, table: pd.DataFrame) -> Numbering:
        met = {
            name: {str(k): int(n) for k, n in table[name].value_counts().items()}
            for name in (*_CATEGORIES, "hs10")
        }
        place = {name: {v: n for n, v in enumerate(sorted(met[name]))} for name in _CATEGORIES}
        return cls(place, met)


def columns(table: pd.DataFrame, numbering: Numbering) -> Floats:
    """One row of numbers per declaration: code at four depths, countries, tax, mass, price; no identities, no label."""
    code = table["hs10"]
    made: list[Any] = [code.astype(float), *(code.str[:n].astype(float) for n in (6, 4, 2))]
    for name in _CATEGORIES:
        made.append(table[name].map(numbering.place[name]).fillna(-1.0))
        made.append(table[name].map(numbering.met[name]).fillna(0.0))
    mass, price = table["mass_kg"], table["price"]
    made += [table["rate"], mass, price, price / mass.clip(lower=1e-6)]
    made += [(table["departure"] == table["origin"]).astype(float), code.map(numbering.met["hs10"]).fillna(0)]
    made += [np.round(mass * 100) % 100, np.floor(mass) % 10]
    return np.column_stack([np.asarray(m, dtype=float) for m in made])


def plain_columns(table: pd.DataFrame) -> Floats:
    """What of a declaration says something without remembering it: rate, size, price, roundness, place in the tariff."""
    mass, price, code = table["mass_kg"], table["price"], table["hs10"]
    made = [
        table["rate"],
        np.log1p(mass),
        np.log1p(price),
        np.log1p(price / mass.clip(lower=1e-6)),
        (table["departure"] == table["origin"]).astype(float),
        (mass == mass.round()).astype(float),
        (mass % 10 == 0).astype(float),
        *(code.str[:n].astype(float) for n in (2, 4, 6, 10)),
    ]
    return np.column_stack([np.asarray(m, dtype=float) for m in made])


def keys(table: pd.DataFrame) -> dict[str, NDArray[np.int64]]:
    """Keys whose smoothed past rates become features, each as group numbers over the rows."""
    code, origin = table["hs10"], table["origin"]
    made = {
        "origin": origin,
        "departure": table["departure"],
        "tax_type": table["tax_type"],
        "origin_mark": table["origin_mark"],
        "hs10": code,
        "hs6": code.str[:6],
        "hs4": code.str[:4],
        "hs2": code.str[:2],
        "origin x origin_mark": origin + "|" + table["origin_mark"],
        "hs4 x origin": code.str[:4] + "|" + origin,
        "hs2 x origin": code.str[:2] + "|" + origin,
    }
    return {name: pd.factorize(values)[0] for name, values in made.items()}


def pairs(table: pd.DataFrame) -> dict[str, NDArray[np.int64]]:
    """More keys, each of two or three columns, as group numbers over the rows. Mass counts in steps of its logarithm."""
    code, origin, departure = table["hs10"], table["origin"], table["departure"]
    tax, mark, rate = table["tax_type"], table["origin_mark"], table["rate"].astype(str)
    mass = np.round(np.log1p(table["mass_kg"]) * 2).astype(int).astype(str)
    hs2, hs4, hs6 = (code.str[:n] for n in (2, 4, 6))
    made = {
        "hs10 x origin": (code, origin),
        "hs6 x origin": (hs6, origin),
        "departure x origin": (departure, origin),
        "origin x tax_type": (origin, tax),
        "hs10 x tax_type": (code, tax),
        "hs6 x departure": (hs6, departure),
        "hs4 x tax_type": (hs4, tax),
        "hs10 x origin x departure": (code, origin, departure),
        "all but mass": (code, departure, origin, rate, tax),
        "rate x tax_type": (rate, tax),
        "rate": (rate,),
        "hs2 x departure": (hs2, departure),
        "hs2 x tax_type": (hs2, tax),
        "origin_mark x tax_type": (mark, tax),
        "hs6 x mass": (hs6, mass),
        "mass": (mass,),
        "origin x mass": (origin, mass),
        "hs2 x mass": (hs2, mass),
        "hs4 x origin x tax_type": (hs4, origin, tax),
        "origin x origin_mark x departure": (origin, mark, departure),
    }
    return {name: pd.factorize(_together(columns))[0] for name, columns in made.items()}


def _together(columns: Sequence[pd.Series]) -> pd.Series:
    joined = columns[0].astype(str)
    for column in columns[1:]:
        joined = joined + "|" + column.astype(str)
    return joined


@dataclass(frozen=True)
class Rates:
    """Smoothed rates by key: ``(sum + m * prior) / (n + m)`` with the count beside it; unseen gives the prior."""

    smoothing: float

    def __call__(
        self,
        groups: Sequence[NDArray[np.int64]],
        wrong: Floats,
        weight: Floats,
        known: NDArray[np.int64],
        asked: NDArray[np.int64],
    ) -> Floats:
        """Features of rows ``asked`` from the labels of rows ``known``; the two must share no relatives."""
        prior = float(np.average(wrong[known], weights=weight[known]))
        made = []
        for group in groups:
            width = int(group.max()) + 1
            total = np.bincount(group[known], weight[known], width)
            hits = np.bincount(group[known], weight[known] * wrong[known], width)
            rate = (hits + self.smoothing * prior) / (total + self.smoothing)
            made += [rate[group[asked]], np.log1p(total)[group[asked]]]
        return np.column_stack(made)
