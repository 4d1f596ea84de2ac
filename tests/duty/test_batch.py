"""The vectorised path says what the calculator says: same cents, lines, fees, warnings, errors, in every regime."""

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import MailDutyError
from data.law import Law
from data.schedule import Schedule
from models.duty import DutyError, DutyRequest
from models.duty.batch import BatchResult, price_batch
from models.duty.batch.cents import MOST, part
from models.duty.batch.marks import Undeclared
from models.duty.batch.stretches import PartOfLaw
from models.duty.calculator import LONG, assess_many, assess_or_error
from serving.bench.made_up import made_up

LAW, SCHEDULE = Law.load(), Schedule.load()

# The days on which anything in the law or the tariff begins, and the days before: where a mistake would show.
SWITCHES = sorted(
    {
        day
        for document in LAW.documents.values()
        for item in (document, *document.get("values", ()), *document.get("rows", ()))
        for day in (item.get("from"), item.get("to"))
        if day
    }
    | {date.fromisoformat(revision["effective_date"]) for revision in SCHEDULE.contents["revisions"]}
)
DAYS = [day + timedelta(shift) for day in SWITCHES if day > date(2025, 1, 1) for shift in (-1, 0, 1)]
DAYS += [
    date(2025, 1, 1),
    date(2024, 12, 31),
    date(2027, 7, 1),
]
ORIGINS = "CN CN HK MO IN JP DE FR KR TW CH LI GB CA MX BR RU CU KP BY VN MU US VI AU IL SG HN JO ZZ".split()
ODD_NUMBERS = [
    None,
    "",
    "6109",
    "610910",
    "6109.10.00.1",
    "99999999",
    "0000.00.0000",
    "abc",
    "6109.10.00",
    "61091000",
]
FACTS: dict[str, list[Any]] = {
    "gift": [True, False], "gift_from": ["VI", "DE"], "informational_materials": [True], "documents": [True],
    "donation": [True], "us_goods_returned": [True], "undelivered": [True, False], "program": ["S", "S+", "KR", "AU", "P", "A", "JO", "XX", "", "IL"],
    "transshipped": [True], "ieepa_reduced": ["potash", "energy_minerals"], "cafta_textile": [True, False],
    "annex_ii": [True, False], "s301_heading": ["9903.88.15", "9903.88.03"], "s301_exclusion": [True, False],
    "s301_cranes": [True, False], "brazil_exempt": [True, False], "described_52c": [True], "partner_list": [True],
    "pharmaceutical_use": [True], "civil_aircraft": [True], "s338_listed": [True, False], "s122_farm_goods": [True],
    "s232": ["unresolved", "no", "timber", "trucks", "semiconductors"], "metal": ["steel", "aluminum", "copper"],
    "metal_weight_pct": [0, 12, Decimal("14.9"), 15, "40"], "metal_origin": ["GB", "US", "RU"],
    "us_metal_95pct": [True], "metal_value_usd": [5, 10**6], "patented": [True, False], "in_transit": [True],
    "method": ["ad_valorem", "specific", "other"], "items": [1, 3, 0, [{"origin": "GB", "value": 40}]],
    "rate_pct": [10], "currency": ["USD", "CAD"], "fees_only": [True], "period": ["2025-09"],
    "arrival": ["2026-08-15"], "mode": ["vessel", "air"], "ems": [True], "formal_entry": [True],
    "cbp_prepared": [True], "manual": [True], "net_kg": [Decimal("1.5"), 0, "x", None], "number": [1, 24],
    "unheard_of": [1, [1]], "lead_usd": [3], "pga": [True], "net_g": [250], "GIFT": [True],
}  # fmt: skip
QUANTITIES = {
    "net_kg": Decimal("1.234"),
    "number": 5,
    "liters": "0.75",
    "pairs": 3,
    "m2": Decimal("0.5"),
    "head": 2,
}
VALUES = ["0", "0.01", "99.99", "100", "100.01", "199.5", "200", "200.005", "800", "800.01", "2499.49", "2499.5",
          "2500", "2500.01", "9600.5", "184000", "12345678.91", "0.0000001", "99999999999999", "33.335", "1E+2"]  # fmt: skip


def numbers(lines: list[str], draw: random.Random) -> str | None:
    if draw.random() < 0.06:
        return draw.choice(ODD_NUMBERS)
    digits = draw.choice(lines)
    shape = draw.random()
    if shape < 0.25:
        return digits[:8]
    if shape < 0.5:
        return f"{digits[:4]}.{digits[4:6]}.{digits[6:]}"
    return digits


def listed() -> list[str]:
    """Numbers that some list of the law names, or that stand under one: where the layers have something to say."""
    codes = {code for path in LAW.paths() if "codes" in LAW.documents[path] for code in LAW.codes(path).codes}
    return [line.code for line in SCHEDULE.lines() if line.level == 10 and {line.code, line.code[:8]} & codes]


ALL = [line.code for line in SCHEDULE.lines() if line.level >= 8]
LISTED = listed()
METALS = [
    code for code in LISTED if any(LAW.codes(p).match(code) for p in LAW.paths("section_232/metals/note"))
]
SPECIFIC = [
    line.code
    for line in SCHEDULE.lines()
    if line.level == 10 and ("/" in line.general or "each" in line.general)
]


def at_random(count: int, seed: int, oddness: float = 0.1) -> list[DutyRequest | DutyError]:
    draw = random.Random(seed)
    lines = [
        *draw.sample(ALL, 60),
        *draw.sample(LISTED, 60),
        *draw.sample(METALS, 15),
        *draw.sample(SPECIFIC, 25),
    ]
    lines += ["8703230190", "3004909218", "0101210010", "4901990093", "8471300100"]
    found: list[DutyRequest | DutyError] = []
    for number in range(count):
        if draw.random() < 0.01:
            found.append(DutyError(f"line {number}", "REQUEST_NOT_JSON", "no JSON"))
            continue
        facts: dict[str, Any] = dict(QUANTITIES) if draw.random() < 0.6 else {}
        if draw.random() < 0.7:
            facts["method"] = draw.choice(["ad_valorem", "specific"])
        for name in draw.sample(list(FACTS), draw.choice([0, 0, 0, 1, 1, 2, 4])):
            facts[name] = draw.choice(FACTS[name])
        odd = draw.random() < oddness
        day = draw.choice(DAYS) if draw.random() < 0.7 else date(2025, 1, 2) + timedelta(draw.randrange(730))
        found.append(
            DutyRequest(
                id=str(number),
                entry_date=day,
                channel=draw.choice(["mail", "mail", "informal", "formal"]),
                origin=draw.choice([*ORIGINS, "CN+GB", "*"] if odd else ORIGINS),
                hts=numbers(lines, draw),
                value_usd=Decimal(draw.choice(VALUES)) if odd else Decimal(draw.randrange(1, 260_000)) / 100,
                facts=facts,
            )
        )
    return found


def reference(asked: list[DutyRequest | DutyError]) -> list[Any]:
    return [one if isinstance(one, DutyError) else assess_or_error(one, LAW, SCHEDULE) for one in asked]


def compare(asked: list[DutyRequest | DutyError]) -> BatchResult:
    batch = price_batch(asked, LAW, SCHEDULE)
    assert len(batch) == len(asked)
    for at, expected in enumerate(reference(asked)):
        where = f"item {at}: {asked[at]}"
        if isinstance(expected, DutyError):
            assert batch.error(at) == expected.code, where
            assert batch.duty_cents[at] == -1, where
            assert batch.fees_cents[at] == (-1 if expected.fees is None else expected.fees), where
            assert batch.regime(at) == (expected.regime or ""), where
            assert batch.lines(at) == (), where
        else:
            assert batch.error(at) == "", where
            assert batch.duty_cents[at] == expected.duty, where
            assert batch.fees_cents[at] == expected.fees, where
            assert batch.lines(at) == expected.lines, where
            assert batch.fee_lines(at) == expected.fee_lines, where
            assert batch.regime(at) == expected.regime, where
            assert at in batch.answered or batch.warnings(at) == expected.warnings, where
        assert batch.assessment(at) == expected, where
        assert batch.as_json(at) == expected.as_json(), where
    assert list(batch) == [batch.assessment(at) for at in range(len(asked))]
    return batch


@pytest.mark.parametrize("seed", range(4))
def test_thousands_of_random_items_in_every_regime_come_out_as_one_by_one(seed: int) -> None:
    batch = compare(at_random(3000, seed))
    assert set(batch.regimes) >= {
        "CN_HK_MAIL_2025", "DE_MINIMIS", "EO14324_ADVALOREM", "EO14324_SPECIFIC", "S122_MAIL", "MAIL_INFORMAL_IFR",
        "INFORMAL_ENTRY", "FORMAL_ENTRY",
    }  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**9), st.integers(0, 60))
def test_small_batches_of_any_mix_come_out_as_one_by_one(seed: int, count: int) -> None:
    compare(at_random(count, seed, oddness=0.5))


def test_every_day_around_a_switch_of_the_law() -> None:
    items: list[DutyRequest | DutyError] = []
    for number, day in enumerate(DAYS):
        for channel in ("mail", "formal"):
            for origin in ("CN", "DE", "CA"):
                facts = {"metal": "steel", **QUANTITIES} if number % 2 else {"method": "ad_valorem"}
                items.append(DutyRequest("d", day, channel, origin, "7318158066", Decimal(150), facts))
    compare(items)


def test_one_bad_item_never_stops_the_others_and_order_is_kept() -> None:
    good = [
        DutyRequest(str(n), date(2026, 8, 3), "mail", "IN", "6109100012", Decimal(n), {}) for n in range(1, 9)
    ]
    bad = DutyRequest("bad", date(2026, 8, 3), "mail", "IN", "no number", Decimal(5), {"gift": "perhaps"})
    batch = compare([*good[:4], bad, *good[4:]])
    assert list(batch) == [batch.assessment(at) for at in range(9)]
    assert [answer.id for answer in batch] == ["1", "2", "3", "4", "bad", "5", "6", "7", "8"]
    assert (batch.error_code > 0).tolist() == [False] * 4 + [True] + [False] * 4


@pytest.mark.parametrize("asked", [[], [DutyError("line 1", "REQUEST_NOT_JSON", "no JSON")]])
def test_a_batch_without_a_single_item_to_price(asked: list[DutyRequest | DutyError]) -> None:
    batch = compare(asked)
    assert len(batch.to_frame()) == len(asked)
    assert batch.lines_frame().empty


def test_true_one_and_the_text_of_it_are_different_facts() -> None:
    day = date(2026, 8, 3)
    compare([DutyRequest("g", day, "mail", "IN", "6109100012", Decimal(50), {"gift": said})
             for said in (True, 1, "true", False, 0, None, Decimal(1))])  # fmt: skip


def test_amounts_too_large_for_columns_go_one_by_one() -> None:
    day = date(2026, 8, 3)
    values = ("9999999999.99", "10000000000", "99999999999999.99", "123456789.005", "0.00000049")
    batch = compare([DutyRequest(v, day, "formal", "CN", "6109100012", Decimal(v), {}) for v in values])
    assert batch.alone == 3


def test_the_largest_product_of_a_column_fits_into_64_bits() -> None:
    cents = np.array([10**12 - 1], np.int64)
    assert int(part(cents, MOST, 10**15)[0]) == (2 * (10**12 - 1) * MOST + 10**15) // (2 * 10**15)


def test_a_rule_that_looks_beyond_its_part_of_the_law_is_caught() -> None:
    law = PartOfLaw(LAW, ("section_122/",))
    assert law.find("section_122/rate", date(2026, 3, 1)) is not None
    for ask in (lambda: law.find("mail/flat_pct", date(2026, 3, 1)), lambda: law.paths("section_232/")):
        with pytest.raises(Undeclared):
            ask()


def test_few_items_of_a_realistic_mix_are_left_to_the_calculator() -> None:
    """A layer that begins to look at more than ``authorities`` declares would send its items there, and show here."""
    batch = compare(list(made_up(4000, SCHEDULE, seed=11)))
    assert batch.alone < 60


def test_a_long_list_is_answered_through_the_batch_in_its_order() -> None:
    asked = at_random(LONG + 5, 21)
    assert assess_many(asked, LAW, SCHEDULE) == reference(asked)


def test_columns_are_read_as_their_rows_would_be() -> None:
    frame = pd.DataFrame(
        {
            "id": [1, 2, 3, 4],
            "entry_date": ["2026-08-03", "2026-08-03", "soon", "2025-09-01"],
            "channel": ["mail", "Informal ", "mail", "mail"],
            "origin": ["in", "China", "DE", "DE"],
            "hts": ["6109.10.0012", "6109100012", "6109100012", None],
            "value_usd": ["50", Decimal("80.40"), "10", "12.34"],
        }
    )
    batch = price_batch(frame, LAW, SCHEDULE)
    rows = [assess_or_error(DutyRequest.from_dict({**row, "hts": row["hts"] or None}), LAW, SCHEDULE)
            for at, row in enumerate(frame.astype(object).where(frame.notna(), None).to_dict("records")) if at != 2]  # fmt: skip
    assert [batch.as_json(at) for at in (0, 1, 3)] == [row.as_json() for row in rows]
    assert batch.error(2) == "REQUEST_DATE"
    with pytest.raises(MailDutyError, match="different lengths"):
        price_batch({"id": ["1"], "origin": []}, LAW, SCHEDULE)


def test_frames_hold_the_same_amounts_and_progress_is_told() -> None:
    told: list[int] = []
    batch = price_batch(at_random(400, 9), LAW, SCHEDULE, told.append)
    items, lines = batch.to_frame(), batch.lines_frame()
    assert sum(told) == len(items) == 400
    assert items["lines"].sum() == len(lines)
    sums = lines.groupby("item")["amount_cents"].sum()
    for at, row in items.iterrows():
        priced = row["error"] == ""
        assert priced == (not pd.isna(row["duty_cents"]))
        assert not priced or row["duty_cents"] == sums.get(at, 0)
