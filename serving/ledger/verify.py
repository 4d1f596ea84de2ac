"""Finds tampering: walks a party's chain from its first record, and holds everything beside it against the records.

Each record must follow the one before it and be what its own hash says; bodies, sealed personal data, received files,
law and tariff must be what the records committed to; what was purged or erased must be named by a record that says
so; the tables of quick answers must follow from the records. Whoever can write to the database could still rebuild
the whole chain: an anchor, kept elsewhere, shows that (:mod:`serving.ledger.anchors`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, select

from data.errors import MailDutyError
from serving.ledger.anchors import Anchor
from serving.ledger.beside import check_files, check_sealed
from serving.ledger.book import Ledger
from serving.ledger.chain import GENESIS, digest, link
from serving.ledger.derived import check_artefacts, check_projections
from serving.ledger.disposed import Disposed
from serving.ledger.paperwork import check_keys, check_settings
from serving.ledger.snapshot import sayable, snapshot
from serving.ledger.tables import chains, parties, records

MOST = 100  # breaks that are told of one party; one is enough to know


class Break(NamedTuple):
    """Something that is not as it was written: at which record (None: at none in particular), and what."""

    seq: int | None
    record_id: str
    said: str

    def __str__(self) -> str:
        return f"record {self.seq} ({self.record_id}): {self.said}" if self.seq is not None else self.said


@dataclass
class Verified:
    """What came of a party's chain. ``breaks`` in the order met, the first broken link first; none: it holds."""

    party: str
    records: int = 0
    head: str = GENESIS
    breaks: list[Break] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return not self.breaks

    def tell(self, said: str, seq: int | None = None, record_id: str = "") -> None:
        """One break more; beyond :data:`MOST` they are no longer listed."""
        if len(self.breaks) < MOST:
            self.breaks.append(Break(seq, sayable(record_id), sayable(said)))


def verify(ledger: Ledger, party: str | None = None, anchors: Sequence[Anchor] = ()) -> list[Verified]:
    """One answer for each party, or for the one named; read in one moment, while others may go on writing.

    Raises ``LEDGER_PARTY_UNKNOWN``.
    """
    with snapshot(ledger) as connection:
        known = set(connection.execute(select(chains.c.party)).scalars())
        met = known | set(connection.execute(select(records.c.party).distinct()).scalars())
        met |= {anchor.party for anchor in anchors}
        if party is not None and party not in met:
            raise MailDutyError(
                "LEDGER_PARTY_UNKNOWN",
                f"the ledger has no party {party!r}",
                "",
                f"it has {', '.join(sorted(known)) or 'none'}",
                party=party,
            )
        asked = sorted(met, key=str) if party is None else [party]
        return [_verified(ledger, connection, one, [a for a in anchors if a.party == one]) for one in asked]


def _verified(ledger: Ledger, connection: Connection, party: str, anchors: Sequence[Anchor]) -> Verified:
    found = Verified(sayable(party))
    if found.party != party:
        found.tell("it is no name of a party; records stand under it")
        return found
    disposed = Disposed.of(connection, party)
    _walk(connection, found, disposed, anchors)
    _end(connection, found, anchors)
    check_sealed(ledger, connection, party, disposed, found)
    check_files(ledger, connection, party, disposed, found)
    check_artefacts(connection, party, found)
    check_projections(connection, party, found)
    check_keys(connection, party, found)
    check_settings(connection, party, found)
    return found


def _walk(connection: Connection, found: Verified, disposed: Disposed, anchors: Sequence[Anchor]) -> None:
    """Every record in order: its number, its link, its own hash, its body."""
    anchored: dict[int, list[str]] = defaultdict(list)
    for anchor in anchors:
        anchored[anchor.length].append(anchor.head)
    before = GENESIS
    for row in _rows(connection, found.party):
        number = found.records + 1
        if row.seq != number:
            found.tell(f"a record number {number} should stand before it", row.seq, row.record_id)
        for said in _wrong(row, before, disposed):
            found.tell(said, row.seq, row.record_id)
        if any(head != row.hash for head in anchored.get(row.seq, ())):
            found.tell("this is not the record that the anchor names", row.seq, row.record_id)
        before = row.hash
        found.records = row.seq if isinstance(row.seq, int) else number
    found.head = before


def _wrong(row: Row[Any], before: str, disposed: Disposed) -> Iterator[str]:
    if row.prev_hash != before:
        yield "it does not follow the record before it"
    try:
        whole = link(dict(row._mapping))
    except (MailDutyError, TypeError, ValueError):  # bytes that are no text, or another type altogether
        whole = ""
    if whole != row.hash:
        yield "its header is not the one that was hashed"
    if row.body is None:
        if row.seq not in disposed.purged:
            yield "its body is gone, and no purge names it"
    elif not isinstance(row.body, bytes) or digest(row.body) != row.body_sha256:
        yield "its body is not the one that was hashed"


def _end(connection: Connection, found: Verified, anchors: Sequence[Anchor]) -> None:
    """The chain's own head, and what anchors say of its length."""
    head = connection.execute(select(chains).where(chains.c.party == found.party)).first()
    if head is None:
        found.tell("the party has no chain")
    elif (head.length, head.head) != (found.records, found.head):
        said = f"the chain should be {head.length} records long and end in {str(head.head)[:12]}"
        found.tell(f"{said}; it is {found.records} long and ends in {found.head[:12]}")
    if not connection.execute(select(parties.c.party).where(parties.c.party == found.party)).first():
        found.tell("the party is not in the list of parties")
    for anchor in anchors:
        if anchor.length > found.records:
            found.tell(
                f"the anchor of {anchor.taken_at} saw {anchor.length} records, there are {found.records}: "
                "the chain was cut"
            )


def _rows(connection: Connection, party: str) -> Iterator[Row[Any]]:
    """The records of a party in order, a slice in memory at a time."""
    asked = select(records).where(records.c.party == party).order_by(records.c.seq)
    yield from connection.execute(asked, execution_options={"yield_per": 500})
