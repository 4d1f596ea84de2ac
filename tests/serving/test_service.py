"""The service in process: batches by the caller's ids, one error per item, every field documented."""

from typing import Any

import pytest

from serving.risk.risking import risk_folder
from serving.web import messages
from serving.web.endpoints import ENDPOINTS

TSHIRT = {
    "entry_date": "2026-09-01",
    "channel": "mail",
    "origin": "IN",
    "hts": "6109.10.00.12",
    "value_usd": "48.00",
    "facts": {},
}


def test_duty_is_answered_under_the_callers_ids_in_order(client: Any) -> None:
    answer = client.post("/duty", json={"items": {"b": TSHIRT, "a": {**TSHIRT, "value_usd": 96}}})
    assert answer.status_code == 200, answer.text
    messages.DutyAnswers.model_validate(answer.json(), strict=True)
    items = answer.json()["items"]
    assert list(items) == ["b", "a"] and items["b"]["id"] == "b"
    # 16.5 % column 1 and 10 % Section 301 for India, on 48 and on 96 dollars
    assert [items[i]["duty_usd"] for i in items] == ["12.72", "25.44"]
    assert all(line["citation"] for line in items["b"]["lines"])


def test_one_bad_item_does_not_stop_the_others(client: Any) -> None:
    bad = {
        "no-day": {**TSHIRT, "entry_date": "2026-02-30"},
        "no-number": {**TSHIRT, "hts": "6109.99.99.99"},
        "no-amount": {**TSHIRT, "value_usd": "many"},
        "no-channel": {**TSHIRT, "channel": "pigeon"},
    }
    answer = client.post("/duty", json={"items": {**bad, "good": TSHIRT}}).json()
    assert answer["errors"] == 4
    assert answer["items"]["good"]["duty_usd"] == "12.72"
    for identifier in bad:
        assert (
            answer["items"][identifier]["error"]["code"] and answer["items"][identifier]["error"]["message"]
        )


def test_assess_gives_the_three_answers_and_a_decision(client: Any) -> None:
    item = {"description": "cotton T-shirt", "hts": "6109100012", "origin": "IN", "value_usd": "48.00"}
    answer = client.post(
        "/assess", json={"on": "2026-09-01", "items": {"p1": item, "p2": {**item, "hts": None}}}
    )
    assert answer.status_code == 200, answer.text
    body = answer.json()
    messages.AssessAnswers.model_validate(body, strict=True)
    one, two = body["items"]["p1"], body["items"]["p2"]
    assert one["suggestion"]["code"] == "6109.10.00.12" and one["suggestion"]["stand-in"] is True
    assert one["risk"]["stand-in"] is (risk_folder() is None)
    assert (one["risk"]["probability"] is None) == (risk_folder() is None)
    assert one["duty"]["duty_usd"] == "12.72"
    assert one["entry_date"] == "2026-09-01" and one["entry_date_from"] == "asked"
    assert two["decision"]["outcome"] == "hold" and two["decision"]["reasons"][0]["remedy"]
    assert two["duty"]["error"]["code"]
    kept = client.get("/items/p1").json()["history"][-1]
    assert kept["record_id"] == one["record_id"] and kept["kind"] == "assessment"
    assert kept["body"]["received"]["value_usd"] == "48.00" and kept["body"]["versions"]["schedule"]


def test_score_gives_a_probability_its_reasons_and_each_bad_parcel_its_error(client: Any) -> None:
    parcels = {
        "p1": {"description": "gift", "value_usd": 5},
        "p2": {"weight_kg": -1},
        "p3": {"value_usd": "5"},
    }
    answer = client.post("/score", json={"on": "2026-09-01", "items": parcels})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    messages.ScoreAnswers.model_validate(body, strict=True)
    assert list(body["items"]) == list(parcels) and body["errors"] == 2
    assert 0 < body["items"]["p1"]["risk"] < 1 and body["items"]["p1"]["reasons"]
    assert body["items"]["p2"]["error"]["field"] == "weight_kg"


@pytest.mark.parametrize("body", [{}, {"items": []}, {"items": {"a": 1}}, {"items": {}, "more": 1}, []])
def test_a_message_of_the_wrong_shape_is_refused(client: Any, body: Any) -> None:
    answer = client.post("/duty", json=body)
    assert answer.status_code == 400 and answer.json()["error"]["code"] == "REQUEST_SHAPE"


def test_a_refused_request_is_not_written_to_the_log(client: Any, caplog: pytest.LogCaptureFixture) -> None:
    client.post("/assess", json={"items": {"a": {"description": ["Hanna Weber, 12 Elm Street"]}}})
    assert "Hanna Weber" not in caplog.text


@pytest.mark.parametrize("method", ["get", "post"])
def test_about_says_what_answers(client: Any, method: str) -> None:
    about = client.request(method, "/about").json()
    versions = about["versions"]
    assert {"mailduty", "schedule", "law", "hts_model", "risk_model"} <= versions.keys()
    assert about["law_verified_through"] == "2026-10-10"
    learned = {"suggestion": versions["hts_model"], "risk": versions["risk_model"]}
    assert about["stand_ins"] == [answer for answer, model in learned.items() if model == "standin"]
    assert versions["hts_model"] == "standin"  # as these tests set it


def test_the_documentation_page_loads_nothing_from_elsewhere(client: Any) -> None:
    page = client.get("/")
    assert page.status_code == 200 and "SwaggerUIBundle" in page.text
    assert "http://" not in page.text and "https://" not in page.text
    assert client.get("/static_content/swagger-ui-bundle.js").status_code == 200


def test_every_field_is_described_with_an_example(client: Any) -> None:
    docs = client.get("/docs.json").json()
    ours = docs["components"]["schemas"]
    assert {
        "DutyItem",
        "AssessItem",
        "DutyLine",
        "DecisionReason",
        "About",
        "Review",
        "ManifestTask",
    } <= ours.keys()
    for name, schema in ours.items():
        for field, said in schema["properties"].items():
            assert said.get("description"), f"{name}.{field}"
            assert "examples" in said, f"{name}.{field}"
    for path, methods in docs["paths"].items():
        for method, said in methods.items():
            assert said["summary"], f"{method} {path}"
            assert all("example" in one for one in said["parameters"]), f"{method} {path}"


def test_every_address_that_is_answered_is_described_and_the_other_way_round(client: Any) -> None:
    """An endpoint that nobody described would pass without a scope: so none is let through."""
    described = {
        (method.upper(), path)
        for path, methods in client.get("/docs.json").json()["paths"].items()
        for method in methods
    }
    assert described == {(one.method, one.path) for one in ENDPOINTS}
    for method, path in described:
        answer = client.request(method, path.replace("{task_id}", "x").replace("{tracking_id}", "x"))
        assert answer.status_code != 405 and answer.status_code < 500, (method, path, answer.text)
    for path in ("/schema.json", "/submit", "/items", "/manifests/a/b"):
        assert client.get(path).json()["error"]["code"] in ("ADDRESS_UNKNOWN", "METHOD_UNKNOWN")


def test_it_is_alive_and_ready(client: Any) -> None:
    assert client.get("/livez").status_code == 200
    assert client.get("/readyz").status_code == 200
