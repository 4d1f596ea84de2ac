"""Receptacle and dispatch identifiers: their parts, their keys, and a doubt for each way to be wrong."""

from decimal import Decimal

import pytest
from manifest_texts import GOOD, read

from data.receptacles import read_dispatch, read_receptacle

BAG = "DEFRAAUSORDAACN60417012100153"  # made up by us


def test_the_parts_of_a_receptacle_and_the_keys_that_are_its_beginnings() -> None:
    found = read_receptacle(BAG)
    assert found.text == BAG and found.doubts == ()
    bag = found.parts
    assert bag is not None
    assert (bag.origin, bag.destination, bag.category) == ("DEFRAA", "USORDA", "A")
    assert (bag.mail_class, bag.subclass, bag.year) == ("C", "CN", 6)
    assert (bag.dispatch_no, bag.receptacle_no, bag.last, bag.registered) == ("0417", "012", True, False)
    assert bag.weight_kg == Decimal("15.3")
    assert (bag.dispatch, bag.series) == ("DEFRAAUSORDAACN60417", "DEFRAAUSORDAACN")


@pytest.mark.parametrize(
    "text", ["DEFRAA USORDA A CN 6 0417 012 1 0 0153", f" {BAG.lower()} ", f"{BAG[:12]}-{BAG[12:]}"]
)
def test_gaps_and_small_letters_do_not_matter(text: str) -> None:
    assert read_receptacle(text) == read_receptacle(BAG)


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        (BAG[:-1], "RECEPTACLE_LENGTH", "28 characters"),
        (BAG + "0", "RECEPTACLE_LENGTH", "30 characters"),
        ("", "RECEPTACLE_LENGTH", "0 characters"),
        ("9" * 29, "RECEPTACLE_MALFORMED", "signs 1 to 12"),
        (BAG[:12] + "4" + BAG[13:], "RECEPTACLE_MALFORMED", "sign"),
        (BAG[:15] + "X" + BAG[16:], "RECEPTACLE_MALFORMED", "signs 16 to 20"),
        (BAG[:-1] + "O", "RECEPTACLE_MALFORMED", "signs 21 to 29"),
        (BAG[:-1] + "٣", "RECEPTACLE_MALFORMED", "29"),
    ],
)
def test_what_is_no_receptacle_has_no_parts_and_says_where(text: str, code: str, said: str) -> None:
    found = read_receptacle(text)
    assert found.parts is None
    ((doubt, fact),) = found.doubts
    assert doubt == code and said in fact


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("QQ" + BAG[2:], "RECEPTACLE_OFFICE_UNKNOWN"),
        (BAG[:6] + "QQ" + BAG[8:], "RECEPTACLE_OFFICE_UNKNOWN"),
        (BAG[:12] + "Z" + BAG[13:], "RECEPTACLE_CATEGORY_UNKNOWN"),
        (BAG[:13] + "ZN" + BAG[15:], "RECEPTACLE_CLASS_UNKNOWN"),
        (BAG[:23] + "7" + BAG[24:], "RECEPTACLE_FLAG"),
        (BAG[:24] + "7" + BAG[25:], "RECEPTACLE_FLAG"),
    ],
)
def test_a_well_built_receptacle_with_an_odd_part_keeps_its_parts(text: str, code: str) -> None:
    found = read_receptacle(text)
    assert found.parts is not None and [doubt for doubt, _ in found.doubts] == [code]


def test_dispatches() -> None:
    assert read_dispatch("DEFRAA USORDA A CN 6 0417") == ("DEFRAAUSORDAACN60417", ())
    for text, code in (
        ("0417", "DISPATCH_LENGTH"),
        ("DEFRAAUSORDAACN6041X", "DISPATCH_MALFORMED"),
        ("DEFRAAUSORDAZCN60417", "DISPATCH_CATEGORY_UNKNOWN"),
        ("DEFRAAUSORDAAZN60417", "DISPATCH_CLASS_UNKNOWN"),
        ("QQFRAAUSORDAACN60417", "DISPATCH_OFFICE_UNKNOWN"),
    ):
        assert [doubt for doubt, _ in read_dispatch(text).doubts] == [code], text


HEAD = "tracking_id,value,currency,description,origin,receptacle,dispatch\n"


def test_an_item_knows_its_bag_and_its_dispatch() -> None:
    (item,) = read(f"{HEAD}{GOOD},5,USD,wool hat,DE,{BAG.lower()},\n").items
    assert (item.receptacle, item.dispatch, item.questions) == (BAG, "DEFRAAUSORDAACN60417", ())
    (item,) = read(f"{HEAD}{GOOD},5,USD,wool hat,DE,,{BAG[:20]}\n").items
    assert (item.receptacle, item.dispatch) == (None, BAG[:20])
    (item,) = read(f"{HEAD}{GOOD},5,USD,wool hat,DE,,\n").items
    assert (item.receptacle, item.dispatch) == (None, None)


def test_a_wrong_bag_is_asked_about_and_stops_nothing() -> None:
    (item,) = read(f"{HEAD}{GOOD},5,USD,wool hat,DE,{BAG[:-2]},\n").items
    assert [q.code for q in item.questions] == ["RECEPTACLE_LENGTH"] and item.blocked_by == ()
    assert (item.receptacle, item.dispatch) == (BAG[:-2], None)
    (item,) = read(f"{HEAD}{GOOD},5,USD,wool hat,DE,{BAG},DEFRAAUSORDAACN60418\n").items
    assert [q.code for q in item.questions] == ["DISPATCH_CONFLICT"]
