"""A reading of the ledger as it stands at one moment, however long it takes and whoever writes meanwhile."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, select

from serving.ledger.book import Ledger
from serving.ledger.records import Record
from serving.ledger.tables import records


@contextmanager
def snapshot(ledger: Ledger) -> Iterator[Connection]:
    """A connection whose every question is about the same moment.

    On SQLite text is read even where its bytes are no text any more: whoever looks for tampering must see it.
    """
    with ledger.reading() as connection:
        if connection.dialect.name == "postgresql":
            yield connection.execution_options(isolation_level="REPEATABLE READ")
            return
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.text_factory = _lenient
        try:
            yield connection
        finally:
            driver.text_factory = str


def sayable(text: object) -> str:
    """Text that can be asked for and printed: what was no text in the database stands as question marks."""
    return str(text).encode("utf-8", "replace").decode()


def readable(connection: Connection, party: str, kind: str | None = None) -> Iterator[Record]:
    """Records, of one kind where it is named, whose bodies can be read."""
    asked = select(records).where(records.c.party == party, records.c.body.is_not(None))
    if kind is not None:
        asked = asked.where(records.c.kind == kind)
    for row in connection.execute(asked, execution_options={"yield_per": 500}):
        record = Record(*row)
        try:
            record.body()
        except (ValueError, TypeError, AttributeError):
            continue
        yield record


def _lenient(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")
