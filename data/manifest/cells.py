"""What a cell says: a number, a date, a tariff number, a country. What could mean two things is refused.

Each reader raises `Unreadable` with a code, the fact and the remedy; none of them guesses.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from data.errors import MailDutyError
from data.hts import HtsCode
from data.money import currency

_PLAIN = re.compile(r"[0-9]{1,15}(?:\.(?:[0-9]{1,2}|[0-9]{4,6}))?")
_GAP = re.compile(r"(?<=\d)[\s\u00a0\u202f\u2009'\u2019](?=\d{3}(?!\d))")
_AMOUNT = re.compile(
    r"([A-Za-z$]{2,4}|[^\w\s.,()+\-'\u2019])?\s*([(+\-]?[\d.,\s'\u2019()\-]+?)\s*([A-Za-z]{3}|[^\w\s.,()\-])?"
)
_SIGNS = {
    "€": "EUR",
    "£": "GBP",
    "₹": "INR",
    "₩": "KRW",
    "₽": "RUB",
    "₺": "TRY",
    "₫": "VND",
    "฿": "THB",
    "₪": "ILS",
}
_LOOSE_SIGNS = {"$", "¥"}  # several currencies share these: a sign, not a statement
_MANGLED = re.compile(r"\d+(?:[.,]\d+)?[eE]\+?\d+")
_CODE_GAPS = re.compile(r"[;,/|\n\r]+")
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, start=1)}
_NUMERIC_DATE = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})")
_ISO_DATE = re.compile(r"(\d{4})([-/.]?)(\d{2})\2(\d{2})")
_NAMED_DATE = re.compile(r"(\d{1,2})[\s\-/.]*([a-z]{3})[a-z]*[\s\-/.,]*(\d{4})")
_NAMED_FIRST = re.compile(r"([a-z]{3})[a-z]*\.?\s*(\d{1,2}),?\s+(\d{4})")
LONGEST_NUMBER = 15


class Unreadable(Exception):
    """A cell that cannot be read, with a stable code, the fact and the remedy."""

    def __init__(self, code: str, fact: str, remedy: str) -> None:
        super().__init__(code, fact, remedy)
        self.code, self.fact, self.remedy = code, fact, remedy


class Codes(NamedTuple):
    """Tariff numbers of one cell: primary of chapters 1 to 97, secondary of 98 and 99, and a note."""

    primary: tuple[str, ...] = ()
    secondary: tuple[str, ...] = ()
    note: str = ""


@lru_cache(maxsize=65536)
def number(text: str, mark: str | None = None, dot_then_three: bool = False) -> Decimal:
    """An exact number. 1,234.50 and 1.234,50 are both plain; 1,234 and 1.234 are not, unless `mark` says.

    dot_then_three: read 1.234 as a decimal, as scales print it. Raises Unreadable NUMBER_AMBIGUOUS or
    NUMBER_UNREADABLE; a negative number is returned, whether it may be negative is for the caller.
    """
    if mark != "," and _PLAIN.fullmatch(text):
        return Decimal(text)
    dense = _GAP.sub("", unicodedata.normalize("NFKC", text).strip())
    negative = dense.startswith("-") or (dense.startswith("(") and dense.endswith(")"))
    bare = dense.strip("()") if dense.startswith("(") else dense.lstrip("+-")
    if not re.fullmatch(r"[0-9]+(?:[.,][0-9]+)*|[.,][0-9]+", bare) or len(bare) > LONGEST_NUMBER + 8:
        raise Unreadable("NUMBER_UNREADABLE", "this is not a number", "Write a plain number such as 1234.50")
    whole, fraction = _split(bare, mark, dot_then_three)
    if len(whole) > LONGEST_NUMBER:
        raise Unreadable("NUMBER_UNREADABLE", "this number is too long to be true", "Check the column")
    value = Decimal(f"{whole or 0}.{fraction or 0}") if fraction else Decimal(whole)
    return -value if negative else value


def _split(bare: str, mark: str | None, dot_then_three: bool) -> tuple[str, str]:
    """(whole digits, fraction digits) of a number made of digits, dots and commas."""
    last = max(bare.rfind("."), bare.rfind(","))
    if last < 0:
        return bare, ""
    if mark is None:
        sign, other = bare[last], "," if bare[last] == "." else "."
        if bare.count(sign) > 1:
            mark = other
        elif other in bare or bare[:last] in ("", "0") or len(bare) - last - 1 != 3 or last > 3:
            mark = sign
        elif dot_then_three and sign == ".":
            mark = "."
        else:
            raise Unreadable(
                "NUMBER_AMBIGUOUS",
                f"{bare} could be {bare[:last]}{bare[last + 1 :]} or {bare[:last]}.{bare[last + 1 :]}",
                "Write two decimals, or name the decimal mark of the file",
            )
    groups, _, fraction = bare.partition(mark)
    thousands = "," if mark == "." else "."
    if mark in fraction or thousands in fraction:
        raise Unreadable("NUMBER_UNREADABLE", "this is not a number", "Write a plain number such as 1234.50")
    if thousands in groups and not re.fullmatch(
        rf"\d{{1,3}}(?:\{thousands}\d{{2,3}})*\{thousands}\d{{3}}", groups
    ):
        raise Unreadable(
            "NUMBER_UNREADABLE", "its digits are not grouped by thousands", "Write it without groups"
        )
    return groups.replace(thousands, ""), fraction


@lru_cache(maxsize=65536)
def amount(text: str, mark: str | None = None) -> tuple[Decimal, str | None]:
    """(number, ISO currency or None) of an amount such as `12.50`, `€ 12,50`, `12.50 USD`, `$12.50`.

    A bare $ or ¥ states no currency, several share it. Raises Unreadable.
    """
    if mark != "," and _PLAIN.fullmatch(text):
        return Decimal(text), None
    found = _AMOUNT.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if not found:
        raise Unreadable("NUMBER_UNREADABLE", "this is not an amount", "Write a plain number such as 1234.50")
    stated = {_stated(affix) for affix in (found[1], found[3]) if affix} - {None}
    if len(stated) > 1:
        raise Unreadable("CURRENCY_CONFLICT", "this amount names two currencies", "Keep one")
    return number(found[2], mark), stated.pop() if stated else None


def _stated(affix: str) -> str | None:
    if affix in _LOOSE_SIGNS:
        return None
    if affix in _SIGNS:
        return _SIGNS[affix]
    try:
        return currency(affix)[0]
    except MailDutyError as error:
        raise Unreadable(
            "NUMBER_UNREADABLE", "this is not an amount in a currency we know", error.remedy
        ) from error


@lru_cache(maxsize=8192)
def day(text: str, order: str | None = None) -> date:
    """A date, time of day dropped. 03/04/2026 is refused unless `order` is mdy or dmy.

    Raises Unreadable DATE_AMBIGUOUS or DATE_UNREADABLE.
    """
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


@lru_cache(maxsize=65536)
def tariff_numbers(text: str) -> Codes:
    """Every tariff number in a cell, separated by ; , / | or a line break, never padded, each once.

    Numbers of chapters 98 and 99 stand beside a primary number (19 CFR 145.12(b)(3)(v)) and are kept apart.
    A shorter number that a longer one begins with adds nothing. Raises Unreadable HTS_MANGLED or
    HTS_MALFORMED.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    found: list[str] = []
    for part in _CODE_GAPS.split(plain):
        found.extend(_numbers_in(part.strip()))
    once = list(dict.fromkeys(found))
    kept = tuple(c for c in once if not any(o != c and o.startswith(c) for o in once))
    note = (
        f"{', '.join(c for c in once if c not in kept)} says less than {', '.join(kept)}"
        if len(kept) < len(once)
        else ""
    )
    secondary = tuple(c for c in kept if c[:2] in ("98", "99"))
    return Codes(tuple(c for c in kept if c not in secondary), secondary, note)


def _numbers_in(part: str) -> list[str]:
    if not part:
        return []
    if _MANGLED.fullmatch(part) or re.fullmatch(r"\d{5,}\.0+", part):
        raise Unreadable(
            "HTS_MANGLED",
            "a spreadsheet turned this tariff number into a rounded number, its digits are lost",
            "Format the column as text and export again",
        )
    dense = re.sub(r"[.\s\-]", "", part)
    if not (dense.isascii() and dense.isdigit()):
        raise Unreadable(
            "HTS_MALFORMED", "a tariff number has digits only", "Write for example 6109.10.00.12"
        )
    if len(dense) > 10 and " " in part:
        return [code for word in part.split() for code in _numbers_in(word)]
    if len(dense) in (5, 7, 9):
        raise Unreadable(
            "HTS_LEADING_ZERO",
            f"this has {len(dense)} digits; a zero at its start or its end was lost",
            "Format the column as text and export again; nothing is padded here",
        )
    if dense[:2] == "00" or len(dense) < 4:
        raise Unreadable("HTS_MALFORMED", "this is not a tariff number", "Write for example 6109.10.00.12")
    try:
        return [HtsCode.parse(dense).digits]
    except MailDutyError as error:
        raise Unreadable(
            "HTS_MALFORMED",
            f"this has {len(dense)} digits; the US schedule has 10 at most",
            "Write the US tariff number, for example 6109.10.00.12",
        ) from error


def plain_text(value: Any) -> str:
    """A cell as text: numbers and flags of JSON become what a person would write, None becomes empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return format(value, "f") if isinstance(value, Decimal) else str(value)
