"""Parcels looked at together: orders sent apart, gifts of one day, gifts of a shop; never a sum alone."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from data.law import Law
from data.s10 import check_digit
from models.hts.standin import Suggestion
from models.risk.standin import RiskAnswer
from serving.asked import AskedItem
from serving.decisions.decision import Ground
from serving.decisions.sent import Sent
from serving.decisions.thresholds import Thresholds
from serving.decisions.together import grounds_together

LAW = Law.load()
DAY = date(2026, 9, 10)
SHIRT, BOOK = "6109100012", "4901990070"
SHOP, OTHER_SHOP = {"name": "Lindenhof Versand"}, {"name": "Casa Brava"}
MILA = {"name": "Mila Vindez", "postal_code": "44120"}
ODELL = {"name": "Odell Quimby", "postal_code": "12207"}


def number(n: int) -> str:
    serial = f"{n:08}"
    return f"CP{serial}{check_digit(serial)}DE"


def item(n: int, value: str, day: date = DAY, to: Any = MILA, by: Any = SHOP, **more: Any) -> AskedItem:
    given: dict[str, Any] = {"parcel": number(n * 100), "facts": {}, "channel": "mail"} | more
    received = {"sender": by, "recipient": to, "posted_on": day.isoformat()}
    return AskedItem(
        f"{n}", DAY, "asked", description="goods", hts_declared=None, origin="DE", value_usd=Decimal(value),
        received=received, **given,
    )  # fmt: skip


def grounds(
    items: Sequence[AskedItem],
    codes: Sequence[str | None] = (),
    risk: RiskAnswer = RiskAnswer(()),  # noqa: B008
    earlier: Any = None,
    **own: Any,
) -> list[list[str]]:
    """The codes each item gets because of the others."""
    return [[g.code for g in some] for some in said(items, codes, risk, earlier, **own)]


def said(
    items: Sequence[AskedItem], codes: Sequence[str | None], risk: RiskAnswer, earlier: Any, **own: Any
) -> list[Sequence[Ground]]:
    suggestions = [Suggestion(code) for code in codes or [SHIRT] * len(items)]
    return grounds_together(items, suggestions, [risk] * len(items), LAW, Thresholds.of(own), earlier)


SPLIT, NOTHING = ["SPLIT_SHIPMENT"], list[str]()


def test_one_order_in_two_parcels_over_the_limit_together_is_said_of_both_with_their_numbers() -> None:
    items = [item(1, "1500.00"), item(2, "1400.00", DAY + timedelta(2))]
    assert grounds(items) == [SPLIT, SPLIT]
    message = said(items, (), RiskAnswer(()), None)[0][0].message
    assert number(100) in message and number(200) in message
    assert (
        "USD 2900.00" in message
        and "2,500" in message.replace("2500", "2,500")
        and "like goods (6109)" in message
    )
    assert "Vindez" not in message and "Lindenhof" not in message


def test_a_sum_alone_is_no_suspicion() -> None:
    """19 CFR 145.12(a)(3): separate mailings are not combined unless an order was split."""
    items = [item(1, "1500.00"), item(2, "1400.00", DAY + timedelta(2))]
    assert grounds(items, [SHIRT, BOOK]) == [NOTHING, NOTHING]


def test_up_to_the_limit_nothing_is_said() -> None:
    assert grounds([item(1, "1500.00"), item(2, "1000.00")]) == [NOTHING, NOTHING]
    assert grounds([item(1, "1500.00"), item(2, "1000.01")]) == [SPLIT, SPLIT]


def test_the_limit_is_that_of_the_day() -> None:
    before = [item(n, "450.00") for n in (1, 2)]
    early = [AskedItem(**{**_fields(one), "day": date(2026, 3, 2)}) for one in before]
    assert grounds(early) == [SPLIT, SPLIT]  # over 800 dollars
    assert grounds(before) == [NOTHING, NOTHING]


def _fields(one: AskedItem) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__dataclass_fields__}


@pytest.mark.parametrize(
    "change", [{"to": ODELL}, {"by": OTHER_SHOP}, {"by": None}, {"to": {"name": "Mila Vindez"}}]
)
def test_other_people_or_unknown_ones_are_no_split(change: dict[str, Any]) -> None:
    assert grounds([item(1, "1500.00"), item(2, "1400.00", **change)]) == [NOTHING, NOTHING]


def test_another_spelling_of_the_same_person_is_the_same() -> None:
    other = {"name": "VINDEZ, Mila", "postal_code": "441 20"}
    assert grounds([item(1, "1500.00"), item(2, "1400.00", to=other)]) == [SPLIT, SPLIT]


def test_what_lies_further_apart_than_the_window_is_another_order() -> None:
    far = [item(1, "1500.00"), item(2, "1400.00", DAY - timedelta(7))]
    assert grounds(far) == [NOTHING, NOTHING]
    assert grounds(far, split={"window_days": 8}) == [SPLIT, SPLIT]


@pytest.mark.parametrize(
    ("second", "risk"),
    [
        (item(2, "1400.00"), 0.0),  # posted on the same day
        (item(2, "1400.00", DAY + timedelta(1), parcel=number(101)), 0.0),  # the next number
        (item(2, "1400.00", DAY + timedelta(1)), 0.6),  # by the risk score
    ],
)
def test_each_sign_of_one_order_is_enough(second: AskedItem, risk: float) -> None:
    answer = RiskAnswer((), risk, learned={"typologies": {"splitting": risk}})
    assert grounds([item(1, "1500.00"), second], [SHIRT, BOOK], answer) == [SPLIT, SPLIT]


def test_a_parcel_that_is_over_the_limit_itself_is_another_matter() -> None:
    assert grounds([item(1, "2600.00"), item(2, "100.00")]) == [NOTHING, NOTHING]


def test_the_items_of_one_parcel_are_one_parcel() -> None:
    items = [item(1, "1500.00", parcel="P"), item(2, "1400.00", parcel="P")]
    assert grounds(items) == [NOTHING, NOTHING]  # the limit of the parcel is the duty's business


def test_other_ways_than_mail_are_left_out() -> None:
    assert grounds([item(n, "1500.00", channel="informal") for n in (1, 2)]) == [NOTHING, NOTHING]


def test_what_was_sent_before_counts_once_and_names_its_parcel() -> None:
    def earlier(items: Sequence[AskedItem], days: int) -> list[list[Sent]]:
        assert days == 7
        before = Sent("CP-BEFORE", DAY - timedelta(3), Decimal("1400.00"), frozenset({"6109"}), False, True)
        mine = Sent(
            number(100), DAY, Decimal("1500.00"), frozenset({"6109"}), False, True
        )  # the parcel itself
        return [[before, mine] for _ in items]

    items = [item(1, "1500.00")]
    assert grounds(items, earlier=earlier) == [SPLIT]
    message = said(items, (), RiskAnswer(()), earlier)[0][0].message
    assert "CP-BEFORE" in message and message.startswith("2 parcels")


# --- gifts


def gift(n: int, value: str, **more: Any) -> AskedItem:
    return item(n, value, facts={"gift": True, **more.pop("facts", {})}, **more)


def test_gifts_to_one_person_on_one_day_count_together_whoever_sends_them() -> None:
    both = [gift(1, "60.00"), gift(2, "45.00", by=OTHER_SHOP)]
    assert grounds(both) == [["GIFTS_OF_ONE_DAY"]] * 2
    assert grounds([gift(1, "60.00"), gift(2, "40.00")]) == [NOTHING] * 2
    assert grounds([gift(1, "60.00"), gift(2, "45.00", day=DAY - timedelta(1))]) == [NOTHING] * 2
    assert grounds([gift(1, "60.00"), gift(2, "45.00", to=ODELL)]) == [NOTHING] * 2
    assert grounds([gift(1, "60.00"), item(2, "45.00")]) == [NOTHING] * 2


def test_the_limit_of_a_gift_is_that_of_where_it_comes_from() -> None:
    both = [gift(n, "60.00", facts={"gift_from": "VI"}) for n in (1, 2)]
    assert grounds(both) == [NOTHING] * 2


def test_a_sender_of_gifts_to_many_looks_like_a_shop() -> None:
    people = [{"name": f"Person {chr(97 + n)}", "postal_code": f"1200{n}"} for n in range(5)]
    found = grounds([gift(n, "20.00", to=who) for n, who in enumerate(people, 1)])
    assert found == [["GIFTS_OF_A_SHOP"]] * 5
    assert grounds([gift(n, "20.00", to=who) for n, who in enumerate(people[:4], 1)]) == [NOTHING] * 4
    assert (
        grounds([gift(n, "20.00", to=who) for n, who in enumerate(people[:4], 1)], gift={"recipients": 4})
        == [["GIFTS_OF_A_SHOP"]] * 4
    )


def test_a_day_without_law_and_a_batch_of_nothing_say_nothing() -> None:
    old = [AskedItem(**{**_fields(item(n, "1500.00")), "day": date(2020, 1, 1)}) for n in (1, 2)]
    assert grounds(old) == [NOTHING, NOTHING]
    assert grounds([]) == []
