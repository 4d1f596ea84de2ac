"""Writes to a ledger behind its back, as somebody with the database's own password would."""

from __future__ import annotations

import sqlite3
from typing import Any

import psycopg

from serving.ledger import Ledger


class Tamperer:
    """SQL without triggers and without foreign keys. ``?`` stands for a value in both databases."""

    def __init__(self, ledger: Ledger) -> None:
        self.sqlite = ledger.engine.dialect.name == "sqlite"
        self.url = ledger.engine.url
        self.held: psycopg.Connection[Any] | None = None
        if self.sqlite:
            for name in ("change", "go", "replaced"):
                self.do(f"DROP TRIGGER IF EXISTS records_never_{name}")

    def do(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """One statement, committed; the rows it gives, text as it is stored."""
        if self.sqlite:
            connection: Any = sqlite3.connect(str(self.url.database))
            connection.text_factory = bytes
            with connection:
                rows = connection.execute(statement, values).fetchall()
            connection.close()
            return [tuple(one.decode() if isinstance(one, bytes) else one for one in row) for row in rows]
        if self.held is None:
            address = self.url.render_as_string().replace("+psycopg", "")
            self.held = psycopg.connect(address, autocommit=True)
            self.held.execute("SET session_replication_role = replica")
        marked = statement.replace("%", "%%").replace("?", "%s")
        cursor = self.held.execute(marked, values)  # type: ignore[arg-type]
        return cursor.fetchall() if cursor.description else []
