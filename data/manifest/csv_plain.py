"""A plain CSV manifest: one header, one row per line of goods.

The header may stand below title rows; its names are those of `vocabulary`, in any order and spelling. The
delimiter (, ; tab |) is the one that makes most of the header known. `value` is the value of the whole row.
A row is a row as a spreadsheet counts: a line break inside quotes does not start a new one.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import Any

from data.errors import MailDutyError
from data.manifest.source import Fault, Layout, RawRow, RowError, Skipped, register, shorten
from data.manifest.vocabulary import Column, column, squeeze

DELIMITERS = (",", ";", "\t", "|")
HEADER_WITHIN = 30  # lines searched for the header
LONGEST_RECORD = 1000  # lines one quoted cell may run over before we say that its quote was never closed
_TOTALS = re.compile(
    r"(grand|sub|sum|page|awb|net)?\s*-?(total|totals|totaux|totale|totales|gesamt|gesamtsumme|summe|"
    r"sum|suma|somme|итого|всего|合计|总计|小计|共计|總計|合計|小計)\s*[:：]?(\s*\(?[\d.,]+\s*\w*\)?)?",
    re.IGNORECASE,
)


@register
class PlainCsv(Layout):
    """Comma, semicolon, tab or bar separated values under a header."""

    name = "csv_plain"
    version = "1"
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
        columns = [column(name) for name in header]
        _require(columns, header)
        unread = [name for name, meant in zip(header, columns, strict=True) if meant is None and name.strip()]
        if unread:
            notes.append(f"columns not read: {shorten(', '.join(unread))}")
        units = {c.field: c.unit for c in columns if c and c.unit}
        below, data = False, 0
        for row, cells in enumerate(_records(_chain(head, lines), delimiter, len(header)), start=1):
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
            records = list(csv.reader(head, delimiter=delimiter))
        except csv.Error:
            continue
        for cells in records:
            if len(cells) > 500 or any(len(cell) > 300 for cell in cells):
                continue
            known = {c.field for c in map(column, cells) if c}
            if "tracking_id" in known and len(known) > 1 and (best is None or len(known) > best[0]):
                best = (len(known), delimiter, cells)
    return best and (best[1], best[2])


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


def _records(lines: Iterator[str], delimiter: str, width: int) -> Iterator[list[str] | RowError]:
    """Records one by one. A quote that is never closed costs its own line, not what follows it."""
    again: deque[str] = deque()
    csv.field_size_limit(1 << 30)

    def pull() -> str | None:
        return again.popleft() if again else next(lines, None)

    while (line := pull()) is not None:
        taken = [line]
        try:
            yield next(csv.reader([line], delimiter=delimiter, strict=True), [])
            continue
        except csv.Error as error:
            if "unexpected end" not in str(error):
                yield _loose(line, delimiter)
                continue
        record = _over_lines(taken, pull, delimiter, width)
        if record is None:
            again.extendleft(reversed(taken[1:]))
            yield RowError(
                0,
                "QUOTE_UNCLOSED",
                "row",
                shorten(line),
                "a quotation mark opens and does not close",
                "Close it or double it; the lines after it were read as rows of their own",
            )
        else:
            yield record


def _over_lines(taken: list[str], pull: Any, delimiter: str, width: int) -> list[str] | None:
    """The record that starts on taken[0] and runs on; None when no such record makes sense."""

    def feed() -> Iterator[str]:
        yield taken[0]
        while len(taken) < LONGEST_RECORD and (line := pull()) is not None:
            taken.append(line)
            if width > 3 and line.count(delimiter) >= width - 1 and line.count('"') == 0:
                return  # a whole row of its own inside the quotes: they were never meant to reach this far
            yield line

    try:
        return next(csv.reader(feed(), delimiter=delimiter, strict=True))
    except (csv.Error, StopIteration):
        return None


def _loose(line: str, delimiter: str) -> list[str]:
    """A line with stray quotes, read as it stands: a quote inside a cell is a quote."""
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return line.rstrip("\r\n").split(delimiter)


def _is_total(cells: list[str], columns: list[Column | None]) -> bool:
    """True when the first filled cell says total and no tracking number stands in the row."""
    first = next(cell.strip() for cell in cells if cell.strip())
    if not _TOTALS.fullmatch(first):
        return False
    for cell, meant in zip(cells, columns, strict=False):
        if meant and meant.field == "tracking_id" and cell.strip() and cell.strip() != first:
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
        elif fields.get(meant.field, "").strip() in ("", cell.strip()):
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
