"""Every file of the law: cited, dated, without gap or overlap, and asked without guessing."""

import csv
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from data.errors import MailDutyError
from data.law import HERE, Law

LAW = Law.load()
CONFIDENCE = {"high", "medium", "low"}
DOCUMENTS = sorted(LAW.documents.items())
NAMES = [path for path, _ in DOCUMENTS]


def spans(document: dict[str, Any]) -> dict[Any, list[tuple[date, date | None]]]:
    """The intervals of a document, by key where it is a table."""
    if "values" in document:
        return {"": [(item["from"], item.get("to")) for item in document["values"]]}
    if "codes" in document:
        return {"": [(document["from"], document.get("to"))]}
    found: dict[Any, list[tuple[date, date | None]]] = {}
    for row in document["rows"]:
        key = tuple(row.get(name) for name in document["key"])
        found.setdefault(key, []).append((row["from"], row.get("to")))
    return found


@pytest.mark.parametrize("path", NAMES)
def test_is_titled_cited_and_graded(path: str) -> None:
    document = LAW.documents[path]
    assert document["title"] and document["citation"]
    assert document["confidence"] in CONFIDENCE
    assert sum(kind in document for kind in ("values", "codes", "rows")) == 1
    for item in document.get("values", document.get("rows", [])):
        assert item.get("confidence", document["confidence"]) in CONFIDENCE
        assert item.get("citation", document["citation"])
        if document["citation"].startswith("see each"):
            assert item.get("citation"), item


@pytest.mark.parametrize("path", NAMES)
def test_has_no_gap_no_overlap_and_no_end_before_its_start(path: str) -> None:
    for key, intervals in spans(LAW.documents[path]).items():
        for start, end in intervals:
            assert isinstance(start, date), key
            assert end is None or start <= end, key
        for (_, end), (start, _) in pairwise(sorted(intervals)):
            assert end is not None, f"{key}: an open interval is followed by another"
            assert start == end + timedelta(days=1), f"{key}: {end} is followed by {start}"


@pytest.mark.parametrize("path", [path for path in NAMES if "codes" in LAW.documents[path]])
def test_a_list_holds_whole_numbers_once(path: str) -> None:
    codes = LAW.documents[path]["codes"].split()
    assert len(codes) == len(set(codes))
    assert all(code.isdigit() and len(code) in (4, 6, 8, 10) for code in codes)


def test_numbers_are_exact() -> None:
    for path, document in DOCUMENTS:
        for item in document.get("values", []):
            assert not isinstance(item["value"], float), path
        for item in document.get("rows", []):
            assert not any(isinstance(value, float) for value in item.values()), path
    assert LAW.value("fees/mpf/ad_valorem", date(2026, 10, 1)) == Decimal("0.3464")


def test_no_value_in_force_is_an_error_naming_path_and_day() -> None:
    with pytest.raises(MailDutyError) as caught:
        LAW.value("mail/flat_pct", date(2026, 7, 24))
    assert caught.value.code == "LAW_NO_VALUE"
    assert "mail/flat_pct" in str(caught.value) and "2026-07-24" in str(caught.value)
    assert LAW.find("mail/flat_pct", date(2026, 7, 24)) is None


def test_an_unknown_path_is_an_error() -> None:
    with pytest.raises(MailDutyError, match="nowhere"):
        LAW.value("nowhere", date(2026, 7, 24))


def test_every_path_begins_and_ends_on_its_days() -> None:
    for path, document in DOCUMENTS:
        for item in document.get("values", []):
            assert LAW.value(path, item["from"]) == LAW.entry(path, item["from"]).value
            if item.get("to"):
                assert LAW.entry(path, item["to"]).valid_from == item["from"]


def test_verified_through() -> None:
    assert LAW.verified_through == date(2026, 10, 10)


def test_version_follows_the_content(tmp_path: Path) -> None:
    text = (HERE / "verified.yaml").read_text(encoding="utf-8")
    (tmp_path / "verified.yaml").write_text(text, encoding="utf-8")
    first = Law.load(tmp_path)
    (tmp_path / "verified.yaml").write_text(text + "# more\n", encoding="utf-8")
    Law.load.cache_clear()
    assert first.version != Law.load(tmp_path).version
    Law.load.cache_clear()


def test_norway_is_a_country_and_no_flag() -> None:
    assert LAW.rows("ieepa/rates", date(2025, 9, 1), origin="NO")[0]["rate"] == 15


def test_list_matches_the_longest_number_and_says_what_hangs_on_the_suffix() -> None:
    listed = LAW.codes("section_232/metals/note_16c_iv")
    assert listed.match("7326908688") == "7326908688"
    assert listed.match("7326110000") == "73261100"
    assert listed.match("73269086") is None
    assert "7326908688" in listed.below("73269086")


# ---- the law against the shared facts it was written from


def rows_of(shared: Path, name: str) -> list[dict[str, str]]:
    with (shared / "data/duty" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_note_52b_has_the_863_numbers(shared: Path) -> None:
    theirs = {r["hts_prefix"] for r in rows_of(shared, "s301fl_note52b_exempt.csv") if r["note"] == "52(b)"}
    assert LAW.codes("section_301_forced_labor/note_52b").codes == theirs
    assert len(theirs) == 863


def test_metals_lists_agree(shared: Path) -> None:
    for row in rows_of(shared, "s232_note16c_metals_lists.csv"):
        sub = row["note_subdivision"].removeprefix("16(c)(").rstrip(")")
        assert row["hts_prefix"] in LAW.codes(f"section_232/metals/note_16c_{sub}").codes


def test_forced_labor_rates_agree(shared: Path) -> None:
    on = date(2026, 7, 24)
    theirs = rows_of(shared, "s301_forced_labor_rates.csv")
    assert len(LAW.rows("section_301_forced_labor/rates", on)) == len(theirs)
    for row in theirs:
        (ours,) = LAW.rows("section_301_forced_labor/rates", on, origin=row["country_iso2"])
        assert Decimal(row["rate_pct"]) == ours.get("top_up_to", ours.get("rate"))
        assert (row["calc"] == "additive") == (ours.get("top_up_to") is None)
        assert ours["heading"] in row["hts_heading"]


def test_fees_agree(shared: Path) -> None:
    columns = {
        "mpf_rate_pct": "ad_valorem",
        "mpf_formal_min": "formal_min",
        "mpf_formal_max": "formal_max",
        "mpf_informal_automated": "informal_automated",
        "mpf_manual_surcharge": "manual_surcharge",
    }
    for row in rows_of(shared, "fees_by_fiscal_year.csv"):
        for day in (date.fromisoformat(row["from"]), date.fromisoformat(row["to"])):
            for column, name in columns.items():
                if row[column]:
                    assert LAW.value(f"fees/mpf/{name}", day) == Decimal(row[column])
            assert LAW.value("fees/dutiable_mail", day) == Decimal(row["dutiable_mail_fee"])
