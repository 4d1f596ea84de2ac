"""What stands in a cell of a workbook, as the text it would have in a CSV, and what that text came from.

Cells are text everywhere after this. Three kinds of it remember more than a CSV could say: that a number is
a real one (no decimal mark to guess), that a day is a day, and that there is nothing to read.
"""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

Cells = list[str]
NumberedRow = tuple[int, Cells]
LONGEST_CELL_TEXT = 32_767  # characters; no workbook can hold more in a cell
_WHOLE = re.compile(r"-?[0-9]{1,400}")
_ZEROS = re.compile(r"0{2,30}")
# Built-in formats of East Asian workbooks that are days or times of day (ECMA-376 part 1, 18.8.30).
_EAST_ASIAN_DAYS = frozenset((*range(27, 37), *range(50, 59)))


class NumberCell(str):
    """A number that a workbook holds as a number."""

    __slots__ = ()


class DayCell(str):
    """A day (or a moment) that a workbook holds as one."""

    __slots__ = ()


class BadCell(str):
    """A cell with nothing to read in it: why, and what to do. Its text is what stands there."""

    code: str
    fact: str
    remedy: str

    def __new__(cls, text: str, code: str, fact: str, remedy: str) -> BadCell:
        held = super().__new__(cls, text)
        held.code, held.fact, held.remedy = code, fact, remedy
        return held


def kind_of(format_id: int, codes: dict[int, str]) -> str:
    """How numbers of a number format are shown: "day", "scientific", "zeros 10" (so many digits), or ""."""
    code = codes.get(format_id) or BUILTIN_FORMATS.get(format_id, "")
    if format_id in _EAST_ASIAN_DAYS and format_id not in codes:
        return "day"
    if code.lower() in ("", "general", "@"):
        return ""
    if is_date_format(code) and not is_timedelta_format(code):
        return "day"
    if re.search(r"[0#?]E[+\-]", code, re.IGNORECASE):
        return "scientific"
    return f"zeros {len(code)}" if _ZEROS.fullmatch(code) else ""


def number_cell(text: str, kind: str, from_1904: bool) -> str:
    """A number of a sheet as text: 15 digits as a spreadsheet keeps them, no float noise, days as YYYY-MM-DD.

    What a spreadsheet shows as 6.1E+09 is text with an exponent here too, so that nobody takes the rounded
    digits for a tariff number; what it shows with leading zeros by format has them.
    """
    text = text.strip()
    if kind == "day":
        return _day(text, from_1904)
    if _WHOLE.fullmatch(text):
        plain = str(Decimal(text))
    else:
        try:
            value = float(text)
        except ValueError:
            return _no_number(text)
        if value != value or value in (float("inf"), float("-inf")):
            return _no_number(text)
        plain = format(value, ".15g")
        if "e-" in plain:
            plain = format(Decimal(plain), "f")
    if kind == "scientific":
        plain = format(Decimal(plain).normalize(), "E")
    elif kind.startswith("zeros ") and plain.isdigit():
        plain = plain.zfill(int(kind[6:]))
    return NumberCell(plain.upper())


def _no_number(text: str) -> BadCell:
    return BadCell(text, "CELL_NOT_TEXT", "the cell says it is a number and holds none", "Type it again")


def _day(text: str, from_1904: bool) -> str:
    try:
        held: Any = from_excel(float(text), MAC_EPOCH if from_1904 else WINDOWS_EPOCH)
    except (ValueError, OverflowError):
        return NumberCell(text)
    if isinstance(held, datetime):
        held = held.replace(microsecond=0)
        return DayCell(held.date().isoformat() if held.time() == time() else held.isoformat())
    if isinstance(held, time | timedelta):
        return DayCell(str(held))
    return NumberCell(text)


def no_result(formula: str) -> BadCell:
    """A formula that was never calculated."""
    return BadCell(
        f"={formula}",
        "CELL_FORMULA_EMPTY",
        "the cell holds a formula that was saved without its result; nothing is calculated here",
        "Open the workbook, save it, or paste values instead of formulas",
    )


def error_value(text: str) -> str:
    """What a formula gives where it fails. #N/A says that there is nothing, and is blank in a CSV too."""
    if text == "#N/A":
        return text
    return BadCell(
        text,
        "CELL_FORMULA_ERROR",
        f"a formula in the cell failed: {text[:20]}",
        "Correct it, or type the value",
    )
