"""Reading a manifest: file in, items and errors out, every row accounted for.

data rows in = items + errors          (`rows_in`; a nested parcel has one row per content piece)
all rows     = items + errors + skipped (`rows_seen`; skipped: blank, title, header and total rows)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from data.errors import MailDutyError
from data.manifest.checks import Register, check
from data.manifest.choice import choose
from data.manifest.document_map import DocumentMap
from data.manifest.intake import Intake, take_in
from data.manifest.itmatt_mapped import mapped_by
from data.manifest.parcels import agreed, parcels_of
from data.manifest.source import Layout, RawRow, RowError, Settings, Skipped, shorten
from data.manifest.totals import Totals
from data.money import Rates
from data.records import Item, Manifest, Parcel, Question
from data.undisturbed import undisturbed

_Found = RawRow | RowError | Skipped
MOST_ROWS = 1_048_576  # as many as a sheet has; whoever takes files from strangers may ask for fewer
TELL_EVERY = 2000  # rows between two calls of progress
Progress = Callable[[int, int], None]


@dataclass
class ManifestReading:
    """What came of a file. len(items) + len(errors) == rows_in, always."""

    manifest: Manifest
    parcels: list[Parcel] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    rows_in: int = 0
    notes: list[str] = field(default_factory=list)
    doubts: list[Question] = field(
        default_factory=list
    )  # about the whole file: totals that differ, other sheets

    @property
    def layout(self) -> str:
        """Name of the reader."""
        return self.manifest.layout

    @property
    def sha256(self) -> str:
        """SHA-256 of the file as received."""
        return self.manifest.source_sha256

    @property
    def rows_seen(self) -> int:
        """All rows, those that are no data included."""
        return self.rows_in + len(self.skipped)

    def summary(self) -> dict[str, int]:
        """Counts for a report: rows_in, items, errors, skipped, parcels, items with open questions."""
        return {
            "rows_in": self.rows_in,
            "items": len(self.items),
            "errors": len(self.errors),
            "skipped": len(self.skipped),
            "parcels": len(self.parcels),
            "items_with_questions": sum(1 for item in self.items if item.blocked_by),
        }


def read_manifest(
    source: str | Path | bytes,
    layout: str | None = None,
    *,
    rates: Rates | str | Path | None = None,
    value_basis: Literal["row", "unit"] | None = None,
    decimal_mark: Literal[".", ","] | None = None,
    date_order: Literal["mdy", "dmy"] | None = None,
    weight_unit: str | None = None,
    defaults: Mapping[str, str] | None = None,
    category_codes: Mapping[str, str] | None = None,
    encoding: str | None = None,
    name: str | None = None,
    manifest_id: str | None = None,
    mapping: DocumentMap | str | Path | None = None,
    most_rows: int = MOST_ROWS,
    progress: Progress | None = None,
) -> ManifestReading:
    """Read a manifest from a path or from its bytes.

    layout names a reader, else the content decides. rates is a Rates table or the path of one; an amount in
    another currency than USD without a rate is a row error. defaults fills blank cells (currency,
    arrival_date, ...), by field name. decimal_mark, date_order, weight_unit and value_basis settle what the
    file leaves open. mapping is a mapping file that says what the names of a JSON or XML document mean.
    progress is called with (bytes read, bytes in all). A file of more rows than most_rows, blank ones included, is
    refused: what is made of a row is far larger than the row.

    A bad row is a RowError and costs nothing else. Raises MailDutyError (MANIFEST_*) only when no row of the
    file can be read: missing, empty, header only, binary, wrong encoding, no known header.
    """
    intake = take_in(source, name, encoding)
    table = rates if isinstance(rates, Rates) else Rates.load(rates) if rates is not None else Rates()
    settings = Settings(value_basis, decimal_mark, date_order, weight_unit, {name: str(text) for name, text in (defaults or {}).items()},
                        dict(category_codes or {}), table)  # fmt: skip
    notes = list(intake.notes)
    reader = choose(layout, intake, notes) if mapping is None else mapped_by(mapping, layout)
    reader = reader.fitted(intake)
    reading = ManifestReading(_manifest(intake, reader, manifest_id), notes=notes)
    basis = value_basis or reader.value_basis
    with undisturbed():
        rows = _with_progress(intake, reader, notes, progress)
        _read_rows(reading, _no_more_than(most_rows, rows), settings, basis)
        reading.parcels = parcels_of(reading.items, reading.errors)
    if intake.book is not None and intake.book.left_out:
        reading.doubts.append(_other_sheets(intake.book.left_out))
    reading.notes += [doubt.fact for doubt in reading.doubts]
    reading.manifest = reading.manifest.model_copy(update=agreed(reading.items))
    return reading


def _read_rows(
    reading: ManifestReading, rows: Iterator[RawRow | Skipped | RowError], settings: Settings, basis: str
) -> None:
    register, totals = Register(), Totals(settings)
    for found in rows:
        if isinstance(found, Skipped):
            reading.skipped.append(found)
            totals.skipped(found)
            continue
        outcome = found if isinstance(found, RowError) else check(found, settings, basis, register)
        totals.row(found, outcome)
        reading.rows_in += 1
        if isinstance(outcome, RowError):
            reading.errors.append(outcome)
        else:
            reading.items.append(outcome)
    reading.doubts += totals.close()


def _no_more_than(most: int, rows: Iterator[_Found]) -> Iterator[_Found]:
    for count, found in enumerate(rows, start=1):
        if count > most:
            raise MailDutyError(
                "MANIFEST_TOO_MANY_ROWS",
                f"the file has more than {most} rows",
                "A manifest is read as a whole",
                "Split it, by flight or by dispatch",
            )
        yield found


def _with_progress(
    intake: Intake, reader: Layout, notes: list[str], progress: Progress | None
) -> Iterator[RawRow | Skipped | RowError]:
    with intake.open() as raw:
        for count, found in enumerate(reader.read(intake, raw, notes), start=1):
            yield found
            if progress is not None and count % TELL_EVERY == 0:
                progress(min(raw.tell(), intake.size), intake.size)
    if progress is not None:
        progress(intake.size, intake.size)


def _manifest(intake: Intake, reader: Layout, manifest_id: str | None) -> Manifest:
    return Manifest(
        manifest_id=manifest_id or intake.sha256[:16],
        source_name=intake.name,
        source_sha256=intake.sha256,
        source_bytes=intake.size,
        layout=reader.name,
        layout_version=reader.version,
        encoding=intake.encoding
        if intake.errors == "strict"
        else f"{intake.encoding}, some rows Windows-1252",
    )


def _other_sheets(names: list[str]) -> Question:
    said = ", ".join(names)
    return Question(
        code="MANIFEST_SHEETS",
        field="sheet",
        value=shorten(said),
        fact=f"sheets that look like manifests too were not read: {shorten(said)}",
        remedy="Send each sheet as a file of its own, or remove the copies",
    )
