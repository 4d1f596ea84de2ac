"""What a piece and a kilogram of some goods usually cost, as robust bands by tariff number.

A band is the median and spread (scaled median absolute deviation) of the logarithm, learned from an operator's own
parcels: by ten digits and origin, then ten digits, eight, six, the heading. The finest with enough parcels answers.
Reference unit values from elsewhere (Census, Comtrade) are bands too, marked by their source.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from data.unit_values import UnitValue
from models.risk.parcel import RiskParcel

LEAST = 8  # parcels behind a band
NARROWEST = 0.25  # spread of a logarithm; nothing sold is priced closer than that
LEVELS = (10, 8, 6, 4)
MEASURES = ("per_piece", "per_kg", "kg_per_piece")
Measures = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Band:
    """Median and spread of the natural logarithm, the parcels behind it, the digits it was found at."""

    middle: float
    spread: float
    count: int
    level: int

    def distance(self, amount: float) -> float:
        """How many spreads an amount lies above (or, negative, below) the usual one, held within 8."""
        return max(-8.0, min(8.0, (math.log(max(amount, 0.005)) - self.middle) / self.spread))


@dataclass
class Bands:
    """``fit`` learns; ``find`` answers with the finest band that has enough behind it, else None."""

    least: int = LEAST
    source: str = "own history"
    held: dict[str, tuple[Band | None, Band | None, Band | None]] = field(default_factory=dict)
    below: Bands | None = None  # asked where these know nothing

    def fit(self, parcels: Iterable[RiskParcel]) -> Bands:
        """Learns from parcels with a number; the wrong ones among them move a median little."""
        return self.fit_measures((p.hts, p.origin, amounts(p)) for p in parcels if p.hts)

    def fit_measures(self, rows: Iterable[tuple[str | None, str | None, Measures]]) -> Bands:
        """The same from tariff number, origin and the three amounts (not a number where unknown)."""
        found: dict[str, list[Measures]] = {}
        for code, origin, measured in rows:
            for key in _keys(code or "", origin):
                found.setdefault(key, []).append(measured)
        for key, values in found.items():
            if len(values) >= self.least:
                bands = [_band(column, _level(key), self.least) for column in zip(*values, strict=True)]
                self.held[key] = (bands[0], bands[1], bands[2])
        return self

    def fit_unit_values(self, flows: Iterable[UnitValue]) -> Bands:
        """Learns value per kilogram from trade statistics; what a piece costs or weighs they do not say."""
        unknown = math.nan
        return self.fit_measures((f.code, f.origin, (unknown, f.usd_per_kg, unknown)) for f in flows)

    def over(self, other: Bands) -> Bands:
        """These bands, at whatever level they know a number, and where they know nothing of a measure those of
        ``other``: what was seen, if only by the heading, before what was made up."""
        return Bands(self.least, f"{self.source}, else {other.source}", self.held, other)

    def find(self, code: str | None, origin: str | None) -> tuple[Band | None, Band | None, Band | None]:
        """Bands for value per piece, value per kg and kg per piece of a number; None where too little is known."""
        if not code:
            return _NONE
        found: tuple[Band | None, Band | None, Band | None] = _NONE
        for key in _keys(code, origin):
            known = self.held.get(key)
            if known is not None:
                found = known
                break
        if self.below is None or None not in found:
            return found
        one, two, three = (a or b for a, b in zip(found, self.below.find(code, origin), strict=True))
        return one, two, three

    def as_json(self) -> dict[str, Any]:
        """For the model folder: ``{"source", "least", "bands": {key: [[middle, spread, count] or null, ...]}}``."""
        plain = {
            k: [[round(b.middle, 3), round(b.spread, 3), b.count] if b else None for b in bands]
            for k, bands in sorted(self.held.items())
        }
        return {"source": self.source, "least": self.least, "bands": plain}

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Bands:
        made = cls(int(body["least"]), str(body["source"]))
        for key, rows in body["bands"].items():
            bands = [Band(r[0], r[1], r[2], _level(key)) if r else None for r in rows]
            made.held[key] = (bands[0], bands[1], bands[2])
        return made


_NONE: tuple[None, None, None] = (None, None, None)


def amounts(parcel: RiskParcel) -> Measures:
    """Value per piece, value per kg, kg per piece; not a number where it cannot be said."""
    pieces = parcel.quantity or 1.0
    value = parcel.value_usd if parcel.value_usd is not None else math.nan
    weight = parcel.weight_kg or math.nan
    return value / pieces, value / weight, weight / pieces


def _keys(code: str, origin: str | None) -> list[str]:
    """Finest first: by origin, then level by level; a shorter number starts at its own length."""
    levels = [code[:n] for n in LEVELS if len(code) >= n]
    finest = [f"{levels[0]}@{origin}"] if origin and levels and len(code) >= 6 else []
    return finest + levels


def _level(key: str) -> int:
    return len(key.partition("@")[0])


def _band(values: Sequence[float], level: int, least: int) -> Band | None:
    known = np.array([v for v in values if v == v and v > 0])
    if len(known) < least:
        return None
    logs = np.log(known)
    middle = float(np.median(logs))
    spread = 1.4826 * float(np.median(np.abs(logs - middle)))
    return Band(middle, max(spread, NARROWEST), len(known), level)
