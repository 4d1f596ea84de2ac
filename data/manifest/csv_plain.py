"""A plain CSV manifest: one header, one row per line of goods.

The header may stand below title rows; its names are those of `vocabulary`, in any order and spelling. The
delimiter (, ; tab |) is the one that makes most of the header known. `value` is the value of the whole row.
A row is a row as a spreadsheet counts: a line break inside quotes does not start a new one.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from data.errors import MailDutyError
from data.manifest.csv_records import records
from data.manifest.source import Fault, Layout, RawRow, RowError, Skipped, register, shorten
from data.manifest.vocabulary import Column, column, squeeze

DELIMITERS = (",", ";", "\t", "|")
HEADER_WITHIN = 30  # lines searched for the header
_TOTALS = re.compile(
    r"(?:(?:grand|sub|sum|page|awb|net|manifest|overall)[\s\-]*)?"
    r"(?:totals?|totaux|totale|totales|gesamt|gesamtsumme|summe|sum|suma|somme|итого|всего|合计|总计|小计|共计|總計|合計|小計)"
    r"(?:[\s\-]*(?:of|value|amount|weight|items?|pieces|parcels|packages|pcs|qty|quantity|declared|rows|kg|usd))*"
    r"\s*[:：=]?(?:\s*\(?[\d.,]+\s*\w*\)?)?",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"(?=.*\d)[\w\- ]{8,50}"
)  # what a tracking number in a total row would have to look like
# Two columns that mean one of these must agree on every row; of the others the first is read.
_DECISIVE = frozenset(
    "id tracking_id line_no hts origin quantity net_weight value unit_value currency category arrival_date".split()
)


@register
class PlainCsv(Layout):
    """Comma, semicolon, tab or bar separated values under a header."""

    name = "csv_plain"
    version = "1"
    general = True
    extensions = (".csv", ".tsv", ".txt")

    def recognise(self, head: list[str]) -> bool:
        """True when a header names the tracking number and at least one other field."""
        return _find_header(head) is not None

    def rows(self, lines: Iterator[str], notes: list[str]) -> Iterator[RawRow | Skipped | RowError]:
        """Every row. Raises MANIFEST_NOT_RECOGNISED, MANIFEST_COLUMN_MISSING or MANIFEST_HEADER_ONLY."""
        head = list(islice(lines, HEADER_WITHIN))
        found = _find_header(head)
        if found is None:
            raise _no_header(head)
        delimiter, header = found
        columns = _columns(header, notes)
        _require(columns, header)
        units = {c.field: c.unit for c in columns if c and c.unit}
        below, data = False, 0
        for row, cells in enumerate(records(_chain(head, lines), delimiter, len(header)), start=1):
            if isinstance(cells, RowError):
                data += 1
                yield cells._replace(row=row)
            elif not any(cell.strip() for cell in cells):
                yield Skipped(row, "blank")
            elif not below:
                below = cells == header
                yield Skipped(row, "header" if below else "above the header", shorten(" ".join(cells)))
            elif cells == header:
                yield Skipped(row, "header repeated", shorten(" ".join(cells)))
            elif _is_total(cells, columns):
                yield Skipped(row, "total", shorten(" ".join(filter(None, cells))))
            else:
                data += 1
                yield _row(row, cells, columns, units)
        if not data:
            raise MailDutyError(
                "MANIFEST_HEADER_ONLY",
                "there is a header and no data row below it",
                "A manifest has at least one row",
                "Check that the export finished",
            )


def _chain(head: list[str], lines: Iterator[str]) -> Iterator[str]:
    yield from head
    yield from lines


def _find_header(head: list[str]) -> tuple[str, list[str]] | None:
    """(delimiter, header cells) with most known names; None when no line names tracking_id and one more."""
    best: tuple[int, str, list[str]] | None = None
    csv.field_size_limit(1 << 30)
    for delimiter in DELIMITERS:
        try:
            lines = list(csv.reader(head, delimiter=delimiter))
        except csv.Error:
            continue
        for cells in lines:
            if len(cells) > 500 or any(len(cell) > 300 for cell in cells):
                continue
            known = {c.field for c in map(column, cells) if c}
            if "tracking_id" in known and len(known) > 1 and (best is None or len(known) > best[0]):
                best = (len(known), delimiter, cells)
    return best and (best[1], best[2])


def _columns(header: list[str], notes: list[str]) -> list[Column | None]:
    """What every column means; None for those not read, which are named in the notes."""
    columns: list[Column | None] = []
    unread, seen = [], set()
    for name in header:
        meant = column(name)
        if meant and meant.field in seen and meant.field not in _DECISIVE:
            notes.append(f"several columns mean {meant.field}: {shorten(name)} is not read")
            meant = None
        elif meant is None and name.strip():
            unread.append(name)
        columns.append(meant)
        seen.add(meant.field if meant else "")
    if unread:
        notes.append(f"columns not read: {shorten(', '.join(unread))}")
    return columns


def _require(columns: list[Column | None], header: list[str]) -> None:
    known = {c.field for c in columns if c}
    if not known & {"value", "unit_value"}:
        raise MailDutyError(
            "MANIFEST_COLUMN_MISSING",
            f"no column holds the value; the header names {shorten(', '.join(header))}",
            "Duty is owed on the declared value of every row",
            "Name that column `value` (of the whole row) or `unit_value` (of one piece)",
        )


def _no_header(head: list[str]) -> MailDutyError:
    return MailDutyError(
        "MANIFEST_NOT_RECOGNISED",
        f"no header with a tracking number among the first lines: {shorten(' '.join(head[:2]))}",
        "The header names at least the tracking number and one other field",
        "See the header names in data/samples/README.md",
    )


def _is_total(cells: list[str], columns: list[Column | None]) -> bool:
    """True when the first filled cell says total and no tracking number stands in the row."""
    first = next(cell.strip() for cell in cells if cell.strip())
    if not _TOTALS.fullmatch(first):
        return False
    for cell, meant in zip(cells, columns, strict=False):
        if meant and meant.field == "tracking_id" and _NUMBERED.fullmatch(cell.strip()):
            return False
    return True


def _row(row: int, cells: list[str], columns: list[Column | None], units: dict[str, str]) -> RawRow:
    fields: dict[str, Any] = {}
    facts: dict[str, Any] = {}
    faults: list[Fault] = []
    for cell, meant in zip(cells, columns, strict=False):
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
    extra = [cell for cell in cells[len(columns) :] if cell.strip()]
    if extra:
        faults.append(
            Fault(
                "ROW_TOO_LONG",
                "row",
                shorten(" ".join(extra)),
                f"the row has {len(cells)} cells, the header {len(columns)}",
                "Put cells that hold the delimiter in quotation marks",
            )
        )
    return RawRow(row, fields, units=units, facts=facts, faults=tuple(faults))


def header_table() -> list[tuple[str, str]]:
    """(field, names it goes by) for documentation."""
    from data.manifest.vocabulary import SYNONYMS

    return [
        (field, ", ".join(dict.fromkeys(words.split())))
        for field, words in SYNONYMS.items()
        if squeeze(field)
    ]
