"""Expected duty at stake: what would be owed beyond the declaration if a suspicion held, times how likely each is.

Undervaluation: the same goods at their usual value. Misclassification: the number the description points to.
Origin: made in the country they are sent from. Restricted, splitting, and an origin nobody can name: all duty on
the parcel, since which rate or exemption falls away is not known before it is opened. Duty is that of the whole
calculator where it can answer for both the declared facts and the suspected ones; else the general rate in percent,
and the answer says so. Where neither value nor rate is known there is no figure, not zero.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from models.risk.features import Reading, Table
from models.risk.parcel import RiskParcel

WHOLE, GENERAL = "whole duty", "general rate"
LEAST = 0.01  # a typology less likely than this adds under a hundredth of its gap: it is left out
SURE = 0.2  # how sure words must be of a number before it is priced


class Facts(NamedTuple):
    """What a duty is asked for: the parcel's place in the batch, origin, digits, dollars."""

    row: int
    origin: str
    hts: str
    value_usd: float


# The whole duty in dollars for each of the asked, None where it cannot be said.
Owes = Callable[[Sequence[Facts]], Sequence[float | None]]


@dataclass(frozen=True, slots=True)
class Stake:
    """Dollars expected beyond the declared duty; ``basis`` says which duty they were reckoned with."""

    usd: float
    basis: str


def stakes(
    parcels: Sequence[RiskParcel],
    table: Table,
    typologies: Sequence[Mapping[str, float]],
    reading: Reading,
    owes: Owes | None = None,
) -> list[Stake | None]:
    """The stake of each parcel, in order; None where value or number is not known."""
    suspected = [
        _suspected(row, parcel, table, typologies[row], reading) for row, parcel in enumerate(parcels)
    ]
    asked = [facts for found in suspected for facts in found.values() if facts.origin]
    priced = dict(zip(asked, owes(asked), strict=True)) if owes is not None and asked else {}
    return [_stake(found, typologies[row], reading, priced) for row, found in enumerate(suspected)]


def _suspected(
    row: int, parcel: RiskParcel, table: Table, p: Mapping[str, float], reading: Reading
) -> dict[str, Facts]:
    """The declared facts, and those a likely enough typology would put in their place, by typology."""
    opinion, answer = table.opinions[row], table.answers[row]
    by_text = answer.best or (opinion.best if opinion.sure > SURE else None)
    code = _priced_number(parcel.hts, by_text)
    if code is None or parcel.value_usd is None:
        return {}
    declared = Facts(row, parcel.origin or "", code, parcel.value_usd)
    found = {"declared": declared}
    if p["undervaluation"] >= LEAST:
        band = reading.bands.find(parcel.hts or by_text, parcel.origin)[0]
        usual = math.exp(band.middle) * (parcel.quantity or 1.0) if band else 0.0
        if usual > parcel.value_usd:
            found["undervaluation"] = declared._replace(value_usd=usual)
    if p["misclassification"] >= LEAST and by_text and not by_text.startswith(code):
        found["misclassification"] = declared._replace(hts=by_text)
    made_in = parcel.sender.country or parcel.origin_post
    if p["origin"] >= LEAST and made_in and made_in != parcel.origin:
        found["origin"] = declared._replace(origin=made_in)
    return found


def _priced_number(declared: str | None, by_text: str | None) -> str | None:
    """The declared number where it is long enough to price, else the likeliest one under it; nothing is padded."""
    if declared and len(declared) >= 8:
        return declared
    return by_text if by_text and by_text.startswith(declared or "") else None


def _stake(
    found: Mapping[str, Facts], p: Mapping[str, float], reading: Reading, priced: Mapping[Facts, float | None]
) -> Stake | None:
    if not found:
        return None
    whole = {name: priced.get(facts) for name, facts in found.items()}
    if all(duty is not None for duty in whole.values()):
        return Stake(_expected({k: v for k, v in whole.items() if v is not None}, p), WHOLE)
    general: dict[str, float] = {}
    for name, facts in found.items():
        rate = reading.rates.get(facts.hts[:8])
        if rate is not None:
            general[name] = facts.value_usd * rate / 100
    return Stake(_expected(general, p), GENERAL) if "declared" in general else None


def _expected(duty: Mapping[str, float], p: Mapping[str, float]) -> float:
    declared = duty["declared"]
    gaps = {t: max(0.0, duty[t] - declared) for t in ("undervaluation", "misclassification") if t in duty}
    found = sum(p[t] * gap for t, gap in gaps.items())
    whole = [p["restricted"], p["splitting"]]
    if duty.get("origin", 0.0) > declared:
        found += p["origin"] * (duty["origin"] - declared)
    else:
        whole.append(p["origin"])
    return found + max(whole) * declared
