"""What stands on the items an append is about; asked in slices, so that no statement grows without bound."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from sqlalchemy import Connection, select

from serving.ledger.records import FROM_FILES
from serving.ledger.tables import current, personal, records

SLICE = 500


class Standing(NamedTuple):
    """As much of a record as tells whether a new entry says the same."""

    record_id: str
    seq: int
    hash: str
    kind: str
    body_sha256: str
    personal_mark: str | None


_STANDING = [records.c[name] for name in Standing._fields]


def slices(keys: Collection[str]) -> Iterator[list[str]]:
    """``keys`` in order, ``SLICE`` at a time."""
    ordered = sorted(keys)
    for start in range(0, len(ordered), SLICE):
        yield ordered[start : start + SLICE]


def standing(connection: Connection, party: str, keys: Collection[str]) -> dict[str, Standing]:
    """Item key -> its current record."""
    found = {}
    for some in slices(keys):
        asked = (
            select(current.c.item_key, *_STANDING)
            .join(records, records.c.record_id == current.c.record_id)
            .where(current.c.party == party, current.c.item_key.in_(some))
        )
        for key, *rest in connection.execute(asked):
            found[key] = Standing(*rest)
    return found


def standing_of_files(
    connection: Connection, party: str, keys: Collection[str]
) -> dict[tuple[str, str], Standing]:
    """(Item key, kind) -> the last record that a file brought, where something else has come after it."""
    found = {}
    for some in slices(keys):
        asked = (
            select(records.c.item_key, *_STANDING)
            .where(records.c.party == party, records.c.item_key.in_(some), records.c.kind.in_(FROM_FILES))
            .order_by(records.c.seq)
        )
        for key, *rest in connection.execute(asked):
            one = Standing(*rest)
            found[key, one.kind] = one
    return found


def personal_of(connection: Connection, record_ids: Collection[str]) -> dict[str, bytes]:
    """Record -> its sealed personal data, where it has any that was not erased."""
    found: dict[str, bytes] = {}
    for some in slices(record_ids):
        asked = select(personal.c.record_id, personal.c.sealed).where(personal.c.record_id.in_(some))
        found |= {row.record_id: row.sealed for row in connection.execute(asked)}
    return found
