"""JSON lines with ITMATT vocabulary: nested parcels and flat items."""

import json
from decimal import Decimal
from typing import Any

from manifest_texts import GOOD, OTHER, read

PIECE = {"CP_DESC": "cotton T-shirt", "CP_HS": "6109100012", "CP_AMT": 24, "CP_CURRCD": "USD", "CP_NOU": 2,
         "CP_NETWT": 0.42, "CP_ORIGCNTRYCD": "BD"}  # fmt: skip


def lines(*objects: Any) -> str:
    return "".join(json.dumps(o) + "\n" for o in objects)


def test_a_parcel_with_two_pieces_is_two_items_of_one_line() -> None:
    parcel = {
        "ITEM_ID": GOOD,
        "MAIL_CLASS_CD": "C",
        "SEND_NAME": "A",
        "CP_DET": [PIECE, {**PIECE, "CP_ORIGCNTRYCD": "IN"}],
    }
    reading = read(lines(parcel))
    assert [(i.id, i.row, i.origin, i.mail_class) for i in reading.items] == [
        (f"{GOOD}#1", 1, "BD", "C"),
        (f"{GOOD}#2", 1, "IN", "C"),
    ]
    assert reading.layout == "jsonl_itmatt" and reading.items[0].net_weight_kg == Decimal("0.42")


def test_camel_case_names_and_inner_objects() -> None:
    parcel = {
        "ItemId": GOOD,
        "OriginCountry": "NL",
        "Receiver": {"Name": "B", "City": "Denver", "Country": "US"},
        "contentPieces": [{"Description": "wool hat", "HSCode": "6505006090", "NumberOfPieces": 1, "Weight": 1.234,
                           "Value": {"amount": "9.50", "currency": "USD"}}],
    }  # fmt: skip
    reading = read(lines(parcel))
    (item,) = reading.items
    assert item.recipient is not None and item.recipient.city == "Denver"
    assert (item.net_weight_kg, item.value_usd) == (Decimal("1.234"), Decimal("9.50"))
    assert item.origin is None and "OriginCountry" in reading.notes[0]


def test_numbers_are_exact_and_never_ambiguous() -> None:
    (item,) = read(f'{{"tracking_id":"{GOOD}","value":1.234,"currency":"USD","hts":6109100012}}').items
    assert (item.value_usd, item.hts_declared) == (Decimal("1.234"), "6109100012")


def test_a_tariff_number_given_as_a_number_lost_its_zero() -> None:
    (wrong,) = read(f'{{"tracking_id":"{GOOD}","value":1,"currency":"USD","hts":902101050}}').errors
    assert wrong.code == "HTS_LEADING_ZERO"


def test_revised_description_and_number_are_kept_beside_the_declared() -> None:
    piece = {
        **PIECE,
        "CP_DESC": "parts",
        "CP_HS": "871495",
        "CP_REVISEDDESC": "saddle",
        "CP_REVISEDHS": "8714950000",
    }
    (item,) = read(lines({"ITEM_ID": GOOD, "CP_DET": piece})).items
    assert (item.description, item.goods, item.hts_declared, item.hts_known) == (
        "parts",
        "saddle",
        "871495",
        "8714950000",
    )


def test_bad_lines_and_pieces_cost_themselves_only() -> None:
    text = (
        lines(
            {"ITEM_ID": GOOD, "CP_DET": [PIECE, "x", {**PIECE, "CP_AMT": -1}]},
            {"ITEM_ID": OTHER, "contentPieces": []},
        )
        + "{broken\n\n[1]\n"
        + lines({"tracking_id": OTHER, "value": "5", "currency": "USD", "facts": {"patented": True}})
    )
    reading = read(text)
    assert [(e.row, e.piece, e.code) for e in reading.errors] == [
        (1, 2, "PIECE_MALFORMED"),
        (1, 3, "VALUE_NEGATIVE"),
        (2, None, "PIECES_MISSING"),
        (3, None, "JSON_MALFORMED"),
        (5, None, "JSON_MALFORMED"),
    ]
    assert [s.row for s in reading.skipped] == [4]
    assert reading.items[-1].facts == {"patented": True}


def test_half_a_character_costs_its_line_and_a_whole_one_is_kept() -> None:
    half = '{"tracking_id":"X","description":"\\ud800","value":1,"currency":"USD"}'
    whole = '{"tracking_id":"Y","description":"\\ud83d\\ude00 mask","value":1,"currency":"USD"}'
    reading = read(f"{half}\n{whole}\n")
    assert [e.code for e in reading.errors] == ["JSON_MALFORMED"]
    assert reading.items[0].description == "\U0001f600 mask"


def test_absurd_numbers_are_errors_not_crashes() -> None:
    for text in ("1e999999", "NaN", "Infinity", "9" * 5000, "-1e-400"):
        good = lines({"tracking_id": OTHER, "value": "5", "currency": "USD"})
        (wrong,) = read(f'{{"tracking_id":"{GOOD}","value":{text},"currency":"USD"}}\n{good}').errors
        assert wrong.code in ("NUMBER_UNREADABLE", "JSON_MALFORMED", "VALUE_MISSING"), text


def test_lists_of_tariff_numbers_are_several_numbers() -> None:
    (item,) = read(
        lines({"tracking_id": GOOD, "hts": ["6109100012", "6505006090"], "value": 1, "currency": "USD"})
    ).items
    assert item.hts_declared_all == ("6109100012", "6505006090") and "HTS_MULTIPLE" in item.blocked_by


def test_gift_flags_make_the_category() -> None:
    (item,) = read(lines({"ItemId": GOOD, "Gift": True, "value": 5, "currency": "USD"})).items
    assert item.category == "gift"


def test_a_list_of_objects_and_objects_over_several_lines_are_read_too() -> None:
    flat = {"tracking_id": OTHER, "value": "5", "currency": "USD"}
    parcel = {"ITEM_ID": GOOD, "CP_DET": [PIECE, {**PIECE, "CP_AMT": -1}]}
    for text in (
        json.dumps([parcel, flat]),
        json.dumps([parcel, flat], indent=1),
        json.dumps(parcel, indent=2) + json.dumps(flat),
    ):
        reading = read(text)
        assert [(i.id, i.row) for i in reading.items] == [(f"{GOOD}#1", 1), (f"{OTHER}#1", 2)], text
        assert [(e.row, e.piece, e.code) for e in reading.errors] == [(1, 2, "VALUE_NEGATIVE")]


def test_a_name_twice_and_numbers_that_json_does_not_have_cost_their_line() -> None:
    reading = read(
        '{"tracking_id":"X","value":1,"value":2,"currency":"USD"}\n{"value":NaN}\n'
        + lines({"tracking_id": OTHER, "value": "5", "currency": "USD"})
    )
    assert [(e.row, e.code) for e in reading.errors] == [(1, "JSON_KEY_REPEATED"), (2, "JSON_MALFORMED")]
    assert len(reading.items) == 1
