"""What is kept of an answer: whole enough to be computed again, and without anybody's name."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from data.records import Item, Party
from models.duty.records import DutyRequest
from models.risk.standin import RiskAnswer, Signal
from serving.asked import from_item
from serving.assessor import Assessment
from serving.decisions.decision import Ground, decide
from serving.ledger.artefacts import Standing
from serving.ledger.chain import canonical
from serving.manifests.keeping import (
    assessed_entries,
    item_key,
    manifest_entry,
    parcel_hash,
    part,
    rejected_entry,
    request_json,
)
from tests.serving.ledger.test_replay import ON, PARCELS, assessor, item

BASIS = Standing("a" * 64, "b" * 64)


@pytest.fixture(scope="module")
def done() -> list[Assessment]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MAILDUTY_HTS_MODEL", "none")  # as in each test here
        return assessor().assess(PARCELS)


def test_the_same_answers_are_the_same_bytes(done: list[Assessment]) -> None:
    again = assessor().assess(PARCELS)
    both = [[canonical(entry.body) for entry in assessed_entries(one, BASIS)] for one in (done, again)]
    assert both[0] == both[1]


def test_an_entry_says_what_it_is_about_and_what_was_decided(done: list[Assessment]) -> None:
    entry = assessed_entries(done, BASIS, "f" * 64)[1]
    one = done[1]
    assert (entry.kind, entry.item_key, entry.item_id, entry.tracking_id) == (
        "assessment", "P1|alone in a parcel", "alone in a parcel", "P1",
    )  # fmt: skip
    assert (entry.entered_on, entry.manifest_sha256) == (ON, "f" * 64)
    assert one.route is not None and (entry.decision, entry.route) == (one.decision.outcome, one.route.route)
    assert entry.body["assessment"] == one.as_json() and entry.body["versions"] == one.versions
    assert [found.reason for found in entry.exceptions] == [ground.code for ground in one.decision.grounds]


def test_the_request_is_read_back_as_it_was(done: list[Assessment]) -> None:
    for entry, one in zip(assessed_entries(done, BASIS), done, strict=True):
        said = entry.body["basis"]["request"]
        if one.asked.value_usd is None:
            assert said is None
            continue
        read = DutyRequest.from_dict(json.loads(canonical(said)))
        assert (read.id, read.entry_date, read.origin) == (one.asked.id, one.asked.day, one.asked.origin)
        assert read.value_usd == one.asked.value_usd and request_json(read) == said


def test_the_first_line_of_a_parcel_lists_what_all_asked(done: list[Assessment]) -> None:
    by = {entry.item_id: entry.body["basis"] for entry in assessed_entries(done, BASIS)}
    first, second = by["gift 1"]["parcel"], by["gift 2"]["parcel"]
    assert first["requests"] == [by["gift 1"]["request"], by["gift 2"]["request"]]
    assert first["sha256"] == second["sha256"] == parcel_hash(first["requests"])
    assert (first["place"], second["place"]) == (0, 1) and "requests" not in second
    assert first["listed_with"] == second["listed_with"] == "P2|gift 1"
    assert by["alone"]["parcel"] is None and by["alone in a parcel"]["parcel"] is None


def test_a_parcel_of_many_lines_is_listed_once() -> None:
    asked = [item(f"line {n}", "BIG") for n in range(60)]
    entries = assessed_entries(assessor().assess(asked), BASIS)
    sizes = [len(canonical(entry.body)) for entry in entries]
    assert max(sizes[1:]) < 2 * min(sizes) and sizes[0] > 60 * 100


def test_people_stand_apart() -> None:
    row = Item(
        id="1",
        tracking_id="P1",
        description="cotton T-shirt",
        hts_declared="6109100012",
        origin="BD",
        value_usd=Decimal("24.00"),
        sender=Party(name="Nadia Ferme", country="FR"),
        recipient=Party(name="Odell Quimby", postal_code="12207", email="odell@example.com"),
    )
    (entry,) = assessed_entries(assessor().assess([from_item(row, ON, ON)]), BASIS)
    assert entry.personal == {
        "sender": {"name": "Nadia Ferme", "country": "FR"},
        "recipient": {"name": "Odell Quimby", "postal_code": "12207", "email": "odell@example.com"},
    }
    assert not any(one in canonical(entry.body).decode() for one in ("Nadia", "Quimby", "12207", "odell"))
    assert entry.body["received"]["description"] == "cotton T-shirt"
    assert part({"sender": None, "hts": "1"}) == ({"hts": "1"}, {})


def test_a_listed_name_is_sealed_with_the_people(done: list[Assessment]) -> None:
    said = "The sender's name matches 'Zoltan Evilman', entry 7 of SDN, list of 2026-10-01, at 100%. Hold it."
    risk = RiskAnswer((Signal("SCREENING_MATCH", said),), 0.1, "risk x", False, {"reasons": [
        {"code": "SCREENING_MATCH", "sentence": said, "weight": 1.0}]})  # fmt: skip
    held = replace(done[0], risk=risk, decision=decide([Ground("SCREENING_MATCH", said)], []))
    (entry,) = assessed_entries([held], BASIS)
    told = canonical(entry.body).decode() + str(entry.exceptions)
    assert "Evilman" not in told and told.count("matches a listed name, entry 7 of SDN") >= 3
    assert entry.personal == {"screening": [said]}


def test_a_row_in_error_is_sealed_as_it_stood() -> None:
    error: dict[str, Any] = {
        "row": 7, "code": "NUMBER_UNREADABLE", "field": "value", "value": "Odell Quimby", "tracking_id": "P1",
        "fact": "'Odell Quimby' is no number", "remedy": "Correct it", "message": "row 7: 'Odell Quimby'",
        "also": [{"code": "ORIGIN_MISSING", "field": "origin", "value": "", "fact": "no origin", "remedy": ""}],
    }  # fmt: skip
    entry = rejected_entry({"error": error}, "row 7", "f" * 64)
    assert entry.item_key == f"P1|{'f' * 16}#row 7" and entry.tracking_id == "P1"
    assert entry.body == {
        "where": "row 7",
        "error": {
            "row": 7, "code": "NUMBER_UNREADABLE", "field": "value", "remedy": "Correct it", "tracking_id": "P1",
            "also": [{"code": "ORIGIN_MISSING", "field": "origin"}],
        },
    }  # fmt: skip
    assert entry.personal == {"error": error}
    assert {one.reason for one in entry.exceptions} == {"NUMBER_UNREADABLE", "ORIGIN_MISSING"}
    assert not any("Quimby" in one.message for one in entry.exceptions)


def test_an_item_of_a_request_in_error_is_superseded_by_the_item_corrected() -> None:
    entry = rejected_entry({"error": {"code": "REQUEST_VALUE"}, "received": {"tracking_id": "P1"}}, "mine")
    assert (entry.item_key, entry.item_id) == (item_key("P1", "mine"), "mine")
    assert assessed_entries(assessor().assess([item("mine", "P1")]), BASIS)[0].item_key == entry.item_key


def test_a_manifest_is_known_by_its_hash() -> None:
    entry = manifest_entry({"source_name": "sep.csv"}, "f" * 64)
    assert (entry.kind, entry.item_id, entry.manifest_sha256) == (
        "manifest",
        f"manifest:{'f' * 64}",
        "f" * 64,
    )
