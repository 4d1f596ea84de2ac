"""Takes a person out of the ledger: sealed data and received files, never a figure and never a link of the chain.

The sealed data of a record goes whole, because the record commits to it as a whole. A received file goes on without
the person's lines where it is text with a row a line: the other rows are still evidence, and must be kept for their
term; what is not so plain (workbooks, XML, cells with line breaks) goes whole, since nobody could be sure that nothing
of the person is left in it. All text files are looked through; a workbook or a document only goes where a record that
came from it names the person. Either way the hash it came with stays in the record of its coming, and the row in
``files``, so that the same file sent again does not bring the person back. What is under a legal hold is left, and
counted. The erasure is a record that names records and files, and nobody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
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
from serving.ledger.people import Person, mentions, texts, without
from serving.ledger.records import Entry, Record
from serving.ledger.sealing import Sealer
from serving.ledger.tables import files, personal, records, requests, subjects


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
        # An answer kept for an Idempotency-Key may repeat what the person's row said; nobody can tell which one does.
        answered = requests.c.response.is_not(None)
        connection.execute(delete(requests).where(requests.c.party == party, answered))
    wiped(ledger)
    return found


def _erased(connection: Connection, key: Sealer, party: str, person: Person, *, touch: bool) -> Erased:
    found = Erased()
    holds = Holds.of(connection, party)
    rows: dict[str, set[int]] = defaultdict(set)
    for record in _of(connection, key, party, person):
        sha256 = record.manifest_sha256
        if holds.holds(record.tracking_id, record.item_id):
            found.held.append(record.record_id)
            if sha256 and sha256 not in found.files_held:
                found.files_held.append(sha256)
            continue
        found.records.append(record.record_id)
        if record.tracking_id not in found.parcels:
            found.parcels.append(record.tracking_id)
        if sha256:
            rows[sha256] |= _row(record)
    for sha256, sealed in _files(connection, party):
        if sha256 not in found.files_held:
            _file(connection, key, party, person, sha256, sealed, rows.get(sha256), found, touch)
    if touch:
        for some in slices(found.records):
            for table in (subjects, personal):
                connection.execute(delete(table).where(table.c.record_id.in_(some)))
    return found


def _files(connection: Connection, party: str) -> Iterator[tuple[str, bytes]]:
    """Every file that is kept, one in memory at a time: a row in error may have left the person in the file alone."""
    names = connection.execute(select(files.c.sha256).where(files.c.party == party).order_by(files.c.sha256))
    for sha256 in names.scalars().all():
        asked = select(files.c.sealed).where(files.c.party == party, files.c.sha256 == sha256)
        if sealed := connection.execute(asked).scalar():
            yield sha256, sealed


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
    sealed: bytes,
    rows: set[int] | None,
    found: Erased,
    touch: bool,
) -> None:
    """A received file without the person's lines, or nothing of it; ``rows`` None: no record of it names the person."""
    content = key.unseal(sealed)
    if rows is None and not mentions(content, person):
        return
    left = without(content, person, rows or set())
    now, lines = left or (b"", 0)
    found.files[sha256] = digest(now) if left else None
    found.lines += lines
    if touch:
        kept = {"sealed": key.seal(now) if left else b"", "size": len(now)}
        connection.execute(update(files).where(files.c.party == party, files.c.sha256 == sha256).values(kept))
