"""What is asked of the assessor for one item, whether it came in a manifest or as a message.

The day of entry decides the law. It is the day asked for (``--on``, or ``on`` in a message) where there is one,
because a rate is fixed when the entry is made (19 CFR 145.12(b)(2)); else the day the item arrived; else today.
Each answer says which of the three it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from data.countries import country
from data.errors import MailDutyError
from data.s10 import read_identifier
from data.units import UNIT_FACTS, unit_named
from models.duty.records import CHANNELS, dollars
from serving.decisions.decision import Ground

if TYPE_CHECKING:
    from data.records import Item


@dataclass(frozen=True, slots=True)
class AskedItem:
    """One item to assess. ``parcel`` is what it travels in, with others maybe. ``questions`` are what its reader left open; ``received`` is kept in the record."""

    id: str
    day: date
    day_from: str
    channel: str
    description: str | None
    hts_declared: str | None
    origin: str | None
    value_usd: Decimal | None
    facts: Mapping[str, Any] = field(default_factory=dict)
    parcel: str | None = None
    identifier_problem: str | None = None
    questions: tuple[Ground, ...] = ()
    received: Mapping[str, Any] = field(default_factory=dict)


def from_item(item: Item, on: date | None, today: date, more: Mapping[str, Any] | None = None) -> AskedItem:
    """An item of a manifest. ``more`` holds facts of the whole run, such as the method of EO 14324."""
    day, day_from = _day(on, item.arrival_date, today, "arrival")
    questions = tuple(Ground(q.code, q.fact) for q in item.questions if q.blocks)
    bad_s10 = identifier_problem(item.tracking_raw or item.tracking_id)
    return AskedItem(
        id=item.id,
        day=day,
        day_from=day_from,
        channel="mail",
        description=item.goods,
        hts_declared=item.hts_known or "; ".join(item.hts_declared_all) or None,
        origin=item.origin,
        value_usd=item.value_usd,
        facts={**(more or {}), **_facts(item)},
        parcel=item.tracking_id or None,
        identifier_problem=bad_s10,
        questions=questions,
        received=item.model_dump(mode="json", exclude_none=True),
    )


def _facts(item: Item) -> dict[str, Any]:
    """The facts of an item in the names the duty knows: its category, its weight and count, and what it brought."""
    facts: dict[str, Any] = {}
    if item.category == "gift":
        facts["gift"] = True
    elif item.category == "documents":
        facts["documents"] = True
    elif item.category == "returned_goods":
        facts |= _coming_back(item.tracking_id, item.origin)
    if item.is_ems:
        facts["ems"] = True
    for unit, quantity in item.quantities.items():
        name = unit_named(unit)
        if name is not None:  # a unit the tariff does not know prices nothing; it stays in the record
            facts[UNIT_FACTS[name][0]] = quantity
    return {**facts, **item.facts}


def _coming_back(tracking: str, origin: str | None) -> dict[str, Any]:
    """Goods of the US come back free; others do where the US post sent them, and they keep the number they went under."""
    if origin == "US":
        return {"us_goods_returned": True}
    return {"undelivered": True} if of_us_post(tracking) else {}


def of_us_post(tracking: str) -> bool:
    """Whether an identifier is an S10 number in order that the US post issued."""
    s10 = read_identifier(tracking).s10
    return s10 is not None and s10.ok and s10.issuer == "US"


def from_message(identifier: str, message: Mapping[str, Any], on: date | None, today: date) -> AskedItem:
    """An item of a request, with the fields of ``AssessItem``. Raises MailDutyError naming the field."""
    own = message.get("entry_date")
    day, day_from = (as_day(own, "entry_date"), "item") if own else _day(on, None, today, "item")
    tracking, origin, value = (message.get(name) for name in ("tracking_id", "origin", "value_usd"))
    channel = message.get("channel", "mail")
    if channel not in CHANNELS:
        raise MailDutyError(
            "REQUEST_CHANNEL",
            f"channel is {channel!r}"[:60],
            "",
            f"use one of {', '.join(CHANNELS)}",
            field="channel",
        )
    return AskedItem(
        id=identifier,
        day=day,
        day_from=day_from,
        channel=channel,
        description=message.get("description"),
        hts_declared=message.get("hts"),
        origin=country(origin).code if origin else None,
        value_usd=None if value is None else dollars(value, "value_usd"),
        facts=dict(message.get("facts") or {}),
        parcel=tracking,
        identifier_problem=identifier_problem(tracking) if tracking else None,
        received=dict(message),
    )


def asked_json(item: AskedItem) -> dict[str, Any]:
    """The item as it was asked, in JSON and without people: what a later assessment starts from."""
    return {
        "id": item.id,
        "entry_date": item.day.isoformat(),
        "entry_date_from": item.day_from,
        "channel": item.channel,
        "description": item.description,
        "hts": item.hts_declared,
        "origin": item.origin,
        "value_usd": None if item.value_usd is None else format(item.value_usd, "f"),
        "facts": _plain(item.facts),
        "parcel": item.parcel,
        "identifier_problem": item.identifier_problem,
        "questions": [{"code": q.code, "message": q.message} for q in item.questions],
    }


def asked_from(said: Mapping[str, Any], received: Mapping[str, Any]) -> AskedItem:
    """The item of :func:`asked_json` again; ``received`` as it was, with people where they are known."""
    return AskedItem(
        id=said["id"],
        day=date.fromisoformat(said["entry_date"]),
        day_from=said["entry_date_from"],
        channel=said["channel"],
        description=said["description"],
        hts_declared=said["hts"],
        origin=said["origin"],
        value_usd=None if said["value_usd"] is None else Decimal(said["value_usd"]),
        facts=dict(said["facts"]),
        parcel=said["parcel"],
        identifier_problem=said["identifier_problem"],
        questions=tuple(Ground(q["code"], q["message"]) for q in said["questions"]),
        received=dict(received),
    )


def _plain(value: Any) -> Any:
    """A fact in JSON: amounts, quantities and days as text."""
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, Decimal):
        return format(value, "f")
    return value if isinstance(value, (str, bool, int, float, type(None))) else str(value)


def identifier_problem(tracking: str) -> str | None:
    """What is wrong with a tracking identifier, None where nothing is."""
    doubts = read_identifier(tracking).doubts
    return doubts[0][1] if doubts else None


def _day(on: date | None, own: date | None, today: date, name: str) -> tuple[date, str]:
    if on is not None:
        return on, "asked"
    return (own, name) if own is not None else (today, "today")


def as_day(value: Any, field_name: str) -> date:
    """A day written YYYY-MM-DD. Raises ``DATE_MALFORMED``."""
    try:
        if not isinstance(value, str) or len(value) != 10:
            raise ValueError
        return date.fromisoformat(value)
    except ValueError:
        raise MailDutyError(
            "DATE_MALFORMED",
            f"{field_name} is {str(value)[:40]!r}",
            "a day is written YYYY-MM-DD and exists",
            "write it as 2026-09-01",
            field=field_name,
        ) from None
