"""IBC Fullman: records of unequal length, read only where the shape of a cell leaves no choice."""

from decimal import Decimal

import pytest
from manifest_texts import GOOD, OTHER, read

from data.errors import MailDutyError

SHIPPER = "Mirel,9 quai Nord,Arles,13200,FR,+33 1"
MAWB = "mawb,1,FM1,20261002,CDG,JFK,AF0006,057-10000001"


def hawb(number: str = GOOD, load: str = "1,0.85,K", money: str = "USD,38.00", goods: str = "stoneware bowl,6912003950",
         more: str = SHIPPER) -> str:  # fmt: skip
    return f"hawb,13,{number},CDG,JFK,{load},PKG,{money},{goods},{more}"


def file(*records: str) -> str:
    return "\n".join((MAWB, *records, ""))


def test_a_hawb_is_an_item_with_the_flight_of_its_master_waybill() -> None:
    reading = read(file(hawb()))
    (item,) = reading.items
    assert (item.description, item.hts_declared, item.value_usd) == (
        "stoneware bowl",
        "6912003950",
        Decimal("38.00"),
    )
    assert (item.carrier_code, item.flight_no, item.gross_weight_kg) == ("AF", "0006", Decimal("0.85"))
    assert item.sender and (item.sender.name, item.sender.country) == ("Mirel", "FR")
    assert (item.origin, item.quantity, item.arrival_date, item.net_weight_kg) == (None,) * 4
    assert item.blocked_by == ("ORIGIN_MISSING",) and reading.layout == "ibc_fullman"


def test_pounds_are_pounds() -> None:
    assert read(file(hawb(load="1,2,L"))).items[0].gross_weight_kg == Decimal("0.90718474")


def test_the_flight_changes_with_the_next_master_waybill_and_an_odd_one_is_not_read() -> None:
    second = "mawb,1,FM2,20261003,CDG,ORD,truck,057-2"
    items = read(
        file(hawb(), MAWB.replace("AF0006", "U2 88"), hawb(OTHER), second, hawb("LX123456799GB"))
    ).items
    assert [(i.carrier_code, i.flight_no) for i in items] == [("AF", "0006"), ("U2", "88"), (None, None)]


def test_goods_lines_take_the_place_of_their_hawb() -> None:
    reading = read(file(hawb(money="USD,74.00"), "package,1,1,0.85,K", "goods,1,bath towel,6302600020,USD,50.00",
                        "goods,1,USD,24.00,6302.91.00.00,linen napkin"))  # fmt: skip
    assert [(i.row, i.description, i.value_usd) for i in reading.items] == [
        (4, "bath towel", Decimal("50.00")),
        (5, "linen napkin", Decimal("24.00")),
    ]
    assert all("CELLS_BY_SHAPE" in [q.code for q in i.questions if not q.blocks] for i in reading.items)
    assert [(s.row, s.reason) for s in reading.skipped] == [
        (1, "mawb"),
        (2, "hawb; its goods lines follow"),
        (3, "package line"),
    ]
    assert reading.parcels[0].value_usd == Decimal("74.00")


def test_goods_lines_that_do_not_come_to_the_value_of_their_hawb_are_asked_about() -> None:
    goods = "goods,1,bath towel,6302600020,USD,50.00"
    assert not read(file(hawb(money="USD,50.00"), goods)).doubts
    (doubt,) = read(file(hawb(money="USD,74.00"), goods)).doubts
    assert doubt.code == "MANIFEST_TOTALS" and "74.00" in doubt.fact


def test_a_goods_line_that_cannot_be_placed_leaves_its_parcel_incomplete() -> None:
    reading = read(
        file(hawb(), "goods,1,bath towel,6302600020,USD,50.00", "goods,1,towel,USD,50.00,EUR,4,6302600020")
    )
    assert [(e.row, e.code, e.tracking_id) for e in reading.errors] == [(4, "CELLS_UNPLACED", GOOD)]
    assert not reading.parcels[0].complete and reading.parcels[0].value_usd is None


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (hawb(load="1,K"), "pieces, weight and unit"),
        (hawb(load="1,0.85,K,2,0.9,K"), "could stand in cell"),
        (hawb(money="USD,38.00,EUR,35.00"), "could stand in cell"),
        (hawb(money="dollars,38.00"), "a currency with its value"),
        (hawb(goods="6912003950,"), "no description"),
        (hawb(goods="bowl,red"), "no tariff number"),
        (hawb(number="none"), "no number of the parcel"),
        (hawb().replace("CDG,JFK", "Paris,New York"), "two airports"),
        ("hawb,13," + "x," * 300, "most we take"),
        ("hawb,14" + hawb()[7:], "version 14"),
        ("hawb", "version"),
        ("invoice,1,5", "no record we know"),
    ],
)
def test_a_record_whose_cells_cannot_be_placed_is_an_error_and_costs_only_itself(
    record: str, said: str
) -> None:
    reading = read(file(hawb(OTHER), record, hawb("LX123456799GB")))
    (wrong,) = reading.errors
    assert wrong.row == 3 and said in wrong.fact and len(reading.items) == 2


def test_goods_lines_of_a_hawb_that_cannot_be_read_are_errors_too() -> None:
    reading = read(file(hawb(load="?"), "goods,1,bath towel,6302600020,USD,50.00", hawb(OTHER)))
    assert [(e.row, e.code) for e in reading.errors] == [(2, "CELLS_UNPLACED"), (3, "PARCEL_UNREAD")]
    assert [i.tracking_id for i in reading.items] == [OTHER]


def test_columns_between_those_we_know_are_named_not_read() -> None:
    record = f"hawb,13,{GOOD},REF-1,CDG,JFK,1,0.85,K,PKG,DDP,USD,38.00,stoneware bowl,6912003950,{SHIPPER}"
    reading = read(file(record))
    (item,) = reading.items
    assert item.value_usd == Decimal("38.00") and "CELLS_BY_SHAPE" in [q.code for q in item.questions]
    assert reading.notes == ["cells not read: hawb 4, hawb 10, hawb 11"]


def test_people_are_read_only_where_a_country_stands_in_its_place() -> None:
    reading = read(file(hawb(more="Mirel,9 quai Nord,Arles,Bouches,13200,FR")))
    assert reading.items[0].sender is None and "hawb 14" in reading.notes[0]


def test_latin_letters_and_quoted_commas_are_read() -> None:
    reading = read(file(hawb(goods='"café bowl, glazed",6912003950')).encode("latin-1"))
    assert reading.items[0].description == "café bowl, glazed"


def test_an_error_repeats_no_person() -> None:
    (wrong,) = read(file(hawb(load="x"), hawb(OTHER))).errors
    assert "Mirel" not in str(wrong) and GOOD in wrong.value


def test_a_file_without_a_parcel_is_refused() -> None:
    with pytest.raises(MailDutyError) as caught:
        read(file("email,1,all,desk@example.com"))
    assert caught.value.code == "MANIFEST_HEADER_ONLY"
