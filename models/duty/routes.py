"""Which way an item of mail may enter on a day, and why: exempt, worksheet, entry type 13, formal.

From 2026-07-24 mail enters by the postal informal entry (the worksheet), from 2026-09-22 also by entry type
13. From 2026-10-22 the worksheet is closed to goods with agency requirements, with a Chapter 98 or 99 duty or
claim, or with an agreement claim (19 CFR 145.12(a)(2)(v)-(vi)); type 13 stays open to them, but for a claim,
which goes formal. Value over the limit, antidumping, quota, alcohol and tobacco, or a demand by CBP are formal
on any day. Before 2026-07-24 dutiable mail was on the worksheet of its regime.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from data.law import Law
from models.duty.exemptions import UNDELIVERED, exemption
from models.duty.records import DutyRequest
from models.duty.regimes import Regime, regime

WORKSHEET, ENTRY_TYPE_13, FORMAL, EXEMPT, RETURNED = (
    "worksheet",
    "entry_type_13",
    "formal",
    "exempt",
    "returned",
)
ALWAYS_FORMAL = (
    ("quota", "QUOTA", "of a class under a quota", "19 CFR 145.12(a)(2)(ii)"),
    ("adcvd", "ADCVD", "under an antidumping or countervailing order", "19 CFR 145.12(a)(2)(iii)"),
    (
        "alcohol_tobacco",
        "ALCOHOL_TOBACCO",
        "alcohol, tobacco, cigarette tubes or papers",
        "19 CFR 145.12(a)(2)(iv)",
    ),
    ("cbp_demand", "CBP_DEMAND", "CBP asked for a formal entry", "19 CFR 145.12(a)(1)"),
)


@dataclass(frozen=True, slots=True)
class RouteReason:
    """``closes`` names the routes that the reason shuts, empty where it only explains."""

    code: str
    text: str
    citation: str
    closes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RouteAnswer:
    """``route`` is the plainest way in ``allowed``; ``reasons`` say what opened and shut."""

    route: str
    allowed: tuple[str, ...]
    reasons: tuple[RouteReason, ...]


def routes(
    request: DutyRequest, law: Law, chapter99: Sequence[str] = (), agreement: bool | None = None
) -> RouteAnswer:
    """The routes of a mail item on its entry date.

    ``chapter99`` are the headings under which a Chapter 98 or 99 duty is owed or free entry claimed;
    ``agreement`` whether a free trade agreement is claimed (by default the fact ``program``). Raises what
    :func:`regime` raises.
    """
    on = request.entry_date
    ruling = regime("mail", request.origin, on, law)
    free = _exempt(request, ruling, law)
    if free is not None:
        return free
    reasons = _formal(request, law)
    if not reasons:
        if law.find("routes/postal_informal", on) is None:
            why = RouteReason(
                "WORKSHEET_OF_ITS_DAY", f"{ruling.name} mail is on the worksheet", ruling.citation
            )
            return RouteAnswer(WORKSHEET, (WORKSHEET, FORMAL), (why,))
        reasons = _narrowed(request, law, chapter99, agreement)
    open_routes = _open(on, law)
    allowed = tuple(r for r in open_routes if not any(r in reason.closes for reason in reasons))
    if (
        law.find("routes/nonresident_informal_barred", on) is not None
        and request.facts.get("nonresident_importer") is True
    ):
        entry = law.entry("routes/nonresident_informal_barred", on)
        reasons = [
            *reasons,
            RouteReason("NONRESIDENT", entry.label, entry.citation, (WORKSHEET, ENTRY_TYPE_13)),
        ]
        allowed = (FORMAL,)
    if not reasons:
        entry = law.entry("routes/postal_informal", on)
        reasons = [RouteReason("WORKSHEET_OPEN", "nothing closes the worksheet", entry.citation)]
    return RouteAnswer(allowed[0], allowed, tuple(reasons))


def _open(on: date, law: Law) -> tuple[str, ...]:
    thirteen = (ENTRY_TYPE_13,) if law.find("routes/entry_type_13", on) is not None else ()
    return (WORKSHEET, *thirteen, FORMAL)


def _exempt(request: DutyRequest, ruling: Regime, law: Law) -> RouteAnswer | None:
    found = exemption(request, ruling, law)
    if not found.lines:
        return None
    line = found.lines[0]
    if line.heading == UNDELIVERED:
        return RouteAnswer(
            RETURNED, (RETURNED, FORMAL), (RouteReason("UNDELIVERED_RETURN", line.rate, line.citation),)
        )
    if request.facts.get("us_goods_returned") is True or request.origin == "US":
        return RouteAnswer(
            RETURNED, (RETURNED, FORMAL), (RouteReason("US_GOODS_RETURNED", line.rate, line.citation),)
        )
    code = line.heading.upper().replace(" ", "_")
    return RouteAnswer(EXEMPT, (EXEMPT,), (RouteReason(code, f"{line.heading}: {line.rate}", line.citation),))


def _formal(request: DutyRequest, law: Law) -> list[RouteReason]:
    shut = (WORKSHEET, ENTRY_TYPE_13)
    reasons = []
    limit = law.entry("limits/mail_value_usd", request.entry_date)
    if request.value_usd > Decimal(limit.value):
        text = f"the value USD {request.value_usd} is over USD {limit.text}"
        reasons.append(RouteReason("OVER_LIMIT", text, limit.citation, shut))
    for fact, code, text, citation in ALWAYS_FORMAL:
        if request.facts.get(fact) is True:
            reasons.append(RouteReason(code, text, citation, shut))
    return reasons


def _narrowed(
    request: DutyRequest, law: Law, chapter99: Sequence[str], agreement: bool | None
) -> list[RouteReason]:
    entry = law.find("routes/worksheet_narrowed", request.entry_date)
    if entry is None:
        return []
    reasons = []
    if request.facts.get("pga") is True:
        reasons.append(
            RouteReason("AGENCY", "another agency has requirements", "19 CFR 145.12(a)(2)(v)", (WORKSHEET,))
        )
    if chapter99:
        text = f"Chapter 98 or 99 applies: {', '.join(chapter99)}"
        reasons.append(RouteReason("CHAPTER_99", text, "19 CFR 145.12(a)(2)(vi)", (WORKSHEET,)))
    if agreement if agreement is not None else bool(request.facts.get("program")):
        reasons.append(
            RouteReason(
                "AGREEMENT_CLAIM",
                "free entry under an agreement is claimed",
                "19 CFR 145.12(a)(2)(vi)",
                (WORKSHEET, ENTRY_TYPE_13),
            )
        )
    return reasons


def route_facts() -> Mapping[str, Any]:
    """The facts that decide a route, with their meaning."""
    from models.duty.facts import FACTS

    names = (
        "pga",
        "adcvd",
        "quota",
        "alcohol_tobacco",
        "cbp_demand",
        "nonresident_importer",
        "program",
        "gift",
    )
    return {name: FACTS[name] for name in names}
