"""Duty at stake: the gap between what the words allow, and what a freedom would cost if it were none."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from data.law import Law
from data.schedule import Schedule
from models.duty.calculator import assess_many
from models.duty.records import DutyRequest
from models.hts.standin import Suggestion
from serving.decisions.thresholds import Thresholds
from serving.risk.staking import NOTHING, Stake, at_stake, doubtful, least_confidence

DAY = date(2026, 9, 1)
COTTON, SYNTHETIC, VEST = "6109100012", "6109901007", "6109100037"  # 16.5, 32 and 16.5 percent
LIMITS = Thresholds.shipped().code
LAW, SCHEDULE = Law.load(), Schedule.load()


def suggestion(
    *ranked: tuple[str, float], reason: str | None = "HTS_UNSURE", code: str | None = None, six: float = 0.9
) -> Suggestion:
    listed = [
        {"hts": c, "confidence": p, "path": [{"hts": c[:6], "confidence": six}, {"hts": c, "confidence": p}]}
        for c, p in ranked
    ]
    used = code or ranked[0][0]
    sure = next((p for c, p in ranked if c == used), None)
    return Suggestion(used, reason, "", sure, learned={"suggestions": listed})


def stake(
    of: Suggestion, limits: Any = LIMITS, value: str = "100.00", day: date = DAY, **facts: Any
) -> Stake:
    request = DutyRequest("a", day, "mail", "IN", of.code, Decimal(value), facts)
    duty = assess_many([request], LAW, SCHEDULE)
    return at_stake([request], [of], duty, limits, LAW, SCHEDULE)[0]


def test_the_stake_of_a_number_is_the_widest_gap_to_another_the_words_allow() -> None:
    found = stake(suggestion((COTTON, 0.5), (VEST, 0.2), (SYNTHETIC, 0.2)))
    assert found == Stake(Decimal("15.50"), same=False)  # 32 less 16.5 percent of 100 dollars


def test_a_number_too_unlikely_is_no_alternative() -> None:
    assert stake(suggestion((COTTON, 0.9), (SYNTHETIC, 0.04))) == NOTHING
    lower = Thresholds.of({"code": {"alternatives_from": 0.01}}).code
    assert stake(suggestion((COTTON, 0.9), (SYNTHETIC, 0.04)), lower).usd == Decimal("15.50")


def test_alternatives_that_owe_the_same_are_the_same_where_the_subheading_is_defended() -> None:
    assert stake(suggestion((COTTON, 0.6), (VEST, 0.3))) == Stake(Decimal("0.00"), same=True)
    # what is left out could owe anything
    assert stake(suggestion((COTTON, 0.6), (VEST, 0.3), six=0.79)) == Stake(Decimal("0.00"), same=False)


def test_how_far_duties_may_lie_apart_is_the_operators() -> None:
    wide = Thresholds.of({"code": {"same_duty_within_usd": "20.00"}}).code
    assert stake(suggestion((COTTON, 0.6), (SYNTHETIC, 0.3)), wide).same


def test_an_alternative_that_cannot_be_priced_is_not_the_same() -> None:
    wine = "2204215040"  # by the liter, and no liters are given
    assert not stake(suggestion((COTTON, 0.6), (wine, 0.3))).same
    assert stake(suggestion((COTTON, 0.6), (wine, 0.3))).usd is None


def test_before_the_number_decided_nothing_hung_on_it() -> None:
    found = stake(suggestion((COTTON, 0.6), (SYNTHETIC, 0.3)), day=date(2026, 3, 1))
    assert found == Stake(Decimal("0.00"), same=True)


def test_the_senders_number_is_staked_only_where_the_words_make_it_unlikely() -> None:
    likely = suggestion((COTTON, 0.5), (SYNTHETIC, 0.4), reason=None)
    unlikely = suggestion((SYNTHETIC, 0.9), reason=None, code=COTTON)  # not among those the words lead to
    assert not doubtful(likely, LIMITS) and stake(likely) == NOTHING
    assert doubtful(unlikely, LIMITS) and stake(unlikely).usd == Decimal("15.50")
    assert not doubtful(Suggestion(COTTON), LIMITS)  # no words were read at all
    learned = {**(unlikely.learned or {}), "declared": {"hts": COTTON, "probability": 0.06}}
    assert not doubtful(
        replace(unlikely, learned=learned), LIMITS
    )  # further down the list, and likely enough


@pytest.mark.parametrize("fact", ["gift", "us_goods_returned", "undelivered", "documents"])
def test_the_stake_of_a_freedom_is_the_duty_owed_without_it(fact: str) -> None:
    found = stake(Suggestion(COTTON), **{fact: True})
    assert found.claim == Decimal("26.50")  # 16.5 percent and 10 of Section 301
    assert (
        stake(Suggestion(None, "HTS_MISSING"), **{fact: True}) == NOTHING
    )  # without a number it is not known


def test_a_batch_is_staked_in_its_order() -> None:
    asked = [
        suggestion((COTTON, 0.6), (SYNTHETIC, 0.3)),
        Suggestion(COTTON),
        suggestion((COTTON, 0.6), (VEST, 0.3)),
    ]
    requests: list[DutyRequest | None] = [
        DutyRequest(str(n), DAY, "mail", "IN", COTTON, Decimal(100), {}) for n in range(3)
    ]
    duties = assess_many([r for r in requests if r], LAW, SCHEDULE)
    found = at_stake(requests, asked, duties, LIMITS, LAW, SCHEDULE)
    assert [one.usd for one in found] == [Decimal("15.50"), None, Decimal("0.00")]
    assert at_stake([None], [Suggestion(None)], [duties[0]], LIMITS, LAW, SCHEDULE) == [NOTHING]


def test_confidence_is_the_least_over_all_levels() -> None:
    path = [
        {"hts": "61", "confidence": 0.99},
        {"hts": "6109", "confidence": 0.7},
        {"hts": COTTON, "confidence": 0.8},
    ]
    learned = {"suggestions": [{"hts": COTTON, "confidence": 0.8, "path": path}]}
    assert least_confidence(Suggestion(COTTON, confidence=0.8, learned=learned)) == 0.7
    assert least_confidence(Suggestion(COTTON, confidence=0.6)) == 0.6
