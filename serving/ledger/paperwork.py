"""What is set for a party and who may ask for it, held against the records that say so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import Connection, select

from serving.ledger.tables import keys, parties, records

if TYPE_CHECKING:
    from serving.ledger.verify import Verified


def check_keys(connection: Connection, party: str, found: Verified) -> None:
    """Every key of the party is one that a record added, with its scopes; and revoked where a record revoked it."""
    must: dict[str, tuple[str, str, bool]] = {}
    for body in _bodies(connection, party, "key"):
        if body.get("done") == "added":
            must[body["key_id"]] = (" ".join(body["scopes"]), body["digest"], False)
        elif body.get("done") == "revoked" and body["key_id"] in must:
            must[body["key_id"]] = (*must[body["key_id"]][:2], True)
    there = {
        row.key_id: (row.scopes, row.digest, row.revoked_at is not None)
        for row in connection.execute(select(keys).where(keys.c.party == party))
    }
    for key_id in sorted(must.keys() | there.keys()):
        if must.get(key_id) != there.get(key_id):
            found.tell(f"key {key_id}: it is not as the records have it")


def check_settings(connection: Connection, party: str, found: Verified) -> None:
    """What is set for the party is what the last record of a setting says."""
    must: dict[str, Any] = {}
    for body in _bodies(connection, party, "settings"):
        if "thresholds" in body:
            must = body["thresholds"]
    said = connection.execute(select(parties.c.settings).where(parties.c.party == party)).scalar()
    try:
        there = orjson.loads(said or "{}").get("thresholds", {})
    except (ValueError, AttributeError):
        there = None
    if there != must:
        found.tell("the thresholds of the party are not those that the last record sets")


def _bodies(connection: Connection, party: str, kind: str) -> Iterator[dict[str, Any]]:
    asked = select(records.c.body).where(
        records.c.party == party, records.c.kind == kind, records.c.body.is_not(None)
    )
    for content in connection.execute(asked.order_by(records.c.seq)).scalars():
        try:
            body = orjson.loads(content)["body"]
        except (ValueError, TypeError, KeyError):
            continue  # the walk tells of it
        if isinstance(body, dict):
            yield body
