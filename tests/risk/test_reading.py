"""What a parcel may not be is said with the field and the remedy; the others go on."""

import math
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from data.errors import MailDutyError
from data.unit_values import read_unit_values
from models.risk.bands import Bands
from models.risk.history import NAMES, History
from models.risk.identity import Salted, place_of, plain
from models.risk.parcel import RiskParcel, read_parcel
from models.risk.wording import Wording

TODAY = date(2026, 11, 21)
Make = Callable[..., RiskParcel]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("weight_kg", -1),
        ("weight_kg", float("nan")),
        ("value_usd", "24.00"),
        ("value_usd", -0.01),
        ("value_usd", True),
        ("quantity", -3),
        ("origin", "QQ"),
        ("origin", 7),
        ("origin_post", "Atlantis"),
        ("posted_on", "2026-11-22"),
        ("posted_on", "yesterday"),
        ("hts", 6109100012),
        ("hts", "61091"),
        ("category", "bribe"),
        ("description", 7),
        ("id", ""),
        ("colour", "red"),
        ("sender", "Rolen"),
        ("sender.country", "QQ"),
    ],
)
def test_bad_input_names_its_field_and_a_remedy(field: str, value: Any) -> None:
    outer, _, inner = field.partition(".")
    row = {"id": "1", outer: {inner: value} if inner else value}
    with pytest.raises(MailDutyError) as caught:
        read_parcel(row, TODAY)
    assert caught.value.where["field"] == field
    assert caught.value.remedy


def test_everything_but_the_id_may_be_missing() -> None:
    assert read_parcel({"id": 7}, TODAY) == RiskParcel("7", TODAY)


def test_bands_back_off_from_ten_digits_to_the_heading_and_ask_for_enough_parcels(parcel: Make) -> None:
    past = [parcel(value_usd=10.0 + n % 3, hts="6109100012") for n in range(20)]
    bands = Bands().fit(past)
    assert bands.find("6109100012", "CN")[0].level == 10  # type: ignore[union-attr]
    assert bands.find("6109901007", "CN")[0].level == 4  # type: ignore[union-attr]
    assert bands.find("4202000000", "CN") == (None, None, None)
    assert Bands().fit(past[:5]).find("6109100012", "CN") == (None, None, None)
    assert Bands.from_json(bands.as_json()).find("6109", None)[0].count == 20  # type: ignore[union-attr]


def test_a_band_is_hardly_moved_by_a_few_wrong_values(parcel: Make) -> None:
    honest = [parcel(value_usd=20.0 + n % 5) for n in range(40)]
    wrong = [parcel(value_usd=0.5) for _ in range(4)]
    one, other = (Bands().fit(rows).find("6109100012", None)[0] for rows in (honest, honest + wrong))
    assert one is not None and other is not None
    assert abs(one.middle - other.middle) < 0.1


def test_words_say_how_far_the_declared_number_is_from_what_they_mean() -> None:
    wording = Wording.fit([("cotton t-shirt", "6109100012"), ("phone case", "3926909989")] * 20)
    right, wrong, none = wording.opinions(
        ["cotton t-shirt", "phone case", "zzz"],
        ["6109100012"] * 3,
        {"61091000": 16.5, "39269099": 5.3},
    )
    assert right.heading > 0.9 and abs(right.duty_gap) < 1.5
    assert wrong.heading < 0.1 and wrong.best == "39269099" and wrong.duty_gap < -9
    assert math.isnan(none.heading) and none.best is None


def test_spellings_of_a_name_and_an_address_are_one_and_the_salt_decides_the_hash(parcel: Make) -> None:
    assert plain("Müller, HANNA") == plain("hanna muller")
    assert place_of(parcel().recipient) == "44120|12"
    assert Salted(b"a")("s", "x") == Salted(b"a")("s", "x") != Salted(b"b")("s", "x")
    assert Salted(b"a")("s", "x") != Salted(b"a")("r", "x")


def test_history_knows_nothing_of_later_days_and_no_outcome_before_it_is_settled(parcel: Make) -> None:
    history = History(b"salt")
    early, late = parcel(id="a", posted_on="2026-10-01"), parcel(id="b", posted_on="2026-10-20")
    alone = history.features([early])[0]
    both = history.features([late, early])
    assert repr(both[1]) == repr(alone)
    count = NAMES.index("sender_count")
    assert both[0][count] > alone[count]
    history.add([early])
    before = history.features([late])[0][NAMES.index("sender_rate")]
    history.settle([(early, True)])
    assert history.features([late])[0][NAMES.index("sender_rate")] > before


def test_history_holds_no_name(parcel: Make) -> None:
    history = History(b"salt")
    history.add([parcel()])
    assert "rolen" not in repr(history.__dict__).casefold()
    assert "mila" not in repr(history.__dict__).casefold()


def test_parcels_of_one_day_are_counted_together_whatever_their_order(parcel: Make) -> None:
    rows = [parcel(id=str(n), recipient={"name": f"Mila {n}", "address": "12 Elm St", "postal_code": "44120"}) for n in range(4)]  # fmt: skip
    seen = History(b"salt").features(rows)
    at = NAMES.index("goods_to_place_window")
    assert [row[at] for row in seen] == [4.0] * 4
    assert seen[0][NAMES.index("names_at_place")] == 4.0


def test_unit_values_of_comtrade_and_census_become_bands(tmp_path: Path, parcel: Make) -> None:
    comtrade, census = tmp_path / "comtrade.csv", tmp_path / "census.json"
    flows = "".join(f"610910,CHN,{1000 + n},{100}\n" for n in range(10))
    comtrade.write_text("cmdCode,partnerISO,primaryValue,netWgt\n" + flows + "610910,W00,5,0\n")
    census.write_text(
        '[["I_COMMODITY","CON_VAL_MO","AIR_WGT_MO","VES_WGT_MO"],["6109100012","900","40","60"],["-","1","1","1"]]'
    )
    found = read_unit_values(comtrade)
    assert len(found) == 10 and found[0].origin == "CN" and found[0].usd_per_kg == 10.0
    assert [f.usd_per_kg for f in read_unit_values(census)] == [9.0]
    reference = Bands(source="reference").fit_unit_values(found)
    piece, kg, _ = reference.find("6109100012", "CN")
    assert piece is None and kg is not None and kg.count == 10
    own = Bands().fit([parcel(hts="6109100012", weight_kg=None) for _ in range(9)])
    both = own.over(reference)
    assert both.find("6109100012", None)[0] is not None and both.find("610910", "CN")[1] is not None
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    with pytest.raises(MailDutyError, match="no flow"):
        read_unit_values(tmp_path / "x.csv")
