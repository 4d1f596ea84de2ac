"""What takes a whole item out of duty before any rate is asked for.

Gifts (19 CFR 145.32), US goods returned (145.35, HTS 9801.00.10), items of the US post that come back undelivered,
documents, and under the mail regimes before 2026-07-24 informational materials and donations (50 USC 1702(b)). Under ordinary entry these last two still
pay column 1; the Chapter 99 duties leave them out one by one.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from data.law import Law, LawEntry
from models.duty.records import DutyLine, DutyRequest
from models.duty.regimes import Regime

US_RETURNED = "9801.00.10"
UNDELIVERED = "undelivered return"


class Exemption(NamedTuple):
    """``lines`` is empty where the exemption does not hold and ``warning`` says why."""

    lines: tuple[DutyLine, ...] = ()
    warning: str = ""


def exemption(request: DutyRequest, regime: Regime, law: Law) -> Exemption:
    facts, on, value = request.facts, request.entry_date, request.value_usd
    if facts.get("documents") is True:
        return _free("documents", "letters and documents carry no goods", "EO 14324; 19 CFR 145.74(b)(2)")
    if facts.get("undelivered") is True and request.channel == "mail":
        back = law.find("mail/undelivered_returned", on)
        if back is not None:
            return _free(UNDELIVERED, "comes back undelivered", back.citation)
    if facts.get("us_goods_returned") is True or request.origin == "US":
        limit = law.entry("limits/returned_goods_usd", on)
        if request.channel != "mail" or value <= limit.value:
            return _free(
                US_RETURNED,
                "US goods returned",
                limit.citation if request.channel == "mail" else "HTS 9801.00.10",
            )
        return Exemption(
            warning=f"RETURNED_OVER_LIMIT: US goods returned are free by mail up to USD {limit.text}"
        )
    if facts.get("gift") is True:
        return _gift(request, law)
    if regime.basis in ("ieepa", "flat", "china_2025"):
        for fact in ("informational_materials", "donation"):
            if facts.get(fact) is True:
                return _free(fact.replace("_", " "), "exempt", f"50 USC 1702(b); {regime.citation}")
    if regime.basis == "exempt":
        return _free("de minimis", "exempt", regime.citation)
    return Exemption()


def _gift(request: DutyRequest, law: Law) -> Exemption:
    limit = gift_limit(str(request.facts.get("gift_from") or request.origin), request.entry_date, law)
    if request.value_usd <= Decimal(limit.value):
        return _free("bona fide gift", f"free to USD {limit.text}", limit.citation)
    return Exemption(
        warning=f"GIFT_OVER_LIMIT: a gift is free up to USD {limit.text} ({limit.citation}); priced as dutiable"
    )


def gift_limit(sent_from: str, on: date, law: Law) -> LawEntry:
    """Up to what worth a bona fide gift sent from a place is free that day."""
    insular = law.rows("limits/gift_insular_origins", on, origin=sent_from.upper())
    return law.entry("limits/gift_insular_usd" if insular else "limits/gift_usd", on)


def _free(heading: str, rate: str, citation: str) -> Exemption:
    return Exemption((DutyLine(heading, "exempt", rate, 0, citation),))
