"""Gifts, returned goods, informational materials, documents: what leaves an item without duty."""

from collections.abc import Callable
from typing import Any

import pytest

from data.errors import MailDutyError
from models.duty import DutyAssessment
from models.duty.rounding import usd

Ask = Callable[..., DutyAssessment]


@pytest.mark.parametrize("day", ["2025-06-01", "2025-09-02", "2026-03-01", "2026-08-15"])
def test_a_gift_of_100_dollars_is_free_and_of_101_is_dutiable(ask: Ask, day: str) -> None:
    free = ask(day, "mail", "CN", "6109.10.0012", 100, gift=True)
    assert free.duty == 0 and "145.32" in free.lines[0].citation
    over = ask(day, "mail", "CN", "6109.10.0012", 101, gift=True)
    assert over.duty > 0 and any(w.startswith("GIFT_OVER_LIMIT") for w in over.warnings)


@pytest.mark.parametrize("place", ["VI", "GU", "AS"])
def test_a_gift_from_an_insular_possession_is_free_up_to_200(ask: Ask, place: str) -> None:
    assert ask("2026-08-15", "mail", place, None, 200, gift=True).duty == 0
    assert ask("2026-08-15", "mail", "CN", None, 200, gift=True, gift_from=place).duty == 0
    with pytest.raises(MailDutyError, match="tariff number"):
        ask("2026-08-15", "mail", place, None, "200.01", gift=True)


def test_goods_of_the_united_states_return_free_up_to_the_limit(ask: Ask) -> None:
    assert ask("2026-08-15", "mail", "US", None, 2500).lines[0].heading == "9801.00.10"
    assert ask("2025-09-02", "mail", "US", None, 500).duty == 0
    assert ask("2026-08-15", "formal", "US", None, 9000).fees == 0
    assert ask("2026-08-15", "mail", "DE", None, 100, us_goods_returned=True).duty == 0


@pytest.mark.parametrize("fact", ["informational_materials", "donation"])
@pytest.mark.parametrize("day", ["2025-06-01", "2025-09-02", "2026-03-01"])
def test_what_50_usc_1702b_names_was_free_in_mail(ask: Ask, day: str, fact: str) -> None:
    assert ask(day, "mail", "CN", None, 80, **{fact: True}).duty == 0


def test_documents_are_free(ask: Ask) -> None:
    assert ask("2026-08-15", "mail", "CN", None, 0, documents=True).duty == 0


def test_informational_materials_still_have_a_line_under_ordinary_duty(ask: Ask) -> None:
    found = ask("2026-08-15", "mail", "IN", "4901.99.0093", 40, informational_materials=True)
    assert found.duty == 0 and found.lines[-1].heading == "4901.99.0093"


def test_two_origins_need_items_that_add_up(ask: Ask) -> None:
    with pytest.raises(MailDutyError, match="items"):
        ask("2025-09-15", "mail", "GB+CN", None, 100)
    with pytest.raises(MailDutyError, match="come to 90"):
        ask("2025-09-15", "mail", "GB+CN", None, 100, items=[{"origin": "GB", "value": 90}])
    with pytest.raises(MailDutyError, match="origin and value"):
        ask("2025-09-15", "mail", "GB+CN", None, 100, items=[{"origin": "GB"}])


def test_two_origins_under_the_specific_method_pay_the_highest_tier(ask: Ask) -> None:
    items: list[dict[str, Any]] = [{"origin": "GB", "value": 40}, {"origin": "CN", "value": 60}]
    found = ask("2025-09-15", "mail", "GB+CN", None, 100, items=items, method="specific")
    assert usd(found.duty) == "200.00" and any(w.startswith("MIXED_ORIGINS") for w in found.warnings)


def test_several_items_under_ordinary_duty_have_lines_of_their_own(ask: Ask) -> None:
    items: list[dict[str, Any]] = [
        {"origin": "IN", "value": 40, "hts": "6109.10.0012"},
        {"origin": "NZ", "value": 60, "hts": "0104.20.0000", "facts": {"head": 1}},
    ]
    found = ask("2026-08-15", "mail", "IN+NZ", None, 100, items=items)
    assert [(line.heading, usd(line.amount)) for line in found.lines] == [
        ("9903.05.44", "4.00"),
        ("6109.10.0012", "6.60"),
        ("9903.05.57", "7.50"),
        ("0104.20.0000", "0.68"),
    ]


def test_a_count_of_postal_items_multiplies_the_specific_amount(ask: Ask) -> None:
    assert usd(ask("2025-09-02", "mail", "GB", None, 50, method="specific", items=3).duty) == "240.00"
    with pytest.raises(MailDutyError, match="at least one"):
        ask("2025-09-02", "mail", "GB", None, 50, method="specific", items=0)


def test_usmca_in_mail_is_charged_and_said_to_be_unresolved(ask: Ask) -> None:
    found = ask("2025-09-02", "mail", "CA", None, 100, program="S", method="ad_valorem")
    assert usd(found.duty) == "35.00" and any(w.startswith("USMCA_IN_MAIL") for w in found.warnings)


def test_another_currency_needs_a_stated_rate(ask: Ask) -> None:
    with pytest.raises(MailDutyError) as caught:
        ask("2025-09-02", "mail", "CN", None, 57, currency="CAD")
    assert caught.value.code == "CURRENCY_NOT_USD"
    assert any(
        w.startswith("CURRENCY_STATED")
        for w in ask("2025-09-02", "mail", "CN", None, 57, currency="CAD", rate_pct=34).warnings
    )


def test_only_the_chinese_part_of_a_parcel_paid_in_summer_2025(ask: Ask) -> None:
    items: list[dict[str, Any]] = [{"origin": "GB", "value": 40}, {"origin": "CN", "value": 60}]
    assert usd(ask("2025-06-15", "mail", "GB+CN", None, 100, items=items).duty) == "32.40"


def test_one_rate_for_all_origins_needs_no_items_but_items_that_add_up(ask: Ask) -> None:
    assert usd(ask("2026-03-01", "mail", "GB+CN", None, 100).duty) == "10.00"
    with pytest.raises(MailDutyError, match="come to 40"):
        ask("2026-03-01", "mail", "GB+CN", None, 100, items=[{"origin": "GB", "value": 40}])


def test_the_specific_method_had_ended_under_the_flat_rate(ask: Ask) -> None:
    found = ask("2026-02-24", "mail", "CN", None, 100, method="specific")
    assert usd(found.duty) == "10.00" and any(w.startswith("METHOD_ENDED") for w in found.warnings)


def test_mail_entered_formally_is_a_formal_entry(ask: Ask) -> None:
    found = ask("2025-12-01", "mail", "CN", "6109.10.0012", 5000, formal_entry=True)
    assert found.regime == "FORMAL_ENTRY" and "9903.88.15" in {line.heading for line in found.lines}


def test_what_comes_back_undelivered_is_free_wherever_it_was_made(ask: Ask) -> None:
    back = ask("2026-08-15", "mail", "CN", None, 300, undelivered=True)
    assert back.duty == 0 and back.lines[0].heading == "undelivered return"
    assert ask("2026-08-15", "mail", "CN", "6109.10.0012", 300, undelivered=False).duty > 0
    with pytest.raises(MailDutyError, match="tariff number"):  # by another way it is entered like any goods
        ask("2026-08-15", "informal", "CN", None, 300, undelivered=True)
