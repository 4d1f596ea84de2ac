"""Unit values from trade statistics: dollars a kilogram by tariff number and country, as others publish them.

Two layouts: UN Comtrade (``cmdCode``, ``primaryValue``, ``netWgt``, partner as ``partnerISO``) and the US Census
Bureau's international trade API (``I_COMMODITY``, ``CON_VAL_MO`` or ``GEN_VAL_MO``, and a weight in kilograms:
``AIR_WGT_MO`` plus ``VES_WGT_MO``), as CSV or as the API's JSON table. Nothing of them is shipped.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from data.countries import country
from data.errors import MailDutyError

_CODE = ("cmdCode", "I_COMMODITY", "HS10", "hts")
_VALUE = ("primaryValue", "cifvalue", "CON_VAL_MO", "GEN_VAL_MO", "value_usd")
_WEIGHT = ("netWgt", "weight_kg")
_WEIGHTS_TOGETHER = ("AIR_WGT_MO", "VES_WGT_MO")
_ORIGIN = ("partnerISO", "origin")


@dataclass(frozen=True, slots=True)
class UnitValue:
    """One flow: tariff number (digits, 4 to 10), origin where it is a country we know, dollars a kilogram."""

    code: str
    origin: str | None
    usd_per_kg: float


def read_unit_values(path: Path) -> list[UnitValue]:
    """All flows with a value and a weight; one without says nothing of a price and is left out.

    Raises ``UNIT_VALUES_UNREADABLE`` where the file is neither layout, or holds no such flow.
    """
    found = [flow for row in _rows(path) if (flow := _flow(row)) is not None]
    if not found:
        raise _unreadable(path, "it holds no flow with a tariff number, a value and a weight")
    return found


def _flow(row: Mapping[str, str]) -> UnitValue | None:
    code = "".join(c for c in _first(row, _CODE) if c.isdigit())
    value = _number(_first(row, _VALUE))
    weight = _number(_first(row, _WEIGHT))
    if not weight:
        weight = sum(_number(row.get(name, "")) for name in _WEIGHTS_TOGETHER)
    if not 4 <= len(code) <= 10 or len(code) % 2 or value <= 0 or weight <= 0:
        return None
    return UnitValue(code, _country(_first(row, _ORIGIN)), value / weight)


def _rows(path: Path) -> Iterator[Mapping[str, str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
        if text.lstrip().startswith("["):  # the Census API: a table whose first row names the columns
            head, *rows = json.loads(text)
            yield from ({k: str(v or "") for k, v in zip(head, row, strict=True)} for row in rows)
        else:
            yield from csv.DictReader(io.StringIO(text))
    except (OSError, ValueError, TypeError) as why:
        raise _unreadable(path, str(why)) from why


def _first(row: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((row[name] for name in names if row.get(name)), "")


def _number(text: str | None) -> float:
    try:
        number = float(text or 0)
    except ValueError:
        return 0.0
    return number if math.isfinite(number) else 0.0


def _country(text: str) -> str | None:
    try:
        return country(text).code if text else None
    except MailDutyError:  # the world, a region, areas not elsewhere specified
        return None


def _unreadable(path: Path, why: str) -> MailDutyError:
    return MailDutyError(
        "UNIT_VALUES_UNREADABLE",
        f"{path.name}: {why}"[:300],
        "Unit values come as UN Comtrade or US Census publish them",
        "Fetch them with code, value and net weight",
    )
