"""Files as they were received: kept whole and sealed, since they hold names and addresses, under their own hash."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from data.errors import MailDutyError
from serving.ledger.book import Ledger
from serving.ledger.records import cleaned
from serving.ledger.tables import files
from serving.ledger.writing import stamp, upsert


@dataclass(frozen=True, slots=True)
class Received:
    """A file: its name as it was called, its bytes, when it came first (UTC)."""

    sha256: str
    name: str
    size: int
    content: bytes
    received_at: str


@dataclass(frozen=True, slots=True)
class Sealed:
    """A file made ready to be kept, before any lock is taken."""

    sha256: str
    name: str
    size: int
    sealed: bytes


def sealed_file(ledger: Ledger, content: bytes, name: str) -> Sealed:
    """The file sealed and hashed; nothing is written. Raises as :meth:`Ledger.sealer`."""
    digest = hashlib.sha256(content).hexdigest()
    return Sealed(digest, cleaned(name), len(content), ledger.sealer().seal(content))


def keep_file(connection: Connection, party: str, file: Sealed, at: datetime) -> None:
    """Keeps a file of a party, in a transaction of :meth:`Ledger.writing`; a file that is there already stays."""
    row = {
        "party": party,
        "sha256": file.sha256,
        "name": file.name,
        "size": file.size,
        "sealed": file.sealed,
        "received_at": stamp(at),
    }
    connection.execute(upsert(connection, files).on_conflict_do_nothing(), row)


def file_of(ledger: Ledger, party: str, sha256: str) -> Received:
    """A file as received. Raises ``FILE_NOT_KEPT``, ``FILE_ERASED``, or ``LEDGER_KEY_WRONG`` where it stays sealed."""
    asked = select(files).where(files.c.party == party, files.c.sha256 == sha256)
    with ledger.reading() as connection:
        row = connection.execute(asked).first()
    if row is None:
        raise MailDutyError(
            "FILE_NOT_KEPT",
            f"the ledger holds no file {sha256[:12]} of this party",
            "files are kept as long as their items",
            "see the record of the manifest: it may have been purged",
        )
    if not row.sealed:
        raise MailDutyError(
            "FILE_ERASED",
            f"the file {sha256[:12]} was erased with the data of its people",
            "what was erased is not brought back by sending it again",
            "send the items that are not erased in a new file",
        )
    content = ledger.sealer().unseal(row.sealed)
    return Received(sha256, row.name, row.size, content, row.received_at)
