"""Expected duty at stake: what would be owed beyond the declaration, by typology, times how likely each is.

Undervaluation: duty on the value missing to the usual one. Misclassification: the duty the description would owe
beyond the declared number's. Origin, restricted, splitting: all duty on the parcel, since which rate or exemption
falls away is not known before it is opened. Where neither value nor rate is known there is no figure, not zero.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from models.risk.features import Reading, Table
from models.risk.parcel import RiskParcel


def stake_usd(
    parcel: RiskParcel,
    table: Table,
    row: int,
    typologies: Mapping[str, float],
    reading: Reading,
    duty: float | None,
) -> float | None:
    """Dollars, or None. ``duty``: percent of the value in all where it is known; else the number's general rate."""
    opinion = table.opinions[row]
    rate = duty
    if rate is None:
        rate = reading.rates.get((parcel.hts or opinion.best or "")[:8])
    if rate is None or parcel.value_usd is None:
        return None
    value = parcel.value_usd
    usual = _usual_value(parcel, reading, opinion.best if opinion.sure > 0.2 else None)
    gap = opinion.duty_gap if not math.isnan(opinion.duty_gap) else 0.0
    owed = value * rate / 100
    found = typologies["undervaluation"] * max(0.0, (usual or value) - value) * rate / 100
    found += typologies["misclassification"] * value * max(0.0, gap) / 100
    found += max(typologies[t] for t in ("origin", "restricted", "splitting")) * owed
    return found


def _usual_value(parcel: RiskParcel, reading: Reading, by_text: str | None) -> float | None:
    band = reading.bands.find(parcel.hts or by_text, parcel.origin)[0]
    return math.exp(band.middle) * (parcel.quantity or 1.0) if band else None
