"""History as of the day: nothing of later days, lines of one parcel once, bounded, and what it says of senders."""

import math
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from models.risk.bands import Bands
from models.risk.features import Reading
from models.risk.history import NAMES, History
from models.risk.parcel import RiskParcel
from models.risk.rules import RULES

Make = Callable[..., RiskParcel]


def of(history: History, *parcels: RiskParcel) -> list[dict[str, float]]:
    return [dict(zip(NAMES, row, strict=True)) for row in history.features(parcels)]


def ruled(parcel: RiskParcel, history: History) -> set[str]:
    table = Reading(Bands(), None, {}).table([parcel], history)
    return {rule.code for rule, _ in table.ruled.spoke(0)} & {rule.code for rule in RULES}


def days(make: Make, count: int, **changes: Any) -> list[RiskParcel]:
    first = date(2026, 10, 1)
    return [
        make(id=f"{n}-{changes}"[:40], posted_on=(first + timedelta(n)).isoformat(), **changes)
        for n in range(count)
    ]


def test_one_address_for_many_is_a_signal(parcel: Make) -> None:
    home = {"address": "12 Elm St", "postal_code": "44120"}
    many = [
        parcel(id=str(n), hts=f"{6100 + n}", value_usd=10.0, recipient={"name": f"Ro {n}", **home})
        for n in range(9)
    ]
    last = of(History(b"s"), *many)[-1]
    assert last["names_at_place"] == 9 and last["to_place_window"] == 9
    assert last["place_value_window"] == 90 and last["to_recipient_window"] == 1
    assert last["goods_to_place_window"] == 1


def test_an_origin_new_for_sender_and_brand_is_a_signal(parcel: Make) -> None:
    history = History(b"s")
    history.add(days(parcel, 12, brand="ROLENA"))
    usual = parcel(id="u", posted_on="2026-10-20", brand="Rolena")
    moved = replace(usual, id="m", origin="VN")
    assert of(history, usual)[0]["origin_usual_for_brand"] == 1
    assert of(history, moved)[0]["origin_usual_for_brand"] == 0
    assert "ORIGIN_NEW_FOR_BRAND" in ruled(moved, history)
    assert {"ORIGIN_NEW_FOR_BRAND", "ORIGIN_NEW_FOR_SENDER"} & ruled(usual, history) == set()
    assert "ORIGIN_NEW_FOR_SENDER" in ruled(moved, history)
    other = replace(moved, brand="KASI", sender=replace(moved.sender, name="Somebody Else"))
    assert math.isnan(of(history, other)[0]["origin_usual_for_brand"])


def test_new_goods_and_other_values_of_an_old_sender_are_signals(parcel: Make) -> None:
    history = History(b"s")
    history.add(days(parcel, 9, value_usd=14.0))
    new = parcel(id="n", posted_on="2026-10-20", hts="8517130000", value_usd=140.0)
    (said,) = of(history, new)
    assert said["sender_new_goods"] == 1
    assert abs(said["sender_value_shift"] - math.log(10)) < 1e-9
    assert of(history, replace(new, hts="6109100012"))[0]["sender_new_goods"] == 0


def test_a_known_shipper_has_a_standing(parcel: Make) -> None:
    history, past = History(b"s"), days(parcel, 10)
    history.add(past)
    history.settle([(p, n == 0) for n, p in enumerate(past)], date(2026, 10, 15))
    later = parcel(id="l", posted_on="2026-10-31")
    (said,) = of(history, later)
    assert said["sender_days"] == 30 and said["sender_clean"] == 0.9
    assert said["sender_count"] == math.log1p(10)
    same_day = replace(later, posted_on=date(2026, 10, 15))
    assert math.isnan(of(history, same_day)[0]["sender_clean"])  # known that day, counts from the next


def test_asked_for_an_earlier_day_it_answers_as_it_would_have_then(parcel: Make) -> None:
    chance, first = random.Random(3), date(2026, 9, 1)
    rows = [
        parcel(
            id=str(n),
            posted_on=(first + timedelta(chance.randrange(40))).isoformat(),
            hts=chance.choice(("6109100012", "4202926000", None)),
            origin=chance.choice(("CN", "VN")),
            value_usd=float(chance.randint(1, 90)),
            sender={"name": chance.choice(("Ro", "Ka", "Mi")), "country": "CN"},
            recipient={"name": chance.choice(("A B", "C D")), "address": "12 Elm St", "postal_code": "44120"},
        )
        for n in range(120)
    ]
    day = date(2026, 9, 20)
    outcomes = [(p, chance.random() < 0.3) for p in rows if p.posted_on < day]
    whole, then = History(b"s"), History(b"s")
    whole.add(rows)
    then.add([p for p in rows if p.posted_on <= day])
    for history in (whole, then):
        history.settle(outcomes, date(2026, 9, 19))
    whole.settle([(p, True) for p in rows if p.posted_on >= day], date(2026, 9, 25))
    asked = [replace(p, id=f"new {p.id}", posted_on=day) for p in rows[:30]]
    np.testing.assert_array_equal(np.array(whole.features(asked)), np.array(then.features(asked)))


def test_a_parcel_that_is_known_already_is_not_counted_again(parcel: Make) -> None:
    rows = [parcel(id=str(n), tracking_id=f"T{n}") for n in range(3)]
    fresh = of(History(b"s"), *rows)
    history = History(b"s")
    history.add(rows)
    history.add(rows)
    assert repr(of(history, *rows)) == repr(fresh)
    assert history.parcels == 3


def test_lines_of_one_parcel_count_once(parcel: Make) -> None:
    lines = [parcel(id=str(n), tracking_id="T1", value_usd=10.0) for n in range(4)]
    said = of(History(b"s"), *lines)
    assert [s["goods_to_place_window"] for s in said] == [1.0] * 4
    assert said[0]["place_value_window"] == 40
    apart = of(History(b"s"), *(replace(p, tracking_id=f"T{n}") for n, p in enumerate(lines)))
    assert [s["goods_to_place_window"] for s in apart] == [4.0] * 4


def test_parcels_are_bounded_day_by_day_and_a_day_stays_whole(parcel: Make) -> None:
    history = History(b"s", most=20)
    for n, one in enumerate(days(parcel, 40)):
        history.add([one, replace(one, id=f"also {n}")])
        assert history.parcels <= 26
    assert of(history, parcel(id="x", posted_on="2026-11-10"))[0]["sender_count"] == math.log1p(80)
    history.add([parcel(id=f"busy {n}", posted_on="2026-11-12") for n in range(60)])
    assert history.parcels == 60


def test_what_is_kept_is_bounded_and_old_days_are_folded(parcel: Make) -> None:
    history, endless = History(b"s", keep_days=30), History(b"s")
    first = date(2025, 1, 1)
    for n in range(400):
        day = (first + timedelta(n)).isoformat()
        home = {"name": f"Person {n}", "address": f"{n} Elm St", "postal_code": "44120"}
        one = [parcel(id=str(n), posted_on=day, recipient=home)]
        history.add(one)
        endless.add(one)
    held, whole = history._held, endless._held
    assert history.parcels < 60 < endless.parcels
    assert len(held.windows) < len(whole.windows) / 4 and len(held.names) < 60
    assert max(len(t.parcels.days) for t in held.rated.values()) < 60
    last = parcel(id="x", posted_on=(first + timedelta(400)).isoformat())
    kept, known = of(history, last)[0], of(endless, last)[0]
    assert kept["sender_count"] == known["sender_count"] == math.log1p(400)
    assert kept["sender_days"] == known["sender_days"] == 400
