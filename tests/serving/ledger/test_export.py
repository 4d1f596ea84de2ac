"""The ledger as a file: every record once, exact amounts, no formulas, nobody's name."""

import csv
import json
import sys
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from data.errors import MailDutyError
from serving.ledger import Entry, Ledger, OpenException
from serving.ledger.export import AT_ONCE, COLUMNS, export

EVIL = '=HYPERLINK("http://x.example","look")'


@pytest.fixture
def filled(ledger: Ledger, entry: Callable[..., Entry], person: Any, at: datetime) -> Ledger:
    def body(n: int) -> dict[str, Any]:
        return {
            "received": {"description": EVIL if n == 2 else f"shirt {n}"},
            "asked": {"hts": "6109.10.00.12", "origin": "BD", "value_usd": "24.00"},
            "assessment": {
                "suggestion": {"code": "6109.10.00.12"},
                "duty": {"regime": "MAIL", "duty_usd": f"{n}.30", "fees_usd": "0.00"},
            },
            "versions": {"law": "5a4c37fb53dd", "mailduty": "0.1.0", "thresholds": "shipped"},
        }

    ledger.append(
        "acme",
        [
            entry(
                n,
                body=body(n),
                personal=person(n),
                entered_on=date(2026, 9, n),
                exceptions=(
                    OpenException("E05", "HTS_SHORT", "x"),
                    OpenException("E03", "DESCRIPTION_VAGUE", "x"),
                ),
            )
            for n in (1, 2, 3)
        ],
        at=at,
        actor="nadia",
    )
    ledger.append("acme", [entry(1, kind="review", body={"decision": "accept"}, entered_on=None, reason="+1 ok")], at=at,
                  actor="omar")  # fmt: skip
    ledger.append("other", [entry(9)], at=at, actor="omar")
    return ledger


def test_csv_has_every_record_once_and_no_cell_is_a_formula(filled: Ledger, tmp_path: Path) -> None:
    out = tmp_path / "new" / "acme.csv"
    assert export(filled, "acme", "csv", out) == 4
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    records = list(filled.records("acme"))
    assert [row["hash"] for row in rows] == [record.hash for record in records]
    assert [row["current"] for row in rows] == ["False", "True", "True", "True"]
    assert rows[1]["description"] == "'" + EVIL and rows[3]["reason"] == "'+1 ok"
    assert (rows[0]["duty_usd"], rows[0]["hts"], rows[0]["exceptions"]) == (
        "1.30",
        "6109.10.00.12",
        "E03 E05",
    )
    assert rows[3]["duty_usd"] == "" and rows[3]["supersedes"] == records[0].record_id
    text = out.read_text()
    assert "Quimby" not in text and "example.com" not in text.replace(EVIL.replace('"', '""'), "")


def test_json_lines_hold_the_whole_body(filled: Ledger, tmp_path: Path) -> None:
    out = tmp_path / "acme.jsonl"
    assert export(filled, "acme", "jsonl", out) == 4
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    for line, record in zip(lines, filled.records("acme"), strict=True):
        assert line["body"] == record.body() and line["hash"] == record.hash
        assert [one[0] for one in line["exceptions"]] == [one.code for one in record.exceptions]
    assert "Quimby" not in out.read_text()


def test_parquet_has_exact_amounts(filled: Ledger, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="Parquet is optional")
    out = tmp_path / "acme.parquet"
    assert export(filled, "acme", "parquet", out) == 4
    rows = parquet.read_table(out).to_pylist()
    assert [row["duty_usd"] for row in rows] == [Decimal("1.30"), Decimal("2.30"), Decimal("3.30"), None]
    assert rows[1]["description"] == EVIL and rows[0]["current"] is False and rows[0]["seq"] == 1


def test_days_of_entry_bound_it_and_a_record_without_one_counts_by_its_own_day(
    filled: Ledger, tmp_path: Path
) -> None:
    for first, last, seqs in (
        (date(2026, 9, 2), date(2026, 9, 3), [2, 3]),
        (date(2026, 9, 3), None, [3, 4]),  # the review was written on 5 October
        (None, date(2026, 9, 1), [1]),
    ):
        export(filled, "acme", "jsonl", tmp_path / "x", first, last)
        assert [json.loads(line)["seq"] for line in (tmp_path / "x").read_text().splitlines()] == seqs


def test_more_records_than_fit_into_a_slice(
    ledger: Ledger, entry: Callable[..., Entry], at: datetime, tmp_path: Path
) -> None:
    ledger.append("acme", [entry(n) for n in range(AT_ONCE + 3)], at=at, actor="nadia")
    assert export(ledger, "acme", "jsonl", tmp_path / "x") == AT_ONCE + 3
    seqs = [json.loads(line)["seq"] for line in (tmp_path / "x").read_text().splitlines()]
    assert seqs == list(range(1, AT_ONCE + 4))


def test_what_cannot_be_is_an_error_and_leaves_no_file(
    filled: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    for kind, out, code in (
        ("xls", tmp_path / "x", "EXPORT_FORMAT"),
        ("parquet", tmp_path / "x", "EXPORT_PYARROW"),
        ("csv", tmp_path / "file" / "x", "OUT_UNWRITABLE"),
    ):
        with pytest.raises(MailDutyError) as caught:
            export(filled, "acme", kind, out)
        assert caught.value.code == code
    assert [path.name for path in tmp_path.iterdir() if path.name != "ledger.db"][:1] in ([], ["file"])
    assert not list(tmp_path.glob(".x*"))
