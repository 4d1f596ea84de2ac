"""What follows from the chain, held against it: law and tariff behind duties, current items, open exceptions."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Table, func, select

from data.archived import unpacked
from data.errors import MailDutyError
from serving.ledger.artefacts import named
from serving.ledger.projecting import projected
from serving.ledger.records import OF_AN_ITEM, Record
from serving.ledger.snapshot import readable, sayable
from serving.ledger.tables import artefacts, current, exceptions, records

if TYPE_CHECKING:
    from serving.ledger.verify import Verified

_SLICE = 500


def check_artefacts(connection: Connection, party: str, found: Verified) -> None:
    """Law and tariff behind the party's duties are there, to the byte."""
    wanted: dict[str, str] = {}
    for record in readable(connection, party):
        basis = (record.body() or {}).get("basis") or {}
        wanted |= {basis[kind]: kind for kind in ("law", "schedule") if kind in basis}
    for name, kind in sorted(wanted.items()):
        row = connection.execute(select(artefacts).where(artefacts.c.sha256 == name)).first()
        if row is None or row.kind != kind:
            found.tell(f"{kind} {name[:12]}: the ledger holds no {kind} of that hash")
            continue
        try:
            same = named(kind, unpacked(name, row.content)) == row.name
        except (MailDutyError, TypeError):
            same = False
        if not same:
            found.tell(f"{kind} {name[:12]}: it is not what duties were computed from")


def check_projections(connection: Connection, party: str, found: Verified) -> None:
    """The current record of each item and what stands open on it, against all its records."""
    seen = {current: 0, exceptions: 0}
    for keys, held in _items(connection, party):
        try:
            made = projected(held)
        except (ValueError, TypeError):
            continue  # a body among them is no body any more; the walk tells of it
        must: dict[Table, dict[Any, dict[str, Any]]] = {
            current: {(key,): row for key, row in made.current.items()},
            exceptions: {
                (key, code): row for key, codes in made.exceptions.items() for code, row in codes.items()
            },
        }
        for table, by in ((current, ("item_key",)), (exceptions, ("item_key", "code"))):
            is_there = _held(connection, table, party, keys, by)
            seen[table] += len(is_there)
            for one in sorted(must[table].keys() | is_there.keys(), key=str):
                if must[table].get(one) != is_there.get(one):
                    found.tell(f"{table.name} {' '.join(map(str, one))}: it does not follow from the records")
    for table, count in seen.items():
        if connection.execute(select(func.count()).where(table.c.party == party)).scalar_one() != count:
            found.tell(f"{table.name}: it holds items that have no record")


def _items(connection: Connection, party: str) -> Iterator[tuple[list[str], list[Record]]]:
    """Item keys, some at a time, with all their records, item by item."""
    asked = (
        select(records)
        .where(records.c.party == party, records.c.kind.in_(OF_AN_ITEM), records.c.item_key != "")
        .order_by(records.c.item_key, records.c.seq)
    )
    rows = connection.execute(asked, execution_options={"yield_per": _SLICE})
    keys: list[str] = []
    held: list[Record] = []
    for key, some in groupby(rows, key=lambda row: row.item_key):
        keys.append(key)
        held += (Record(*row) for row in some)
        if len(keys) >= _SLICE:
            yield keys, held
            keys, held = [], []
    yield keys, held


def _held(
    connection: Connection, table: Table, party: str, keys: list[str], by: tuple[str, ...]
) -> dict[tuple[str, ...], dict[str, Any]]:
    asked = select(table).where(table.c.party == party, table.c.item_key.in_(sayable(key) for key in keys))
    return {tuple(row[name] for name in by): dict(row) for row in connection.execute(asked).mappings()}
