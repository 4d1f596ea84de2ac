"""Merchandise processing fee, harbor maintenance fee, dutiable mail fee, by fiscal year.

Mail pays no processing fee except Inbound EMS entered formally (19 CFR 24.23(c)(1)(v)); the dutiable mail fee
is owed only where a CBP officer prepares the papers, and never on EMS (24.22(f)). A claim under an agreement
that 24.23(c) names, Chapter 98 and goods of insular possessions are free of the processing fee.
"""

from __future__ import annotations

from decimal import Decimal

from data.law import Law
from models.duty.goods import Programme
from models.duty.records import DutyLine, DutyRequest
from models.duty.rounding import line_value, to_cents, usd

HUNDRED = Decimal(100)


def fees(
    request: DutyRequest, programme: Programme | None, free_entry: bool, law: Law
) -> tuple[DutyLine, ...]:
    """Fee lines of one item entered alone. ``free_entry``: exempt, a gift, or Chapter 98. Zero lines say why."""
    if request.channel == "mail" and not _formal_ems(request):
        return (*_mail_exempt(request, law), *_dutiable_mail(request, law))
    if free_entry:
        return (DutyLine("MPF", "fee", "exempt", 0, "19 CFR 24.23(c)(1)"),)
    return (_mpf(request, programme, law), *_hmf(request, law))


def _formal_ems(request: DutyRequest) -> bool:
    return request.facts.get("ems") is True and request.facts.get("formal_entry") is True


def _mail_exempt(request: DutyRequest, law: Law) -> tuple[DutyLine, ...]:
    entry = law.entry("fees/mail_exempt", request.entry_date)
    return (DutyLine("MPF", "fee", "exempt (mail)", 0, entry.citation),)


def _dutiable_mail(request: DutyRequest, law: Law) -> tuple[DutyLine, ...]:
    if request.facts.get("cbp_prepared") is not True or request.facts.get("ems") is True:
        return ()
    entry = law.entry("fees/dutiable_mail", request.entry_date)
    return (DutyLine(entry.label, "fee", usd(to_cents(entry.value)), to_cents(entry.value), entry.citation),)


def _mpf(request: DutyRequest, programme: Programme | None, law: Law) -> DutyLine:
    on, facts = request.entry_date, request.facts
    if programme is not None and programme.mpf_exempt:
        return DutyLine("MPF", "fee", f"exempt ({programme.name})", 0, "19 CFR 24.23(c)")
    if law.rows("fees/mpf/insular_origins", on, origin=request.origin):
        return DutyLine("MPF", "fee", "exempt (insular possession)", 0, "19 CFR 24.23(c)(1)(ii)")
    if request.channel == "informal":
        path = "informal_cbp_prepared" if facts.get("cbp_prepared") is True else "informal_automated"
        path = "informal_manual" if facts.get("manual") is True else path
        entry = law.entry(f"fees/mpf/{path}", on)
        return DutyLine("MPF", "fee", usd(to_cents(entry.value)), to_cents(entry.value), entry.citation)
    share = law.entry("fees/mpf/ad_valorem", on)
    least, most = law.entry("fees/mpf/formal_min", on), law.entry("fees/mpf/formal_max", on)
    owed = line_value(request.value_usd, "formal") * share.value / HUNDRED
    amount = to_cents(min(max(owed, least.value), most.value))
    rate = f"{share.text}%" + (
        " (minimum)" if owed < least.value else " (maximum)" if owed > most.value else ""
    )
    if facts.get("manual") is True:
        amount += to_cents(law.value("fees/mpf/manual_surcharge", on))
        rate += " + manual surcharge"
    return DutyLine("MPF", "fee", rate, amount, least.citation)


def _hmf(request: DutyRequest, law: Law) -> tuple[DutyLine, ...]:
    if request.facts.get("mode") != "vessel":
        return ()
    entry = law.entry("fees/hmf/ad_valorem", request.entry_date)
    amount = to_cents(line_value(request.value_usd, request.channel) * entry.value / HUNDRED)
    return (DutyLine(entry.label, "fee", f"{entry.text}%", amount, entry.citation),)
