"""One sheet of a workbook, as its XML goes by: cells into rows, each with the number the sheet shows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from data.manifest.sheet_cells import (
    LONGEST_CELL_TEXT,
    Cells,
    DayCell,
    NumberedRow,
    error_value,
    no_result,
    number_cell,
)
from data.manifest.workbook_guard import corrupt, too_large

MOST_ROWS = 1_048_576  # rows of a sheet; no workbook has more
MOST_COLUMNS = 512  # columns a cell with something in it may stand in
MOST_CELLS = 12_000_000  # cells of a sheet, blank ones that are only formatted included
MOST_BLANK = 1_000  # rows missing in a row that are told one by one; a longer gap is passed over
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_NAMED = re.compile(
    r"_x((?![dD][89A-Fa-f])[0-9A-Fa-f]{4})_"
)  # how a workbook writes a sign that XML cannot (ECMA-376, ST_Xstring)


class SheetRows:
    """Handlers of a sheet part; `take` hands on the rows finished so far. Rows and cells come in order."""

    def __init__(self, strings: list[str], kinds: list[str], from_1904: bool) -> None:
        self._strings, self._kinds, self._from_1904 = strings, kinds, from_1904
        self._done: list[NumberedRow] = []
        self._cells: Cells = []
        self._row = self._told = self._count = 0
        self._column = -1
        self._type = ""
        self._kind = ""
        self._value: str | None = None
        self._formula: str | None = None
        self._into = ""  # what text is being gathered: v, f, t or nothing
        self._parts: list[str] = []
        self._length = 0
        self._phonetic = self._data = False

    def take(self) -> Iterator[NumberedRow]:
        """Rows finished since the last call."""
        done, self._done = self._done, []
        yield from done

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheetData":
            self._data = True
        elif not self._data:
            return
        elif name == "c":
            self._start_cell(attributes)
        elif name in ("v", "f") or (name == "t" and not self._phonetic):
            self._into, self._parts, self._length = name, [], 0
        elif name == "row":
            self._start_row(attributes.get("r"))
        elif name == "rPh":
            self._phonetic = True

    def text(self, text: str) -> None:
        if self._into and self._length <= LONGEST_CELL_TEXT:
            self._length += len(text)
            self._parts.append(text[: LONGEST_CELL_TEXT + 1])

    def end(self, name: str) -> None:
        if not self._data:
            return
        if name == self._into:
            held = "".join(self._parts)[: LONGEST_CELL_TEXT + 1]
            if name == "f":
                self._formula = held
            else:
                self._value = held if name == "v" or self._value is None else self._value + held
            self._into = ""
        elif name == "c":
            self._end_cell()
        elif name == "row":
            self._end_row()
        elif name == "rPh":
            self._phonetic = False
        elif name == "sheetData":
            self._data = False

    def _start_row(self, number: str | None) -> None:
        if number is None:
            number = str(self._row + 1)
        if not re.fullmatch("[0-9]{1,7}", number) or not self._row < int(number) <= MOST_ROWS:
            corrupt(f"row {number[:20]} follows row {self._row}")
        self._row, self._cells, self._column = int(number), [], -1

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > MOST_CELLS:
            too_large(f"a sheet has more than {MOST_CELLS} cells")
        column = self._column + 1
        if place := attributes.get("r"):
            found = _PLACE.fullmatch(place)
            if not found or int(found[2]) != self._row:
                corrupt(f"a cell of row {self._row} says that it is {place[:20]}")
            column = _column(found[1])
        if column <= self._column:
            corrupt(f"the cells of row {self._row} are not in order")
        self._column, self._type = column, attributes.get("t", "n")
        style = attributes.get("s", "0")
        number = int(style) if style.isdecimal() and len(style) < 7 else 0
        self._kind = self._kinds[number] if number < len(self._kinds) else ""
        self._value = self._formula = None

    def _end_cell(self) -> None:
        text = self._text()
        if text == "":
            return
        if self._column >= MOST_COLUMNS:
            too_large(
                f"row {self._row} has a cell in column {self._column + 1}; {MOST_COLUMNS} are the most we take"
            )
        self._cells.extend([""] * (self._column - len(self._cells)))
        self._cells.append(text)

    def _text(self) -> str:
        value, kind = self._value, self._type
        if value is None or (value == "" and kind not in ("str", "inlineStr")):
            return "" if self._formula is None else no_result(self._formula)
        if kind == "n":
            return number_cell(value, self._kind, self._from_1904)
        if kind == "s":
            if not (value.isdecimal() and len(value) < 9 and int(value) < len(self._strings)):
                corrupt(f"a cell of row {self._row} points to text {value[:20]}, which is not there")
            return _plain(self._strings[int(value)])
        if kind == "b":
            return "FALSE" if value.strip() in ("0", "false") else "TRUE"
        if kind == "e":
            return error_value(value)
        return DayCell(value) if kind == "d" else _plain(value)

    def _end_row(self) -> None:
        """A row with something in it, and before it the blank ones that a CSV would have there."""
        if not any(cell.strip() for cell in self._cells):
            return
        first = self._told + 1 if self._row - self._told <= MOST_BLANK else self._row
        self._done.extend((number, []) for number in range(first, self._row))
        self._done.append((self._row, self._cells))
        self._told = self._row


def _plain(text: str) -> str:
    return _NAMED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
