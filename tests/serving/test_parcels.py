"""What holds for the parcel holds for every item in it: limits, gifts, a sum per package, the way it may enter."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from models.duty.records import DutyAssessment, DutyError
from serving.asked import AskedItem
from serving.assessor import Assessment, Assessor

TSHIRT, BOOK = "6109.10.00.12", "4901.99.00.70"


@pytest.fixture(scope="module")
def assessor() -> Assessor:
    return Assessor.shipped()


def item(number: int, value: str, parcel: str | None = "P", on: str = "2026-09-01", **more: Any) -> AskedItem:
    given: dict[str, Any] = {"hts_declared": TSHIRT, "origin": "IN", "facts": {}} | more
    return AskedItem(
        id=f"P#{number}",
        day=date.fromisoformat(on),
        day_from="asked",
        channel="mail",
        description="cotton T-shirt",
        value_usd=Decimal(value),
        parcel=parcel,
        **given,
    )


def duties(done: list[Assessment]) -> list[str]:
    """Duty in dollars, or the code of the error."""
    answers = [one.duty.as_json() for one in done]
    return [a["error"]["code"] if "error" in a else a["duty_usd"] for a in answers]


def test_a_parcel_over_the_limit_takes_all_its_items_out_of_the_mail(assessor: Assessor) -> None:
    done = assessor.assess([item(1, "2000.00"), item(2, "501.00"), item(3, "501.00", parcel="Q")])
    assert duties(done)[:2] == ["MAIL_OVER_LIMIT"] * 2
    assert isinstance(done[2].duty, DutyAssessment)
    assert [one.decision.outcome for one in done] == ["hold", "hold", "accept"]
    assert done[0].route and done[0].route.route == "formal"


def test_items_without_a_parcel_stand_alone(assessor: Assessor) -> None:
    done = assessor.assess([item(1, "2000.00", parcel=None), item(2, "501.00", parcel=None)])
    assert all(isinstance(one.duty, DutyAssessment) for one in done)


def test_a_gift_is_free_by_the_worth_of_the_whole_parcel(assessor: Assessor) -> None:
    gift = {"facts": {"gift": True}}
    small = assessor.assess([item(1, "40.00", **gift), item(2, "60.00", **gift)])
    large = assessor.assess([item(1, "41.00", **gift), item(2, "60.00", **gift)])
    assert duties(small) == ["0.00", "0.00"]
    assert duties(large) == ["10.87", "15.90"]  # 16.5 and 10 percent
    assert any(w.startswith("GIFT_OVER_LIMIT") for w in large[0].duty.warnings)  # type: ignore[union-attr]


def test_a_fixed_sum_per_postal_item_is_charged_once(assessor: Assessor) -> None:
    specific = {"facts": {"method": "specific"}, "hts_declared": None, "on": "2025-09-02"}
    done = assessor.assess(
        [item(1, "10.00", origin="GB", **specific), item(2, "10.00", origin="GB", **specific)]
    )
    assert duties(done) == ["80.00", "0.00"]
    done = assessor.assess(
        [item(1, "10.00", origin="GB", **specific), item(2, "10.00", origin="IN", **specific)]
    )
    assert duties(done) == ["200.00", "0.00"]  # the highest rate sets the tier


def test_what_closes_the_worksheet_for_one_item_closes_it_for_the_parcel(assessor: Assessor) -> None:
    free = {"hts_declared": BOOK, "origin": "UA", "on": "2026-10-22"}
    alone = assessor.assess([item(1, "10.00", **free)])[0]
    together = assessor.assess([item(1, "10.00", **free), item(2, "10.00", on="2026-10-22")])
    assert alone.route and alone.route.route == "worksheet"
    assert [one.route and one.route.route for one in together] == ["entry_type_13"] * 2


def test_one_bad_item_leaves_the_others_of_its_parcel_priced(assessor: Assessor) -> None:
    done = assessor.assess(
        [item(1, "10.00"), item(2, "10.00", hts_declared="0000"), item(3, "10.00", origin=None)]
    )
    assert isinstance(done[0].duty, DutyAssessment)
    assert all(isinstance(one.duty, DutyError) for one in done[1:])
    assert [one.decision.outcome for one in done] == ["accept", "hold", "hold"]


def test_order_and_number_are_kept(assessor: Assessor) -> None:
    asked = [item(n, "10.00", parcel=f"P{n % 3}") for n in range(20)]
    assert [one.asked.id for one in assessor.assess(asked)] == [one.id for one in asked]
    assert assessor.assess([]) == []
