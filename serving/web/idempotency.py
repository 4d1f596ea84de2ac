"""The same request sent again is done once: its answer is kept in the transaction that did it.

A request names itself by its Idempotency-Key, within its party. Sent again with the same bytes it gets the same
answer; with others it is refused. A crash before the commit leaves nothing, so that sending it again does it; a crash
after it leaves both. Answers are sealed, and forgotten after ``KEPT_FOR``.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from data.errors import MailDutyError
from serving.ledger import Ledger
from serving.ledger.tables import requests
from serving.ledger.writing import stamp

KEPT_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Once:
    """A request that names itself: its party, its key, and the SHA-256 of its address and body."""

    party: str
    key: str
    sha256: str

    @classmethod
    def of(cls, party: str, key: str | None, address: str, body: bytes) -> Once | None:
        """None where the request does not name itself."""
        if key is None:
            return None
        digest = hashlib.sha256(address.encode("utf-8", "surrogateescape") + b"\n" + body)
        return cls(party, key, digest.hexdigest())


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as it was given."""

    status: int
    body: bytes


class DoneMeanwhile(Exception):
    """The same request was faster on another way; roll back and give its answer."""


def given(ledger: Ledger, once: Once | None) -> Given | None:
    """The answer that was given to this very request. Raises ``IDEMPOTENCY_MISMATCH`` for another under its key."""
    if once is None:
        return None
    with ledger.reading() as connection:
        row = _row(connection, once)
    if row is None:
        return None
    if row.request_sha256 != once.sha256:
        raise MailDutyError(
            "IDEMPOTENCY_MISMATCH",
            "another request came under this Idempotency-Key",
            "a key stands for one request: the same address, query and body",
            "take a new key for a new request",
        )
    return Given(row.status, ledger.sealer().unseal(row.response))


def keep(
    connection: Connection, ledger: Ledger, once: Once | None, status: int, body: bytes, at: datetime
) -> None:
    """Keeps an answer, inside the transaction whose work it tells. Raises :class:`DoneMeanwhile`."""
    if once is None:
        return
    if _row(connection, once) is not None:
        raise DoneMeanwhile
    row = {
        "party": once.party,
        "key": once.key,
        "request_sha256": once.sha256,
        "status": status,
        "response": ledger.sealer().seal(body),
        "at": stamp(at),
    }
    connection.execute(insert(requests), row)


def forget(connection: Connection, now: datetime) -> None:
    """Forgets the answers of long ago."""
    connection.execute(delete(requests).where(requests.c.at < stamp(now - KEPT_FOR)))


def _row(connection: Connection, once: Once) -> Row[Any] | None:
    asked = select(requests).where(requests.c.party == once.party, requests.c.key == once.key)
    return connection.execute(asked).first()
