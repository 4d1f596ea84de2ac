"""The stand-ins say that they are, and claim nothing they do not know."""

from datetime import date
from decimal import Decimal

import pytest

from data.schedule import Schedule
from models.hts.standin import StandInSuggester
from models.risk.standin import RiskFacts, StandInScorer

DAY = date(2026, 9, 1)


@pytest.fixture(scope="module")
def suggester() -> StandInSuggester:
    return StandInSuggester(Schedule.load())


@pytest.mark.parametrize(
    ("declared", "code", "reason"),
    [
        ("6109.10.00.12", "6109.10.00.12", None),
        ("6109100012", "6109.10.00.12", None),
        ("6109.10.00", "6109.10.00", "HTS_SHORT"),
        ("610910", "6109.10", "HTS_SHORT"),
        ("6109.99.99.99", None, "HTS_UNKNOWN"),
        ("T-shirt", None, "HTS_MALFORMED"),
        ("", None, "HTS_MISSING"),
        (None, None, "HTS_MISSING"),
    ],
)
def test_it_proposes_the_declared_number_or_says_why_not(
    suggester: StandInSuggester, declared: str | None, code: str | None, reason: str | None
) -> None:
    answer = suggester.suggest([declared], [DAY])[0].as_json()
    assert (answer["code"], answer["reason"]) == (code, reason)
    assert answer["stand-in"] is True and answer["model"] == "standin" and answer["confidence"] is None
    assert (answer["message"] is None) == (reason is None)


def test_one_answer_each_in_order(suggester: StandInSuggester) -> None:
    declared = ["6109.10.00.12", None, "6109.10.00.12"]
    assert [a.code for a in suggester.suggest(declared, [DAY] * 3)] == ["6109100012", None, "6109100012"]


def _codes(**facts: object) -> list[str]:
    given = {"description": "leather shoes", "value_usd": Decimal(20)} | facts
    answer = StandInScorer().score([RiskFacts(**given)])[0].as_json()  # type: ignore[arg-type]
    assert answer["stand-in"] is True and answer["probability"] is None
    return [signal["code"] for signal in answer["signals"]]


def test_nothing_speaks_against_an_ordinary_item() -> None:
    assert _codes() == []


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"value_usd": Decimal(0)}, "VALUE_ZERO"),
        ({"value_usd": Decimal(1)}, "VALUE_NOMINAL"),
        ({"description": "gift"}, "DESCRIPTION_VAGUE"),
        ({"description": None}, "DESCRIPTION_EMPTY"),
        ({"identifier_problem": "check digit"}, "IDENTIFIER_BAD"),
        ({"suggestion_reason": "HTS_UNKNOWN"}, "DECLARED_CODE_UNKNOWN"),
    ],
)
def test_each_rule_speaks_alone(facts: dict[str, object], code: str) -> None:
    assert _codes(**facts) == [code]


def test_a_value_nobody_knows_is_not_a_value_of_zero() -> None:
    assert _codes(value_usd=None) == []
