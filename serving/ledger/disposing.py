"""Transactions in which something goes for good: nobody appends meanwhile, and nothing of it stays in the file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, select

from serving.ledger.book import Ledger
from serving.ledger.tables import chains


@contextmanager
def disposing(ledger: Ledger, party: str) -> Iterator[Connection]:
    """A writing transaction that holds the party's chain; on SQLite what is deleted is overwritten with zeros."""
    with ledger.writing() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA secure_delete = ON")
        connection.execute(select(chains.c.length).where(chains.c.party == party).with_for_update())
        yield connection


def wiped(ledger: Ledger) -> None:
    """Empties SQLite's journal of what has gone. PostgreSQL does so with its next VACUUM; copies are the operator's."""
    if ledger.engine.dialect.name != "sqlite":
        return
    raw = ledger.engine.raw_connection()
    try:
        raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        raw.close()
