"""What stands beside the chain, held against it: sealed data of people, their index, received files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, func, select

from data.errors import MailDutyError
from serving.ledger.book import Ledger
from serving.ledger.chain import digest
from serving.ledger.disposed import Disposed
from serving.ledger.finding import slices
from serving.ledger.sealing import Sealer, labels
from serving.ledger.snapshot import readable, sayable
from serving.ledger.tables import (
    files,
    personal,
    records,
    subjects,
    tasks,
)

if TYPE_CHECKING:
    from serving.ledger.verify import Verified

_SLICE = 500


def check_sealed(
    ledger: Ledger, connection: Connection, party: str, disposed: Disposed, found: Verified
) -> None:
    """Each record's personal data is what it committed to, or a record says that it is gone; and so its index."""
    asked = (
        select(records.c.seq, records.c.record_id, records.c.personal_mark, personal.c.sealed)
        .outerjoin(personal, personal.c.record_id == records.c.record_id)
        .where(
            records.c.party == party, records.c.personal_mark.is_not(None) | personal.c.sealed.is_not(None)
        )
        .order_by(records.c.seq)
    )
    key = _key(ledger, found)
    indexed = 0
    for rows in _batches(connection.execute(asked, execution_options={"yield_per": _SLICE})):
        index: dict[str, set[str]] = {}
        for some in slices([sayable(row.record_id) for row in rows]):
            those = select(subjects.c.record_id, subjects.c.subject).where(
                subjects.c.party == party, subjects.c.record_id.in_(some)
            )
            for one, subject in connection.execute(those):
                index.setdefault(one, set()).add(subject)
        for row in rows:
            said = _sealed_wrong(row, key, disposed, index.get(row.record_id, set()))
            if said:
                found.tell(said, row.seq, row.record_id)
            indexed += len(index.get(row.record_id, ()))
    in_all = connection.execute(select(func.count()).where(subjects.c.party == party)).scalar_one()
    if in_all != indexed:
        found.tell("the index of people names records that have no personal data")


def _sealed_wrong(row: Row[Any], key: Sealer | None, disposed: Disposed, index: set[str]) -> str:
    if row.sealed is None:
        gone = row.record_id in disposed.erased or row.seq in disposed.purged
        return "" if gone else "its personal data is gone, and no erasure or purge names it"
    if row.personal_mark is None:
        return "it has personal data that it did not come with"
    if key is None:
        return ""
    try:
        said = key.open_up(row.sealed, row.personal_mark)
    except (MailDutyError, TypeError, ValueError, KeyError):
        return "its personal data is not what was sealed with it"
    there = set(labels(said))
    if not any(index == {one.subject(label) for label in there} for one in _each(key)):
        return "the index of people does not fit its personal data"
    return ""


def _each(key: Sealer) -> Iterator[Sealer]:
    yield from (Sealer((one,)) for one in key.keys)


def check_files(
    ledger: Ledger, connection: Connection, party: str, disposed: Disposed, found: Verified
) -> None:
    """Every file that came in is there as it came, or as an erasure left it."""
    known: dict[str, set[str]] = {}
    for record in readable(connection, party, "manifest"):
        said = (record.body() or {}).get("manifest") or {}
        known.setdefault(str(record.manifest_sha256), set()).add(said.get("source_name", ""))
    queued = set(connection.execute(select(tasks.c.file_sha256).where(tasks.c.party == party)).scalars())
    key = _key(ledger, found)
    there = connection.execute(
        select(files.c.sha256, files.c.name, files.c.size).where(files.c.party == party)
    )
    shas = set()
    for sha256, name, size in sorted(there, key=str):
        shas.add(sha256)
        one = select(files.c.sealed).where(files.c.party == party, files.c.sha256 == sha256)
        wrong = _file_wrong(sha256, size, connection.execute(one).scalar_one(), key, disposed)
        if sha256 not in known and sha256 not in queued:
            wrong = "no record says that it came in"
        elif name not in known.get(sha256, {name}):
            wrong = "no record says that it came in under this name"
        if wrong:
            found.tell(f"file {str(sha256)[:12]}: {wrong}")
    for name in sorted(known.keys() - shas):
        found.tell(f"file {str(name)[:12]}: it is gone, and no purge names it")


def _file_wrong(sha256: str, size: int, sealed: bytes, key: Sealer | None, disposed: Disposed) -> str:
    now = disposed.files.get(sha256, sha256)
    if now is None:
        return "" if not sealed and not size else "it should be gone"
    if key is None:
        return ""
    try:
        content = key.unseal(sealed)
    except (MailDutyError, TypeError, ValueError):
        return "it is not what was sealed"
    return "" if digest(content) == now and len(content) == size else "it is not what came in"


def _batches(rows: Any) -> Iterator[list[Row[Any]]]:
    yield from rows.partitions(_SLICE)


def _key(ledger: Ledger, found: Verified) -> Sealer | None:
    """The operator's key; without it what is sealed is not looked into, and that is said."""
    try:
        return ledger.sealer()
    except MailDutyError as error:
        said = f"what is sealed was not looked into: {error}"
        if said not in found.notes:
            found.notes.append(said)
        return None
