"""Facts read from words, attributes, value and weight."""

from __future__ import annotations

import pytest

from data.catalogue import Catalogue, Goods, load
from models.hts.evidence import EvidenceReader, ItemText, KindReading, Said


def read(goods: Goods, text: str, **more: object) -> KindReading:
    item = ItemText("a", text, **more)  # type: ignore[arg-type]
    return EvidenceReader().read(Said.read(item), item, goods)


@pytest.fixture(scope="module")
def earrings() -> Goods:
    return load().by_id["7117/earrings"]


def test_a_word_moves_the_number(earrings: Goods) -> None:
    assert next(iter(read(earrings, "acrylic earrings").codes)) == "7117907500"
    assert next(iter(read(earrings, "zinc alloy earrings").codes)) == "7117199000"


def test_silence_leaves_what_is_usual(earrings: Goods) -> None:
    reading = read(earrings, "earrings")
    assert next(iter(reading.codes)) == "7117199000"
    assert all(fact.word is None for fact in reading.facts)


def test_an_attribute_counts_as_the_text_does(earrings: Goods) -> None:
    assert next(iter(read(earrings, "earrings", attributes={"Material": "Acrylic"}).codes)) == "7117907500"


def test_probabilities_add_up(earrings: Goods) -> None:
    for text in ("earrings", "wood earrings toy", "kids acrylic earrings 100pcs"):
        assert sum(read(earrings, text).codes.values()) == pytest.approx(1)


def test_a_price_break_is_read_from_the_value(earrings: Goods) -> None:
    cheap = read(earrings, "acrylic earrings", value_usd=0.12, quantity=12)
    assert next(iter(cheap.codes)) == "7117905500"  # not over 20 cents a dozen
    assert next(iter(read(earrings, "acrylic earrings", value_usd=5.0).codes)) == "7117907500"


def test_every_kind_answers_for_any_text() -> None:
    for goods in list(load())[::25]:
        reading = read(goods, f"{goods.kind.names[0]} new 2 pcs")
        assert reading.codes and sum(reading.codes.values()) == pytest.approx(1)


def test_longer_phrase_wins_over_the_word_inside_it(small_catalogue: Catalogue) -> None:
    for goods in small_catalogue:
        for name in goods.asked:
            values = goods.facts[name].values
            if "leather" in values and "imitation_leather" in values:
                item = ItemText("a", "faux leather")
                fact = EvidenceReader().fact(name, goods, Said.read(item), item)
                assert fact.best[0] == "imitation_leather"
