"""Manifests: one reader per real layout, one check for all of them.

    reading = read_manifest("manifest.csv", rates="rates.csv")
    reading.items, reading.errors, reading.skipped

A new layout is one new module in this folder: a class derived from `Layout` (or from `TableLayout`, for rows
and columns in CSV and workbooks), marked `@register`.
"""

from data.manifest.choice import layouts
from data.manifest.reading import ManifestReading, read_manifest
from data.manifest.source import Fault, Layout, RawRow, RowError, Skipped, register

__all__ = [
    "Fault",
    "Layout",
    "ManifestReading",
    "RawRow",
    "RowError",
    "Skipped",
    "layouts",
    "read_manifest",
    "register",
]
