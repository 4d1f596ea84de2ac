"""Money as declared, and the exchange rates a user gives us.

An amount always keeps its currency; its value in US dollars keeps the rate, the source of the rate and its
date. There is no rate in this program: without one the amount stays as declared and asking for dollars is
an error (CURRENCY_NO_RATE). Which rate the law wants is a question for the user (19 CFR part 159, subpart C).
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pycountry
from pydantic import BaseModel, ConfigDict, Field

from data.errors import MailDutyError

# ISO 4217 also lists metals, bond units, test and "no currency" codes: nobody declares a parcel in these.
NOT_CURRENCIES = {"XAU", "XAG", "XPT", "XPD", "XBA", "XBB", "XBC", "XBD", "XDR", "XSU", "XUA", "XTS", "XXX"}
# RMB is what the trade writes for the yuan; US$ leaves no doubt.
ALIASES = {"RMB": "CNY", "US$": "USD", "USD$": "USD"}


class Money(BaseModel):
    """An exact amount in its declared currency, with its rate to dollars where one is known."""

    model_config = ConfigDict(frozen=True)

    amount: Decimal = Field(description="Exact amount as declared", examples=["18.90"])
    currency: str = Field(description="ISO 4217 code", examples=["EUR"])
    usd_rate: Decimal | None = Field(
        default=None, description="US dollars per unit of the currency", examples=["1.0850"]
    )
    rate_source: str | None = Field(
        default=None, description="Who published the rate", examples=["CBP quarterly rates"]
    )
    rate_date: date | None = Field(
        default=None, description="Day from which the rate holds", examples=["2026-10-01"]
    )

    @property
    def usd(self) -> Decimal | None:
        """The amount in US dollars, exact and not rounded, or None when no rate is known."""
        return None if self.usd_rate is None else self.amount * self.usd_rate


class ExchangeRate(NamedTuple):
    """US dollars per unit of a currency, from a day on, as a source published it."""

    currency: str
    usd_per_unit: Decimal
    date: date
    source: str


USD = ExchangeRate("USD", Decimal(1), date.min, "declared in US dollars")


@lru_cache(maxsize=1024)
def currency(text: str) -> tuple[str, str]:
    """(ISO 4217 code, note) for a currency as written; the note says when an alias was read.

    Raises MailDutyError CURRENCY_UNKNOWN.
    """
    code = text.strip().upper()
    meant = ALIASES.get(code, code)
    known = len(meant) == 3 and meant not in NOT_CURRENCIES and pycountry.currencies.get(alpha_3=meant)
    if not known:
        raise MailDutyError(
            "CURRENCY_UNKNOWN",
            f"{text[:30]!r} is not a currency",
            "A currency is a three-letter ISO 4217 code",
            "Write the code, for example USD or EUR",
        )
    return meant, f"{code} read as {meant}" if meant != code else ""


class Rates:
    """Exchange rates given by the user. Several days per currency may stand side by side."""

    def __init__(self, rates: Iterable[ExchangeRate] = ()) -> None:
        self._rates: dict[str, list[ExchangeRate]] = {}
        for rate in rates:
            self._rates.setdefault(rate.currency, []).append(rate)
        for code, dated in self._rates.items():
            dated.sort(key=lambda r: r.date)
            for one, other in pairwise(dated):
                if one.date == other.date and one.usd_per_unit != other.usd_per_unit:
                    raise MailDutyError(
                        "RATES_CONFLICT",
                        f"two different {code} rates are dated {one.date}",
                        "One currency has one rate per day",
                        "Remove one of them",
                    )

    @classmethod
    def load(cls, path: str | Path) -> Rates:
        """Read a CSV or JSON table: currency, usd_per_unit, date, source. Raises RATES_* errors."""
        file = Path(path)
        try:
            text = file.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise MailDutyError(
                "RATES_UNREADABLE",
                f"cannot read the rate table {file.name}: {error}",
                "",
                "Give a UTF-8 CSV or JSON file",
            ) from error
        return cls.of_text(text, file.name)

    @classmethod
    def of_text(cls, text: str, name: str = "the rate table") -> Rates:
        """The table in a text, as `load` reads it from a file; `name` is for errors. Raises RATES_* errors."""
        rates = list(_rates_in(text, name))
        if not rates:
            raise MailDutyError("RATES_EMPTY", f"{name} holds no rate", "", "Add one row per currency")
        return cls(rates)

    def on(self, code: str, day: date | None) -> ExchangeRate:
        """The latest rate dated on or before `day`; with no day, the only rate there is.

        Raises MailDutyError CURRENCY_NO_RATE, or CURRENCY_RATE_UNDATED when several rates could be meant.
        """
        if code == "USD":
            return USD
        dated = self._rates.get(code, [])
        if day is None and len(dated) > 1:
            raise MailDutyError(
                "CURRENCY_RATE_UNDATED",
                f"the table has {len(dated)} {code} rates and the item no day",
                "A rate is chosen by the day it holds on",
                "Give the item a date, or one rate only",
            )
        held = [r for r in dated if day is None or r.date <= day]
        if not held:
            when = "" if day is None else f" on or before {day}"
            raise MailDutyError(
                "CURRENCY_NO_RATE",
                f"no {code} to USD rate{when} was given",
                "An amount is never converted without a rate, its source and its date",
                f"Add {code} to the rate table (currency, usd_per_unit, date, source)",
            )
        return held[-1]

    def price(self, amount: Decimal, code: str, day: date | None) -> Money:
        """Money with its rate for `day`. Raises as `on` does."""
        rate = self.on(code, day)
        return Money(
            amount=amount,
            currency=code,
            usd_rate=rate.usd_per_unit,
            rate_source=rate.source,
            rate_date=None if rate is USD else rate.date,
        )


def _rates_in(text: str, name: str) -> Iterable[ExchangeRate]:
    if text.lstrip()[:1] in ("[", "{"):
        try:
            rows = json.loads(text, parse_float=Decimal, parse_int=Decimal)
        except ValueError as error:
            raise MailDutyError(
                "RATES_UNREADABLE", f"{name} is not JSON: {error}", "", "Mend the file"
            ) from error
        if isinstance(rows, dict):  # {"EUR": {"usd_per_unit": ...}}
            rows = [{"currency": code, **row} for code, row in rows.items() if isinstance(row, dict)]
    else:
        rows = list(csv.DictReader(text.splitlines()))
    for number, row in enumerate(rows, start=1):
        yield _rate_of(row if isinstance(row, Mapping) else {}, f"rate {number} of {name}")


def _rate_of(row: Mapping[str, Any], where: str) -> ExchangeRate:
    cells = {str(k).strip().lower(): str(v or "").strip() for k, v in row.items()}
    missing = [k for k in ("currency", "usd_per_unit", "date", "source") if not cells.get(k)]
    if missing:
        raise MailDutyError(
            "RATES_INCOMPLETE",
            f"{where} lacks {', '.join(missing)}",
            "A rate has currency, usd_per_unit, date and source",
            "Fill in what is missing",
        )
    try:
        per_unit, day = Decimal(cells["usd_per_unit"]), date.fromisoformat(cells["date"])
    except (InvalidOperation, ValueError) as error:
        raise MailDutyError(
            "RATES_MALFORMED",
            f"{where} has a rate or date that cannot be read",
            "usd_per_unit is a decimal number, date is YYYY-MM-DD",
            "Correct it",
        ) from error
    if not per_unit.is_finite() or per_unit <= 0:
        raise MailDutyError(
            "RATES_MALFORMED", f"{where} is not above zero", "A rate is a positive number", "Correct it"
        )
    return ExchangeRate(currency(cells["currency"])[0], per_unit, day, cells["source"])
