"""Prices items whose tariff number is known: a dictionary in, a dictionary out, in the same order.

The shape is that of ``mailduty duty`` and of ``/duty``; README documents it. An item that cannot be read or priced
gives ``{"id", "error"}`` in its place and stops no other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from data.errors import MailDutyError
from data.law import Law
from data.schedule import Schedule
from models.duty.batch import price_batch
from models.duty.batch.result import UNKNOWN
from models.duty.calculator import assess_many
from models.duty.records import KEYS, DutyAssessment, DutyRequest

MANY = 200  # requests from which on the batch path sums up faster; its lines are not made then


def cents_of(requests: Sequence[DutyRequest], law: Law, schedule: Schedule) -> list[int | None]:
    """Only the duty of each request, in cents; None where it cannot be priced."""
    if len(requests) >= MANY:
        return [None if c == UNKNOWN else c for c in price_batch(requests, law, schedule).duty_cents.tolist()]
    answers = assess_many(requests, law, schedule)
    return [one.duty if isinstance(one, DutyAssessment) else None for one in answers]


def price(items: Sequence[Any], law: Law, schedule: Schedule) -> list[dict[str, Any]]:
    """One answer for each item. Anything may stand in ``items``; what is no item gets an error."""
    requests: list[DutyRequest] = []
    places: list[int] = []
    answers: list[dict[str, Any]] = []
    for item in items:
        try:
            requests.append(_request(item))
        except MailDutyError as error:
            answers.append({"id": _id(item), "error": {"code": error.code, "message": str(error)}})
        else:
            places.append(len(answers))
            answers.append({})
    for place, answer in zip(places, assess_many(requests, law, schedule), strict=True):
        answers[place] = answer.as_json()
        if unused := [name for name in items[place] if name not in KEYS]:
            said = (
                f"FIELD_UNKNOWN: {', '.join(map(str, unused))[:120]} is no field of an item and was not used"
            )
            answers[place].setdefault("warnings", []).append(said)
    return answers


def _request(item: Any) -> DutyRequest:
    """Raises MailDutyError; an error that stands in the place of an item is raised as it is."""
    if isinstance(item, MailDutyError):
        raise item
    if not isinstance(item, Mapping):
        raise MailDutyError(
            "ITEM_MALFORMED",
            f"a {type(item).__name__} stands where an item should",
            "an item is a JSON object",
            f"give one with {', '.join(KEYS)}",
        )
    return DutyRequest.from_dict(item)


def _id(item: Any) -> str | None:
    found = item.get("id") if isinstance(item, Mapping) else None
    return None if found is None else str(found)[:200]
