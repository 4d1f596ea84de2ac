"""From a plan to lines with amounts: the only place where a value meets a rate.

The total of a floor is rounded once and the base taken off it, so base and top-up add up to that total. A
floor on a specific rate compares with its ad valorem equivalent: base duty over value.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from data.errors import MailDutyError
from models.duty.goods import Plan, Term
from models.duty.records import DutyLine, dollars
from models.duty.rounding import to_cents

HUNDRED = Decimal(100)


def price(plan: Plan, value: Decimal, facts: Mapping[str, Any]) -> tuple[DutyLine, ...]:
    """Chapter 99 lines in the order of the plan, then the base line. ``value`` is already the line value."""
    base = plan.base
    owed = base.rate.price(value, facts, facts)
    base_cents = to_cents(owed)
    base_text = base.rate.text
    lines = []
    for term in plan.terms:
        if term.top_up_to is None:
            share = term.percent if term.percent is not None else Decimal(0)
            part = value if not term.on_fact else _part(term, facts, value)
            lines.append(
                DutyLine(term.heading, term.kind, term.rate, to_cents(part * share / HUNDRED), term.citation)
            )
        elif at_floor(plan, term, owed, value):
            lines.append(DutyLine(term.heading_at_floor, term.kind, "0", 0, term.citation))
        else:
            total = to_cents(value * term.top_up_to / HUNDRED)
            if term.whole:
                amount, base_cents, base_text = total, 0, "0 reported"
            else:
                amount = max(0, total - base_cents)
            lines.append(DutyLine(term.heading, term.kind, term.rate, amount, term.citation))
    lines.append(DutyLine(base.heading, base.kind, base_text, base_cents, base.citation))
    return tuple(lines)


def at_floor(plan: Plan, term: Term, owed: Decimal, value: Decimal) -> bool:
    """Whether column 1 already is at or over the total of the floor."""
    assert term.top_up_to is not None
    rate = plan.base.rate.ad_valorem
    if rate is not None:
        return rate >= term.top_up_to
    return owed * HUNDRED >= term.top_up_to * value


def _part(term: Term, facts: Mapping[str, Any], value: Decimal) -> Decimal:
    part = dollars(facts[term.on_fact], term.on_fact)
    if part > value:
        raise MailDutyError(
            "PART_EXCEEDS_VALUE",
            f"{term.on_fact} is {part}, more than the value {value}",
            f"{term.heading} applies to a part of the value",
            "check both amounts",
            field=term.on_fact,
        )
    return part
