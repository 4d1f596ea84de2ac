"""Suggestions as they are served: batches by the caller's ids, one error per row, the question and its stake."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from data.errors import MailDutyError
from data.law import Law
from data.schedule import Schedule
from serving.suggestion.suggesting import suggest_rows, suggester_on
from serving.web import messages

DAY = date(2026, 9, 1)
EARRINGS = {"id": "e", "description": "boho drop earrings, zinc alloy", "origin": "CN", "value_usd": 12}
BAD = {
    "no-words": {"origin": "CN"},
    "no-country": {"description": "earrings", "origin": "Atlantis"},
    "no-amount": {"description": "earrings", "value_usd": "many"},
    "below-zero": {"description": "earrings", "quantity": -1},
}


def rows(*asked: Any, **more: Any) -> list[dict[str, Any]]:
    return suggest_rows(asked, Law.load(), Schedule.load(), DAY, **more)


def test_order_is_kept_and_a_bad_row_stops_no_other(small_suggester: Path) -> None:
    bad = [{"id": name, **row} for name, row in BAD.items()]
    answers = rows(EARRINGS, *bad, "no object", {**EARRINGS, "id": None}, {**EARRINGS, "id": "last"})
    assert [a["id"] for a in answers] == ["e", *BAD, None, None, "last"]
    assert ["error" in a for a in answers] == [False, *[True] * 6, False]
    for answer in answers[1:-1]:
        assert answer["error"]["code"] in ("ROW_FIELD", "COUNTRY_UNKNOWN") and answer["error"]["message"]
    assert answers[0]["suggestions"] == answers[-1]["suggestions"]


def test_an_answer_has_the_documented_shape(small_suggester: Path) -> None:
    (answer,) = rows({**EARRINGS, "declared_hts": "8504.40", "category": ["Jewelry", "Earrings"]})
    assert {"id", "suggestions", "answer", "missing", "evidence", "flags"} <= answer.keys()
    assert len(answer["suggestions"]) <= 5
    for suggestion in answer["suggestions"]:
        assert suggestion["hts"].isdigit() and 0 <= suggestion["confidence"] <= 1
    confidences = [s["confidence"] for s in answer["suggestions"]]
    assert confidences == sorted(confidences, reverse=True)
    assert answer["answer"]["level"] == len(answer["answer"]["hts"] or "")
    assert [f["code"] for f in answer["flags"]] == ["CONTRADICTED"]
    assert answer["versions"]["model"].startswith("hts ") and answer["versions"]["schedule"]


def test_a_question_says_what_is_at_stake_where_origin_and_value_are_known(small_suggester: Path) -> None:
    item = {"id": "1", "description": "mens shoes", "value_usd": 100}
    known, unknown = rows({**item, "origin": "CN"}, item)
    questions = [[q["question"] for q in answer["missing"]] for answer in (known, unknown)]
    assert questions[0] and questions[0] == questions[1]
    assert any(q["duty_at_stake_usd"] is not None for q in known["missing"])
    assert all(q["duty_at_stake_usd"] is None for q in unknown["missing"])


def test_top_and_confidence_are_those_asked_for(small_suggester: Path) -> None:
    (few,) = rows(EARRINGS, top=2)
    assert len(few["suggestions"]) == 2
    levels = [rows(EARRINGS, confidence=c)[0]["answer"]["level"] for c in (0.05, 0.5, 0.999)]
    assert levels == sorted(levels, reverse=True)


def test_a_thousand_rows_answer_as_one_does(small_suggester: Path) -> None:
    many = rows(*({**EARRINGS, "id": str(n)} for n in range(700)))
    assert [a["id"] for a in many] == [str(n) for n in range(700)]
    alone = rows(EARRINGS)[0]
    for answer in (many[0], many[-1]):
        assert {**answer, "id": "e"} == alone


def test_without_a_model_it_says_how_to_get_one() -> None:
    assert suggester_on(Schedule.load(), DAY) is None
    with pytest.raises(MailDutyError, match="mailduty train hts") as caught:
        rows(EARRINGS)
    assert caught.value.code == "MODEL_MISSING"


def test_the_service_answers_under_the_callers_ids(client: Any, small_suggester: Path) -> None:
    item = {k: v for k, v in EARRINGS.items() if k != "id"}
    answer = client.post(
        "/suggest", json={"on": "2026-09-01", "top": 3, "items": {"b": item, **BAD, "a": item}}
    )
    assert answer.status_code == 200, answer.text
    body = answer.json()
    messages.SuggestAnswers.model_validate(body, strict=True)
    assert list(body["items"]) == ["b", *BAD, "a"] and body["errors"] == len(BAD)
    assert body["items"]["a"]["suggestions"] == body["items"]["b"]["suggestions"]
    assert len(body["items"]["a"]["suggestions"]) == 3
    assert all(body["items"][name]["error"]["message"] for name in BAD)
    assert body["versions"]["hts_model"].startswith("hts ")


def test_the_service_says_when_no_model_is_there_and_when_the_day_is_none(client: Any) -> None:
    item = {"description": "earrings"}
    answer = client.post("/suggest", json={"items": {"a": item}})
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "MODEL_MISSING")
    answer = client.post("/suggest", json={"on": "tomorrow", "items": {"a": item}})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "DATE_MALFORMED")


@pytest.mark.parametrize("wrong", [{"top": 0}, {"top": 51}, {"confidence": 0}, {"confidence": 1}])
def test_a_setting_out_of_range_is_refused(client: Any, wrong: dict[str, Any]) -> None:
    assert client.post("/suggest", json={"items": {}, **wrong}).status_code == 400


def test_assess_carries_the_learned_answer(client: Any, small_suggester: Path) -> None:
    item = {"description": "acrylic earrings for women", "origin": "CN", "value_usd": "12.00"}
    body = client.post("/assess", json={"on": "2026-09-01", "items": {"a": item}}).json()
    messages.AssessAnswers.model_validate(body, strict=True)
    suggestion = body["items"]["a"]["suggestion"]
    assert suggestion["stand-in"] is False and suggestion["model"].startswith("hts ")
    assert suggestion["learned"]["suggestions"][0]["hts"].startswith("7117")
    assert suggestion["reason"] in ("HTS_SUGGESTED", "HTS_UNSURE") and suggestion["code"]
    assert client.get("/about").json()["stand_ins"] != ["suggestion", "risk"]
