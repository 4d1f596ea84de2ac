"""Building the table: the same exports give the same bytes, and typesetting is no change of the tariff."""

import gzip
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from data.errors import MailDutyError
from data.schedule import Schedule
from data.schedule_build import build_schedule
from data.schedule_table import CONTENTS, SHIPPED, TABLE
from data.schedule_text import chapter_99_headings, clean_rate, clean_special, clean_units, special_groups


def _row(htsno: str, general: str = "", other: str = "", **more: Any) -> dict[str, Any]:
    return {
        "htsno": htsno, "indent": "0", "description": "x", "units": [], "general": general, "special": "",
        "other": other, "footnotes": [], **more,
    }  # fmt: skip


def _exports(folder: Path, **revisions: Any) -> Path:
    dates = ["revision,effective_date"]
    for name, (day, content) in revisions.items():
        (folder / f"hts_{name}.json.gz").write_bytes(gzip.compress(json.dumps(content).encode()))
        dates.append(f"{name},{day}")
    (folder / "revision_dates.csv").write_text("\n".join(dates) + "\n")
    return folder


FIRST = [
    _row("0101"),
    _row("0101.21.00", "Free", "20%", footnotes=[{"columns": ["general"], "value": "See 9903.88.15. "}]),
    _row("0101.21.00.10", units=["<u>No.</u>"]),
    _row("0101.30.00.00", "6.8%", "15%", special="Free (A +,AU)", units=["No."]),
]


def test_only_what_changes_makes_a_new_row(tmp_path: Path) -> None:
    second = [dict(row) for row in FIRST]
    second[1] = {**second[1], "general": "2.5% <u></u>"}
    second[3] = {**second[3], "special": "Free\n(A+, AU)"}  # typeset anew, the same
    third = [*second[:2], _row("0101.21.00.20", units=["No."]), second[3]]
    _exports(tmp_path, a=("2027-01-01", FIRST), b=("2027-02-01", second), c=("2027-03-01", third))
    seen: list[tuple[int, int, str]] = []
    report = build_schedule(tmp_path, tmp_path / "out", lambda *step: seen.append(step))
    book = Schedule.load(tmp_path / "out")
    assert report.rows == len(book.lines()) == 8
    assert [name for _, _, name in seen] == ["a", "b", "c", "done"]
    assert book.line("0101210010", date(2027, 1, 31)).general == "Free"
    assert book.line("0101210010", date(2027, 2, 1)).general == "2.5%"
    assert book.line("0101210010", date(2027, 2, 28)).ch99 == ("9903.88.15",)
    assert book.find("0101210010", date(2027, 3, 1)) is None
    assert book.line("0101210020", date(2027, 9, 1)).valid_from == date(2027, 3, 1)
    (lone,) = [line for line in book.lines() if line.code == "0101300000"]
    assert (lone.special, lone.valid_to, lone.units) == ("Free (A+,AU)", None, ("No.",))


def test_a_code_list_adds_codes_under_lines_that_did_not_change(tmp_path: Path) -> None:
    listed = {
        "0101": {"general_raw": ""},
        "01012100": {"general_raw": "Free"},
        "0101210020": {"general_raw": "Free"},
        "0101300000": {"general_raw": "6.8%"},
    }
    _exports(tmp_path, a=("2027-01-01", FIRST), b=("2027-02-01", listed))
    build_schedule(tmp_path, tmp_path / "out")
    book = Schedule.load(tmp_path / "out")
    new = book.line("0101210020", date(2027, 2, 1))
    assert (new.column2, new.units, new.ch99, new.source) == ("20%", ("No.",), ("9903.88.15",), "code list")
    assert book.find("0101210010", date(2027, 2, 1)) is None

    listed["0101210020"]["general_raw"] = "1%"
    _exports(tmp_path, a=("2027-01-01", FIRST), b=("2027-02-01", listed))
    with pytest.raises(MailDutyError) as caught:
        build_schedule(tmp_path, tmp_path / "out")
    assert caught.value.code == "SCHEDULE_LIST_CONFLICT"


def test_a_newer_export_goes_on_from_the_shipped_table(tmp_path: Path) -> None:
    content = [_row("6109"), _row("6109.10.00", "15%", "90%"), _row("6109.10.00.12", units=["doz."])]
    _exports(tmp_path, **{"pulled_2026-12-01": ("2026-12-01", content)})
    build_schedule(tmp_path, tmp_path / "out", extend=True)
    book = Schedule.load(tmp_path / "out")
    assert book.line("6109100012", date(2026, 11, 30)).general == "16.5%"
    assert book.line("6109100012", date(2026, 12, 1)).general == "15%"
    assert book.last_verified == date(2026, 12, 1)
    assert book.first_day == date(2025, 1, 1)
    assert len(book.contents["revisions"]) == 44


def test_an_export_without_a_day_is_left_out_and_named(tmp_path: Path) -> None:
    _exports(tmp_path, a=("2027-01-01", FIRST), b=("", [_row("0102.00.00.00", "1%", "2%")]))
    report = build_schedule(tmp_path, tmp_path / "out")
    assert report.undated == [{"revision": "b", "lines_not_in_table": 2}]


def test_nothing_to_build_from_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(MailDutyError, match="pull") as caught:
        build_schedule(tmp_path)
    assert caught.value.code == "SCHEDULE_NO_EXPORT"
    _exports(tmp_path, a=("", FIRST))
    with pytest.raises(MailDutyError, match="revision_dates") as caught:
        build_schedule(tmp_path, tmp_path / "out")
    assert caught.value.code == "SCHEDULE_NO_DATES"
    (tmp_path / "hts_a.json.gz").write_bytes(b"<html>")
    with pytest.raises(MailDutyError) as caught:
        _exports_dates(tmp_path)
        build_schedule(tmp_path, tmp_path / "out")
    assert caught.value.code == "SCHEDULE_EXPORT_BROKEN"


def _exports_dates(folder: Path) -> None:
    (folder / "revision_dates.csv").write_text("revision,effective_date\na,2027-01-01\n")


def test_the_shipped_table_is_what_the_official_exports_give_byte_for_byte(
    shared: Path, tmp_path: Path
) -> None:
    report = build_schedule(shared / "data" / "htsus", tmp_path)
    shipped = json.loads((SHIPPED / CONTENTS).read_text())
    assert report.sha256 == shipped["sha256"]
    assert gzip.decompress((tmp_path / TABLE).read_bytes()) == gzip.decompress((SHIPPED / TABLE).read_bytes())
    assert (tmp_path / CONTENTS).read_bytes() == (SHIPPED / CONTENTS).read_bytes()


def test_two_builds_are_the_same_file(tmp_path: Path) -> None:
    _exports(tmp_path, a=("2027-01-01", FIRST))
    for out in ("x", "y"):
        build_schedule(tmp_path, tmp_path / out)
    assert (tmp_path / "x" / TABLE).read_bytes() == (tmp_path / "y" / TABLE).read_bytes()


@pytest.mark.parametrize(
    ("printed", "clean"),
    [
        ("$1.13/m<sup>3</sup>", "$1.13/m3"),
        ("15.4¢/kg +40%", "15.4¢/kg + 40%"),
        ("$2.50/thou- sand + 40%", "$2.50/thousand + 40%"),
        ("4.5¢/ liter", "4.5¢/liter"),
        ("37% /", "37%"),
        ("2.5% <u></u>", "2.5%"),
        (" \n", ""),
        (None, ""),
    ],
)
def test_a_rate_text_loses_its_typesetting(printed: str | None, clean: str) -> None:
    assert clean_rate(printed) == clean


def test_the_special_column_in_groups() -> None:
    text = "Free\n(A +, AU,BH, E IL,.OM)  2.4¢/kg +0.2% (CO,PA)See 9919.04.50, 9919.04.67 (PA (PA)"
    assert special_groups(text) == (
        ("Free", ("A+", "AU", "BH", "E", "IL", "OM")),
        ("2.4¢/kg + 0.2%", ("CO", "PA")),
        ("See 9919.04.50, 9919.04.67", ("PA",)),
    )
    assert clean_special(text).startswith("Free (A+,AU,BH,E,IL,OM) 2.4¢/kg + 0.2% (CO,PA)")
    assert special_groups("") == special_groups(None) == ()


def test_units_and_headings_out_of_their_cells() -> None:
    assert clean_units(["<il>doz. prs.</il>", " ", "m²", "pcs "]) == ("doz. prs.", "m2", "No.")
    notes: list[dict[str, object]] = [
        {"value": "See 9903.88.15 and U.S. note 16 to subchapter III, chapter 99. "},
        {"value": "See 9904.17.17-9904.17.48. "},
        {"value": "See 9903.52.00 through 9903.52.26 and 9817.57.01."},
    ]
    assert chapter_99_headings(notes) == ("9903.88.15", "9904.17.17-9904.17.48", "9903.52.00-9903.52.26")
    assert chapter_99_headings(None) == ()
