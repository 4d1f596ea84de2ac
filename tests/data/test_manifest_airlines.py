"""Layouts of China Post and of airlines: columns, total and note rows, flights, control totals; CSV and workbook."""

import csv
import io
from datetime import date
from pathlib import Path

import pytest
from manifest_texts import read
from sheets import from_csv

from data.manifest import ManifestReading

FOLDER = Path(__file__).parent / "manifests"
LAYOUTS = ("china_post_25", "china_post_44", "airline_settlement")
Rows = list[list[str]]


def rows_of(layout: str) -> Rows:
    return list(csv.reader((FOLDER / f"{layout}.csv").open(encoding="utf-8", newline="")))


def read_rows(rows: Rows) -> ManifestReading:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return read(out.getvalue())


def changed(layout: str, row: int, column: str, text: str) -> Rows:
    """The fixture with one cell changed; rows count from 1."""
    rows = rows_of(layout)
    header = next(r for r in rows if any(column in cell for cell in r))
    rows[row - 1][next(n for n, cell in enumerate(header) if column in cell)] = text
    return rows


@pytest.mark.parametrize("layout", [*LAYOUTS, "csv_plain"])
def test_a_workbook_gives_what_its_csv_gives(layout: str) -> None:
    content = (FOLDER / f"{layout}.csv").read_bytes()
    plain, sheet = read(content), read(from_csv(content))
    assert sheet.layout == plain.layout == layout
    assert sheet.items == plain.items and len(sheet.items) > 1
    assert [(e.row, e.code, e.field) for e in sheet.errors] == [
        (e.row, e.code, e.field) for e in plain.errors
    ]
    assert [(s.row, s.reason) for s in sheet.skipped] == [(s.row, s.reason) for s in plain.skipped]
    assert [d.code for d in sheet.doubts] == [d.code for d in plain.doubts]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_there_is_no_origin_and_none_is_guessed(layout: str) -> None:
    reading = read((FOLDER / f"{layout}.csv").read_bytes())
    assert all(item.origin is None and "ORIGIN_MISSING" in item.blocked_by for item in reading.items)
    assert (
        any(item.sender and item.sender.country == "CN" for item in reading.items)
        or layout == "airline_settlement"
    )


@pytest.mark.parametrize("layout", LAYOUTS)
def test_items_know_their_bag_and_the_totals_agree(layout: str) -> None:
    reading = read((FOLDER / f"{layout}.csv").read_bytes())
    assert {item.dispatch for item in reading.items} == {"CNCANAUSLAXAAUN60311"}
    assert len({item.receptacle for item in reading.items}) == 2 and reading.doubts == []


def test_china_post_25_leaves_open_what_the_export_leaves_open() -> None:
    reading = read((FOLDER / "china_post_25.csv").read_bytes())
    several, short, none, *_ = reading.items
    assert several.hts_declared is None and several.hts_declared_all == ("3926909989", "7326908688")
    assert "HTS_MULTIPLE" in several.blocked_by
    assert short.hts_declared == "691200" and "HTS_INCOMPLETE" in [q.code for q in short.questions]
    assert none.hts_declared is None and str(none.value_usd) == "6.25"  # the currency stood in the cell
    assert several.sender is not None and several.sender.name is None and several.sender.city == "Foshan"
    assert [e.code for e in reading.errors] == ["VALUE_MISSING", "NUMBER_AMBIGUOUS"]
    assert [i.carrier_code for i in reading.items] == ["ZZ", "ZZ", "ZZ", "YY", "YY"]  # the last leg


def test_china_post_25_a_bag_weight_that_its_number_contradicts_is_said() -> None:
    (doubt,) = read_rows(changed("china_post_25", 2, "Receptacle Weight", "5.9")).doubts
    assert "two totals" in doubt.fact and "CNCANAUSLAXAAUN60311001000047" in doubt.fact
    rows = [[*r[:3], "9.9" if n else r[3], *r[4:]] for n, r in enumerate(rows_of("china_post_25"))]
    first, second = read_rows(rows).doubts
    assert "4.7 kg by the bag numbers" in first.fact and "3.1" in second.fact


def test_airline_settlement_takes_the_last_leg_and_the_actual_day() -> None:
    reading = read((FOLDER / "airline_settlement.csv").read_bytes())
    two, one = reading.items[0], reading.items[-1]
    assert (two.carrier_code, two.flight_no, two.arrival_date) == ("YY", "0882", date(2026, 10, 2))
    assert (one.carrier_code, one.flight_no, one.arrival_date) == ("ZZ", "0317", date(2026, 10, 3))


def test_airline_settlement_a_packet_too_few_is_said() -> None:
    rows = rows_of("airline_settlement")
    lost = read_rows([*rows[:3], *rows[4:]])  # a row of the first bag goes missing
    assert len(lost.items) == 3
    value, packets = lost.doubts
    assert "states 41.15" in value.fact
    assert (
        "states 3 for receptacle CNCANAUSLAXAAUN60311001000047" in packets.fact
        and "2 parcels" in packets.fact
    )
    assert packets.blocks


def test_china_post_44_skips_titles_headers_totals_and_notes() -> None:
    reading = read((FOLDER / "china_post_44.csv").read_bytes())
    assert [(s.row, s.reason) for s in reading.skipped] == [
        (1, "above the header"),
        (2, "header"),
        (3, "header"),
        (4, "air waybill total"),
        (8, "note"),
        (9, "air waybill total"),
        (12, "total"),
    ]
    item = reading.items[0]
    assert (item.description, item.hts_declared, str(item.gross_weight_kg)) == (
        "silicone phone case",
        "3926909989",
        "0.35",
    )
    assert item.sender is not None and item.recipient is not None
    assert (item.sender.name, item.sender.region, item.recipient.phone) == (
        "Li Example",
        "Guangdong",
        "+1 559 555 0142",
    )


def test_china_post_44_the_flight_of_another_leg_is_not_taken_for_the_arriving_one() -> None:
    reading = read((FOLDER / "china_post_44.csv").read_bytes())
    first, last = reading.items[0], reading.items[-1]
    assert (first.carrier_code, first.flight_no) == ("ZZ", "ZZ317")
    assert (last.carrier_code, last.flight_no) == ("YY", None)
    assert "ARRIVAL_FLIGHT_OPEN" in [q.code for q in last.questions]


@pytest.mark.parametrize(
    ("column", "text", "said"), [("件数", "4", "3 parcels"), ("*重量", "2.9", "1.27 kg gross")]
)
def test_china_post_44_an_air_waybill_total_that_differs_is_said(column: str, text: str, said: str) -> None:
    reading = read_rows(changed("china_post_44", 4, column, text))
    (doubt,) = reading.doubts
    assert said in doubt.fact and "awb 999-40010012" in doubt.fact and doubt.fact in reading.notes


def test_china_post_44_totals_of_air_waybills_that_stand_together_are_those_of_the_file() -> None:
    rows = rows_of("china_post_44")
    together = [*rows[:4], rows[8], *rows[4:8], *rows[9:]]
    reading = read_rows(together)
    assert len(reading.items) == 4 and reading.doubts == []
    together[3] = [*together[3][:3], "8", *together[3][4:]]
    (doubt,) = read_rows(together).doubts
    assert "states 10 for awb 999-40010012, 999-40010023" in doubt.fact and "5 parcels" in doubt.fact


def test_china_post_44_items_may_name_their_air_waybill() -> None:
    rows = rows_of("china_post_44")
    named = [[f"999-400100{12 if n < 8 else 23}", "CAN", "LAX", "1", r[12], *r[5:]] if len(r) > 13 and r[13].startswith("LV") else r
             for n, r in enumerate(rows)]  # fmt: skip
    apart = [*named[:3], *(r for r in named[3:] if r[13].startswith("LV")), named[3], named[8]]
    assert read_rows(named).doubts == [] and read_rows(apart).doubts == []
    assert len(read_rows(apart).items) == 4


def test_china_post_44_is_recognised_by_its_chinese_names_alone() -> None:
    import re

    rows = rows_of("china_post_44")
    plain = [[re.sub(r"[（(][^）)]*[）)]|\*|\s|Weight", "", cell) if cell not in ("HSCODE", "DDP/DDU") else cell for cell in r]
             for r in rows[1:3]]  # fmt: skip
    reading = read_rows([*plain, *rows[3:]])
    assert reading.layout == "china_post_44" and len(reading.items) == 4


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_row_with_goods_and_no_tracking_number_is_an_error_and_never_skipped(layout: str) -> None:
    rows = rows_of(layout)
    name = "邮件号码" if layout == "china_post_44" else "Tracking Number"
    number = {"china_post_25": 3, "china_post_44": 6, "airline_settlement": 3}[layout]
    reading = read_rows(changed(layout, number, name, ""))
    assert (number, "TRACKING_MISSING") in [(e.row, e.code) for e in reading.errors]
    assert reading.rows_seen == len(rows)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_columns_may_be_missing_or_more_and_in_another_order(layout: str) -> None:
    rows = rows_of(layout)
    wider = [[*r[:2], "x" if n == 0 else "", *r[2:]] for n, r in enumerate(rows)]
    assert read_rows(wider).layout == layout
    if layout != "china_post_44":
        turned = [list(reversed(r)) for r in rows]
        assert {i.id for i in read_rows(turned).items} == {i.id for i in read_rows(rows).items}
