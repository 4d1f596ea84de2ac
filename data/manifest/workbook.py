"""A workbook (.xlsx) as rows of text, the way its sheet would be in a CSV, with the row numbers it shows.

Nothing is calculated and nothing outside the file is asked: formulas give the result they were saved with.
Sheets are read in pieces; only the shared strings are held. `workbook_guard` has looked at the archive first.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from typing import BinaryIO

from data.manifest.sheet_cells import Cells, NumberedRow, kind_of
from data.manifest.workbook_guard import (
    BROKEN,
    LARGEST_PART,
    LARGEST_SHEET,
    LARGEST_STRINGS,
    corrupt,
    guarded,
    too_large,
)
from data.manifest.workbook_parts import Book, Relations, Strings, Styles
from data.manifest.workbook_sheet import SheetRows
from data.manifest.workbook_xml import Handlers, pieces_of, read_part

MOST_SHEETS = 100


@dataclass(frozen=True)
class Sheet:
    """A sheet: the name on its tab, the part it is in, and whether people can see it."""

    name: str
    part: str
    hidden: bool = False


@dataclass
class Workbook:
    """A workbook ready to be read. left_out: names of sheets that look like manifests too and were not read."""

    open: Callable[[], BinaryIO]
    sheets: list[Sheet]
    strings: list[str]
    kinds: list[str]
    from_1904: bool
    left_out: list[str] = field(default_factory=list)

    def head(self, sheet: Sheet, rows: int) -> list[Cells]:
        """The cells of the first rows of a sheet."""
        with self.open() as file, closing(self.rows(file, sheet)) as found:
            return [cells for _, cells in islice(found, rows)]

    def rows(self, file: BinaryIO, sheet: Sheet) -> Generator[NumberedRow, None, None]:
        """(row number, cells) of a sheet. Rows that are not there are blank ones, up to the last with a cell.

        Raises MailDutyError MANIFEST_WORKBOOK_* where the sheet cannot be read on.
        """
        reader = SheetRows(self.strings, self.kinds, self.from_1904)
        try:
            stream = guarded(file, "").open(sheet.part)
        except BROKEN:
            corrupt(f"sheet {sheet.name[:40]} cannot be opened")
        with stream:
            for _ in pieces_of(stream, reader, LARGEST_SHEET):
                yield from reader.take()


def open_workbook(open_file: Callable[[], BinaryIO], name: str) -> Workbook:
    """Looks a workbook through and reads what its sheets need. Raises MailDutyError MANIFEST_WORKBOOK_*."""
    with open_file() as file:
        archive = guarded(file, name)
        parts = {part.filename.lower(): part.filename for part in archive.infolist()}

        def read(part: str, handlers: Handlers, limit: int = LARGEST_PART) -> None:
            try:
                stream = archive.open(part)
            except BROKEN:
                corrupt(f"{part[:60]} cannot be opened")
            with stream:
                read_part(stream, handlers, limit)

        book, relations, strings, styles = Book(), Relations(), Strings(), Styles()
        read(parts["xl/workbook.xml"], book)
        if "xl/_rels/workbook.xml.rels" in parts:
            read(parts["xl/_rels/workbook.xml.rels"], relations)
        if len(book.sheets) > MOST_SHEETS:
            too_large(f"it has {len(book.sheets)} sheets; {MOST_SHEETS} are the most we take")
        if part := parts.get(_place(relations.of_kind("sharedStrings") or "sharedStrings.xml")):
            read(part, strings, LARGEST_STRINGS)
        if part := parts.get(_place(relations.of_kind("styles") or "styles.xml")):
            read(part, styles)
    sheets = []
    for sheet_name, relation, hidden in book.sheets:
        target = relations.targets.get(relation)
        place = parts.get(_place(target)) if target else None
        if place is None:
            corrupt(f"sheet {sheet_name[:40]} is named and is not there")
        if relations.kinds.get(relation, "worksheet") == "worksheet":  # not a chart by itself
            sheets.append(Sheet(sheet_name, place, hidden))
    if not sheets:
        corrupt("it has no sheet")
    kinds = [kind_of(number, styles.formats) for number in styles.cells]
    return Workbook(open_file, sheets, strings.held, kinds, book.from_1904)


def _place(target: str) -> str:
    """The part that a relation of the workbook names, in small letters."""
    whole = target if target.startswith("/") else f"/xl/{target}"
    return posixpath.normpath(whole).lstrip("/").lower()
