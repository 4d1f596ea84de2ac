"""Which way the items of a batch may enter, parcel by parcel: what closes a route for one item closes it for all.

Asks :func:`models.duty.routes.routes` for each item with the worth of its whole parcel and the Chapter 98 and 99
headings it owes under, then keeps for a parcel what every dutiable item in it may take.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from data.errors import MailDutyError
from data.law import Law
from models.duty.records import DutyAssessment, DutyError, DutyRequest
from models.duty.routes import EXEMPT, FORMAL, RETURNED, RouteAnswer, routes

Priced = tuple[DutyRequest, DutyAssessment | DutyError]


def route_items(
    priced: Sequence[Priced], parcels: Sequence[str | None], law: Law
) -> list[RouteAnswer | None]:
    """One route for each item, in order. None where the item is no mail, or where an unknown duty decides it."""
    groups: dict[Any, list[int]] = defaultdict(list)
    for i, parcel in enumerate(parcels):
        groups[parcel or i].append(i)
    found: list[RouteAnswer | None] = [None] * len(priced)
    for places in groups.values():
        worth = sum((priced[i][0].value_usd for i in places), Decimal(0))
        alone = {i: _one(*priced[i], worth, law) for i in places}
        together = _together([a for a in alone.values() if a])
        for i, answer in alone.items():
            found[i] = answer if answer is None or _free(answer) else together
    return found


def _one(
    request: DutyRequest, duty: DutyAssessment | DutyError, worth: Decimal, law: Law
) -> RouteAnswer | None:
    if request.channel != "mail":
        return None
    chapter_99: list[str] = []
    if isinstance(duty, DutyAssessment):
        chapter_99 = [line.heading for line in duty.lines if line.heading[:2] in ("98", "99") and line.amount]
    try:
        answer = routes(replace(request, value_usd=worth), law, chapter_99)
    except MailDutyError:
        return None  # the duty has the same error, and says it
    return None if isinstance(duty, DutyError) and answer.route != FORMAL else answer


def _together(answers: Sequence[RouteAnswer]) -> RouteAnswer | None:
    dutiable = [answer for answer in answers if not _free(answer)]
    if not dutiable:
        return None
    allowed = tuple(way for way in dutiable[0].allowed if all(way in other.allowed for other in dutiable))
    reasons = tuple(dict.fromkeys(reason for answer in dutiable for reason in answer.reasons))
    return RouteAnswer(allowed[0] if allowed else FORMAL, allowed or (FORMAL,), reasons)


def _free(answer: RouteAnswer) -> bool:
    return answer.route in (EXEMPT, RETURNED)


def as_json(answer: RouteAnswer | None) -> dict[str, Any] | None:
    """``{"route","allowed","reasons":[{"code","message","citation"}]}``, or null where it is not known."""
    if answer is None:
        return None
    reasons = [{"code": r.code, "message": r.text, "citation": r.citation} for r in answer.reasons]
    return {"route": answer.route, "allowed": list(answer.allowed), "reasons": reasons}
