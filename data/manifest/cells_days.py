"""What a cell says when it holds a day. Day and month that cannot be told apart are refused."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime

from data.manifest.cells import Unreadable, refuse_page
from data.short_memory import remember_short

_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, start=1)}
_NUMERIC_DATE = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})")
_ISO_DATE = re.compile(r"(\d{4})([-/.]?)(\d{2})\2(\d{2})")
_NAMED_DATE = re.compile(r"(\d{1,2})[\s\-/.]*([a-z]{3})[a-z]*[\s\-/.,]*(\d{4})")
_NAMED_FIRST = re.compile(r"([a-z]{3})[a-z]*\.?\s*(\d{1,2}),?\s+(\d{4})")


def day(text: str, order: str | None = None) -> date:
    """A date, time of day dropped. 03/04/2026 is refused unless `order` is mdy or dmy.

    Raises Unreadable DATE_AMBIGUOUS or DATE_UNREADABLE.
    """
    refuse_page(text, "DATE_UNREADABLE", "a day")
    return _day(text, order)


@remember_short(8192)
def _day(text: str, order: str | None) -> date:
    plain = " ".join(unicodedata.normalize("NFKC", text).split()).lower()
    stem = re.split(r"[t ](?=\d{1,2}:\d{2})", plain, maxsplit=1)[0]
    if not stem.isascii():
        raise _no_date()
    if found := _ISO_DATE.fullmatch(stem):
        return _date(found[1], found[3], found[4])
    if found := _NAMED_DATE.fullmatch(stem):
        return _date(found[3], str(_MONTHS.get(found[2], 0)), found[1])
    if found := _NAMED_FIRST.fullmatch(stem):
        return _date(found[3], str(_MONTHS.get(found[1], 0)), found[2])
    if found := _NUMERIC_DATE.fullmatch(stem):
        return _day_and_month(found, order)
    if re.fullmatch(r"\d{5}(\.\d+)?", stem):
        raise Unreadable(
            "DATE_UNREADABLE", "this is a spreadsheet's day count, not a date", "Write it as 2026-10-31"
        )
    if re.fullmatch(r"\d{14}", stem):
        return datetime.strptime(stem[:8], "%Y%m%d").date() if stem[4:6] <= "12" else _date("0", "0", "0")
    raise _no_date()


def _day_and_month(found: re.Match[str], order: str | None) -> date:
    first, second, year = int(found[1]), int(found[2]), found[3]
    if len(year) == 2:
        if order is None:
            raise Unreadable("DATE_AMBIGUOUS", "the year has two digits", "Write it as 2026-10-31")
        year = f"20{year}"
    if order == "mdy":
        return _date(year, str(first), str(second))
    if order == "dmy" or first > 12:
        return _date(year, str(second), str(first))
    if second > 12 or first == second:
        return _date(year, str(first), str(second))
    raise Unreadable(
        "DATE_AMBIGUOUS",
        f"day and month cannot be told apart: {first} and {second} could each be the month",
        "Write it as 2026-10-31, or name the date order of the file (mdy or dmy)",
    )


def _date(year: str, month: str, of_month: str) -> date:
    try:
        return date(int(year), int(month), int(of_month))
    except ValueError as error:
        raise _no_date() from error


def _no_date() -> Unreadable:
    return Unreadable("DATE_UNREADABLE", "this is not a day of the calendar", "Write it as 2026-10-31")
