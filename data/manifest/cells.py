"""What a cell says when it holds a number or an amount. What could mean two things is refused.

Each reader raises `Unreadable` with a code, the fact and the remedy; none of them guesses.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Any

from data.errors import MailDutyError
from data.money import currency
from data.short_memory import remember_short

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
LONGEST_NUMBER = 15
LONGEST_TEXT = 80  # characters of a cell that could still be a number, an amount or a day


class Unreadable(Exception):
    """A cell that cannot be read, with a stable code, the fact and the remedy."""

    def __init__(self, code: str, fact: str, remedy: str) -> None:
        super().__init__(code, fact, remedy)
        self.code, self.fact, self.remedy = code, fact, remedy


def number(text: str, mark: str | None = None, dot_then_three: bool = False) -> Decimal:
    """An exact number. 1,234.50 and 1.234,50 are both plain; 1,234 and 1.234 are not, unless `mark` says.

    dot_then_three: read 1.234 as a decimal, as scales print it. Raises Unreadable NUMBER_AMBIGUOUS or
    NUMBER_UNREADABLE; a negative number is returned, whether it may be negative is for the caller.
    """
    refuse_page(text, "NUMBER_UNREADABLE", "a number")
    return _number(text, mark, dot_then_three)


def refuse_page(text: str, code: str, what: str) -> None:
    """Raises Unreadable for a text too long to be anything but a page; it is neither matched nor remembered."""
    if len(text) > LONGEST_TEXT:
        raise Unreadable(code, f"{len(text)} characters are not {what}", "Check the column")


@remember_short(65536)
def _number(text: str, mark: str | None, dot_then_three: bool) -> Decimal:
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
    return -value if negative and value else value


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


def amount(text: str, mark: str | None = None) -> tuple[Decimal, str | None]:
    """(number, ISO currency or None) of an amount such as `12.50`, `€ 12,50`, `12.50 USD`, `$12.50`.

    A bare $ or ¥ states no currency, several share it. Raises Unreadable.
    """
    refuse_page(text, "NUMBER_UNREADABLE", "an amount")
    return _amount(text, mark)


@remember_short(65536)
def _amount(text: str, mark: str | None) -> tuple[Decimal, str | None]:
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


def plain_text(value: Any) -> str:
    """A cell as text: numbers and flags of JSON become what a person would write, None becomes empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return format(value, "f") if isinstance(value, Decimal) else str(value)
