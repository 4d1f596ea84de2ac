"""Gifts, returns and other freedoms: what a reviewer sees, what looks like a sale, what comes back."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from data.law import Law
from data.manifest import read_manifest
from data.s10 import check_digit
from data.schedule import Schedule
from models.duty.calculator import assess_many
from models.duty.records import DutyRequest
from serving.asked import AskedItem, from_item, of_us_post
from serving.decisions.claims import claims
from serving.decisions.thresholds import Thresholds
from serving.risk.staking import NOTHING, Stake

DAY = date(2026, 9, 1)
LAW, SCHEDULE = Law.load(), Schedule.load()
HTS = "6109.10.00.12"


def item(
    origin: str = "CN", parcel: str | None = None, facts: Any = None, value: str = "40.00", **received: Any
) -> AskedItem:
    return AskedItem("a", DAY, "asked", "mail", "cotton T-shirt", HTS, origin, Decimal(value), facts or {}, parcel,
                     received=received)  # fmt: skip


def codes(asked: AskedItem, stake: Stake = NOTHING, **own: Any) -> list[str]:
    request = DutyRequest(
        "a", DAY, "mail", asked.origin or "CN", HTS, asked.value_usd or Decimal(0), asked.facts
    )
    (duty,) = assess_many([request], LAW, SCHEDULE)
    return [ground.code for ground in claims(asked, duty, stake, Thresholds.of(own))]


def s10(serial: str, issuer: str, service: str = "LX") -> str:
    return f"{service}{serial}{check_digit(serial)}{issuer}"


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"gift": True}, "GIFT_CLAIMED"),
        ({"us_goods_returned": True}, "RETURN_CLAIMED"),
        ({"undelivered": True}, "RETURNED_UNDELIVERED"),
        ({"documents": True}, "EXEMPTION_CLAIMED"),
    ],
)
def test_a_freedom_is_looked_at_under_its_own_code(facts: dict[str, bool], code: str) -> None:
    assert codes(item(facts=facts)) == [code]
    assert codes(item()) == []


def test_a_gift_over_the_limit_is_no_free_gift() -> None:
    assert codes(item(facts={"gift": True}, value="100.01")) == []  # the duty says GIFT_OVER_LIMIT itself


@pytest.mark.parametrize(
    "more",
    [
        {"sender": {"name": "Brightway Trading Co., Ltd"}},
        {"sender": {"name": "Lindenhof Handels GmbH"}},
        {"invoice": "INV-17"},
        {"seller": "shop 4411"},
        {"facts": {"gift": True, "number": "12"}},
    ],
)
def test_a_gift_with_the_marks_of_a_sale_says_which(more: dict[str, Any]) -> None:
    asked = item(**{"facts": {"gift": True}, **more})
    assert codes(asked) == ["GIFT_CLAIMED", "GIFT_LIKE_SALE"]
    assert codes(replace(asked, facts={})) == []  # what is no gift may look like a sale


def test_a_gift_between_persons_has_no_such_marks() -> None:
    asked = item(facts={"gift": True, "number": "2"}, sender={"name": "Hanna Weber"})
    assert codes(asked) == ["GIFT_CLAIMED"]
    assert codes(asked, gift={"pieces": 2}) == ["GIFT_CLAIMED", "GIFT_LIKE_SALE"]


def test_a_sales_word_in_the_description_is_a_mark() -> None:
    asked = replace(item(facts={"gift": True}), description="T-shirt, order 4411")
    assert codes(asked) == ["GIFT_CLAIMED", "GIFT_LIKE_SALE"]


def test_alcohol_as_a_gift_is_put_before_a_broker() -> None:
    found = codes(item(facts={"gift": True, "alcohol_tobacco": True}))
    assert found == ["GIFT_CLAIMED", "GIFT_ALCOHOL_TOBACCO"]


# --- what comes back


def test_numbers_of_the_us_post_are_known() -> None:
    assert of_us_post(s10("47312482", "US")) and not of_us_post(s10("47312482", "DE"))
    wrong = "LX473124820US" if check_digit("47312482") != "0" else "LX473124821US"
    assert not of_us_post(wrong) and not of_us_post("A-1001")


def test_returned_goods_of_another_country_are_dutiable_and_looked_at() -> None:
    assert codes(item(category="returned_goods", parcel=s10("47312482", "CN"))) == ["RETURNED_NOT_US"]
    assert codes(item("US", category="returned_goods")) == ["RETURN_CLAIMED"]


def test_a_number_of_the_us_post_on_what_is_no_return_is_asked_about() -> None:
    assert codes(item(parcel=s10("47312482", "US"))) == ["S10_OF_US_POST"]
    assert codes(item(parcel=s10("47312482", "CN"))) == []
    assert codes(replace(item(parcel=s10("47312482", "US")), channel="informal")) == []


def test_a_manifest_says_what_comes_back_undelivered(tmp_path: Path) -> None:
    rows = "tracking_id,description,hts,origin,value,currency,category\n"
    for number, origin in (
        (s10("47312482", "US"), "CN"),
        (s10("47312483", "US"), "US"),
        (s10("47312484", "CN"), "CN"),
    ):
        rows += f"{number},cotton T-shirt,{HTS},{origin},40.00,USD,returned goods\n"
    (tmp_path / "m.csv").write_text(rows)
    facts = [from_item(one, DAY, DAY).facts for one in read_manifest(tmp_path / "m.csv").items]
    assert facts == [{"undelivered": True}, {"us_goods_returned": True}, {}]
