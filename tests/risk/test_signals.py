"""Each signal of one parcel: what makes it speak, and what leaves it silent."""

import inspect
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from models.risk.bands import Band, Bands
from models.risk.features import NAMES
from models.risk.parcel import RiskParcel, RiskParty
from models.risk.rules import RULES
from models.risk.signals import NAMES as OF_PARCEL
from models.risk.signals import parcel_signals
from models.risk.wording import Opinion
from training.signals_risk import SIGNALS

Make = Callable[..., RiskParcel]


def seen(parcel: RiskParcel, **more: Any) -> dict[str, float]:
    return dict(zip(OF_PARCEL, parcel_signals(parcel, **{"bands": Bands(), **more}), strict=True))


@pytest.mark.parametrize("text", ["gift", "", None, "9", "parts", "samples"])
def test_a_vague_or_empty_description_is_a_signal(parcel: Make, text: str | None) -> None:
    assert seen(parcel(description=text))["vague"] == 1
    assert seen(parcel())["vague"] == 0
    assert seen(parcel())["words"] > seen(parcel(description=text))["words"]


def test_telling_words_are_a_signal(parcel: Make) -> None:
    assert seen(parcel(description="wrist watch replica 1:1 quality"))["telling_words"] == 1
    assert seen(parcel())["telling_words"] == 0


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (0, "nominal_value"),
        (1, "nominal_value"),
        (20, "round_value"),
        (99, "under_limit"),
        (2480, "under_limit"),
    ],
)
def test_values_that_are_too_neat_are_signals(parcel: Make, value: float, name: str) -> None:
    assert seen(parcel(value_usd=value), limits=(100.0, 2500.0))[name] == 1
    assert seen(parcel(value_usd=13.37), limits=(100.0, 2500.0))[name] == 0
    assert math.isnan(seen(parcel(value_usd=None))[name])


def test_a_gift_that_was_sold_is_a_signal(parcel: Make) -> None:
    assert seen(parcel(category="gift", seller="SHOPA"))["gift_from_business"] == 1
    assert seen(parcel(category="gift", invoice="7"))["gift_from_business"] == 1
    assert seen(parcel(category="gift"))["gift_from_business"] == 0
    assert seen(parcel(seller="SHOPA"))["gift_from_business"] == 0
    assert seen(parcel(category="returned_goods"))["returned"] == 1
    assert seen(parcel(category="commercial_sample"))["sample"] == 1


def test_a_weight_that_does_not_go_with_the_goods(parcel: Make) -> None:
    band = Band(math.log(0.2), 0.5, 20, 10)
    bands = Bands(held={"6109100012": (None, None, band), "61091000": (None, None, band)})
    heavy, usual = (seen(parcel(weight_kg=kg), bands=bands)["weight_for_code"] for kg in (5.0, 0.2))
    assert heavy > 3 and abs(usual) < 0.01
    by_text = Opinion(0.9, 0.9, 0.9, "61091000", 0.9, 0.0)
    assert seen(parcel(hts=None, weight_kg=5.0), bands=bands, opinion=by_text)["weight_for_text"] > 3
    assert seen(parcel(weight_kg=5.0, quantity=25), bands=bands)["weight_for_code"] == pytest.approx(0)


def test_origin_sender_and_route_that_disagree_are_signals(parcel: Make) -> None:
    agreed = seen(parcel())
    assert [agreed[n] for n in ("origin_not_sender", "origin_not_post", "sender_not_post")] == [0, 0, 0]
    other = seen(parcel(origin="VN"))
    assert [other[n] for n in ("origin_not_sender", "origin_not_post", "sender_not_post")] == [1, 1, 0]
    assert seen(parcel(origin_post="SG"))["sender_not_post"] == 1
    assert math.isnan(seen(parcel(origin=None))["origin_not_sender"])


def test_what_is_missing_is_a_signal(parcel: Make) -> None:
    whole = parcel(seller="SHOPA", invoice="INV1")
    assert seen(whole)["missing"] == 0
    for name in ("origin", "category", "quantity", "invoice", "seller"):
        bare = seen(replace(whole, **{name: None}))
        assert bare[f"no_{name}"] == 1 and bare["missing"] == 1
    homeless = seen(replace(whole, recipient=RiskParty("Mila Vindez")))
    assert homeless["no_address"] == 1
    assert [seen(parcel(hts=h))["code_digits"] for h in ("6109100012", "610910", None)] == [10, 6, 0]


@pytest.mark.parametrize(
    "name", ["Mickey Mouse", "Unknown", "present receiver", "N/A", "customer", "Test Test"]
)
def test_a_consignee_who_is_nobody_is_a_signal(parcel: Make, name: str) -> None:
    assert seen(parcel(recipient={"name": name}))["nobody"] == 1
    assert seen(parcel())["nobody"] == 0
    assert seen(parcel(recipient={"name": "Mila"}))["odd_name"] == 1
    assert math.isnan(seen(parcel(recipient=None))["nobody"])


def test_the_table_of_signals_names_every_column_every_rule_and_only_tests_that_exist() -> None:
    columns = [name for row in SIGNALS for name in row.columns.split()]
    assert sorted(columns) == sorted(NAMES)
    rules = {name for row in SIGNALS for name in row.rules.split()}
    assert rules == {rule.code for rule in RULES} | {"SCREENING_MATCH"}
    here = Path(inspect.getfile(inspect.currentframe())).parent  # type: ignore[arg-type]
    for row in SIGNALS:
        file, _, test = row.test.partition("::")
        assert f"def {test}(" in (here / file).read_text(encoding="utf-8"), row.test
        assert (here.parent.parent / row.where).exists()
