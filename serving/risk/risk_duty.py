"""The whole duty of declared and suspected facts, for what is at stake: the calculator of the day, by mail.

Each parcel is asked with the facts it brings: gift, weight, pieces. Where the calculator wants a fact that nobody
gave, or the law of the day has no figure, there is none here either, and general rates stand in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from data.law import Law
from data.schedule import Schedule
from models.duty.batch import price_batch
from models.duty.batch.result import UNKNOWN
from models.duty.calculator import LONG, assess_many
from models.duty.records import DutyAssessment, DutyRequest
from models.risk.parcel import RiskParcel
from models.risk.stake import Facts, Owes

_CENT = Decimal("0.01")


def owes_on(law: Law, schedule: Schedule, on: date, parcels: Sequence[RiskParcel]) -> Owes:
    """Prices facts of these parcels as mail entered on a day, in dollars."""
    own: dict[int, Mapping[str, Any]] = {}

    def request(facts: Facts) -> DutyRequest:
        known = own.get(facts.row)
        if known is None:
            known = own[facts.row] = _facts(parcels[facts.row])
        return DutyRequest("", on, "mail", facts.origin, facts.hts, _dollars(facts.value_usd), known)

    return _priced(law, schedule, request)


def owes_as(law: Law, schedule: Schedule, requests: Sequence[DutyRequest | None]) -> Owes:
    """Prices facts of items as each was priced already: its day, its channel, its own facts."""

    def request(facts: Facts) -> DutyRequest | None:
        base = requests[facts.row]
        if base is None:
            return None
        value = _dollars(facts.value_usd)
        return replace(base, origin=facts.origin, hts=facts.hts, value_usd=value)

    return _priced(law, schedule, request)


def _priced(law: Law, schedule: Schedule, request: Callable[[Facts], DutyRequest | None]) -> Owes:
    def owes(asked: Sequence[Facts]) -> list[float | None]:
        requests = [request(facts) for facts in asked]
        cents = iter(_cents([r for r in requests if r is not None], law, schedule))
        owed = [None if one is None else next(cents) for one in requests]
        return [None if one is None else one / 100 for one in owed]

    return owes


def _cents(requests: Sequence[DutyRequest], law: Law, schedule: Schedule) -> list[int | None]:
    """Duty in cents, None where it cannot be priced. Of many only the sums are made, not the lines."""
    if len(requests) >= LONG:
        return [None if c == UNKNOWN else c for c in price_batch(requests, law, schedule).duty_cents.tolist()]
    answers = assess_many(requests, law, schedule)
    return [a.duty if isinstance(a, DutyAssessment) else None for a in answers]


def _facts(parcel: RiskParcel) -> dict[str, Any]:
    """What a parcel's declaration says that the law asks for."""
    facts: dict[str, Any] = {}
    if parcel.category == "gift":
        facts["gift"] = True
    elif parcel.category == "documents":
        facts["documents"] = True
    elif parcel.category == "returned_goods" and parcel.origin == "US":
        facts["us_goods_returned"] = True
    if parcel.weight_kg:
        facts["net_kg"] = Decimal(repr(parcel.weight_kg))
    if parcel.quantity:
        facts["number"] = Decimal(repr(parcel.quantity))
    return facts


def _dollars(value: float) -> Decimal:
    return Decimal(repr(value)).quantize(_CENT)
