"""Rates of duty: each way the schedule states one, what it asks for, and what always holds."""

import gzip
import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import MailDutyError
from data.schedule import Schedule
from data.schedule_exports import exports_in
from data.schedule_text import special_groups
from data.units import UNIT_FACTS, UNIT_SOURCES, unit_named
from models.duty.rate_report import rate_report
from models.duty.rate_terms import PART_FACTS, RATE_FACTS
from models.duty.rates import parse_rate, programmes, special_rate

SUGAR = (
    "1.4606¢/kg less 0.020668¢/kg for each degree under 100 degrees (and fractions of a degree in proportion) "
    "but not less than 0.943854¢/kg"
)
PLATE = (
    "6% + 2.3¢/jewel + 0.2¢ for each other piece or part, but if consisting in part of a plate or a set of "
    "plates the total duty shall not exceed the duty for the complete movement"
)


def price(text: str, value: str = "100", **facts: Any) -> Decimal:
    return parse_rate(text).price(Decimal(value), facts=facts)


@pytest.mark.parametrize(
    ("text", "value", "facts", "duty"),
    [
        ("Free", "100", {}, "0"),
        ("Free, under bond", "100", {}, "0"),
        ("16.5%", "100", {}, "16.5"),
        ("33 1/3%", "300", {}, "100"),
        ("68¢/head", "100000", {"head": 500}, "340"),
        ("1¢/kg", "100000", {"net_kg": 21000}, "210"),
        ("$1.92 each", "10", {"number": 3}, "5.76"),
        ("2.8¢/doz.", "10", {"number": 6}, "0.014"),
        ("2.8¢/doz.", "10", {"dozens": 2}, "0.056"),
        ("76¢/pr. + 32%", "100", {"pairs": 2}, "33.52"),
        ("$1.24/t", "100", {"net_kg": 500}, "0.62"),
        ("10¢/1,000 pins + 3.5%", "100", {"number": 500}, "3.55"),
        ("88.2¢/kg + 55% + 12.5¢/ article", "10", {"net_kg": 1, "number": 2}, "6.632"),
        ("3.1¢/liter + 22.1¢/pf. liter on ethyl alcohol content", "10", {"liters": 1, "proof_liters": 2}, "0.473"),
        ("5¢/kg on contents and container", "10", {"kg_with_container": 2}, "0.1"),
        ("6¢/kg on drained weight + 8.5%", "100", {"drained_kg": 2}, "8.62"),
        ("12.8¢/kg on molybdenum content + 1.8%", "100", {"molybdenum_kg": 1}, "1.928"),
        ("43¢ each + 2.8¢/jewel over 7 + 3.7% on the case", "100",
         {"number": 1, "jewels": 17, "case_usd": 10}, "1.08"),
        ("43¢ each + 2.8¢/jewel over 7 + 3.7% on the case", "100",
         {"number": 1, "jewels": 3, "case_usd": 10}, "0.8"),
        ("40¢ each + 8.5% on the case + 14% on the strap, band or bracelet + 5.3% on the battery", "50",
         {"number": 1, "case_usd": "20", "strap_usd": "10", "battery_usd": "1"}, "3.553"),
        ("$2.70 each + 45% on the case + 35% on thebattery", "50",
         {"number": 1, "case_usd": 10, "battery_usd": 1}, "7.55"),
        ("41¢ each + 5% on case and strap, band or bracelet + 4.2% on the battery", "50",
         {"number": 1, "case_usd": 10, "strap_usd": 10, "battery_usd": 0}, "1.41"),
        ("2.5% on the value of the lead content", "100", {"lead_usd": 40}, "1"),
        ("6.5% on the entire set", "100", {}, "6.5"),
        (SUGAR, "100", {"net_kg": 1000, "degrees": 100}, "14.606"),
        (SUGAR, "100", {"net_kg": 1000, "degrees": "96.5"}, "13.88262"),
        (SUGAR, "100", {"net_kg": 1000, "degrees": 50}, "9.43854"),
        (PLATE, "100", {"jewels": 1, "other_pieces": 5, "has_plate": False}, "6.033"),
        (PLATE, "100", {"jewels": 1, "other_pieces": 5, "has_plate": True, "complete_movement_duty_usd": 2}, "2"),
        ("8.5% but not less than 50¢/kg", "1", {"net_kg": 2}, "1"),
        ("8.5%, but not more than 50¢/kg", "100", {"net_kg": 2}, "1"),
        ("The rate applicable to the natural juice in heading 2009", "100", {"referred_duty_usd": "4.5"}, "4.5"),
        ("See 9822.04.25", "100", {"referred_duty_usd": 0}, "0"),
        ("The duty provided in the applicable subheading + 25%", "100", {"ordinary_duty_usd": 3}, "28"),
        ("The duty rate provided in such subheading minus 0.5%", "100", {"ordinary_duty_usd": 3}, "2.5"),
        ("No change.", "100", {"ordinary_duty_usd": 3}, "3"),
    ],
)  # fmt: skip
def test_a_rate_prices_itself(text: str, value: str, facts: dict[str, Any], duty: str) -> None:
    assert price(text, value, **facts) == Decimal(duty)


@pytest.mark.parametrize(
    ("text", "unit", "fact"),
    [
        ("1¢/kg", "kg", "net_kg"),
        ("68¢/head", "head", "head"),
        ("5¢ each", "No.", "number"),
        ("2.8¢/doz.", "doz", "dozens"),
        ("76¢/pr. + 32%", "pr", "pairs"),
        ("3.7¢/kg on drained weight", "kg drained", "drained_kg"),
        ("6.5¢/gross", "gross", "gross"),
        ("0.18¢/line/ gross + 2.5%", "gross line", "gross_lines"),
        ("86.1¢/m2of recording surface", "m2 of recording surface", "recording_surface_m2"),
        (SUGAR, "kg", "net_kg"),
    ],
)
def test_without_its_quantity_a_specific_rate_is_an_error_that_names_the_unit(
    text: str, unit: str, fact: str
) -> None:
    with pytest.raises(MailDutyError) as caught:
        price(text, degrees=99)
    assert caught.value.code == "QUANTITY_MISSING"
    assert caught.value.where["unit"] == unit and fact in caught.value.where["needs"]
    assert unit in str(caught.value) and fact in str(caught.value)
    assert unit in parse_rate(text).units


@pytest.mark.parametrize(
    ("text", "facts", "code"),
    [
        ("20¢ each + 3% on the case", {"number": 1}, "FACT_MISSING"),
        ("20¢ each + 3% on the case", {"number": 1, "case_usd": 101}, "PART_EXCEEDS_VALUE"),
        (PLATE, {"jewels": 1, "other_pieces": 0}, "FACT_MISSING"),
        (SUGAR, {"net_kg": 1}, "FACT_MISSING"),
        ("The rate applicable to each garment in the ensemble if separately entered", {}, "RATE_REFERS_ELSEWHERE"),
        ("See 9822.04.25", {}, "RATE_REFERS_ELSEWHERE"),
        ("1¢/kg", {"net_kg": -1}, "QUANTITY_INVALID"),
        ("1¢/kg", {"net_kg": "two"}, "QUANTITY_INVALID"),
        ("1¢/kg", {"net_kg": True}, "QUANTITY_INVALID"),
        ("1¢/kg", {"net_kg": float("inf")}, "QUANTITY_INVALID"),
    ],
)  # fmt: skip
def test_what_is_missing_or_wrong_is_never_taken_as_zero(text: str, facts: dict[str, Any], code: str) -> None:
    with pytest.raises(MailDutyError) as caught:
        price(text, **facts)
    assert caught.value.code == code


@pytest.mark.parametrize("value", ["-0.01", "NaN", "Infinity"])
def test_a_value_is_zero_or_more(value: str) -> None:
    with pytest.raises(MailDutyError, match="value"):
        price("5%", value)


@pytest.mark.parametrize(
    "text", ["", "5", "%", "5% on the lid", "5¢/furlong", "Free (A)", "5% and more", "¢/kg", "5%%"]
)
def test_what_is_not_understood_is_an_error(text: str) -> None:
    with pytest.raises(MailDutyError) as caught:
        parse_rate(text)
    assert caught.value.code == "RATE_UNPARSED"


def test_what_a_batch_may_ask_of_a_rate() -> None:
    assert parse_rate("16.5%").ad_valorem == Decimal("16.5")
    assert parse_rate("Free").ad_valorem == 0 and parse_rate("Free").is_simple
    assert parse_rate("33 1/3%").share == Fraction(1, 3)
    compound = parse_rate("6.5¢/kg + 2%")
    assert compound.is_simple and compound.ad_valorem is None
    assert compound.specific == ((Decimal("0.065"), "kg"),) and compound.share == Fraction(1, 50)
    for text in (
        SUGAR,
        PLATE,
        "3% on the case",
        "2¢/jewel over 7",
        "See 9822.04.25",
        "5% but not less than 1¢/kg",
    ):
        assert not parse_rate(text).is_simple, text


def test_the_special_column_by_programme() -> None:
    text = "Free (BH,CL,P+) 2.4¢/kg + 0.2% (CO,PA) See 9822.04.25 (AU)"
    assert programmes(text) == ("BH", "CL", "P+", "CO", "PA", "AU")
    assert special_rate(text, "CL").ad_valorem == 0  # type: ignore[union-attr]
    assert special_rate(text, "PA").price(Decimal(100), {"kg": 1}) == Decimal("0.224")  # type: ignore[union-attr]
    assert special_rate(text, "AU").elsewhere[0].headings == ("9822.04.25",)  # type: ignore[union-attr]
    assert special_rate(text, "P") is None and special_rate(text, "KR") is None
    assert special_rate("", "KR") is None and programmes("") == ()
    assert special_rate("Free (A*,AU)", "A") is None


def test_quantities_go_by_unit_by_the_schedules_spelling_or_by_fact() -> None:
    rate = parse_rate("2.8¢/doz.")
    for quantities in ({"doz": 2}, {"doz.": 2}, {"dozens": 2}, {"number": 24}):
        assert rate.price(Decimal(1), quantities) == Decimal("0.056")


def test_every_unit_has_its_facts() -> None:
    assert UNIT_FACTS["kg"][0] == "net_kg" and "head" in UNIT_FACTS["head"]
    assert set(UNIT_FACTS) == set(UNIT_SOURCES)
    assert {fact for facts in PART_FACTS.values() for fact in facts} <= set(RATE_FACTS)
    assert all(unit_named(unit) == unit for unit in UNIT_SOURCES)


# What always holds

money = st.decimals(0, 10_000, places=2)
percents = st.decimals(0, 200, places=2)
cents = st.decimals(0, 500, places=3)
weights = st.decimals(0, 5_000, places=3)
LINES = sorted(
    {
        text
        for line in Schedule.load().lines()
        if line.code[:2] < "98" and line.level >= 8
        for text in (line.general, line.column2, *(rate for rate, _ in special_groups(line.special)))
        if text
    }
)


@given(st.sampled_from(LINES), money, money, weights, st.data())
def test_no_rate_of_the_tariff_is_negative_or_falls_as_value_rises(
    text: str, value: Decimal, more: Decimal, many: Decimal, data: st.DataObject
) -> None:
    facts: dict[str, Any] = {fact: many for facts in UNIT_FACTS.values() for fact in facts}
    facts |= {fact: min(value, Decimal(3)) / 2 for facts in PART_FACTS.values() for fact in facts}
    facts |= {"degrees": data.draw(st.decimals(0, 100, places=1)), "referred_duty_usd": 1, "has_plate": False}
    rate = parse_rate(text)
    duty = rate.price(value, facts=facts)
    assert 0 <= duty <= rate.price(value + more, facts=facts)


@given(percents, cents, money, weights)
def test_a_compound_rate_is_the_sum_of_its_parts(p: Decimal, c: Decimal, value: Decimal, kg: Decimal) -> None:
    both = price(f"{c}¢/kg + {p}%", str(value), net_kg=kg)
    assert both == price(f"{c}¢/kg", str(value), net_kg=kg) + price(f"{p}%", str(value))
    assert both == value * p / 100 + kg * c / 100


@given(cents, st.integers(0, 10_000), st.integers(1, 50))
def test_a_specific_rate_goes_with_the_quantity(c: Decimal, number: int, times: int) -> None:
    once = price(f"{c}¢ each", number=number)
    assert price(f"{c}¢ each", number=number * times) == once * times
    assert price(f"{c}¢ each", "7", number=number) == once


@given(percents, cents, money, weights)
def test_a_floor_is_kept_and_a_ceiling_not_passed(
    p: Decimal, c: Decimal, value: Decimal, kg: Decimal
) -> None:
    share, bound = price(f"{p}%", str(value)), price(f"{c}¢/kg", net_kg=kg)
    assert price(f"{p}% but not less than {c}¢/kg", str(value), net_kg=kg) == max(share, bound)
    assert price(f"{p}% but not more than {c}¢/kg", str(value), net_kg=kg) == min(share, bound)


@given(st.text(max_size=60) | st.sampled_from(LINES).map(lambda text: text[::-1]))
def test_any_text_is_a_rate_or_a_clear_error(text: str) -> None:
    try:
        parse_rate(text)
    except MailDutyError as error:
        assert error.code == "RATE_UNPARSED"


# The whole tariff


def test_no_rate_text_of_chapters_1_to_97_is_left_unparsed() -> None:
    report = rate_report(Schedule.load())
    for column, counts in report["chapters 1-97"].items():
        assert counts["not_priceable"] == [], column
        assert counts["parsed"] == counts["texts"] > 150


def test_what_cannot_be_priced_in_chapters_98_and_99_is_listed_with_its_count() -> None:
    report = rate_report(Schedule.load())["chapters 98-99"]
    for column in report.values():
        assert column["texts"] - column["parsed"] == len(column["not_priceable"]) < 12
        assert all(entry["lines"] > 0 and entry["code"] for entry in column["not_priceable"])


def test_every_rate_text_of_every_official_revision_parses_as_printed(shared: Path) -> None:
    printed: set[tuple[str, str]] = set()
    for path in exports_in(shared / "data" / "htsus").values():
        content = json.loads(gzip.decompress(path.read_bytes()))
        if isinstance(content, dict):
            printed |= {
                ("general", row["general_raw"] or "") for row in content.values() if row["chapter"] < "98"
            }
            continue
        for row in content:
            if row["htsno"] and row["htsno"][:2] < "98":
                printed |= {(column, row[column] or "") for column in ("general", "special", "other")}
    texts = [(c, t) for c, t in printed if t.strip()]
    assert len(texts) > 2_000
    for column, text in texts:
        for rate in [rate for rate, _ in special_groups(text)] if column == "special" else [text]:
            parse_rate(rate)
