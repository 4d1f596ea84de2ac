"""What becomes of a row: an item, an item with questions, or an error with row, field, value and remedy."""

from datetime import date
from decimal import Decimal

import pytest
from manifest_texts import GOOD, OTHER, csv_of, error, read, row

from data.money import ExchangeRate, Rates

EUROS = Rates([ExchangeRate("EUR", Decimal("1.16"), date(2026, 7, 1), "test")])


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("tracking_id", "", "TRACKING_MISSING"),
        ("tracking_id", "9.4001E+21", "TRACKING_MANGLED"),
        ("tracking_id", "X" * 51, "TRACKING_TOO_LONG"),
        ("hts", "6.1091E+09", "HTS_MANGLED"),
        ("hts", "6109100012.0", "HTS_MANGLED"),
        ("hts", "902101050", "HTS_LEADING_ZERO"),
        ("hts", "6109.1", "HTS_LEADING_ZERO"),
        ("hts", "6109A00012", "HTS_MALFORMED"),
        ("hts", "610910001234", "HTS_MALFORMED"),
        ("hts", "61", "HTS_MALFORMED"),
        ("hts", "0009100012", "HTS_MALFORMED"),
        ("origin", "Atlantis", "COUNTRY_UNKNOWN"),
        ("origin", "ZZ", "COUNTRY_UNKNOWN"),
        ("quantity", "0", "QUANTITY_NOT_POSITIVE"),
        ("quantity", "-1", "QUANTITY_NOT_POSITIVE"),
        ("quantity", "two", "NUMBER_UNREADABLE"),
        ("net_weight_kg", "-0.4", "WEIGHT_NEGATIVE"),
        ("net_weight_kg", "1,234", "NUMBER_AMBIGUOUS"),
        ("net_weight_kg", "400 g", "WEIGHT_UNIT_CONFLICT"),
        ("value", "", "VALUE_MISSING"),
        ("value", "-5.00", "VALUE_NEGATIVE"),
        ("value", "(5.00)", "VALUE_NEGATIVE"),
        ("value", "1,234", "NUMBER_AMBIGUOUS"),
        ("value", "1.234", "NUMBER_AMBIGUOUS"),
        ("value", "=A1*2", "NUMBER_UNREADABLE"),
        ("value", "NaN", "VALUE_MISSING"),
        ("value", "1e5", "NUMBER_UNREADABLE"),
        ("value", "12.50 EUR", "CURRENCY_CONFLICT"),
        ("currency", "", "CURRENCY_MISSING"),
        ("currency", "XYZ", "CURRENCY_UNKNOWN"),
        ("currency", "EUR", "CURRENCY_NO_RATE"),
        ("arrival_date", "03/04/2026", "DATE_AMBIGUOUS"),
        ("arrival_date", "3/13/26", "DATE_AMBIGUOUS"),
        ("arrival_date", "2026-02-30", "DATE_UNREADABLE"),
        ("arrival_date", "46298", "DATE_UNREADABLE"),
        ("description", "x" * 1_000_000, "CELL_TOO_LONG"),
        ("description", "x\x00y", "CELL_NOT_TEXT"),
    ],
)
def test_what_cannot_be_read_refuses_the_row_and_only_the_row(field: str, value: str, code: str) -> None:
    reading = read(
        csv_of(row(tracking_id=OTHER), row(**{field: value}), row(tracking_id=OTHER, value="9.00"))
    )
    (wrong,) = reading.errors
    assert (wrong.row, wrong.code, len(reading.items)) == (3, code, 2)
    assert wrong.fact and wrong.remedy and len(wrong.value) < 120
    assert "row 3" in wrong.message and wrong.as_dict()["message"] == wrong.message


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("hts", "3926909989;7326908688", "HTS_MULTIPLE"),
        ("hts", "3926909989, 7326908688", "HTS_MULTIPLE"),
        ("hts", "3926909989/7326908688", "HTS_MULTIPLE"),
        ("hts", "3926909989 | 7326908688", "HTS_MULTIPLE"),
        ("hts", "3926909989\n7326908688", "HTS_MULTIPLE"),
        ("hts", "3926.90.9989 7326.90.8688", "HTS_MULTIPLE"),
        ("hts", "610910", "HTS_INCOMPLETE"),
        ("origin", "", "ORIGIN_MISSING"),
        ("origin", "UK", "COUNTRY_READ_AS"),
        ("value", "0.00", "VALUE_ZERO"),
        ("description", "gift", "DESCRIPTION_VAGUE"),
        ("description", "=CMD|' /C calc'!A0", "DESCRIPTION_FORMULA"),
        ("tracking_id", "CP473124828DE", "S10_CHECK_DIGIT"),
        ("tracking_id", "LX12345679HK", "S10_LENGTH"),
        ("net_weight_kg", "420", "WEIGHT_IMPLAUSIBLE"),
    ],
)
def test_what_a_person_must_settle_leaves_a_question(field: str, value: str, code: str) -> None:
    (item,) = read(csv_of(row(**{field: value}))).items
    assert code in [q.code for q in item.questions]


def test_several_tariff_numbers_are_all_kept_and_none_is_chosen() -> None:
    (item,) = read(csv_of(row(hts="3926909989;7326908688", description="phone case;keyring"))).items
    assert item.hts_declared is None
    assert item.hts_declared_all == ("3926909989", "7326908688")
    assert "3926909989 (phone case)" in item.questions[0].fact


def test_the_same_number_twice_or_its_subheading_is_one_number() -> None:
    (twice, nested) = read(csv_of(row(hts="6109100012;6109.10.00.12"), row(hts="6109.10;6109100012"))).items
    assert twice.hts_declared == nested.hts_declared == "6109100012"
    assert "HTS_NESTED" in [q.code for q in nested.questions]


def test_chapter_99_numbers_stand_beside_the_tariff_number() -> None:
    (item,) = read(csv_of(row(hts="6109100012, 9903.05.20"))).items
    assert (item.hts_declared, item.hts_secondary, item.blocked_by) == ("6109100012", ("99030520",), ())


def test_digits_exported_as_a_text_formula_are_digits() -> None:
    (item,) = read(f'tracking_id\thts\tvalue\tcurrency\n{GOOD}\t="0902101050"\t5.00\tUSD\n').items
    assert item.hts_declared == "0902101050"


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1,234.50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1 234,50", "1234.50"),
        ("1'234.50", "1234.50"),
        ("12,34,567.00", "1234567.00"),
        ("1.234.567", "1234567"),
        ("12,5", "12.5"),
        ("0,125", "0.125"),
        (".5", "0.5"),
        ("$12.50", "12.50"),
        ("12.50 USD", "12.50"),
        ("US$ 12.50", "12.50"),
    ],
)
def test_amounts_that_mean_one_thing_are_read(text: str, amount: str) -> None:
    (item,) = read(csv_of(row(value=text))).items
    assert item.value is not None and item.value.amount == Decimal(amount)


def test_the_decimal_mark_settles_what_is_undecidable() -> None:
    content = csv_of(row(value="1,234", net_weight_kg=""))
    assert read(content, decimal_mark=".").items[0].value_usd == 1234
    assert read(content, decimal_mark=",").items[0].value_usd == Decimal("1.234")


@pytest.mark.parametrize("text", ["2026-10-31", "20261031", "31/10/2026", "10/31/2026", "31 Oct 2026", "31-OCT-2026",
                                  "October 31, 2026", "2026-10-31T23:59:00+02:00", "2026/10/31"])  # fmt: skip
def test_days_that_mean_one_thing_are_read(text: str) -> None:
    assert read(csv_of(row(arrival_date=text))).items[0].arrival_date == date(2026, 10, 31)


def test_the_date_order_settles_what_is_ambiguous() -> None:
    content = csv_of(row(arrival_date="03/04/2026"))
    assert read(content, date_order="mdy").items[0].arrival_date == date(2026, 3, 4)
    assert read(content, date_order="dmy").items[0].arrival_date == date(2026, 4, 3)


def test_a_rate_converts_with_its_source_and_date() -> None:
    (item,) = read(csv_of(row(currency="EUR", value="10.00")), rates=EUROS).items
    assert item.value is not None
    assert (item.value_usd, item.value.rate_source, item.value.currency) == (
        Decimal("11.6000"),
        "test",
        "EUR",
    )


HEAD = "tracking_id,quantity,value,unit_value,currency"


@pytest.mark.parametrize(
    ("cells", "usd"),
    [("3,,4.00", "12.00"), ("3,12.00,4.00", "12.00"), ("3,10.00,3.33", "10.00"), ("3,12.00,", "12.00")],
)
def test_unit_values_are_multiplied_and_row_totals_are_not(cells: str, usd: str) -> None:
    assert read(f"{HEAD}\n{GOOD},{cells},USD\n").items[0].value_usd == Decimal(usd)


def test_a_total_that_disagrees_with_the_unit_value_is_an_error() -> None:
    assert error(f"{HEAD}\n{GOOD},3,13.00,4.00,USD\n").code == "VALUE_CONFLICT"
    assert error(f"{HEAD}\n{GOOD},3,13,4,USD\n").code == "VALUE_CONFLICT"
    assert error(f"{HEAD}\n{GOOD},,,4.00,USD\n").code == "QUANTITY_MISSING"


def test_the_value_column_is_of_one_piece_when_the_user_says_so() -> None:
    assert read(csv_of(row(value="24.00")), value_basis="unit").items[0].value_usd == Decimal("48.00")


def test_all_faults_of_a_row_are_told_at_once() -> None:
    wrong = error(csv_of(row(value="x", origin="Atlantis", hts="12345")))
    assert {wrong.code, *(f.code for f in wrong.also)} == {
        "NUMBER_UNREADABLE",
        "COUNTRY_UNKNOWN",
        "HTS_LEADING_ZERO",
    }


def test_own_ids_and_line_numbers_must_not_repeat() -> None:
    header = "id,tracking_id,line_no,value,currency"
    reading = read(f"{header}\na,{GOOD},1,1,USD\na,{GOOD},2,1,USD\nb,{GOOD},1,1,USD\n")
    assert [i.id for i in reading.items] == ["a"]
    assert [e.code for e in reading.errors] == ["ID_REPEATED", "LINE_REPEATED"]
    assert reading.parcels[0].rows_in_error == (3, 4) and reading.parcels[0].value_usd is None


def test_a_row_that_says_the_same_again_is_questioned() -> None:
    reading = read(csv_of(row(), row()))
    assert "ROW_REPEATED" in reading.items[1].blocked_by


def test_defaults_fill_blank_cells_only() -> None:
    content = csv_of(row(currency=""), row(tracking_id=OTHER, currency="EUR"))
    reading = read(content, defaults={"currency": "USD"}, rates=EUROS)
    assert [i.value.currency for i in reading.items if i.value] == ["USD", "EUR"]


def test_people_ports_and_carriers() -> None:
    header = "tracking_id,value,currency,SEND_NAME,SEND_CNTRY_CD,Receiver - City,Receiver - Postal Code,port code,carrier"
    (item,) = read(f"{header}\n{GOOD},1,USD,A. Weber,Germany,Albany,01234,901,zz\n").items
    assert item.sender is not None and item.recipient is not None
    assert (item.sender.country, item.recipient.postal_code, item.carrier_code) == ("DE", "01234", "ZZ")
    assert item.arrival_port is None and "ARRIVAL_PORT_UNREADABLE" in item.blocked_by
