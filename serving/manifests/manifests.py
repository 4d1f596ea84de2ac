"""What a manifest that was read becomes: items to assess, rows in error to keep, and what is said of the file.

The command line and the service take these from here, so that the same file gives the same records from both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from data.errors import MailDutyError
from data.manifest import ManifestReading, RowError
from data.records import Item
from serving.asked import AskedItem, from_item
from serving.decisions.decision import Ground
from serving.ledger import Entry
from serving.ledger.drafts import checked
from serving.manifests.keeping import rejected_entry


def keepable(reading: ManifestReading) -> ManifestReading:
    """With identifiers that no ledger can hold (endless, or with signs no database keeps) as rows in error."""
    items: list[Item] = []
    errors = [e._replace(tracking_id="") if _unkept(e.tracking_id) else e for e in reading.errors]
    for item in reading.items:
        if wrong := _unkept(item.tracking_id, item.id):
            fact = "the identifier is longer, or of other signs, than can be kept"
            errors.append(RowError(item.row, wrong, "tracking_id", "", fact, "Correct it"))
        else:
            items.append(item)
    reading.items, reading.errors = items, errors
    return reading


def _unkept(tracking: str, identifier: str = "") -> str | None:
    """The code of what is wrong with identifiers, None where the ledger can hold them."""
    try:
        checked("tracking_id", tracking)
        checked("item_id", identifier)
    except MailDutyError as error:
        return error.code
    return None


def asked_items(
    reading: ManifestReading, on: date | None, today: date, facts: Mapping[str, Any]
) -> Iterator[AskedItem]:
    """The items of a manifest; those whose parcel lost a row carry the question, for its limits are not known."""
    lost = {parcel.tracking_id: parcel.rows_in_error for parcel in reading.parcels if parcel.rows_in_error}
    for item in reading.items:
        one = from_item(item, on, today, facts)
        if rows := lost.get(item.tracking_id):
            said = f"row {', '.join(map(str, rows))} of this parcel could not be read"
            one = replace(one, questions=(*one.questions, Ground("PARCEL_INCOMPLETE", said)))
        yield one


def about(reading: ManifestReading) -> dict[str, Any]:
    """The file as received: layout, counts, and every row that is no data, with the reason."""
    return {
        **reading.manifest.model_dump(mode="json", exclude_none=True),
        "counts": reading.summary(),
        "notes": list(reading.notes),
        "skipped": [{"row": one.row, "reason": one.reason} for one in reading.skipped],
    }


def rejected_row(error: RowError, sha256: str) -> Entry:
    """A row in error of the file with that hash, as an entry."""
    piece = f" piece {error.piece}" if error.piece else ""
    return rejected_entry({"error": error.as_dict()}, f"row {error.row}{piece}", sha256)
