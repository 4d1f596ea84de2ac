"""Between whom an item travels: sender and recipient."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from data.countries import country
from data.errors import MailDutyError
from data.manifest.row import Row
from data.records import Party

_PARTY_PARTS = ("address", "city", "region", "postal_code", "phone", "email")
_PARTY_FIELDS = {
    party: frozenset(
        f"{party}_{part}"
        for part in (*_PARTY_PARTS, "name", "first_name", "last_name", "address2", "country")
    )
    for party in ("sender", "recipient")
}


def people_of(row: Row) -> dict[str, Any]:
    """Sender and recipient, by Item field; None where the row says nothing about them."""
    return {party: _party(row, party) for party in ("sender", "recipient")}


def _party(row: Row, party: str) -> Party | None:
    held = row.fields
    if held.keys().isdisjoint(_PARTY_FIELDS[party]):
        return None
    name = held.get(f"{party}_name") or " ".join(
        filter(None, (held.get(f"{party}_first_name"), held.get(f"{party}_last_name")))
    )
    parts: dict[str, str | None] = {part: held.get(f"{party}_{part}") or None for part in _PARTY_PARTS}
    if held.get(f"{party}_address2"):
        parts["address"] = ", ".join(filter(None, (parts["address"], held[f"{party}_address2"])))
    text = held.get(f"{party}_country", "")
    land = _country_code(text) if text else None
    if text and land is None:
        row.ask(
            "COUNTRY_UNKNOWN",
            f"{party}_country",
            f"the country of the {party} is not one we know",
            "Write the two-letter code",
            blocks=False,
        )
    if not name and land is None and not any(parts.values()):
        return None
    return Party(name=name or None, country=land, **parts)


def _country_code(text: str) -> str | None:
    return _country_code_of(text) if len(text) <= 100 else None


@lru_cache(maxsize=4096)
def _country_code_of(text: str) -> str | None:
    try:
        return country(text).code
    except MailDutyError:
        return None
