"""Opens a ledger: SQLite in a file of its own, or PostgreSQL, and brings its tables up to date.

``MAILDUTY_LEDGER`` names another place than ``ledger.db`` in the home folder, as an SQLAlchemy URL
(``postgresql://user@host/name``). Many processes may open the same empty ledger at once: one makes the tables, the
others wait for it.
"""

from __future__ import annotations

import os
import sqlite3
import time
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from data.errors import MailDutyError
from serving.ledger.refusals import refusal
from serving.settings import home

WAIT_S = 60  # for other writers, before an append gives up
_MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 0x6D61696C  # of PostgreSQL, while tables are made


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
        raise _not_a_place(said) from error
    if url.drivername in ("postgresql", "postgres"):
        url = url.set(drivername="postgresql+psycopg")
    in_memory = url.drivername == "sqlite" and url.database in (None, "", ":memory:")
    if in_memory or url.drivername not in ("sqlite", "postgresql+psycopg"):
        raise _not_a_place(url.render_as_string())
    return url


def engine_for(url: URL, *, durable: bool = True) -> Engine:
    """An engine whose transactions are what the ledger needs; nothing is connected yet.

    A plain transaction reads; one with the execution option ``writes=True`` takes SQLite's write lock at its start,
    so that it cannot fail half-way. ``durable`` False leaves the flushing of each commit to the system: a power cut
    may then take the last commits with it, never part of one.
    """
    try:
        if url.drivername != "sqlite":
            return create_engine(url, isolation_level="READ COMMITTED", pool_pre_ping=True, max_overflow=20)
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

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def open_engine(url: URL, *, migrate: bool = True, durable: bool = True) -> Engine:
    """An engine on a ledger whose tables are those of this release.

    Raises ``LEDGER_OPEN`` where the database cannot be reached, ``LEDGER_OUTDATED`` where tables are older and
    ``migrate`` is False, ``LEDGER_NEWER`` where a later release has written them.
    """
    if url.drivername == "sqlite":
        _make_file(Path(url.database or ""))
    engine = engine_for(url, durable=durable)
    try:
        if url.drivername == "sqlite":
            _write_ahead(engine)
        with engine.connect() as connection:
            found = _step(connection)
        if found != head():
            if not migrate:
                raise _outdated(found)
            _bring_up(engine)
    except SQLAlchemyError as error:
        engine.dispose()
        raise refusal(error) from error
    except BaseException:
        engine.dispose()
        raise
    return engine


@cache
def head() -> str:
    """The newest step of the tables, by the number its file begins with."""
    return max(file.name[:4] for file in (_MIGRATIONS / "versions").glob("[0-9]*.py"))


def _make_file(path: Path) -> None:
    """An empty file that only its owner reads; what SQLite puts beside it gets the same rights."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
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


def _step(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _bring_up(engine: Engine) -> None:
    """All missing steps in one transaction, under a lock that other processes wait for."""
    from alembic import command
    from alembic.config import Config

    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        found = _step(connection)
        if found == head():
            return
        if found is not None and found > head():
            raise _newer(found)
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
        command.upgrade(config, head())


def _not_a_place(said: str) -> MailDutyError:
    return MailDutyError(
        "LEDGER_URL",
        f"{said!r} names no place for a ledger",
        "it is kept in a file of SQLite or in PostgreSQL",
        "set MAILDUTY_LEDGER to sqlite:////folder/ledger.db or postgresql://user@host/name",
    )


def _outdated(found: str | None) -> MailDutyError:
    return MailDutyError(
        "LEDGER_OUTDATED",
        f"the tables of the ledger are at step {found or 'none'}, this release needs {head()}",
        "they are brought up to date when the ledger is opened for writing",
        "open it once with migrate=True",
    )


def _newer(found: str) -> MailDutyError:
    return MailDutyError(
        "LEDGER_NEWER",
        f"the tables of the ledger are at step {found}, this release knows {head()}",
        "a later release has written it, and what it wrote could be misread",
        "use that release",
    )
