"""Processing fee, harbor fee, dutiable mail fee."""

from collections.abc import Callable

import pytest

from data.errors import MailDutyError
from models.duty import DutyAssessment
from models.duty.rounding import usd

Ask = Callable[..., DutyAssessment]
DAY = "2026-10-05"


@pytest.mark.parametrize(
    ("value", "fee"),
    [(0, "34.58"), (9_982, "34.58"), (9_983, "34.58"), (9_984, "34.58"), (9_985, "34.59"), (14_172, "49.09"),
     (193_665, "670.86"), (193_667, "670.86"), (5_000_000, "670.86")],
)  # fmt: skip
def test_formal_fee_is_a_share_between_its_limits(ask: Ask, value: int, fee: str) -> None:
    assert usd(ask(DAY, "formal", "DE", None, value, fees_only=True).fees) == fee


@pytest.mark.parametrize(
    ("facts", "fee"), [({}, "2.69"), ({"manual": True}, "8.06"), ({"cbp_prepared": True}, "12.09")]
)
def test_informal_fee_by_who_prepares_it(ask: Ask, facts: dict[str, bool], fee: str) -> None:
    assert usd(ask("2026-08-05", "informal", "DE", None, 500, fees_only=True, **facts).fees) == fee


def test_a_fee_nobody_has_seen_is_an_error_and_not_zero(ask: Ask) -> None:
    with pytest.raises(MailDutyError, match="fees/mpf/informal_manual"):
        ask(DAY, "informal", "DE", None, 500, fees_only=True, manual=True)


def test_manual_surcharge_on_a_formal_entry(ask: Ask) -> None:
    assert usd(ask(DAY, "formal", "DE", None, 100, fees_only=True, manual=True).fees) == "38.73"


@pytest.mark.parametrize(
    ("origin", "symbol"), [("CA", "S"), ("MX", "S+"), ("KR", "KR"), ("SG", "SG"), ("SV", "P")]
)
def test_agreement_claims_are_free_of_the_processing_fee(ask: Ask, origin: str, symbol: str) -> None:
    assert ask(DAY, "formal", origin, None, 5000, fees_only=True, program=symbol).fees == 0


def test_a_jordanian_claim_is_not(ask: Ask) -> None:
    assert usd(ask(DAY, "formal", "JO", None, 5000, fees_only=True, program="JO").fees) == "34.58"


def test_mail_pays_none_but_ems_entered_formally(ask: Ask) -> None:
    assert ask(DAY, "mail", "DE", None, 500, fees_only=True).fees == 0
    assert ask(DAY, "mail", "DE", None, 500, fees_only=True, ems=True).fees == 0
    assert ask(DAY, "mail", "DE", None, 500, fees_only=True, formal_entry=True).fees == 0
    assert usd(ask(DAY, "mail", "DE", None, 500, fees_only=True, ems=True, formal_entry=True).fees) == "34.58"


def test_dutiable_mail_fee_is_for_papers_an_officer_prepares(ask: Ask) -> None:
    assert usd(ask(DAY, "mail", "DE", None, 500, fees_only=True, cbp_prepared=True).fees) == "7.61"
    assert usd(ask("2026-09-30", "mail", "DE", None, 500, fees_only=True, cbp_prepared=True).fees) == "7.39"
    assert ask(DAY, "mail", "DE", None, 500, fees_only=True, cbp_prepared=True, ems=True).fees == 0


def test_harbor_fee_is_for_vessels(ask: Ask) -> None:
    by_sea = ask(DAY, "formal", "DE", None, 10_000, fees_only=True, mode="vessel")
    assert {line.heading: usd(line.amount) for line in by_sea.fee_lines} == {"MPF": "34.64", "HMF": "12.50"}
    assert len(ask(DAY, "formal", "DE", None, 10_000, fees_only=True, mode="air").fee_lines) == 1


def test_without_a_number_the_error_still_knows_regime_and_fees(ask: Ask) -> None:
    with pytest.raises(MailDutyError) as caught:
        ask(DAY, "formal", "DE", None, 2501)
    assert caught.value.code == "HTS_REQUIRED"
    assert caught.value.where["regime"] == "FORMAL_ENTRY" and caught.value.where["fees"] == 3458


def test_the_informal_limit(ask: Ask) -> None:
    assert ask(DAY, "informal", "DE", "9503.00.0011", 2500).fees == 277
    with pytest.raises(MailDutyError) as caught:
        ask(DAY, "informal", "DE", "9503.00.0011", "2500.01")
    assert caught.value.code == "INFORMAL_OVER_LIMIT"
