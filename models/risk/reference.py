"""What of tariff and law the risk score looks up: general duty in percent, and the dollar limits of the day."""

from __future__ import annotations

from datetime import date

from data.errors import MailDutyError
from data.law import Law
from data.schedule import Schedule
from models.duty.rates import parse_rate

LIMITS = ("limits/mail_value_usd", "limits/gift_usd", "limits/informal_value_usd")


def rates_on(schedule: Schedule, on: date) -> dict[str, float]:
    """General duty in percent of every eight-digit number that has one in percent; others are left out."""
    found: dict[str, float] = {}
    for line in schedule.leaves(on):
        code = line.code[:8]
        if code not in found:
            try:
                percent = parse_rate(line.general).ad_valorem
            except MailDutyError:  # a rate in words has no percent
                continue
            if percent is not None:
                found[code] = float(percent)
    return found


def limits_on(law: Law, on: date) -> list[float]:
    """The dollar limits just under which a value is worth a look."""
    return sorted({float(law.value(path, on)) for path in LIMITS})
