"""A parcel as the risk score reads it: what was declared, checked field by field.

Field names are those of `mailduty score`: ``id posted_on description hts origin value_usd quantity weight_kg
category sender recipient seller brand origin_post invoice tracking_id``. Only ``id`` must be there; whatever else
is missing stays missing and is itself a signal. What cannot be (a negative weight, an unknown country, a value as
text, a day after today) is an error with its field.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from typing import Any

from data.countries import country
from data.errors import MailDutyError
from data.records import Category

CATEGORIES = frozenset(Category)
_MOST = 1e9


@dataclass(frozen=True, slots=True)
class RiskParty:
    """Sender or recipient as declared; any field may be missing."""

    name: str | None = None
    address: str | None = None
    city: str | None = None
    region: str | None = None
    postal_code: str | None = None
    country: str | None = None
    phone: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class RiskParcel:
    """One parcel. Value in US dollars and weight in kg for the whole parcel, ``quantity`` in pieces, ``hts`` digits."""

    id: str
    posted_on: date
    description: str | None = None
    hts: str | None = None
    origin: str | None = None
    value_usd: float | None = None
    quantity: float | None = None
    weight_kg: float | None = None
    category: str | None = None
    sender: RiskParty = RiskParty()
    recipient: RiskParty = RiskParty()
    seller: str | None = None
    brand: str | None = None
    origin_post: str | None = None
    invoice: str | None = None
    tracking_id: str | None = None


NOBODY = RiskParty()
FIELDS = tuple(f.name for f in fields(RiskParcel))
_KNOWN = frozenset(FIELDS)
_PARTY = frozenset(f.name for f in fields(RiskParty))
_TEXTS = ("description", "seller", "brand", "invoice", "tracking_id")


def read_parcel(row: Any, today: date) -> RiskParcel:
    """A row as a parcel; one without ``posted_on`` counts as posted today.

    Raises MailDutyError RISK_FIELD with ``field``, the rule and the remedy.
    """
    if isinstance(row, MailDutyError):
        raise row
    if not isinstance(row, Mapping):
        raise _bad("row", row, "a row is a JSON object", 'write {"id": ..., ...}')
    if row.get("id") in (None, "") or isinstance(row["id"], (dict, list, bool)):
        raise _bad("id", row.get("id"), "an answer is found again by its id", "give each parcel an id")
    for name in row:
        if name not in _KNOWN:
            raise _bad(name, row[name], f"{name} is no field of a parcel", "check its spelling")
    texts = {name: _text(row.get(name), name) for name in _TEXTS}
    category = _text(row.get("category"), "category")
    if category is not None and category not in CATEGORIES:
        raise _bad("category", category, f"a category is one of {', '.join(sorted(CATEGORIES))}", "use one")
    return RiskParcel(
        id=str(row["id"]),
        posted_on=_day(row.get("posted_on"), today),
        hts=_code(row.get("hts")),
        origin=_country(row.get("origin"), "origin"),
        value_usd=_number(row.get("value_usd"), "value_usd"),
        quantity=_number(row.get("quantity"), "quantity"),
        weight_kg=_number(row.get("weight_kg"), "weight_kg"),
        category=category,
        sender=_party(row.get("sender"), "sender"),
        recipient=_party(row.get("recipient"), "recipient"),
        origin_post=_country(row.get("origin_post"), "origin_post"),
        **texts,
    )


def _number(value: Any, name: str) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _bad(name, value, f"{name} is a number", "write it without quotes and units")
    if not math.isfinite(value) or value < 0 or value >= _MOST:
        raise _bad(
            name, value, f"{name} is zero or more", "correct it, or leave it out where it is not known"
        )
    return float(value)


def _text(value: Any, name: str) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise _bad(name, value, f"{name} is a text", "write it in quotes")
    return value.strip()[:1000] or None


def _day(value: Any, today: date) -> date:
    if value is None:
        return today
    try:
        day = value if type(value) is date else date.fromisoformat(value)
    except (TypeError, ValueError):
        raise _bad("posted_on", value, "a day is written YYYY-MM-DD", "write it as 2026-09-01") from None
    if day > today:
        raise _bad(
            "posted_on", value, f"a parcel is posted by {today.isoformat()} at the latest", "correct it"
        )
    return day


def _code(value: Any) -> str | None:
    text = _text(value, "hts")
    if text is None:
        return None
    digits = text.replace(".", "").replace(" ", "")
    if not (digits.isascii() and digits.isdigit() and 4 <= len(digits) <= 10 and len(digits) % 2 == 0):
        raise _bad("hts", value, "a tariff number has 4, 6, 8 or 10 digits", "correct it, or leave it out")
    return digits


def _country(value: Any, name: str) -> str | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise _bad(name, value, f"{name} is a two-letter country code", "write it in quotes")
    code = _known_country(value)
    if code is None:
        raise _bad(name, value, "a country is an ISO 3166-1 code", "write two letters such as CN, DE or GB")
    return code


@lru_cache(maxsize=4096)
def _known_country(text: str) -> str | None:
    try:
        return country(text).code
    except MailDutyError:
        return None


def _party(value: Any, name: str) -> RiskParty:
    if value is None:
        return NOBODY
    if not isinstance(value, Mapping):
        raise _bad(name, value, f"{name} is an object", 'write {"name": ..., "address": ..., "country": ...}')
    for key in value:
        if key not in _PARTY:
            raise _bad(f"{name}.{key}", value[key], f"{key} is no field of a party", "check its spelling")
    held = {
        key: _country(given, f"{name}.country") if key == "country" else _text(given, f"{name}.{key}")
        for key, given in value.items()
    }
    return RiskParty(**held)


def _bad(name: str, value: Any, rule: str, remedy: str) -> MailDutyError:
    return MailDutyError("RISK_FIELD", f"{name} is {str(value)[:60]!r}", rule, remedy, field=name)
