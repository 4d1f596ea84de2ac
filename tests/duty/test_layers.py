"""Each layer of the law: whom it reaches, what takes goods out of it, and how layers stack."""

from collections.abc import Callable
from datetime import date

import pytest

from data.errors import MailDutyError
from data.law import Law
from data.schedule import Schedule
from models.duty import DutyAssessment
from models.duty.planner import plan
from models.duty.rounding import usd

Ask = Callable[..., DutyAssessment]
DAY = "2026-10-01"


def shown(found: DutyAssessment) -> dict[str, str]:
    return {line.heading: usd(line.amount) for line in found.lines}


def warned(found: DutyAssessment, code: str) -> bool:
    return any(warning.startswith(code) for warning in found.warnings)


# ---- columns and programmes


def test_the_base_line_is_there_also_when_free(ask: Ask) -> None:
    line = ask(DAY, "formal", "NO", "0101.21.0010").lines[-1]
    assert (line.heading, line.rate, line.amount, line.kind) == (
        "0101.21.0010",
        "Free",
        0,
        "column 1 general",
    )


@pytest.mark.parametrize(
    ("given", "printed"),
    [("6109.10.00.12", "6109.10.00.12"), ("6109100012", "6109.10.0012"), ("61091000", "6109.10.00")],
)
def test_the_number_is_printed_as_given_or_dotted(ask: Ask, given: str, printed: str) -> None:
    assert ask(DAY, "formal", "IN", given).lines[-1].heading == printed


def test_column_2_is_paid_whatever_is_claimed(ask: Ask) -> None:
    assert shown(ask(DAY, "formal", "CU", "6109.10.00"))["6109.10.00 col.2"] == "90.00"


def test_russia_pays_35_percent_in_lieu_only_on_listed_lines(ask: Ask) -> None:
    assert shown(ask(DAY, "formal", "RU", "4901.99.00"))["9903.90.08"] == "35.00"
    assert shown(ask(DAY, "formal", "RU", "6109.10.00"))["6109.10.00 col.2"] == "90.00"


def test_an_agreement_claim_frees_of_column_1_and_not_of_the_forced_labour_duty(ask: Ask) -> None:
    found = shown(ask(DAY, "formal", "AU", "6109.10.00", program="AU"))
    assert found == {"9903.05.23": "12.50", "6109.10.00": "0.00"}


@pytest.mark.parametrize(("origin", "heading"), [("CA", "9903.05.93"), ("MX", "9903.05.94")])
@pytest.mark.parametrize("symbol", ["S", "S+"])
def test_usmca_goods_are_free_of_both(ask: Ask, origin: str, heading: str, symbol: str) -> None:
    found = ask(DAY, "formal", origin, "6109.10.00", program=symbol)
    assert found.duty == 0
    assert shown(found)[heading] == "0.00"


def test_a_usmca_claim_counts_where_column_1_is_free_anyway(ask: Ask) -> None:
    assert ask(DAY, "formal", "CA", "0101.21.0010", program="S").duty == 0


def test_a_claim_of_another_origin_is_an_error(ask: Ask) -> None:
    with pytest.raises(MailDutyError) as caught:
        ask(DAY, "formal", "CN", "6109.10.00", program="S")
    assert caught.value.code == "PROGRAM_ORIGIN"


def test_an_unknown_programme_is_an_error(ask: Ask) -> None:
    with pytest.raises(MailDutyError, match="ZZ"):
        ask(DAY, "formal", "CN", "6109.10.00", program="ZZ")


def test_a_lapsed_programme_pays_the_general_rate_with_a_warning(ask: Ask) -> None:
    found = ask(DAY, "formal", "IN", "7326.90.86", program="A")
    assert shown(found)["7326.90.86"] == "2.90" and warned(found, "PROGRAM_LAPSED")


def test_a_claim_the_line_does_not_list_pays_the_general_rate_with_a_warning(ask: Ask) -> None:
    found = ask(DAY, "formal", "JP", "6109.10.00", program="JP")
    assert shown(found)["6109.10.00"] == "16.50" and warned(found, "PROGRAM_NOT_ON_LINE")


def test_a_specific_rate_without_its_quantity_is_an_error_naming_the_unit(ask: Ask) -> None:
    with pytest.raises(MailDutyError) as caught:
        ask(DAY, "formal", "NZ", "0104.20.0000")
    assert caught.value.code == "QUANTITY_MISSING" and caught.value.where["unit"] == "head"


# ---- Section 301


@pytest.mark.parametrize("origin", ["HK", "MO", "TW"])
def test_the_china_lists_reach_china_only(ask: Ask, origin: str) -> None:
    assert "9903.88.15" not in shown(ask(DAY, "formal", origin, "6109.10.00"))


def test_a_line_on_two_lists_is_charged_once(ask: Ask) -> None:
    found = ask(DAY, "formal", "CN", "8517.62.0090")
    assert [h for h in shown(found) if h.startswith("9903.88")] == ["9903.88.04"]
    assert warned(found, "S301_TWO_LISTS")
    chosen = ask(DAY, "formal", "CN", "8517.62.0090", s301_heading="9903.88.15")
    assert shown(chosen)["9903.88.15"] == "7.50" and not warned(chosen, "S301_TWO_LISTS")


def test_no_line_of_the_tariff_pays_two_china_headings(law: Law, schedule: Schedule) -> None:
    on = date(2026, 10, 1)
    for line in schedule.leaves(on)[::40]:
        try:
            made = plan(line.code, "CN", on, "formal", {}, law, schedule)
        except MailDutyError:
            continue
        assert sum(term.kind == "section 301 China" and bool(term.percent) for term in made.terms) <= 1


def test_an_exclusion_is_claimed_by_a_fact(ask: Ask) -> None:
    asked = ask("2026-09-01", "formal", "CN", "7326.90.8688")
    assert warned(asked, "CONDITIONAL: 9903.88.69")
    claimed = shown(ask("2026-09-01", "formal", "CN", "7326.90.8688", s301_exclusion=True))
    assert claimed["9903.88.69"] == "0.00" and "9903.88.03" not in claimed


def test_brazil_pays_both_section_301_duties_and_is_asked_about_exemptions(ask: Ask) -> None:
    found = ask(DAY, "formal", "BR", "6109.10.00")
    assert shown(found) == {"9903.05.01": "25.00", "9903.05.27": "12.50", "6109.10.00": "16.50"}
    assert warned(found, "CONDITIONAL: 9903.05.02")
    assert "9903.05.01" not in shown(ask(DAY, "formal", "BR", "6109.10.00", brazil_exempt=True))


# ---- forced labour


def test_an_origin_without_a_row_owes_none(ask: Ask) -> None:
    assert shown(ask(DAY, "formal", "MU", "6109.10.00")) == {"6109.10.00": "16.50"}


@pytest.mark.parametrize(
    ("origin", "hts", "heading", "amount"),
    [
        ("DE", "6109.10.00", "9903.05.38", "0.00"),
        ("DE", "3926.90.99", "9903.05.39", "4.70"),
        ("TW", "3926.90.99", "9903.05.76", "4.70"),
        ("JP", "3926.90.99", "9903.05.49", "7.20"),
        ("CH", "3926.90.99", "9903.05.74", "7.20"),
        ("KR", "3926.90.99", "9903.05.71", "7.20"),
    ],
)
def test_floor_origins_are_lifted_to_a_total(
    ask: Ask, origin: str, hts: str, heading: str, amount: str
) -> None:
    assert shown(ask(DAY, "formal", origin, hts))[heading] == amount


def test_the_floor_of_korea_compares_with_the_korus_rate_where_claimed(ask: Ask) -> None:
    assert shown(ask(DAY, "formal", "KR", "6109.10.00", program="KR"))["9903.05.71"] == "12.50"
    assert shown(ask(DAY, "formal", "KR", "6109.10.00"))["9903.05.70"] == "0.00"


def test_a_floor_on_a_specific_rate_works_on_its_equivalent(ask: Ask) -> None:
    steers = ask(DAY, "formal", "DE", "0102.29.4062", 100_000, net_kg=21_000)
    assert shown(steers) == {"9903.05.39": "9790.00", "0102.29.4062": "210.00"}
    heavy = ask(DAY, "formal", "DE", "0102.29.4062", 100, net_kg=21_000)
    assert shown(heavy) == {"9903.05.38": "0.00", "0102.29.4062": "210.00"}


@pytest.mark.parametrize(
    ("facts", "heading"),
    [
        ({"civil_aircraft": True}, "9903.05.88"),
        ({"pharmaceutical_use": True}, "9903.05.89"),
        ({"donation": True}, "9903.05.91"),
        ({"informational_materials": True}, "9903.05.92"),
        ({"described_52c": True}, "9903.05.87"),
    ],
)
def test_exceptions_of_note_52(ask: Ask, facts: dict[str, bool], heading: str) -> None:
    assert shown(ask(DAY, "formal", "IN", "3926.90.99", **facts))[heading] == "0.00"


def test_goods_in_transit_are_out_until_four_days_later(ask: Ask) -> None:
    assert "9903.05.85" in shown(ask("2026-07-27", "formal", "IN", "6109.10.00", in_transit=True))
    assert "9903.05.44" in shown(ask("2026-07-28", "formal", "IN", "6109.10.00", in_transit=True))


def test_cafta_textiles_are_out_and_other_cafta_goods_are_not(ask: Ask) -> None:
    assert shown(ask(DAY, "formal", "SV", "6109.10.00", program="P"))["9903.05.95"] == "0.00"
    assert shown(ask(DAY, "formal", "SV", "3926.90.99", program="P+"))["9903.05.37"] == "10.00"


def test_a_described_product_of_note_52c_is_asked_about(ask: Ask) -> None:
    assert warned(ask(DAY, "formal", "IN", "1207.40.00"), "CONDITIONAL: 9903.05.87")


# ---- Section 232


def test_metals_take_the_place_of_the_forced_labour_duty(ask: Ask) -> None:
    found = shown(ask(DAY, "formal", "IN", "7326.90.8688"))
    assert found == {"9903.82.02": "50.00", "9903.05.90": "0.00", "7326.90.8688": "2.90"}


def test_metals_are_owed_beside_an_agreement_rate(ask: Ask) -> None:
    assert shown(ask(DAY, "formal", "CA", "7326.90.8688", program="S"))["9903.82.02"] == "50.00"


@pytest.mark.parametrize(
    ("origin", "hts", "facts", "heading", "amount"),
    [
        ("IN", "8708.10.3050", {}, "9903.82.09", "25.00"),
        ("GB", "7326.90.8688", {}, "9903.82.02", "50.00"),
        ("GB", "7326.90.8688", {"metal_origin": "GB"}, "9903.82.04", "25.00"),
        ("GB", "8708.10.3050", {"metal_origin": "GB"}, "9903.82.05", "15.00"),
        ("IN", "7326.90.8688", {"us_metal_95pct": True}, "9903.82.06", "10.00"),
        ("RU", "7326.90.8688", {}, "9903.82.14", "50.00"),
        ("RU", "7616.10.30", {}, "9903.82.02", None),
        ("IN", "8483.90.20", {}, "9903.82.10", "10.50"),
        ("IN", "8483.90.20", {"us_metal_95pct": True}, "9903.82.07", "5.50"),
        ("BY", "8483.90.20", {}, "9903.82.12", "25.00"),
    ],
)
def test_metals_by_list_and_condition(
    ask: Ask, origin: str, hts: str, facts: dict[str, object], heading: str, amount: str | None
) -> None:
    assert shown(ask(DAY, "formal", origin, hts, **facts)).get(heading) == amount


def test_a_light_article_owes_no_metals_duty_and_is_asked_about_otherwise(ask: Ask) -> None:
    full = ask(DAY, "formal", "IN", "8708.10.3050")
    assert warned(full, "CONDITIONAL: 9903.82.03")
    light = shown(ask(DAY, "formal", "IN", "8708.10.3050", metal_weight_pct=14))
    assert light["9903.82.03"] == "0.00" and light["9903.05.44"] == "10.00"
    assert "9903.82.09" in shown(ask(DAY, "formal", "IN", "8708.10.3050", metal_weight_pct=15))
    assert "9903.82.02" in shown(ask(DAY, "formal", "IN", "7326.90.8688", metal_weight_pct=1))


def test_eight_digits_over_a_list_of_ten_are_asked_about_and_not_charged(ask: Ask) -> None:
    found = ask(DAY, "formal", "IN", "7326.90.86")
    assert "9903.82.02" not in shown(found)
    assert warned(found, "CONDITIONAL: 9903.82.02")


def test_a_derivative_before_the_lists_needs_its_metal_value(ask: Ask) -> None:
    with pytest.raises(MailDutyError, match="metal_value_usd"):
        ask("2025-10-01", "formal", "IN", "8708.10.3050", metal="steel")
    found = shown(ask("2025-10-01", "formal", "IN", "8708.10.3050", metal="steel", metal_value_usd=40))
    assert found["9903.81.87"] == "20.00"
    with pytest.raises(MailDutyError, match="more than the value"):
        ask("2025-10-01", "formal", "IN", "8708.10.3050", metal="steel", metal_value_usd=140)


def test_a_car_is_charged_and_unresolved_it_is_only_reported(ask: Ask) -> None:
    charged = shown(ask(DAY, "formal", "IN", "8703.23.01"))
    assert charged == {"9903.94.01": "25.00", "9903.05.90": "0.00", "8703.23.01": "2.50"}
    open_ = ask(DAY, "formal", "IN", "8703.23.01", s232="unresolved")
    assert shown(open_) == {"8703.23.01": "2.50"}
    assert warned(open_, "CONDITIONAL: 9903.94.01")
    none = shown(ask(DAY, "formal", "IN", "8703.23.01", s232="no"))
    assert none == {"9903.05.44": "10.00", "8703.23.01": "2.50"}


def test_a_programme_without_list_is_asked_about_and_applied_by_fact(ask: Ask) -> None:
    asked = ask(DAY, "formal", "IN", "9403.40.9060")
    assert warned(asked, "CONDITIONAL: 9903.76.03") and "9903.76.03" not in shown(asked)
    stated = ask(DAY, "formal", "IN", "9403.40.9060", s232="cabinets")
    assert shown(stated)["9903.76.03"] == "25.00" and shown(stated)["9903.05.90"] == "0.00"
    floor = shown(ask(DAY, "formal", "DE", "9403.40.9060", s232="cabinets"))
    assert floor["9903.76.22"] == "15.00"


def test_whether_a_medicine_is_patented_is_asked(ask: Ask) -> None:
    assert warned(ask(DAY, "formal", "IN", "3004.90.9218"), "CONDITIONAL: 9903.04.6x")
    assert ask(DAY, "formal", "GB", "3004.90.9218", patented=True).duty == 0


# ---- IEEPA and Section 122


def test_shirts_of_china_in_2025_owed_54_percent(ask: Ask) -> None:
    found = ask("2025-09-02", "informal", "CN", "6109.10.00", 300)
    assert usd(found.duty) == "162.00"


def test_usmca_goods_owed_no_fentanyl_duty(ask: Ask) -> None:
    assert ask("2025-09-02", "formal", "CA", "6109.10.00", program="S").duty == 0


def test_annex_ii_leaves_the_fentanyl_duty(ask: Ask) -> None:
    found = shown(ask("2025-12-01", "formal", "CN", "8471.30.01"))
    assert found["9903.01.24"] == "10.00" and found["9903.01.32"] == "0.00"


def test_a_floor_over_its_total_reports_the_own_line(ask: Ask) -> None:
    found = ask("2025-12-01", "formal", "FR", "6109.10.00")
    assert shown(found) == {"9903.02.19": "0.00", "6109.10.00": "16.50"}


def test_section_232_goods_owed_no_reciprocal_and_no_section_122(ask: Ask) -> None:
    car = shown(ask("2025-12-01", "formal", "IN", "8703.23.01"))
    assert car["9903.01.33"] == "0.00" and car["9903.94.01"] == "25.00"
    assert shown(ask("2026-05-01", "formal", "IN", "8703.23.01"))["9903.03.06"] == "0.00"


def test_metals_and_the_mexican_duty_do_not_meet(ask: Ask) -> None:
    early = shown(ask("2025-05-01", "formal", "MX", "7326.90.86", metal="steel"))
    assert early["9903.01.01"] == "25.00" and "9903.81.87" not in early
    late = shown(ask("2025-07-01", "formal", "MX", "7326.90.86", metal="steel"))
    assert late["9903.81.87"] == "50.00" and "9903.01.01" not in late


@pytest.mark.parametrize(
    ("hts", "facts", "heading"),
    [
        ("8471.30.01", {}, "9903.03.03"),
        ("6109.10.00", {"donation": True}, "9903.03.10"),
        ("6109.10.00", {"informational_materials": True}, "9903.03.11"),
        ("6109.10.00", {"civil_aircraft": True}, "9903.03.05"),
        ("6109.10.00", {"s122_farm_goods": True}, "9903.03.04"),
    ],
)
def test_exceptions_of_section_122(ask: Ask, hts: str, facts: dict[str, bool], heading: str) -> None:
    assert shown(ask("2026-05-01", "formal", "IN", hts, **facts))[heading] == "0.00"


def test_aircraft_lines_are_exempt_for_aircraft_only(ask: Ask) -> None:
    assert shown(ask("2026-05-01", "formal", "IN", "3926.90.99"))["9903.03.01"] == "10.00"
    assert "9903.03.01" not in shown(ask("2026-05-01", "formal", "IN", "3926.90.99", civil_aircraft=True))


def test_reduced_and_transshipped_rates(ask: Ask) -> None:
    potash = shown(ask("2025-09-02", "formal", "CA", "3104.20.00", ieepa_reduced="potash"))
    assert potash["9903.01.15"] == "10.00"
    moved = shown(ask("2025-09-02", "formal", "VN", "6109.10.00", transshipped=True))
    assert moved["9903.02.01"] == "40.00"
    with pytest.raises(MailDutyError, match="reduced"):
        ask("2025-09-02", "formal", "VN", "6109.10.00", ieepa_reduced="potash")


# ---- Section 338


def test_the_canadian_list_is_asked_about(ask: Ask) -> None:
    found = ask(DAY, "formal", "CA", "6109.10.00")
    assert warned(found, "CONDITIONAL: 9903.03.12") and "9903.03.12" not in shown(found)
    assert not warned(ask(DAY, "formal", "CA", "6109.10.00", s338_listed=False), "CONDITIONAL: 9903.03.12")


# ---- reporting


def test_chapter_99_is_reported_first_301_then_338_then_232_and_the_own_line_last(ask: Ask) -> None:
    found = ask(DAY, "formal", "CN", "7326.90.8688")
    assert [line.heading for line in found.lines] == [
        "9903.88.03",
        "9903.82.02",
        "9903.05.90",
        "7326.90.8688",
    ]


@pytest.mark.parametrize(
    ("origin", "heading", "amount"),
    [("IN", "9903.94.05", "25.00"), ("JP", "9903.94.43", "12.50"), ("GB", "9903.94.32", "7.50")],
)
def test_car_parts_by_origin(ask: Ask, origin: str, heading: str, amount: str) -> None:
    found = shown(ask(DAY, "formal", origin, "8708.99.81", s232="auto_parts"))
    assert found[heading] == amount
