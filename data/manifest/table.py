"""Layouts of rows and columns, read alike from a CSV and from a sheet of a workbook.

A layout says what its header looks like and what each column means; `TableRows` goes through the rows below
it. A row is a row as a spreadsheet counts. Blank rows, what stands above the header, header rows that come
again, totals and notes are skipped, counted and told; everything else is data.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import chain, islice
from typing import BinaryIO

from data.errors import MailDutyError
from data.manifest.csv_records import records
from data.manifest.intake import HEAD_CHARACTERS, HEAD_LINES, Intake
from data.manifest.sheet_cells import Cells, NumberedRow
from data.manifest.source import Layout, RawRow, RowError, Skipped, shorten
from data.manifest.table_rows import Header, TableRows
from data.manifest.total_rows import stated_above

DELIMITERS = (",", ";", "\t", "|")


class TableLayout(Layout):
    """A layout of rows and columns. Subclasses implement header, and name their kind of rows where they need one."""

    extensions: tuple[str, ...] = (".csv", ".tsv", ".txt", ".xlsx")
    below: type[TableRows] = TableRows

    def header(self, head: list[Cells]) -> Header | None:
        """The header of this layout among the first rows, or None."""
        raise NotImplementedError

    def reader(self, header: Header, notes: list[str]) -> TableRows:
        """What goes through the rows below a header."""
        return self.below(header, notes)

    def require(self, header: Header) -> None:
        """Raises MailDutyError MANIFEST_COLUMN_MISSING where a column is not there that no row can do without."""

    def recognise(self, head: list[str]) -> bool:
        return self._split(head) is not None

    def recognise_cells(self, head: list[list[str]]) -> bool:
        return self.header(head) is not None

    def read(self, intake: Intake, raw: BinaryIO, notes: list[str]) -> Iterator[RawRow | Skipped | RowError]:
        """Every row of the text behind `raw`, or of the sheet chosen where it is a workbook."""
        if intake.book is None or intake.sheet is None:
            yield from super().read(intake, raw, notes)
        else:
            yield from self.table(intake.book.rows(raw, intake.sheet), notes)

    def rows(self, lines: Iterator[str], notes: list[str]) -> Iterator[RawRow | Skipped | RowError]:
        head = _start(lines)
        found = self._split(head)
        if found is None:
            raise self._no_header(" ".join(head[:2]))
        delimiter, header = found
        cells = records(chain(head, lines), delimiter, len(header.names))
        yield from self.table(enumerate(cells, start=1), notes)

    def table(
        self, rows: Iterator[NumberedRow] | Iterator[tuple[int, Cells | RowError]], notes: list[str]
    ) -> Iterator[RawRow | Skipped | RowError]:
        """Every row, numbered as the spreadsheet does.

        Raises MANIFEST_NOT_RECOGNISED, MANIFEST_COLUMN_MISSING or MANIFEST_HEADER_ONLY.
        """
        head = list(islice(rows, HEAD_LINES))
        header = self.header([[] if isinstance(cells, RowError) else cells for _, cells in head])
        if header is None:
            raise self._no_header(
                " ".join(" ".join(cells) for _, cells in head[:2] if isinstance(cells, list))
            )
        self.require(header)
        below, data, last = self.reader(header, notes), 0, 0
        last_of_header = head[header.first + header.rows - 1][0]
        header_rows = [head[header.first + n][1] for n in range(header.rows)]
        for number, cells in chain(head, rows):
            if number > last + 1:
                notes.append(f"rows {last + 1} to {number - 1} are blank")
            last = number
            if isinstance(cells, RowError):
                data += 1
                yield cells._replace(row=number)
            elif not any(cell.strip() for cell in cells):
                yield Skipped(number, "blank")
            elif number <= last_of_header:
                above = number <= last_of_header - header.rows
                told = shorten(" ".join(cells))
                yield (
                    Skipped(number, "above the header", told, stated_above(cells))
                    if above
                    else Skipped(number, "header", told)
                )
            elif cells in header_rows:
                yield Skipped(number, "header repeated", shorten(" ".join(cells)))
            elif reason := below.why_no_data(cells):
                told = shorten(" ".join(filter(None, cells)))
                yield Skipped(number, reason, told, below.stated(cells, reason))
            else:
                data += 1
                yield below.row(number, cells)
        if not data:
            raise MailDutyError(
                "MANIFEST_HEADER_ONLY",
                "there is a header and no data row below it",
                "A manifest has at least one row",
                "Check that the export finished",
            )

    def _split(self, head: list[str]) -> tuple[str, Header] | None:
        """(delimiter, header) of the delimiter that makes most of the header known."""
        best: tuple[str, Header] | None = None
        csv.field_size_limit(1 << 30)
        for delimiter in DELIMITERS:
            try:
                header = self.header(list(csv.reader(head, delimiter=delimiter)))
            except csv.Error:
                continue
            if header and (best is None or header.known > best[1].known):
                best = delimiter, header
        return best

    def _no_header(self, met: str) -> MailDutyError:
        return MailDutyError(
            "MANIFEST_NOT_RECOGNISED",
            f"no header of {self.name} among the first rows: {shorten(met)}",
            "The header names at least the tracking number and one other field",
            "See the header names in data/samples/README.md",
        )


def _start(lines: Iterator[str]) -> list[str]:
    """The lines among which the header is looked for; no more of them than a header could need."""
    head: list[str] = []
    for line in lines:
        head.append(line)
        if len(head) == HEAD_LINES or sum(map(len, head)) > HEAD_CHARACTERS:
            break
    return head


def plausible(cells: Cells) -> bool:
    """False for a row that no header could be."""
    return len(cells) <= 500 and all(len(cell) <= 300 for cell in cells)
