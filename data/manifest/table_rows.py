"""The rows below a header: what each column means, which rows are no data, and the fields of the others."""

from __future__ import annotations

from typing import NamedTuple

from data.manifest.sheet_cells import Cells
from data.manifest.source import Fault, RawRow, Stated, shorten
from data.manifest.total_rows import is_total, stated_in
from data.manifest.vocabulary import Column, column

# Two columns that mean one of these must agree on every row; of the others the first is read.
_DECISIVE = frozenset(
    "id tracking_id line_no hts origin quantity net_weight value unit_value currency category arrival_date".split()
)


class Header(NamedTuple):
    """Where the header stands among the first rows, how many rows it spans, and its names by column."""

    first: int
    rows: int
    names: Cells
    known: int  # columns we know, by which a CSV's delimiter is chosen
    cells: tuple[Cells, ...] = ()  # its rows as they stand, where it has several


class TableRows:
    """The rows of one file. A layout of its own derives from this where its rows need more."""

    def __init__(self, header: Header, notes: list[str]) -> None:
        self.columns = self.meanings(header.names, notes)
        self.units = {c.field: c.unit for c in self.columns if c and c.unit}

    def meanings(self, names: Cells, notes: list[str]) -> list[Column | None]:
        """What every column means; None for those not read, which are named in the notes."""
        found: list[Column | None] = []
        unread, seen = [], set()
        for name in names:
            meant = self.meaning(name)
            if meant and meant.field in seen and meant.field not in _DECISIVE:
                notes.append(f"several columns mean {meant.field}: {shorten(name)} is not read")
                meant = None
            elif meant is None and name.strip():
                unread.append(name)
            found.append(meant)
            seen.add(meant.field if meant else "")
        if unread:
            notes.append(f"columns not read: {shorten(', '.join(unread))}")
        return found

    def meaning(self, name: str) -> Column | None:
        """What one column name means."""
        return column(name)

    def why_no_data(self, cells: Cells) -> str:
        """Why a row below the header is no data, or nothing where it is."""
        return "total" if is_total(cells, self.columns) else ""

    def stated(self, cells: Cells, reason: str) -> tuple[Stated, ...]:
        """The totals that a row which is no data states."""
        return stated_in(cells, self.columns, self.units) if reason == "total" else ()

    def row(self, number: int, cells: Cells) -> RawRow:
        """The fields of a data row."""
        fields: dict[str, str] = {}
        facts: dict[str, str] = {}
        faults: list[Fault] = []
        for cell, meant in zip(cells, self.columns, strict=False):
            if meant is None or not cell:
                continue
            if meant.field.startswith("fact:"):
                if cell.strip():
                    facts[meant.field[5:]] = cell.strip()
            elif meant.field not in fields or fields[meant.field].strip() in ("", cell.strip()):
                fields[meant.field] = cell
            elif cell.strip():
                faults.append(
                    Fault(
                        "COLUMN_CONFLICT",
                        meant.field,
                        shorten(cell),
                        f"two columns mean {meant.field} and differ: {shorten(fields[meant.field])}",
                        "Keep one of the columns",
                    )
                )
        extra = [cell for cell in cells[len(self.columns) :] if cell.strip()]
        if extra:
            faults.append(
                Fault(
                    "ROW_TOO_LONG",
                    "row",
                    shorten(" ".join(extra)),
                    f"the row has {len(cells)} cells, the header {len(self.columns)}",
                    "Put cells that hold the delimiter in quotation marks",
                )
            )
        return RawRow(number, fields, units=self.units, facts=facts, faults=tuple(faults))
