"""The deterministic duty calculator: one item, or many, to lines, fees and warnings.

Same request, law and schedule: same cents, on any machine. No clock, no files, no network.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from data.errors import MailDutyError
from data.law import Law, LawEntry
from data.schedule import Schedule
from models.duty import columns
from models.duty.due_dates import mail_due_date, period_due_date
from models.duty.exemptions import Exemption, exemption
from models.duty.facts import check_facts
from models.duty.fees import fees
from models.duty.goods import Programme, percent_text
from models.duty.mail_methods import mail_method, parts_of
from models.duty.planner import plan
from models.duty.pricing import price
from models.duty.records import DutyAssessment, DutyError, DutyLine, DutyRequest, dollars
from models.duty.regimes import Regime, regime
from models.duty.rounding import line_value, to_cents

LONG = 1_000  # requests from which on the batch path is the faster one
Lines = tuple[tuple[DutyLine, ...], list[str]]


class Entered(NamedTuple):
    """How an item enters: warnings so far, its regime, what takes it out of duty, its fees."""

    warnings: list[str]
    regime: Regime
    free: Exemption
    fees: tuple[DutyLine, ...]


def assess(request: DutyRequest, law: Law, schedule: Schedule) -> DutyAssessment:
    """What one item owes. Raises :class:`MailDutyError`; where regime and fees are known the error has them."""
    warnings, ruling, free, fee_lines = entered(request, law)
    if request.facts.get("fees_only") is True:
        lines: tuple[DutyLine, ...] = ()
        warnings.append("FEES_ONLY: no duty was asked for")
    else:
        try:
            lines, found = _duty(request, ruling, free.lines, law, schedule)
        except MailDutyError as error:
            error.where.setdefault("regime", ruling.name)
            error.where.setdefault("fees", sum(line.amount for line in fee_lines))
            raise
        warnings += ([free.warning] if free.warning else []) + found
    versions = {"law": law.version, "schedule": schedule.revision(request.entry_date)}
    return DutyAssessment(request.id, ruling.name, lines, fee_lines, tuple(dict.fromkeys(warnings)), versions)


def entered(request: DutyRequest, law: Law) -> Entered:
    """What can be said before the goods are looked at. Of the value it only asks which limits it is over."""
    warnings = check_facts(request.facts) + _day_warnings(request, law) + _due(request, law)
    formal = request.facts.get("formal_entry") is True
    method = str(request.facts.get("method") or "ad_valorem")
    ruling = regime(request.channel, request.origin, request.entry_date, law, method, formal)
    _check_limit(request, ruling, law)
    claim, _ = columns.programme(request.facts.get("program"), request.origin, request.entry_date, law)
    free = exemption(request, ruling, law)
    return Entered(warnings, ruling, free, fees(request, claim, bool(free.lines), law))


def assess_many(
    requests: Iterable[DutyRequest | DutyError], law: Law, schedule: Schedule
) -> list[DutyAssessment | DutyError]:
    """The same for many, in their order. An item that cannot be priced becomes a :class:`DutyError` in its place.

    A long list goes through :mod:`models.duty.batch`, which says the same faster.
    """
    requests = list(requests)
    if len(requests) >= LONG:
        from models.duty.batch import price_batch

        return list(price_batch(requests, law, schedule))
    return [one if isinstance(one, DutyError) else assess_or_error(one, law, schedule) for one in requests]


def assess_or_error(request: DutyRequest, law: Law, schedule: Schedule) -> DutyAssessment | DutyError:
    """Like :func:`assess`, with the error as an answer."""
    try:
        return assess(request, law, schedule)
    except MailDutyError as error:
        return DutyError.of(request.id, error)


def _duty(
    request: DutyRequest, ruling: Regime, free: tuple[DutyLine, ...], law: Law, schedule: Schedule
) -> Lines:
    if free or _asks_only_when(request):
        return free, []
    if request.facts.get("rate_pct") is not None:
        return _stated(request, ruling)
    if str(request.facts.get("currency") or "USD").upper() != "USD":
        raise MailDutyError(
            "CURRENCY_NOT_USD",
            f"the value is in {request.facts['currency']}",
            "duty is owed on a value in USD",
            "convert it at the rate of the day, or state rate_pct for arithmetic only",
            field="currency",
        )
    if ruling.basis != "ordinary":
        return mail_method(request, ruling, law)
    if isinstance(request.facts.get("items"), (list, tuple)) or "+" in request.origin:
        return _several(request, law, schedule)
    return _ordinary(request, law, schedule)


def _ordinary(request: DutyRequest, law: Law, schedule: Schedule) -> Lines:
    if request.hts is None:
        raise MailDutyError(
            "HTS_REQUIRED",
            f"no tariff number is given for a {request.channel} entry on {request.entry_date}",
            "duty is that of the goods' line in the tariff",
            "give eight or ten digits, or ask for fees_only",
            field="hts",
        )
    on = request.entry_date
    made = plan(request.hts, request.origin, on, request.channel, request.facts, law, schedule)
    lines = price(made, line_value(request.value_usd, request.channel), request.facts)
    return lines, [str(note) for note in made.notes]


def _several(request: DutyRequest, law: Law, schedule: Schedule) -> Lines:
    """A parcel of several items under ordinary entry: each item with its own number, origin and facts."""
    parts = parts_of(request)
    lines: list[DutyLine] = []
    warnings: list[str] = []
    for part, item in zip(parts, request.facts["items"], strict=True):
        own = {**{k: v for k, v in request.facts.items() if k != "items"}, **(item.get("facts") or {})}
        one = DutyRequest(
            request.id,
            request.entry_date,
            request.channel,
            part.origin,
            item.get("hts") or request.hts,
            part.value,
            own,
        )
        found, notes = _ordinary(one, law, schedule)
        lines += found
        warnings += notes
    return tuple(lines), warnings


def _stated(request: DutyRequest, ruling: Regime) -> Lines:
    """Arithmetic with a rate the request states: no law is asked what the rate is."""
    rate = dollars(request.facts["rate_pct"], "rate_pct")
    heading = {"ieepa": "IEEPA", "flat": "9903.03.01 via note 2(y)"}.get(
        ruling.basis, request.hts or "stated rate"
    )
    value = line_value(request.value_usd, request.channel)
    line = DutyLine(
        heading,
        "stated rate",
        percent_text(rate),
        to_cents(value * rate / Decimal(100)),
        "rate stated in the request",
    )
    warnings = [f"RATE_STATED: {percent_text(rate)} was stated and used in place of the law's rate"]
    currency = str(request.facts.get("currency") or "USD").upper()
    if currency != "USD":
        warnings.append(
            f"CURRENCY_STATED: the value is in {currency}; the amount is arithmetic in {currency}, not USD"
        )
    return (line,), warnings


def _check_limit(request: DutyRequest, ruling: Regime, law: Law) -> None:
    on, value = request.entry_date, request.value_usd
    if request.channel == "formal" or str(request.facts.get("currency") or "USD").upper() != "USD":
        return
    if request.channel == "mail" and not request.facts.get("formal_entry"):
        limit = law.entry("limits/mail_value_usd", on)
        if value > limit.value:
            raise _over("MAIL_OVER_LIMIT", request, limit, ruling)
    elif request.channel == "informal":
        limit = law.entry("limits/informal_value_usd", on)
        if value > limit.value:
            raise _over("INFORMAL_OVER_LIMIT", request, limit, ruling)


def _over(code: str, request: DutyRequest, limit: LawEntry, ruling: Regime) -> MailDutyError:
    return MailDutyError(
        code,
        f"the value USD {request.value_usd} is over USD {limit.text}",
        f"{limit.citation} sets that limit on {request.entry_date}",
        "enter it formally (channel formal)",
        field="value_usd",
        regime=ruling.name,
    )


def _asks_only_when(request: DutyRequest) -> bool:
    """A question for a due date alone: no origin, no value, a month or a day of arrival."""
    return (
        request.origin == "*" and not request.value_usd and bool({"period", "arrival"} & set(request.facts))
    )


def _due(request: DutyRequest, law: Law) -> list[str]:
    facts = request.facts
    if request.channel != "mail" or not (facts.get("period") or facts.get("arrival")):
        return []
    if facts.get("period"):
        found = period_due_date(str(facts["period"]), law)
    else:
        found = mail_due_date(_day(str(facts["arrival"])), law)
    return [f"DUE_DATE: {found.due} ({found.rule}; {found.citation})"] + (
        [found.warning] if found.warning else []
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise MailDutyError(
            "FACT_INVALID", f"the fact arrival is {text!r}", "", "write YYYY-MM-DD", field="arrival"
        ) from None


def _day_warnings(request: DutyRequest, law: Law) -> list[str]:
    if request.entry_date <= law.verified_through:
        return []
    return [f"LAW_LATER: the law was verified through {law.verified_through}; {request.entry_date} is later"]


def claimed(request: DutyRequest, law: Law) -> Programme | None:
    """The programme a request claims, as the law of its day sees it."""
    return columns.programme(request.facts.get("program"), request.origin, request.entry_date, law)[0]
