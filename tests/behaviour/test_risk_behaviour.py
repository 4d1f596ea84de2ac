"""What must not change a risk score, and what must move it."""

import random
from dataclasses import replace
from datetime import date
from functools import lru_cache

from hypothesis import given, settings
from hypothesis import strategies as st

from data.law import Law
from data.schedule import Schedule
from data.screening import ListedName, ScreeningList
from models.risk.features import NAMES
from models.risk.history import NAMES as OF_HISTORY
from models.risk.history import History
from models.risk.parcel import RiskParcel, read_parcel
from models.risk.scorer import Scorer
from models.risk.screening import Screener
from serving.risk.risking import scorer_on

TODAY = date(2026, 11, 21)
NUMBERS = ["6109100012", "610910", "3926909989", "8504409550", "7117909000", None]
TEXTS = [
    "men's cotton t-shirt",
    "phone case",
    "gift",
    "usb charger 20w",
    "gold plated necklace",
    "replica watch",
    None,
]


@lru_cache(maxsize=1)
def scorer() -> Scorer:
    return scorer_on(Schedule.load(), Law.load(), date(2026, 9, 1))


@st.composite
def parcels(draw: st.DrawFn) -> RiskParcel:
    country = st.sampled_from(["CN", "DE", "VN", "US", None])
    return read_parcel(
        {
            "id": str(draw(st.integers(0, 10**9))),
            "posted_on": f"2026-10-{draw(st.integers(1, 28)):02d}",
            "description": draw(st.sampled_from(TEXTS)),
            "hts": draw(st.sampled_from(NUMBERS)),
            "origin": draw(country),
            "value_usd": draw(st.one_of(st.none(), st.floats(0, 3000))),
            "quantity": draw(st.sampled_from([1, 2, 12, 0, None])),
            "weight_kg": draw(st.one_of(st.none(), st.floats(0.01, 20))),
            "category": draw(st.sampled_from(["gift", "sale_of_goods", "commercial_sample", None])),
            "sender": {"name": draw(st.sampled_from(["Rolen Trading", "Kasi Store", "Mira Lonson"])), "country": draw(country)},
            "recipient": {
                "name": draw(st.sampled_from(["Tala Berwick", "Unknown", "Jo Finmoor"])),
                "address": draw(st.sampled_from(["12 Elm St", "9 Oak Ave", None])),
                "postal_code": "44120",
            },
            "seller": draw(st.sampled_from(["SHOPA", None])),
            "origin_post": draw(country),
        },
        TODAY,
    )  # fmt: skip


def past() -> History:
    history = History(b"salt")
    seen = [
        RiskParcel(str(n), date(2026, 9, 1), hts="6109100012", origin="CN", value_usd=20.0) for n in range(10)
    ]
    history.add([replace(p, sender=replace(p.sender, name="Rolen Trading")) for p in seen])
    return history


@settings(max_examples=120, deadline=None)
@given(parcel=parcels(), values=st.lists(st.floats(0, 5000), min_size=2, max_size=8))
def test_a_lower_declared_value_never_lowers_undervaluation(parcel: RiskParcel, values: list[float]) -> None:
    rows = [replace(parcel, value_usd=v) for v in sorted(values)]
    found = [scorer().score([row], past(), explain=False)[0].typologies["undervaluation"] for row in rows]
    assert found == sorted(found, reverse=True)


@settings(max_examples=25, deadline=None)
@given(rows=st.lists(parcels(), min_size=2, max_size=12), seed=st.integers(0, 99))
def test_the_order_of_parcels_changes_nothing(rows: list[RiskParcel], seed: int) -> None:
    rows = [replace(row, id=str(n)) for n, row in enumerate(rows)]
    mixed = random.Random(seed).sample(rows, len(rows))
    one = {s.id: s.as_json() for s in scorer().score(rows, past())}
    other = {s.id: s.as_json() for s in scorer().score(mixed, past())}
    assert one == other


@settings(max_examples=40, deadline=None)
@given(parcel=parcels(), name=st.text(min_size=1, max_size=20))
def test_renaming_the_sender_changes_nothing_but_history(parcel: RiskParcel, name: str) -> None:
    renamed = replace(parcel, sender=replace(parcel.sender, name=name))
    tables = [scorer().reading.table([p], past()).values[0] for p in (parcel, renamed)]
    changed = {n for n, a, b in zip(NAMES, *tables, strict=True) if repr(a) != repr(b)}
    assert changed <= {*OF_HISTORY, *(n for n in NAMES if n.startswith("rule_"))}
    without = [scorer().score([p])[0].as_json() for p in (parcel, renamed)]
    assert without[0] == without[1]


@settings(max_examples=40, deadline=None)
@given(parcel=parcels(), who=st.sampled_from(["sender", "recipient"]))
def test_a_matching_name_always_holds_and_does_not_touch_the_score(parcel: RiskParcel, who: str) -> None:
    listed = ScreeningList("made up", "2026-11-01 0", (ListedName("VERDANOV, Kasimir", "1"),))
    named = replace(parcel, **{who: replace(getattr(parcel, who), name="Kasimir Verdanov")})
    held = scorer().score([named], screen=Screener([listed]))[0]
    free = scorer().score([named])[0]
    assert held.hold and held.reasons[0].code == "SCREENING_MATCH"
    assert not free.hold
    assert (held.risk, held.typologies, held.tie_break) == (free.risk, free.typologies, free.tie_break)


def test_the_same_order_sent_in_many_parcels_is_likelier_split() -> None:
    one = read_parcel(
        {"id": "0", "posted_on": "2026-10-01", "description": "phone case", "value_usd": 90.0,
         "recipient": {"name": "Tala Berwick", "address": "12 Elm St", "postal_code": "44120"}}, TODAY
    )  # fmt: skip
    many = [
        replace(one, id=str(n), recipient=replace(one.recipient, name=f"T. Berwick {n}")) for n in range(6)
    ]
    alone = scorer().score([one], History(b"s"))[0].typologies["splitting"]
    assert scorer().score(many, History(b"s"))[0].typologies["splitting"] > 3 * alone
