"""The plain CSV reader: headers, totals, quotes, encodings, row numbers."""

from pathlib import Path

import pytest
from manifest_texts import GOOD, HEADER, OTHER, csv_of, read, row

from data.manifest import layouts
from data.manifest.csv_plain import header_table


def test_one_row_becomes_one_item_with_everything_the_duty_needs() -> None:
    (item,) = read(csv_of(row())).items
    assert (item.id, item.row, item.line_no, item.s10_ok, item.is_ems) == (f"{GOOD}#1", 2, 1, True, False)
    assert (str(item.value_usd), item.origin, item.hts_declared) == ("24.00", "BD", "6109100012")
    assert {unit: str(q) for unit, q in item.quantities.items()} == {"kg": "0.4", "No.": "2"}
    assert item.arrival_date is not None and item.arrival_date.isoformat() == "2026-10-03"
    assert item.questions == ()


def test_names_are_forgiving_of_case_order_and_spelling() -> None:
    header = "Currency;DECLARED VALUE;Tracking-Number;Description of Goods;HS Code;Country of Origin;Net Weight (g)"
    (item,) = read(f"{header}\nUSD;24,00;{GOOD};cotton T-shirt;6109.10.00.12;bd;400\n").items
    assert (str(item.value_usd), str(item.net_weight_kg), item.hts_declared) == (
        "24.00",
        "0.400",
        "6109100012",
    )


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_told_from_the_header(delimiter: str) -> None:
    assert read(f"tracking_id,value,currency\n{GOOD},1.00,USD\n".replace(",", delimiter)).items


def test_bilingual_headers_and_a_currency_in_the_name() -> None:
    (item,) = read(
        f"邮件号码 （Tracking Number),Declared Value (USD),Content\n{GOOD},12.50,wool scarf\n"
    ).items
    assert item.value is not None and item.value.currency == "USD"


def test_two_origins_under_one_tracking_number_are_two_items_of_one_parcel() -> None:
    reading = read(csv_of(row(origin="BD"), row(origin="DE", description="novel", hts="4901990070")))
    assert [i.id for i in reading.items] == [f"{GOOD}#1", f"{GOOD}#2"]
    (parcel,) = reading.parcels
    assert parcel.origins == ("BD", "DE") and str(parcel.value_usd) == "48.00"


def test_blank_total_title_and_repeated_header_rows_are_counted_apart() -> None:
    total = "TOTAL,,,,,,24.00,,"
    reading = read(
        csv_of("Manifest of 3 October,,,,,,,,", "", HEADER, row(), ",,,,,,,,", HEADER, total, header="x")
    )
    assert [(s.row, s.reason) for s in reading.skipped] == [
        (1, "above the header"),
        (2, "above the header"),
        (3, "blank"),
        (4, "header"),
        (6, "blank"),
        (7, "header repeated"),
        (8, "total"),
    ]
    assert reading.items[0].row == 5


@pytest.mark.parametrize(
    "word",
    ["TOTAL", "Total:", "Grand Total", "SUBTOTAL", "合计", "Total (2)", "Gesamt", "小计", "Total items: 25"],
)
def test_total_rows_are_no_items(word: str) -> None:
    for total in (f"{word},,,,,,24.00,,", f",{word},,,2,,24.00,USD,"):
        reading = read(csv_of(row(), total))
        assert len(reading.items) == 1 and reading.skipped[-1].reason == "total"


def test_a_count_under_the_tracking_number_does_not_make_a_total_an_item() -> None:
    reading = read(f"no,tracking_id,value,currency\n1,{GOOD},5.00,USD\nTotal value:,2 items,5.00,USD\n")
    assert len(reading.items) == 1 and reading.skipped[-1].reason == "total"


def test_of_two_columns_about_the_journey_the_first_is_read_and_the_other_named() -> None:
    reading = read(f"tracking_id,value,currency,carrier,airline\n{GOOD},5,USD,ZZ,YY\n")
    assert reading.items[0].carrier_code == "ZZ" and "airline" in reading.notes[0]


@pytest.mark.parametrize("nothing", ["N/A", "-", "none", "NULL", "nan"])
def test_words_for_nothing_are_blank(nothing: str) -> None:
    assert "ORIGIN_MISSING" in read(csv_of(row(origin=nothing))).items[0].blocked_by
    assert read(csv_of(row(tracking_id=nothing))).errors[0].code == "TRACKING_MISSING"
    assert read(csv_of(row(origin="NA"))).items[0].origin == "NA"


def test_goods_whose_name_begins_with_total_are_goods() -> None:
    reading = read(csv_of(row(description="Total Gym bench"), row(tracking_id=OTHER, description="total")))
    assert len(reading.items) == 2


def test_a_line_break_inside_quotes_is_one_row_as_a_spreadsheet_counts() -> None:
    reading = read(csv_of(row(description="cotton\nT-shirt"), row(tracking_id=OTHER, value="x")))
    assert reading.items[0].description == "cotton\nT-shirt"
    assert reading.errors[0].row == 3


def test_an_unclosed_quote_costs_its_own_line_only() -> None:
    broken = f'{OTHER},"cotton hat,6505006090,CN,1,0.1,9.00,USD,2026-10-03'
    reading = read(csv_of(row(), broken, row(), *[row(tracking_id=OTHER)] * 3))
    assert [e.code for e in reading.errors] == ["QUOTE_UNCLOSED"]
    assert reading.errors[0].row == 3 and len(reading.items) == 5


def test_a_stray_quote_in_a_cell_is_text() -> None:
    (item,) = read(f'tracking_id,description,value,currency\n{GOOD},5" copper pipe,9.00,USD\n').items
    assert item.description == '5" copper pipe'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_encodings_are_told_from_the_bytes(encoding: str) -> None:
    content = csv_of(row(description="café au lait bowl")).decode().encode(encoding)
    assert read(content).items[0].description == "café au lait bowl"


def test_latin_1_is_a_fallback_with_a_note_and_leaves_utf_8_rows_alone() -> None:
    content = (
        csv_of(row(description="café bowl"))[:-1] + b"\n" + row(description="caf\xe9 bowl").encode("latin-1")
    )
    reading = read(content)
    assert [i.description for i in reading.items] == ["café bowl", "café bowl"]
    assert "Latin-1" in reading.notes[0]


def test_a_named_encoding_is_used() -> None:
    content = csv_of(row(description="棉质T恤")).decode().encode("gb18030")
    assert read(content, encoding="gb18030").items[0].description == "棉质T恤"


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_line_ends_do_not_matter(end: str) -> None:
    content = csv_of(row(), row(tracking_id=OTHER)).decode().replace("\n", end)
    assert [i.row for i in read(content).items] == [2, 3]


def test_cells_beyond_the_header_are_an_error_and_missing_ones_are_blank() -> None:
    reading = read(f"tracking_id,value,currency,origin\n{GOOD},1,234.00,USD,CN\n{GOOD},5.00,USD\n")
    (wrong,) = reading.errors
    assert "ROW_TOO_LONG" in {wrong.code, *(f.code for f in wrong.also)}
    assert reading.items[0].blocked_by == ("DESCRIPTION_EMPTY", "ORIGIN_MISSING")


def test_two_columns_of_one_meaning_must_agree() -> None:
    header = "tracking_id,value,declared value,currency,description,origin\n"
    assert read(f"{header}{GOOD},5.00,5.00,USD,wool hat,CN\n").items
    assert read(f"{header}{GOOD},5.00,6.00,USD,wool hat,CN\n").errors[0].code == "COLUMN_CONFLICT"


def test_columns_we_do_not_read_are_named() -> None:
    assert "Colour" in read(f"tracking_id,value,currency,Colour\n{GOOD},5,USD,red\n").notes[0]


def test_facts_are_handed_on() -> None:
    (item,) = read(f"tracking_id,value,currency,fact: patented\n{GOOD},5,USD,true\n").items
    assert item.facts == {"patented": "true"}


def test_readers_are_found_by_name() -> None:
    assert {"csv_plain", "jsonl_itmatt"} <= set(layouts())
    assert list(layouts()) == sorted(layouts()) and all(one.name == name for name, one in layouts().items())


def test_the_readme_of_the_samples_lists_every_name_a_column_may_go_by() -> None:
    text = (Path(__file__).resolve().parents[2] / "data" / "samples" / "README.md").read_text(
        encoding="utf-8"
    )
    for field, names in header_table():
        assert f"| `{field}` |" in text and f"| {names} |" in text, field
