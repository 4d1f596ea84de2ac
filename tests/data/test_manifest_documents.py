"""Documents in JSON: Deutsche Post, PostPlus receptacles, tables of the message to customs."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from manifest_texts import GOOD, OTHER, read

from data.manifest import read_manifest

FOLDER = Path(__file__).parent / "manifests"
BAG = "LVRIXAUSJFKAAUN60041001000031"


def piece(**fields: Any) -> dict[str, Any]:
    return {"contentPieceDescription": "cotton pillow case", "contentPieceValue": 24, "contentPieceNetweight": 380,
            "contentPieceOrigin": "PT", "contentPieceAmount": 2, "contentPieceHsCode": "6302310000", **fields}  # fmt: skip


def shipment(*pieces: Any, **fields: Any) -> dict[str, Any]:
    return {"barcode": GOOD, "shipmentCurrency": "USD", "shipmentNaturetype": "SALE_GOODS", "contents": list(pieces), **fields}  # fmt: skip


def test_deutsche_post_weighs_in_grams_and_values_the_whole_line() -> None:
    (item,) = read(json.dumps(shipment(piece(), shipmentGrossWeight=620))).items
    assert (item.net_weight_kg, item.gross_weight_kg) == (Decimal("0.380"), Decimal("0.620"))
    assert (item.value_usd, item.quantity, item.category) == (Decimal(24), Decimal(2), "sale_of_goods")


def test_a_shipment_comes_alone_in_a_list_in_an_order_or_one_per_line() -> None:
    one, other = shipment(piece()), shipment(piece(), barcode=OTHER)
    for text in (
        json.dumps([one, other]),
        json.dumps({"orderStatus": "OPEN", "items": [one, other]}, indent=2),
        f"{json.dumps(one)}\n\n{json.dumps(other)}\n",
        f"{json.dumps(one, indent=1)}\n{json.dumps(other, indent=1)}",
    ):
        reading = read(text)
        assert [i.tracking_id for i in reading.items] == [GOOD, OTHER], text
        assert reading.layout == "deutsche_post"
    assert [i.id for i in read(json.dumps(one)).items] == [f"{GOOD}#1"]


def test_the_barcode_goes_before_the_carriers_own_id_and_that_stands_in_for_it() -> None:
    with_both, without = shipment(piece(), id="887"), shipment(piece(), id="887", barcode="")
    assert read(json.dumps(with_both)).items[0].tracking_id == GOOD
    assert read(json.dumps(without)).items[0].tracking_id == "887"


def test_of_one_per_line_a_line_that_is_cut_costs_itself() -> None:
    good, cut = json.dumps(shipment(piece())), json.dumps(shipment(piece(), barcode=OTHER))[:-9]
    reading = read(f"{good}\n{cut}\n{json.dumps(shipment(piece(), barcode='LX123456799GB'))}\n")
    assert [(e.row, e.code) for e in reading.errors] == [(2, "RECORD_CUT")]
    assert len(reading.items) == 2


def test_pieces_that_are_none_and_shipments_without_any_are_errors() -> None:
    reading = read(
        json.dumps([shipment(piece(), "hat", piece(contentPieceValue=None)), shipment(), {"contents": None}])
    )
    assert [(e.row, e.piece, e.code) for e in reading.errors] == [
        (1, 2, "PIECE_MALFORMED"),
        (1, 3, "VALUE_MISSING"),
        (2, None, "PIECES_MISSING"),
        (3, None, "PIECES_MISSING"),
    ]


def test_what_the_layout_has_no_place_for_is_named_in_the_notes() -> None:
    reading = read(json.dumps(shipment(piece(colour="red"), custRef="7")))
    assert reading.notes == ["fields not read: custRef, colour"]


def test_two_spellings_of_one_name_that_differ_are_a_fault() -> None:
    (wrong,) = read(json.dumps(shipment(piece(content_piece_value=25)))).errors
    assert (wrong.code, wrong.field) == ("FIELD_REPEATED", "value")
    assert read(json.dumps(shipment(piece(content_piece_value=24)))).items


def receptacle(*parcels: Any, **fields: Any) -> dict[str, Any]:
    return {
        "receptacleIdentifier": BAG,
        "grossWeight": 3.1,
        "items": len(parcels),
        "parcels": list(parcels),
        **fields,
    }


def test_a_parcel_of_a_receptacle_is_an_item_with_questions_and_nothing_invented() -> None:
    reading = read(json.dumps(receptacle({"parcelNr": GOOD, "carrier": "USPS"})))
    (item,) = reading.items
    assert reading.layout == "postplus_receptacle"
    assert set(item.blocked_by) == {"VALUE_MISSING", "DESCRIPTION_EMPTY", "ORIGIN_MISSING"}
    assert (item.receptacle, item.dispatch) == (BAG, BAG[:20])
    assert (item.value, item.value_usd, item.origin, item.quantity, item.gross_weight_kg) == (None,) * 5
    assert reading.parcels[0].value_usd is None


def test_the_same_parcel_twice_in_a_receptacle_is_asked_about() -> None:
    reading = read(json.dumps(receptacle({"parcelNr": GOOD}, {"parcelNr": GOOD})))
    assert "ROW_REPEATED" in reading.items[1].blocked_by


def test_a_receptacle_without_parcels_is_an_error() -> None:
    reading = read(json.dumps([receptacle({"parcelNr": GOOD}), receptacle()]))
    assert [(e.row, e.code) for e in reading.errors] == [(2, "PIECES_MISSING")]


HEAD = {
    "ITEM_ID": GOOD,
    "MESG_TYPE_CD": "CUSITM",
    "ORIGPOST_ORGCD": "DEA",
    "GROSS_WT": 1.4,
    "RECP_CITY": "Boise",
}
LINE = {"CP_DESC": "cloth", "CP_HS": "6304", "CP_NOU": 1, "CP_NETWT": 0.6, "CP_AMT": 28, "CP_CURRCD": "USD",
        "CP_ORIGCNTRYCD": "IN", "CP_REVISEDDESC": "cotton bedspread", "CP_REVISEDHS": "6304920000"}  # fmt: skip


def test_the_three_shapes_of_the_customs_tables_say_the_same() -> None:
    names = ("cusitm_tables.csv", "cusitm_tables.nested.json", "cusitm_tables.two_tables.json")
    readings = [read_manifest(FOLDER / name) for name in names]
    first, *others = [[i.model_dump(exclude={"row"}) for i in r.items] for r in readings]
    assert first and all(items == first for items in others)
    assert [[(e.code, e.field) for e in r.errors] for r in readings] == [[("VALUE_MISSING", "value")]] * 3


def test_declared_and_revised_are_both_kept() -> None:
    (item,) = read(json.dumps([{**HEAD, "CP_DET": [LINE]}])).items
    assert (item.description, item.description_revised, item.goods) == (
        "cloth",
        "cotton bedspread",
        "cotton bedspread",
    )
    assert (item.hts_declared, item.hts_revised) == ("6304", "6304920000")
    assert item.designated_operator == "DEA" and item.recipient and item.recipient.city == "Boise"


def test_tables_may_come_lines_first_and_their_rows_are_joined_by_item_id() -> None:
    lines = [{"ITEM_ID": GOOD, "ITEM_NO": n, **LINE} for n in (1, 2)]
    for document in (
        {"C_CUSITM_CP_DET": lines, "C_CUSITM": [HEAD]},
        {"C_CUSITM": [HEAD], "C_CUSITM_CP_DET": lines},
    ):
        reading = read(json.dumps(document))
        assert reading.layout == "cusitm_tables"
        assert [i.id for i in reading.items] == [f"{GOOD}#1", f"{GOOD}#2"]
        assert all(i.gross_weight_kg == Decimal("1.4") for i in reading.items)
        assert [s.reason for s in reading.skipped] == ["header, joined to its lines"]


def test_headers_and_lines_without_one_another_and_headers_twice_are_errors() -> None:
    document = {"C_CUSITM": [HEAD, {**HEAD, "ITEM_ID": OTHER}, HEAD],
                "C_CUSITM_CP_DET": [{"ITEM_ID": GOOD, **LINE}, {"ITEM_ID": "X1", **LINE}, LINE, 7]}  # fmt: skip
    reading = read(json.dumps(document))
    assert len(reading.items) == 1
    assert sorted((e.row, e.code) for e in reading.errors) == [
        (2, "PIECES_MISSING"),
        (3, "ID_REPEATED"),
        (5, "PARCEL_UNREAD"),
        (6, "PARCEL_UNREAD"),
        (7, "JSON_MALFORMED"),
    ]


def test_a_category_code_of_the_tables_is_asked_about_unless_the_operator_says_what_it_means() -> None:
    text = json.dumps([{**HEAD, "NATURE_TYPE_CD": "31", "CP_DET": [LINE]}])
    assert "CATEGORY_UNKNOWN" in read(text).items[0].blocked_by
    assert read(text, category_codes={"31": "gift"}).items[0].category == "gift"


def test_customs_tables_as_columns_report_the_columns_they_do_not_know() -> None:
    cells = {**HEAD, **LINE, "INS_VAL": "5"}
    reading = read(f"{','.join(cells)}\n{','.join(map(str, cells.values()))}\n")
    assert reading.layout == "cusitm_tables" and len(reading.items) == 1
    assert reading.notes == ["columns not read: MESG_TYPE_CD, INS_VAL"]


def test_json_with_our_own_vocabulary_stays_with_the_general_reader() -> None:
    text = json.dumps({"ITEM_ID": GOOD, "CP_DET": [{k: v for k, v in LINE.items()}]}) + "\n"
    assert read(text).layout == "jsonl_itmatt"
