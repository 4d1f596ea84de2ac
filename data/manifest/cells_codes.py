"""What a cell says when it holds tariff numbers: all of them, as they stand, never padded."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from data.errors import MailDutyError
from data.hts import HtsCode
from data.manifest.cells import Unreadable
from data.short_memory import remember_short

_MANGLED = re.compile(r"\d+(?:[.,]\d+)?[eE]\+?\d+")
LONGEST_LIST = 1000  # characters of a cell of tariff numbers: some fifty of them
_CODE_GAPS = re.compile(r"[;,/|\n\r]+")


class Codes(NamedTuple):
    """Tariff numbers of one cell: primary of chapters 1 to 97, secondary of 98 and 99, and a note."""

    primary: tuple[str, ...] = ()
    secondary: tuple[str, ...] = ()
    note: str = ""


def tariff_numbers(text: str) -> Codes:
    """Every tariff number in a cell, separated by ; , / | or a line break, never padded, each once.

    Numbers of chapters 98 and 99 stand beside a primary number (19 CFR 145.12(b)(3)(v)) and are kept apart.
    A shorter number that a longer one begins with adds nothing. Raises Unreadable HTS_MANGLED,
    HTS_LEADING_ZERO or HTS_MALFORMED.
    """
    if len(text) > LONGEST_LIST:
        raise Unreadable(
            "HTS_MALFORMED",
            f"{len(text)} characters are not a list of tariff numbers",
            "Send one row per tariff number",
        )
    return _tariff_numbers(text)


@remember_short(65536)
def _tariff_numbers(text: str) -> Codes:
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
