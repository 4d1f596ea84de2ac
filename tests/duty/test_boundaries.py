"""Every switch day and the day before: regimes, layers, fees."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from data.errors import MailDutyError
from models.duty import DutyAssessment
from models.duty.layers.ieepa import effective_rate
from models.duty.rounding import usd

Ask = Callable[..., DutyAssessment]


def before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()


def owed(found: DutyAssessment, heading: str) -> str | None:
    """What a heading owes, None where there is no such line."""
    return next((usd(line.amount) for line in found.lines if line.heading == heading), None)


REGIMES = [
    ("CN", "2025-05-02", "DE_MINIMIS", "0.00", "CN_HK_MAIL_2025", "120.00"),
    ("HK", "2025-05-02", "DE_MINIMIS", "0.00", "CN_HK_MAIL_2025", "120.00"),
    ("MO", "2025-05-02", "DE_MINIMIS", "0.00", "DE_MINIMIS", "0.00"),
    ("CN", "2025-05-14", "CN_HK_MAIL_2025", "120.00", "CN_HK_MAIL_2025", "54.00"),
    ("CN", "2025-08-29", "CN_HK_MAIL_2025", "54.00", "EO14324_ADVALOREM", "30.00"),
    ("MO", "2025-08-29", "DE_MINIMIS", "0.00", "EO14324_ADVALOREM", "10.00"),
    ("GB", "2025-08-29", "DE_MINIMIS", "0.00", "EO14324_ADVALOREM", "10.00"),
    ("CN", "2025-11-10", "EO14324_ADVALOREM", "30.00", "EO14324_ADVALOREM", "20.00"),
    ("CH", "2025-11-14", "EO14324_ADVALOREM", "39.00", "EO14324_ADVALOREM", "15.00"),
    ("IN", "2026-02-07", "EO14324_ADVALOREM", "50.00", "EO14324_ADVALOREM", "25.00"),
    ("CN", "2026-02-24", "EO14324_ADVALOREM", "20.00", "S122_MAIL", "10.00"),
    ("CA", "2026-02-24", "EO14324_ADVALOREM", "35.00", "S122_MAIL", "10.00"),
    ("RU", "2026-02-24", "EO14324_ADVALOREM", "0.00", "S122_MAIL", "10.00"),
    ("IN", "2026-07-24", "S122_MAIL", "10.00", "MAIL_INFORMAL_IFR", "26.50"),
    ("JP", "2026-07-24", "S122_MAIL", "10.00", "MAIL_INFORMAL_IFR", "16.50"),
    ("US", "2026-07-24", "S122_MAIL", "0.00", "MAIL_INFORMAL_IFR", "0.00"),
]


@pytest.mark.parametrize(("origin", "day", "old", "duty_before", "new", "duty_after"), REGIMES)
def test_mail_regime_switches(
    ask: Ask, origin: str, day: str, old: str, duty_before: str, new: str, duty_after: str
) -> None:
    """A T-shirt of 100 dollars by mail, the day before and on the day."""
    last, first = ask(before(day), "mail", origin, "6109.10.0012"), ask(day, "mail", origin, "6109.10.0012")
    assert (last.regime, usd(last.duty)) == (old, duty_before)
    assert (first.regime, usd(first.duty)) == (new, duty_after)


@pytest.mark.parametrize(
    ("day", "tier_before", "tier_after"),
    [("2025-11-10", "200.00", "160.00"), ("2026-02-24", "160.00", "10.00")],
)
def test_specific_method_switches_for_china(ask: Ask, day: str, tier_before: str, tier_after: str) -> None:
    assert usd(ask(before(day), "mail", "CN", method="specific").duty) == tier_before
    assert usd(ask(day, "mail", "CN", method="specific").duty) == tier_after


LAYERS = [
    # layer, day, origin, hts, facts, heading, the day before, on the day; of 1000 dollars, formal
    ("IEEPA fentanyl begins", "2025-02-04", "CN", "6109.10.00", {}, "9903.01.20", None, "100.00"),
    ("IEEPA fentanyl doubles", "2025-03-04", "CN", "6109.10.00", {}, "9903.01.24", None, "200.00"),
    ("IEEPA fentanyl halves", "2025-11-10", "CN", "6109.10.00", {}, "9903.01.24", "200.00", "100.00"),
    ("IEEPA fentanyl ends", "2026-02-24", "CN", "6109.10.00", {}, "9903.01.24", "100.00", None),
    ("IEEPA Canada begins", "2025-03-04", "CA", "6109.10.00", {}, "9903.01.10", None, "250.00"),
    ("IEEPA Canada rises", "2025-08-01", "CA", "6109.10.00", {}, "9903.01.10", "250.00", "350.00"),
    ("IEEPA Canada ends", "2026-02-24", "CA", "6109.10.00", {}, "9903.01.10", "350.00", None),
    ("IEEPA Mexico begins", "2025-03-04", "MX", "6109.10.00", {}, "9903.01.01", None, "250.00"),
    ("baseline begins", "2025-04-05", "VN", "6109.10.00", {}, "9903.01.25", None, "100.00"),
    ("baseline gives way", "2025-08-07", "VN", "6109.10.00", {}, "9903.01.25", "100.00", None),
    ("country rate begins", "2025-08-07", "VN", "6109.10.00", {}, "9903.02.69", None, "200.00"),
    ("country rate ends", "2026-02-24", "VN", "6109.10.00", {}, "9903.02.69", "200.00", None),
    ("China reciprocal 84", "2025-04-09", "CN", "6109.10.00", {}, "9903.01.63", None, "840.00"),
    ("China reciprocal 125", "2025-04-10", "CN", "6109.10.00", {}, "9903.01.63", "840.00", "1250.00"),
    ("China reciprocal back to 10", "2025-05-14", "CN", "6109.10.00", {}, "9903.01.25", None, "100.00"),
    ("Brazil 40 begins", "2025-08-06", "BR", "6109.10.00", {}, "9903.01.77", None, "400.00"),
    ("India oil begins", "2025-08-27", "IN", "6109.10.00", {}, "9903.01.84", None, "250.00"),
    ("India oil ends", "2026-02-07", "IN", "6109.10.00", {}, "9903.01.84", "250.00", None),
    ("Korea to a total", "2025-11-14", "KR", "3926.90.99", {}, "9903.02.80", None, "150.00"),
    ("Section 122 begins", "2026-02-24", "IN", "6109.10.00", {}, "9903.03.01", None, "100.00"),
    ("Section 122 ends", "2026-07-24", "IN", "6109.10.00", {}, "9903.03.01", "100.00", None),
    ("Section 122 reaches column 2", "2026-02-24", "CU", "6109.10.00", {}, "9903.03.01", None, "100.00"),
    ("forced labour begins", "2026-07-24", "IN", "6109.10.00", {}, "9903.05.44", None, "100.00"),
    ("Brazil 25 begins", "2026-07-22", "BR", "6109.10.00", {}, "9903.05.01", None, "250.00"),
    ("Section 338 begins", "2026-08-22", "CA", "6109.10.00", {"s338_listed": True}, "9903.03.12", None, "500.00"),
    ("metals lists begin", "2026-04-06", "IN", "7418.10.00", {}, "9903.82.02", None, "500.00"),
    ("steel begins", "2025-03-12", "IN", "7326.90.86", {"metal": "steel"}, "9903.81.87", None, "250.00"),
    ("steel doubles", "2025-06-04", "IN", "7326.90.86", {"metal": "steel"}, "9903.81.87", "250.00", "500.00"),
    ("aluminium doubles", "2025-06-04", "IN", "7616.99.51", {"metal": "aluminum"}, "9903.85.02", "250.00", "500.00"),
    ("copper begins", "2025-08-01", "IN", "7418.10.00", {"metal": "copper"}, "9903.78.01", None, "500.00"),
    ("cars begin", "2025-04-03", "IN", "8703.23.01", {}, "9903.94.01", None, "250.00"),
    ("Japanese cars to 15", "2025-09-16", "JP", "8703.23.01", {}, "9903.94.41", None, "125.00"),
    ("British cars to 7.5", "2025-06-30", "GB", "8703.23.01", {}, "9903.94.31", None, "75.00"),
    ("medicines begin", "2026-07-31", "IN", "3004.90.92", {"patented": True}, "9903.04.6x", None, "1000.00"),
    ("timber begins", "2025-10-14", "BR", "4407.11.00", {"s232": "timber"}, "9903.76.01", None, "100.00"),
    ("trucks begin", "2025-11-01", "IN", "8704.22.51", {"s232": "trucks"}, "9903.74.01", None, "250.00"),
    ("semiconductors begin", "2026-01-15", "IN", "8542.31.00", {"s232": "semiconductors"}, "9903.79.01", None, "250.00"),
    ("drones begin", "2026-09-03", "IN", "8806.92.00", {"s232": "drones"}, "9903.08.20", None, "250.00"),
    ("review step of gloves", "2026-01-01", "CN", "4015.12.10", {}, "9903.91.08", None, "1000.00"),
    ("earlier step of gloves gives way", "2026-01-01", "CN", "4015.12.10", {}, "9903.91.05", "500.00", None),
    ("batteries leave list 4A", "2026-01-01", "CN", "8507.60.00", {}, "9903.88.15", "75.00", None),
    ("batteries join the review", "2026-01-01", "CN", "8507.60.00", {}, "9903.91.06", None, "250.00"),
    ("masks step up", "2026-01-01", "CN", "6307.90.9842", {}, "9903.91.07", None, "500.00"),
]  # fmt: skip


@pytest.mark.parametrize(("layer", "day", "origin", "hts", "facts", "heading", "old", "new"), LAYERS,
                         ids=[layer[0] for layer in LAYERS])  # fmt: skip
def test_layer_switches(
    ask: Ask,
    layer: str,
    day: str,
    origin: str,
    hts: str,
    facts: dict[str, Any],
    heading: str,
    old: str | None,
    new: str | None,
) -> None:
    assert owed(ask(before(day), "formal", origin, hts, 1000, **facts), heading) == old
    assert owed(ask(day, "formal", origin, hts, 1000, **facts), heading) == new


@pytest.mark.parametrize(
    ("day", "channel", "value", "old", "new"),
    [
        ("2025-10-01", "informal", 100, "2.62", "2.69"),
        ("2026-10-01", "informal", 100, "2.69", "2.77"),
        ("2026-10-01", "formal", 100, "33.58", "34.58"),
        ("2026-10-01", "formal", 1_000_000, "651.50", "670.86"),
    ],
)
def test_fees_switch_with_the_fiscal_year(
    ask: Ask, day: str, channel: str, value: int, old: str, new: str
) -> None:
    assert usd(ask(before(day), channel, "DE", None, value, fees_only=True).fees) == old
    assert usd(ask(day, channel, "DE", None, value, fees_only=True).fees) == new


def test_value_limit_of_mail_rises(ask: Ask) -> None:
    assert usd(ask("2026-07-23", "mail", "GB", None, 800).duty) == "80.00"
    with pytest.raises(MailDutyError, match=r"over USD 800\b") as caught:
        ask("2026-07-23", "mail", "GB", None, "800.01")
    assert caught.value.code == "MAIL_OVER_LIMIT"
    assert ask("2026-07-24", "mail", "GB", "9503.00.0011", 2500).duty
    with pytest.raises(MailDutyError, match=r"over USD 2500\b"):
        ask("2026-07-24", "mail", "GB", "9503.00.0011", "2500.01")


def test_ten_digits_are_asked_for_from_the_day(ask: Ask) -> None:
    assert not any(w.startswith("HTS_TEN") for w in ask("2026-08-01", "formal", "IN", "6109.10.00").warnings)
    assert any(w.startswith("HTS_TEN") for w in ask("2026-07-24", "mail", "IN", "6109.10.00").warnings)
    assert not any(w.startswith("HTS_TEN") for w in ask("2026-07-24", "mail", "IN", "6109.10.0012").warnings)


def test_a_day_after_the_law_was_verified_is_warned_about(ask: Ask) -> None:
    assert not any(
        w.startswith("LAW_LATER") for w in ask("2026-10-10", "mail", "IN", "6109.10.0012").warnings
    )
    assert any(w.startswith("LAW_LATER") for w in ask("2026-10-11", "mail", "IN", "6109.10.0012").warnings)


def test_effective_mail_rates_agree_with_the_shared_table(shared: Any, law: Any) -> None:
    """Programmes summed per origin and day, against a table made another way: both ends of each row."""
    import csv

    with (shared / "data/duty/postal_effective_ieepa.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 100
    for row in rows:
        origin = "XK" if row["country_iso2"] == "*" else row["country_iso2"]
        for day in (row["entry_from"], row["entry_to"]):
            found = effective_rate(origin, date.fromisoformat(day), law)
            assert found == int(row["effective_ieepa_rate_pct"]), (origin, day)
