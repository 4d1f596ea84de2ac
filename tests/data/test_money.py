"""Money: currencies, and rates that only a user can give."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from data.errors import MailDutyError
from data.money import ExchangeRate, Rates, currency

JULY, OCTOBER = date(2026, 7, 1), date(2026, 10, 1)
TABLE = Rates(
    [
        ExchangeRate("EUR", Decimal("1.10"), JULY, "a"),
        ExchangeRate("EUR", Decimal("1.20"), OCTOBER, "b"),
        ExchangeRate("JPY", Decimal("0.0067"), JULY, "a"),
    ]
)


def test_an_amount_keeps_rate_source_and_date() -> None:
    money = TABLE.price(Decimal("10.00"), "EUR", date(2026, 9, 30))
    assert (money.currency, money.usd_rate, money.rate_source, money.rate_date) == (
        "EUR",
        Decimal("1.10"),
        "a",
        JULY,
    )
    assert money.usd == Decimal("11.0000")


def test_the_latest_rate_on_or_before_the_day_holds() -> None:
    assert TABLE.on("EUR", OCTOBER).usd_per_unit == Decimal("1.20")


def test_dollars_need_no_table() -> None:
    assert Rates().price(Decimal("1"), "USD", None).usd == Decimal("1")


@pytest.mark.parametrize(
    ("code", "day", "error"),
    [
        ("CHF", OCTOBER, "CURRENCY_NO_RATE"),
        ("EUR", date(2026, 6, 30), "CURRENCY_NO_RATE"),
        ("EUR", None, "CURRENCY_RATE_UNDATED"),
    ],
)
def test_without_a_rate_there_is_an_error_and_no_number(code: str, day: date | None, error: str) -> None:
    with pytest.raises(MailDutyError) as caught:
        TABLE.price(Decimal(1), code, day)
    assert caught.value.code == error
    assert caught.value.remedy


def test_one_rate_serves_where_there_is_no_day() -> None:
    assert TABLE.on("JPY", None).source == "a"


def test_aliases_are_read_with_a_note_and_unknown_codes_refused() -> None:
    assert currency("rmb") == ("CNY", "RMB read as CNY")
    assert currency("eur") == ("EUR", "")
    for text in ("EURO", "XXX", "XAU", "ZZZ", ""):
        with pytest.raises(MailDutyError):
            currency(text)


@pytest.mark.parametrize(
    "text",
    [
        "Currency,USD_per_unit,Date,Source\nEUR,1.1,2026-07-01,a\n",
        '[{"currency": "EUR", "usd_per_unit": 1.1, "date": "2026-07-01", "source": "a"}]',
        '{"EUR": {"usd_per_unit": "1.1", "date": "2026-07-01", "source": "a"}}',
    ],
)
def test_a_table_is_read_from_csv_or_json(tmp_path: Path, text: str) -> None:
    (tmp_path / "rates").write_text(text)
    assert Rates.load(tmp_path / "rates").on("EUR", None) == ExchangeRate("EUR", Decimal("1.1"), JULY, "a")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("currency,usd_per_unit,date\nEUR,1.1,2026-07-01\n", "RATES_INCOMPLETE"),
        ("currency,usd_per_unit,date,source\nEUR,-1,2026-07-01,a\n", "RATES_MALFORMED"),
        ("currency,usd_per_unit,date,source\nEUR,NaN,2026-07-01,a\n", "RATES_MALFORMED"),
        ("currency,usd_per_unit,date,source\nEUR,1,1.7.2026,a\n", "RATES_MALFORMED"),
        ("currency,usd_per_unit,date,source\nEUR,1,2026-07-01,a\nEUR,2,2026-07-01,b\n", "RATES_CONFLICT"),
        ("currency,usd_per_unit,date,source\n", "RATES_EMPTY"),
        ("{", "RATES_UNREADABLE"),
    ],
)
def test_a_broken_table_is_refused(tmp_path: Path, text: str, code: str) -> None:
    (tmp_path / "rates").write_text(text)
    with pytest.raises(MailDutyError) as caught:
        Rates.load(tmp_path / "rates")
    assert caught.value.code == code


def test_a_missing_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MailDutyError, match="rate table"):
        Rates.load(tmp_path / "none.csv")
