"""The shipped law and schedule, and a short way to ask the calculator."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from data.law import Law
from data.schedule import Schedule
from models.duty import DutyAssessment, DutyRequest, assess


@pytest.fixture(scope="session")
def law() -> Law:
    return Law.load()


@pytest.fixture(scope="session")
def schedule() -> Schedule:
    return Schedule.load()


@pytest.fixture(scope="session")
def ask(law: Law, schedule: Schedule) -> Callable[..., DutyAssessment]:
    """``ask("2026-08-08", "mail", "IN", "6214.10.20", 50, gift=True)``."""

    def asked(
        on: str, channel: str, origin: str, hts: str | None = None, value: Any = 100, **facts: Any
    ) -> DutyAssessment:
        request = DutyRequest("t", date.fromisoformat(on), channel, origin, hts, Decimal(str(value)), facts)
        return assess(request, law, schedule)

    return asked
