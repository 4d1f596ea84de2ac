"""Worked examples as sentences: ``cases/*.yaml``, to the cent and to the line."""

import csv
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from models.duty import assess, mail_due_date, period_due_date
from models.duty.due_dates import date
from models.duty.records import DutyRequest
from models.duty.rounding import usd

CASES = [
    pytest.param({**case, "file": file.stem}, id=case["name"])
    for file in sorted(Path(__file__).with_name("cases").glob("*.yaml"))
    for case in yaml.safe_load(file.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("case", CASES)
def test_case(case: dict[str, Any], law: Any, schedule: Any) -> None:
    request = DutyRequest.from_dict({**case["request"], "id": case["name"], "facts": case.get("facts")})
    found = assess(request, law, schedule)
    assert usd(found.duty) == case["duty_usd"]
    wanted = {(line["heading"], line["amount_usd"]) for line in case.get("lines", [])}
    lines = {(line.heading, usd(line.amount)) for line in found.lines}
    assert wanted <= lines
    assert all(amount == "0.00" for _, amount in lines - wanted)
    for line in case.get("lines", []):
        if "rate" in line:
            assert (line["heading"], line["rate"]) in {(one.heading, one.rate) for one in found.lines}
    if "fees_usd" in case:
        assert usd(found.fees) == case["fees_usd"]
    for warning in case.get("warnings", []):
        assert any(one.startswith(warning) for one in found.warnings), found.warnings
    if "due_date" in case:
        facts = request.facts
        due = (
            period_due_date(facts["period"], law)
            if "period" in facts
            else mail_due_date(date.fromisoformat(facts["arrival"]), law)
        )
        assert due.due == case["due_date"]


def test_every_line_has_heading_citation_and_kind(law: Any, schedule: Any) -> None:
    for case in (param.values[0] for param in CASES):
        request = DutyRequest.from_dict({**case["request"], "id": "t", "facts": case.get("facts")})
        for line in assess(request, law, schedule).lines:
            assert line.heading and line.citation and line.kind and line.rate


def test_every_worked_example_is_a_case(shared: Path) -> None:
    """All rows of the shared examples stand here with the same request and the same expectation."""
    ours = {case["example"]: case for case in (param.values[0] for param in CASES) if "example" in case}
    with (shared / "data/duty/worked_examples.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    assert set(rows) == set(ours)
    for id, row in rows.items():
        case = ours[id]
        assert case["duty_usd"] == row["expected_duty_usd"], id
        assert Decimal(case["request"]["value_usd"]) == Decimal(row["value_usd"]), id
        assert (case["request"]["hts"] or "") == row["hts"], id
        facts = {name: value for name, value in case.get("facts", {}).items() if name != "fees_only"}
        assert facts == json.loads(row["inputs_json"]), id
        lines = [
            (line["heading"], Decimal(str(line["duty"]))) for line in json.loads(row["expected_lines_json"])
        ]
        assert [(line["heading"], Decimal(line["amount_usd"])) for line in case.get("lines", [])] == lines, id
