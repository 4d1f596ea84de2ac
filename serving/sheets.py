"""What we write into CSV files and workbooks: no cell of ours starts a formula in anybody's spreadsheet.

Descriptions, names and file names come from strangers. A spreadsheet runs a cell that begins with = + - or @,
also behind a space, a tab or a line break, and some take the full-width forms for the same signs. Such text
leaves with an apostrophe before it, which a spreadsheet reads as "this is text".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

# Signs that start a formula, ASCII and full-width, and what a spreadsheet passes over on its way to them.
_PASSED_OVER = "[\\s\"'\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]*"
_STARTS_FORMULA = re.compile(rf"{_PASSED_OVER}[=+\-@＝＋－＠﹣﹢﹦﹫−]|[\t\r\n]")
# A file opened where the list separator is another one is cut there, and what follows begins a cell.
_NEXT_CELL = re.compile(r"([;\t\r\n|]\s*)(?=[=+\-@＝＋－＠])")
_NOT_IN_A_CELL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # XML 1.0, section 2.2

Cell = str | int | float | Decimal | date | datetime | bool | None


def safe_cell(value: Any) -> Cell:
    """A value as it may stand in a cell of any CSV or XLSX file we write.

    Numbers, flags, days and None pass as they are: a negative Decimal stays a number. Everything else becomes
    text, which gets an apostrophe where a formula could begin; signs that no workbook can hold become spaces.
    Applying it twice changes nothing more.
    """
    if value is None or isinstance(value, bool | int | float | Decimal | date):
        return value
    text = _NOT_IN_A_CELL.sub(" ", str(value))
    text = _NEXT_CELL.sub(r"\1'", text)
    return f"'{text}" if _STARTS_FORMULA.match(text) and not text.startswith("'") else text


def safe_row(values: Iterable[Any]) -> list[Cell]:
    """``safe_cell`` of every value, header names included."""
    return [safe_cell(value) for value in values]
