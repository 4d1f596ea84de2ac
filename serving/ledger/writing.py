"""Appending: one transaction, under the lock of the party's chain.

The order is always the same: lock the chain, read what stands, write records and what follows from them, move the
head. What is read after the lock cannot change before the commit, so there is no gap and no double.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from data.errors import MailDutyError
from serving.ledger.chain import GENESIS, link
from serving.ledger.drafts import Draft
from serving.ledger.finding import Stands
from serving.ledger.projecting import Projection, standing_open, store, upsert
from serving.ledger.records import OF_AN_ITEM, Kept, cleaned
from serving.ledger.sealing import Sealer
from serving.ledger.tables import chains, parties, personal, records, subjects


def stamp(at: datetime) -> str:
    """``at`` as the ledger writes it: UTC, ISO 8601 with microseconds. Raises ``LEDGER_TIME`` without a zone."""
    if at.tzinfo is None:
        raise MailDutyError(
            "LEDGER_TIME", f"{at} has no time zone", "a record says when, for everyone", "pass a time in UTC"
        )
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def write(
    connection: Connection,
    party: str,
    drafts: Sequence[Draft],
    at: datetime,
    actor: str,
    sealer: Sealer | None,
) -> list[Kept]:
    """Writes the drafts in order; the caller holds the transaction. One :class:`Kept` for each."""
    when = stamp(at)
    length, head = _lock(connection, party, when)
    stands = Stands(connection, party, drafts, sealer)
    prefix = f"{int(at.timestamp() * 1000):012x}"
    kept: list[Kept] = []
    rows: list[dict[str, Any]] = []
    written: list[Draft] = []
    for draft in drafts:
        if same := stands.says_already(draft):
            kept.append(Kept(same.record_id, same.seq, same.hash, False))
            continue
        length += 1
        row = _row(draft, party, length, head, when, actor, stands.superseded_by(draft))
        row["record_id"] = f"{prefix}{len(rows) & 0xFFFF:04x}{secrets.token_hex(6)}"
        head = row["hash"] = link(row)
        stands.now_says(draft, row)
        kept.append(Kept(row["record_id"], length, head, True))
        rows.append(row)
        written.append(draft)
    if rows:
        connection.execute(insert(records), rows)
        _seal_away(connection, party, rows, written)
        _project(connection, party, rows, written, stands.known)
        connection.execute(update(chains).where(chains.c.party == party), {"length": length, "head": head})
    return kept


def _lock(connection: Connection, party: str, when: str) -> tuple[int, str]:
    """Length and head of the party's chain, ours until the commit; a new party gets its chain here."""
    asked = select(chains.c.length, chains.c.head).where(chains.c.party == party).with_for_update()
    found = connection.execute(asked).first()
    if found is None:
        new = upsert(connection, parties).on_conflict_do_nothing()
        connection.execute(new, {"party": party, "name": party, "created_at": when})
        connection.execute(
            upsert(connection, chains).on_conflict_do_nothing(),
            {"party": party, "length": 0, "head": GENESIS},
        )
        found = connection.execute(asked).one()
    return found.length, found.head


def _row(
    draft: Draft, party: str, seq: int, head: str, when: str, actor: str, supersedes: str | None
) -> dict[str, Any]:
    entry = draft.entry
    return {
        "party": party,
        "seq": seq,
        "kind": entry.kind,
        "item_key": entry.item_key,
        "item_id": entry.item_id,
        "tracking_id": entry.tracking_id,
        "supersedes": supersedes,
        "entered_on": entry.entered_on.isoformat() if entry.entered_on else None,
        "at": when,
        "actor": actor,
        "reason": cleaned(entry.reason),
        "manifest_sha256": entry.manifest_sha256,
        "body_sha256": draft.body_sha256,
        "personal_mark": draft.personal_mark,
        "prev_hash": head,
        "body": draft.content,
    }


def _seal_away(connection: Connection, party: str, rows: list[dict[str, Any]], drafts: list[Draft]) -> None:
    both = list(zip(rows, drafts, strict=True))
    blobs = [{"record_id": row["record_id"], "sealed": d.sealed} for row, d in both if d.sealed]
    found = [
        {"party": party, "subject": subject, "record_id": row["record_id"]}
        for row, d in both
        for subject in d.subjects
    ]
    if blobs:
        connection.execute(insert(personal), blobs)
    if found:
        connection.execute(insert(subjects), found)


def _project(
    connection: Connection, party: str, rows: list[dict[str, Any]], drafts: list[Draft], known: frozenset[str]
) -> None:
    keys = {row["item_key"] for row in rows if row["kind"] in OF_AN_ITEM}
    made = Projection(exceptions=standing_open(connection, party, keys & known))
    had_open = list(made.exceptions)
    for row, draft in zip(rows, drafts, strict=True):
        made.take(row, draft.entry.decision, draft.entry.route, draft.entry.exceptions)
    store(connection, party, made, had_open)
