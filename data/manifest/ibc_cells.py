"""The cells of an IBC "Fullman" record, placed by their shape.

The order in a hawb is known: number, two airports, pieces, weight, its unit, packaging, currency, value,
description, tariff number, then the shipper (name, address, city, postal code, country, telephone) and the
consignee. Whether other columns stand between them is not, so each is found by what it must look like.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from data.errors import MailDutyError
from data.money import currency

MOST_CELLS = 200
_NUMBER = re.compile(r"\d{1,12}(?:[.,]\d{1,6})?")
_COUNT = re.compile(r"\d{1,6}")
_AIRPORT = re.compile(r"[A-Z]{3}")
_LAND = re.compile(r"[A-Z]{2}")
_TARIFF = re.compile(r"\d{4}\.?\d{2}(?:\.?\d{2}(?:\.?\d{2})?)?")
_LONG_TARIFF = re.compile(r"\d{4}\.?\d{2}\.?\d{2}(?:\.?\d{2})?")
_WORDS = re.compile(r".*[^\W\d_]{2}.*", re.DOTALL)
_UNITS = {"K": "kg", "KG": "kg", "L": "lb", "LB": "lb"}
_PERSON = ("name", "address", "city", "postal_code", "country", "phone")


class Unplaced(Exception):
    """The cells of a record fit in no way, or in several; the text says which cell."""


class Placed(NamedTuple):
    """Fields of a record, units of its weights, places (from 1) of cells not read, and whether shapes decided."""

    fields: dict[str, str]
    units: dict[str, str]
    unread: tuple[int, ...]
    by_shape: bool


def place_hawb(cells: list[str]) -> Placed:
    """The fields of a hawb record. Raises Unplaced."""
    held = _held(cells)
    if len(held) < 3 or not re.search(r"\d", held[2]):
        raise Unplaced("no number of the parcel stands in the third cell")
    load = _only(held, 3, 3, "pieces, weight and unit", _is_load)
    way = _only(held[:load], 3, 2, "two airports", _is_way)
    money = _only(held, load + 3, 2, "a currency with its value", _is_money)
    description, tariff = (held[money + 2], held[money + 3]) if len(held) > money + 3 else ("", "?")
    if not _WORDS.fullmatch(description):
        raise Unplaced("no description stands behind the value")
    if tariff and not _TARIFF.fullmatch(tariff):
        raise Unplaced("no tariff number stands behind the description")
    fields = {
        "tracking_id": held[2],
        "gross_weight": held[load + 1],
        "currency": held[money].upper(),
        "value": held[money + 1],
        "description": description,
        "hts": tariff,
    }
    read = {0, 1, 2, way, way + 1, *range(load, load + 3), *range(money, money + 4)}
    for party, start in (("sender", money + 4), ("recipient", money + 10)):
        person = held[start : start + len(_PERSON)]
        if len(person) > 4 and _LAND.fullmatch(person[4].upper()) and _WORDS.fullmatch(person[0]):
            fields |= {f"{party}_{part}": text for part, text in zip(_PERSON, person, strict=False)}
            read |= set(range(start, start + len(_PERSON)))
        else:
            break
    packaging = load + 3
    read.add(packaging if money == packaging + 1 else 0)
    gaps = (way, load, money) != (3, 5, 9)
    return Placed(fields, {"gross_weight": _UNITS[held[load + 2].upper()]}, _unread(held, read), gaps)


def place_goods(cells: list[str]) -> Placed:
    """Description, tariff number and value of a goods line, where each can be only one cell. Raises Unplaced."""
    held = _held(cells)
    money = _only(held, 2, 2, "a currency with its value", _is_money)
    tariff = _only(held, 2, 1, "a tariff number", lambda a: bool(_LONG_TARIFF.fullmatch(a[0])))
    told = _only(held, 2, 1, "a description", lambda a: len(a[0]) > 3 and bool(_WORDS.fullmatch(a[0])))
    fields = {
        "currency": held[money].upper(),
        "value": held[money + 1],
        "description": held[told],
        "hts": held[tariff],
    }
    return Placed(fields, {}, _unread(held, {0, 1, money, money + 1, tariff, told}), True)


def _held(cells: list[str]) -> list[str]:
    if len(cells) > MOST_CELLS:
        raise Unplaced(f"the record has {len(cells)} cells; {MOST_CELLS} are the most we take")
    return [cell.strip() for cell in cells]


def _only(held: list[str], start: int, width: int, what: str, fits: Callable[[list[str]], bool]) -> int:
    """Where the one run of cells stands that fits. Raises Unplaced where none does, or a second too."""
    found = [at for at in range(start, len(held) - width + 1) if fits(held[at : at + width])]
    if len(found) == 1:
        return found[0]
    if not found:
        raise Unplaced(f"{what} cannot be found among its cells")
    raise Unplaced(f"{what} could stand in cell {found[0] + 1} or in cell {found[1] + 1}")


def _is_way(cells: list[str]) -> bool:
    return bool(_AIRPORT.fullmatch(cells[0]) and _AIRPORT.fullmatch(cells[1]))


def _is_load(cells: list[str]) -> bool:
    return bool(_COUNT.fullmatch(cells[0]) and _NUMBER.fullmatch(cells[1]) and cells[2].upper() in _UNITS)


def _is_money(cells: list[str]) -> bool:
    if len(cells[0]) != 3 or not _NUMBER.fullmatch(cells[1]):
        return False
    try:
        return bool(currency(cells[0]))
    except MailDutyError:
        return False


def _unread(held: list[str], read: set[int]) -> tuple[int, ...]:
    return tuple(at + 1 for at, cell in enumerate(held) if cell and at not in read)
