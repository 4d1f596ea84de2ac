"""Legal holds: what must not be purged or erased, whatever its age, because somebody may ask for it in a dispute.

A hold is on a parcel, or on an item by its own id; ``*`` holds everything a party has. Hold and release are records.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from data.errors import MailDutyError
from serving.ledger.book import Ledger
from serving.ledger.records import Entry, Kept
from serving.ledger.tables import records

EVERYTHING = "*"


@dataclass(frozen=True, slots=True)
class Holds:
    """What stands under a hold."""

    on: frozenset[str]

    def holds(self, tracking_id: str, item_id: str) -> bool:
        """Whether a parcel or an item is held, by itself or with everything."""
        return bool(self.on & {EVERYTHING, tracking_id, item_id} - {""})

    @staticmethod
    def of(connection: Connection, party: str) -> Holds:
        """The holds of a party, as they stand."""
        asked = (
            select(records.c.kind, records.c.tracking_id)
            .where(records.c.party == party, records.c.kind.in_(("legal_hold", "legal_release")))
            .order_by(records.c.seq)
        )
        held: set[str] = set()
        for kind, what in connection.execute(asked):
            (held.add if kind == "legal_hold" else held.discard)(what)
        return Holds(frozenset(held))


def hold(ledger: Ledger, party: str, what: str, reason: str, *, at: datetime, actor: str) -> Kept:
    """Holds a parcel, an item or everything (``*``). Raises ``LEDGER_ITEM_UNKNOWN``, ``LEDGER_HOLD_STANDS``."""
    with ledger.reading() as connection:
        stands = Holds.of(connection, party).on
    if what != EVERYTHING and not ledger.item(party, what):
        raise MailDutyError(
            "LEDGER_ITEM_UNKNOWN", f"the ledger of {party} has no parcel or item {what}", "", "check it"
        )
    if what in stands:
        raise _twice("LEDGER_HOLD_STANDS", f"{what} is held already", "nothing is to be done")
    return _said(ledger, party, "legal_hold", what, reason, at, actor)


def release(ledger: Ledger, party: str, what: str, reason: str, *, at: datetime, actor: str) -> Kept:
    """Ends a hold. Raises ``LEDGER_HOLD_NONE`` where there is none of that name."""
    with ledger.reading() as connection:
        stands = Holds.of(connection, party).on
    if what not in stands:
        held = ", ".join(sorted(stands)) or "nothing"
        raise _twice("LEDGER_HOLD_NONE", f"there is no hold on {what}", f"held: {held}")
    return _said(ledger, party, "legal_release", what, reason, at, actor)


def _said(ledger: Ledger, party: str, kind: str, what: str, reason: str, at: datetime, actor: str) -> Kept:
    entry = Entry(kind, {"on": what}, tracking_id=what, reason=reason)
    return ledger.append(party, [entry], at=at, actor=actor)[0]


def _twice(code: str, fact: str, remedy: str) -> MailDutyError:
    return MailDutyError(code, fact, "a hold stands until it is released", remedy)
