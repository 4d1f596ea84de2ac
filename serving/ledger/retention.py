"""How long records are kept, and what goes after: bodies, sealed data and files, never a link of the chain.

The term runs from the day of entry, in years as the law of the day of the purge says (19 CFR 163.4(a)); what has no
day of entry counts from the day it was recorded. An item goes as a whole, when the last of its records is past the
term and no legal hold is on it; a received file when all its items have gone. Records about no item (keys, settings,
holds, erasures, purges) stay. A purge is a record that names what went, so the chain can still be verified.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, and_, case, func, select

from data.law import Law
from serving.ledger.book import Ledger
from serving.ledger.finding import slices
from serving.ledger.holds import Holds
from serving.ledger.records import OF_AN_ITEM
from serving.ledger.tables import records

TERM = "records/retention_years"
AT_ONCE = 500  # items in one purge record and one transaction
_MANIFEST = "manifest"


@dataclass(frozen=True, slots=True)
class Term:
    """Records entered before ``before`` are past their term on ``on``; ``years`` and where they stand."""

    on: date
    before: date
    years: int
    citation: str


@dataclass
class Purged:
    """What went, or would go: items, their records, received files; and what was past its term but held."""

    term: Term
    items: int = 0
    records: int = 0
    files: int = 0
    held: int = 0


class _Item(NamedTuple):
    """An item past its term."""

    item_key: str
    tracking_id: str
    item_id: str


def term(law: Law, on: date) -> Term:
    """The term as the law of ``on`` has it. Raises ``LAW_NO_VALUE``."""
    entry = law.entry(TERM, on)
    years = int(entry.value)
    try:
        before = on.replace(year=on.year - years)
    except ValueError:  # 29 February, and no such day then: what was entered on the 28th is past its term
        before = date(on.year - years, 3, 1)
    return Term(on, before, years, entry.citation)


def due(ledger: Ledger, party: str, law: Law, on: date) -> Purged:
    """What a purge on that day would take; nothing is touched."""
    found = Purged(term(law, on))
    with ledger.reading() as connection:
        holds = Holds.of(connection, party)
        for some in past(connection, party, found.term):
            free = [one for one in some if not holds.holds(one.tracking_id, one.item_id)]
            found.held += len(some) - len(free)
            found.items += len(free)
            found.records += len(bodies_of(connection, party, [one.item_key for one in free]))
    return found


def past(connection: Connection, party: str, when: Term, after: str = "") -> Iterator[list[_Item]]:
    """Items all of whose records are past the term and some still have a body, in the order of their keys."""
    day = func.coalesce(records.c.entered_on, func.substr(records.c.at, 1, 10))
    while True:
        asked = (
            select(records.c.item_key, func.max(records.c.tracking_id), func.max(records.c.item_id))
            .where(
                records.c.party == party,
                records.c.kind.in_(OF_AN_ITEM),
                records.c.item_key > after,
            )
            .group_by(records.c.item_key)
            .having(
                and_(
                    func.max(day) < when.before.isoformat(),
                    func.max(case((records.c.body.is_not(None), 1), else_=0)) == 1,
                )
            )
            .order_by(records.c.item_key)
            .limit(AT_ONCE)
        )
        some = [_Item(*row) for row in connection.execute(asked)]
        if not some:
            return
        yield some
        after = some[-1].item_key


def bodies_of(connection: Connection, party: str, keys: Sequence[str]) -> list[tuple[str, int]]:
    """Id and number of the records of some items that still have a body."""
    found: list[tuple[str, int]] = []
    for some in slices(keys):
        asked = select(records.c.record_id, records.c.seq).where(
            records.c.party == party,
            records.c.item_key.in_(some),
            records.c.kind.in_(OF_AN_ITEM),
            records.c.body.is_not(None),
        )
        found += [(row.record_id, row.seq) for row in connection.execute(asked)]
    return found
