"""What is asked for an item can be written down and asked again: nothing is lost but people."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from data.manifest import read_manifest
from data.money import Rates
from serving.asked import AskedItem, asked_from, asked_json, from_item
from serving.decisions.decision import Ground

SAMPLES = Path(__file__).parents[2] / "data" / "samples"
DAY = date(2026, 9, 1)
amounts = st.decimals(0, 3000, places=2)
texts = st.none() | st.text(min_size=1, max_size=20)


@given(
    st.builds(
        AskedItem,
        id=st.text(min_size=1, max_size=10),
        day=st.dates(date(2025, 1, 1), date(2027, 1, 1)),
        day_from=st.sampled_from(["asked", "arrival", "today", "item"]),
        channel=st.sampled_from(["mail", "informal", "formal"]),
        description=texts,
        hts_declared=texts,
        origin=st.none() | st.sampled_from(["CN", "DE"]),
        value_usd=st.none() | amounts,
        facts=st.dictionaries(st.text(max_size=8), st.booleans() | amounts | st.lists(amounts, max_size=2)),
        parcel=texts,
        identifier_problem=texts,
        questions=st.lists(st.builds(Ground, texts.map(str), texts.map(str)), max_size=2).map(tuple),
    )
)
def test_an_item_read_back_asks_the_same(item: AskedItem) -> None:
    said = json.loads(json.dumps(asked_json(item)))
    again = asked_from(said, item.received)
    assert asked_json(again) == said
    assert (again.day, again.value_usd, again.questions, again.parcel) == (
        item.day,
        item.value_usd,
        item.questions,
        item.parcel,
    )


def test_what_people_are_called_does_not_stand_in_it() -> None:
    read = read_manifest(SAMPLES / "manifest_itmatt.jsonl", rates=Rates.load(SAMPLES / "rates.csv"))
    asked = [from_item(one, None, DAY) for one in read.items]
    names = [
        one.received[who]["name"] for one in asked for who in ("sender", "recipient") if one.received.get(who)
    ]
    written = json.dumps([asked_json(one) for one in asked])
    assert names and not any(name in written for name in names)


def test_a_quantity_is_written_as_text_with_its_digits() -> None:
    item = AskedItem("a", DAY, "asked", "mail", None, None, "DE", Decimal("1"), {"net_kg": Decimal("0.60")})
    assert asked_json(item)["facts"] == {"net_kg": "0.60"}
