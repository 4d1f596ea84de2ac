"""A parcel as others are held against it: what it holds, when it was sent, and between whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from models.risk.identity import plain
from serving.asked import AskedItem


@dataclass(frozen=True, slots=True)
class Sent:
    """A parcel to the same recipient: what it holds and whether the same sender sent it.

    ``goods`` are the headings (4 digits) of its goods; ``value_usd`` dollars; ``day`` that of posting, else of entry.
    """

    parcel: str
    day: date
    value_usd: Decimal
    goods: frozenset[str]
    gift: bool
    same_sender: bool


# Items and a number of days -> for each item the parcels sent to its recipient within so many days before, its own left out.
Earlier = Callable[[Sequence[AskedItem], int], Sequence[Sequence[Sent]]]


def posted_on(received: Mapping[str, Any], entered: date) -> date:
    """The day of posting, else that of entry."""
    try:
        return date.fromisoformat(str(received.get("posted_on")))
    except ValueError:  # not given, or no day
        return entered


def sender_of(party: Any) -> str:
    """A sender by name, in one spelling; empty where there is none."""
    return plain(str(party["name"])) if isinstance(party, Mapping) and party.get("name") else ""


def person_of(party: Any) -> str:
    """A recipient: the name with the postal code, in one spelling; empty where either is missing."""
    name = sender_of(party)
    code = "".join(c for c in str(party.get("postal_code") or "") if c.isalnum()) if name else ""
    return f"{name}|{code.casefold()}" if name and code else ""
