"""Which route a mail item may take on a day, and why."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from models.duty import DutyRequest, RouteAnswer, routes

CH99 = ["9903.05.44"]


def way(
    law: Any, on: str, value: Any = 50, origin: str = "IN", chapter99: Any = (), **facts: Any
) -> RouteAnswer:
    request = DutyRequest("t", date.fromisoformat(on), "mail", origin, None, Decimal(str(value)), facts)
    return routes(request, law, chapter99)


@pytest.mark.parametrize(
    ("on", "route", "allowed"),
    [
        ("2025-08-28", "exempt", ("exempt",)),
        ("2025-08-29", "worksheet", ("worksheet", "formal")),
        ("2026-07-23", "worksheet", ("worksheet", "formal")),
        ("2026-07-24", "worksheet", ("worksheet", "formal")),
        ("2026-09-21", "worksheet", ("worksheet", "formal")),
        ("2026-09-22", "worksheet", ("worksheet", "entry_type_13", "formal")),
        ("2026-10-21", "worksheet", ("worksheet", "entry_type_13", "formal")),
        ("2026-10-22", "entry_type_13", ("entry_type_13", "formal")),
    ],
)
def test_goods_with_a_chapter_99_duty_by_day(law: Any, on: str, route: str, allowed: tuple[str, ...]) -> None:
    found = way(law, on, chapter99=CH99)
    assert (found.route, found.allowed) == (route, allowed)
    assert found.reasons and all(reason.citation for reason in found.reasons)


def test_goods_without_chapter_99_stay_on_the_worksheet(law: Any) -> None:
    assert way(law, "2026-10-22").route == "worksheet"


@pytest.mark.parametrize(
    ("facts", "route", "code"),
    [
        ({"pga": True}, "entry_type_13", "AGENCY"),
        ({"program": "S"}, "formal", "AGREEMENT_CLAIM"),
        ({"adcvd": True}, "formal", "ADCVD"),
        ({"quota": True}, "formal", "QUOTA"),
        ({"alcohol_tobacco": True}, "formal", "ALCOHOL_TOBACCO"),
        ({"cbp_demand": True}, "formal", "CBP_DEMAND"),
        ({"gift": True}, "exempt", "BONA_FIDE_GIFT"),
        ({"us_goods_returned": True}, "returned", "US_GOODS_RETURNED"),
        ({"undelivered": True}, "returned", "UNDELIVERED_RETURN"),
    ],
)
def test_facts_that_change_the_route(law: Any, facts: dict[str, Any], route: str, code: str) -> None:
    found = way(law, "2026-10-22", **facts)
    assert found.route == route
    assert code in {reason.code for reason in found.reasons}


@pytest.mark.parametrize("fact", ["pga", "program"])
def test_the_day_before_neither_agency_nor_claim_closes_the_worksheet(law: Any, fact: str) -> None:
    assert way(law, "2026-10-21", **{fact: True if fact == "pga" else "S"}).route == "worksheet"


@pytest.mark.parametrize("fact", ["adcvd", "quota", "alcohol_tobacco"])
@pytest.mark.parametrize("on", ["2025-09-02", "2026-03-01", "2026-07-24"])
def test_some_goods_were_formal_from_the_start(law: Any, on: str, fact: str) -> None:
    assert way(law, on, **{fact: True}).allowed == ("formal",)


def test_value_over_the_limit_is_formal(law: Any) -> None:
    assert way(law, "2026-10-22", 2500).route == "worksheet"
    assert way(law, "2026-10-22", "2500.01").route == "formal"
    assert way(law, "2025-09-02", 801).route == "formal"


def test_nonresident_importers_go_formal_from_the_day(law: Any) -> None:
    assert way(law, "2026-11-29", nonresident_importer=True).route == "worksheet"
    assert way(law, "2026-11-30", nonresident_importer=True).allowed == ("formal",)


def test_every_reason_that_closes_comes_with_the_answer(law: Any) -> None:
    found = way(law, "2026-10-22", pga=True, program="S", chapter99=CH99)
    assert {reason.code for reason in found.reasons} == {"AGENCY", "CHAPTER_99", "AGREEMENT_CLAIM"}
    assert found.route == "formal"
