"""The mail regimes that did not ask what the goods were: 2025-05-02 to 2026-07-23.

Chinese and Hong Kong mail of 2025, EO 14324 (ad valorem or a fixed amount per postal item) and the flat 10
percent. Only origin and value count: no column 1, no Section 301 or 232, no processing fee. Rates that apply
together are summed. A parcel of several origins pays each item at the rate of its own origin under the ad
valorem method, and the highest rate under the specific one (sources disagree, see ASSUMPTIONS.md).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

from data.countries import country
from data.errors import MailDutyError
from data.law import Law, Row, plain
from models.duty.goods import percent_text
from models.duty.layers.ieepa import effective_rate, programmes_of
from models.duty.records import DutyLine, DutyRequest, dollars
from models.duty.regimes import Regime
from models.duty.rounding import line_value, to_cents

HUNDRED = Decimal(100)


class Part(NamedTuple):
    """The goods of one origin in a parcel."""

    origin: str
    value: Decimal


def mail_method(request: DutyRequest, regime: Regime, law: Law) -> tuple[tuple[DutyLine, ...], list[str]]:
    """Lines and warnings of one parcel under the regime's own method."""
    warnings: list[str] = []
    specific = request.facts.get("method") == "specific"
    if regime.basis == "flat":
        if isinstance(request.facts.get("items"), (list, tuple)):
            parts_of(request)  # one rate for every origin, yet the items still have to add up
        if specific:
            warnings.append("METHOD_ENDED: the specific method had ended; the flat rate used")
        entry = law.entry("mail/flat_pct", request.entry_date)
        heading = "9903.03.01 via note 2(y)"
        return (_share(heading, "mail flat", request.value_usd, entry.value, entry.citation),), warnings
    parts = parts_of(request)
    if request.facts.get("method") is None:
        warnings.append("METHOD_ASSUMED: no method stated; the ad valorem method used")
    if regime.basis == "china_2025":
        return _china_2025(parts, request, law, specific), warnings
    warnings += _rate_warnings(parts, request, law)
    if specific:
        return (_specific(parts, request, law, warnings),), warnings
    mixed = len({part.origin for part in parts}) > 1
    if mixed:
        warnings.append(
            "MIXED_ORIGINS: each item at the rate of its origin; one source holds that the highest controls"
        )
    lines = []
    for part in parts:
        rate = effective_rate(part.origin, request.entry_date, law)
        heading = f"IEEPA {part.origin}" if mixed else "IEEPA"
        lines.append(
            _share(heading, "mail ad valorem", part.value, rate, _sources(part.origin, request, law, regime))
        )
    return tuple(lines), warnings


def parts_of(request: DutyRequest) -> list[Part]:
    """The goods by origin: from the fact ``items`` where it lists them, else the whole parcel.

    Raises ``ORIGIN_MIXED`` for several origins without items, ``ITEMS_DO_NOT_ADD_UP``, ``ITEMS_INVALID``.
    """
    items = request.facts.get("items")
    if not isinstance(items, (list, tuple)):
        if "+" in request.origin or request.origin == "*":
            raise MailDutyError(
                "ORIGIN_MIXED",
                f"the origin is {request.origin!r}",
                "each item pays the rate of its origin",
                "list the items with origin and value in the fact items",
            )
        return [Part(request.origin, line_value(request.value_usd, request.channel))]
    parts = [_part(item) for item in items]
    total = sum((part.value for part in parts), Decimal(0))
    if total != request.value_usd:
        raise MailDutyError(
            "ITEMS_DO_NOT_ADD_UP",
            f"the items come to {total}, the parcel to {request.value_usd}",
            "the parcel is the sum of its items",
            "correct the values",
            field="items",
        )
    return parts


def _part(item: Any) -> Part:
    if not isinstance(item, dict) or not item.get("origin") or item.get("value") is None:
        raise MailDutyError(
            "ITEMS_INVALID",
            f"an item reads {str(item)[:80]}",
            "an item has origin and value",
            'write {"origin": "GB", "value": 40}',
            field="items",
        )
    return Part(country(str(item["origin"])).code, dollars(item["value"], "items.value"))


def tier(rate: Decimal, request: DutyRequest, law: Law) -> Row:
    """The tier of EO 14324 sec. 3(c) that an effective rate falls into."""
    rows = law.rows("mail/eo14324/specific_tiers", request.entry_date)
    if not rows:
        raise MailDutyError(
            "LAW_NO_VALUE",
            f"no specific tier is in force on {request.entry_date}",
            path="mail/eo14324/specific_tiers",
            on=str(request.entry_date),
        )
    for row in rows:
        ceiling = row.get("max")
        if ceiling is None or rate < ceiling or (rate == ceiling and row["max_inclusive"]):
            return row
    return rows[-1]


def _specific(parts: list[Part], request: DutyRequest, law: Law, warnings: list[str]) -> DutyLine:
    rates = {part.origin: effective_rate(part.origin, request.entry_date, law) for part in parts}
    if len(rates) > 1:
        warnings.append("MIXED_ORIGINS: one postal item of several origins; the highest rate sets its tier")
    row = tier(max(rates.values()), request, law)
    return DutyLine(
        "specific", "mail specific", row["tier"], to_cents(row["usd"] * _count(request)), row.citation
    )


def _count(request: DutyRequest) -> int:
    items = request.facts.get("items")
    if isinstance(items, int) and items < 1:
        raise MailDutyError(
            "ITEMS_INVALID", f"items is {items}", "a parcel is at least one postal item", "correct it"
        )
    return items if isinstance(items, int) else 1


def _china_2025(parts: list[Part], request: DutyRequest, law: Law, specific: bool) -> tuple[DutyLine, ...]:
    """What else is in the parcel was still de minimis: only the parts of China and Hong Kong pay."""
    if specific:
        entry = law.entry("mail/china_2025/per_item_usd", request.entry_date)
        amount = to_cents(entry.value * _count(request))
        return (DutyLine("specific", "mail specific", f"${entry.text} per item", amount, entry.citation),)
    entry = law.entry("mail/china_2025/ad_valorem_pct", request.entry_date)
    rows = law.rows("mail/regimes", request.entry_date)
    reached = {row["origin"] for row in rows if row["basis"] == "china_2025"}
    value = sum((part.value for part in parts if part.origin in reached), Decimal(0))
    return (_share("EO 14256", "mail ad valorem", value, entry.value, entry.citation),)


def _share(heading: str, kind: str, value: Decimal, rate: Decimal, citation: str) -> DutyLine:
    amount = to_cents(line_value(value, "mail") * rate / HUNDRED)
    return DutyLine(heading, kind, percent_text(rate), amount, citation)


def _sources(origin: str, request: DutyRequest, law: Law, regime: Regime) -> str:
    rows = programmes_of(origin, request.entry_date, law)
    parts = [
        f"{row['heading']} {plain(row.get('top_up_to', row.get('rate')))}% ({row.citation})" for row in rows
    ]
    return f"{regime.citation}: " + " + ".join(parts)


def _rate_warnings(parts: list[Part], request: DutyRequest, law: Law) -> list[str]:
    warnings = []
    for origin in sorted({part.origin for part in parts}):
        if any(row["heading"] == "9903.02.20" for row in programmes_of(origin, request.entry_date, law)):
            warnings.append(
                f"EU_MAIL_RATE: 15% for {origin} is inferred from 9903.02.20; CBP's sample row for France reads 10%"
            )
    if request.facts.get("program") in ("S", "S+"):
        warnings.append(
            "USMCA_IN_MAIL: whether a USMCA claim frees EO 14324 mail is unresolved; the rate was applied"
        )
    return warnings
