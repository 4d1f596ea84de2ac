"""The nouns: frozen, documented, and honest about what they do not know."""

from decimal import Decimal

import pytest
from pydantic import BaseModel, ValidationError

from data import records
from data.records import Item, Money, Question

RECORDS = [getattr(records, name) for name in records.__all__]


@pytest.mark.parametrize("record", [r for r in RECORDS if isinstance(r, type) and issubclass(r, BaseModel)])
def test_every_field_has_a_word_and_an_example(record: type[BaseModel]) -> None:
    assert record.__doc__
    for name, field in record.model_fields.items():
        assert field.description, f"{record.__name__}.{name} has no description"
        assert field.examples, f"{record.__name__}.{name} has no example"


def item(**more: object) -> Item:
    return Item(id="A#1", tracking_id="A", **more)  # type: ignore[arg-type]


def test_records_are_frozen_and_take_no_unknown_field() -> None:
    with pytest.raises(ValidationError):
        item().value_usd = Decimal(1)
    with pytest.raises(ValidationError):
        item(duty="1")


def test_quantities_hold_net_weight_and_the_declared_unit() -> None:
    known = item(quantity=Decimal(2), quantity_unit="No.", net_weight_kg=Decimal("0.4"))
    assert known.quantities == {"kg": Decimal("0.4"), "No.": Decimal(2)}
    assert item(quantity=Decimal(2)).quantities == {}


def test_the_correction_of_a_post_goes_before_what_was_declared() -> None:
    both = item(
        description="parts", description_revised="saddle", hts_declared="871495", hts_revised="8714950000"
    )
    assert (both.goods, both.hts_known) == ("saddle", "8714950000")


def test_only_blocking_questions_block() -> None:
    asked = item(
        questions=(
            Question(code="A", field="x", fact="f"),
            Question(code="B", field="x", fact="f", blocks=False),
        )
    )
    assert asked.blocked_by == ("A",)


def test_an_item_survives_json_to_the_cent() -> None:
    before = item(
        value=Money(amount=Decimal("18.90"), currency="EUR"), facts={"program": "KR", "patented": True}
    )
    assert Item.model_validate_json(before.model_dump_json()) == before


def test_money_without_a_rate_is_worth_nothing_in_dollars() -> None:
    assert Money(amount=Decimal(5), currency="EUR").usd is None
