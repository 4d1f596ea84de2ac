"""Takes a person out of the ledger: sealed data and received files, never a figure and never a link of the chain.

The sealed data of a record goes whole, because the record commits to it as a whole. A received file goes on without
the person's lines where it is text with a row a line: the other rows are still evidence, and must be kept for their
term; what is not so plain (workbooks, XML, cells with line breaks) goes whole, since nobody could be sure that nothing
of the person is left in it. Either way the hash it came with stays in the record of its coming, and the row in
``files``, so that the same file sent again does not bring the person back. What is under a legal hold is left, and
counted. The erasure is a record that names records and files, and nobody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select, update

from data.errors import MailDutyError
from serving.ledger.book import Ledger
from serving.ledger.chain import digest
from serving.ledger.disposing import disposing, wiped
from serving.ledger.finding import slices
from serving.ledger.holds import Holds
from serving.ledger.people import Person, texts, without
from serving.ledger.records import Entry, Record
from serving.ledger.sealing import Sealer
from serving.ledger.tables import files, personal, records, subjects


@dataclass
class Erased:
    """What went, or would go. ``records`` lost their sealed data; ``files``: hash -> hash now, None where it went whole.

    ``held`` records and ``files_held`` are under a legal hold and stay. ``parcels`` are named for a last look.
    """

    records: list[str] = field(default_factory=list)
    parcels: list[str] = field(default_factory=list)
    files: dict[str, str | None] = field(default_factory=dict)
    lines: int = 0
    held: list[str] = field(default_factory=list)
    files_held: list[str] = field(default_factory=list)


def find(ledger: Ledger, party: str, person: Person) -> Erased:
    """What an erasure would take; nothing is touched. Raises as :meth:`Ledger.sealer`."""
    with ledger.reading() as connection:
        return _erased(connection, ledger.sealer(), party, person, touch=False)


def erase(ledger: Ledger, party: str, person: Person, reason: str, *, at: datetime, actor: str) -> Erased:
    """Takes the person out, in one transaction with the record of it. ``reason`` must name nobody.

    Raises ``PERSON_NOT_FOUND`` where the party holds nothing of the person, ``PERSON_IN_REASON``.
    """
    if person.in_text(reason):
        raise MailDutyError(
            "PERSON_IN_REASON",
            "the reason names the person",
            "an erasure is recorded for good, and names nobody",
            "say why without a name",
        )
    with disposing(ledger, party) as connection:
        found = _erased(connection, ledger.sealer(), party, person, touch=True)
        if not found.records and not found.files:
            under = f"; {len(found.held)} records are under a legal hold" if found.held else ""
            raise MailDutyError(
                "PERSON_NOT_FOUND",
                f"the ledger of {party} holds nothing of this person that could be erased{under}",
                "a person is found by name with postal code, by e-mail or by telephone, as the items named them",
                "try the other ways",
            )
        body = {
            "records": found.records,
            "files": [{"sha256": one, "becomes": now} for one, now in found.files.items()],
            "lines": found.lines,
            "held": len(found.held),
        }
        ledger.add(connection, party, [Entry("erasure", body, reason=reason)], at=at, actor=actor)
    wiped(ledger)
    return found


def _erased(connection: Connection, key: Sealer, party: str, person: Person, *, touch: bool) -> Erased:
    found = Erased()
    holds = Holds.of(connection, party)
    rows: dict[str, set[int]] = defaultdict(set)
    in_held_files: set[str] = set()
    for record in _of(connection, key, party, person):
        if holds.holds(record.tracking_id, record.item_id):
            found.held.append(record.record_id)
            in_held_files |= {record.manifest_sha256 or ""}
            continue
        found.records.append(record.record_id)
        if record.tracking_id not in found.parcels:
            found.parcels.append(record.tracking_id)
        if record.manifest_sha256:
            rows[record.manifest_sha256] |= _row(record)
    for sha256, lines in rows.items():
        if sha256 in in_held_files:
            found.files_held.append(sha256)
        else:
            _file(connection, key, party, person, sha256, lines, found, touch)
    if touch:
        for some in slices(found.records):
            for table in (subjects, personal):
                connection.execute(delete(table).where(table.c.record_id.in_(some)))
    return found


def _of(connection: Connection, key: Sealer, party: str, person: Person) -> Iterator[Record]:
    """Records whose sealed data names the person: by the index, and rejected rows by their text."""
    hashes = {one for label in person.labels() for one in key.subjects(label)}
    asked = (
        select(records, personal.c.sealed)
        .join(personal, personal.c.record_id == records.c.record_id)
        .where(records.c.party == party)
        .order_by(records.c.seq)
    )
    indexed = select(subjects.c.record_id).where(
        subjects.c.party == party, subjects.c.subject.in_(sorted(hashes))
    )
    for *row, sealed in connection.execute(
        asked.where(records.c.record_id.in_(indexed) | (records.c.kind == "rejected"))
    ):
        record = Record(*row)
        if record.kind != "rejected" or person.in_text(
            " ".join(texts(key.open_up(sealed, record.personal_mark)))
        ):
            yield record


def _row(record: Record) -> set[int]:
    """The row of the file that a record came from; none where its body does not say."""
    body: dict[str, Any] = record.body() or {}
    said = (body.get("received") or body.get("error") or {}).get("row")
    return {said} if isinstance(said, int) and said > 0 else set()


def _file(
    connection: Connection,
    key: Sealer,
    party: str,
    person: Person,
    sha256: str,
    rows: Collection[int],
    found: Erased,
    touch: bool,
) -> None:
    """A received file without the person's lines, or nothing of it."""
    of_party = (files.c.party == party) & (files.c.sha256 == sha256)
    sealed = connection.execute(select(files.c.sealed).where(of_party)).scalar()
    if not sealed:
        return  # never kept, or gone already
    left = without(key.unseal(sealed), person, set(rows))
    content, lines = left or (b"", 0)
    found.files[sha256] = digest(content) if left else None
    found.lines += lines
    if touch:
        now = {"sealed": key.seal(content) if left else b"", "size": len(content)}
        connection.execute(update(files).where(of_party).values(now))
