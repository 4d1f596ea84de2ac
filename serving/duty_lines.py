"""Prices items whose tariff number is known: a dictionary in, a dictionary out, in the same order.

The shape is that of ``mailduty duty`` and of ``/duty``; README documents it. An item that cannot be read or priced
gives ``{"id", "error"}`` in its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from data.errors import MailDutyError
from data.law import Law
from data.schedule import Schedule
from models.duty.calculator import DutyRequest, assess_many
from serving.asked import as_amount, as_channel, as_country, as_day

FIELDS = ("id", "entry_date", "channel", "origin", "hts", "value_usd", "facts")
NEEDED = ("id", "entry_date", "channel", "origin", "value_usd")


def price(items: Sequence[Any], law: Law, schedule: Schedule) -> list[dict[str, Any]]:
    """One answer for each item. Anything may stand in ``items``; what is no item gets an error."""
    requests: list[DutyRequest] = []
    answers: list[dict[str, Any]] = []
    waiting: list[int] = []
    for item in items:
        try:
            request = read(item)
        except MailDutyError as error:
            answers.append(refusal(_id(item), error))
        else:
            waiting.append(len(answers))
            requests.append(request)
            answers.append({})
    for place, request, answer in zip(waiting, requests, assess_many(requests, law, schedule), strict=True):
        failed = isinstance(answer, MailDutyError)
        answers[place] = refusal(request.id, answer) if failed else answer.as_json()
    return answers


def refusal(identifier: Any, error: MailDutyError) -> dict[str, Any]:
    """``{"id", "error": {"code", "message", ...}}``."""
    return {"id": identifier, "error": error.as_dict()}


def read(item: Any) -> DutyRequest:
    """A request from a dictionary. Raises MailDutyError naming the field and what it should hold.

    An error in the place of an item (a line that was no JSON) is raised as it is.
    """
    if isinstance(item, MailDutyError):
        raise item
    if not isinstance(item, Mapping):
        raise MailDutyError(
            "ITEM_MALFORMED", f"a {type(item).__name__} stands where an item should", "an item is a JSON object"
        )
    missing = [name for name in NEEDED if item.get(name) is None]
    if missing:
        raise MailDutyError(
            "FIELD_MISSING",
            f"{', '.join(missing)} is not given" if len(missing) == 1 else f"{', '.join(missing)} are not given",
            f"an item has {', '.join(NEEDED)}",
            "give it",
            field=missing[0],
        )
    unknown = [name for name in item if name not in FIELDS]
    if unknown:
        raise MailDutyError(
            "FIELD_UNKNOWN",
            f"{', '.join(map(str, unknown))[:80]} is not a field of an item",
            f"the fields are {', '.join(FIELDS)}",
            "put further facts under facts",
            field=str(unknown[0])[:80],
        )
    hts, facts = item.get("hts"), item.get("facts") or {}
    if not isinstance(facts, Mapping):
        raise MailDutyError("FACTS_MALFORMED", "facts is no JSON object", "facts are names and values", field="facts")
    if hts is not None and not isinstance(hts, str):
        raise MailDutyError(
            "HTS_MALFORMED", f"hts is {hts!r}"[:60], "a tariff number is text", "put it in quotes", field="hts"
        )
    return DutyRequest(
        id=str(item["id"]),
        entry_date=as_day(item["entry_date"], "entry_date"),
        channel=as_channel(item["channel"]),
        origin=as_country(item["origin"]),
        hts=hts.strip() or None if hts else None,
        value_usd=as_amount(item["value_usd"], "value_usd"),
        facts=dict(facts),
    )


def _id(item: Any) -> str | None:
    found = item.get("id") if isinstance(item, Mapping) else None
    return None if found is None else str(found)
