"""Made-up parcels: the same every time, five typologies in each generator, nothing shared between the two."""

from collections import Counter

import pytest

from data.catalogue import load
from data.parcel_generator import HARD, SHIFTED, TRAINING, parcels
from data.parcel_typologies import TYPOLOGIES

COUNT = 4000


@pytest.fixture(scope="module")
def both(risk_rates: dict[str, float]) -> dict[str, list]:
    return {g.name: parcels(g, list(load()), COUNT, risk_rates) for g in (TRAINING, SHIFTED)}


def test_the_same_seed_makes_the_same_parcels(both: dict[str, list], risk_rates: dict[str, float]) -> None:
    again = parcels(SHIFTED, list(load()), COUNT, risk_rates)
    assert [m.row for m in again] == [m.row for m in both["shifted"]]


def test_every_typology_and_every_hard_negative_is_there(both: dict[str, list]) -> None:
    for made in both.values():
        found = Counter(m.typology for m in made)
        assert all(found[t] >= 10 for t in TYPOLOGIES), found
        assert {m.hard for m in made} >= set(HARD)
        assert not any(m.typology and m.hard for m in made)
        assert 0.03 < sum(m.typology is not None for m in made) / len(made) < 0.2


def test_the_two_share_hardly_any_sender_and_hardly_any_goods(both: dict[str, list]) -> None:
    names = [{m.row["sender"]["name"] for m in made} for made in both.values()]
    assert len(names[0] & names[1]) < 0.05 * len(names[0])  # names of so few syllables meet by chance
    texts = [{m.row["description"] for m in made if len(m.row["description"]) > 25} for made in both.values()]
    assert len(texts[0] & texts[1]) < 0.01 * len(texts[0])


def test_an_undervalued_parcel_is_declared_under_its_true_value(both: dict[str, list]) -> None:
    for made in both.values():
        for m in made:
            if m.typology == "undervaluation":
                assert m.row["value_usd"] < m.true_value_usd


def test_optional_elements_are_missing_as_often_as_senders_leave_them(both: dict[str, list]) -> None:
    for made in both.values():
        missing = sum(m.row["hts"] is None for m in made) / len(made)
        assert 0.2 < missing < 0.6
