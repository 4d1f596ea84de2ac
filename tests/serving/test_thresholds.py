"""Thresholds: whole, documented, checked, set field by field; and what each of them moves in a decision."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

import serving.decisions.thresholds
from data.errors import MailDutyError
from models.duty.records import DutyAssessment, DutyError, DutyLine
from models.duty.routes import RouteAnswer, RouteReason
from models.hts.standin import Suggestion
from models.risk.standin import RiskAnswer, Signal
from serving.asked import AskedItem
from serving.decisions.decision import Decision, Ground
from serving.decisions.grounds import decided
from serving.decisions.thresholds import Thresholds
from serving.risk.staking import NOTHING, Stake

YAML = Path(serving.decisions.thresholds.__file__).with_suffix(".yaml").read_text()
DAY = date(2026, 9, 1)
SHIRT = "6109100012"


def parts(model: type[BaseModel]) -> list[tuple[str, Any]]:
    return list(model.model_fields.items())


def test_every_field_has_a_meaning_an_example_and_a_default_with_a_comment() -> None:
    for name, part in parts(Thresholds):
        assert part.description and part.examples, name
        if not (isinstance(part.annotation, type) and issubclass(part.annotation, BaseModel)):
            continue
        block = YAML.split(f"\n{name}:\n")[1].split("\n\n")[0]
        for field, said in parts(part.annotation):
            assert said.description and said.description.endswith(".") and said.examples, field
            assert re.search(rf"^  #.*\n  {field}: \S", block, re.M), (
                f"{name}.{field} wants a comment above it"
            )


def test_a_party_sets_one_field_and_keeps_the_others() -> None:
    own = Thresholds.of({"code": {"accept_from": 0.8}})
    assert own.code.accept_from == 0.8 and own.name == "own"
    assert own.code.model_copy(update={"accept_from": 0.95}) == Thresholds.shipped().code
    assert own.risk == Thresholds.shipped().risk
    assert Thresholds.of(None) == Thresholds.of({}) == Thresholds.shipped()


def test_the_version_names_the_values_and_not_the_name() -> None:
    shipped = Thresholds.shipped().version
    same = Thresholds.of({"name": "post of Lisbon"}).version
    assert shipped.split()[-1] == same.split()[-1] and same.startswith("post of Lisbon ")
    assert Thresholds.of({"split": {"window_days": 5}}).version.split()[-1] != shipped.split()[-1]


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"code": {"accept_from": 1.2}}, "code.accept_from"),
        ({"code": {"accept_from": 0.5}}, "code"),
        ({"code": {"hold_below": 0.9}}, "code"),
        ({"exempt": {"review_from_usd": "-1"}}, "exempt.review_from_usd"),
        ({"exempt": {"review_from_usd": "NaN"}}, "exempt.review_from_usd"),
        ({"code": {"doubted_from_usd": "0.001"}}, "code.doubted_from_usd"),
        ({"elements": {"required": ["shoe_size"]}}, "elements.required.0"),
        ({"split": {"window_days": True}}, "split.window_days"),
        ({"colour": "red"}, "colour"),
        ({"risk": 5}, "risk"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_its_field(settings: dict[str, Any], field: str) -> None:
    with pytest.raises(MailDutyError) as caught:
        Thresholds.of(settings)
    assert caught.value.code == "THRESHOLDS_INVALID" and caught.value.where["field"] == field


# --- what they move

LINE = DutyLine("6109.10.00.12", "column 1 general", "16.5%", 330, "HTS")
FREE = DutyLine("bona fide gift", "exempt", "free to USD 100", 0, "19 CFR 145.32")
ITEM = AskedItem("a", DAY, "asked", "mail", "cotton T-shirt", SHIRT, "IN", Decimal("20.00"))
OPEN = RouteAnswer("worksheet", ("worksheet", "formal"), ())
PRICED = DutyAssessment("a", "MAIL_INFORMAL_IFR", (LINE,))
OWN_NUMBER, QUIET = Suggestion(SHIRT), RiskAnswer(())


def decision(
    item: AskedItem = ITEM,
    suggestion: Suggestion = OWN_NUMBER,
    risk: RiskAnswer = QUIET,
    duty: DutyAssessment | DutyError = PRICED,
    route: RouteAnswer | None = OPEN,
    stake: Stake = NOTHING,
    own: dict[str, Any] | None = None,
    **code: Any,
) -> Decision:
    """The decision on a plain item with some of it changed; ``own`` are thresholds, others those of the number."""
    settings = {**(own or {}), **({"code": code} if code else {})}
    return decided(item, suggestion, risk, duty, route, Thresholds.of(settings), stake)


def suggested(confidence: float, reason: str | None = "HTS_SUGGESTED", level: float = 0.99) -> Suggestion:
    path = [{"hts": SHIRT[:4], "confidence": level}, {"hts": SHIRT, "confidence": confidence}]
    learned = {"suggestions": [{"hts": SHIRT, "confidence": confidence, "path": path}]}
    return Suggestion(SHIRT, reason, "said", confidence, learned=learned)


def codes(found: Decision) -> list[str]:
    return [ground.code for ground in found.grounds]


def test_a_plain_item_is_accepted_under_the_defaults() -> None:
    assert decision() == Decision("accept")


def test_a_suggested_number_is_confirmed_by_a_person_unless_it_is_sure_enough() -> None:
    assert codes(decision(suggestion=suggested(0.90))) == ["HTS_SUGGESTED"]
    assert decision(suggestion=suggested(0.95)).outcome == "accept"
    assert decision(suggestion=suggested(0.90), accept_from=0.85).outcome == "accept"
    # the surest level does not make up for an unsure one above it
    assert decision(suggestion=suggested(0.96, level=0.9)).outcome == "review"


def test_an_unsure_number_whose_alternatives_owe_the_same_passes_only_where_the_operator_says_so() -> None:
    unsure, same = suggested(0.5, "HTS_UNSURE"), Stake(Decimal("0.00"), same=True)
    assert decision(suggestion=unsure, stake=same).outcome == "review"
    assert decision(suggestion=unsure, stake=same, same_duty_accepted=True).outcome == "accept"
    other = Stake(Decimal("0.00"), same=False)  # one alternative could not be priced
    assert decision(suggestion=unsure, stake=other, same_duty_accepted=True).outcome == "review"


def test_a_number_that_says_nothing_is_held_where_the_operator_says_so() -> None:
    unsure = suggested(0.05, "HTS_UNSURE")
    assert decision(suggestion=unsure).outcome == "review"
    assert decision(suggestion=unsure, hold_below=0.1).outcome == "hold"


def test_low_confidence_with_much_duty_at_stake_is_reviewed() -> None:
    doubted = suggested(0.01, None)
    found = decision(suggestion=doubted, stake=Stake(Decimal("40.00")))
    assert codes(found) == ["HTS_DOUBTED"] and "40.00" in found.grounds[0].message
    assert found.as_json()["duty_at_stake_usd"] == "40.00"
    assert decision(suggestion=doubted, stake=Stake(Decimal("24.99"))).outcome == "accept"
    found = decision(suggestion=doubted, stake=Stake(Decimal("24.99")), doubted_from_usd="5.00")
    assert found.outcome == "review"


def test_risk_is_reviewed_or_held_from_where_the_operator_says() -> None:
    high = RiskAnswer((Signal("RISK_HIGH", "70% that something is wrong"),), 0.7)
    assert decision(risk=high).outcome == "review"
    assert decision(risk=high, own={"risk": {"hold_from": 0.6}}).outcome == "hold"
    quiet = RiskAnswer((), 0.65)  # reviewed from 0.7, held from 0.6: held all the same, and said
    held = decision(risk=quiet, own={"risk": {"hold_from": 0.6, "review_from": 0.7}})
    assert held.outcome == "hold" and codes(held) == ["RISK_HIGH"]


def test_expected_duty_beyond_the_declared_is_reviewed_where_the_operator_says_so() -> None:
    staked = RiskAnswer((), 0.1, learned={"duty_at_stake_usd": "12.00"})
    assert decision(risk=staked).outcome == "accept"
    assert codes(decision(risk=staked, own={"risk": {"review_from_usd": "10.00"}})) == ["RISK_STAKE"]
    assert decision(risk=staked, own={"risk": {"review_from_usd": "12.01"}}).outcome == "accept"


def test_a_freedom_claimed_is_looked_at_where_enough_duty_hangs_on_it() -> None:
    gift = replace(ITEM, facts={"gift": True})
    free = DutyAssessment("a", "MAIL_INFORMAL_IFR", (FREE,))
    small, unknown = Stake(claim=Decimal("2.00")), NOTHING
    assert codes(decision(gift, duty=free, stake=small)) == ["GIFT_CLAIMED"]
    assert (
        decision(gift, duty=free, stake=small, own={"exempt": {"review_from_usd": "5.00"}}).outcome
        == "accept"
    )
    assert (
        decision(gift, duty=free, stake=unknown, own={"exempt": {"review_from_usd": "5.00"}}).outcome
        == "review"
    )


def test_data_elements_the_operator_asks_for_are_missed() -> None:
    assert decision().outcome == "accept"
    wanted = {"required": ["recipient_name", "weight", "description", "quantity"]}
    found = decision(own={"elements": wanted})
    assert codes(found) == ["ELEMENT_MISSING"]
    assert found.grounds[0].message == "missing: recipient name, weight, quantity"
    whole = replace(
        ITEM, received={"recipient": {"name": "M. Vindez"}, "net_weight_kg": "0.2", "quantity": "1"}
    )
    assert decision(whole, own={"elements": wanted}).outcome == "accept"


def shut(*closing: str, route: str = "formal") -> RouteAnswer:
    ways = ("worksheet", "entry_type_13") if route == "formal" else ("worksheet",)
    return RouteAnswer(
        route, (route,), tuple(RouteReason(code, code.lower(), "19 CFR", ways) for code in closing)
    )


@pytest.mark.parametrize(
    ("closing", "code", "exception"),
    [
        ("OVER_LIMIT", "MAIL_OVER_LIMIT", "E07"), ("QUOTA", "FORMAL_QUOTA", "E11"), ("ADCVD", "FORMAL_ADCVD", "E10"),
        ("ALCOHOL_TOBACCO", "FORMAL_ALCOHOL_TOBACCO", "E12"), ("CBP_DEMAND", "FORMAL_CBP_DEMAND", "E23"),
        ("NONRESIDENT", "FORMAL_NONRESIDENT", "E25"), ("AGREEMENT_CLAIM", "FORMAL_AGREEMENT_CLAIM", "E09"),
    ],
)  # fmt: skip
def test_what_shuts_the_mail_holds_the_item_with_its_own_exception(
    closing: str, code: str, exception: str
) -> None:
    found = decision(route=shut(closing))
    assert found.outcome == "hold" and codes(found) == [code]
    assert found.as_json()["reasons"][0]["exception"] == exception


def test_every_reason_that_closes_is_said() -> None:
    assert codes(decision(route=shut("QUOTA", "ADCVD"))) == ["FORMAL_QUOTA", "FORMAL_ADCVD"]
    assert codes(decision(route=shut())) == ["FORMAL_ENTRY"]


def test_goods_that_left_the_worksheet_are_held_where_type_13_is_not_used() -> None:
    left = shut("CHAPTER_99", route="entry_type_13")
    assert decision(route=left).outcome == "accept"
    found = decision(route=left, own={"route": {"entry_type_13": False}})
    assert found.outcome == "hold" and codes(found) == ["WORKSHEET_CLOSED_CHAPTER_99"]


def test_goods_of_another_agency_wait_for_its_data() -> None:
    found = decision(replace(ITEM, facts={"pga": True}))
    assert found.outcome == "review" and found.as_json()["reasons"][0]["exception"] == "E08"


def test_a_due_date_is_no_doubt() -> None:
    due = DutyAssessment("a", "R", (LINE,), warnings=("DUE_DATE: 2026-10-07 (seventh day; 19 CFR)",))
    assert decision(duty=due).outcome == "accept"


def test_other_parcels_speak_too() -> None:
    beside = [Ground("SPLIT_SHIPMENT", "two parcels")]
    found = decided(ITEM, OWN_NUMBER, QUIET, PRICED, OPEN, together=beside)
    assert found.outcome == "review" and found.as_json()["reasons"][0]["exception"] == "E14"
