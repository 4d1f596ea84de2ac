"""What the items of a manifest make up: parcels, and what all of them agree on."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from data.manifest.source import RowError
from data.records import Item, Parcel


def agreed(items: Sequence[Item]) -> dict[str, Any]:
    """What all items of the manifest agree on."""
    held = {}
    for name in ("arrival_date", "arrival_port", "carrier_code", "flight_no"):
        values = {getattr(item, name) for item in items}
        held[name] = values.pop() if len(values) == 1 else None
    return held


def parcels_of(items: Sequence[Item], errors: Sequence[RowError]) -> list[Parcel]:
    """One parcel per tracking number, in order of appearance; rows in error are named, not counted."""
    lines: dict[str, list[Item]] = {}
    for item in items:
        lines.setdefault(item.tracking_id, []).append(item)
    bad: dict[str, list[int]] = {}
    for error in errors:
        if error.tracking_id:
            bad.setdefault(error.tracking_id, []).append(error.row)
    return [_parcel(tracking, items, bad.get(tracking, [])) for tracking, items in lines.items()]


def _parcel(tracking: str, items: list[Item], bad: list[int]) -> Parcel:
    values = [item.value_usd for item in items]
    weights = {item.gross_weight_kg for item in items}
    return Parcel(
        tracking_id=tracking,
        id_scheme=items[0].id_scheme,
        s10=items[0].s10,
        item_ids=tuple(item.id for item in items),
        origins=tuple(dict.fromkeys(item.origin for item in items if item.origin)),
        value_usd=None if bad or None in values else sum((v for v in values if v is not None), Decimal(0)),
        gross_weight_kg=weights.pop() if len(weights) == 1 else None,
        rows_in_error=tuple(bad),
    )
