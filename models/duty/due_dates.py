"""When mail duty is due: the 7th business day of the next month until 2026-07-23, since then its 7th day.

The rule of 2026-07-24 names no roll-over for weekends and holidays: the date is given as the text has it, and
a warning says when it falls on one.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

import holidays

from data.errors import MailDutyError
from data.law import Law


class DueDate(NamedTuple):
    """``due`` the last day to pay; ``rule`` how it was counted; ``warning`` empty or what to mind."""

    due: date
    rule: str
    citation: str
    warning: str = ""


def mail_due_date(arrival: date, law: Law) -> DueDate:
    """When duty on mail that arrived on ``arrival`` is due. Raises ``LAW_NO_VALUE`` before 2025-05-02."""
    number = int(law.value("due_dates/mail_day", arrival))
    counting = law.entry("due_dates/mail_counting", arrival)
    first = _next_month(arrival)
    if counting.value == "business":
        return DueDate(
            _business_day(first, number), f"business day {number} of the next month", counting.citation
        )
    due = first.replace(day=number)
    warning = ""
    if not is_business_day(due):
        warning = f"{due} is no business day and the rule names no roll-over; pay before it"
    return DueDate(due, f"day {number} of the next month", counting.citation, warning)


def period_due_date(period: str, law: Law) -> DueDate:
    """The same for a month of import ``YYYY-MM``. A month in which the rule changed needs the day of arrival."""
    try:
        first = date.fromisoformat(f"{period}-01")
    except ValueError:
        raise MailDutyError(
            "PERIOD_INVALID", f"{period!r} is no month", "", "write YYYY-MM", field="period"
        ) from None
    last = _next_month(first) - timedelta(days=1)
    if law.find("due_dates/mail_counting", first) is None:
        first = last
    answers = mail_due_date(first, law), mail_due_date(last, law)
    if answers[0].due != answers[1].due:
        raise MailDutyError(
            "PERIOD_TWO_RULES",
            f"the due date rule changed within {period}",
            f"{answers[0].rule} to begin with, then {answers[1].rule}",
            "give the fact arrival",
            field="period",
        )
    return answers[0]


def is_business_day(day: date) -> bool:
    """Monday to Friday and no federal holiday."""
    return day.weekday() < 5 and day not in _federal(day.year)


@lru_cache(maxsize=64)
def _federal(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("US", years=year))


def _business_day(first: date, number: int) -> date:
    day = first - timedelta(days=1)
    while number:
        day += timedelta(days=1)
        number -= is_business_day(day)
    return day


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
