"""Sums of many requests, without their lines, are the sums of the single ones."""

from __future__ import annotations

from data.law import Law
from models.duty.calculator import assess_or_error
from models.duty.records import DutyAssessment
from serving.bench.made_up import made_up
from serving.duty_lines import MANY, cents_of
from serving.settings import tariff


def test_the_sums_of_many_are_those_of_each() -> None:
    law, schedule = Law.load(), tariff()
    asked = made_up(2 * MANY, schedule, seed=3)
    each = [assess_or_error(one, law, schedule) for one in asked]
    expected = [one.duty if isinstance(one, DutyAssessment) else None for one in each]
    assert None in expected
    assert cents_of(asked, law, schedule) == expected
    assert cents_of(asked[:20], law, schedule) == expected[:20]
