"""Opens a ledger: SQLite in a file of its own, or PostgreSQL, and brings its tables up to date.

``MAILDUTY_LEDGER`` names another place than ``ledger.db`` in the home folder, as an SQLAlchemy URL
(``postgresql://user@host/name``). Many processes may open the same empty ledger at once: one makes the tables, the
others wait for it.
"""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from data.errors import MailDutyError
from serving.ledger.migrating import bring_up
from serving.ledger.refusals import busy, in_our_words
from serving.settings import home

WAIT_S = 60  # for other writers, before an append gives up
MOST_WRITERS = 20  # at once from one process, to PostgreSQL
_DRIVERS = {
    "sqlite+pysqlite": "sqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
}


def ledger_url(named: str | None = None) -> URL:
    """``named``, else ``MAILDUTY_LEDGER``, else SQLite in the home folder.

    Raises ``LEDGER_URL`` where the text is no URL of SQLite (in a file) or PostgreSQL.
    """
    said = named or os.environ.get("MAILDUTY_LEDGER")
    if not said:
        return URL.create("sqlite", database=str(home() / "ledger.db"))
    try:
        url = make_url(said)
    except ArgumentError as error:
        raise _not_a_place("the text given") from error
    url = url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))
    in_memory = url.drivername == "sqlite" and url.database in (None, "", ":memory:")
    if in_memory or url.drivername not in ("sqlite", "postgresql+psycopg"):
        raise _not_a_place(repr(url.render_as_string()))  # without the password
    return url


def engine_for(url: URL, *, durable: bool = True) -> Engine:
    """An engine whose transactions are what the ledger needs; nothing is connected yet.

    A plain transaction reads; one with the execution option ``writes=True`` takes SQLite's write lock at its start,
    so that it cannot fail half-way. ``durable`` False leaves the flushing of each commit to the system: a power cut
    may then take the last commits with it, never part of one.
    """
    try:
        if url.drivername != "sqlite":
            return _on_postgresql(url)
        engine = create_engine(url, connect_args={"timeout": WAIT_S}, max_overflow=50)
    except (ImportError, NoSuchModuleError) as error:
        raise MailDutyError(
            "LEDGER_DRIVER",
            f"the driver of {url.drivername} is not installed",
            "a ledger in PostgreSQL needs it",
            "pip install 'mailduty[postgres]'",
        ) from error

    @event.listens_for(engine, "connect")
    def _settings(connection: sqlite3.Connection, _: Any) -> None:
        connection.isolation_level = None  # transactions begin where we say so, DDL included
        connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA wal_autocheckpoint = 4000")  # pages: after 16 MB, not amid every append

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get("writes"):
            _begin_to_write(connection.connection.dbapi_connection)
        else:
            connection.exec_driver_sql("BEGIN")

    return engine


def _on_postgresql(url: URL) -> Engine:
    """What is read after a lock is what was committed before it; who waits too long for a lock is told."""
    given = url.query.get("options", "")
    said = f"{given if isinstance(given, str) else ' '.join(given)} -c lock_timeout={int(WAIT_S * 1000)}"
    return create_engine(
        url.difference_update_query(["options"]),
        isolation_level="READ COMMITTED",
        connect_args={"options": said.strip()},
        pool_pre_ping=True,
        max_overflow=2 * MOST_WRITERS,
    )


def _begin_to_write(connection: Any) -> None:
    """Asks every two milliseconds: SQLite's own waiting sleeps up to a tenth of a second past the end of the other."""
    until = time.monotonic() + WAIT_S
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        while True:
            try:
                connection.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                if "locked" not in str(error):
                    raise
                if time.monotonic() > until:
                    raise busy() from error
            time.sleep(0.002)
    finally:
        connection.execute(f"PRAGMA busy_timeout = {WAIT_S * 1000}")


def open_engine(url: URL, *, migrate: bool = True, durable: bool = True) -> Engine:
    """An engine on a ledger whose tables are those of this release.

    Raises ``LEDGER_OPEN`` where the database cannot be reached, ``LEDGER_OUTDATED`` where tables are older and
    ``migrate`` is False, ``LEDGER_NEWER`` where a later release has written them. Where ``migrate`` is False nothing
    is made either.
    """
    if url.drivername == "sqlite":
        _make_file(Path(url.database or ""), may_make=migrate)
    engine = engine_for(url, durable=durable)
    try:
        with in_our_words():
            if url.drivername == "sqlite":
                _write_ahead(engine)
            bring_up(engine, migrate=migrate)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _make_file(path: Path, *, may_make: bool) -> None:
    """An empty file that only its owner reads; what SQLite puts beside it gets the same rights."""
    try:
        if may_make:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, (os.O_CREAT if may_make else 0) | os.O_RDWR, 0o600))
    except OSError as error:
        raise MailDutyError(
            "LEDGER_OPEN",
            f"the ledger {path} cannot be opened: {error.strerror}",
            "no answer is given without a record of it",
            "set MAILDUTY_HOME or MAILDUTY_LEDGER to a place that can be written",
            path=str(path),
        ) from error


def _write_ahead(engine: Engine) -> None:
    """Readers and a writer side by side (WAL); kept in the file. SQLite does not wait for others here, so we do."""
    until = time.monotonic() + WAIT_S
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        while cursor.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            try:
                cursor.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.01)
    finally:
        raw.close()


def _not_a_place(said: str) -> MailDutyError:
    return MailDutyError(
        "LEDGER_URL",
        f"{said} names no place for a ledger",
        "it is kept in a file of SQLite or in PostgreSQL",
        "set MAILDUTY_LEDGER to sqlite:////folder/ledger.db or postgresql://user@host/name",
    )
