"""A row that could not be read waits until its parcel comes again in another file; then it waits no longer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from serving.ledger import Entry, Ledger
from serving.ledger.finding import slices
from serving.ledger.tables import current, records


def closed_by(ledger: Ledger, party: str, entries: Sequence[Entry], sha256: str) -> list[Entry]:
    """Corrections that close rejected rows of earlier files, for the parcels that ``entries`` of this file are of."""
    parcels = {entry.tracking_id for entry in entries if entry.tracking_id}
    said = "its parcel came again in another file"
    closing: list[Any] = []
    with ledger.reading() as connection:
        for some in slices(parcels):
            asked = (
                select(records.c.record_id, records.c.item_key, records.c.item_id, records.c.tracking_id)
                .join(current, current.c.record_id == records.c.record_id)
                .where(
                    records.c.party == party,
                    records.c.tracking_id.in_(some),
                    records.c.kind == "rejected",
                    records.c.manifest_sha256 != sha256,
                )
            )
            closing += connection.execute(asked).all()
    return [
        Entry(
            "correction",
            {"of": row.record_id, "by_manifest": sha256},
            item_key=row.item_key,
            item_id=row.item_id,
            tracking_id=row.tracking_id,
            reason=said,
        )
        for row in closing
    ]
