"""When mail duty is due, under both rules."""

from datetime import date
from typing import Any

import pytest

from data.errors import MailDutyError
from models.duty import mail_due_date, period_due_date


@pytest.mark.parametrize(
    ("arrival", "due"),
    [
        ("2025-09-15", "2025-10-09"),
        ("2025-10-31", "2025-11-12"),  # Veterans Day on the 11th
        ("2025-12-01", "2026-01-12"),  # New Year's Day
        ("2026-02-23", "2026-03-10"),
        ("2026-06-30", "2026-07-10"),  # Independence Day, kept on Friday the 3rd
        ("2026-07-23", "2026-08-11"),
        ("2026-07-24", "2026-08-07"),
        ("2026-11-21", "2026-12-07"),
        ("2026-12-31", "2027-01-07"),
    ],
)
def test_due_date(law: Any, arrival: str, due: str) -> None:
    assert mail_due_date(date.fromisoformat(arrival), law).due == date.fromisoformat(due)


def test_a_holiday_is_not_rolled_but_said(law: Any) -> None:
    found = mail_due_date(date(2026, 8, 15), law)
    assert found.due == date(2026, 9, 7) and "no roll-over" in found.warning
    assert not mail_due_date(date(2026, 9, 15), law).warning


def test_a_month_in_which_the_rule_changed_needs_the_day(law: Any) -> None:
    with pytest.raises(MailDutyError) as caught:
        period_due_date("2026-07", law)
    assert caught.value.code == "PERIOD_TWO_RULES"


def test_a_month(law: Any) -> None:
    assert period_due_date("2025-09", law).due == date(2025, 10, 9)
    assert period_due_date("2025-05", law).due == date(2025, 6, 10)
    with pytest.raises(MailDutyError, match="no month"):
        period_due_date("September", law)


def test_before_mail_owed_duty_there_is_no_due_date(law: Any) -> None:
    with pytest.raises(MailDutyError, match="due_dates/mail_counting"):
        mail_due_date(date(2025, 5, 1), law)
