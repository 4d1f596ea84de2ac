"""Totals that a file states are held against its rows: agreement is silent, a difference is said."""

from datetime import date
from decimal import Decimal

import pytest
from manifest_texts import GOOD, HEADER, OTHER, csv_of, read, row

from data.manifest.checks import Register, check
from data.manifest.source import RawRow, Settings, Stated
from data.manifest.totals import Totals
from data.money import ExchangeRate, Rates

ROWS = (
    row(value="24.00", net_weight_kg="0.4", quantity="2"),
    row(tracking_id=OTHER, value="9.50", net_weight_kg="0.25"),
)


def doubts(*rows: str, header: str = HEADER, **settings: object) -> list[str]:
    reading = read(csv_of(*rows, header=header), **settings)
    assert {d.code for d in reading.doubts} <= {"MANIFEST_TOTALS"}
    assert all(d.fact in reading.notes for d in reading.doubts)
    return [d.fact for d in reading.doubts]


@pytest.mark.parametrize(
    "total",
    [
        "TOTAL,,,,4,0.65,33.50,USD,", "TOTAL,,,,,,33.5,,", "Total (2),,,,,,33.50,,", "TOTAL 33.50,,,,,,,,",
        ",Total items: 2,,,,,,,", "Total pieces: 4,,,,,,,,", "Total qty 4,,,,,,,,", "Total weight: 0.7,,,,,,,,",
        "Total weight 650 g,,,,,,,,", "合计,,,,4,,,,", "TOTAL,,,,,0.7,,,", "TOTAL,,,,,,33.50 USD,,",
    ],
)  # fmt: skip
def test_a_total_that_agrees_says_nothing(total: str) -> None:
    assert doubts(*ROWS, total) == []


@pytest.mark.parametrize(
    ("total", "said"),
    [
        ("TOTAL,,,,,,33.51,,", "states 33.51"),
        ("TOTAL,,,,5,,,,", "its rows come to 4 pieces"),
        ("Total items: 3,,,,,,,,", "2 parcels, 2 rows, 4 pieces"),
        ("TOTAL 40,,,,,,,,", "33.5 USD"),
        ("TOTAL,,,,,0.9,,,", "0.65 kg net"),
        ("TOTAL,,,,,,33.50,EUR,", "no row has anything to hold it against"),
        ("TOTAL,,,,,,about 33,,", "which is no number"),
        ("Total weight: 0.8 kg,,,,,,,,", "0.65 kg net"),
    ],
)
def test_a_total_that_differs_is_a_note_and_a_question(total: str, said: str) -> None:
    (fact,) = doubts(*ROWS, total)
    assert said in fact and "row 4" in fact


def test_a_lost_row_shows_in_every_figure_of_the_total_row() -> None:
    reading = read(csv_of(ROWS[0], "TOTAL,,,,4,0.65,33.50,USD,"))
    assert len(reading.doubts) == 3 and len(reading.items) == 1
    assert [d.blocks for d in reading.doubts] == [True, False, True]


def test_subtotals_and_a_grand_total() -> None:
    rows = (ROWS[0], "SUBTOTAL,,,,,,24.00,,", ROWS[1], "SUBTOTAL,,,,,,9.50,,", "GRAND TOTAL,,,,,,33.50,,")
    assert doubts(*rows) == []
    assert len(doubts(*rows[:3], "SUBTOTAL,,,,,,9.49,,", rows[4])) == 1


def test_a_total_above_the_header_is_held_against_the_whole_file() -> None:
    assert doubts("Total pieces: 2,,,,,,,,", HEADER, *ROWS, header="Manifest") == []
    assert doubts("Total pieces,2,,,,,,,", HEADER, *ROWS, header="Manifest") == []
    (fact,) = doubts("Total pieces: 7,,,,,,,,", HEADER, *ROWS, header="Manifest")
    assert "states 7" in fact


def test_a_row_in_error_counts_with_what_can_be_read_of_it() -> None:
    bad = row(tracking_id=OTHER, value="9.50", origin="Atlantis", net_weight_kg="0.25")
    assert doubts(ROWS[0], bad, "TOTAL,,,,4,0.65,33.50,USD,") == []
    (fact,) = doubts(ROWS[0], row(tracking_id=OTHER, value="x"), "TOTAL,,,,,,33.50,,")
    assert "1 rows in error are not in these sums" in fact


def test_amounts_of_several_currencies_may_be_summed_apart_or_as_a_column() -> None:
    rates = Rates([ExchangeRate("EUR", Decimal("1.1"), date(2026, 1, 1), "test")])
    rows = (ROWS[0], row(tracking_id=OTHER, value="9.50", currency="EUR"))
    assert doubts(*rows, "TOTAL,,,,,,9.50,EUR,", rates=rates) == []
    assert doubts(*rows, "TOTAL,,,,,,33.50,,", rates=rates) == []
    assert len(doubts(*rows, "TOTAL,,,,,,33.50,EUR,", rates=rates)) == 1
    (fact,) = doubts(*rows, "TOTAL,,,,,,33.51,,", rates=rates)
    assert "24 USD" in fact and "9.5 EUR" in fact


def test_grams_in_the_column_are_grams_in_the_total() -> None:
    header = HEADER.replace("net_weight_kg", "net_weight_g")
    rows = (row(net_weight_kg="400"), row(tracking_id=OTHER, net_weight_kg="250"))
    assert doubts(*rows, "TOTAL,,,,,650,,,", header=header) == []
    assert len(doubts(*rows, "TOTAL,,,,,651,,,", header=header)) == 1


def test_the_decimal_mark_of_the_file_holds_for_its_totals() -> None:
    rows = (row(value="1.000", net_weight_kg=""), row(tracking_id=OTHER, value="500", net_weight_kg=""))
    assert doubts(*rows, "TOTAL,,,,,,1.500,,", decimal_mark=",") == []


def test_endless_differences_are_counted_not_listed() -> None:
    reading = read(csv_of(ROWS[0], *["TOTAL,,,,,,1.00,,"] * 300))
    assert len(reading.doubts) == 201 and "100 more" in reading.doubts[-1].fact
    assert GOOD in reading.items[0].id


def test_a_parcel_that_states_its_value_is_held_to_its_lines() -> None:
    def parcel(total: str, *values: str) -> list[str]:
        settings, totals = Settings(), Totals(Settings())
        register = Register()
        for number, value in enumerate(values, start=1):
            stated = (Stated("value", total, "parcel", GOOD, "USD"),) if number == 1 else ()
            raw = RawRow(number, {"tracking_id": GOOD, "value": value, "currency": "USD"}, stated=stated)
            totals.row(raw, check(raw, settings, "row", register))
        return [doubt.fact for doubt in totals.close()]

    assert parcel("12.00", "5.00", "7.00") == []
    (fact,) = parcel("12.00", "5.00", "6.00")
    assert f"states 12.00 for parcel {GOOD}" in fact and "11 USD" in fact
