"""Parcels that the ledger has seen go to the same recipient: for orders sent apart and gifts of one day.

People are looked up by their keyed hashes; names are unsealed only to tell who sent and who received. An item that
is in the ledger already is held against what came before or with its own first record, so that the same manifest sent
again finds the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import func, select

from serving.asked import AskedItem
from serving.decisions.sent import Earlier, Sent, person_of, posted_on, sender_of
from serving.ledger import Ledger, Record
from serving.ledger.finding import slices
from serving.ledger.sealing import label_of
from serving.ledger.tables import current, records, subjects


class _Known(NamedTuple):
    """A current record with the people it came with, unsealed, and when the item first came (UTC text)."""

    record: Record
    people: Mapping[str, Any]
    first: str


def sent_before(ledger: Ledger, party: str) -> Earlier:
    """A function of items and days: for each item the parcels sent to its recipient within so many days."""

    def earlier(items: Sequence[AskedItem], days: int) -> list[list[Sent]]:
        known = _known(ledger, party, items, days)
        own = _first_times(ledger, party, {_key(item) for item in items})
        return [_sent(item, known.get(_recipient(item), ()), own.get(_key(item)), days) for item in items]

    return earlier


def _known(ledger: Ledger, party: str, items: Sequence[AskedItem], days: int) -> dict[str, list[_Known]]:
    """Recipient -> current records of parcels to them, of the days around the batch."""
    asked = {_recipient(item): item for item in items if _recipient(item)}
    if not asked:
        return {}
    labels = {label for item in asked.values() for label in label_of(**_texts(item.received["recipient"]))}
    named = {label for label in labels if label.startswith("name ")}  # a shared telephone makes no one person
    hashes = {found for label in named for found in ledger.sealer().subjects(label)}
    first, last = min(item.day for item in items), max(item.day for item in items)
    found = _records(ledger, party, hashes, first - timedelta(days), last + timedelta(days))
    people = ledger.personal(found)
    times = _first_times(ledger, party, {record.item_key for record in found})
    by_recipient: dict[str, list[_Known]] = defaultdict(list)
    for record in found:
        held = people.get(record.record_id, {})
        who = person_of(held.get("recipient"))
        if who in asked:
            by_recipient[who].append(_Known(record, held, times[record.item_key]))
    return by_recipient


def _records(ledger: Ledger, party: str, hashes: Collection[str], first: date, last: date) -> list[Record]:
    """Current records of some people, of these days; by the index of people first, for there are few of them."""
    ids: set[str] = set()
    found: list[Record] = []
    with ledger.reading() as connection:
        for some in slices(hashes):
            of_people = select(subjects.c.record_id).where(
                subjects.c.party == party, subjects.c.subject.in_(some)
            )
            ids |= set(connection.execute(of_people).scalars())
        for some in slices(ids):
            asked = (
                select(records)
                .where(records.c.record_id.in_(some), records.c.kind.in_(("assessment", "correction")))
                .where(records.c.entered_on >= first.isoformat(), records.c.entered_on <= last.isoformat())
                .where(records.c.record_id.in_(select(current.c.record_id).where(current.c.party == party)))
            )
            found += [Record(*row) for row in connection.execute(asked)]
    return sorted(found, key=lambda record: record.seq)


def _first_times(ledger: Ledger, party: str, keys: Collection[str]) -> dict[str, str]:
    """Item key -> when its first record was written; those of one batch share it."""
    found: dict[str, str] = {}
    with ledger.reading() as connection:
        for some in slices(keys):
            asked = select(records.c.item_key, func.min(records.c.at)).where(
                records.c.party == party, records.c.item_key.in_(some)
            )
            found |= {key: at for key, at in connection.execute(asked.group_by(records.c.item_key))}
    return found


def _sent(item: AskedItem, known: Sequence[_Known], own: str | None, days: int) -> list[Sent]:
    """Parcels, each once: what its items are worth together, what they are, and whether all are gifts."""
    parcels: dict[str, list[_Known]] = defaultdict(list)
    for one in known:
        parcel = one.record.tracking_id or one.record.item_id
        if parcel != (item.parcel or item.id) and (own is None or one.first <= own):
            parcels[parcel].append(one)
    found = []
    for parcel, lines in parcels.items():
        bodies = [body for line in lines if (body := line.record.body()) and "asked" in body]
        if not bodies:
            continue
        day = posted_on(bodies[0]["received"], date.fromisoformat(bodies[0]["asked"]["entry_date"]))
        if abs((day - posted_on(item.received, item.day)).days) >= days:
            continue
        sender = sender_of(lines[0].people.get("sender"))
        found.append(
            Sent(
                parcel,
                day,
                sum((Decimal(body["asked"]["value_usd"] or 0) for body in bodies), Decimal(0)),
                frozenset(code for body in bodies if (code := _heading(body))),
                all(body["asked"]["facts"].get("gift") is True for body in bodies),
                bool(sender) and sender == sender_of(item.received.get("sender")),
            )
        )
    return found


def _heading(body: Mapping[str, Any]) -> str:
    code = body["assessment"]["suggestion"]["code"] or ""
    digits = "".join(c for c in code if c.isdigit())
    return digits[:4] if len(digits) >= 4 else ""


def _key(item: AskedItem) -> str:
    return f"{item.parcel or ''}|{item.id}"


def _recipient(item: AskedItem) -> str:
    return person_of(item.received.get("recipient"))


def _texts(party: Mapping[str, Any]) -> dict[str, str]:
    return {str(name): value for name, value in party.items() if isinstance(value, str)}
