"""The tables of a ledger, from whatever step they are at to the one of this release.

Alembic is imported only where there is something to do, so that opening a ledger stays quick. All missing steps run
in one transaction, under a lock that other processes wait for: a ledger is at one step or at another, never between.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from data.errors import MailDutyError

_MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 0x6D61696C  # of PostgreSQL, while tables are made


def bring_up(engine: Engine, *, migrate: bool) -> None:
    """Brings the tables to :func:`head`, or refuses: ``LEDGER_OUTDATED`` where it may not, ``LEDGER_NEWER``."""
    with engine.connect() as connection:
        found = _step(connection)
    if found == head():
        return
    if found is not None and found > head():
        raise _newer(found)
    if not migrate:
        raise _outdated(found)
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        if _step(connection) != head():  # another process was quicker
            _run_steps(connection)


@cache
def head() -> str:
    """The newest step of the tables, by the number its file begins with."""
    return max(file.name[:4] for file in (_MIGRATIONS / "versions").glob("[0-9]*.py"))


def _step(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _run_steps(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    command.upgrade(config, head())


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
