"""Requests from JSON lines, the table of facts, and answers back to JSON lines."""

import json
from typing import Any

import pytest

from data.errors import MailDutyError
from models.duty import FACTS, DutyError, DutyRequest, assess_many, read_requests, write_answers
from models.duty.facts import check_facts

GOOD = {
    "id": "a",
    "entry_date": "2026-08-08",
    "channel": "mail",
    "origin": "IN",
    "hts": "6214102000",
    "value_usd": 50,
}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"entry_date": "08/08/2026"}, "REQUEST_DATE"),
        ({"entry_date": None}, "REQUEST_FIELD_MISSING"),
        ({"channel": "ship"}, "REQUEST_CHANNEL"),
        ({"origin": "Atlantis"}, "COUNTRY_UNKNOWN"),
        ({"value_usd": "fifty"}, "REQUEST_VALUE"),
        ({"value_usd": -1}, "REQUEST_VALUE"),
        ({"value_usd": True}, "REQUEST_VALUE"),
        ({"value_usd": "NaN"}, "REQUEST_VALUE"),
        ({"hts": 6214102000}, "HTS_MALFORMED"),
        ({"facts": [1]}, "REQUEST_FACTS"),
    ],
)
def test_a_bad_field_is_named_with_its_line(change: dict[str, Any], code: str) -> None:
    (found,) = read_requests([json.dumps({**GOOD, **change})])
    assert isinstance(found, DutyError)
    assert found.code == code and found.message.startswith("line 1: ") and found.id == "a"


@pytest.mark.parametrize("line", ["{", "[1]", "1", '"x"', "{'id': 1}", "\x00", "[" * 100_000])
def test_a_line_that_is_no_object_is_an_error_with_its_number(line: str) -> None:
    found = list(read_requests(["", json.dumps(GOOD), line]))
    assert isinstance(found[0], DutyRequest) and isinstance(found[1], DutyError)
    assert found[1].id == "line 3" and found[1].code.startswith("REQUEST_NOT")


def test_blank_lines_and_a_byte_order_mark_are_no_requests() -> None:
    assert len(list(read_requests(["\ufeff" + json.dumps(GOOD), "\r\n", "  "]))) == 1


def test_uk_is_read_as_gb() -> None:
    assert DutyRequest.from_dict({**GOOD, "origin": "uk"}).origin == "GB"


def test_cents_of_a_json_number_stay_exact() -> None:
    (found,) = read_requests([json.dumps({**GOOD, "value_usd": 0.1})])
    assert isinstance(found, DutyRequest) and str(found.value_usd) == "0.1"


def test_one_bad_item_never_stops_the_rest_and_order_is_kept(law: Any, schedule: Any) -> None:
    lines = [
        json.dumps(GOOD),
        "nonsense",
        json.dumps({**GOOD, "id": "b", "hts": "9999.99.99"}),
        json.dumps({**GOOD, "id": "c", "hts": "6109"}),
        json.dumps({**GOOD, "id": "d", "hts": None}),
        json.dumps({**GOOD, "id": "e"}),
    ]
    answers = [json.loads(line) for line in write_answers(assess_many(read_requests(lines), law, schedule))]
    assert [answer["id"] for answer in answers] == ["a", "line 2", "b", "c", "d", "e"]
    codes = [answer.get("error", {}).get("code") for answer in answers]
    assert codes == [None, "REQUEST_NOT_JSON", "HTS_UNKNOWN", "HTS_TOO_SHORT", "HTS_REQUIRED", None]
    assert answers[4]["regime"] == "MAIL_INFORMAL_IFR" and answers[4]["fees_usd"] == "0.00"
    assert "6109.10.00" in answers[3]["error"]["message"]


def test_an_answer_has_exactly_the_documented_keys(law: Any, schedule: Any) -> None:
    (answer,) = (one.as_json() for one in assess_many(read_requests([json.dumps(GOOD)]), law, schedule))
    assert list(answer) == ["id", "regime", "duty_usd", "fees_usd", "lines", "warnings"]
    assert list(answer["lines"][0]) == ["heading", "kind", "rate", "amount_usd", "citation"]
    assert (answer["duty_usd"], answer["fees_usd"]) == ("6.95", "0.00")


def test_every_fact_has_a_meaning_a_type_and_a_fitting_example() -> None:
    for name, fact in FACTS.items():
        assert fact.meaning and fact.type in {"text", "number", "flag", "list", "date"}, name
        assert check_facts({name: fact.example}) == []


def test_an_unknown_fact_is_a_warning_and_a_quantity_is_not() -> None:
    assert check_facts({"colour": "red"})[0].startswith("FACT_UNKNOWN")
    assert check_facts({"net_kg": 1, "pairs": 2, "battery_usd": 3, "degrees": 96}) == []


@pytest.mark.parametrize(
    "facts", [{"gift": "yes"}, {"method": "guess"}, {"rate_pct": "ten"}, {"items": "two"}, {"s232": "maybe"}]
)
def test_a_fact_of_the_wrong_kind_is_an_error_with_an_example(facts: dict[str, Any]) -> None:
    with pytest.raises(MailDutyError, match="for instance") as caught:
        check_facts(facts)
    assert caught.value.code == "FACT_INVALID"
