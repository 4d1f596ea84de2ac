"""The purge: takes what is past its term, some items at a time, and says in the chain what went."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from data.errors import MailDutyError
from data.law import Law
from serving.ledger.book import Ledger
from serving.ledger.disposed import Stretches
from serving.ledger.disposing import disposing, wiped
from serving.ledger.finding import slices
from serving.ledger.holds import Holds
from serving.ledger.records import OF_AN_ITEM, Entry
from serving.ledger.retention import Purged, Term, bodies_of, past, term
from serving.ledger.tables import current, exceptions, files, personal, records, subjects


def purge(
    ledger: Ledger, party: str, law: Law, on: date, *, at: datetime, actor: str, reason: str = ""
) -> Purged:
    """Takes what is past its term on ``on``, some items at a time, each time with a record of it.

    Stopped half-way, what went is recorded and the rest goes the next time. Raises ``LEDGER_PURGE_EARLY`` for a day
    that has not come.
    """
    found = Purged(term(law, on))
    if on > at.date():
        raise MailDutyError(
            "LEDGER_PURGE_EARLY",
            f"{on} has not come",
            "nothing goes before its term is over",
            "purge on a day that has come; a dry run may look ahead",
        )
    why = reason or f"kept {found.term.years} years, {found.term.citation}"
    after = ""
    while True:
        with disposing(ledger, party) as connection:
            holds = Holds.of(connection, party)
            some = next(past(connection, party, found.term, after), [])
            if not some:
                break
            after = some[-1].item_key
            free = [one for one in some if not holds.holds(one.tracking_id, one.item_id)]
            found.held += len(some) - len(free)
            if free:
                gone = _take(connection, party, [one.item_key for one in free])
                body = _said(found.term, len(free), [seq for _, seq in gone], [])
                ledger.add(connection, party, [Entry("purge", body, reason=why)], at=at, actor=actor)
                found.items += len(free)
                found.records += len(gone)
    with disposing(ledger, party) as connection:
        _take_files(ledger, connection, party, found, why, at, actor)
    wiped(ledger)
    return found


def _take(connection: Connection, party: str, keys: Sequence[str]) -> list[tuple[str, int]]:
    """Bodies, sealed data and quick answers of some items; their headers stay."""
    gone = bodies_of(connection, party, keys)
    for some in slices([one for one, _ in gone]):
        for table in (subjects, personal):
            connection.execute(delete(table).where(table.c.record_id.in_(some)))
        connection.execute(update(records).where(records.c.record_id.in_(some)).values(body=None))
    for some in slices(keys):
        for table in (exceptions, current):
            connection.execute(delete(table).where(table.c.party == party, table.c.item_key.in_(some)))
    return gone


def _take_files(
    ledger: Ledger, connection: Connection, party: str, found: Purged, why: str, at: datetime, actor: str
) -> None:
    """Received files, and the records of their coming, of which no item is left that has a body."""
    of_items = records.alias()
    left = select(of_items.c.record_id).where(
        of_items.c.party == party,
        of_items.c.manifest_sha256 == records.c.manifest_sha256,
        of_items.c.kind.in_(OF_AN_ITEM),
        of_items.c.body.is_not(None),
    )
    asked = select(records.c.record_id, records.c.seq, records.c.manifest_sha256).where(
        records.c.party == party,
        records.c.kind == "manifest",
        records.c.body.is_not(None),
        func.substr(records.c.at, 1, 10) < found.term.before.isoformat(),
        ~left.exists(),
    )
    rows = connection.execute(asked).all()
    if not rows:
        return
    for some in slices([row.record_id for row in rows]):
        connection.execute(update(records).where(records.c.record_id.in_(some)).values(body=None))
    names = sorted({row.manifest_sha256 for row in rows})
    for some in slices(names):
        connection.execute(delete(files).where(files.c.party == party, files.c.sha256.in_(some)))
    body = _said(found.term, 0, [row.seq for row in rows], names)
    ledger.add(connection, party, [Entry("purge", body, reason=why)], at=at, actor=actor)
    found.files += len(names)
    found.records += len(rows)


def _said(when: Term, items: int, numbers: Sequence[int], gone: Sequence[str]) -> dict[str, Any]:
    """What a purge record says: the term, and which numbers of the chain have lost their bodies."""
    return {
        "on": when.on.isoformat(),
        "before": when.before.isoformat(),
        "years": when.years,
        "citation": when.citation,
        "items": items,
        "seqs": Stretches.of(numbers),
        "files": list(gone),
    }
