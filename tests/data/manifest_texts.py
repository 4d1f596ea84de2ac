"""Manifests written in a line, for the tests of the readers."""

from typing import Any

from data.manifest import ManifestReading, read_manifest

GOOD = "CP473124829DE"
OTHER = "LX123456785GB"
HEADER = "tracking_id,description,hts,origin,quantity,net_weight_kg,value,currency,arrival_date"


def csv_of(*rows: str, header: str = HEADER) -> bytes:
    return "\n".join((header, *rows, "")).encode()


def row(**cells: str) -> str:
    """One CSV row under HEADER; cells that need quotes get them."""
    held = {
        "tracking_id": GOOD,
        "description": "cotton T-shirt",
        "hts": "6109100012",
        "origin": "BD",
        "quantity": "2",
        "net_weight_kg": "0.4",
        "value": "24.00",
        "currency": "USD",
        "arrival_date": "2026-10-03",
    }
    held |= cells
    return ",".join(f'"{held[name]}"' for name in HEADER.split(","))


def read(content: bytes | str, **settings: Any) -> ManifestReading:
    """Read, and hold the invariant: every row is an item, an error or skipped."""
    data = content.encode() if isinstance(content, str) else content
    reading = read_manifest(data, **settings)
    assert reading.rows_in == len(reading.items) + len(reading.errors)
    assert reading.rows_seen == reading.rows_in + len(reading.skipped)
    return reading


def error(content: bytes | str, **settings: Any) -> Any:
    """The one error of a manifest without items."""
    reading = read(content, **settings)
    assert not reading.items
    (only,) = reading.errors
    assert only.row and only.field and only.fact and only.remedy
    return only
