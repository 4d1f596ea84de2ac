"""Duty at stake: declared facts against suspected ones, by the whole calculator where it answers, else general rates."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

import pytest

from data.law import Law
from data.parcel_typologies import TYPOLOGIES
from data.schedule import Schedule
from models.risk.bands import Band, Bands
from models.risk.features import Reading
from models.risk.parcel import RiskParcel
from models.risk.stake import GENERAL, WHOLE, Facts, Stake, stakes
from models.risk.suggested import Suggested
from serving.risk.risk_duty import owes_on

Make = Callable[..., RiskParcel]
RATES = {"61091000": 10.0, "39269099": 5.0}
BANDS = Bands(held={"6109100012": (Band(4.0, 0.5, 9, 10), None, None)})  # about 54.60 a piece
TO_SHIRT = Suggested(0.0, 0.0, 0.9, 5.0, "6109100012")


def staked(
    parcel: RiskParcel, owes: Callable[[Sequence[Facts]], Sequence[float | None]] | None, **p: float
) -> Stake | None:
    reading = Reading(BANDS, None, RATES)
    table = reading.table([parcel], None, [TO_SHIRT if parcel.hts and parcel.hts[:4] == "3926" else None])
    return stakes([parcel], table, [dict.fromkeys(TYPOLOGIES, 0.0) | p], reading, owes)[0]


def test_general_rates_where_no_calculator_is_given(parcel: Make) -> None:
    low = staked(parcel(value_usd=10.0), None, undervaluation=0.5)
    assert low is not None and low.basis == GENERAL
    assert low.usd == pytest.approx(0.5 * (54.598 - 10) * 0.1, abs=0.01)
    wrong = staked(parcel(hts="3926909989", value_usd=100.0), None, misclassification=0.4)
    assert wrong is not None and wrong.usd == pytest.approx(0.4 * 100 * (0.10 - 0.05))
    assert staked(parcel(value_usd=20.0), None, splitting=0.5) == Stake(pytest.approx(1.0), GENERAL)


def test_the_calculator_is_asked_for_declared_and_suspected_facts(parcel: Make) -> None:
    asked: list[Facts] = []

    def owes(facts: Sequence[Facts]) -> list[float]:
        asked.extend(facts)
        return [
            f.value_usd * (0.2 if f.hts == "6109100012" else 0.1) * (2 if f.origin == "CN" else 1)
            for f in facts
        ]

    odd = parcel(hts="3926909989", value_usd=100.0, origin="VN")
    found = staked(odd, owes, misclassification=0.5, origin=0.5)
    assert found == Stake(pytest.approx(0.5 * (20 - 10) + 0.5 * (20 - 10)), WHOLE)
    assert {(f.hts, f.origin) for f in asked} == {
        ("3926909989", "VN"),
        ("6109100012", "VN"),
        ("3926909989", "CN"),  # where the sender is
    }


def test_what_the_calculator_cannot_say_is_reckoned_by_general_rates_and_says_so(parcel: Make) -> None:
    found = staked(parcel(value_usd=20.0), lambda facts: [None for _ in facts], restricted=0.5)
    assert found == Stake(pytest.approx(1.0), GENERAL)


def test_no_figure_where_value_or_number_is_unknown(parcel: Make) -> None:
    assert staked(parcel(value_usd=None), None, restricted=0.9) is None
    assert staked(parcel(hts=None), None, restricted=0.9) is None
    assert staked(parcel(hts="6109"), None, restricted=0.9) is None  # nothing is padded


def test_the_whole_duty_of_the_day_is_that_of_the_calculator(parcel: Make) -> None:
    law, schedule, day = Law.load(), Schedule.load(), date(2026, 9, 1)
    shirt = parcel(value_usd=48.0, origin="IN")
    owes = owes_on(law, schedule, day, [shirt, replace(shirt, category="gift")])
    dear, free, missing = owes(
        [
            Facts(0, "IN", "6109100012", 48.0),
            Facts(1, "IN", "6109100012", 48.0),
            Facts(0, "IN", "9999999999", 48.0),
        ]
    )
    assert dear == 12.72 and free == 0.0 and missing is None
