"""What is read off the records for quick answers: the current record of each item, and what stands open on it.

Kinds of :data:`serving.ledger.records.OF_AN_ITEM` with an item key move both; no other record does. The newest one
is the item's current record. What it names as open is open, since when the same code first stood open without a
break; what it does not name is closed. A purged item has neither. The same fold serves an append and anyone who
holds the tables against the records, or makes them again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from serving.decisions.exceptions import OpenException
from serving.ledger.finding import slices
from serving.ledger.records import OF_AN_ITEM, Record, cleaned
from serving.ledger.tables import current, exceptions


@dataclass
class Projection:
    """Rows of the two tables, as they follow from records: item key -> row, item key -> code -> row."""

    current: dict[str, dict[str, Any]] = field(default_factory=dict)
    exceptions: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)

    def take(
        self, header: Mapping[str, Any], decision: str, route: str, stay_open: Iterable[OpenException]
    ) -> None:
        """One record more, in the order of the chain."""
        key = header["item_key"]
        if not key or header["kind"] not in OF_AN_ITEM:
            return
        named = {"party": header["party"], "item_key": key}
        of_record = {"record_id": header["record_id"]}
        self.current[key] = {**named, **of_record, "decision": decision, "route": route, "at": header["at"]}
        before = self.exceptions.get(key, {})
        now: dict[str, dict[str, Any]] = {}
        for one in stay_open:
            said = {"code": one.code, "reason": cleaned(one.reason), "message": cleaned(one.message)}
            since = before[one.code]["opened_at"] if one.code in before else header["at"]
            now.setdefault(one.code, {**named, **said, **of_record, "opened_at": since})
        self.exceptions[key] = now

    def forget(self, key: str) -> None:
        """The item's newest record was purged."""
        self.current.pop(key, None)
        self.exceptions.pop(key, None)


def projected(found: Iterable[Record]) -> Projection:
    """What the two tables must hold, from the records of one party in order."""
    made = Projection()
    for record in found:
        if record.content is not None:
            made.take(vars(record), record.decision, record.route, record.exceptions)
        elif record.kind in OF_AN_ITEM:
            made.forget(record.item_key)
    return made


def standing_open(
    connection: Connection, party: str, keys: Collection[str]
) -> dict[str, dict[str, dict[str, Any]]]:
    """Item key -> code -> row of what is open now; items with nothing open are left out."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for some in slices(keys):
        asked = select(exceptions).where(exceptions.c.party == party, exceptions.c.item_key.in_(some))
        for row in connection.execute(asked).mappings():
            found.setdefault(row["item_key"], {})[row["code"]] = dict(row)
    return found


def store(connection: Connection, party: str, made: Projection, had_open: Collection[str]) -> None:
    """Writes the rows of ``made``; ``had_open`` are the items whose old exceptions go."""
    for some in slices(had_open):
        connection.execute(
            delete(exceptions).where(exceptions.c.party == party, exceptions.c.item_key.in_(some))
        )
    if made.current:
        into = upsert(connection, current)
        newer = {name: into.excluded[name] for name in ("record_id", "decision", "route", "at")}
        into = into.on_conflict_do_update(index_elements=["party", "item_key"], set_=newer)
        connection.execute(into, list(made.current.values()))
    if rows := [row for codes in made.exceptions.values() for row in codes.values()]:
        connection.execute(insert(exceptions), rows)


def upsert(connection: Connection, table: Table) -> Any:
    """An insert into ``table`` that can say what to do on a conflict, in the words of the database at hand."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
