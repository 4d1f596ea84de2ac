"""What stands on the items an append is about; asked in slices, so that no statement grows without bound."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from serving.ledger.chain import canonical
from serving.ledger.drafts import Draft
from serving.ledger.records import FROM_FILES, OF_AN_ITEM
from serving.ledger.sealing import Sealer
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


class Stands:
    """What the ledger says of the items at hand, kept up while they are written."""

    def __init__(
        self, connection: Connection, party: str, drafts: Sequence[Draft], sealer: Sealer | None
    ) -> None:
        keys = {d.entry.item_key for d in drafts if d.entry.item_key and d.entry.kind in OF_AN_ITEM}
        self.current = standing(connection, party, keys)
        self.known = frozenset(self.current)
        passed = {
            d.entry.item_key
            for d in drafts
            if d.entry.kind in FROM_FILES
            and (now := self.current.get(d.entry.item_key)) is not None
            and now.kind != d.entry.kind
        }
        self.of_files = standing_of_files(connection, party, passed)
        alike = [
            (d, found)
            for d in drafts
            if d.sealed and (found := self._last(d)) and _alike(d, found) and found.personal_mark
        ]
        sealed = personal_of(connection, {found.record_id for _, found in alike})
        self.personal: dict[str, bytes] = {}
        for _, found in alike:
            if sealer and found.record_id in sealed and found.record_id not in self.personal:
                opened_up = sealer.open_up(sealed[found.record_id], found.personal_mark)
                self.personal[found.record_id] = canonical(opened_up)

    def says_already(self, draft: Draft) -> Standing | None:
        """The record that says exactly this, personal data included; erased personal data is not asked for again."""
        found = self._last(draft)
        if found is None or not _alike(draft, found):
            return None
        if draft.personal is None:
            return found
        if found.personal_mark is None:
            return None
        held = self.personal.get(found.record_id)
        return found if held is None or held == draft.personal else None

    def superseded_by(self, draft: Draft) -> str | None:
        """The record that a new one of the item names as the one it follows."""
        now = self.current.get(draft.entry.item_key) if draft.entry.kind in OF_AN_ITEM else None
        return now.record_id if now else None

    def now_says(self, draft: Draft, row: Mapping[str, Any]) -> None:
        """One record more, for the entries of the same append that come after it."""
        entry = draft.entry
        if not entry.item_key or entry.kind not in OF_AN_ITEM:
            return
        now = Standing(
            row["record_id"], row["seq"], row["hash"], entry.kind, row["body_sha256"], row["personal_mark"]
        )
        before = self.current.get(entry.item_key)
        if before is not None and before.kind in FROM_FILES:
            self.of_files[entry.item_key, before.kind] = before
        self.current[entry.item_key] = now
        if draft.personal is not None:
            self.personal[now.record_id] = draft.personal

    def _last(self, draft: Draft) -> Standing | None:
        entry = draft.entry
        if not entry.item_key or entry.kind not in OF_AN_ITEM:
            return None
        now = self.current.get(entry.item_key)
        if now is not None and now.kind != entry.kind and entry.kind in FROM_FILES:
            return self.of_files.get((entry.item_key, entry.kind))
        return now


def _alike(draft: Draft, found: Standing) -> bool:
    return found.kind == draft.entry.kind and found.body_sha256 == draft.body_sha256
